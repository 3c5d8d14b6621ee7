"""Tables that people take away: a spreadsheet runs nothing of them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import alliance
from alliance.core.downloads import csv_download
from alliance.core.text import from_csv_cell
from alliance.testbeds.data_files import read_table

SOURCES = Path(alliance.__file__).parent
FORMULAS = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://a")',
)  # fmt: skip
#: What these write the platform reads again itself, or a form shows it.
KEPT = {
    "analysis/budgeting/pabulib.py", "analysis/opinion/files.py", "config/demo_equity.py",
    "dialogues/services/opinions.py",
    "equity/services/official.py", "indicators/connectors/query.py",
    "indicators/connectors/recipes.py", "participation/services/census.py",
    "testbeds/before_table.py", "testbeds/selectors/starting.py",
}  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_the_head_and_in_the_rows_and_comes_back_whole(text: str):
    content = csv_download("a.csv", ["unit", text], [[text, -1.5]], marked=True).content
    (_unit, head), (cell, number) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head == cell == f"'{text}" and number == "-1.5"
    assert from_csv_cell(cell) == text


def test_a_sign_alone_stays_a_sign():
    assert (
        csv_download("a.csv", ["way"], [["+"], ["-"], [""]]).content == b'way\r\n+\r\n-\r\n""\r\n'
    )


def test_a_list_of_units_that_was_taken_away_is_read_again():
    content = csv_download("a.csv", ["unit", "value"], [["-tower", -2.0]], marked=True).content
    assert read_table(content, "a.csv", "year").columns == {"unit": ["-tower"], "value": ["-2.0"]}


def test_what_people_take_away_is_written_in_this_one_way():
    own = {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if re.search(r"csv\.(w|DictW)riter\(", path.read_text())
    }
    assert own == {"core/text.py"} | KEPT
