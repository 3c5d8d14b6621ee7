"""One search: hits, filters with counts, notices, and points on the map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.map import MapPoint
from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.search import matching
from alliance.search.facet_columns import Rows
from alliance.search.filtering import Filtered, faults_of, filtered
from alliance.search.index import Index
from alliance.search.query import PAGE_SIZE, FinderQuery
from alliance.search.results import FinderResult, Notice, Places
from alliance.search.selectors.facets import chips_of, facet_groups, ways_out
from alliance.search.selectors.hits import hits_of, kind_counts, outcome_counts, record_url
from alliance.search.store import store


@dataclass(frozen=True)
class _Found:
    """A search before anything of it is told."""

    index: Index
    match: matching.Match
    passed: Filtered
    rows: Rows


def _search(index: Index, query: FinderQuery, today: dt.date) -> _Found:
    parsed = matching.parse(query.text)
    match = matching.match(index, parsed, query.language, today=today.toordinal())
    passed = filtered(index, query, match.hits)
    return _Found(index, match, passed, _ordered(index, query, match, passed.rows))


def _ordered(index: Index, query: FinderQuery, match: matching.Match, rows: Rows) -> Rows:
    """The rows in the order asked for; equal ones by kind and id, so that pages never overlap."""
    newest = -index.columns["updated_at"][rows]
    evidence = -index.columns["evidence"][rows].astype(np.int64)
    years: npt.NDArray[np.int64] = index.columns["year"][rows].astype(np.int64)
    rank = index.rank[rows]
    if query.sort == "evidence":
        order = np.lexsort((rank, -match.score[rows], evidence))
    elif query.sort == "newest":
        order = np.lexsort((rank, -match.score[rows], newest))
    elif query.sort == "year":
        order = np.lexsort((rank, -match.score[rows], -years))
    elif match.score.any():
        return matching.order(index, rows, match)
    else:
        order = np.lexsort((rank, evidence, newest))
    return rows[order]


def find(query: FinderQuery, *, today: dt.date) -> FinderResult:
    """Search. A query with faults finds nothing, and the result names them all.

    today: the date that decides which records are past their review. Two queries to the database,
    however many hits there are.
    """
    current = store.current(at=clock.now())
    index = current.index
    with translation.override(query.language):
        faults = faults_of(index, query)
        sound = query if not faults else query.without_keys({fault.where for fault in faults})
        found = _search(index, sound, today)
        total = 0 if faults else found.rows.size
        n_pages = max(1, -(-total // PAGE_SIZE))
        page = min(query.page, n_pages)
        start = (page - 1) * PAGE_SIZE
        shown = found.rows[start : start + PAGE_SIZE] if total else found.rows[:0]
        counted = found.rows if total else found.rows[:0]
        full = found.match.full[counted]
        return FinderResult(
            query=query,
            total=total,
            n_full=int(np.count_nonzero(full)),
            hits=hits_of(index, shown, query.language, today, found.match),
            kinds=kind_counts(index, counted),
            facets=facet_groups(index, found.passed, sound),
            chips=chips_of(index, query),
            # Hits with some of the words may speak of something else: nobody shall count on them.
            outcomes=outcome_counts(index, counted[full]),
            notices=_notices(found, sound, current.behind),
            faults=faults,
            places=_places(index, counted, query.language),
            ways_out=()
            if total or faults
            else ways_out(found.passed, sound, int(np.count_nonzero(found.match.hits))),
            page=page,
            n_pages=n_pages,
        )


def find_or_refuse(query: FinderQuery, *, today: dt.date) -> FinderResult:
    """As `find`, but a faulty query raises InvalidData: the way in for the API."""
    result = find(query, today=today)
    if result.faults:
        raise InvalidData(result.faults)
    return result


def _places(index: Index, rows: Rows, language: str) -> Places:
    """The places of these rows."""
    latitudes = index.columns["latitude"][rows].astype(float)
    longitudes = index.columns["longitude"][rows].astype(float)
    outcome = index.facet("outcome")

    @cache
    def pattern(kind: str) -> str:
        # Resolving an address costs more than all else here: once a kind is enough.
        with translation.override(language):
            address = record_url(kind, "0")
        return address[: address.rindex("0")]

    def point(position: int) -> MapPoint:
        row = int(rows[position])
        kind, public_id = index.identity(row)
        label, tongue = index.told_title(row, language)
        return MapPoint(
            id=f"{kind}-{public_id}",
            label=label,
            lat=float(latitudes[position]),
            lon=float(longitudes[position]),
            outcome=outcome.code(row) or "",
            href=f"{pattern(kind)}{public_id}/",
            language="" if tongue == language else tongue,
        )

    return Places(latitudes, longitudes, point)


def find_points(query: FinderQuery, *, today: dt.date) -> tuple[MapPoint, ...]:
    """All hits that have a place, best first, whatever the page. Faulty queries have none."""
    index = store.current(at=clock.now()).index
    if faults_of(index, query):
        return ()
    with translation.override(query.language):
        places = _places(index, _search(index, query, today).rows, query.language)
    return tuple(places.point(position) for position in places.located)


def _notices(found: _Found, query: FinderQuery, behind: int) -> tuple[Notice, ...]:
    notices = []
    parsed = matching.parse(query.text)
    if parsed.was_cut:
        message = _("Only the first %(count)s characters of the search were read.")
        notices.append(Notice("cut", message % {"count": matching.MAX_LENGTH}))
    if query.text and parsed.is_empty:
        message = _("There is nothing to search for in what was typed, so all records are listed.")
        notices.append(Notice("nothing-to-search", message))
    expansion = found.match.expansion
    for typed, taken in expansion.corrections:
        message = _("Nothing has “%(typed)s”; searched for “%(taken)s”.")
        notices.append(Notice("corrected", message % {"typed": typed, "taken": taken}))
    for word in expansion.unmatched:
        message = _("No record has “%(word)s”; it was left out.")
        notices.append(Notice("unmatched", message % {"word": word}))
    unknown = found.passed.year_unknown
    if unknown:
        message = ngettext(
            "%(count)s case without a recorded year was left out.",
            "%(count)s cases without a recorded year were left out.",
            unknown,
        )
        notices.append(Notice("year-unknown", message % {"count": unknown}))
    if behind:
        message = ngettext(
            "%(count)s change is not in the search yet.",
            "%(count)s changes are not in the search yet.",
            behind,
        )
        notices.append(Notice("behind", message % {"count": behind}))
    return tuple(notices)
