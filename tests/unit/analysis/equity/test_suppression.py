"""What is too small is hidden, in rates and small areas, too."""

import pytest

from alliance.analysis.equity import rules_from, suppress, with_totals
from alliance.analysis.equity.suppression import SUPPRESSED
from alliance.analysis.errors import MethodError

TABLE = with_totals([[3, 40], [25, 12]], ["young", "old"], ["women", "men"])


def test_the_table_of_the_explanation():
    found = suppress(TABLE)
    assert found.primary == (("young", "women"),)
    assert found.complementary == (("old", "men"), ("old", "women"), ("young", "men"))
    assert found.cells["young", "women"] == SUPPRESSED
    assert found.cells["young", "_T"] == 43
    assert found.narrowest_range >= 3


def test_a_rate_is_hidden_with_its_counts_or_their_rest():
    found = suppress({("a", "poor"): 20.0, ("a", "all"): 24.0, ("b", "poor"): 4.0,
                      ("b", "all"): 80.0, ("c", "poor"): 20.0, ("c", "all"): 80.0,
                      ("d", "poor"): None, ("d", "all"): 50.0})  # fmt: skip
    rates = {area: found.rate((area, "poor"), (area, "all")) for area in "abcd"}
    assert rates == {"a": SUPPRESSED, "b": SUPPRESSED, "c": 0.25, "d": None}


def test_an_area_of_few_people_is_hidden_with_all_its_counts():
    counts = {("a", "x"): 20.0, ("a", "y"): 0.0, ("b", "x"): 20.0}
    found = suppress(counts, population={"a": 49, "b": 50})
    assert found.cells == {("a", "x"): SUPPRESSED, ("a", "y"): 0, ("b", "x"): 20}
    assert found.narrowest_range is None


def test_an_unknown_count_is_neither_shown_nor_hidden():
    assert suppress({("a",): None, ("b",): 20.0}).cells == {("a",): None, ("b",): 20}


def test_noughts_are_shown():
    assert suppress({("a",): 0.0}).cells == {("a",): 0}


def test_the_names_of_totals_are_taken():
    with pytest.raises(MethodError, match="bad-parameter"):
        with_totals([[1]], ["_T"], ["x"])


def test_rules_are_read_from_data():
    data = {
        "category": [
            {
                "name": "air",
                "condition": ["income_low >= 0.65"],
                "burden": [{"name": "dust", "all": ["pm25 >= 0.9", "green < 0.5"]}],
            }
        ]
    }
    (category,) = rules_from(data)
    assert category.conditions[0].cut == 0.65
    assert [each.operator for each in category.burdens[0].thresholds] == [">=", "<"]


@pytest.mark.parametrize(
    ("burden", "where"),
    [
        ("pm25", "category[0].burden"),
        ([{"all": ["pm25 >= 1"]}], "category[0].burden[0]"),
        ([{"name": "b", "all": []}], "category[0].burden[0].all"),
        ([{"name": "b", "all": ["pm25 >= high"]}], "category[0].burden[0].all"),
        ([{"name": "b", "all": [3]}], "category[0].burden[0].all"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_its_place(burden, where):
    with pytest.raises(MethodError) as caught:
        rules_from({"category": [{"name": "air", "burden": burden}]})
    assert (caught.value.code, caught.value.where) == ("bad-rule", where)
