"""The data of the pages of areas."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.core.paginator import Paginator
from django.db.models import Count

from alliance.analysis.equity.ranking import NO, UNCERTAIN, UNKNOWN, YES
from alliance.analysis.errors import MethodError
from alliance.core.audit import Actor
from alliance.core.errors import Fault, NotFound
from alliance.equity import rules
from alliance.equity.enums import ExposureKind, Quantity
from alliance.equity.models import Area, AreaSet, Exposure, PopulationGroup
from alliance.equity.selectors.access import area_sets
from alliance.equity.selectors.claims import claims_of
from alliance.equity.services import measuring
from alliance.network.rules import is_moderator

PAGE_SIZE = 50
#: The weights that readers can give to a factor.
WEIGHTS = (0, 1, 2, 3, 5)
#: Shares of the areas, in percent, that readers can choose.
CUTS = (5, 10, 20, 30)
INDEX = "index"
#: From this number of areas on, the map has no names: they would be larger than the map.
NAMED = 600
#: How many clear differences are put into words.
MOST_DIFFERENCES = 4
BANDS = 5
_FLAGS = (YES, UNCERTAIN, NO, UNKNOWN)


def cities_with_areas() -> list[AreaSet]:
    """The newest areas of each city, by name of the city, with `n_areas`."""
    rows = area_sets().defer("measured", "remarks").annotate(n_areas=Count("areas"))
    newest: dict[int, AreaSet] = {}
    for row in rows.order_by("-year", "-id"):
        newest.setdefault(row.city_id, row)
    return sorted(newest.values(), key=lambda area_set: area_set.city.name)


@dataclass(frozen=True)
class Choice:
    """A reader's choice: what the map shows, weights by code, the cut in percent."""

    by: str
    weights: Mapping[str, int]
    cut: int
    number: int

    @property
    def is_default(self) -> bool:
        """Whether the choice is that of the stored ranking."""
        return self.cut == 10 and len(set(self.weights.values())) == 1

    @property
    def query(self) -> str:
        """The query for the same weights and cut; empty for the default."""
        if self.is_default:
            return ""
        weight_query = "".join(f"&w-{code}={weight}" for code, weight in self.weights.items())
        return f"{weight_query}&cut={self.cut}"


def choice_of(
    asked: Mapping[str, str], factors: Sequence[Exposure], number: int, *, shown: Collection[str]
) -> Choice:
    """The choice in a query; invalid values are replaced by defaults. `shown`: ids of what the map
    can show."""

    def whole(name: str, default: int, allowed: Sequence[int]) -> int:
        text = asked.get(name, "")
        return int(text) if text.isdecimal() and int(text) in allowed else default

    weights = {str(at): whole(f"w-{at}", 1, WEIGHTS) for at in range(len(factors))}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    by = asked.get("by", INDEX)
    return Choice(by if by in shown else INDEX, weights, whole("cut", 10, CUTS), number)


class Drawn(NamedTuple):
    """What pages show of an area: thousands are read at once, too many for model instances."""

    number: int
    code: str
    name: str
    outline: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.name else self.code


@dataclass(frozen=True)
class Band:
    """Areas of one colour: `css` is its class, the others the limits of its values."""

    css: str
    low: float | None
    high: float | None
    areas: tuple[Drawn, ...]


@dataclass(frozen=True)
class Row:
    """A row of the table: people (None not known, -1 suppressed), values of factors, rank."""

    area: Drawn
    people: int | None
    is_hidden: bool
    values: tuple[float | None, ...]
    rank: int | None
    low: int | None
    high: int | None
    flag: str


