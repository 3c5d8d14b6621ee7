"""Pairs of cities of different countries that could help each other, in both directions.

The rule: a want of a city is met by another city if they share a code. Two cities of different
countries are a pair if each meets a want of the other. Pairs are sorted by the smaller number of
wants met on either side (descending, so that none only gives), then by the difference between the
sides, then by the total number of wants met, then by ids. They are taken in this order, but a city
has at most `most_each` pairs, so that no strong city fills the list. Nothing is random, so the same
data give the same list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.errors import MethodError

VERSION = "1"


@dataclass(frozen=True)
class Side:
    """A city: its wants and what it can give, each by id with its codes."""

    id: str
    country: str
    wants: Mapping[str, frozenset[str]]
    gives: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Meeting:
    """A want and the gifts that share a code with it, with those codes."""

    want: str
    gifts: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """Two cities, the smaller id first. `first_gives`: wants of the second that the first meets;
    `second_gives` likewise."""

    first: str
    second: str
    first_gives: tuple[Meeting, ...]
    second_gives: tuple[Meeting, ...]


@dataclass(frozen=True)
class Twins:
    """The suggested pairs, and the number `n_pairs` before the limit for each city."""

    pairs: tuple[Twin, ...]
    n_pairs: int
    version: str = VERSION


def twins(sides: Sequence[Side], *, most_each: int = 3, most: int = 20) -> Twins:
    """Suggest at most `most` pairs by the rule of this module, each city in at most `most_each`.

    A want or gift without codes meets nothing. Raises MethodError "duplicate-id" where two sides
    have one id, and "not-positive" where a limit is less than one.
    """
    if most_each < 1 or most < 1:
        raise MethodError("not-positive", "a limit must be at least 1", "most_each, most")
    by_id = {side.id: side for side in sides}
    if len(by_id) != len(sides):
        twice = sorted(key for key, n in Counter(side.id for side in sides).items() if n > 1)
        raise MethodError("duplicate-id", f"more than one side is {twice[0]!r}", "sides")
    met = _met(by_id)
    pairs = [
        Twin(first, second, met[second, first], met[first, second])
        for first, second in sorted(met)
        if first < second and (second, first) in met
    ]
    pairs.sort(
        key=lambda twin: (
            -min(len(twin.first_gives), len(twin.second_gives)),
            abs(len(twin.first_gives) - len(twin.second_gives)),
            -(len(twin.first_gives) + len(twin.second_gives)),
            twin.first,
            twin.second,
        )
    )
    taken: Counter[str] = Counter()
    chosen: list[Twin] = []
    for twin in pairs:
        if max(taken[twin.first], taken[twin.second]) < most_each and len(chosen) < most:
            taken.update((twin.first, twin.second))
            chosen.append(twin)
    return Twins(tuple(chosen), len(pairs))


def _met(by_id: Mapping[str, Side]) -> dict[tuple[str, str], tuple[Meeting, ...]]:
    """The wants that are met, by (city that wants, city that gives), for cities of different
    countries."""
    givers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for side in by_id.values():
        for gift, codes in side.gives.items():
            for code in codes:
                givers[code].add((side.id, gift))
    met: dict[tuple[str, str], list[Meeting]] = defaultdict(list)
    for side in by_id.values():
        for want in sorted(side.wants):
            gifts: dict[str, set[str]] = defaultdict(set)
            shared: dict[str, set[str]] = defaultdict(set)
            for code in side.wants[want]:
                for giver, gift in givers.get(code, ()):
                    if by_id[giver].country != side.country:
                        gifts[giver].add(gift)
                        shared[giver].add(code)
            for giver, these in gifts.items():
                met[side.id, giver].append(
                    Meeting(want, tuple(sorted(these)), tuple(sorted(shared[giver])))
                )
    return {pair: tuple(meetings) for pair, meetings in met.items()}
