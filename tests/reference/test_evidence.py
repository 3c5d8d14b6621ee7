"""Published figures of evidence synthesis: pools, regressions, bias, trials carried over."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from alliance.analysis.evidence import (
    Pooled,
    meta_regression,
    pool,
    predict,
)
from alliance.analysis.evidence import effect_sizes as sizes
from alliance.analysis.evidence.bias import begg, egger, fail_safe_n, trim_fill
from alliance.analysis.evidence.prospects import probability_below
from alliance.analysis.evidence.transport import standardised, weighted
from alliance.config.evidence_command import evidence

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "methods"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


class Columns:
    """A table of the reference folder, column by column."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array([float(row[name]) if row[name] else math.nan for row in self.rows])


def decimals(figure: float) -> int:
    text = repr(float(figure))
    return 0 if text.endswith(".0") else len(text.partition(".")[2])


def same(found: Any, figure: Any, tolerance: float = 6e-5) -> None:
    """The rule at the head of the table of figures."""
    if isinstance(figure, list):
        for one, other in zip(found, figure, strict=True):
            same(one, other, tolerance)
        return
    allowed = max(tolerance, 1e-4 * abs(figure), 0.51 * 10 ** -decimals(figure))
    assert abs(found - figure) <= allowed, f"{found} is not {figure}"


def figures(pooled: Pooled) -> dict[str, Any]:
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
    }


def agrees(pooled: Pooled, published: dict[str, Any]) -> None:
    found = figures(pooled)
    for name, figure in published.items():
        if name in found:
            same(found[name], figure)


@pytest.fixture(scope="module")
def bcg(folder: Path) -> Columns:
    return Columns(folder / "c1_bcg.csv")


def bcg_sizes(bcg: Columns, measure: str, **options: str) -> sizes.EffectSizes:
    make = {
        "RR": sizes.log_risk_ratio,
        "OR": sizes.log_odds_ratio,
        "RD": sizes.risk_difference,
    }[measure]
    first, second = bcg["tpos"], bcg["cpos"]
    return make(first, first + bcg["tneg"], second, second + bcg["cneg"], **options)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("method", ["EE", "DL"])
def test_tuberculosis_trials_on_three_scales(bcg, expected, measure, method):
    found = bcg_sizes(bcg, measure)
    pooled = pool(found.y, found.v, method=method.lower(), interval="wald")
    agrees(pooled, expected["c1_bcg.csv"][measure][method])


def test_tuberculosis_trials_by_restricted_likelihood(bcg, expected):
    found = bcg_sizes(bcg, "RR")
    published = expected["c1_bcg.csv"]["RR"]["REML"]
    pooled = pool(found.y, found.v, interval="wald", prediction="normal")
    agrees(pooled, published)
    same([pooled.prediction_low, pooled.prediction_high], published["pi_normal"])
    same(probability_below(pooled, 0), published["prob_below_0"])


def test_tuberculosis_trials_with_smoothed_variances(bcg, expected):
    found = bcg_sizes(bcg, "RR", variance="smoothed")
    pooled = pool(found.y, found.v, method="pm", interval="wald")
    agrees(pooled, expected["c1_bcg.csv"]["RR"]["EB_smoothed_var"])


def test_tuberculosis_trials_by_hartung_and_knapp(bcg, expected):
    found = bcg_sizes(bcg, "RR")
    published = expected["c1_bcg.csv"]["derived_here"]
    for basis in ("k-2", "k-1"):
        pooled = pool(found.y, found.v, prediction=basis)
        agrees(pooled, published["HK_REML"])
        key = f"pi_t_{basis.replace('-', 'minus')}"
        same([pooled.prediction_low, pooled.prediction_high], published["HK_REML"][key])
    wald = pool(found.y, found.v, interval="wald")
    same([wald.prediction_low, wald.prediction_high], published["pi_hts_kminus2_wald"])
    assert wald.prediction_df == 11


def test_tuberculosis_trials_regressed_on_latitude_and_year(bcg, expected):
    found = bcg_sizes(bcg, "RR")
    published = expected["c1_bcg.csv"]["meta_regression_REML_ablat_year"]
    model = meta_regression(
        found.y,
        found.v,
        np.column_stack([bcg["ablat"], bcg["year"]]),
        ["ablat", "year"],
        interval="wald",
    )
    same([one.estimate for one in model.coefficients], published["coef"])
    same([one.se for one in model.coefficients], published["se"])
    same(model.heterogeneity.tau2, published["tau2"])
    same(model.heterogeneity.q, published["QE"])
    same(model.qm, published["QM"])
    same(model.r2, published["R2"])
    same(model.heterogeneity.i2, published["I2"])


