"""What a need and an offer have in common, as reasons and never as a score.

A match needs a reason of substance: the same theme, topic or SDG target. What the two cities share
besides (size, climate, language, country) never makes a match by itself. The order of matches: more
kinds of reasons of substance, more themes and targets in common, more that the cities share, then
the one stated first, then by id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

THEME, TOPIC, SDG = "theme", "topic", "sdg"
SIZE, CLIMATE, LANGUAGE, COUNTRY = "size", "climate", "language", "country"


@dataclass(frozen=True)
class Profile:
    """One side of a match. `topic` is empty, `size` and `climate` are None if not recorded.

    `languages`: that of a need, or those of the people behind an offer. `city` is empty for those
    who act for none.
    """

    public_id: str
    city: str
    country: str
    stated_at: dt.datetime
    topic: str = ""
    themes: frozenset[str] = frozenset()
    sdg_targets: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    size: str | None = None
    climate: str | None = None


@dataclass(frozen=True)
class Reason:
    """One kind of thing in common, with the codes that both sides name."""

    kind: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The other side, the reasons of substance (`matter`), those of the cities (`around`), and what
    is not known."""

    other: Profile
    matter: tuple[Reason, ...]
    around: tuple[Reason, ...]
    unknown: tuple[str, ...]


def match(own: Profile, other: Profile) -> Match | None:
    """The match of two sides; None for the same city, and without a reason of substance."""
    if own.city == other.city:
        return None
    matter = [
        Reason(kind, tuple(sorted(shared)))
        for kind, shared in (
            (THEME, own.themes & other.themes),
            (TOPIC, {own.topic} & {other.topic} - {""}),
            (SDG, own.sdg_targets & other.sdg_targets),
        )
        if shared
    ]
    if not matter:
        return None
    around, unknown = [], []
    for kind, here, there in (
        (SIZE, own.size, other.size),
        (CLIMATE, own.climate, other.climate),
    ):
        if here is None or there is None:
            unknown.append(kind)
        elif here == there:
            around.append(Reason(kind, (here,)))
    if not own.languages or not other.languages:
        unknown.append(LANGUAGE)
    elif shared := own.languages & other.languages:
        around.append(Reason(LANGUAGE, tuple(sorted(shared))))
    if own.country == other.country:
        around.append(Reason(COUNTRY, (own.country,)))
    return Match(other, tuple(matter), tuple(around), tuple(unknown))


def matches(own: Profile, others: Iterable[Profile]) -> list[Match]:
    """The matches among `others`, in the order described above."""
    result = [candidate for other in others if (candidate := match(own, other)) is not None]
    result.sort(
        key=lambda candidate: (
            -len(candidate.matter),
            -sum(len(reason.codes) for reason in candidate.matter),
            -len(candidate.around),
            candidate.other.stated_at,
            candidate.other.public_id,
        )
    )
    return result
