import pytest

from alliance.analysis.composite import Coverage, Method, method_from
from alliance.analysis.errors import MethodError


def test_nothing_chosen_is_the_usual_method():
    method = method_from({})
    assert method == Method()
    assert (method.treat, method.normalise, method.aggregate, method.impute) == (
        "none",
        "fixed",
        "arithmetic",
        "none",
    )
    assert method.range == (0.0, 100.0)
    assert method.coverage == Coverage(unit=0.8, pillar=0.5, node=0.5, indicator=0.65)


def test_one_number_as_coverage_never_makes_another_rule_stricter():
    assert method_from({"coverage": 0}).coverage == Coverage(unit=0, pillar=0, node=0, indicator=0)
    assert method_from({"coverage": 0.6}).coverage == Coverage(
        unit=0.6, pillar=0.5, node=0.5, indicator=0.6
    )
    assert method_from({"coverage": 1}).coverage == Coverage(unit=1)
    assert method_from({"coverage": {"unit": 0.9, "distinct": 5}}).coverage == Coverage(
        unit=0.9, distinct=5
    )


def test_as_dict_reads_back_to_the_same_method():
    method = method_from({"normalise": "min-max", "range": [1, 100], "coverage": {"unit": 0.7}})
    plain = method.as_dict()
    assert (plain.pop("name"), plain.pop("version")) == ("composite", "1")
    assert method_from(plain) == method


@pytest.mark.parametrize(
    ("choices", "code", "where"),
    [
        ({"normalize": "fixed"}, "unknown-key", "method.normalize"),
        ({"treat": "yes"}, "unknown-choice", "method.treat"),
        ({"normalise": "minmax"}, "unknown-choice", "method.normalise"),
        ({"aggregate": ["arithmetic"]}, "unknown-choice", "method.aggregate"),
        ({"impute": "mean"}, "unknown-choice", "method.impute"),
        ({"winmax": 0}, "bad-winmax", "method.winmax"),
        ({"winmax": True}, "bad-winmax", "method.winmax"),
        ({"winmax": 2.5}, "bad-winmax", "method.winmax"),
        ({"range": [100, 0]}, "bad-range", "method.range"),
        ({"range": "ab"}, "bad-range", "method.range"),
        ({"range": [0]}, "bad-range", "method.range"),
        ({"range": [0, float("inf")]}, "bad-range", "method.range"),
        ({"mean_sd": [0, 0]}, "bad-range", "method.mean_sd"),
        ({"power": 0}, "bad-power", "method.power"),
        ({"coverage": 1.2}, "bad-coverage", "coverage.unit"),
        ({"coverage": "all"}, "bad-coverage", "method.coverage"),
        ({"coverage": {"city": 0.5}}, "unknown-key", "coverage.city"),
        ({"coverage": {"distinct": 2.5}}, "bad-coverage", "coverage.distinct"),
        ({"coverage": {"distinct": -1}}, "bad-coverage", "coverage.distinct"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_with_its_key(choices, code, where):
    with pytest.raises(MethodError) as caught:
        method_from(choices)
    assert (caught.value.code, caught.value.where) == (code, where)
