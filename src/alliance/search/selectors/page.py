"""The finder as a page: the result, its map, its orders, and what the forms must carry along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.map import draw_some
from alliance.core.errors import NotFound
from alliance.search.labels import KIND_ORDER, kind_name
from alliance.search.query import FILTER_KEYS, MAIN_KINDS, SORTS, FinderQuery
from alliance.search.results import FinderResult, Hit, Notice
from alliance.search.selectors.finder import find
from alliance.search.selectors.related import hit_of, related, related_by_meaning
from alliance.web.formatting import quoted

#: Filters shown open; the others fold until one of their choices is made.
OPEN_FILTERS = ("outcome", "grade", "theme", "size")
#: Parameters of the page that are no filters: `map` chooses what the map shows.
OTHER_PARAMETERS = ("q", "year_from", "year_to", "sort", "page", "map")
# So many unknown parameters are named, and so much of each name is shown.
MOST_NAMED = 5
LONGEST_NAME = 40


def _order_names() -> dict[str, str]:
    return {
        "relevance": _("most relevant"),
        "evidence": _("strongest evidence"),
        "cost": _("lowest cost"),
        "soonest": _("quickest result"),
        "newest": _("most recently added"),
        "year": _("most recent start"),
    }


def _not_filters(names: Iterable[str]) -> tuple[Notice, ...]:
    unknown = [name for name in names if name not in (*FILTER_KEYS, *OTHER_PARAMETERS)]
    if not unknown:
        return ()
    shown = [quoted(name[:LONGEST_NAME]) for name in unknown[:MOST_NAMED]]
    shown += ["…"] if len(unknown) > MOST_NAMED else []
    message = ngettext(
        "Ignored because it is not a filter: %(names)s.",
        "Ignored because they are not filters: %(names)s.",
        len(unknown),
    )
    return (Notice("not-a-filter", message % {"names": ", ".join(shown)}),)


def _none_has_all(result: FinderResult) -> tuple[Notice, ...]:
    codes = {notice.code for notice in result.notices}
    if not result.total or result.n_full or "unmatched" in codes:
        return ()
    message = (
        _("No exact match with these filters. Closest results:")
        if result.chips
        else _("No exact match. Closest results:")
    )
    return (Notice("some-words", message),)


def _groups(result: FinderResult) -> list[tuple[str, list[Hit]]]:
    """The hits with all words, then those with some or related ones under their own heading.

    Only the order by relevance parts them.
    """
    if not result.n_full or result.is_sentence or result.query.sort != "relevance":
        return [("", list(result.hits))]
    groups = [
        ("", [hit for hit in result.hits if hit.matches_all]),
        (
            _("Results that contain some of your search words, or only related words:"),
            [hit for hit in result.hits if not hit.matches_all],
        ),
    ]
    return [(heading, hits) for heading, hits in groups if hits]


@dataclass(frozen=True)
class Tab:
    """One kind of records among the hits, with its address."""

    label: str
    count: int
    querystring: str
    is_current: bool


def _tabs(result: FinderResult) -> tuple[Tab, ...]:
    """Solutions and cases together, then each kind that has hits or is asked for."""
    query = result.query
    chosen = query.filters.get("kind", ())
    counts = {
        option.code: option.count
        for group in result.facets
        if group.key == "kind"
        for option in group.options
    }
    shown = [kind for kind in KIND_ORDER if counts.get(kind) or chosen == (kind,)]
    n_main = sum(counts.get(kind, 0) for kind in MAIN_KINDS)
    every = query.without("kind")
    main = Tab(_("Solutions and cases"), n_main, every.querystring, not chosen and n_main > 0)
    return (
        main,
        *(
            Tab(
                capfirst(kind_name(kind)),
                counts.get(kind, 0),
                every.with_code("kind", kind).querystring,
                chosen == (kind,),
            )
            for kind in shown
        ),
    )


def find_page(
    query: FinderQuery, *, today: dt.date, view: str = "", names: Iterable[str] = ()
) -> dict[str, Any]:
    """Search, and lay out the page. `view`: "europe" or "world" for the map, else by the hits.

    `names` are those of all parameters of the address; the page tells which of them it left out.
    `kept` are the filters that a new search text keeps; `sound`, where the query has faults, is
    the query string of the search without them. "x of y did not work" is not said of hits that
    were chosen by how they ended (`tells_outcomes`).
    """
    result = find(query, today=today)
    places = result.places
    order_names = _order_names()
    sort = query.sort if query.text or query.sort != "relevance" else "evidence"
    return {
        "result": result,
        "notices": (*_not_filters(names), *_none_has_all(result), *result.notices),
        "groups": _groups(result),
        "tabs": _tabs(result),
        "sound": query.without_keys({fault.where for fault in result.faults}).querystring,
        # Drawn where it is not kept.
        "chart": cache(
            lambda: draw_some(places.latitudes, places.longitudes, places.point, view=view)
        ),
        "orders": [
            (order_names[code], query.with_sort(code).querystring, code == sort)
            for code in SORTS
            if query.text or code != "relevance"
        ],
        "kept": [pair for pair in query.to_params() if pair[0] not in ("q", "page")],
        "open_filters": OPEN_FILTERS,
        "tells_outcomes": not result.faults and not {"outcome", "reason"} & set(query.filters),
        "today": today,
    }


def example_searches() -> tuple[str, ...]:
    """Searches to start from, in the page's language."""
    return (
        _("renovating apartment buildings"),
        _("less car traffic in the centre"),
        _("heatwave"),
        _("food waste"),
    )


def related_page(kind: str, public_id: str, language: str, *, today: dt.date) -> dict[str, Any]:
    """The neighbours of a published record: by shared words, and by meaning where that is in use.

    Raises NotFound where it is not in the index.
    """
    record = hit_of(kind, public_id, language=language, today=today)
    if record is None:
        raise NotFound(kind, public_id)
    return {
        "record": record,
        "by_words": related(kind, public_id, 10, language=language, today=today),
        "by_meaning": related_by_meaning(kind, public_id, 10, language=language, today=today),
        "meaning_in_use": settings.SEMANTIC,
        "today": today,
    }
