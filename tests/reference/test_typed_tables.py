"""Published tables that are small enough to stand here, so that every clone proves them.

Each was typed in from the named source. They are facts; the code that printed the results is BSD-3.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from alliance.analysis.composite import Node, build, framework_from, method_from, parse_table
from alliance.analysis.equity import atkinson, gini
from alliance.analysis.evidence import meta_regression, pool
from alliance.analysis.evidence.effect_sizes import (
    log_risk_ratio,
    standardised_mean_difference,
)
from alliance.analysis.pilots import plan, plan_shares
from alliance.analysis.pilots import power as sizes

#: Nine laboratories of Kacker 2004, Metrologia 41; results of R metafor as the tests of statsmodels
#: 0.15 have them (statsmodels/stats/tests/results/results_meta.py): mean, standard error, tau², Q.
KACKER = (
    [61.0, 61.4, 62.21, 62.3, 62.34, 62.6, 62.7, 62.84, 65.9],
    [0.2025, 1.21, 0.09, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225],
)
METAFOR = {
    ("pm", "wald"): (62.4076199113286, 0.338030602684471, 0.705395309224248),
    ("dl", "wald"): (62.3901386044504, 0.245749668040304, 0.288049246973751),
    ("ee", "wald"): (62.5833970939982, 0.107845705498231, 0.0),
    ("dl", "hartung-knapp-untruncated"): (62.3901386044504, 0.29477605699879, 0.288049246973751),
    ("ee", "hartung-knapp-untruncated"): (62.5833970939982, 0.189889223522271, 0.0),
}
METAFOR_BOUNDS = {
    ("pm", "wald"): (61.7450921043947, 63.0701477182625),
    ("dl", "wald"): (61.9084781058787, 62.8717991030221),
    ("ee", "wald"): (62.3720233953344, 62.7947707926621),
    ("dl", "hartung-knapp-untruncated"): (61.710383798052, 63.0698934108488),
    ("ee", "hartung-knapp-untruncated"): (62.1455117593252, 63.0212824286713),
}


@pytest.mark.parametrize(("method", "interval"), METAFOR)
def test_laboratories_of_kacker(method: str, interval: str) -> None:
    pooled = pool(*KACKER, method=method, interval=interval)
    figures = pooled.estimate, pooled.se, pooled.heterogeneity.tau2
    assert figures == pytest.approx(METAFOR[method, interval], abs=1e-8)
    bounds = METAFOR_BOUNDS[method, interval]
    assert (pooled.ci_low, pooled.ci_high) == pytest.approx(bounds, abs=1e-7)
    assert pooled.heterogeneity.q == pytest.approx(24.801897741835, abs=1e-9)


@pytest.mark.parametrize(("method", "tau"), [("pm", 0.8399), ("he", 1.1837), ("dl", 0.5367)])
def test_spread_of_the_laboratories(method: str, tau: float) -> None:
    """Kacker 2004, table 1; his DL is 0.5359 there, and metafor's 0.5367."""
    assert np.sqrt(pool(*KACKER, method=method).heterogeneity.tau2) == pytest.approx(tau, abs=6e-5)


#: Trials of a vaccine against tuberculosis (Colditz et al. 1994, JAMA 271): cases and others with
#: the vaccine, cases and others without; latitude and year. Results of R metafor: Viechtbauer 2010,
#: Journal of Statistical Software 36(3), and metafor's pages on Borenstein et al. 2009.
VACCINE = np.array(
    [
        [4, 119, 11, 128, 44, 1948], [6, 300, 29, 274, 55, 1949], [3, 228, 11, 209, 42, 1960],
        [62, 13536, 248, 12619, 52, 1977], [33, 5036, 47, 5761, 13, 1973],
        [180, 1361, 372, 1079, 44, 1953], [8, 2537, 10, 619, 19, 1973],
        [505, 87886, 499, 87892, 13, 1980], [29, 7470, 45, 7232, 27, 1968],
        [17, 1699, 65, 1600, 42, 1961], [186, 50448, 141, 27197, 18, 1974],
        [5, 2493, 3, 2338, 33, 1969], [27, 16886, 29, 17825, 33, 1976],
    ],
    dtype=float,
)  # fmt: skip
ARMS = (
    VACCINE[:, 0],
    VACCINE[:, 0] + VACCINE[:, 1],
    VACCINE[:, 2],
    VACCINE[:, 2] + VACCINE[:, 3],
)


