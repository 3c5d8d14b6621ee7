"""Evaluations of pilots against statsmodels, linearmodels and pysyncon."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pysyncon
import pytest
import statsmodels.api as sm
from causaldata import organ_donations
from linearmodels.panel import PanelOLS

from alliance.analysis.pilots import Request, analyse, randomised
from alliance.analysis.pilots import power as sizes

pytestmark = pytest.mark.extra


def panel(seed: int, n_units: int = 12, n_times: int = 14, start: int = 9) -> dict[str, list]:
    """Made-up units over time that follow two common factors; the first is treated from `start`."""
    random = np.random.default_rng(seed)
    factors = random.normal(size=(n_times, 2)).cumsum(axis=0)
    loads = random.uniform(0, 1, (n_units, 2))
    loads[0] = loads[1:4].mean(axis=0)
    y = 20 + loads @ factors.T + random.normal(0, 0.1, (n_units, n_times))
    y[0, start:] += 2
    rows = [(unit, time) for unit in range(n_units) for time in range(n_times)]
    return {
        "unit": [f"u{unit}" for unit, _ in rows],
        "time": [str(2000 + time) for _, time in rows],
        "y": [repr(float(y[unit, time])) for unit, time in rows],
        "treated": [str(int(unit == 0 and time >= start)) for unit, time in rows],
    }


def frame(table: dict[str, list]):
    return pd.DataFrame(table).astype({"y": float, "time": int, "treated": int})


@pytest.mark.parametrize("seed", range(5))
def test_two_arms(seed: int) -> None:
    random = np.random.default_rng(seed)
    y, arm = random.normal(size=40), np.arange(40) < 15
    y[arm] += 0.7
    evaluation = randomised(y, arm)
    means = sm.stats.CompareMeans.from_data(y[arm], y[~arm])
    t, p, df = means.ttest_ind(usevar="unequal")
    assert (evaluation.details["t"], evaluation.p, evaluation.details["df"]) == pytest.approx(
        (t, p, df)
    )
    assert evaluation.ci == pytest.approx(means.tconfint_diff(usevar="unequal"))


@pytest.mark.parametrize(
    ("d", "power", "sides", "alternative"),
    [(0.5, 0.8, 2, "two-sided"), (0.2, 0.9, 2, "two-sided"), (0.4, 0.8, 1, "larger")],
)
def test_sample_sizes_of_means(d: float, power: float, sides: int, alternative: str) -> None:
    solver = sm.stats.TTestIndPower()
    n = solver.solve_power(effect_size=d, power=power, alpha=0.05, alternative=alternative)
    # The tail beyond the other side counts there.
    assert sizes.n_of_means(d, 1, power, sides=sides) == pytest.approx(n, rel=1e-5)
    if sides == 2:
        reached = solver.power(effect_size=d, nobs1=50, alpha=0.025, alternative="larger")
        assert sizes.power_of_means(50, d, 1) == pytest.approx(reached, abs=1e-4)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_interrupted_series(lag: int) -> None:
    table = frame(panel(3))
    series = table[table.unit == "u0"].reset_index(drop=True)
    evaluation = analyse(
        {name: [str(cell) for cell in series[name]] for name in series},
        Request("its", outcome="y", unit="unit", time="time", treated="treated", lag=lag),
    )
    t = np.arange(len(series), dtype=float)
    after = series.treated.to_numpy(dtype=float)
    since = after * (t - t[after == 1][0])
    model = sm.OLS(series.y.to_numpy(), sm.add_constant(np.column_stack([t, after, since])))
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True})
    ours = {term["name"]: term for term in evaluation.details["coefficients"]}
    for at, name in ((1, "t"), (2, "level"), (3, "slope")):
        assert ours[name]["estimate"] == pytest.approx(robust.params[at], rel=1e-6)
        assert ours[name]["se"] == pytest.approx(robust.bse[at], rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_differences_in_differences_as_a_two_way_regression(seed: int) -> None:
    table = panel(seed)
    evaluation = analyse(
        table, Request("did", outcome="y", unit="unit", time="time", treated="treated")
    )
    data = frame(table).set_index(["unit", "time"])
    model = PanelOLS(data.y, data[["treated"]], entity_effects=True, time_effects=True)
    assert evaluation.estimate == pytest.approx(float(model.fit().params["treated"]), rel=1e-8)


def test_organ_donations() -> None:
    """Kessler and Roth 2014, as chapter 18 of Huntington-Klein, The Effect (2021) computes it: an
    active choice lowered registrations in California by 2.2 percentage points."""
    data = organ_donations.load_pandas().data
    california = data["State"] == "California"
    treated = california & data["Quarter"].isin(["Q32011", "Q42011", "Q12012"])
    table = {
        "unit": list(data["State"]),
        "time": [str(number) for number in data["Quarter_Num"]],
        "y": [repr(rate) for rate in data["Rate"]],
        "treated": [str(int(flag)) for flag in treated],
    }
    request = Request("did", outcome="y", unit="unit", time="time", treated="treated")
    assert analyse(table, request).estimate == pytest.approx(-0.022, abs=5.1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_synthetic_control_fits_as_well_with_the_same_effect(seed: int) -> None:
    table = panel(seed)
    request = Request("synthetic-control", outcome="y", unit="unit", time="time", treated="treated")
    evaluation = analyse(table, request)
    wide = frame(table).pivot(index="time", columns="unit", values="y")
    before, after = wide[wide.index < 2009], wide[wide.index >= 2009]
    others = [name for name in wide if name != "u0"]
    synth = pysyncon.Synth()
    equal = np.ones(len(before)) / len(before)
    synth.fit(
        X0=before[others], X1=before["u0"], Z0=before[others], Z1=before["u0"], custom_V=equal
    )
    theirs = np.asarray(synth.W).ravel()
    ours = np.array([evaluation.details["weights"].get(name, 0.0) for name in others])
    effect = float((after["u0"] - after[others] @ theirs).mean())
    assert evaluation.estimate == pytest.approx(effect, abs=0.08)

    def misfit(weights: np.ndarray) -> float:
        return float(np.sqrt(((before["u0"] - before[others] @ weights) ** 2).mean()))

    # Their search ends before the best weights.
    assert 0.75 * misfit(theirs) < misfit(ours) <= misfit(theirs)
