"""A file of pilot data is a table, or is refused with the reason."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import Workbook

from alliance.core.errors import InvalidData
from alliance.testbeds.data_files import read_table
from tests.factories.workbooks import wide_workbook


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_and_csv_of_the_same_data_are_the_same_table():
    day = dt.date(2026, 4, 1)
    found = read_table(
        workbook(
            ["Unit", "time", None, "value"], [1, day, None, 2.5], [None], [2.0, day, "", True]
        ),
        "a.xlsx",
        "month",
    )
    told = read_table(b"Unit;time;;value\n1;2026-04;;2.5\n;;;\n2;2026-04;;1\n", "a.csv", "month")
    assert found == told
    assert found.columns == {"unit": ["1", "2"], "time": ["2026-04"] * 2, "value": ["2.5", "1"]}
    assert found.rows == [2, 4]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (wide_workbook(), "file: The file has more than 2000 columns"),
        (workbook(["a", "b"], [1, "=1+1"]), "row 2, column b: This is a formula without a saved"),
        (workbook(["a", "A"], [1, 2]), "row 1, column a: This column appears twice in the header."),
        (workbook(["a"], [1, 2]), "row 2: The row has more cells than the header"),
        (workbook(["a"], [None]), "table: The table has no rows"),
        (b"a" + b",a" * 2_000, "file: The file has more than 2000 columns"),
        (b"a\n" + b"1\n" * 100_001, "file: The file has more than 100,000 rows"),
    ],
    ids=range(7),
)
def test_what_is_no_table_is_refused_with_its_place_and_rule(content, fault):
    with pytest.raises(InvalidData) as caught:
        read_table(content, "a.csv", "month")
    assert str(caught.value.faults[0]).startswith(fault)
