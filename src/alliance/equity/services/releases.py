"""Disclosure control between releases: what a new table of people would reveal together with
earlier ones.

What readers saw is compared: counts of the same people and year in the same areas, of this set and
of others of the city, including closed ones and tables that were replaced since. A renamed column
counts the same people if it nearly agrees with an earlier one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.analysis.equity.suppression import NEAR, agreement
from alliance.analysis.small_counts import TOTAL, disclosed_cells, is_small
from alliance.core.errors import Fault, refuse
from alliance.equity.models import Area, AreaSet, PastRelease, PopulationGroup
from alliance.equity.services import measuring

MOST_FAULTS = 100
#: A column of a release, by trait and code; both are empty for all people.
Key = tuple[str, str]
EVERYONE: Key = ("", "")
#: The known counts of a column by area, each with whether it is shown.
Counts = Mapping[str, tuple[int, bool]]
_PLACED = ("code", "latitude", "longitude")
#: The stored fields of a column that is replaced.
_RETAINED_FIELDS = ("code", "name", "is_everyone", "trait", "values", "hidden")


def key_of(group: PopulationGroup) -> Key:
    """By which columns of two releases are the same, whatever their names."""
    return EVERYONE if group.is_everyone else (group.trait.casefold(), group.code)


@dataclass(frozen=True)
class Release:
    """The counts of one year as readers see them: by column and area, None if suppressed."""

    groups: Sequence[PopulationGroup]
    codes: Sequence[str]

    @property
    def everyone(self) -> PopulationGroup | None:
        """The count of all people."""
        return next((group for group in self.groups if group.is_everyone), None)

    def of(self, group: PopulationGroup) -> dict[str, tuple[int, bool]]:
        """The known counts by area, each with whether it is shown."""
        hidden = None if group.hidden is None else set(group.hidden)
        return {
            code: (round(value), hidden is not None and number not in hidden)
            for number, (code, value) in enumerate(zip(self.codes, group.values, strict=True))
            if value is not None
        }


def releases_of(area_set: AreaSet, year: int) -> list[Release]:
    """All counts of the people of a year ever shown in the areas of the city, with their codes in
    this set."""
    sets = AreaSet.objects.filter(city=area_set.city)
    codes = {
        city_set: _codes_in(area_set, city_set)
        for city_set in sets.filter(Q(groups__year=year) | Q(past__year=year)).distinct()
    }
    releases = [_release(code, year, codes[code]) for code in codes]
    for past in PastRelease.objects.filter(area_set__in=codes, year=year):
        groups = [PopulationGroup(year=year, **group) for group in past.groups]
        releases.append(Release(groups, codes[past.area_set]))
    return releases


def set_aside(area_set: AreaSet, year: int, *, at: dt.datetime) -> None:
    """Store the shown counts of people of a year before they are replaced, once."""
    shown = PopulationGroup.objects.filter(area_set=area_set, year=year, hidden__isnull=False)
    groups = list(shown.order_by("code").values(*_RETAINED_FIELDS))
    past = PastRelease.objects.filter(area_set=area_set, year=year)
    if groups and all(release.groups != groups for release in past):
        PastRelease.objects.create(area_set=area_set, year=year, groups=groups, replaced_at=at)


def _codes_in(area_set: AreaSet, other: AreaSet) -> list[str]:
    """The codes of other areas; of one at the same place as an area here, the code here."""
    here = {area.code: _place(area) for area in area_set.areas.only(*_PLACED)}
    places = {place: code for code, place in here.items()}
    return [
        area.code if area.code in here or not _place(area) else places.get(_place(area), area.code)
        for area in other.areas.order_by("number").only(*_PLACED)
    ]


def _place(area: Area) -> tuple[float, float] | None:
    """Its position, to ten metres; None without a shape."""
    if area.latitude is None or area.longitude is None:
        return None
    return round(area.latitude, 4), round(area.longitude, 4)


def _release(area_set: AreaSet, year: int, codes: Sequence[str]) -> Release:
    return Release(list(area_set.groups.filter(year=year)), codes)


def refuse_disclosive_counts(
    area_set: AreaSet, year: int, before: Sequence[Release], *, brought: Collection[Key]
) -> None:
    """Refuse the counts of a year if few people could be identified by subtraction, within the
    table or from an earlier release. `brought`: the columns that are new.

    Raises InvalidData naming cells.
    """
    groups = list(area_set.groups.all())
    codes = _codes_in(area_set, area_set)
    measuring.hide_small_counts(groups, codes)
    now = Release([group for group in groups if group.year == year], codes)
    faults = list(_left_over(now))
    for earlier in before:
        faults += _between(earlier, now, brought)
    refuse(faults[:MOST_FAULTS])


def _where(area: str, column: str) -> str:
    return _("area %(area)s, column %(column)s") % {"area": area, "column": column}


def _tables(release: Release) -> Iterator[tuple[PopulationGroup, list[PopulationGroup]]]:
    """The count of everybody with the groups of each trait."""
    whole = release.everyone
    if whole is not None:
        for trait in sorted({group.trait for group in release.groups if not group.is_everyone}):
            yield (
                whole,
                [
                    group
                    for group in release.groups
                    if group.trait == trait and not group.is_everyone
                ],
            )


def _left_over(now: Release) -> Iterator[Fault]:
    """A count that was omitted, if the groups of every other area add up to everybody."""
    for whole, table in _tables(now):
        rows = list(zip(whole.values, *(group.values for group in table), strict=True))
        full = [row for row in rows if None not in row]
        if len(table) < 2 or not full or any(row[0] != sum(row[1:]) for row in full):
            continue
        for number, (people, *counts) in enumerate(rows):
            if people is not None and counts.count(None) == 1:
                rest = round(people - sum(count for count in counts if count is not None))
                if is_small(rest):
                    at = _where(now.codes[number], table[counts.index(None)].name)
                    yield Fault(at, "figures-left-over")


def _between(earlier: Release, now: Release, brought: Collection[Key]) -> Iterator[Fault]:
    before = {key_of(group): earlier.of(group) for group in earlier.groups}
    after = {key_of(group): now.of(group) for group in now.groups}
    pairs = dict(_same_people(before, after, brought))
    names = {key_of(group): group.name for group in (*earlier.groups, *now.groups)}
    for new, old in pairs.items():
        for area in before[old].keys() & after[new].keys():
            (was, was_shown), (value, is_shown) = before[old][area], after[new][area]
            if was_shown and is_shown and is_small(abs(value - was)):
                params = {"n": abs(value - was)}
                yield Fault(_where(area, names[new]), "figures-differ-little", params)
    yield from _opened(now, after, {new: before[old] for new, old in pairs.items()}, names)
    yield from _opened(earlier, before, {old: after[new] for new, old in pairs.items()}, names)


def _same_people(
    before: Mapping[Key, Counts], after: Mapping[Key, Counts], brought: Collection[Key]
) -> Iterator[tuple[Key, Key]]:
    """Pairs of an earlier and a present column that count the same people: by name and trait, or
    else by near agreement. Only a column that agrees in half of the areas is paired twice."""
    taken = before.keys() & set(brought)
    for new, counts in after.items():
        if new in before:
            yield new, new
        elif new in brought and new != EVERYONE:
            alike = [
                (
                    agreement(
                        _values(counts), _values(before[old]), near=0 if old in taken else NEAR
                    ),
                    old,
                )
                for old in before
                if old != EVERYONE
            ]
            best = max(alike, default=(0.0, EVERYONE))
            if best[0]:
                yield new, best[1]


def _values(counts: Counts) -> dict[str, int]:
    return {area: value for area, (value, _is_shown) in counts.items()}


def _opened(
    hiding: Release,
    own: Mapping[Key, Counts],
    other: Mapping[Key, Counts],
    names: Mapping[Key, str],
) -> Iterator[Fault]:
    """Where the other release shows what this one suppressed, and so reveals too much of what else
    it suppressed."""
    for whole, table in _tables(hiding):
        cells: dict[Any, float | None] = {}
        hidden = set()
        shown = set()
        for group in (whole, *table):
            column = TOTAL if group.is_everyone else group.code
            for area, (value, is_shown) in own[key_of(group)].items():
                cells[area, column] = value
                if not is_shown and value:
                    if other.get(key_of(group), {}).get(area) == (value, True):
                        shown.add((area, column))
                    else:
                        hidden.add((area, column))
        rows = {area for area, _column in shown}
        # Areas are independent if no total of a column is shown.
        cells = {cell: value for cell, value in cells.items() if cell[0] in rows}
        hidden = {cell for cell in hidden if cell[0] in rows}
        for area in sorted({str(cell[0]) for cell in disclosed_cells(cells, hidden)}):
            column = next(each for at, each in sorted(shown) if at == area)
            named = next(group for group in (whole, *table) if column in (TOTAL, group.code))
            yield Fault(_where(area, names[key_of(named)]), "figures-opened")
