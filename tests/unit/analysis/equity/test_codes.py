"""Every error and warning of equity is reached by the shortest call that gives it."""

import numpy as np
import pytest

from alliance.analysis import equity as q
from alliance.analysis.equity import exposure, values
from alliance.analysis.equity.codes import ERRORS, WARNINGS
from alliance.analysis.errors import MethodError
from tests.unit.analysis.code_lists import raised_in

NAN, INF = float("nan"), float("inf")
X = np.arange(1.0, 26.0)
ONES = np.ones((25, 1))
RULE = [q.Category("c", (q.Burden("b", (q.Threshold("x", ">=", 1),)),))]
HEAT = ["heat", "old", "trees"]
DOMAINS = ["exposure", "sensitivity", "adaptive-capacity"]
SMALL = {("a", "x"): 3.0, ("a", "_T"): 3.0}


def rule(operator: str, cut: float = 1) -> list[q.Category]:
    return [q.Category("c", (q.Burden("b", (q.Threshold("x", operator, cut),)),))]


def impact(**options):
    given = {"before": X, "after": X - 1, "counts": ONES, "groups": ["all"], "direction": "burden"}
    return q.distributional_impact(**(given | options))


REFUSED = [
    ("all-suppressed", "counts", lambda: q.suppress(SMALL)),
    ("bad-count", "counts", lambda: q.suppress({("a", "x"): -1.0})),
    ("bad-count", "counts", lambda: q.suppress({("a", "x"): 1.5})),
    ("bad-parameter", "level", lambda: q.gini(X, level=1)),
    ("bad-parameter", "draws", lambda: q.gini(X, draws=-1)),
    ("bad-parameter", "corrected", lambda: q.gini(X, X, corrected=True)),
    ("bad-parameter", "epsilon", lambda: q.atkinson(X, epsilon=-1)),
    ("bad-parameter", "epsilon", lambda: q.kolm_pollak(X, direction="good", epsilon=0)),
    ("bad-parameter", "kappa", lambda: q.kolm_pollak(X, direction="good", kappa=0)),
    ("bad-parameter", "bounds", lambda: q.concentration(X, X, bounds=(1, 0))),
    ("bad-parameter", "reference", lambda: q.percentiles(X, method="rank-avg", reference=" ")),
    ("bad-parameter", "weights", lambda: q.percentiles(X, method="pop", reference="here")),
    ("bad-parameter", "cuts", lambda: q.table_percentiles(X, -np.arange(101), reference="a")),
    ("bad-parameter", "step", lambda: q.flag_burdens(RULE, {"x": X}, step=0)),
    ("bad-parameter", "tolerance", lambda: impact(tolerance=-1)),
    ("bad-parameter", "floor", lambda: q.suppress({("a", "x"): 30.0}, floor=9)),
    ("bad-parameter", "width", lambda: q.suppress({("a", "x"): 30.0}, min_width=2)),
    ("bad-parameter", "min_population",
     lambda: q.suppress({("a", "x"): 30.0}, min_population=-1)),
    ("bad-parameter", "rows", lambda: q.with_totals([[1.0], [2.0]], ["a", "a"], ["x"])),
    ("bad-parameter", "domains",
     lambda: q.heat_vulnerability(X[:, None], ["heat"], ["exposure"])),
    ("bad-parameter", "min_components",
     lambda: q.demographic_index(X[:, None], ["poor"], min_components=2)),
    ("bad-ratio", "numerator[0]", lambda: q.ratio_of_sums([2.0], [1.0])),
    ("bad-ratio", "numerator[0]", lambda: q.ratio_of_sums([1.0], [0.0])),
    ("bad-ratio", "counts[0, 0]",
     lambda: q.group_exposure(X, 2 * ONES, ["a"], population=ONES[:, 0])),
    ("bad-rule", "x", lambda: q.flag_burdens(rule("~"), {"x": X})),
    ("bad-rule", "x", lambda: q.flag_burdens(rule(">=", NAN), {"x": X})),
    ("bad-rule", "categories", lambda: q.flag_burdens([], {"x": X})),
    ("bad-rule", "category", lambda: q.rules_from({})),
    ("bad-weight", "weights[0]", lambda: q.gini([1.0], [-1.0])),
    ("bad-weight", "weights[1]", lambda: q.gini([1.0, 2.0], [1.0, NAN])),
    ("bad-weight", "counts[0, 0]", lambda: q.group_exposure(X, -ONES, ["a"])),
    ("infinite-value", "values[1]", lambda: q.gini([1.0, INF])),
    ("missing-column", "x", lambda: q.flag_burdens(RULE, {})),
    ("mixed-kappa", "kappas", lambda: q.combine_ede([1, 2], [1, 1], [1, 2], direction="good")),
    ("mixed-signs", "benefits", lambda: q.benefit_concentration([1, -1], [1, 2])),
    ("need-kappa", "kappa", lambda: q.kolm_pollak([-1.0, 0.5], direction="good")),
    ("negative-values", "values", lambda: q.gini([-5.0, 1.0, 4.0])),
    ("negative-values", "demographic", lambda: q.justice_index(-X, X, reference="here")),
    ("no-population", "weights", lambda: q.gini([1.0], [0.0])),
    ("no-population", "groups['a']", lambda: q.group_exposure(X, 0 * ONES, ["a"], population=X)),
    ("no-population", "groups['a']",
     lambda: q.kolm_pollak_groups(X, np.c_[0 * ONES, ONES], ["a", "b"], direction="good")),
    ("not-a-number", "values", lambda: q.gini(["a"])),
    ("out-of-bounds", "values", lambda: q.concentration([0.5, 1.2], [1, 2], bounds=(0, 1))),
    ("out-of-bounds", "burden", lambda: q.justice_index(X, 100 * X, reference="here")),
    ("too-few-units", "values", lambda: q.percentiles(X[:19], method="rank-avg", reference="a")),
    ("too-few-units", "indicators['heat']",
     lambda: q.heat_vulnerability(np.ones((1, 3)), HEAT, DOMAINS)),
    ("too-few-units", "income", lambda: q.income_quintiles([1, 2, 3, 4, 4, 4])),
    ("too-much-missing", "values", lambda: q.gini([1.0, NAN, NAN])),
    ("too-much-missing", "groups['a']",
     lambda: q.group_exposure(
         [1.0, 2.0, NAN], [[1.0, 5], [1, 5], [5, 0]], ["a", "b"], draws=0)),
    ("units-mismatch", "values",
     lambda: q.table_percentiles([20.0], np.linspace(0, 1, 101), reference="a")),
    ("units-mismatch", "values",
     lambda: q.table_percentiles([0.2], np.arange(101), reference="a")),
    ("unknown-choice", "direction", lambda: q.kolm_pollak(X, direction="bad")),
    ("unknown-choice", "method", lambda: q.percentiles(X, method="mean", reference="here")),
    ("unknown-group", "reference", lambda: q.group_exposure(X, ONES, ["a"], reference="b")),
    ("wrong-direction", "direction", lambda: q.atkinson(X, direction="burden")),
    ("wrong-shape", "values", lambda: q.gini([[1.0]])),
    ("wrong-shape", "weights", lambda: q.gini([1.0], [1.0, 2.0])),
    ("zero-mean", "values", lambda: q.gini([0.0, 0.0])),
    ("zero-mean", "values", lambda: q.concentration([0.0, 0.0], [1, 2], bounds=(0, 1))),
    ("zero-variance", "components['poor']",
     lambda: q.demographic_index([[1.0], [1.0]], ["poor"])),
]  # fmt: skip

