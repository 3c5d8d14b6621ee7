"""What is kept with pilot data although it keeps no file out, by its code."""

from __future__ import annotations

import datetime as dt

from alliance.testbeds.data_checks import check_data
from alliance.testbeds.data_files import read_table
from alliance.testbeds.messages import cautions
from alliance.testbeds.protocol import check_shape
from tests.factories.pilots import as_csv, data_rows, plan_content


def test_each_warning_is_reached_and_told_in_words():
    rows = data_rows(units=10)
    del rows[0]
    rows[5]["outcome"] = ""
    rows = [{**row, "colour": "red"} for row in rows]
    table = read_table(as_csv(rows), "a.csv", "month")
    plan = check_shape(plan_content(sample={"n": 12}))
    day = dt.date(2026, 4, 10)
    found = check_data(table, plan, frozen_on=day, today=day).warnings
    codes = {one["code"] for one in found}
    assert codes == {
        "late-protocol", "future-times", "missing-outcome", "unbalanced", "fewer-than-planned",
        "columns-not-used",
    }  # fmt: skip
    told = {one["code"]: cautions.data_warning(one) for one in found}
    assert "dated before the plan was registered" in told["late-protocol"]
    assert "colour" in told["columns-not-used"]
    assert told["fewer-than-planned"] == "One group has 7 units fewer than planned."
