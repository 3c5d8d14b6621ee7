"""Spread and correlations against mixed models and closed forms; designs; lots to be redone."""

import hashlib

import numpy as np
import pytest
from scipy.stats import f_oneway

from alliance.analysis.pilots import allocate_randomly, plan, propose, spread
from tests.unit.analysis.pilots.helpers import panel_of, refused


def figures(n: int = 30, n_times: int = 12, seed: int = 3) -> np.ndarray:
    """Units with levels of their own (sd 2), seasons, and errors (sd 1)."""
    random = np.random.default_rng(seed)
    seasons = 5 * np.sin(np.arange(n_times))
    return 40 + seasons + random.normal(0, 2, (n, 1)) + random.normal(0, 1, (n, n_times))


def test_spread_and_correlation_are_those_of_a_mixed_model():
    y = figures()
    found = spread(panel_of(y))
    # MixedLM of statsmodels 0.14 (REML; times as fixed effects, units as groups) gives these.
    assert found.sd == pytest.approx(2.46772, rel=1e-4)
    assert found.correlation == pytest.approx(0.82898, rel=1e-4)
    assert (found.n, found.n_times, found.n_missing) == (30, 12, 0)


def test_the_correlation_is_mean_covariance_over_mean_variance():
    y = figures(9, 5)
    covariance = np.cov(y.T)
    off = covariance[~np.eye(5, dtype=bool)].mean() / np.diag(covariance).mean()
    found = spread(panel_of(y))
    assert found.correlation == pytest.approx(off, rel=1e-12)
    assert found.sd == pytest.approx(np.sqrt(np.diag(covariance).mean()), rel=1e-12)


def test_seasons_shifts_and_scales_change_what_they_must():
    y = figures()
    plain, moved = spread(panel_of(y)), spread(panel_of(1000 * (y + np.arange(12))))
    assert moved.sd == pytest.approx(1000 * plain.sd)
    assert moved.correlation == pytest.approx(plain.correlation)


def test_correlation_within_clusters_is_that_of_a_mixed_model():
    random = np.random.default_rng(1)
    cluster = np.repeat(np.arange(12), 5)
    y = (random.normal(0, 1, 12)[cluster] + random.normal(0, 2, 60))[:, None]
    found = spread(panel_of(y), [f"c{one}" for one in cluster])
    ratio = f_oneway(*[y[cluster == one, 0] for one in range(12)]).statistic
    assert found.icc == pytest.approx((ratio - 1) / (ratio - 1 + 5), rel=1e-9)
    # The same by MixedLM of statsmodels (REML, the method of Powell).
    assert found.icc == pytest.approx(0.0347484, rel=1e-4)
    assert (found.cluster_size, found.cv, found.correlation) == (5, 0, None)


def test_the_smallest_effect_of_a_single_time_is_that_of_statsmodels():
    found = spread(panel_of(figures(n_times=1)))
    made = plan("randomised", sd=found.sd, n=15)
    # TTestIndPower().solve_power(nobs1=15, alpha=0.05, power=0.8) of statsmodels.
    assert made.smallest_effect == pytest.approx(1.0597996 * found.sd, rel=1e-5)


def test_gaps_are_counted_and_nothing_is_made_up():
    y = figures()
    y[4, 2] = np.nan
    assert (spread(panel_of(y)).n, spread(panel_of(y)).n_missing) == (29, 1)
    with refused("too-few", "unit"):
        spread(panel_of(y[:1]))
    # The same steps in all units: the correlation would be 1, and every effect found.
    with refused("no-spread"):
        spread(panel_of(np.arange(4.0)[:, None] + np.arange(6.0)))
    random = np.random.default_rng(0)
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(size=(6, 4))
        found = spread(panel_of(noise), ["a", "a", "b", "b", "c", "c"])
        assert found.correlation is not None and 0 <= found.correlation < 1
        assert found.icc is not None and 0 <= found.icc <= 1
    alone = random.normal(size=(3, 2))
    for clusters in (["a", "b", "c"], ["a", "a", "a"]):
        with refused("too-few", "cluster"):
            spread(panel_of(alone), clusters)


