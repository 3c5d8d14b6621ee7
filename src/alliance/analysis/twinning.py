"""Which two cities of different countries could help each other, so that both give and both take.

The rule, in full. A want of one city is met by another where the two name a code in common. Two
cities of different countries are a pair where each meets a want of the other. Pairs stand in this
order: more wants met on the side where fewer are (so that none only gives), then the smaller
difference between both sides, then more wants met in all, then by their ids. Pairs are taken in
that order, and a city that stands in `most_each` of them already is passed over: no strong city
fills the list. Nothing is drawn by chance, so the same data give the same list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.errors import MethodError

VERSION = "1"


@dataclass(frozen=True)
class Side:
    """A city: what it wants and what it can give, each by id with its codes."""

    id: str
    country: str
    wants: Mapping[str, frozenset[str]]
    gives: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Meeting:
    """A want with what meets it: the gifts that share a code with it, and those codes."""

    want: str
    gifts: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """Two cities, the smaller id first. `first_gives` meets wants of the second, and so on."""

    first: str
    second: str
    first_gives: tuple[Meeting, ...]
    second_gives: tuple[Meeting, ...]


@dataclass(frozen=True)
class Twins:
    """The pairs suggested, of `n_pairs` that meet the rule before any city was passed over."""

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
    """By (who wants, who gives), of different countries: each want that is met."""
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
