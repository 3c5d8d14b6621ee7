"""Published results of pilots and natural experiments, from their data."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance.analysis.pilots import (
    Evaluation,
    Request,
    analyse,
    plan,
    plan_shares,
    randomised,
)
from alliance.analysis.pilots import power as sizes

pytestmark = pytest.mark.reference

BASQUE = "Basque Country (Pais Vasco)"
SCHOOL = ("school_illit", "school_prim", "school_med", "school_high", "school_post_high", "invest")
SECTORS = ("agriculture", "energy", "industry", "construction", "services_venta",
           "services_nonventa")  # fmt: skip
PREDICTORS = (
    *(f"{name}:1964:1969" for name in SCHOOL),
    "gdpcap:1960:1969",
    *(f"sec_{name}:1961:1969" for name in SECTORS),
    "popdens:1969",
)


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "methods"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def near(found: float, stated: float, tol: float) -> bool:
    return abs(found - stated) <= max(tol, 1e-4 * abs(stated))


@pytest.fixture(scope="module")
def prop99(folder: Path):
    table = columns(folder / "b1_prop99.csv")

    def run(design: str, scale: float = 1, **options: Any) -> Evaluation:
        scaled = [str(float(cell) * scale) for cell in table["packs_per_capita"]]
        request = Request(
            design, outcome="packs", unit="state", time="year", treated="treated", **options
        )
        return analyse({**table, "packs": scaled}, request)

    return run


def test_did_of_proposition_99(prop99, expected):
    stated = expected["b1_prop99.csv"]["did"]
    found = prop99("did")
    assert near(found.estimate, stated["att"], stated["tol"])
    assert found.warnings == ("one-cluster", "no-pretest")
    assert np.isnan(found.se)


def test_synthetic_control_of_proposition_99(prop99, expected):
    stated = expected["b1_prop99.csv"]["sc_outcomes_only"]
    found = prop99("synthetic-control")
    assert near(found.estimate, stated["att"], stated["tol"])
    assert found.estimate == pytest.approx(stated["exact_qp"], abs=5e-5)
    assert found.details["rmspe_before"] == pytest.approx(stated["pre_rmspe"], abs=5e-5)
    weights = found.details["weights"]
    assert set(weights) == set(stated["weights"])
    assert all(near(weights[k], v, stated["weights_tol"]) for k, v in stated["weights"].items())
    placebo = found.details["placebo"]
    assert placebo["ratio"] == pytest.approx(stated["placebo"]["post_pre_rmspe_ratio"], abs=0.005)
    assert (placebo["rank"], placebo["units"]) == (3, 39)
    assert found.p == pytest.approx(stated["placebo"]["p"], abs=5e-5)
    assert not found.shows_effect


def test_synthetic_did_of_proposition_99(prop99, expected):
    stated = expected["b1_prop99.csv"]["sdid"]
    found = prop99("synthetic-control").details["synthetic_did"]
    assert near(found, stated["att"], stated["tol"])


def test_effects_of_proposition_99_keep_to_the_scale(prop99):
    for design in ("did", "synthetic-control"):
        small, large = prop99(design), prop99(design, scale=100)
        assert large.estimate == pytest.approx(100 * small.estimate, rel=1e-6)
        assert large.p == small.p
    details = [prop99("synthetic-control", scale=scale).details for scale in (1, 100)]
    assert details[1]["synthetic_did"] == pytest.approx(100 * details[0]["synthetic_did"], rel=1e-5)


def test_interrupted_series_of_california(prop99, expected):
    stated = expected["b1_prop99.csv"]["itsa_california"]
    found = prop99("its", lag=1)
    by_name = {entry["name"]: entry for entry in found.details["coefficients"]}
    tol = stated["tol"]
    assert all(near(by_name[k]["estimate"], v, tol) for k, v in stated["coef"].items())
    assert all(near(by_name[k]["ols_se"], v, tol) for k, v in stated["ols_se"].items())
    robust = stated["newey_west_lag1_se_n_over_n_minus_k"]
    assert all(near(by_name[k]["se"], robust[k], tol) for k in ("t", "level", "slope"))
    assert found.estimate == found.details["level"]


@pytest.fixture(scope="module")
def employment(folder: Path) -> Evaluation:
    request = Request(
        "staggered", outcome="lemp", unit="countyreal", time="year", first_treated="first_treat"
    )
    return analyse(columns(folder / "b2_mpdta.csv"), request)


def test_effects_of_groups_and_times(employment, expected):
    stated = expected["b2_mpdta.csv"]
    for group, times in stated["att_gt"].items():
        for time, att in times.items():
            assert abs(employment.details["att_gt"][group][time] - att) <= stated["tol"]
            se = stated["analytic_se"][group][time]
            assert near(employment.details["att_gt_se"][group][time], se, 1e-6)


def test_aggregates(employment, expected):
    stated = expected["b2_mpdta.csv"]["aggregates"]
    for name, part in stated.items():
        found = employment.details["aggregates"][name]
        assert found["att"] == pytest.approx(part["att"], abs=6e-5)
        digits = 5e-4 if name in ("dynamic", "calendar", "simple") else 1e-4
        assert found["se"] == pytest.approx(part["se"], abs=digits)
        for by in ("by_event", "by_group"):
            for key, att in part.get(by, {}).items():
                assert found[by][key] == pytest.approx(att, abs=6e-5)
    assert employment.estimate == employment.details["aggregates"]["simple"]["att"]


def test_pretest_and_two_way_beside(employment, expected):
    stated = expected["b2_mpdta.csv"]
    found = employment.details["pretest"]["classic"]
    assert found["df"] == stated["pretest"]["df"]
    assert near(found["w"], stated["pretest"]["W"], stated["pretest"]["tol"])
    assert near(found["p"], stated["pretest"]["p"], stated["pretest"]["tol"])
    assert employment.details["twfe"]["estimate"] == pytest.approx(stated["twfe"]["coef"], abs=1e-6)
    # As pyfixest counts coefficients.
    assert employment.details["twfe"]["se"] == pytest.approx(0.013265, abs=1e-6)
    assert "twfe-negative-weights" in employment.warnings


def test_basque_country(folder, expected):
    stated = expected["b3_basque.csv"]
    request = Request(
        "synthetic-control",
        outcome="gdpcap",
        unit="regionname",
        time="year",
        treated=BASQUE,
        start="1975",
        predictors=PREDICTORS,
        predictor_weights=tuple(stated["fixed_V"]),
    )
    found = analyse(columns(folder / "b3_basque.csv"), request)
    for region, weight in stated["weights"].items():
        assert near(found.details["weights"][region], weight, stated["weights_tol"])
    att, mspe = stated["att_1975_1997"], stated["mspe_1960_1969"]
    assert near(found.estimate, att["value"], att["tol"])
    gaps = [gap for year, gap in found.details["gaps"].items() if 1960 <= float(year) <= 1969]
    assert near(float(np.mean(np.square(gaps))), mspe["value"], mspe["tol"])


def test_sleep(folder, expected):
    stated = expected["b4_sleep.csv"]
    table = columns(folder / "b4_sleep.csv")
    paired = analyse(
        table, Request("before-after", outcome="extra", unit="id", time="group", start="2")
    )
    # R takes the first group less the second.
    assert near(-paired.details["t"], stated["paired"]["t"], stated["tol"])
    assert paired.details["df"] == stated["paired"]["df"]
    assert near(paired.p, stated["paired"]["p"], stated["tol"])
    values = np.array([float(cell) for cell in table["extra"]])
    welch = randomised(values, np.array([cell == "1" for cell in table["group"]]))
    for key in ("t", "df"):
        assert near(welch.details[key], stated["welch"][key], 5e-4 if key == "df" else 5e-5)
    assert near(welch.p, stated["welch"]["p"], stated["tol"])
    assert all(
        near(*pair, stated["tol"]) for pair in zip(welch.ci, stated["welch"]["ci"], strict=True)
    )
    assert [welch.details[f"mean_{arm}"] for arm in ("treated", "control")] == pytest.approx(
        stated["welch"]["mean"]
    )


def test_power(expected):
    stated = expected["power"]
    tol = stated["tol"]
    two, given, one, shares, shares_given = stated["cases"]
    assert near(sizes.n_of_means(1, 1, 0.9), two["n_per_group"], tol)
    assert near(sizes.power_of_means(20, 1, 1), given["power"], tol)
    assert near(sizes.n_of_means(1, 1, 0.9, sides=1), one["n_per_group"], tol)
    assert near(sizes.n_of_proportions(0.5, 0.75, 0.9), shares["n_per_group"], tol)
    assert near(sizes.power_of_proportions(50, 0.5, 0.75), shares_given["power"], tol)
    derived = stated["derived_here"]
    needed = plan("randomised", sd=1, delta=0.5)
    assert near(needed.n_exact, derived["d_0_5_power_0_8"], tol)
    assert needed.n == derived["rounded_up"]
    assert plan_shares(0.5, 0.75, power=0.9).n == 77


def test_clusters():
    # 64 units an arm by 1.95 are 125, in 7 clusters of 20; few clusters need one more.
    assert sizes.design_effect(20, 0.05) == pytest.approx(1.95)
    corrected = plan("randomised", sd=1, delta=0.5, cluster_size=20, icc=0.05)
    assert corrected.clusters_per_arm == 8
    assert corrected.power >= 0.8


def test_crude_difference_of_a_simulated_trial(folder, expected):
    table = columns(folder / "c7_transport_rct.csv")
    rows = [place for place, cell in enumerate(table["S"]) if cell == "1"]
    outcome = np.array([float(table["Y"][place]) for place in rows])
    arm = np.array([float(table["A"][place]) == 1 for place in rows])
    stated = expected["c7_transport_rct.csv"]["crude_rd_trial"]
    assert randomised(outcome, arm).estimate == pytest.approx(stated, abs=1e-5)
