"""Certainty and verdicts: each step by its reason and number."""

import math

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import meta_regression, pool, pool_unweighted, predict
from alliance.analysis.evidence.bias import publication_bias
from alliance.analysis.evidence.certainty import Body, certainty
from alliance.analysis.evidence.prospects import probability_below, prospects

RANDOM = np.random.default_rng(11)
V = RANDOM.uniform(0.002, 0.02, 20)
ALIKE = pool(1 + RANDOM.normal(0, np.sqrt(V)), V)
APART = pool(1 + RANDOM.normal(0, 1, 20), V)
WIDE = pool([0.2, -0.1, 0.3, 0.1, 0.2], [0.2] * 5)


def steps(**facts):
    result = certainty(Body(**{"design": "randomised", "pooled": ALIKE, **facts}))
    return result, {step.domain: step for step in result.steps}


def not_assessed(found):
    return {domain for domain, step in found.items() if step.change is None}


def test_the_best_evidence_is_high_and_says_what_was_not_assessed():
    result, found = steps(high_risk_share=0.1, indirectness=0, information_size_met=True)
    assert (result.grade, result.start, result.caps) == ("high", "high", ())
    assert not_assessed(found) == {"publication-bias"}
    assert found["imprecision"].reason == "precise"
    assert not_assessed(steps(pooled=pool_unweighted([1.0]))[1]) == {
        "risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias",
    }  # fmt: skip


@pytest.mark.parametrize(("share", "change"), [(0.25, 0), (0.26, -1), (0.5, -1), (0.51, -2)])
def test_risk_of_bias(share, change):
    step = steps(high_risk_share=share)[1]["risk-of-bias"]
    assert (step.change, step.number) == (change, share)


def test_inconsistency():
    step = steps(pooled=APART)[1]["inconsistency"]
    assert (step.change, step.reason) == (-2, "i2")
    assert step.number == APART.heterogeneity.i2 > 75
    step = steps(pooled=APART, heterogeneity_explained=True)[1]["inconsistency"]
    assert (step.change, step.reason) == (-1, "prediction-crosses-line")
    assert step.number == APART.prediction_low
    assert steps()[1]["inconsistency"].reason == "consistent"


def test_places_that_differ_on_one_side_of_the_line_agree():
    apart = pool(10 + np.random.default_rng(3).normal(0, 1, 20), V)
    step = steps(pooled=apart)[1]["inconsistency"]
    assert apart.heterogeneity.i2 > 75 and apart.prediction_low > 0
    assert (step.change, step.reason) == (0, "consistent")
    line = apart.prediction_low + 0.1
    assert steps(pooled=apart, smallest_useful=line)[1]["inconsistency"].change == -2


def test_without_standard_errors_nothing_is_high():
    graded = steps(pooled=pool_unweighted([1.0, 1.1, 1.2, 1.1]))[0]
    assert (graded.grade, graded.caps) == ("moderate", ("no-standard-errors",))


def test_unweighted_pools_are_judged_by_their_prediction_interval():
    values = [1.0, 3.0, 0.2, 2.5, 1.8, 0.4, 2.0, 1.1]
    step = steps(pooled=pool_unweighted(values))[1]["inconsistency"]
    assert (step.change, step.reason) == (-1, "prediction-crosses-line")


def test_imprecision():
    assert steps(pooled=WIDE)[1]["imprecision"].change == -1
    both = steps(pooled=WIDE, information_size_met=False)[1]["imprecision"]
    assert (both.change, both.reason) == (-2, "interval-crosses-line-and-too-small")
    assert steps(information_size_met=False)[1]["imprecision"].reason == "too-small"
    assert steps(smallest_useful=ALIKE.estimate)[1]["imprecision"].change == -1


def test_the_line_of_decision_lies_on_the_side_of_the_estimate():
    mirrored = pool(-1 + RANDOM.normal(0, np.sqrt(V)), V)
    assert steps(pooled=mirrored, smallest_useful=0.5)[1]["imprecision"].reason == "precise"
    assert steps(pooled=mirrored, smallest_useful=1.0)[1]["imprecision"].change == -1


def test_indirectness_is_taken_as_judged():
    step = steps(indirectness=2, indirectness_reason="other-climate")[1]["indirectness"]
    assert (step.change, step.reason) == (-2, "other-climate")


def test_publication_bias():
    v = np.linspace(0.01, 0.4, 30)
    noise = np.random.default_rng(2).normal(0, 0.2, 30) * np.sqrt(v)
    leaning = 1.3 * np.sqrt(v) + noise
    tests = publication_bias(leaning, v)
    step = steps(pooled=pool(leaning, v), publication=tests)[1]["publication-bias"]
    assert step.change in (-1, -2) and step.number == tests.egger.p
    # Where the effect is large, the filled studies change no conclusion.
    tests = publication_bias(leaning + 5, v)
    step = steps(pooled=pool(leaning + 5, v), publication=tests)[1]["publication-bias"]
    assert (step.change, step.reason) == (-1, "small-studies-differ")
    # Where the interval of all just misses 0, they do.
    shift = float(pool(leaning, v).ci_low) - 0.01
    near = leaning - shift
    tests = publication_bias(near, v)
    step = steps(pooled=pool(near, v), publication=tests)[1]["publication-bias"]
    assert (step.change, step.reason) == (-2, "conclusion-changes-when-filled")
    tests = publication_bias(noise, v)
    step = steps(publication=tests)[1]["publication-bias"]
    assert (step.change, step.reason) == (0, "no-sign")
    assert (
        steps(publication=publication_bias(noise[:5], v[:5]))[1]["publication-bias"].change is None
    )