WARNED = [
    ("below-table:1", lambda: q.table_percentiles([0.5, 20], 1.0 + np.arange(101), reference="a")),
    ("coverage:0.200", lambda: q.weighted_mean([1, 2, 3, 4, NAN])),
    ("coverage:a", lambda: q.group_exposure([*X[:9], NAN], ONES[:10], ["a"], draws=0)),
    ("differencing:1",
     lambda: q.suppress({("a",): 30.0, ("b",): 90.0}, released=[{("a",): 34.0}])),
    ("few-components:1",
     lambda: q.demographic_index([[1, 2], [2, NAN], [3, 4]], ["a", "b"], min_components=1)),
    ("few-units", lambda: q.gini([1, 2, 3], draws=5)),
    ("few-units", lambda: q.group_exposure(X[:9], ONES[:9], ["a"], population=X[:9], draws=5)),
    ("mixed-signs", lambda: impact(after=X + np.where(X > 12, 1, -0.5))),
    ("no-rank-variation", lambda: q.concentration([1, 2], [3, 3])),
    ("ratio-undefined:a", lambda: q.group_exposure([1, 0], [[1, 0], [0, 1]], ["a", "b"], draws=0)),
    ("zero-value:1", lambda: q.atkinson([0, 1], epsilon=1)),
    ("zero-variance:heat",
     lambda: q.heat_vulnerability([[1, 2, 3], [1, 3, 2], [1, 4, 4]], HEAT, DOMAINS)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "where", "call"), REFUSED)
def test_an_error_has_its_code_and_its_place(code, where, call):
    with pytest.raises(MethodError) as caught:
        call()
    assert (caught.value.code, where in caught.value.where) == (code, True), str(caught.value)


@pytest.mark.parametrize(("warning", "call"), WARNED)
def test_a_warning_stands_in_the_result(warning, call):
    assert warning in call().warnings


def test_the_lists_name_every_code_and_no_other():
    assert {code for code, _, _ in REFUSED} == ERRORS
    assert {warning.partition(":")[0] for warning, _ in WARNED} == WARNINGS
    assert raised_in(q) <= ERRORS


def test_what_is_missing_is_no_error_until_it_is_half():
    assert values.check_coverage(0.05, "x") == ()
    assert values.check_coverage(0.5, "x") == ("coverage:0.500",)
    assert exposure.weighted_mean([1, NAN]).warnings == ("coverage:0.500",)
