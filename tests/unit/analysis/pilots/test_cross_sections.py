"""Difference-in-differences over rows that are not followed over time."""

import numpy as np
import pytest

from alliance.analysis.pilots import Request, analyse, did
from alliance.analysis.pilots.cross_sections import did_of_cross_sections
from tests.unit.analysis.pilots.helpers import codes, noise, panel_of, refused

SIDES = np.repeat([True, True, False, False], 20)
AFTER = np.tile(np.repeat([False, True], 20), 2)


def asked(effect: float = 2.0, seed: int = 1) -> np.ndarray:
    y = np.random.default_rng(seed).normal(size=80)
    return y + 3 * SIDES + AFTER + effect * (SIDES & AFTER)


def test_the_effect_is_the_difference_of_the_changes_of_means():
    y = asked()
    found = did_of_cross_sections(y, SIDES, AFTER)
    means = found.details["means"]
    changes = [means[f"{side}_after"] - means[f"{side}_before"] for side in ("treated", "control")]
    assert found.estimate == pytest.approx(changes[0] - changes[1])
    # Four independent means: HC2 is the sum of their own variances.
    cells = [y[(side == SIDES) & (late == AFTER)] for side in (0, 1) for late in (0, 1)]
    assert found.se == pytest.approx(np.sqrt(sum(cell.var(ddof=1) / 20 for cell in cells)))
    assert found.details["df"] == pytest.approx(76)
    assert found.ci[0] < 2 < found.ci[1]


def test_a_panel_gives_the_same_effect_as_the_panel_design():
    y = noise(20, 2)
    sides = np.arange(20) < 9
    rows = np.repeat(np.arange(20), 2)
    found = did_of_cross_sections(y.ravel(), sides[rows], np.tile([False, True], 20), clusters=rows)
    assert found.estimate == pytest.approx(did(panel_of(y), sides, 1).estimate)
    # With places as clusters both are the difference of two means of changes.
    change = y[:, 1] - y[:, 0]
    welch = change[sides].var(ddof=1) / 9 + change[~sides].var(ddof=1) / 11
    assert found.se == pytest.approx(np.sqrt(welch))


def test_places_are_clusters_and_one_on_a_side_gives_no_error():
    places = np.where(SIDES, 0, 1 + np.arange(80) % 4)
    found = did_of_cross_sections(asked(), SIDES, AFTER, clusters=places)
    assert "one-cluster" in codes(found)
    assert np.isnan(found.se) and np.isnan(found.p)
    with refused("mixed-cluster"):
        did_of_cross_sections(asked(), SIDES, AFTER, clusters=np.zeros(80))


def test_missing_rows_are_counted_and_empty_cells_refused():
    y = asked()
    y[:3] = np.nan
    found = did_of_cross_sections(y, SIDES, AFTER)
    assert (found.n, found.details["n_missing"]) == (77, 3)
    assert "unbalanced:3" in found.warnings
    y[:20] = np.nan
    with refused("bad-start"):
        did_of_cross_sections(y, SIDES, AFTER)
    with refused("no-control"):
        did_of_cross_sections(y, np.ones(80, dtype=bool), AFTER)
    with refused("no-treated"):
        did_of_cross_sections(y, np.zeros(80, dtype=bool), AFTER)


def test_all_rows_equal_have_no_test():
    found = did_of_cross_sections(np.zeros(80), SIDES, AFTER)
    assert "zero-variance" in codes(found)


def table() -> dict[str, list[str]]:
    return {
        "y": [repr(float(value)) for value in asked()],
        "side": [str(int(side)) for side in SIDES],
        "year": [str(2020 + int(late)) for late in AFTER],
        "place": [f"p{int(side)}{row % 5}" for row, side in enumerate(SIDES)],
    }


def test_a_table_is_read_without_units_and_only_if_asked():
    names = {"outcome": "y", "time": "year", "treated": "side"}
    found = analyse(table(), Request("did", **names, cross_sections=True))
    assert found.estimate == did_of_cross_sections(asked(), SIDES, AFTER).estimate
    placed = analyse(table(), Request("did", **names, cross_sections=True, cluster="place"))
    assert (placed.details["n_clusters"], placed.details["inference"]) == (10, "cr2")
    with refused("duplicate-key"):
        analyse(table(), Request("did", **names, unit="place", start="2021"))
    with refused("bad-parameter"):
        analyse(table(), Request("its", **names, cross_sections=True))
    more = {**table(), "year": [str(2020 + row % 3) for row in range(80)]}
    with refused("missing-option"):
        analyse(more, Request("did", **names, cross_sections=True))
