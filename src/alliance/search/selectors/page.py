"""The finder as a page: the result, its map, its orders, and what the forms must carry along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts import map as charts
from alliance.charts.map import PointMap
from alliance.core.errors import NotFound
from alliance.search.query import FILTER_KEYS, SORTS, FinderQuery
from alliance.search.results import FinderResult, Hit, MapPoint, Notice
from alliance.search.selectors.finder import find, find_places
from alliance.search.selectors.related import related, related_by_meaning, told
from alliance.web.formatting import quoted

#: Filters shown open; the others fold until one of their choices is made.
OPEN_FILTERS = ("kind", "outcome", "grade", "theme", "size")
#: Parameters of the page that are no filters: `map` chooses what the map shows.
OTHER_PARAMETERS = ("q", "year_from", "year_to", "sort", "page", "map")
# So many unknown parameters are named, and so much of each name is shown.
MOST_NAMED = 5
LONGEST_NAME = 40


@dataclass(frozen=True)
class Order:
    """One order of the list, and the query string that gives it."""

    label: str
    querystring: str
    current: bool


@dataclass(frozen=True)
class HitGroup:
    """Hits that stand together under what is said of them; `heading` may be empty."""

    heading: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class FinderPage:
    """Everything the finder's page shows. kept: the filters a new search text keeps.

    groups: the hits of this page, those with some of the words set apart from those with all.
    sound: where the query has faults, the query string of the search without them.
    """

    result: FinderResult
    notices: tuple[Notice, ...]
    groups: tuple[HitGroup, ...]
    sound: str
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


def _not_filters(names: Iterable[str]) -> tuple[Notice, ...]:
    unknown = [name for name in names if name not in (*FILTER_KEYS, *OTHER_PARAMETERS)]
    if not unknown:
        return ()
    shown = [quoted(name[:LONGEST_NAME]) for name in unknown[:MOST_NAMED]]
    shown += ["…"] if len(unknown) > MOST_NAMED else []
    message = ngettext(
        "Not a filter, so it was left out: %(names)s.",
        "Not filters, so they were left out: %(names)s.",
        len(unknown),
    )
    return (Notice("not-a-filter", message % {"names": ", ".join(shown)}),)


def _none_has_all(result: FinderResult) -> tuple[Notice, ...]:
    if not result.total or result.n_full:
        return ()
    message = (
        _("With these filters no text has all your words; these have some of them.")
        if result.chips
        else _("No text has all your words; these have some of them.")
    )
    return (Notice("some-words", message),)


def _groups(result: FinderResult) -> tuple[HitGroup, ...]:
    """The hits with all words, then those with some, which only the order by relevance parts."""
    if not result.n_full or result.query.sort != "relevance":
        return (HitGroup("", result.hits),)
    full = tuple(hit for hit in result.hits if hit.matches_all)
    some = tuple(hit for hit in result.hits if not hit.matches_all)
    groups = (
        HitGroup("", full),
        HitGroup(_("These have some of your words, not all:"), some),
    )
    return tuple(group for group in groups if group.hits)


def find_page(
    query: FinderQuery, *, today: dt.date, view: str = "", names: Iterable[str] = ()
) -> FinderPage:
    """Search, and lay out the page. `view`: "europe" or "world" for the map, else by the hits.

    `names` are those of all parameters of the address; the page tells which of them it left out.
    """
    result = find(query, today=today)
    chart = None
    if result.n_located:
        places = find_places(query, today=today)
        chart = charts.draw_some(
            places.latitudes, places.longitudes, lambda i: _mark(places.point(i)), view=view
        )
    order_names = _order_names()
    return FinderPage(
        result=result,
        notices=(*_not_filters(names), *_none_has_all(result), *result.notices),
        groups=_groups(result),
        sound=query.without_keys({fault.where for fault in result.faults}).querystring,
        chart=chart,
        orders=tuple(
            Order(order_names[code], query.with_sort(code).querystring, code == query.sort)
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