@pytest.mark.parametrize(
    ("n", "times", "given", "design", "arm"),
    [
        (24, 12, {}, "randomised", 12),
        (7, 12, {}, "before-after", 7),
        (1, 24, {}, "its", 1),
        (5, 1, {"who": "lot"}, "randomised", 2),
        (24, 12, {"who": "lot", "n_treated": 6}, "randomised", 6),
        (24, 12, {"who": "chosen", "n_treated": 5}, "did", 5),
        (24, 12, {"who": "chosen", "n_treated": 1}, "synthetic-control", 1),
        (24, 12, {"who": "in-turn"}, "staggered", 12),
        (24, 12, {"who": "all"}, "before-after", 24),
    ],
)
def test_the_surest_design_that_the_figures_allow(n, times, given, design, arm):
    found = propose(n, times, **given)
    assert (found.design, found.n) == (design, arm)


@pytest.mark.parametrize(
    ("n", "times", "given", "code"),
    [
        (1, 5, {}, "too-short"),
        (3, 12, {"who": "lot"}, "too-few"),
        (4, 12, {"who": "chosen", "n_treated": 1}, "too-few"),
        (4, 12, {"who": "chosen", "n_treated": 3}, "too-few"),
        (4, 12, {"who": "chosen", "n_treated": 4}, "no-control"),
        (4, 12, {"who": "chosen"}, "bad-parameter"),
        (3, 12, {"who": "in-turn"}, "too-few"),
        (9, 12, {"who": "nobody"}, "bad-parameter"),
    ],
)
def test_what_cannot_tell_a_pilot_from_chance_is_refused(n, times, given, code):
    with refused(code):
        propose(n, times, **given)


def test_lots_can_be_redone_by_hand_and_do_not_hang_on_the_order():
    names = [f"B{place:02d}" for place in range(10)]
    lots = allocate_randomly(names, seed=7)
    by_hand = sorted(names, key=lambda name: hashlib.sha256(f"7:{name}".encode()).hexdigest())
    drawn = {name for name, on in zip(names, lots.treated, strict=True) if on}
    assert drawn == set(by_hand[:5])
    other_order = allocate_randomly(names[::-1], seed=7).treated
    assert {n for n, on in zip(names[::-1], other_order, strict=True) if on} == drawn
    assert any(
        (allocate_randomly(names, seed=seed).treated != lots.treated).any() for seed in range(5)
    )


def test_blocks_are_of_units_alike_and_each_is_shared_out():
    names, level = [f"u{place}" for place in range(26)], np.arange(26.0)[::-1]
    lots = allocate_randomly(names, seed=1, level=level)
    assert lots.n_blocks == 6 and lots.treated.sum() == 13
    for block in range(6):
        own = lots.block == block
        assert np.ptp(level[own]) == own.sum() - 1
        assert abs(2 * lots.treated[own].sum() - own.sum()) <= 1
    thirds = allocate_randomly(names, seed=1, level=level, n_blocks=2, n_treated=9)
    assert thirds.treated.sum() == 9
    assert [int(thirds.treated[thirds.block == one].sum()) for one in (0, 1)] in ([4, 5], [5, 4])
    named = allocate_randomly(names, seed=1, labels=["east"] * 6 + ["west"] * 20)
    assert named.treated[:6].sum() == 3 and named.treated.sum() == 13


def test_every_unit_has_the_same_chance():
    names = [f"u{place}" for place in range(9)]
    level = np.arange(9.0)
    drawn = np.mean(
        [allocate_randomly(names, seed=one, level=level).treated for one in range(2000)], axis=0
    )
    assert np.abs(drawn - 4 / 9).max() < 0.05


def test_lots_that_cannot_be_drawn_are_refused():
    for given, code in (
        ({"n_blocks": 3}, "few-units-in-blocks"),
        ({"labels": list("abcd")}, "few-units-in-blocks"),
        ({"n_blocks": 0}, "bad-parameter"),
        ({"n_treated": 4}, "bad-parameter"),
        ({"n_treated": 0}, "bad-parameter"),
    ):
        with refused(code):
            allocate_randomly(list("wxyz"), seed=1, level=np.arange(4.0), **given)
    with refused("too-few"):
        allocate_randomly(["a"], seed=1)
    with refused("duplicate-key"):
        allocate_randomly(["a", "a"], seed=1)
