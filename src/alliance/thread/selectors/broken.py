"""The list of broken chains, as everybody may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from alliance.core.audit import VISITOR
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.network.localise import local_name
from alliance.network.models import City
from alliance.thread.broken.find import MOST
from alliance.thread.broken.rules import RULES
from alliance.thread.selectors.shapes import Node
from alliance.thread.selectors.walk import nodes


@dataclass(frozen=True)
class BrokenLine:
    """A thing at which a chain broke. `days`: how long since `since`, the day it waits from."""

    node: Node
    since: dt.date
    days: int


@dataclass(frozen=True)
class BrokenPart:
    """What one rule found; `is_cut`: there are more."""

    code: str
    kind: str
    title: str | Promise
    why: str | Promise
    days: int
    lines: tuple[BrokenLine, ...]
    is_cut: bool


@dataclass(frozen=True)
class BrokenChains:
    """All rules with what they found. `city` is the name of the one it is filtered by."""

    parts: tuple[BrokenPart, ...]
    n: int
    city_id: str
    city: str


def broken_chains(*, city: str = "", language: str, today: dt.date) -> BrokenChains:
    """What should have come by `today`, of one city or of all, the longest waiting first.

    Ten queries at most. Raises NotFound for a city that is not there.
    """
    place = None
    if city:
        place = City.objects.filter(public_id=city).first() if PUBLIC_ID.match(city) else None
        if place is None:
            raise NotFound("city", city)
    waiting = [(rule, rule.find(today - dt.timedelta(days=rule.days), city)) for rule in RULES]
    keys = {(rule.kind, public_id) for rule, found in waiting for public_id, _day in found}
    there = {one.key: one for one in nodes(VISITOR, list(keys), language)}
    parts = tuple(
        BrokenPart(
            rule.code,
            rule.kind,
            rule.title,
            rule.why,
            rule.days,
            tuple(
                BrokenLine(there[rule.kind, public_id], since, (today - since).days)
                for public_id, since in found[:MOST]
                if (rule.kind, public_id) in there
            ),
            len(found) > MOST,
        )
        for rule, found in waiting
    )
    name = local_name(place, language) if place else ""
    return BrokenChains(parts, sum(len(part.lines) for part in parts), city, name)