def test_tuberculosis_trials_regressed_on_latitude(bcg, expected):
    found = bcg_sizes(bcg, "RR")
    published = expected["c1_bcg.csv"]["derived_here"]["meta_regression_ablat"]
    model = meta_regression(found.y, found.v, bcg["ablat"][:, None], ["ablat"])
    same([one.estimate for one in model.coefficients], published["coef"])
    same(model.heterogeneity.tau2, published["tau2"])
    same(model.r2, published["R2"])
    intercept, slope = (one.estimate for one in model.coefficients)
    assert predict(model, [33]).estimate == pytest.approx(intercept + 33 * slope)


def test_tuberculosis_trials_and_bias(bcg, expected):
    found = bcg_sizes(bcg, "RR")
    published = expected["c1_bcg.csv"]["begg"]
    ranks = begg(found.y, found.v)
    same([ranks.statistic, ranks.p], [published["tau"], published["p"]])
    published = expected["c1_bcg.csv"]["trimfill_EE_L0"]
    filled = trim_fill(found.y, found.v, method="ee", interval="wald")
    assert (filled.side, filled.k0) == (published["side"], published["k0"])
    agrees(filled.pooled, published)


@pytest.fixture(scope="module")
def teachers(folder: Path) -> Columns:
    return Columns(folder / "c2_raudenbush1985.csv")


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "ML", "HE"])
def test_teacher_expectations(teachers, expected, method):
    published = expected["c2_raudenbush1985.csv"]
    pooled = pool(
        teachers["yi"], teachers["vi"], method=method.lower(), interval="wald", prediction="normal"
    )
    agrees(pooled, published[method])
    if method == "REML":
        same([pooled.prediction_low, pooled.prediction_high], published["REML"]["pi_normal"])


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "HE"])
def test_teacher_expectations_by_hartung_and_knapp(teachers, expected, method):
    # These figures are printed without holding the factor at 1; for HE it is 0.81.
    pooled = pool(
        teachers["yi"],
        teachers["vi"],
        method=method.lower(),
        interval="hartung-knapp-untruncated",
    )
    agrees(pooled, expected["c2_raudenbush1985.csv"]["HK"][method])
    held = pool(teachers["yi"], teachers["vi"], method=method.lower())
    assert held.untruncated.se == pooled.se
    assert held.se == pytest.approx(max(pooled.se, pooled.wald.se))


def test_teacher_expectations_by_weeks_of_contact(teachers, expected):
    published = expected["c2_raudenbush1985.csv"]["meta_reg_weeks_capped_3"]
    weeks = np.minimum(teachers["weeks"], 3)[:, None]
    model = meta_regression(teachers["yi"], teachers["vi"], weeks, ["weeks"], interval="wald")
    same(model.heterogeneity.tau2, published["tau2"])
    same([one.estimate for one in model.coefficients], published["coef"])
    same([one.statistic for one in model.coefficients], published["z"])
    same(model.heterogeneity.q, published["QE"])


