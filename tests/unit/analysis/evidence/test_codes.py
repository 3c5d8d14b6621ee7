"""Every error and warning of evidence synthesis is reached by the shortest call that gives it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alliance.analysis import evidence
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import effect_sizes as sizes
from alliance.analysis.evidence import (
    meta_regression,
    parse_studies,
    pool,
    pool_unweighted,
    predict,
)
from alliance.analysis.evidence.bias import egger, publication_bias
from alliance.analysis.evidence.certainty import Body, certainty
from alliance.analysis.evidence.codes import ERRORS, WARNINGS
from alliance.analysis.evidence.context import mahalanobis, weigh_by_likeness
from alliance.analysis.evidence.evidence_map import MapRow, evidence_map
from alliance.analysis.evidence.prospects import prospects
from alliance.analysis.evidence.solution_verdict import (
    Previous,
    VerdictCase,
    solution_verdict,
)
from alliance.analysis.evidence.transport import standardised, weighted
from tests.unit.analysis.code_lists import raised_in, words_in

#: Texts that are written like codes and are names of something else.
OTHER_WORDS = {
    # Methods, measures, designs and choices.
    "before-after", "degrees-celsius", "degrees-fahrenheit", "difference-in-differences",
    "egger-mixed", "egger-weighted", "g-formula", "hartung-knapp", "hartung-knapp-untruncated",
    "higher-is-better", "interrupted-time-series", "inverse-probability", "inverse-variance",
    "k-1", "k-2", "log-odds-ratio", "log-ratio-of-means", "log-risk-ratio", "lower-is-better",
    "mean-difference", "not-enough-evidence", "quasi-experiment", "risk-difference",
    "standardised-mean-difference", "synthetic-control", "unweighted-mean", "very-low",
    # Steps of the grade and their reasons.
    "as-judged", "conclusion-changes-when-filled", "dose-gradient", "interval-crosses-line",
    "interval-crosses-line-and-too-small", "large-effect", "low-risk", "no-sign",
    "prediction-crosses-line", "publication-bias", "risk-of-bias", "share-at-high-risk",
    "small-studies-differ", "too-small",
    # Gaps of an outlook, and warnings of the spread that it hands on.
    "follow-up", "sample-size", "smallest-useful", "standard-error", "standard-errors-not-used",
    # Verdicts of solutions, what holds them and why they are given.
    "agree-but-few", "could-not-tell", "did-not-work", "directions-differ", "does-harm",
    "equity-harm-open", "failed-unmeasured", "harm-in-most-units", "harm-reported",
    "no-difference", "no-effect", "no-use-in-most-units", "main-measure-by-default",
    "no-cases", "no-clear-support",
    "no-measured-change", "only-failures", "only-good-news", "outcomes-differ", "pool-wrong-way",
    "prediction-interval", "probably-does-not-work", "probably-works", "reported-only",
    "too-few-units", "too-little-to-matter", "trade-off",
    # Themes and units with a size of change that happens anyway.
    "cohens-d", "health-and-heat", "percent-change", "percentage-points", "road-safety",
    "traffic-and-mode",
    # Gaps of a map.
    "claimed-only", "failed-only",
    # What holds a verdict down, a null that is told, and why there is no prediction for a place.
    "facts-unknown", "low-certainty", "no-standard-errors", "not-graded", "some-effect",
    "too-few-studies", "too-little", "too-uncertain", "very-low-certainty",
}  # fmt: skip

Y, V = [0.1, 0.5, 0.3, 0.9, 0.2, 0.6], [0.02, 0.05, 0.01, 0.04, 0.03, 0.02]
X = [[1.0], [2.0], [3.0], [4.0], [5.0], [7.0]]
HEADER = ["study", "estimate", "variance"]
PEOPLE = np.arange(80)
IN_TRIAL = (PEOPLE < 40).astype(float)
TREATED = (PEOPLE % 2).astype(float)
OUTCOME = (PEOPLE % 3 == 0).astype(float)
FACT = np.sin(PEOPLE)


def carried(**changes: Any) -> Any:
    options = {"columns": FACT[:, None], "draws": 0, "target": "transport"} | changes
    outcome = options.pop("outcome", OUTCOME)
    return weighted(outcome, TREATED, IN_TRIAL, options.pop("columns"), **options)


def rows(*lines: str, moderators: tuple[str, ...] = (), **options: Any) -> Any:
    return parse_studies([line.split(",") for line in lines], moderators=moderators, **options)


def body(design: str) -> Body:
    return Body(design=design, pooled=pool(Y, V))


def asked(**changes: Any) -> Any:
    options: dict[str, Any] = {
        "direction": "higher-is-better", "smallest_useful": 0.1, "certainty": "high",
    } | changes  # fmt: skip
    return prospects(options.pop("pooled", pool(Y, V)), **options)


def place(fact: float) -> Any:
    return predict(meta_regression(Y, V, X, ["a"]), [fact])


def worked(*cases: VerdictCase, **options: Any) -> Any:
    return solution_verdict(cases, measure="m", direction="lower-is-better", **options)


ERROR_CASES: dict[str, Callable[[], object]] = {
    "bad-correlation": lambda: sizes.combine_dependent(["a", "a"], [1, 2], [1, 1], rho=2),
    "bad-count": lambda: sizes.risk_difference([5], [4], [1], [4]),
    "bad-draws": lambda: carried(draws=-1),
    "bad-level": lambda: pool(Y, V, level=1),
    "bad-parameter": lambda: asked(smallest_useful=-1),
    "bad-previous": lambda: worked(previous=Previous("good", frozenset())),
    "bad-scale": lambda: sizes.log_ratio_of_means([9], [1], [9], [8], [1], [9], unit="°C"),
    "bad-variance": lambda: pool(Y, [*V[:-1], -1]),
    "dependent": lambda: pool(Y, V, studies=list("abcdea")),
    "duplicate-column": lambda: rows("study,estimate,variance,se,se", "a,1,1,1,1"),
    "duplicate-solution": lambda: evidence_map([MapRow("a", 1), MapRow("a", 2)], ["air"]),
    "empty-file": lambda: parse_studies([]),
    "infinite-value": lambda: pool([*Y[:-1], np.inf], V),
    "interval-reversed": lambda: sizes.from_interval([1], [2], [0]),
    "long-row": lambda: rows("study,estimate,variance", "a,1,1,1"),
    "missing-column": lambda: rows("study,estimate", "a,1"),
    "missing-moderator": lambda: place(np.nan),
    "missing-study": lambda: rows("study,estimate,variance", ",1,1"),
    "mixed-moderators": lambda: rows(
        "study,estimate,variance,a", "x,1,1,1", "x,2,1,2", moderators=("a",), combine=True
    ),
    "no-studies": lambda: pool([], []),
    "not-a-number": lambda: pool(["much"], [1]),
    "overflow": lambda: pool([1e60, 1], [1, 1]),
    "separation": lambda: carried(columns=IN_TRIAL[:, None]),
    "short-row": lambda: rows("study,estimate,variance", "a,1"),
    "sign-mix": lambda: pool(Y, V, directions=["up"] * 5 + ["down"]),
    "singular": lambda: meta_regression(Y, V, np.ones((6, 1)), ["a"]),
    "too-few-similar": lambda: weigh_by_likeness(Y, V, [0, 9, 9, 9, 9, 9], bandwidth=0.1),
    "unit-mix": lambda: pool(Y, V, units=["kWh"] * 5 + ["MWh"]),
    "unknown-choice": lambda: pool(Y, V, interval="wide"),
    "unknown-order": lambda: evidence_map([], ["air"], order="size"),
    "unknown-theme": lambda: evidence_map([MapRow("a", 1, frozenset({"sea"}))], ["air"]),
    "unknown-design": lambda: certainty(body("guess")),
    "duplicate-case": lambda: worked(*[VerdictCase("a", "A", "worked")] * 2),
    "missing-place": lambda: worked(VerdictCase("a", " ", "worked")),
    "unknown-outcome": lambda: worked(VerdictCase("a", "A", "fine")),
    "unknown-direction": lambda: asked(direction="up"),
    "unknown-grade": lambda: asked(certainty="superb"),
    "unknown-method": lambda: pool(Y, V, method="guess"),
    "wrong-shape": lambda: pool(Y, V[:-1]),
    "zero-variance": lambda: egger(Y, [0.1] * 6),
}

FEW = pool(Y[:3], V[:3])
WARNING_CASES: dict[str, Callable[[], Any]] = {
    "aggregation-bias": lambda: meta_regression(Y, V, X, ["a"]),
    "asymmetric-interval": lambda: sizes.from_interval([1], [0.9], [2]),
    "double-zero": lambda: sizes.log_risk_ratio([0, 1], [9, 9], [0, 2], [9, 9]),
    "exploratory": lambda: weigh_by_likeness(Y, V, [0] * 6, bandwidth=1),
    "failed-draws": lambda: weighted(
        [1, 0, 1, 1, 0], [1, 0, 0, np.nan, np.nan], [1, 1, 1, 0, 0],
        np.array([[1.0], [3], [2], [2.2], [1.5]]), draws=40,
    ),
    "few-studies-for-prediction": lambda: FEW,
    "hartung-knapp-truncated": lambda: pool([1, 1.01, 1.02], [1, 1, 1]),
    "heterogeneity-ignored": lambda: pool([0, 5, 9], [0.1] * 3, method="ee"),
    "missing-estimate": lambda: pool([*Y[:-1], np.nan], V),
    "missing-moderator": lambda: meta_regression(Y, V, [*X[:-1], [np.nan]], ["a"]),
    "missing-rows": lambda: carried(outcome=np.where(PEOPLE == 0, np.nan, OUTCOME)),
    "no-prediction": lambda: asked(pooled=pool(Y[:2], V[:2])),
    "no-smallest-useful-effect": lambda: asked(smallest_useful=None),
    "no-spread": lambda: pool_unweighted([2, 2, 2]),
    "not-assessed": lambda: publication_bias(Y, V),
    "one-study": lambda: pool([1], [1]),
    "out-of-support": lambda: place(99),
    "overfit": lambda: meta_regression(Y, V, X, ["a"]),
    "positivity": lambda: carried(columns=(FACT + 1.6 * IN_TRIAL)[:, None]),
    "tau2-interval-empty": lambda: pool([1] * 8, [1] * 8),
    "two-studies": lambda: pool(Y[:2], V[:2]),
    "unweighted": lambda: pool_unweighted(Y),
    "zero-cell": lambda: sizes.log_odds_ratio([0], [9], [3], [9]),
    "zero-variance": lambda: publication_bias(np.arange(12.0), [0.1] * 12),
}  # fmt: skip
#: Given by an outlook over a summary of places; reached in test_outlook.py.
OF_AN_OUTLOOK = {"below-possible"}


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_error_is_reached(code):
    with pytest.raises(MethodError) as caught:
        ERROR_CASES[code]()
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.parametrize("code", sorted(WARNINGS - OF_AN_OUTLOOK))
def test_every_warning_is_reached(code):
    found = WARNING_CASES[code]()
    assert code in found.warnings
    assert set(found.warnings) <= WARNINGS


def test_faults_of_the_data_name_the_row():
    for wrong in (-1.0, 0.0, np.nan, np.inf):
        with pytest.raises(MethodError) as caught:
            pool(Y, [*V[:4], wrong, V[5]])
        assert (caught.value.code, caught.value.where) == ("bad-variance", "variances[4]")
    with pytest.raises(MethodError) as caught:
        rows("study,estimate,variance", "a,1,1", "", "b,2,-1")
    assert (caught.value.code, caught.value.where) == ("bad-variance", "row 4, column variance")


def test_the_regression_of_the_outcome_refuses_columns_that_follow_from_others():
    columns = np.column_stack([np.ones(80), np.ones(80)])
    with pytest.raises(MethodError) as caught:
        standardised(OUTCOME, TREATED, IN_TRIAL, columns, columns, draws=0)
    assert caught.value.code == "singular"


def test_facts_that_are_the_same_everywhere_tell_no_distance():
    with pytest.raises(MethodError) as caught:
        mahalanobis(np.ones((4, 1)), [1.0], ("a",))
    assert caught.value.code == "zero-variance"


def test_the_lists_are_whole():
    assert set(ERROR_CASES) == ERRORS
    assert set(WARNING_CASES) == WARNINGS - OF_AN_OUTLOOK
    assert raised_in(evidence) <= ERRORS
    assert words_in(evidence) <= ERRORS | WARNINGS | OTHER_WORDS
