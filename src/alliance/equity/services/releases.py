"""What a new table of people would give away together with one that was shown before.

Compared is what readers saw: counts of the same year and column in the areas of the same code, of
this set and of others of the city, closed ones and tables that were replaced since, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alliance.analysis.small_counts import TOTAL, given_away, is_small
from alliance.core.errors import Fault, refuse
from alliance.equity.models import Area, AreaSet, PastRelease, PopulationGroup
from alliance.equity.services import measuring

MOST_FAULTS = 100
#: What is kept of a column that is replaced.
_KEPT = ("code", "name", "is_everyone", "trait", "values", "hidden")


@dataclass(frozen=True)
class Release:
    """The counts of one year as readers see them: by column and area, None where hidden."""

    groups: Sequence[PopulationGroup]
    codes: Sequence[str]

    def of(self, group: PopulationGroup) -> dict[str, tuple[int, bool]]:
        """The known counts by area, each with whether it is shown."""
        hidden = None if group.hidden is None else set(group.hidden)
        return {
            code: (round(value), hidden is not None and number not in hidden)
            for number, (code, value) in enumerate(zip(self.codes, group.values, strict=True))
            if value is not None
        }


def releases_of(area_set: AreaSet, year: int) -> list[Release]:
    """What was ever shown of the people of a year in the areas of the city."""
    sets = AreaSet.objects.filter(city=area_set.city)
    found = [_release(one, year) for one in sets.filter(groups__year=year).distinct()]
    for past in PastRelease.objects.filter(area_set__in=sets, year=year):
        groups = [PopulationGroup(year=year, **one) for one in past.groups]
        found.append(Release(groups, _codes(past.area_set_id)))
    return found


def set_aside(area_set: AreaSet, year: int, *, at: dt.datetime) -> None:
    """Keep what readers see of the people of a year before it is replaced, once."""
    shown = PopulationGroup.objects.filter(area_set=area_set, year=year, hidden__isnull=False)
    groups = list(shown.order_by("code").values(*_KEPT))
    past = PastRelease.objects.filter(area_set=area_set, year=year)
    if groups and all(one.groups != groups for one in past):
        PastRelease.objects.create(area_set=area_set, year=year, groups=groups, replaced_at=at)


def _codes(area_set: int) -> list[str]:
    areas = Area.objects.filter(area_set=area_set).order_by("number")
    return list(areas.values_list("code", flat=True))


def _release(area_set: AreaSet, year: int) -> Release:
    groups = PopulationGroup.objects.filter(area_set=area_set, year=year)
    return Release(list(groups), _codes(area_set.pk))


def refuse_what_is_given_away(area_set: AreaSet, year: int, before: Sequence[Release]) -> None:
    """Refuse the counts of a year as they are now if few people could be found by subtraction,
    within the table or from an earlier release. Raises InvalidData naming cells."""
    now = _release(area_set, year)
    groups = list(area_set.groups.all())
    measuring.hide_small_counts(groups, now.codes)
    now = Release([one for one in groups if one.year == year], now.codes)
    faults = list(_left_over(now))
    for earlier in before:
        faults += _between(earlier, now)
    refuse(faults[:MOST_FAULTS])


def _where(area: str, column: str) -> str:
    return _("area %(area)s, column %(column)s") % {"area": area, "column": column}


def _tables(release: Release) -> Iterator[tuple[PopulationGroup, list[PopulationGroup]]]:
    """The count of everybody with the groups of each trait."""
    whole = next((one for one in release.groups if one.is_everyone), None)
    if whole is not None:
        for trait in sorted({one.trait for one in release.groups if not one.is_everyone}):
            yield (
                whole,
                [one for one in release.groups if one.trait == trait and not one.is_everyone],
            )


def _left_over(now: Release) -> Iterator[Fault]:
    """A count that was left out, where the groups of every other area add up to everybody."""
    for whole, table in _tables(now):
        rows = list(zip(whole.values, *(one.values for one in table), strict=True))
        full = [row for row in rows if None not in row]
        if len(table) < 2 or not full or any(row[0] != sum(row[1:]) for row in full):
            continue
        for number, (people, *counts) in enumerate(rows):
            if people is not None and counts.count(None) == 1:
                rest = round(people - sum(one for one in counts if one is not None))
                if is_small(rest):
                    at = _where(now.codes[number], table[counts.index(None)].name)
                    yield Fault(at, "figures-left-over")


def _between(earlier: Release, now: Release) -> Iterator[Fault]:
    before = {one.code: earlier.of(one) for one in earlier.groups}
    after = {one.code: now.of(one) for one in now.groups}
    names = {one.code: one.name for one in now.groups}
    for code in before.keys() & after.keys():
        for area in before[code].keys() & after[code].keys():
            (old, was_shown), (new, is_shown) = before[code][area], after[code][area]
            if was_shown and is_shown and is_small(abs(new - old)):
                params = {"n": abs(new - old)}
                yield Fault(_where(area, names[code]), "figures-differ-little", params)
    yield from _opened(earlier, before, after, names)
    yield from _opened(now, after, before, names)


def _opened(hiding: Release, own: Any, other: Any, names: dict[str, str]) -> Iterator[Fault]:
    """Where the other release shows what one hid, and so says too much of what else it hid."""
    for whole, table in _tables(hiding):
        cells: dict[Any, float | None] = {}
        hidden = set()
        shown = set()
        for one in (whole, *table):
            column = TOTAL if one.is_everyone else one.code
            for area, (value, is_shown) in own[one.code].items():
                cells[area, column] = value
                if not is_shown and value:
                    if other.get(one.code, {}).get(area) == (value, True):
                        shown.add((area, column))
                    else:
                        hidden.add((area, column))
        rows = {area for area, _column in shown}
        # Areas do not touch each other where no total of a column is shown.
        cells = {cell: value for cell, value in cells.items() if cell[0] in rows}
        hidden = {cell for cell in hidden if cell[0] in rows}
        for area in sorted({str(cell[0]) for cell in given_away(cells, hidden)}):
            column = next(each for at, each in sorted(shown) if at == area)
            named = whole.name if column == TOTAL else names.get(column, column)
            yield Fault(_where(area, named), "figures-opened")
