"""Lots by hash, uneven splits, intervals for every day, several outcomes, the effect itself."""

from __future__ import annotations

import numpy as np
import pytest

from alliance.analysis.campaigns import (
    always_valid,
    balance,
    campaign_effect,
    compared_effect,
    draw,
    holm,
    is_drawn,
    split_p,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.permutation import difference_p
from tests.conftest import RUNS_ALL


def test_lots_are_the_same_for_ever_and_of_the_share() -> None:
    units = [f"block-{at}" for at in range(20_000)]
    drawn = [is_drawn(unit, salt="boras-2026", share=0.4) for unit in units]
    assert abs(np.mean(drawn) - 0.4) < 4 * np.sqrt(0.4 * 0.6 / len(units))
    # Anybody finds the same with sha256sum: s:e is a2…, s:f is 18…, s:g is 6f… .
    assert [is_drawn(unit, salt="s", share=0.5) for unit in ("e", "f", "g")] == [
        False, True, True,
    ]  # fmt: skip
    other = [is_drawn(unit, salt="boras-2027", share=0.4) for unit in units]
    assert 0.3 < np.mean(np.array(other)[np.array(drawn)]) < 0.5


def test_a_number_is_drawn_exactly_and_in_any_order() -> None:
    units = [f"block {at}" for at in range(80)]
    drawn = draw(units, salt="boras-2026", n=40)
    assert drawn.sum() == 40
    again = draw(units[::-1], salt="boras-2026", n=40)
    assert (again[::-1] == drawn).all()
    # By hand: s:g is 6f…, s:f 18…, s:e a2…; the two smallest are f and g.
    assert draw(["e", "f", "g"], salt="s", n=2).tolist() == [False, True, True]
    assert (draw(units, salt="boras-2027", n=40) != drawn).any()


def test_groups_that_differ_at_the_start_by_hand() -> None:
    # Means 3 and 2, variance 1 each: one standard deviation.
    before = np.array([2.0, 3, 4, 1, 2, 3, np.nan])
    found = balance(before, np.array([True] * 3 + [False] * 4))
    assert (found.mean_treated, found.mean_control, found.n_missing) == (3, 2, 1)
    assert found.smd == pytest.approx(1) and found.differs
    # Houses of 2: their means are 2, 4 against 1, 3; sd of each side is the root of 2.
    house = np.repeat(["a", "b", "c", "d"], 2)
    of_houses = balance(np.array([1.0, 3, 3, 5, 0, 2, 2, 4]), house < "c", clusters=house)
    assert of_houses.smd == pytest.approx(1 / np.sqrt(2))
    with pytest.raises(MethodError):
        balance(np.array([1.0, 2, 3]), np.array([True, False, False]))


def test_without_lots_both_groups_changes_are_compared_by_hand() -> None:
    # Changes -3, -2, -4 with the campaign (mean -3), -1, 0, -2 without (mean -1).
    before = np.array([10.0, 10, 10, 8, 8, 8])
    after = np.array([7.0, 8, 6, 7, 8, 6])
    found = compared_effect(before, after, np.arange(6) < 3)
    assert found.evaluation.estimate == pytest.approx(-2)
    assert found.evaluation.design == "did" and found.split_p is None
    assert found.now[0] < -2 < found.now[1] and not found.shows_effect
    # One area on a side: no interval, so no effect is shown.
    alone = compared_effect(before, after, np.arange(6) < 3, clusters=np.arange(6) < 3)
    assert np.isnan(alone.now).all() and not alone.shows_effect


def test_an_uneven_split_is_seen() -> None:
    assert split_p(40, 40, 0.5) == pytest.approx(1)
    assert split_p(8, 2, 0.5) == pytest.approx(2 * 56 / 1024)
    random = np.random.default_rng(1)
    treated = np.arange(200) < 150
    found = campaign_effect(random.normal(size=200), treated, share=0.5)
    assert "split-not-as-drawn" in found.warnings


def test_the_interval_of_every_day_is_the_published_one() -> None:
    # By hand: alpha 0.05, rho² n = scaled; width = se sqrt(2 (s+1)/s log(sqrt(s+1)/alpha)).
    low, high = always_valid(1.0, 0.5, 100)
    s = 8.0083
    width = 0.5 * np.sqrt(2 * (s + 1) / s * np.log(np.sqrt(s + 1) / 0.05))
    assert (high - low) / 2 == pytest.approx(width, rel=1e-3)
    # Narrowest at the planned number, never as narrow as a single look.
    widths = [np.ptp(always_valid(0, 1, n, planned=1_000)) / 2 for n in (10, 1_000, 100_000)]
    assert widths[1] == min(widths) and widths[1] > 1.96
    assert np.ptp(always_valid(0, 1, 10, df=8)) > np.ptp(always_valid(0, 1, 10))
    assert np.isnan(always_valid(1.0, float("nan"), 10)).all()


def test_holm_by_hand() -> None:
    found = holm([0.01, float("nan"), 0.04, 0.03])
    assert found[0] == pytest.approx(0.03) and np.isnan(found[1])
    assert found[2:] == pytest.approx([0.06, 0.06])
    assert holm([]) == []


def test_what_was_there_before_sharpens_the_effect() -> None:
    random = np.random.default_rng(5)
    before = random.normal(100, 20, 400)
    treated = np.array([is_drawn(str(at), salt="x", share=0.5) for at in range(400)])
    outcome = before + random.normal(0, 5, 400) - 3 * treated
    plain = campaign_effect(outcome, treated, share=0.5)
    sharp = campaign_effect(outcome, treated, share=0.5, before=before)
    assert sharp.evaluation.se < plain.evaluation.se / 3
    assert sharp.shows_effect and not plain.shows_effect
    assert sharp.now[0] < sharp.evaluation.ci[0] < -3 < sharp.evaluation.ci[1] < sharp.now[1]
    before[7] = np.nan
    assert "before-missing" in campaign_effect(outcome, treated, share=0.5, before=before).warnings


def test_houses_drawn_count_as_houses() -> None:
    random = np.random.default_rng(6)
    house = np.repeat(np.arange(80), 25)
    treated = np.isin(house, random.choice(80, 40, replace=False))
    outcome = random.normal(0, 1, 80)[house] + random.normal(0, 1, len(house))
    found = campaign_effect(outcome, treated, share=0.5, clusters=house)
    assert found.evaluation.details["n_clusters"] == 80 and found.split_p > 0.5
    alone = campaign_effect(outcome, treated, share=0.5)
    assert np.ptp(found.now) > 3 * np.ptp(alone.now)
    with pytest.raises(MethodError) as refused:
        campaign_effect(outcome, np.arange(len(house)) % 2 == 0, share=0.5, clusters=house)
    assert refused.value.code == "mixed-cluster"


@pytest.mark.parametrize(
    "bad",
    [
        lambda: is_drawn("", salt="s", share=0.5),
        lambda: is_drawn("a", salt="s", share=1),
        lambda: split_p(1, 1, 0),
        lambda: split_p(0, 0, 0.5),
        lambda: always_valid(0, 1, 0),
        lambda: draw(["a", "b"], salt="s", n=2),
        lambda: draw(["a", ""], salt="s", n=1),
    ],
)
def test_bad_parameters_are_refused(bad) -> None:
    with pytest.raises(MethodError):
        bad()


def test_daily_looks_raise_few_false_alarms() -> None:
    # Nothing happened; somebody looks on each of 60 days and stops at the first effect.
    rounds = 2_000 if RUNS_ALL else 400
    random = np.random.default_rng(7)
    looks = np.arange(50, 3_050, 50)
    alarms = plain_alarms = covered = 0
    for _ in range(rounds):
        outcome = random.exponential(1, looks[-1])
        treated = random.random(looks[-1]) < 0.5
        sums = [np.cumsum(part)[looks - 1] for part in (
            treated, outcome * treated, outcome**2 * treated,
            ~treated, outcome * ~treated, outcome**2 * ~treated,
        )]  # fmt: skip
        n1, s1, q1, n0, s0, q0 = (np.asarray(one, float) for one in sums)
        estimate = s1 / n1 - s0 / n0
        se = np.sqrt((q1 - s1**2 / n1) / (n1 - 1) / n1 + (q0 - s0**2 / n0) / (n0 - 1) / n0)
        apart = [
            abs(e) > np.ptp(always_valid(0, s, int(n), planned=3_000)) / 2
            for e, s, n in zip(estimate, se, looks, strict=True)
        ]
        alarms += any(apart)
        plain_alarms += bool((abs(estimate) > 1.96 * se).any())
        covered += abs(estimate[-1]) < 1.96 * se[-1]
    assert alarms / rounds <= 0.05
    # The interval of a single look, looked at daily, is wrong far more often.
    assert plain_alarms / rounds > 0.2
    assert abs(covered / rounds - 0.95) < 4 * np.sqrt(0.95 * 0.05 / rounds)


def test_some_thousand_clusters_are_permuted_only_where_the_limit_is_not_near() -> None:
    def is_drawn(values: np.ndarray, treated: np.ndarray) -> bool:
        times = difference_p(values, treated, seed=1)[0] * 10_000
        return abs(times - round(times)) < 1e-6

    random = np.random.default_rng(3)
    values = random.exponential(size=3_000)
    half = random.permutation(np.arange(3_000) < 1_500)
    assert not is_drawn(values, half)
    assert is_drawn(values, np.arange(3_000) < 3)
    values[0] = 1e6
    assert is_drawn(values, half)
