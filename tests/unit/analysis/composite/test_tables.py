import math

import numpy as np
import pytest

from alliance.analysis.composite import Table, parse_nodes, parse_table
from alliance.analysis.composite.tables import number_in
from alliance.analysis.errors import MethodError

HEADER = ["unit", "group", "air", "noise", "note"]


def refused(call, *arguments, **keywords) -> MethodError:
    with pytest.raises(MethodError) as caught:
        call(*arguments, **keywords)
    return caught.value


def test_wanted_columns_are_read_in_their_order_and_the_others_named():
    found, unused = parse_table(
        [HEADER, ["Lyon", "FR", " 3.5 ", "-2e1", "hot"], ["Umeå", "", "", "nan", ""], ["", "", ""]],
        wanted=["noise", "air"],
    )
    assert found.units == ("Lyon", "Umeå")
    assert found.groups == ("FR", "")
    assert found.columns == ("noise", "air")
    np.testing.assert_array_equal(found.values, [[-20, 3.5], [math.nan, math.nan]])
    assert unused == ("note",)


def test_without_a_column_of_groups_there_are_none():
    found, _ = parse_table([["unit", "air"], ["Lyon", "1"]], wanted=["air"])
    assert found.groups is None


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        ([], "empty-file", "data"),
        ([["", ""]], "empty-file", "data"),
        ([["city", "air"], ["Lyon", "1"]], "missing-column", "data row 1"),
        ([["unit", "noise"], ["Lyon", "1"]], "missing-column", "data row 1"),
        ([["unit;air"], ["Lyon;1"]], "missing-column", "data row 1"),
        ([["unit", "air", "air"]], "duplicate-column", "data row 1"),
        ([["unit", "air"]], "no-units", "data"),
        ([["unit", "air"], ["Lyon"]], "short-row", "data row 2"),
        ([["unit", "air"], ["Lyon", "1", "2"]], "long-row", "data row 2"),
        ([["unit", "air"], ["Lyon", "1"], [" ", "2"]], "missing-unit", "data row 3, column unit"),
        (
            [["unit", "air"], ["Lyon", "1"], ["Lyon", "2"]],
            "duplicate-unit",
            "data row 3, column unit",
        ),
        ([["unit", "air"], ["Lyon", "n/a"]], "not-a-number", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "NA"]], "not-a-number", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "3,5"]], "not-a-number", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "1_000"]], "not-a-number", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "2024-01-01"]], "not-a-number", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "-Inf"]], "infinite-value", "data row 2, column air"),
        ([["unit", "air"], ["Lyon", "1e999"]], "infinite-value", "data row 2, column air"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_row_and_column(rows, code, where):
    error = refused(parse_table, rows, wanted=["air"])
    assert (error.code, error.where) == (code, where)


def test_a_decimal_comma_is_named_as_what_it_is():
    assert "decimal point" in refused(number_in, "3,5", "here").message
    assert "empty" in refused(number_in, "n/a", "here").message


def test_arrays_are_checked_like_files():
    def made(values, units=("A", "B"), columns=("x",), groups=None):
        return Table(units=units, columns=columns, values=np.array(values), groups=groups)

    assert refused(made, [[1.0]]).code == "wrong-shape"
    assert refused(made, [[1.0], [2.0]], units=("A", "A")).code == "duplicate-unit"
    assert refused(made, [[1.0, 1], [2, 2]], columns=("x", "x")).code == "duplicate-column"
    assert refused(made, [[1.0], [2.0]], groups=("g",)).code == "wrong-shape"
    assert refused(made, np.zeros((0, 1)), units=()).code == "no-units"
    error = refused(made, [[1.0], [math.inf]])
    assert (error.code, error.where) == ("infinite-value", "unit 'B', column x")


def test_rows_of_a_framework():
    nodes, unused = parse_nodes(
        [
            ["code", "parent", "level", "weight", "direction", "lower", "upper", "name", "scale"],
            ["index", "", "2", "", "", "", "", "All", ""],
            ["air", "index", "1", "0.5", "Lower", "0", "50", "Air", "log"],
        ]
    )
    assert unused == ("name",)
    assert (nodes[0].weight, nodes[0].direction, nodes[0].lower) == (1.0, "higher", None)
    air = nodes[1]
    assert (air.level, air.weight, air.direction, air.scale) == (1, 0.5, "lower", "log")
    assert (air.lower, air.upper, air.denominator) == (0.0, 50.0, "")
    assert air.row == "framework row 3"


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        ([], "empty-file", "framework"),
        ([["code", "weight"]], "missing-column", "framework row 1"),
        ([["code", "parent"], ["unit", "index"]], "reserved-code", "framework row 2, column code"),
        (
            [["code", "parent", "level"], ["a", "index", "0"]],
            "bad-level",
            "framework row 2, column level",
        ),
        (
            [["code", "parent", "level"], ["a", "index", "1.5"]],
            "bad-level",
            "framework row 2, column level",
        ),
        (
            [["code", "parent", "weight"], ["a", "index", "much"]],
            "not-a-number",
            "framework row 2, column weight",
        ),
        (
            [["code", "parent", "lower"], ["a", "index", "inf"]],
            "infinite-value",
            "framework row 2, column lower",
        ),
    ],
)
def test_a_framework_file_is_refused_with_its_row_and_column(rows, code, where):
    error = refused(parse_nodes, rows)
    assert (error.code, error.where) == (code, where)
