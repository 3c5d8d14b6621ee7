"""Published figures of equity, from their data."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance.analysis.equity import (
    Burden,
    Category,
    Threshold,
    atkinson,
    combine_ede,
    flag_burdens,
    gini,
    group_exposure,
    kolm_pollak_groups,
    ratio_of_sums,
    table_percentiles,
    weighted_mean,
)
from alliance.analysis.equity.burdens import NO, UNKNOWN, YES

pytestmark = pytest.mark.reference

#: Shares with their own denominators.
OWN = {
    "pctlowinc": ("lowinc", "povknownratio"),
    "pctmin": ("mins", "pop"),
    "pctlingiso": ("lingiso", "hhlds"),
    "pctlths": ("lths", "age25up"),
}


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "methods"


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    if text in ("True", "False"):
        return float(text == "True")
    return float(text) if text not in ("", "NA") else math.nan


def columns_of(rows: list[dict[str, str]]) -> dict[str, np.ndarray]:
    return {
        name: np.array([number(row[name]) for row in rows])
        for name in rows[0]
        if name not in ("ST", "REGION", "tract", "PCTILE")
    }


@pytest.fixture(scope="module")
def stated(expected) -> dict[str, Any]:
    return expected["a1_ejam_10sites_bg.csv"]


@pytest.fixture(scope="module")
def blocks(folder) -> dict[str, np.ndarray]:
    return columns_of(rows_of(folder / "a1_ejam_10sites_bg.csv"))


@pytest.fixture(scope="module")
def lookup(folder) -> dict[str, dict[str, np.ndarray]]:
    rows = rows_of(folder / "a1_us_percentile_lookup.csv")
    return {
        "cuts": columns_of([row for row in rows if row["PCTILE"].isdigit()]),
        "mean": columns_of([row for row in rows if row["PCTILE"] == "mean"]),
    }


def overall(blocks: dict[str, np.ndarray], name: str) -> float:
    share = blocks["bgwt"]
    if name == "pop":
        return float((blocks["pop"] * share).sum())
    if name in OWN:
        over, under = OWN[name]
        return ratio_of_sums(blocks[over], blocks[under], share).value
    return weighted_mean(blocks[name], blocks["pop"] * share).value


def test_ten_sites_together(blocks, stated, lookup):
    near = stated["tol_rel"]
    for name, figure in stated["overall_published"].items():
        # Published people are rounded to whole ones.
        assert overall(blocks, name) == pytest.approx(figure, rel=near), name
    for name, figure in stated["ratio_to_us_average_published"].items():
        found = overall(blocks, name) / lookup["mean"][name][0]
        assert found == pytest.approx(figure, rel=near), name
    for name, figure in stated["us_percentile_published"].items():
        found = table_percentiles([overall(blocks, name)], lookup["cuts"][name], reference="US")
        assert found.scores[0] == figure, name


def test_each_of_ten_sites(blocks, stated, lookup):
    sites = stated["by_site_published"]
    for site in sites:
        here = blocks["ejam_uniq_id"] == site["ejam_uniq_id"]
        part = {name: column[here] for name, column in blocks.items()}
        for name in ("pm", "pctlowinc", "proximity.npl", "traffic.score"):
            near = {"rel": 1e-6, "abs": 1e-9}
            assert overall(part, name) == pytest.approx(site[name], **near), (site, name)
        assert overall(part, "pop") == pytest.approx(site["pop"], abs=0.051)
    for name in ("pm", "pctlowinc", "proximity.npl", "traffic.score"):
        values = [site[name] for site in sites]
        found = table_percentiles(values, lookup["cuts"][name], reference="US")
        assert found.scores.tolist() == [site[f"pctile.{name}"] for site in sites], name


def test_groups_and_indices_of_the_ten_sites(blocks, stated):
    derived, near = stated["derived_here"], stated["tol_rel"]
    people = blocks["pop"] * blocks["bgwt"]
    minority = blocks["mins"] * blocks["bgwt"]
    for name in ("pm", "traffic.score"):
        found = group_exposure(
            blocks[name], minority[:, None], ["minority"], population=people, draws=0
        ).groups[0]
        figures = (found.mean, found.reference_mean, found.ratio, found.difference)
        keys = ("minority", "nonminority", "ratio", "difference")
        wanted = [derived[name][key] for key in keys]
        assert figures == pytest.approx(wanted, rel=near), name
    pm = blocks["pm"]
    both = np.column_stack([minority, people - minority])
    for epsilon, figures in derived["kp"].items():
        found = kolm_pollak_groups(
            pm, both, ["minority", "nonminority"], direction="burden", epsilon=float(epsilon)
        )
        assert found.value == pytest.approx(figures["ede"], rel=near)
        for key in ("alpha", "kappa", "index"):
            assert found.details[key] == pytest.approx(figures[key], rel=near), key
        for group in found.by_group:
            assert found.by_group[group] == pytest.approx(figures[f"ede_{group}"], rel=near)
        again = combine_ede(
            list(found.by_group.values()),
            both.sum(axis=0),
            [found.details["kappa"]] * 2,
            direction="burden",
        )
        assert again == pytest.approx(found.value, rel=1e-12)
    mean = weighted_mean(pm, people)
    assert mean.value == pytest.approx(derived["mean_pm"], rel=near)
    assert (mean.n_missing, mean.n_empty) == (derived["n_missing_pm"], derived["n_pop_zero"])
    assert mean.share_weight_missing == derived["share_pop_missing_pm"]
    assert gini(pm, people).value == pytest.approx(derived["gini_pm"], rel=near)
    for epsilon, figure in derived["atkinson_pm"].items():
        found = atkinson(pm, people, epsilon=float(epsilon))
        assert found.value == pytest.approx(figure, rel=near), epsilon


def test_poor_people_weighted_by_all_people_would_be_wrong(blocks, stated):
    share = blocks["lowinc"] / np.where(blocks["povknownratio"] > 0, blocks["povknownratio"], 1)
    wrong = weighted_mean(share, blocks["pop"] * blocks["bgwt"]).value
    assert wrong == pytest.approx(0.22004, abs=1e-4)
    assert abs(wrong - stated["overall_published"]["pctlowinc"]) > 0.005


def test_classes_of_income(folder, expected):
    part = expected["a2_us1968_income_classes.csv"]
    table = columns_of(rows_of(folder / "a2_us1968_income_classes.csv"))
    income, near = table["income"], part["tol"]
    assert gini(income).value == pytest.approx(part["unweighted"]["gini"], abs=near)
    for epsilon in (0.5, 1, 2):
        figure = part["unweighted"][f"atkinson_{epsilon}".replace(".", "_")]
        assert atkinson(income, epsilon=epsilon).value == pytest.approx(figure, abs=near)
    weighted = part["freq_weighted_example"]
    found = atkinson(weighted["x"], weighted["n"]).value
    assert found == pytest.approx(weighted["atkinson_0_5"], abs=near)
    figure = part["derived_here"]["gini_freq_weighted"]
    assert gini(income, table["freq"]).value == pytest.approx(figure, abs=1e-12)
    pysal = part["pysal_doc"]
    for epsilon, key in ((0.5, "atkinson_0_5"), (1, "atkinson_1")):
        found = atkinson(pysal["x"], epsilon=epsilon).value
        assert found == pytest.approx(pysal[key], abs=pysal["tol"])


LOW_INCOME = (Threshold("low_income_p", ">=", 0.65),)
LITTLE_SCHOOLING = (Threshold("less_than_hs", ">=", 0.1),)
CATEGORIES = {
    "climate": ("exp_pop_loss_p", "exp_agr_loss_p", "exp_bld_loss_p", "flood_p", "fire_p"),
    "energy": ("energy_burden_p", "pm25_p"),
    "transport": ("diesel_p", "travel_barriers_p", "traffic_p"),
    "housing": ("redlining_high", "no_plumbing_p", "lead_paint_p", "housing_burden_p",
                "non_natural_p"),
    "pollution": ("rmp_p", "npl_p", "tsdf_p", "fuds"),
    "water": ("wastewater_p", "ust_p"),
    "health": ("diabetes_p", "asthma_p", "heart_p", "low_life_exp_p"),
    "workforce": ("unemployment_p", "low_median_income_p", "poverty100_p", "ling_iso_p"),
}  # fmt: skip


def burden(name: str) -> Burden:
    if name in ("redlining_high", "fuds"):
        return Burden(name, (Threshold(name, "==", 1),))
    tests = [Threshold(name, ">=", 0.9)]
    if name == "lead_paint_p":
        tests.append(Threshold("home_value_p", "<=", 0.9))
    return Burden(name, tuple(tests))


def test_thresholds_of_two_tracts(folder, expected):
    rows = rows_of(folder / "a3_cejst_two_tracts.csv")
    rules = [
        Category(
            name,
            tuple(burden(each) for each in names),
            LITTLE_SCHOOLING if name == "workforce" else LOW_INCOME,
        )
        for name, names in CATEGORIES.items()
    ]
    found = flag_burdens(rules, columns_of(rows))
    for at, row in enumerate(rows):
        wanted = expected["a3_cejst_two_tracts.csv"]["expected"][row["tract"]]
        assert found.met[at] == wanted["thresholds_exceeded"]
        named = [name for name, flags in found.by_category.items() if flags[at] == YES]
        assert named == wanted["categories"]
        assert (found.flags[at] == YES) == wanted["disadvantaged"]
        assert found.met_by_category[at] == len(named)
    # What is not known of the poor tract is no "no"; for the other one low income decides.
    assert [found.by_category["pollution"][at] for at in (0, 1)] == [NO, UNKNOWN]


def test_every_file_of_the_area_is_computed_here(folder, expected):
    stated = {
        name for name, part in expected.items()
        if isinstance(part, dict) and part.get("area") == "A"
    }  # fmt: skip
    lookups = {part["lookup"] for part in map(expected.get, stated) if "lookup" in part}
    assert {path.name for path in folder.glob("a*.csv")} == stated | lookups
    assert stated == {
        "a1_ejam_10sites_bg.csv", "a2_us1968_income_classes.csv", "a3_cejst_two_tracts.csv"
    }  # fmt: skip
