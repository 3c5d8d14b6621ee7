"""Published results of the Technology Achievement Index, and COINr's on the same table."""

import csv
from pathlib import Path

import numpy as np
import pytest

from alliance.analysis.composite import (
    Composite,
    Framework,
    Node,
    Table,
    build,
    framework_from,
    method_from,
    parse_table,
    wanted_columns,
)
from alliance.analysis.composite.aggregation import copeland, outranking
from alliance.analysis.composite.scaling import Bounds, min_max, percentile_rank, shares, z_score
from alliance.analysis.composite.treatment import kurtosis, skewness, treat

pytestmark = pytest.mark.reference

EXACT = 1e-9


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "composite"


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: cell.strip() for key, cell in row.items()} for row in csv.DictReader(file)]


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


@pytest.fixture(scope="module")
def raw(folder: Path) -> list[list[str]]:
    with (folder / "tai_raw.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return [["unit", *rows[0][1:]], *rows[1:]]


def table_for(raw: list[list[str]], framework: Framework) -> Table:
    return parse_table(raw, wanted=wanted_columns(framework))[0]


def flat_index(folder: Path, raw: list[list[str]], weights: str) -> Composite:
    """All eight indicators right below the index, between the fixed bounds."""
    weight = next(
        row for row in records(folder / "tai_weights_table22.csv") if row["method"] == weights
    )
    nodes = [Node(code="TAI")] + [
        Node(
            code=row["indicator"],
            parent="TAI",
            weight=float(weight[row["indicator"]]),
            lower=float(row["lower"]),
            upper=float(row["upper"]),
        )
        for row in records(folder / "tai_goalposts.csv")
    ]
    framework = framework_from(nodes)
    return build(table_for(raw, framework), framework)


@pytest.mark.parametrize(("weights", "matches"), [("EW", 23), ("BAP", 23), ("AHP", 20), ("FA", 19)])
def test_ranks_of_table_23(folder, raw, weights, matches):
    index = flat_index(folder, raw, weights)
    published = {
        row["country"]: int(row[weights])
        for row in records(folder / "tai_published_ranks_table23.csv")
    }
    same = [
        published[unit] == rank for unit, rank in zip(index.table.units, index.rank, strict=True)
    ]
    assert sum(same) == matches


def test_score_of_finland(folder, raw):
    index = flat_index(folder, raw, "EW")
    assert index.score[index.table.units.index("Finland")] == pytest.approx(74.4, abs=0.1)


def test_ranks_of_the_geometric_mean_in_table_38(folder, raw):
    """The Handbook takes it of the figures themselves; one common bound only rescales them."""
    nodes = [Node(code="TAI")] + [
        Node(code=code, parent="TAI", lower=0, upper=1000) for code in raw[0][1:]
    ]
    framework = framework_from(nodes)
    index = build(
        table_for(raw, framework), framework, method=method_from({"aggregate": "geometric"})
    )
    published = {
        row["country"]: int(row["GME"])
        for row in records(folder / "tai_published_ranks_table38.csv")
    }
    assert dict(zip(index.table.units, index.rank, strict=True)) == published


def test_min_max_on_the_sample_gives_other_ranks(folder, raw):
    nodes = [Node(code="TAI")] + [Node(code=code, parent="TAI") for code in raw[0][1:]]
    framework = framework_from(nodes)
    index = build(table_for(raw, framework), framework)
    published = {
        row["country"]: int(row["EW"])
        for row in records(folder / "tai_published_ranks_table23.csv")
    }
    shift = {
        unit: abs(published[unit] - rank)
        for unit, rank in zip(index.table.units, index.rank, strict=True)
    }
    assert sum(step == 0 for step in shift.values()) == 11
    assert shift["Norway"] == 8


@pytest.fixture(scope="module")
def pillars(folder: Path) -> Framework:
    return framework_from(
        [
            Node(
                code=row["iCode"],
                parent=row["Parent"],
                level=int(row["Level"]),
                weight=float(row["Weight"]),
                direction="higher" if row["Direction"] == "1" else "lower",
            )
            for row in records(folder / "tai_coinr_meta.csv")
        ]
    )


@pytest.fixture(scope="module")
def like_coinr(raw, pillars) -> Composite:
    choices = method_from({"treat": "winsorise-log", "normalise": "min-max"})
    return build(table_for(raw, pillars), pillars, method=choices)


def test_treated_as_coinr(folder, pillars, like_coinr):
    rows = records(folder / "tai_coinr_treated.csv")
    expected = np.column_stack([column(rows, code) for code in pillars.codes])
    np.testing.assert_allclose(like_coinr.treated, expected, atol=EXACT, rtol=0)


def test_treatment_report_as_coinr(folder, like_coinr):
    for row in records(folder / "tai_coinr_treatment_report.csv"):
        report = like_coinr.treatments[row["iCode"]]
        assert report.skewness == pytest.approx(float(row["check_SkewKurt0.Skew"]), abs=EXACT)
        assert report.kurtosis == pytest.approx(float(row["check_SkewKurt0.Kurt"]), abs=EXACT)
        assert (report.step == "none") == (row["check_SkewKurt0.Pass"] == "TRUE")
        if row["winsorise.nwin"]:
            assert report.n_winsorised == int(row["winsorise.nwin"])
            assert report.touched.sum() == report.n_winsorised
            after = float(row["check_SkewKurt1.Skew"]), float(row["check_SkewKurt1.Kurt"])
            assert report.skewness_after == pytest.approx(after[0], abs=EXACT)
            assert report.kurtosis_after == pytest.approx(after[1], abs=EXACT)


def test_normalised_as_coinr(folder, pillars, like_coinr):
    rows = records(folder / "tai_coinr_normalised_minmax0_100.csv")
    expected = np.column_stack([column(rows, code) for code in pillars.codes])
    np.testing.assert_allclose(like_coinr.normalised, expected, atol=EXACT, rtol=0)


def test_scores_and_ranks_as_coinr(folder, raw, pillars, like_coinr):
    rows = records(folder / "tai_coinr_scores.csv")
    expected = np.column_stack([column(rows, code) for code in pillars.node_codes])
    np.testing.assert_allclose(like_coinr.nodes, expected, atol=EXACT, rtol=0)
    np.testing.assert_array_equal(like_coinr.rank, column(rows, "rank_TAI"))
    table = table_for(raw, pillars)
    for name, choices in (
        (
            "TAI_gmean_1_100",
            {"normalise": "min-max", "range": [1, 100], "aggregate": "geometric"},
        ),
        ("TAI_zscore_10_2", {"normalise": "z-score", "mean_sd": [10, 2]}),
    ):
        index = build(table, pillars, method=method_from({"treat": "winsorise-log", **choices}))
        np.testing.assert_allclose(index.score, column(rows, name), atol=EXACT, rtol=0)


def test_normalisations_of_table_15(folder):
    rows = records(folder / "tai_table15_schooling_normalisations.csv")
    values = column(rows, "schooling")
    one = values[:, np.newaxis]
    for name, scores, tolerance in (
        ("zscore", z_score(one)[:, 0], 0.005),
        ("minmax", min_max(one)[:, 0], 0.005),
    ):
        np.testing.assert_allclose(
            scores, column(rows, name), atol=tolerance + EXACT, rtol=0, err_msg=name
        )


def test_outranking_of_table_36(folder, raw):
    rows = records(folder / "tai_outranking_table36.csv")
    names = [name for name in rows[0] if name != "country"]
    expected = np.column_stack([column(rows, name) for name in names])
    values = {row[0]: [float(cell) for cell in row[1:]] for row in raw[1:]}
    values["Korea"] = values["Korea, Rep. of"]
    own = np.array([values[name] for name in names])
    # Before rounding Japan has more telephones than the United States (table 35).
    telephones = raw[0].index("TELEPHONES") - 1
    own[names.index("United States"), telephones] = 2.997
    own[names.index("Japan"), telephones] = 3.003
    shares_of_weight = outranking(own, np.full(8, 0.125))
    off_diagonal = ~np.eye(len(names), dtype=bool)
    np.testing.assert_allclose(
        shares_of_weight[off_diagonal], expected[off_diagonal], atol=EXACT, rtol=0
    )
    net = copeland(own, np.ones((1, 8)), np.ones(len(names), dtype=bool))[0]
    by_hand = np.sign(np.round(expected - 0.5, 9))[off_diagonal].reshape(5, 4).sum(axis=1)
    np.testing.assert_array_equal(net, by_hand)


def test_micro_cases_as_coinr(folder):
    rows = records(folder / "micro_cases_coinr.csv")
    for case in dict.fromkeys(row["case"] for row in rows):
        own = [row for row in rows if row["case"] == case]
        x = column(own, "x")
        one = x[:, np.newaxis]
        ends = Bounds(worst=np.zeros(1), best=np.full(1, 8.0), target=np.full(1, 8.0))
        for name, scores in (
            ("minmax", 100 * min_max(one)[:, 0]),
            ("zscore", z_score(one)[:, 0]),
            ("prank", percentile_rank(one)[:, 0]),
            ("goalposts_0_8_100", 100 * np.clip(shares(one, ends, "fixed")[:, 0], 0, 1)),
            ("dist2targ_8_cap", np.minimum(shares(one, ends, "target")[:, 0], 1)),
        ):
            np.testing.assert_allclose(
                scores, column(own, name), atol=EXACT, rtol=0, err_msg=f"{case}, {name}"
            )
        for name, found in (("skew", skewness(x)), ("kurt", kurtosis(x))):
            np.testing.assert_allclose(
                found, column(own, name)[0], atol=EXACT, rtol=0, err_msg=f"{case}, {name}"
            )
        if any(row["treated"] for row in own):
            np.testing.assert_allclose(
                treat(x).values, column(own, "treated"), atol=EXACT, rtol=0, err_msg=case
            )