@pytest.mark.parametrize("method", ["EE", "DL", "REML"])
def test_length_of_stay(folder, expected, method):
    table = Columns(folder / "c3_normand1999.csv")
    found = sizes.mean_difference(
        *(table[name] for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    )
    pooled = pool(found.y, found.v, method=method.lower(), interval="wald")
    agrees(pooled, expected["c3_normand1999.csv"][method])


@pytest.mark.parametrize("method", ["EE", "REML"])
def test_deaths_after_lidocaine(folder, expected, method):
    table = Columns(folder / "c4_hine1989.csv")
    found = sizes.risk_difference(table["ai"], table["n1i"], table["ci"], table["n2i"])
    pooled = pool(100 * found.y, 100**2 * found.v, method=method.lower(), interval="wald")
    agrees(pooled, expected["c4_hine1989.csv"][method])


def test_passive_smoking(folder, expected):
    table = Columns(folder / "c5_hackshaw1998.csv")
    published = expected["c5_hackshaw1998.csv"]
    found = sizes.from_interval(table["or"], table["ci.lb"], table["ci.ub"], scale="log")
    assert fail_safe_n(found.y, found.v) == published["rosenthal_failsafe_n"]
    derived = published["derived_here"]
    agrees(pool(found.y, found.v, interval="wald"), derived["REML"])
    same(egger(found.y, found.v).statistic, derived["egger_mixed_z"], published["tol"])
    filled = trim_fill(found.y, found.v, interval="wald")
    assert (filled.side, filled.k0) == ("left", derived["trimfill_REML_L0"]["k0"])
    agrees(filled.pooled, derived["trimfill_REML_L0"])


@pytest.mark.parametrize("method", ["HE", "DL", "ML", "REML", "EB_PM"])
def test_estimators_side_by_side(folder, expected, method):
    table = Columns(folder / "c6_viechtbauer2005_ex1.csv")
    published = expected["c6_viechtbauer2005_ex1.csv"]
    name = "pm" if method == "EB_PM" else method.lower()
    spread = pool(table["yi"], table["vi"], method=name).heterogeneity
    same(spread.tau2, published["tau2"][method])
    same(spread.i2, published["I2"][method], 1e-3)
    if method in published["se_tau2"]:
        same(spread.se, published["se_tau2"][method])


def test_both_intervals_where_studies_agree_more_than_chance_allows(folder):
    table = Columns(folder / "c6_viechtbauer2005_ex1.csv")
    pooled = pool(table["yi"], table["vi"])
    same([pooled.estimate, pooled.wald.se, pooled.untruncated.se], [0.243758, 0.177381, 0.167214])
    assert "hartung-knapp-truncated" in pooled.warnings


@pytest.fixture(scope="module")
def trial(folder: Path) -> dict[str, np.ndarray]:
    table = Columns(folder / "c7_transport_rct.csv")
    return {name: table[name] for name in ("Y", "A", "L", "W", "S")}


@pytest.mark.parametrize("target", ["generalize", "transport"])
def test_a_trial_carried_over_by_weights(trial, expected, target):
    published = expected["c7_transport_rct.csv"]
    found = weighted(
        trial["Y"],
        trial["A"],
        trial["S"],
        np.column_stack([trial["L"], trial["W"] ** 2]),
        target=target.replace("z", "s"),
        draws=0,
    )
    same(found.difference, published["ipsw_L_Wsq"][target]["rd"], published["tol"])
    same(found.ratio, published["ipsw_L_Wsq"][target]["rr"], published["rr_tol"])


@pytest.mark.parametrize("target", ["generalize", "transport"])
def test_a_trial_carried_over_by_standardising(trial, expected, target):
    published = expected["c7_transport_rct.csv"]

    def design(a: float) -> np.ndarray:
        level, square = trial["L"], trial["W"] ** 2
        one = np.ones(len(level))
        return np.column_stack(
            [one, a * one, level, a * level, square, a * square, a * level * square]
        )

    found = standardised(
        trial["Y"],
        trial["A"],
        trial["S"],
        design(1),
        design(0),
        target=target.replace("z", "s"),
        draws=0,
    )
    same(found.difference, published["g"][target]["rd"], published["tol"])
    same(found.ratio, published["g"][target]["rr"], published["rr_tol"])


def test_the_trial_as_it_stands(trial, expected):
    arms = [trial["Y"][trial["A"] == arm] for arm in (1, 0)]
    (events1, n1), (events2, n2) = ((float(arm.sum()), len(arm)) for arm in arms)
    crude = sizes.risk_difference([events1], [n1], [events2], [n2])
    same(float(crude.y[0]), expected["c7_transport_rct.csv"]["crude_rd_trial"], 1e-5)


def test_the_command_gives_the_published_figures(tmp_path, bcg, expected):
    found = bcg_sizes(bcg, "RR")
    path = tmp_path / "effects.csv"
    rows = zip(bcg["trial"], found.y, found.v, bcg["ablat"], bcg["year"], strict=True)
    lines = [f"{int(row[0])},{','.join(repr(float(cell)) for cell in row[1:])}" for row in rows]
    path.write_text("study,estimate,variance,ablat,year\n" + "\n".join(lines), encoding="utf-8")

    def run(*options: str) -> dict[str, Any]:
        answer = CliRunner().invoke(evidence, ["pool", str(path), "--format", "json", *options])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.output)

    published = expected["c1_bcg.csv"]
    answer = run()
    same(answer["ci"], published["derived_here"]["HK_REML"]["ci"])
    same(answer["prediction_interval"], published["derived_here"]["HK_REML"]["pi_t_kminus2"])
    assert (answer["k"], answer["prediction_df"]) == (13, 11)
    same(answer["i2"], published["RR"]["REML"]["I2"])
    answer = run("--method", "dl", "--interval", "wald")
    same(answer["ci"], published["RR"]["DL"]["ci"])
    answer = run("--moderators", "ablat,year", "--interval", "wald")
    published = published["meta_regression_REML_ablat_year"]
    same([one["estimate"] for one in answer["coefficients"]], published["coef"])
    same([one["se"] for one in answer["coefficients"]], published["se"])
    same(answer["tau2"], published["tau2"])
