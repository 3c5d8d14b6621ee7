"""Pairs of cities that could help each other, by the stated rule."""

from __future__ import annotations

import random

import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.twinning import Meeting, Side, twins


def side(
    public_id: str, country: str, wants: dict[str, str], gives: dict[str, str] | None = None
) -> Side:
    """Codes as letters: {"w1": "ab"} is a want with the codes a and b."""
    return Side(
        public_id,
        country,
        {key: frozenset(codes) for key, codes in wants.items()},
        {key: frozenset(codes) for key, codes in (gives or {}).items()},
    )


def test_both_have_to_give_and_to_take() -> None:
    lund = side("lund", "SE", {"noise": "ab"}, {"heat": "c"})
    lyon = side("lyon", "FR", {"warm": "cd"}, {"visit": "a", "data": "b"})
    taker = side("nice", "FR", {"heat": "c"})
    giver = side("metz", "FR", {}, {"all": "abcd"})
    found = twins([lyon, taker, giver, lund])
    (pair,) = found.pairs
    assert (pair.first, pair.second) == ("lund", "lyon")
    assert pair.first_gives == (Meeting("warm", ("heat",), ("c",)),)
    assert pair.second_gives == (Meeting("noise", ("data", "visit"), ("a", "b")),)


def test_cities_of_one_country_are_no_pair() -> None:
    both = {"wants": {"w": "a"}, "gives": {"g": "a"}}
    assert twins([side("a", "SE", **both), side("b", "SE", **both)]).pairs == ()


def test_the_side_that_gets_less_decides_then_balance_then_the_sum_then_ids() -> None:
    hub = side(
        "hub", "FR", {f"w{n}": str(n) for n in range(4)}, {f"g{n}": str(n) for n in range(9)}
    )

    def other(public_id: str, takes: int, gives: int) -> Side:
        return side(
            public_id,
            "SE",
            {f"w{n}": str(n) for n in range(takes)},
            {f"g{n}": str(n) for n in range(gives)},
        )

    sides = [
        hub,
        other("one-one", 1, 1),
        other("one-three", 3, 1),
        other("two-two", 2, 2),
        other("a-two-two", 2, 2),
    ]
    expected = ["a-two-two", "two-two", "one-one", "one-three"]
    for seed in range(5):
        random.Random(seed).shuffle(sides)
        found = twins(sides, most_each=9)
        assert [p.first if p.second == "hub" else p.second for p in found.pairs] == expected


def test_no_city_fills_the_list() -> None:
    hub = side("hub", "FR", {"w": "a"}, {"g": "a"})
    others = [side(f"c{n}", "SE", {"w": "a"}, {"g": "a"}) for n in range(5)]
    found = twins([hub, *others], most_each=2)
    assert [pair.first for pair in found.pairs] == ["c0", "c1"]
    assert found.n_pairs == 5
    assert len(twins([hub, *others], most=1).pairs) == 1


def test_what_has_no_code_meets_nothing() -> None:
    one = side("a", "SE", {"w": ""}, {"g": "x"})
    assert twins([one, side("b", "FR", {"w": "x"}, {"g": ""})]).pairs == ()
    assert twins([]).pairs == ()


def test_faults_are_named() -> None:
    one = side("a", "SE", {})
    with pytest.raises(MethodError) as twice:
        twins([one, one])
    assert twice.value.code == "duplicate-id"
    with pytest.raises(MethodError) as limit:
        twins([one], most_each=0)
    assert limit.value.code == "not-positive"
