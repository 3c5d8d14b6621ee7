"""Statistics of the figures of areas, computed once for each change and read by pages.

Stored with the areas as JSON: `exposures` (by public id of a figure: its mean, and each group's
with intervals), `spread` (inequality, and concentration by means), `change` (between years, with
one kappa), and `ranking` at equal weights. What cannot be computed has the code of the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef

from alliance.analysis.engagement import share_of
from alliance.analysis.equity import (
    Ranking,
    concentration,
    group_exposure,
    kolm_pollak,
    pooled_kappa,
    rank_areas,
    suppress,
    weighted_mean,
)
from alliance.analysis.equity.suppression import MIN_POPULATION
from alliance.analysis.equity.values import Floats
from alliance.analysis.errors import MethodError
from alliance.analysis.small_counts import TOTAL, is_small
from alliance.cases.enums import MethodMeasure
from alliance.cases.models import Method
from alliance.core import audit
from alliance.equity.enums import ExposureKind
from alliance.equity.models import AreaSet, Exposure, PopulationGroup
from alliance.evidence.services.method_results import Use, as_measure, drop_result, save_result

#: With more areas than this, a worker computes.
MOST_AT_ONCE = 1_000
#: The direction in which each kind of figure is worse.
WORSE = {ExposureKind.BURDEN: 1, ExposureKind.BENEFIT: -1, ExposureKind.MEANS: -1}
SHARE = 0.1
#: The method of the catalogue that a table of areas and groups uses.
BY_TABLE = "urban-heart"
_DRAWS = 1_000


def measure_or_leave(area_set: AreaSet, *, at: dt.datetime) -> AreaSet:
    """Compute at once, or leave many areas to the worker: until then their pages say so."""
    area_set.measured, area_set.measured_at = {}, None
    area_set.save(update_fields=["measured", "measured_at"])
    return measure(area_set, at=at) if area_set.areas.count() <= MOST_AT_ONCE else area_set


def measure_waiting(*, at: dt.datetime) -> int:
    """Compute the statistics of all areas that were left to the worker; returns their number."""
    waiting = AreaSet.objects.filter(measured_at=None, ended_at=None)
    waiting = waiting.filter(
        Exists(PopulationGroup.objects.filter(area_set=OuterRef("pk")))
        | Exists(Exposure.objects.filter(area_set=OuterRef("pk")))
    )
    for area_set in waiting:
        measure(area_set, at=at)
    return len(waiting)


def measure(area_set: AreaSet, *, at: dt.datetime) -> AreaSet:
    """Compute all statistics that pages show, and which counts are too small to be shown."""
    groups = list(area_set.groups.all())
    exposures = list(area_set.exposures.all())
    codes = list(area_set.areas.order_by("number").values_list("code", flat=True))
    hide_small_counts(groups, codes)
    measured: dict[str, Any] = {"exposures": {}, "spread": {}, "change": {}}
    levels = [exposure for exposure in exposures if exposure.is_level]
    for exposure in exposures:
        measured["exposures"][exposure.public_id] = _exposure(exposure, groups)
    for exposure in levels:
        measured["spread"][exposure.public_id] = _spread(exposure, levels, groups)
    for code, years in groupby(
        sorted(levels, key=lambda exposure: (exposure.code, exposure.year)),
        key=lambda exposure: exposure.code,
    ):
        rows = list(years)
        if len(rows) > 1:
            measured["change"][code] = _change(rows, groups)
    measured["ranking"] = _default_ranking(latest(levels))
    with transaction.atomic():
        for group in groups:
            group.save(update_fields=["hidden"])
        area_set.measured, area_set.measured_at = measured, at
        area_set.save(update_fields=["measured", "measured_at"])
        _save_method_use(area_set, at)
    return area_set


def _save_method_use(area_set: AreaSet, at: dt.datetime) -> None:
    """Store a table of areas with groups as a use of its method, with those of other cities."""
    method = Method.objects.filter(public_id=BY_TABLE).first()
    ranking = area_set.measured["ranking"]
    each = [
        group["difference_interval"]
        for exposure in area_set.measured["exposures"].values()
        for group in exposure.get("groups", ())
        if group["difference_interval"][0] is not None
    ]
    if method is None or not each or "n" not in ranking:
        drop_result("areas", area_set.public_id)
        return
    n_clear = sum(low > 0 or high < 0 for low, high in each)
    n_areas = ranking["n"] + ranking["n_missing"]
    use = Use(
        "areas", area_set.public_id, area_set.city, area_set.name, area_set.language,
        at.date(), area_set.is_synthetic,
    )  # fmt: skip
    measures = [
        as_measure(MethodMeasure.KNOWN, share_of(ranking["n"], n_areas)),
        as_measure(MethodMeasure.CLEAR, share_of(n_clear, len(each))),
    ]
    save_result(method, use, measures, actor=audit.Actor("areas", is_system=True), at=at)


def latest(exposures: Iterable[Exposure]) -> list[Exposure]:
    """The newest year of each figure, in the same order, levels before changes."""
    newest: dict[tuple[str, str], int] = {}
    rows = sorted(exposures, key=lambda exposure: not exposure.is_level)
    for row in rows:
        key = (row.code, row.quantity)
        newest[key] = max(row.year, newest.get(key, 0))
    return [row for row in rows if row.year == newest[row.code, row.quantity]]


def people_of(groups: Sequence[PopulationGroup], year: int) -> PopulationGroup | None:
    """The count of all people that is nearest to a year."""
    whole = [group for group in groups if group.is_everyone]
    return min(whole, key=lambda group: (abs(group.year - year), -group.year), default=None)


def groups_of(groups: Sequence[PopulationGroup], year: int) -> list[PopulationGroup]:
    """The count of each group that is nearest to a year."""
    nearest: dict[tuple[str, str], PopulationGroup] = {}
    for group in groups:
        if not group.is_everyone:
            before = nearest.get((group.trait, group.code))
            if before is None or abs(group.year - year) < abs(before.year - year):
                nearest[group.trait, group.code] = group
    return list(nearest.values())


def hide_small_counts(groups: Sequence[PopulationGroup], codes: Sequence[str]) -> None:
    """Set for each group the areas whose count must be suppressed, table by table.

    A table is the groups of one trait and year with the count of all people.
    """
    for year in {group.year for group in groups}:
        of_year = [group for group in groups if group.year == year]
        whole = people_of(groups, year)
        hidden_of_whole: set[int] = set()
        for trait in sorted({group.trait for group in of_year if not group.is_everyone}) or [""]:
            table = [group for group in of_year if group.trait == trait and not group.is_everyone]
            hidden = _hidden(table, whole, codes)
            for group in table:
                group.hidden = sorted(hidden[group.code])
            hidden_of_whole |= hidden[TOTAL]
        if whole is not None and whole.year == year:
            whole.hidden = sorted(hidden_of_whole)


def _hidden(
    table: Sequence[PopulationGroup], whole: PopulationGroup | None, codes: Sequence[str]
) -> dict[str, set[int]]:
    """The numbers of suppressed areas by code of the group; all areas if nothing can be shown."""
    cells: dict[Any, float | None] = {}
    for group in table:
        values = [None if value is None else round(value) for value in group.values]
        cells |= {(area, group.code): value for area, value in zip(codes, values, strict=True)}
        if None not in values:
            cells[TOTAL, group.code] = sum(value for value in values if value is not None)
    people = {}
    if whole is not None:
        people = {
            area: round(value)
            for area, value in zip(codes, whole.values, strict=True)
            if value is not None
        }
        cells |= {(area, TOTAL): value for area, value in people.items()}
        if len(people) == len(codes):
            cells[TOTAL, TOTAL] = sum(people.values())
    # A count of nearly all people in an area reveals the few others as much as a count of them.
    nearly_all = {
        (area, code)
        for (area, code), count in cells.items()
        if TOTAL not in (area, code) and count and is_small(people.get(area, count) - count)
    }
    numbers = {area: number for number, area in enumerate(codes)}
    hidden: dict[str, set[int]] = {
        code: set() for code in (*(group.code for group in table), TOTAL)
    }
    try:
        shown = suppress(cells, population=people, min_population=MIN_POPULATION, also=nearly_all)
        gone: Iterable[Any] = [*shown.primary, *shown.complementary]
    except MethodError:
        gone = cells
    for area, code in gone:
        if area != TOTAL:
            hidden[code].add(numbers[area])
    return hidden


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _exposure(exposure: Exposure, groups: Sequence[PopulationGroup]) -> dict[str, Any]:
    """The means of everybody and of each group, with differences from everybody else."""
    whole, own = people_of(groups, exposure.year), groups_of(groups, exposure.year)
    if whole is None:
        return {"error": "no-population"}
    counts = np.column_stack([group.array for group in own]) if own else np.empty((0, 0))
    try:
        if not own:
            overall = weighted_mean(exposure.array, np.nan_to_num(whole.array))
            return {
                "mean": overall.value,
                "n": overall.n,
                "n_missing": overall.n_missing,
                "warnings": list(overall.warnings),
                "groups": [],
            }
        result = group_exposure(
            exposure.array,
            np.minimum(counts, np.nan_to_num(whole.array)[:, None]),
            [group.public_id for group in own],
            population=np.nan_to_num(whole.array),
            margins=np.column_stack([group.margin_array for group in own]),
            unit=exposure.unit,
            draws=_DRAWS,
        )
    except MethodError as error:
        return {"error": error.code}
    return {
        "mean": _plain(result.overall.value),
        "n": result.overall.n,
        "n_missing": result.overall.n_missing,
        "warnings": list(result.warnings),
        "groups": [
            {
                "group": each.group,
                # A small count must not be revealed by a total.
                "people": None if is_small(round(each.people)) else round(each.people),
                "mean": _plain(each.mean),
                "interval": [_plain(bound) for bound in each.mean_interval],
                "rest": _plain(each.reference_mean),
                "difference": _plain(each.difference),
                "difference_interval": [_plain(bound) for bound in each.difference_interval],
                "ratio": _plain(each.ratio),
                "ratio_interval": [_plain(bound) for bound in each.ratio_interval],
            }
            for each in result.groups
        ],
    }


def _direction(exposure: Exposure) -> str:
    return "burden" if exposure.kind == ExposureKind.BURDEN else "good"


def _spread(
    exposure: Exposure, exposures: Sequence[Exposure], groups: Sequence[PopulationGroup]
) -> dict[str, Any]:
    """The inequality of a figure, in its unit; and whether the poor have more of it."""
    whole = people_of(groups, exposure.year)
    people = None if whole is None else np.nan_to_num(whole.array)
    spread: dict[str, Any] = {}
    try:
        ede = kolm_pollak(
            exposure.array, people, direction=_direction(exposure), unit=exposure.unit
        )
        spread |= {"ede": _plain(ede.value), "index": _plain(ede.details["index"])}
    except MethodError as error:
        spread["error"] = error.code
    means = [other for other in latest(exposures) if other.kind == ExposureKind.MEANS]
    if means and exposure.kind != ExposureKind.MEANS:
        try:
            by_means = concentration(exposure.array, means[0].array, people, draws=_DRAWS)
            spread |= {
                "concentration": _plain(by_means.value),
                "concentration_interval": [_plain(bound) for bound in by_means.interval],
                "by": means[0].public_id,
            }
        except MethodError as error:
            spread["concentration_error"] = error.code
    return spread


def _change(rows: Sequence[Exposure], groups: Sequence[PopulationGroup]) -> list[dict[str, Any]]:
    """Mean and inequality by year, all with the kappa of the first year."""
    kappa: float | None = None
    changes = []
    for row in rows:
        whole = people_of(groups, row.year)
        people = None if whole is None else np.nan_to_num(whole.array)
        try:
            if kappa is None:
                kappa = pooled_kappa(row.array, people) or None
            ede = kolm_pollak(
                row.array, people, direction=_direction(row), kappa=kappa, unit=row.unit
            )
        except MethodError as error:
            changes.append({"id": row.public_id, "year": row.year, "error": error.code})
            continue
        changes.append(
            {
                "id": row.public_id,
                "year": row.year,
                "mean": _plain(ede.details["mean"]),
                "index": _plain(ede.details["index"]),
                "kappa": kappa,
            }
        )
    return changes


def ranking_of(
    factors: Sequence[Exposure],
    weights: Sequence[float],
    *,
    share: float = SHARE,
    only: slice | None = None,
) -> Ranking:
    """Ranks of the areas by the factors, worst first; with intervals of all, or only of the slice
    `only` in this order. Raises MethodError."""
    table: Floats = np.column_stack([factor.array for factor in factors])
    worse = [WORSE[ExposureKind(factor.kind)] for factor in factors]
    return rank_areas(
        table, worse, np.array(weights, dtype=float), share=share, draws=_DRAWS, only=only
    )


def as_data(ranking: Ranking) -> dict[str, Any]:
    """A ranking as JSON values."""

    def whole(ranks: Floats) -> list[int | None]:
        # NaN is not equal to itself.
        return [int(rank) if rank == rank else None for rank in ranks.tolist()]

    return {
        "rank": whole(ranking.rank),
        "low": whole(ranking.low),
        "high": whole(ranking.high),
        "flag": list(ranking.flag),
        "cut": ranking.cut,
        "n": ranking.n,
        "n_missing": ranking.n_missing,
    }


def _default_ranking(factors: Sequence[Exposure]) -> dict[str, Any]:
    if not factors:
        return {"error": "no-data"}
    try:
        return as_data(ranking_of(factors, [1.0] * len(factors)))
    except MethodError as error:
        return {"error": error.code}
