import numpy as np
import pytest

from alliance.analysis.pilots import did, staggered
from tests.unit.analysis.pilots.helpers import codes, noise, panel_of, refused

NEVER = np.inf


def groups(*pairs: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, first, dtype=float) for first, count in pairs])


def test_effects_without_noise_are_found_cell_by_cell():
    first = groups((2, 6), (3, 6), (NEVER, 6))
    y = np.arange(18.0)[:, None] + np.array([0, 5, 1, 7, 2.0])
    for unit, begin in enumerate(first):
        for time in range(5):
            if time >= begin:
                y[unit, time] += 10 * begin + (time - begin)
    found = staggered(panel_of(y), first, draws=0)
    effects = found.details["att_gt"]
    assert effects["2"] == pytest.approx({"1": 0, "2": 20, "3": 21, "4": 22})
    assert effects["3"] == pytest.approx({"1": 0, "2": 0, "3": 30, "4": 31})
    assert found.estimate == pytest.approx((20 + 21 + 22 + 30 + 31) / 5)
    parts = found.details["aggregates"]
    assert parts["dynamic"]["by_event"] == pytest.approx(
        {"-2": 0, "-1": 0, "0": 25, "1": 26, "2": 22}
    )
    assert parts["group"]["att"] == pytest.approx((21 + 30.5) / 2)
    assert parts["calendar"]["by_time"] == pytest.approx({"2": 20, "3": 25.5, "4": 26.5})


def test_one_start_gives_the_difference_in_differences():
    y = noise(40, 2)
    sides = np.arange(40) < 15
    found = staggered(panel_of(y), np.where(sides, 1.0, NEVER))
    assert found.estimate == pytest.approx(did(panel_of(y), sides, 1).estimate)
    assert "no-pretest" in codes(found)


def test_a_uniform_band_is_wider_than_each_interval_and_seeded():
    first = groups((2, 20), (4, 20), (NEVER, 20))
    panel = panel_of(noise(60, 7))
    found = staggered(panel, first, seed=3)
    assert found.details["band_factor"] > 1.96
    assert staggered(panel, first, seed=3).details == found.details
    assert staggered(panel, first, seed=4).details["band_factor"] != found.details["band_factor"]


def test_not_yet_treated_units_compare_where_none_stays_untreated():
    first = groups((2, 10), (4, 10))
    panel = panel_of(noise(20, 6))
    with refused("no-control"):
        staggered(panel, first)
    found = staggered(panel, first, control="not-yet")
    # Once all are treated nothing is left to compare with; those cells are named.
    assert ["2", "4"] in found.details["cells_without_data"]
    assert "cells-without-data" in codes(found)
    assert set(found.details["att_gt"]["2"]) == {"1", "2", "3"}
    with refused("no-control"):
        staggered(panel, groups((2, 20)), control="not-yet")


def test_what_is_left_out_is_counted():
    first = groups((0, 3), (2, 10), (9, 4), (NEVER, 10))
    y = noise(27, 6)
    y[5, 1] = np.nan
    found = staggered(panel_of(y), first)
    assert {"unbalanced:1", "always-treated:3"} <= set(found.warnings)
    assert found.n == 23
    # A start after the last time counts as never.
    assert found.details["n_never_treated"] == 14


def test_small_groups_are_told_of_and_one_unit_has_no_standard_error():
    first = groups((2, 1), (3, 4), (NEVER, 20))
    found = staggered(panel_of(noise(25, 5)), first)
    assert {"single-unit-group:2", "small-group:3"} <= set(found.warnings)
    assert np.isnan(found.details["att_gt_se"]["2"]["2"])
    assert found.details["att_gt_se"]["3"]["3"] > 0
    alone = staggered(panel_of(noise(21, 5)), groups((2, 1), (NEVER, 20)))
    assert np.isnan(alone.se)
    assert np.isnan(alone.p)


def test_clusters_are_summed_and_one_is_refused():
    first = groups((2, 20), (NEVER, 20))
    panel = panel_of(np.repeat(noise(20, 5), 2, axis=0))
    pairs = staggered(panel, first, clusters=np.repeat(np.arange(20), 2))
    halved = staggered(panel_of(panel.outcome[::2]), first[::2])
    assert pairs.se == pytest.approx(halved.se)
    with refused("one-cluster"):
        staggered(panel, first, clusters=np.zeros(40))


def test_many_cells_are_pretested_by_event():
    first = groups(*((float(start), 6) for start in (2, 4, 5)), (NEVER, 16))
    found = staggered(panel_of(noise(34, 8)), first, draws=0)
    assert (found.details["pretest"]["of"], found.details["pretest"]["df"]) == ("events", 4)
    # With many times and few units their drift alone is tested.
    first = groups(*((float(start), 2) for start in range(2, 20)), (NEVER, 4))
    found = staggered(panel_of(noise(40, 21)), first, draws=0)
    assert (found.details["pretest"]["of"], found.details["pretest"]["df"]) == ("drift", 1)


@pytest.mark.parametrize(
    ("counts", "start", "n_times"), [((3, 3), 3, 5), ((5, 20), 12, 24), ((20, 3), 4, 8)]
)
def test_the_pretest_rings_falsely_one_time_in_twenty(counts, start, n_times):
    first = groups((start, counts[0]), (NEVER, counts[1]))
    rings = 0
    for seed in range(400):
        found = staggered(panel_of(noise(len(first), n_times, seed)), first, draws=0)
        rings += "trends-differ-before" in codes(found)
    assert 0.03 <= rings / 400 <= 0.07


def test_the_pretest_sees_sides_that_drift_apart_and_is_silent_where_it_cannot_tell():
    first = groups((6, 3), (NEVER, 4))
    y = noise(7, 8) * 0.2
    y[:3] += np.arange(8) * 0.5
    found = staggered(panel_of(y), first, draws=0)
    assert "trends-differ-before" in codes(found)
    # Two units on a side tell nothing of its spread.
    silent = staggered(panel_of(y[1:]), first[1:], draws=0)
    assert silent.details["pretest"] is None
    assert "no-pretest" in codes(silent) and "trends-differ-before" not in codes(silent)


def test_no_start_within_the_times_is_refused():
    with refused("no-treated"):
        staggered(panel_of(noise(6, 4)), np.full(6, NEVER))
    with refused("bad-parameter"):
        staggered(panel_of(noise(6, 4)), groups((2, 3), (NEVER, 3)), draws=-1)
