"""The finder as a page: the result, its map, its orders, and what the forms must carry along."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.charts import map as charts
from alliance.charts.map import PointMap
from alliance.core.errors import NotFound
from alliance.search.query import SORTS, FinderQuery
from alliance.search.results import FinderResult, Hit, MapPoint
from alliance.search.selectors.finder import find, find_places
from alliance.search.selectors.related import related, related_by_meaning, told

#: Filters shown open; the others fold until one of their choices is made.
OPEN_FILTERS = ("kind", "outcome", "grade", "theme", "size")


@dataclass(frozen=True)
class Order:
    """One order of the list, and the query string that gives it."""

    label: str
    querystring: str
    current: bool


@dataclass(frozen=True)
class FinderPage:
    """Everything the finder's page shows. kept: the filters a new search text keeps."""

    result: FinderResult
    chart: PointMap | None
    orders: tuple[Order, ...]
    kept: tuple[tuple[str, str], ...]
    open_filters: tuple[str, ...]
    today: dt.date

    @property
    def tells_outcomes(self) -> bool:
        """Whether "x of y did not work" may be said: not of hits chosen by how they ended."""
        chosen = self.result.query.filters
        return not (self.result.faults or "outcome" in chosen or "reason" in chosen)


def _order_names() -> dict[str, str]:
    return {
        "relevance": _("most relevant"),
        "evidence": _("best evidence"),
        "newest": _("newest record"),
        "year": _("latest start"),
    }


def _mark(point: MapPoint) -> charts.MapPoint:
    return charts.MapPoint(
        f"{point.kind}-{point.public_id}",
        point.label,
        point.latitude,
        point.longitude,
        point.outcome or "",
        point.url,
        point.foreign,
    )


def find_page(query: FinderQuery, *, today: dt.date, view: str = "") -> FinderPage:
    """Search, and lay out the page. `view`: "europe" or "world" for the map, else by the hits."""
    result = find(query, today=today)
    chart = None
    if result.n_located:
        places = find_places(query, today=today)
        chart = charts.draw_some(
            places.latitudes, places.longitudes, lambda i: _mark(places.point(i)), view=view
        )
    names = _order_names()
    return FinderPage(
        result=result,
        chart=chart,
        orders=tuple(
            Order(names[code], query.with_sort(code).querystring, code == query.sort)
            for code in SORTS
        ),
        kept=tuple(pair for pair in query.to_params() if pair[0] not in ("q", "page")),
        open_filters=OPEN_FILTERS,
        today=today,
    )


def example_searches() -> tuple[str, ...]:
    """Searches to start from, in the page's language."""
    return (
        _("renovating apartment buildings"),
        _("less car traffic in the centre"),
        _("heat wave"),
        _("food waste"),
    )


@dataclass(frozen=True)
class RelatedPage:
    """Neighbours of a record: by shared words and concepts, and by meaning where that is in use."""

    title: str
    foreign: str
    url: str
    by_words: tuple[Hit, ...]
    by_meaning: tuple[Hit, ...]
    meaning_in_use: bool
    today: dt.date


def related_page(kind: str, public_id: str, language: str, *, today: dt.date) -> RelatedPage:
    """The neighbours of a published record. Raises NotFound where it is not in the index."""
    record = told(kind, public_id, language=language, today=today)
    if record is None:
        raise NotFound(kind, public_id)
    return RelatedPage(
        title=record.title,
        foreign=record.foreign,
        url=record.url,
        by_words=related(kind, public_id, 10, language=language, today=today),
        by_meaning=related_by_meaning(kind, public_id, 10, language=language, today=today),
        meaning_in_use=settings.SEMANTIC,
        today=today,
    )
