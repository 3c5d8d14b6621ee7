"""The prediction for one place by its own facts, and why there may be none."""

import math

import numpy as np
import pytest

from alliance.analysis.evidence import meta_regression, predict
from alliance.analysis.evidence.local import grouped, measured, predict_locally

RANDOM = np.random.default_rng(7)
SIZES = np.linspace(4, 6, 24)
CLIMATES = ["C", "D"] * 12
VALUES = -5 * SIZES + RANDOM.normal(0, 1, 24)
VARIANCES = np.full(24, 1.0)


def facts(size: float | None = 5.0, climate: str | None = "C"):
    return [measured("inhabitants", list(SIZES), size), grouped("climate", CLIMATES, climate)]


def test_it_is_the_prediction_of_the_regression_on_facts_in_their_order():
    found = predict_locally(VALUES, VARIANCES, facts())
    assert found.used == ("inhabitants", "climate")
    coded = np.column_stack([SIZES, [float(one == "D") for one in CLIMATES]])
    model = meta_regression(VALUES, VARIANCES, coded, ["inhabitants", "climate"])
    assert found.prediction == predict(model, [5.0, 0.0])
    assert found.prediction.supported
    assert found.prediction.leverage < 1


def test_ten_studies_carry_one_fact():
    one = predict_locally(VALUES[:19], VARIANCES[:19], [
        measured("inhabitants", list(SIZES[:19]), 5.0), grouped("climate", CLIMATES[:19], "C"),
    ])  # fmt: skip
    assert one.used == ("inhabitants",)


def test_outside_of_the_studies_the_fact_is_named_and_no_interval_is_given():
    found = predict_locally(VALUES, VARIANCES, facts(size=7.0)).prediction
    assert (found.supported, found.outside) == (False, ("inhabitants",))
    assert found.prediction_low is None
    assert found.leverage > 1


def test_a_new_combination_of_known_values_is_outside_too():
    second = SIZES + RANDOM.normal(0, 0.01, 24)
    found = predict_locally(VALUES, VARIANCES, [
        measured("inhabitants", list(SIZES), 4.1), measured("density", list(second), 5.9),
    ]).prediction  # fmt: skip
    assert found.outside == ()
    assert not found.supported
    assert found.leverage > 1


def test_without_all_standard_errors_nothing_is_made_up():
    variances = VARIANCES.copy()
    variances[3] = math.nan
    found = predict_locally(VALUES, variances, facts())
    assert (found.prediction, found.why_not) == (None, "no-standard-errors")
    assert (found.n, found.of) == (23, 24)


def test_nine_studies_carry_no_fact():
    found = predict_locally(VALUES[:9], VARIANCES[:9], [measured("x", list(SIZES[:9]), 5.0)])
    assert (found.why_not, found.n, found.of) == ("too-few-studies", 9, 10)


@pytest.mark.parametrize(
    "fact",
    [
        measured("x", list(SIZES), None),
        measured("x", [None, *SIZES[1:]], 5.0),
        measured("x", [1.0] * 24, 1.0),
        grouped("x", ["C"] * 24, "C"),
        grouped("x", CLIMATES, None),
        grouped("x", CLIMATES, "B"),
    ],
)
def test_a_fact_that_is_not_known_or_the_same_everywhere_says_nothing(fact):
    assert predict_locally(VALUES, VARIANCES, [fact]).why_not == "facts-unknown"


def test_facts_that_follow_from_each_other_are_refused_by_name():
    twice = [measured("a", list(SIZES), 5.0), measured("b", list(2 * SIZES), 10.0)]
    assert predict_locally(VALUES, VARIANCES, twice).why_not == "singular"


def test_the_most_common_group_is_the_one_compared_with():
    fact = grouped("climate", ["D", "C", "C", "B", None], "B")
    assert fact.studies.shape == (5, 2)
    assert np.isnan(fact.studies[4]).all()
    # C is left out; then by name.
    assert list(fact.place) == [1.0, 0.0]