def areas_page(
    area_set: AreaSet, actor: Actor, asked: Mapping[str, str], number: int, *, at: dt.datetime
) -> Any:
    """The context of the page of a city's areas. Raises NotFound for a missing page."""
    # Of the groups' columns only that of all people is shown.
    groups = list(area_set.groups.defer("values", "margins", "hidden"))
    exposures = list(area_set.exposures.defer("margins"))
    newest = measuring.latest(exposures)
    factors = [exposure for exposure in newest if exposure.is_level]
    choice = choice_of(asked, factors, number, shown={exposure.public_id for exposure in newest})
    areas = _drawn(area_set)
    ranking = _ranking(area_set, factors, choice)
    pages = Paginator(_order(areas, ranking), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    page = pages.page(number)
    whole = measuring.people_of(groups, area_set.year)
    if whole is not None:
        whole.refresh_from_db(fields=("values", "hidden"))
    by_id = {group.public_id: group for group in groups}
    measured = area_set.measured
    shown = next((exposure for exposure in newest if exposure.public_id == choice.by), None)
    return {
        "area_set": area_set,
        "factors": factors,
        "newest": newest,
        "weighted": [(factor, at, choice.weights[str(at)]) for at, factor in enumerate(factors)],
        "weights": WEIGHTS,
        "cuts": CUTS,
        "choice": choice,
        "shown": shown,
        "ranking": ranking,
        "is_measured": area_set.measured_at is not None,
        "n_areas": len(areas),
        "n_people": _people(whole),
        "whole": whole,
        "page": page,
        "rows": [_row(area, whole, factors, ranking) for area in page.object_list],
        "bands": _bands(areas, shown, ranking) if area_set.has_shapes else [],
        "is_named": len(areas) <= NAMED,
        "said": _clear_differences(factors, by_id, measured.get("exposures", {})),
        "exposures": [
            (
                exposure,
                _groups(measured.get("exposures", {}).get(exposure.public_id, {}), by_id),
                measured.get("exposures", {}).get(exposure.public_id, {}),
                measured.get("spread", {}).get(exposure.public_id, {}),
            )
            for exposure in newest
        ],
        "changes": _changes(factors, measured.get("change", {})),
        "flags": _counts(ranking),
        "remarks": [Fault("file", code, dict(params)).rule for code, params in area_set.remarks],
        "may_keep": rules.may_edit(actor, area_set),
        "may_moderate": is_moderator(actor),
        **claims_of(area_set, at),
        "others": list(
            area_sets().filter(city=area_set.city).exclude(pk=area_set.pk).defer("measured")
        ),
    }


def _drawn(area_set: AreaSet) -> tuple[Drawn, ...]:
    return _drawn_of(area_set.pk, area_set.public_id)


@lru_cache(maxsize=8)
def _drawn_of(area_set: int, public_id: str) -> tuple[Drawn, ...]:
    """The areas of a set, cached because they never change. The random id is part of the key for
    databases that are emptied and reuse primary keys."""
    rows = Area.objects.filter(area_set=area_set).order_by("number")
    return tuple(map(Drawn._make, rows.values_list(*Drawn._fields)))


def maps_of(area_set: AreaSet, shown: Sequence[Exposure]) -> list[dict[str, Any]]:
    """A map of each of these figures, or without any of the burden ranking; none for areas without
    shapes. One query."""
    if not area_set.has_shapes or area_set.ended_at is not None:
        return []
    areas, ranking = _drawn(area_set), area_set.measured.get("ranking", {})
    wanted: list[Exposure | None] = [*shown] or ([None] if "flag" in ranking else [])
    is_named = len(areas) <= NAMED
    return [
        {"shown": exposure, "bands": _bands(areas, exposure, ranking), "is_named": is_named}
        for exposure in wanted
    ]


def factors_of(area_set: AreaSet) -> list[Exposure]:
    """The newest figures of the areas, present levels before expected changes."""
    return measuring.latest(area_set.exposures.all())


def _ranking(area_set: AreaSet, factors: Sequence[Exposure], choice: Choice) -> Mapping[str, Any]:
    """The stored ranking, or one with the reader's weights; `error` if there is none."""
    if choice.is_default or not factors:
        return area_set.measured.get("ranking", {"error": "no-data"})
    weights = tuple(float(choice.weights[str(at)]) for at in range(len(factors)))
    ids = tuple(factor.public_id for factor in factors)
    return _ranked(ids, area_set.measured_at, weights, choice.cut, choice.number)


@lru_cache(maxsize=32)
def _ranked(
    ids: tuple[str, ...],
    measured_at: dt.datetime | None,
    weights: tuple[float, ...],
    cut: int,
    number: int,
) -> Mapping[str, Any]:
    """A ranking by some figures, at the time they were measured; one query. Cached, because the
    same weights are requested again with each map and by whoever follows a link.

    Intervals take most of the time, and only the areas of page `number` show them.
    """
    columns = {
        exposure.public_id: exposure for exposure in Exposure.objects.filter(public_id__in=ids)
    }
    only = slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
    try:
        ranking = measuring.ranking_of(
            [columns[public_id] for public_id in ids], weights, share=cut / 100, only=only
        )
    except MethodError as error:
        return {"error": error.code}
    return measuring.as_data(ranking)


def _order(areas: Sequence[Drawn], ranking: Mapping[str, Any]) -> list[Drawn]:
    """By rank, worst first; areas without a rank at the end."""
    ranks = ranking.get("rank")
    if ranks is None:
        return list(areas)
    return sorted(areas, key=lambda area: (ranks[area.number] is None, ranks[area.number] or 0))


def _people(whole: PopulationGroup | None) -> int | None:
    return None if whole is None else round(float(np.nansum(whole.array)))


def _row(
    area: Drawn,
    whole: PopulationGroup | None,
    factors: Sequence[Exposure],
    ranking: Mapping[str, Any],
) -> Row:
    at = area.number
    people = None if whole is None else whole.values[at]
    is_hidden = whole is not None and (whole.hidden is None or at in whole.hidden)
    has_ranks = "rank" in ranking
    return Row(
        area=area,
        people=None if people is None or is_hidden else round(people),
        is_hidden=is_hidden,
        values=tuple(factor.values[at] for factor in factors),
        rank=ranking["rank"][at] if has_ranks else None,
        low=ranking["low"][at] if has_ranks else None,
        high=ranking["high"][at] if has_ranks else None,
        flag=ranking["flag"][at] if has_ranks else UNKNOWN,
    )


def _bands(
    areas: Sequence[Drawn], shown: Exposure | None, ranking: Mapping[str, Any]
) -> list[Band]:
    """The areas by colour: fifths of the figure, or the flags of the ranking; missing last."""
    if shown is None:
        flags = ranking.get("flag", [UNKNOWN] * len(areas))
        by_flag: dict[str, list[Drawn]] = {flag: [] for flag in _FLAGS}
        for area in areas:
            by_flag[flags[area.number]].append(area)
        return [
            Band(f"f-{flag}", None, None, tuple(by_flag[flag])) for flag in _FLAGS if by_flag[flag]
        ]
    values = shown.array
    known = ~np.isnan(values)
    bands: list[Band] = []
    if known.any():
        edges = np.quantile(values[known], np.linspace(0, 1, BANDS + 1)[1:-1])
        places = np.searchsorted(edges, values, side="left")
        for band in range(BANDS):
            inside = known & (places == band)
            if inside.any():
                bands.append(
                    Band(
                        f"q{band}",
                        float(values[inside].min()),
                        float(values[inside].max()),
                        tuple(area for area in areas if inside[area.number]),
                    )
                )
    missing = tuple(area for area in areas if not known[area.number])
    return [*bands, Band("f-unknown", None, None, missing)] if missing else bands


def _is_clear(each: Mapping[str, Any]) -> bool:
    """Whether the interval of a difference excludes 0."""
    low, high = each["difference_interval"]
    return low is not None and (low > 0 or high < 0)


def clear_differences_of(area_set: AreaSet) -> list[dict[str, Any]]:
    """The clearest differences between groups of a city, as on its page. Two queries."""
    groups = {
        group.public_id: group for group in area_set.groups.defer("values", "margins", "hidden")
    }
    rows = area_set.exposures.filter(quantity=Quantity.LEVEL).defer("values", "margins")
    factors = measuring.latest(rows)
    return _clear_differences(factors, groups, area_set.measured.get("exposures", {}))


def _clear_differences(
    factors: Sequence[Exposure],
    groups: Mapping[str, PopulationGroup],
    measured: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The clearest differences between groups, largest share of the mean first."""
    differences = [
        {
            "exposure": factor,
            "group": groups[each["group"]],
            "is_more": each["difference"] > 0,
            "is_worse": (each["difference"] > 0) == (factor.kind == ExposureKind.BURDEN),
            "size": abs(each["difference"]),
            "low": min(map(abs, each["difference_interval"])),
            "high": max(map(abs, each["difference_interval"])),
            "share": abs(each["difference"] / each["rest"]) if each["rest"] else 0.0,
        }
        for factor in factors
        if factor.kind != ExposureKind.MEANS
        for each in measured.get(factor.public_id, {}).get("groups", ())
        if each["group"] in groups and each["difference"] is not None and _is_clear(each)
    ]
    return sorted(differences, key=lambda each: -each["share"])[:MOST_DIFFERENCES]


def _groups(
    measured: Mapping[str, Any], groups: Mapping[str, PopulationGroup]
) -> list[dict[str, Any]]:
    return [
        {**each, "group": groups[each["group"]], "is_clear": _is_clear(each)}
        for each in measured.get("groups", ())
        if each["group"] in groups
    ]


def _changes(
    factors: Sequence[Exposure], measured: Mapping[str, Any]
) -> list[tuple[Exposure, list[Mapping[str, Any]]]]:
    return [(factor, measured[factor.code]) for factor in factors if factor.code in measured]


def _counts(ranking: Mapping[str, Any]) -> dict[str, int]:
    flags = list(ranking.get("flag", ()))
    return {flag: flags.count(flag) for flag in _FLAGS}


def table_rows(area_set: AreaSet) -> Iterator[list[Any]]:
    """The table of areas for download, header first; suppressed counts are `suppressed`."""
    groups = list(area_set.groups.all())
    exposures = list(area_set.exposures.all())
    ranking = area_set.measured.get("ranking", {})
    yield [
        "code",
        "name",
        *(f"{group.name} {group.year}" for group in groups),
        *(
            f"{exposure.label} {exposure.year}{f' ({exposure.unit})' if exposure.unit else ''}"
            for exposure in exposures
        ),
        *(("rank", "rank_low", "rank_high", "among_first_tenth") if "rank" in ranking else ()),
    ]
    hidden = {group.pk: None if group.hidden is None else set(group.hidden) for group in groups}
    for area in area_set.areas.defer("shape", "outline"):
        at = area.number
        counts = []
        for group in groups:
            gone = hidden[group.pk]
            is_gone = gone is None or at in gone
            counts.append(
                "suppressed" if is_gone and group.values[at] is not None else group.values[at]
            )
        ranks = (
            [ranking[name][at] for name in ("rank", "low", "high", "flag")]
            if ("rank" in ranking)
            else []
        )
        yield [
            area.code,
            area.name,
            *counts,
            *(exposure.values[at] for exposure in exposures),
            *ranks,
        ]


def geojson(area_set: AreaSet) -> Iterator[str]:
    """The full shapes as GeoJSON, in chunks, with the newest figure of each kind."""
    factors = measuring.latest(area_set.exposures.all())
    about = {
        "name": str(area_set),
        "source": area_set.source,
        "licence": area_set.licence,
        "synthetic": area_set.is_synthetic,
        "figures": [
            {
                "name": factor.label,
                "unit": factor.unit,
                "year": factor.year,
                "source": factor.source,
                "licence": factor.licence,
            }
            for factor in factors
        ],
    }
    yield f'{{"type":"FeatureCollection","about":{json.dumps(about)},"features":['
    for place, area in enumerate(area_set.areas.defer("outline").iterator(chunk_size=500)):
        properties = {"code": area.code, "name": area.name} | {
            factor.label: factor.values[area.number] for factor in factors
        }
        yield '{}\n{{"type":"Feature","properties":{},"geometry":{}}}'.format(
            "," if place else "",
            json.dumps(properties),
            area.shape or "null",
        )
    yield "\n]}\n"
