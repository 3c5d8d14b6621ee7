"""Current targets, and the selection of the target that applies to a city."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from alliance.core.read_once import read_once
from alliance.indicators.as_of import known_at
from alliance.indicators.enums import TargetKind
from alliance.indicators.models import Sibling, Target
from alliance.network.models import City

#: A city is compared with its own plan first; a guideline binds nobody.
_KINDS = (TargetKind.PLAN, TargetKind.LAW, "", TargetKind.YARDSTICK, TargetKind.GUIDELINE)


def targets_at(moment: dt.datetime | None) -> QuerySet[Target]:
    """Targets in force at `moment`, None for the present, with city, definition and source."""
    rows = Target.objects.filter(known_at(moment))
    return rows.select_related("city", "definition", "source")


def in_order(targets: Iterable[Target]) -> list[Target]:
    """Targets by precedence: a city's own before a country's, plans before guidelines."""
    return sorted(
        targets,
        key=lambda target: (
            target.city_id is None,
            not target.country,
            _KINDS.index(target.kind),
            target.year or 9999,
            target.pk,
        ),
    )


@read_once
def by_definition(moment: dt.datetime | None) -> dict[int, list[Target]]:
    """Targets of existing figures, by the definition's primary key, in order. One query."""
    targets: dict[int, list[Target]] = defaultdict(list)
    for target in in_order(targets_at(moment).exclude(definition=None)):
        assert target.definition_id is not None
        targets[target.definition_id].append(target)
    return targets


def holds_for(target: Target, city: City) -> bool:
    """Whether a target applies to the city, by itself, its country or all cities."""
    if target.city_id is not None:
        return target.city_id == city.pk
    return target.country in ("", city.country)


def target_of(targets: Sequence[Target], city: City) -> Target | None:
    """The target that applies to a city, among the ordered targets of a definition."""
    return next((target for target in targets if holds_for(target, city)), None)


def siblings_of(definitions: Iterable[int]) -> list[Sibling]:
    """The comparability records of definitions, by primary key. One query."""
    wanted = list(definitions)
    rows = Sibling.objects.select_related("left__indicator", "right__indicator")
    return list(rows.filter(left__in=wanted) | rows.filter(right__in=wanted))
