"""Every figure of areas B and C is computed here and compared; a figure added there fails until it
is computed too. What the tests beside this one say of single figures is not said again."""

import csv
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alliance.analysis.evidence import effect_sizes as sizes
from alliance.analysis.evidence import meta_regression, pool
from alliance.analysis.evidence.bias import begg, egger, fail_safe_n, trim_fill
from alliance.analysis.evidence.prospects import probability_below
from alliance.analysis.evidence.transport import standardised, weighted
from alliance.analysis.pilots import Evaluation, Request, analyse, plan, randomised
from alliance.analysis.pilots import power as powers
from tests.reference.stated_figures import faults

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "methods"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


class Table:
    """A file of the folder; columns as text or as numbers, NaN for what is missing."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.text = {name: [row[name] for row in rows] for name in rows[0]}

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array([float(cell) if cell else math.nan for cell in self.text[name]])


def prop99(folder: Path, stated: Any) -> Any:
    table = Table(folder / "b1_prop99.csv").text

    def run(design: str, **options: Any) -> Evaluation:
        names = {"outcome": "packs_per_capita", "unit": "state", "time": "year"}
        return analyse(table, Request(design, treated="treated", **names, **options))

    control, series = run("synthetic-control"), run("its", lag=1)
    terms = {one["name"]: one for one in series.details["coefficients"]}
    placebo = control.details["placebo"]
    return {
        "did": {"att": run("did").estimate},
        "sdid": {"att": control.details["synthetic_did"]},
        "sc_outcomes_only": {
            "att": control.estimate,
            "exact_qp": control.estimate,
            "pre_rmspe": control.details["rmspe_before"],
            "weights": control.details["weights"],
            "placebo": {
                "post_pre_rmspe_ratio": placebo["ratio"],
                "rank": placebo["rank"],
                "units": placebo["units"],
                "p": control.p,
            },
        },
        "itsa_california": {
            "coef": {name: one["estimate"] for name, one in terms.items()},
            "ols_se": {name: one["ols_se"] for name, one in terms.items()},
            "newey_west_lag1_se_n_over_n_minus_k": {n: one["se"] for n, one in terms.items()},
        },
    }


def mpdta(folder: Path, stated: Any) -> Any:
    names = {"outcome": "lemp", "unit": "countyreal", "time": "year"}
    request = Request("staggered", first_treated="first_treat", **names)
    found = analyse(Table(folder / "b2_mpdta.csv").text, request).details
    return {
        "att_gt": found["att_gt"],
        "analytic_se": found["att_gt_se"],
        "aggregates": found["aggregates"],
        "pretest": {"W": found["pretest"]["classic"]["w"], **found["pretest"]["classic"]},
        "twfe": {"coef": found["twfe"]["estimate"]},
    }


def basque(folder: Path, stated: Any) -> Any:
    setup = stated["setup"]
    predictors = [f"{name}:1964:1969" for name in setup["predictors_mean_1964_1969"]]
    windows = {"gdpcap": "1960:1969", "popdens": "1969"}
    predictors += [f"{name}:{windows.get(name, '1961:1969')}" for name, _ in setup["special"]]
    found = analyse(
        Table(folder / "b3_basque.csv").text,
        Request(
            "synthetic-control", outcome="gdpcap", unit="regionname", time="year",
            treated=setup["treated"], start="1975", predictors=tuple(predictors),
            predictor_weights=tuple(stated["fixed_V"]),
        ),
    )  # fmt: skip
    early = [gap for year, gap in found.details["gaps"].items() if 1960 <= float(year) <= 1969]
    return {
        "weights": found.details["weights"],
        "mspe_1960_1969": {"value": float(np.mean(np.square(early)))},
        "att_1975_1997": {"value": found.estimate},
    }


def sleep(folder: Path, stated: Any) -> Any:
    table = Table(folder / "b4_sleep.csv")
    pairs = Request("before-after", outcome="extra", unit="id", time="group")
    paired = analyse(table.text, pairs)
    welch = randomised(table["extra"], table["group"] == 1)
    return {
        "welch": {
            "t": welch.details["t"],
            "df": welch.details["df"],
            "p": welch.p,
            "ci": welch.ci,
            "mean": [welch.details["mean_treated"], welch.details["mean_control"]],
        },
        # R takes the first group less the second.
        "paired": {"t": -paired.details["t"], "df": paired.details["df"], "p": paired.p},
    }


def power(folder: Path, stated: Any) -> Any:
    def case(one: dict[str, Any]) -> dict[str, Any]:
        sides = 1 if "one-sided" in one["test"] else 2
        delta, sd = one.get("delta"), one.get("sd", 1)
        if "proportions" in one["test"]:
            if "n" in one:
                return one | {"power": powers.power_of_proportions(one["n"], one["p1"], one["p2"])}
            n = powers.n_of_proportions(one["p1"], one["p2"], one["power"])
        elif "n" in one:
            return one | {"power": powers.power_of_means(one["n"], delta, sd)}
        else:
            n = powers.n_of_means(delta, sd, one["power"], sides=sides)
        return one | {"n_per_group": n}

    needed = plan("randomised", sd=1, delta=0.5)
    return {
        "cases": [case(one) for one in stated["cases"]],
        "derived_here": {"d_0_5_power_0_8": needed.n_exact, "rounded_up": needed.n},
    }


def figures_of(pooled: Any, **more: Any) -> dict[str, Any]:
    spread = pooled.heterogeneity
    return {
        "mu": pooled.estimate,
        "se": pooled.se,
        "z": pooled.estimate / pooled.se,
        "ci": [pooled.ci_low, pooled.ci_high],
        "tau2": spread.tau2,
        "se_tau2": spread.se,
        "tau2_ci_qprofile": [spread.low, spread.high],
        "I2": spread.i2,
        "H2": spread.h2,
        "Q": spread.q,
        **more,
    }


def between(pooled: Any) -> list[float]:
    return [pooled.prediction_low, pooled.prediction_high]


def wald(found: Any, method: str) -> dict[str, Any]:
    pooled = pool(found.y, found.v, method=method, interval="wald", prediction="normal")
    return figures_of(pooled, pi_normal=between(pooled))


def regressed(found: Any, columns: list[np.ndarray], names: list[str]) -> dict[str, Any]:
    model = meta_regression(found.y, found.v, np.column_stack(columns), names, interval="wald")
    spread = model.heterogeneity
    return {
        "tau2": spread.tau2,
        "coef": [one.estimate for one in model.coefficients],
        "se": [one.se for one in model.coefficients],
        "z": [one.statistic for one in model.coefficients],
        "QE": spread.q,
        "QM": model.qm,
        "R2": model.r2,
        "I2": spread.i2,
    }


def bcg(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c1_bcg.csv")
    first, second = table["tpos"], table["cpos"]
    cells = (first, first + table["tneg"], second, second + table["cneg"])
    risks = sizes.log_risk_ratio(*cells)
    smoothed = sizes.log_risk_ratio(*cells, variance="smoothed")
    reml = pool(risks.y, risks.v, interval="wald", prediction="normal")
    hartung = {basis: pool(risks.y, risks.v, prediction=basis) for basis in ("k-2", "k-1")}
    scales = {
        "RR": risks,
        "OR": sizes.log_odds_ratio(*cells),
        "RD": sizes.risk_difference(*cells),
    }
    figures: dict[str, Any] = {
        name: {"EE": wald(found, "ee"), "DL": wald(found, "dl"), "REML": wald(found, "reml")}
        for name, found in scales.items()
    }
    figures["RR"]["REML"]["prob_below_0"] = probability_below(reml, 0)
    figures["RR"]["EB_smoothed_var"] = wald(smoothed, "pm")
    figures["meta_regression_REML_ablat_year"] = regressed(
        risks, [table["ablat"], table["year"]], ["ablat", "year"]
    )
    ranks = begg(risks.y, risks.v)
    figures["begg"] = {"tau": ranks.statistic, "p": ranks.p}
    filled = trim_fill(risks.y, risks.v, method="ee", interval="wald")
    figures["trimfill_EE_L0"] = figures_of(filled.pooled, side=filled.side, k0=filled.k0)
    figures["derived_here"] = {
        "HK_REML": figures_of(
            hartung["k-2"],
            pi_t_kminus2=between(hartung["k-2"]),
            pi_t_kminus1=between(hartung["k-1"]),
        ),
        "pi_hts_kminus2_wald": between(pool(risks.y, risks.v, interval="wald")),
        "meta_regression_ablat": regressed(risks, [table["ablat"]], ["ablat"]),
    }
    return figures


def raudenbush(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c2_raudenbush1985.csv")
    given = SimpleNamespace(y=table["yi"], v=table["vi"])
    figures: dict[str, Any] = {
        name: wald(given, name.lower()) for name in ("EE", "DL", "REML", "ML", "HE")
    }
    # These are printed without holding the factor at 1; for HE it is 0.81.
    figures["HK"] = {
        name: figures_of(
            pool(given.y, given.v, method=name.lower(), interval="hartung-knapp-untruncated")
        )
        for name in stated["HK"]
    }
    figures["meta_reg_weeks_capped_3"] = regressed(
        given, [np.minimum(table["weeks"], 3)], ["weeks"]
    )
    return figures


def normand(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c3_normand1999.csv")
    arms = (table[name] for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    found = sizes.mean_difference(*arms)
    return {name: wald(found, name.lower()) for name in ("EE", "DL", "REML")}


def hine(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c4_hine1989.csv")
    found = sizes.risk_difference(table["ai"], table["n1i"], table["ci"], table["n2i"])
    points = SimpleNamespace(y=100 * found.y, v=100**2 * found.v)
    return {name: wald(points, name.lower()) for name in ("EE", "REML")}


def hackshaw(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c5_hackshaw1998.csv")
    found = sizes.from_interval(table["or"], table["ci.lb"], table["ci.ub"], scale="log")
    filled = trim_fill(found.y, found.v, interval="wald")
    return {
        "rosenthal_failsafe_n": fail_safe_n(found.y, found.v),
        "derived_here": {
            "REML": wald(found, "reml"),
            "egger_mixed_z": egger(found.y, found.v).statistic,
            "trimfill_REML_L0": figures_of(filled.pooled, side=filled.side, k0=filled.k0),
        },
    }


def viechtbauer(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c6_viechtbauer2005_ex1.csv")
    methods = {"HE": "he", "DL": "dl", "ML": "ml", "REML": "reml", "EB_PM": "pm"}
    spreads = {
        name: pool(table["yi"], table["vi"], method=method).heterogeneity
        for name, method in methods.items()
    }
    return {
        "tau2": {name: spread.tau2 for name, spread in spreads.items()},
        "I2": {name: spread.i2 for name, spread in spreads.items()},
        "se_tau2": {name: spread.se for name, spread in spreads.items()},
    }


def trial(folder: Path, stated: Any) -> Any:
    table = Table(folder / "c7_transport_rct.csv")
    y, a, s, level, square = table["Y"], table["A"], table["S"], table["L"], table["W"] ** 2

    def design(arm: float) -> np.ndarray:
        columns = [np.ones(len(level)), arm * np.ones(len(level)), level, arm * level]
        return np.column_stack([*columns, square, arm * square, arm * level * square])

    def both(target: str) -> tuple[dict[str, Any], dict[str, Any]]:
        options = {"target": target.replace("z", "s"), "draws": 0}
        found = (
            weighted(y, a, s, np.column_stack([level, square]), **options),
            standardised(y, a, s, design(1), design(0), **options),
        )
        return tuple({"rd": one.difference, "rr": one.ratio} for one in found)  # type: ignore[return-value]

    made = {target: both(target) for target in ("generalize", "transport")}
    inside = s == 1
    return {
        "ipsw_L_Wsq": {target: pair[0] for target, pair in made.items()},
        "g": {target: pair[1] for target, pair in made.items()},
        "crude_rd_trial": randomised(y[inside], a[inside] == 1).estimate,
    }


COMPUTED = {
    "b1_prop99.csv": prop99,
    "b2_mpdta.csv": mpdta,
    "b3_basque.csv": basque,
    "b4_sleep.csv": sleep,
    "power": power,
    "c1_bcg.csv": bcg,
    "c2_raudenbush1985.csv": raudenbush,
    "c3_normand1999.csv": normand,
    "c4_hine1989.csv": hine,
    "c5_hackshaw1998.csv": hackshaw,
    "c6_viechtbauer2005_ex1.csv": viechtbauer,
    "c7_transport_rct.csv": trial,
}


def test_no_file_of_these_areas_is_left_out(expected):
    stated = {name for name, part in expected.items() if part_of(part) in ("B", "C")}
    assert set(COMPUTED) == stated


def part_of(part: Any) -> str:
    return part.get("area", "") if isinstance(part, dict) else ""


@pytest.mark.parametrize("name", COMPUTED)
def test_every_figure_is_computed_and_near(folder, expected, name):
    stated = expected[name]
    near = {"tol": 0.0}
    if name == "c6_viechtbauer2005_ex1.csv":
        # The tolerance of I² is said in words there.
        computed = COMPUTED[name](folder, stated)
        assert faults({"I2": stated["I2"]}, computed, name, {"tol": 1e-3}) == []
        stated = {key: part for key, part in stated.items() if key != "I2"}
    assert faults(stated, COMPUTED[name](folder, stated), name, near) == []


def test_what_is_not_computed_or_far_away_is_a_fault():
    near = {"tol": 0.0}
    assert faults({"a": {"b": 1.5}}, {"a": {}}, "f", near) == ["f/a/b: not computed"]
    assert faults({"a": 1.05, "tol": 0.1}, {"a": 1.2}, "f", near) == ["f/a: 1.2 is not 1.05"]
    assert faults({"a": 1.05, "tol": 0.2}, {"a": 1.2}, "f", near) == []
    wide = {"weights": {"x": 1.05}, "weights_tol": 0.2, "note": "n", "y": 1.05}
    found = {"weights": {"x": 1.2}, "y": 1.2}
    assert faults(wide, found, "f", near) == ["f/y: 1.2 is not 1.05"]


def test_no_other_file_of_these_areas_lies_beside(folder, expected):
    """Data files of these areas are all named among the figures."""
    files = {path.name for path in folder.glob("[bc]*.csv")}
    assert files == {name for name in COMPUTED if name.endswith(".csv")}