@pytest.mark.parametrize(
    ("method", "figures"),
    [
        ("reml", (-0.7145, 0.1798, -1.0669, -0.3622)),
        ("dl", (-0.7141, 0.1787, -1.0644, -0.3638)),
        ("ee", (-0.4303, 0.0405, -0.5097, -0.3509)),
    ],
    ids=["reml", "dl", "ee"],
)
def test_vaccine_pooled(method: str, figures: tuple[float, ...]) -> None:
    size = log_risk_ratio(*ARMS)
    pooled = pool(size.y, size.v, method=method, interval="wald")
    ours = (pooled.estimate, pooled.se, pooled.ci_low, pooled.ci_high)
    assert ours == pytest.approx(figures, abs=5.1e-5)
    assert pooled.heterogeneity.q == pytest.approx(152.2330, abs=5.1e-5)
    if method == "reml":
        assert pooled.heterogeneity.tau2 == pytest.approx(0.3132, abs=5.1e-5)


def test_vaccine_by_latitude_and_year() -> None:
    size = log_risk_ratio(*ARMS)
    names = ["latitude", "year"]
    model = meta_regression(size.y, size.v, VACCINE[:, 4:], names, method="reml", interval="wald")
    by_name = {coefficient.name: coefficient for coefficient in model.coefficients}
    figures = [(by_name[name].estimate, by_name[name].se) for name in names]
    assert figures[0] == pytest.approx((-0.0280, 0.0102), abs=5.1e-5)
    assert figures[1] == pytest.approx((0.0019, 0.0147), abs=5.1e-5)
    assert model.heterogeneity.tau2 == pytest.approx(0.1108, abs=5.1e-5)


def test_human_development() -> None:
    """The example of technical note 1, UNDP, Human Development Report 2020."""
    income = [str(math.log(bound)) for bound in (3_829, 100, 75_000)]
    framework = framework_from(
        [
            Node(code="HDI"),
            Node(code="health", parent="HDI", lower=0, upper=1),
            Node(code="education", parent="HDI", lower=0, upper=1),
            Node(code="income", parent="HDI", lower=float(income[1]), upper=float(income[2])),
        ]
    )
    rows = [["unit", "health", "education", "income"], ["x", "0.6971", "0.3447", income[0]]]
    table, _ = parse_table(rows, wanted=framework.codes)
    index = build(table, framework, method=method_from({"aggregate": "geometric", "range": [0, 1]}))
    assert index.normalised[0, 2] == pytest.approx(0.5506, abs=5.1e-5)
    assert index.score[0] == pytest.approx(0.510, abs=5.1e-4)


def test_standardised_differences() -> None:
    """Six trials of Chen and Peace, Applied Meta-Analysis with R (2013); results of R metafor, as
    in statsmodels/stats/tests/test_meta.py."""
    trials = np.array(
        [
            [94, 22, 60, 92, 20, 60], [98, 21, 65, 92, 22, 65], [98, 28, 40, 88, 26, 40],
            [94, 19, 200, 82, 17, 200], [98, 21, 50, 88, 22, 45], [96, 21, 85, 92, 22, 85],
        ]
    )  # fmt: skip
    size = standardised_mean_difference(*trials.astype(float).T)
    y = [
        0.09452415852032972, 0.27735586626551018, 0.36654442951591998, 0.66438496832691396,
        0.46180628128769841, 0.18516443739910043,
    ]  # fmt: skip
    assert size.y == pytest.approx(y, rel=1e-5)
    v = [
        0.03337056173559990, 0.03106510106366112, 0.05083971761755720, 0.01055175923267344,
        0.04334466980873156, 0.02363025255552155,
    ]  # fmt: skip
    assert size.v == pytest.approx(v, rel=2e-3)


def test_unequal_incomes() -> None:
    """Atkinson's index of five incomes as PySAL inequality 1.1 documents it; their Gini is 4/15."""
    incomes = [10.0, 20.0, 30.0, 40.0, 50.0]
    assert atkinson(incomes, epsilon=0.5).value == pytest.approx(0.06315, abs=1e-5)
    assert atkinson(incomes, epsilon=1).value == pytest.approx(0.1316096, abs=1e-7)
    assert gini(incomes).value == pytest.approx(4 / 15)


def test_participants_needed() -> None:
    """Half a standard deviation and a power of 0.8 take 64 people an arm (methods 4.B)."""
    needed = plan("randomised", sd=1, delta=0.5)
    assert needed.n == 64
    assert sizes.power_of_means(64, 0.5, 1) == pytest.approx(0.8015, abs=1e-4)
    assert plan_shares(0.5, 0.75, power=0.9).n == 77
