"""The areas of a city for its processes: where places may lie, what is drawn around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely
from django.db.models import QuerySet

from alliance.core.text import fold
from alliance.equity.models import AreaSet
from alliance.participation.models import Process
from alliance.participation.panels import Areas
from alliance.participation.places import KM, Cell, grid, simplified


def area_sets_of(city_id: int) -> QuerySet[AreaSet]:
    """The areas of a city that can be drawn, newest first."""
    rows = AreaSet.objects.filter(city=city_id, ended_at=None, width__gt=0)
    return rows.order_by("-year", "-pk")


def cells_of(areas: AreaSet, only: Iterable[str] = ()) -> list[Cell]:
    """Areas with simplified shapes: those with one of these names or codes, by default all."""
    wanted = {fold(line.strip()).casefold() for line in only if line.strip()}
    rows = [
        area
        for area in areas.areas.exclude(shape="")
        if not wanted or {fold(area.name).casefold(), fold(area.code).casefold()} & wanted
    ]
    shapes = simplified(shapely.from_geojson([row.shape for row in rows])) if rows else []
    return [
        Cell(row.code, row.name or row.code, shape, row.outline)
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _cells(process: Process) -> list[Cell]:
    """The part of the city that the process is about if that is an area, or all areas of the city,
    or a circle around it."""
    areas, city = area_sets_of(process.city_id).first(), process.city
    if areas is not None:
        return (process.area and cells_of(areas, [process.area])) or cells_of(areas)
    if city.latitude is None or city.longitude is None:
        return []
    return grid(city.latitude, city.longitude, KM)


def _near(
    process: Process, box: tuple[float, float, float, float]
) -> tuple[AreaSet | None, Sequence[str]]:
    areas = area_sets_of(process.city_id).first()
    if areas is None:
        return None, ()
    west, south, east, north = box
    near = areas.areas.filter(longitude__range=(west, east), latitude__range=(south, north))
    return areas, list(near.exclude(shape="").values_list("shape", flat=True))


AREAS = Areas(cells=_cells, near=_near)
