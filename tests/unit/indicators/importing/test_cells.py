"""Cells of files of figures: what is read, and what is refused rather than guessed."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.indicators.importing.cells import (
    decimal_mark,
    read_dimension,
    read_number,
    read_period,
)


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1.5", ".", 1.5),
        ("1,5", ",", 1.5),
        ("-0,25", ",", -0.25),
        ("1e3", ".", 1000.0),
        ("1 234 567", ".", 1_234_567.0),
        ("1\u00a0234,5", ",", 1234.5),
        ("12\u202f000", ".", 12_000.0),
        ("1'000", ".", 1000.0),
        (7, ".", 7.0),
        (2.5, ",", 2.5),
    ],
)
def test_numbers_as_people_write_them(cell, decimal, value):
    assert read_number(cell, decimal) == value


@pytest.mark.parametrize(
    ("cell", "decimal", "rule"),
    [
        ("1,234", "", "decimal mark"),
        ("5.000", "", "decimal mark"),
        ("1,234.5", ".", "without thousands separators"),
        ("1.234.567", ",", "without thousands separators"),
        ("1.5", ",", "is a comma"),
        ("1,5", ".", "is a point"),
        ("n/a", ".", "add it to the codes for missing values"),
        ("..", ".", "add it to the codes for missing values"),
        ("-", ".", "add it to the codes for missing values"),
        ("#DIV/0!", ".", "is a spreadsheet error"),
        ("12 %", ".", "is not a number"),
        ("1 23", ".", "is not a number"),
        ("inf", ".", "is not a number"),
        (float("inf"), ".", "is not a number"),
        (True, ".", "is not a number"),
        (dt.datetime(2021, 5, 1), ".", "This is a date"),
        (dt.timedelta(hours=30), ".", "This is a date"),
    ],
)
def test_what_is_no_number_is_told_by_its_rule(cell, decimal, rule):
    with pytest.raises(ValueError, match=rule):
        read_number(cell, decimal)


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        (["1", "2.5"], "."),
        (["1,5", "1,234"], ","),
        (["1,234", "5,678"], ""),
        (["1,234.5"], ""),
        ([1.5, None], "."),
    ],
)
def test_the_decimal_mark_is_taken_only_where_it_is_sure(words, mark):
    assert decimal_mark(words) == mark


@pytest.mark.parametrize(
    ("words", "mark"),
    [(["5.000"], ""), (["5.000", "2.5"], "."), (["0.123", "5.000"], "."), (["5", "12"], ".")],
)
def test_between_semicolons_a_lone_point_may_part_thousands(words, mark):
    assert decimal_mark(words, by_semicolon=True) == mark


@pytest.mark.parametrize("cell", ["2021", 2021, 2021.0, "2021-Q3", "2021-06"])
def test_periods(cell):
    assert read_period(cell).startswith("2021")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (dt.datetime(2021, 6, 1), "2021 or 2021-06"),
        ("44348", "is a date in Excel’s format"),
        ("jun-21", "2021-Q3"),
        ("2021-06-01", "1 June 2021.* 2021 or 2021-06"),
        ("2021-06-01 00:00:00", "1 June 2021"),
        ("2021-06-31", "2021-Q3"),
        ("", "2021-Q3"),
    ],
)
def test_dates_are_no_periods(cell, rule):
    with pytest.raises(ValueError, match=rule):
        read_period(cell)


@pytest.mark.parametrize("cell", [None, "", "T", "_T", "TOTAL", "all"])
def test_every_way_of_saying_all_together(cell):
    assert read_dimension(cell) == "_T"
