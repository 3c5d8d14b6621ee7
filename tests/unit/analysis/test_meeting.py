"""Pairs and tables, beside all ways there are for few people and beside known designs."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.errors import MethodError
from alliance.analysis.meeting import Seating, pairs, seat


def repeats(found: Seating) -> int:
    """Counted by other means: tables as sets of people."""
    met: Counter[tuple[int, int]] = Counter()
    for row in found.tables.tolist():
        for table in set(row):
            met.update(combinations([at for at, one in enumerate(row) if one == table], 2))
    return sum(n - 1 for n in met.values())


@pytest.mark.parametrize(
    ("n", "size", "rounds"),
    # A round robin; the affine planes of order 3 and 4; golfers of 4 weeks.
    [(8, 2, 7), (9, 3, 4), (16, 4, 5), (12, 3, 4), (25, 5, 6)],
)
def test_known_designs_are_found(n: int, size: int, rounds: int) -> None:
    found = seat(n, size, rounds, seed=1)
    assert (found.repeats, found.least, repeats(found)) == (0, 0, 0)


def split(people: tuple[int, ...], size: int):
    """All ways to seat people at tables of `size`."""
    if not people:
        yield []
        return
    for others in combinations(people[1:], size - 1):
        left = tuple(one for one in people[1:] if one not in others)
        for rest in split(left, size):
            yield [(people[0], *others), *rest]


@pytest.mark.parametrize(("size", "rounds"), [(3, 2), (3, 3), (2, 4)])
def test_of_six_people_nobody_does_better(size: int, rounds: int) -> None:
    ways = list(split(tuple(range(6)), size))

    def fewest(at: int, met: Counter[tuple[int, int]]) -> int:
        if at == rounds:
            return sum(n - 1 for n in met.values())
        return min(
            fewest(at + 1, met + Counter(pair for t in way for pair in combinations(t, 2)))
            for way in (ways[:1] if at == 0 else ways)
        )

    assert seat(6, size, rounds, seed=3).repeats == fewest(0, Counter())


@given(st.integers(4, 30), st.integers(2, 7), st.integers(1, 5), st.integers(0, 9))
def test_everybody_sits_once_a_round_and_what_is_said_is_so(n, size, rounds, seed) -> None:
    found = seat(n, size, rounds, seed=seed)
    for row in found.tables:
        seats = np.bincount(row)
        assert seats.sum() == n and seats.max() <= size and seats.max() - seats.min() <= 1
    assert found.repeats == repeats(found) >= found.least
    assert np.array_equal(found.tables, seat(n, size, rounds, seed=seed).tables)


def test_who_should_not_sit_together_does_not() -> None:
    apart = np.zeros((12, 12), dtype=bool)
    apart[0, 1:8] = apart[1:8, 0] = True
    found = seat(12, 4, 3, seed=2, apart=apart)
    assert found.forbidden == 0
    assert all(not (row[1:8] == row[0]).any() for row in found.tables)


@given(st.integers(0, 200), st.integers(1, 4))
def test_nobody_is_in_too_many_pairs_and_none_is_missed(seed: int, most: int) -> None:
    chance = np.random.default_rng(seed)
    score = np.triu(chance.integers(-4, 5, (8, 8)).clip(0), 1).astype(float)
    score += score.T
    found = pairs(score, most=most)
    degree = Counter(at for pair in found for at in pair)
    assert len(set(found)) == len(found) and max(degree.values(), default=0) <= most
    for one, other in combinations(range(8), 2):
        if score[one, other] > 0 and (one, other) not in found:
            assert degree[one] == most or degree[other] == most
    # One that leaves out no pair has at least half as many as the largest set there is.
    reasons = (score > 0).sum(axis=1)
    assert 2 * len(found) >= np.minimum(reasons, most).sum() // 2


def test_the_best_reason_comes_first_and_pairs_that_are_there_stay() -> None:
    score = np.array([[0, 3, 1, 0], [3, 0, 2, 0], [1, 2, 0, 1], [0, 0, 1, 0]], dtype=float)
    assert pairs(score, most=1) == [(0, 1), (2, 3)]
    taken = np.zeros((4, 4), dtype=bool)
    taken[1, 2] = taken[2, 1] = True
    assert pairs(score, most=1, taken=taken) == []
    assert pairs(score, most=2, taken=taken) == [(0, 1), (2, 3)]


def test_scores_of_no_pairs_are_refused() -> None:
    with pytest.raises(MethodError):
        pairs(np.array([[0.0, 1.0], [2.0, 0.0]]), most=2)
    with pytest.raises(MethodError):
        seat(1, 4, 1, seed=1)