def test_starts_and_caps():
    assert steps(design="difference-in-differences")[0].grade == "low"
    promised = {"design": "synthetic-control", "checks_met": True, "moderate_by_protocol": True}
    assert steps(**promised)[0].grade == "moderate"
    assert steps(**{**promised, "checks_met": False})[0].grade == "low"
    assert steps(**{**promised, "design": "other"})[0].grade == "low"
    raised = {"large_effect": 2, "dose_gradient": True}
    assert steps(design="other", **raised)[0].grade == "high"
    held = steps(design="before-after", **raised)[0]
    assert (held.grade, held.caps) == ("low", ("uncontrolled",))
    # Randomised evidence is not raised.
    assert "large-effect" not in steps(**raised)[1]
    sunk = steps(design="other", pooled=APART, high_risk_share=1, indirectness=2)[0]
    assert sunk.grade == "very-low"


def test_a_single_study_is_low_unless_it_is_a_large_trial():
    alone = pool([1], [0.01])
    assert (steps(pooled=alone)[0].grade, steps(pooled=alone)[0].caps) == ("low", ("one-study",))
    assert steps(pooled=alone, large_trial=True)[0].grade == "high"
    assert steps(pooled=alone)[1]["inconsistency"].reason == "one-study"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"design": "hearsay"}, "unknown-design"),
        ({"smallest_useful": -1}, "bad-parameter"),
        ({"high_risk_share": 1.5}, "bad-parameter"),
        ({"high_risk_share": math.nan}, "bad-parameter"),
        ({"indirectness": 3}, "bad-parameter"),
        ({"large_effect": 3}, "bad-parameter"),
    ],
)
def test_errors(facts, code):
    with pytest.raises(MethodError, match=code):
        steps(**facts)


def test_chances_in_one_more_place():
    pooled = pool([0.2, 0.5, 0.4, 0.3, 0.6, 0.1], [0.01] * 6)
    assert probability_below(pooled, pooled.estimate) == pytest.approx(0.5)
    assert probability_below(pooled, pooled.prediction_low) == pytest.approx(0.025)
    found = prospects(
        pooled, direction="higher-is-better", smallest_useful=0.1, certainty="moderate"
    )
    assert found.p_right_direction == pytest.approx(1 - probability_below(pooled, 0))
    assert found.p_useful == pytest.approx(1 - probability_below(pooled, 0.1))
    other = prospects(
        pooled, direction="lower-is-better", smallest_useful=0.1, certainty="moderate"
    )
    assert other.p_useful == pytest.approx(probability_below(pooled, -0.1))
    assert (found.verdict, other.verdict) == ("likely", "unlikely")


@pytest.mark.parametrize(
    ("certainty_grade", "verdict"),
    [
        (None, "not-enough-evidence"),
        ("very-low", "not-enough-evidence"),
        ("low", "uncertain"),
        ("moderate", "likely"),
        ("high", "likely"),
    ],
)
def test_no_verdict_is_stronger_than_its_evidence(certainty_grade, verdict):
    found = prospects(
        ALIKE, direction="higher-is-better", smallest_useful=0.1, certainty=certainty_grade
    )
    assert found.verdict == verdict


def test_shown_to_do_little_is_not_the_same_as_not_known():
    nothing = pool([0.01, -0.01, 0.0, 0.02, -0.02], [0.0004] * 5)
    options = {"direction": "higher-is-better", "smallest_useful": 0.5, "certainty": "high"}
    assert prospects(nothing, **options).no_useful_effect is True
    wide = prospects(WIDE, **{**options, "smallest_useful": 0.1})
    assert (wide.no_useful_effect, wide.verdict) == (False, "uncertain")


def test_what_cannot_be_said():
    found = prospects(
        pool([1, 2], [1, 1]), direction="higher-is-better", smallest_useful=None, certainty="high"
    )
    assert (found.p_useful, found.verdict) == (None, "not-enough-evidence")
    assert found.warnings == ("no-smallest-useful-effect", "no-prediction")
    found = prospects(ALIKE, direction="higher-is-better", smallest_useful=None, certainty="high")
    assert (found.p_useful, found.no_useful_effect, found.verdict) == (None, None, "likely")
    assert probability_below(pool([1], [1]), 0) is None
    assert probability_below(pool_unweighted([1, 1, 1]), 1) == 0.5
    assert probability_below(pool_unweighted([1, 1, 1]), 2) == 1


def test_a_place_uses_its_own_prediction_where_it_is_supported():
    x = np.linspace(0, 1, 20)[:, None]
    y = 2 * x[:, 0] - 1 + RANDOM.normal(0, 0.1, 20)
    model, pooled = meta_regression(y, V, x, ["x"]), pool(y, V)
    options = {"direction": "higher-is-better", "smallest_useful": 0.1, "certainty": "high"}
    here = prospects(pooled, context=predict(model, [0.95]), **options)
    assert here.verdict == "likely" and prospects(pooled, **options).verdict == "uncertain"
    beyond = prospects(pooled, context=predict(model, [3]), **options)
    assert beyond.warnings == ("out-of-support",)
    assert beyond.p_useful == prospects(pooled, **options).p_useful


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"direction": "up"}, "unknown-direction"),
        ({"certainty": "sure"}, "unknown-grade"),
        ({"smallest_useful": -1}, "bad-parameter"),
        ({"likely": 0.1}, "bad-parameter"),
    ],
)
def test_prospects_errors(changed, code):
    options = {"direction": "higher-is-better", "smallest_useful": 0.1, "certainty": "high"}
    with pytest.raises(MethodError, match=code):
        prospects(ALIKE, **{**options, **changed})
