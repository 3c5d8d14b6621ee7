"""One search: hits, filters with counts and as chips, notices, and points on the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.cases.models import Measure
from alliance.cases.selectors.localise import local_name
from alliance.charts.map import MapPoint
from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.search import matching
from alliance.search.facet_columns import Rows
from alliance.search.filtering import GRADES, Filtered, faults_of, filtered
from alliance.search.index import Index
from alliance.search.labels import CLOSED, KIND_ORDER, UNKNOWN, code_label, facet_name
from alliance.search.query import FILTER_KEYS, PAGE_SIZE, FinderQuery
from alliance.search.results import (
    Chip,
    FacetGroup,
    FacetOption,
    FinderResult,
    Notice,
    Places,
    WayOut,
)
from alliance.search.selectors.answer import answer
from alliance.search.selectors.hits import hits_of, kind_counts, outcome_counts, record_url
from alliance.search.selectors.narrowing import narrowing
from alliance.search.store import store
from alliance.web.formatting import colon, quoted

#: Choices of an open list that are named; the rest is counted.
MOST_OPTIONS = 40
#: Words named that no record has.
MOST_NAMED = 5


def _label(
    index: Index, key: str, code: str, language: str, measures: Mapping[str, str] | None = None
) -> str:
    if measures and code in measures:
        return measures[code]
    label = code_label(key, code, language)
    if label is not None:
        return label
    row = index.row(key, code)
    return code if row is None else index.title(row, language)


def _measures(query: FinderQuery) -> dict[str, str]:
    """The names of the measures asked for; one query where there are any, else none."""
    asked = query.filters.get("measure", ())
    rows = Measure.objects.filter(slug__in=asked) if asked else ()
    return {row.slug: local_name(row, query.language) for row in rows}


def facet_groups(
    index: Index, passed: Filtered, query: FinderQuery, measures: Mapping[str, str]
) -> tuple[FacetGroup, ...]:
    """The filters that have choices, with the hits each choice would give.

    `measures`: the names of those asked for, by their codes.
    """
    groups = []
    for key in FILTER_KEYS:
        # There are too many measures to choose from: pages of indicators lead to them.
        if key == "measure" and key not in query.filters:
            continue
        counts = passed.count(index, key)
        selected = query.filters.get(key, ())
        codes = list(dict.fromkeys([*_option_order(key, counts), *selected]))
        if key == "measure":
            codes = list(selected)
        shown = [
            code
            for place, code in enumerate(codes)
            if place < MOST_OPTIONS or key in CLOSED or code in selected
        ]
        if not shown:
            continue
        options = tuple(
            FacetOption(
                key=key,
                code=code,
                label=_label(
                    index, key, code, query.language, measures if key == "measure" else None
                ),
                count=counts.get(code, 0),
                selected=code in selected,
                query=query,
            )
            for code in shown
        )
        groups.append(FacetGroup(key, facet_name(key), options, len(codes) - len(shown)))
    return tuple(groups)


def _option_order(key: str, counts: Mapping[str, int]) -> list[str]:
    """Closed lists as published, numbers by value, open lists by count; unknown last."""
    if key in CLOSED:
        order = list(CLOSED[key].values)
    elif key == "grade":
        order = list(GRADES)
    elif key == "kind":
        order = list(KIND_ORDER)
    elif key in ("sdg", "goal"):
        order = sorted((code for code in counts if code != UNKNOWN), key=_by_number)
    else:
        order = sorted(counts, key=lambda code: (-counts[code], code))
    rest = sorted(set(counts) - set(order) - {UNKNOWN})
    ordered = [*(code for code in order if code != UNKNOWN), *rest, UNKNOWN]
    return [code for code in ordered if counts.get(code)]


def _by_number(code: str) -> tuple[int, int, str]:
    goal, _dot, target = code.partition(".")
    return (
        int(goal) if goal.isdigit() else 99,
        int(target) if target.isdigit() else 99,
        target,
    )


def chips_of(index: Index, query: FinderQuery, measures: Mapping[str, str]) -> tuple[Chip, ...]:
    """The active choices, each with the search that lacks it. Who gained and who paid may be the
    same people, and anything may be unknown: these labels say of what they are."""

    def label_of(key: str, code: str) -> str:
        text = _label(index, key, code, query.language, measures if key == "measure" else None)
        is_alone = key not in ("gained", "paid") and code != UNKNOWN
        return text if is_alone else f"{facet_name(key)}{colon()} {text}"

    chips = [
        Chip(key, code, facet_name(key), label_of(key, code), query.without(key, code).querystring)
        for key in FILTER_KEYS
        for code in query.filters.get(key, ())
    ]
    if query.year_from is not None:
        label = _("from %(year)s") % {"year": query.year_from}
        chips.append(_year_chip(query, "year_from", query.year_from, label))
    if query.year_to is not None:
        label = _("up to %(year)s") % {"year": query.year_to}
        chips.append(_year_chip(query, "year_to", query.year_to, label))
    return tuple(chips)


def ways_out(passed: Filtered, query: FinderQuery, hits: int) -> tuple[WayOut, ...]:
    """Of a search whose filters leave nothing: what each filter alone keeps away, most first.

    Where no filter alone does, the one way is without any of them; `hits` are those of the text.
    """
    ways = [
        WayOut(facet_name(key), rows.size, query.without(key).querystring)
        for key, rows in passed.others.items()
        if rows.size
    ]
    if passed.any_year:
        without = query.without_year("year_from", "year_to")
        ways.append(WayOut(_("Year"), passed.any_year, without.querystring))
    if hits and not ways:
        keys = {*query.filters, "year_from", "year_to"}
        ways.append(WayOut("", hits, query.without_keys(keys).querystring))
    return tuple(sorted(ways, key=lambda way: -way.count))


def _year_chip(query: FinderQuery, key: str, year: int, label: str) -> Chip:
    return Chip(key, str(year), _("Year"), label, query.without(key).querystring)


@dataclass(frozen=True)
class _RawResult:
    """A search before anything of it is told."""

    index: Index
    parsed: matching.ParsedText
    match: matching.Match
    passed: Filtered
    rows: Rows


def _search(index: Index, query: FinderQuery, today: dt.date) -> _RawResult:
    parsed = matching.parse(query.text)
    match = matching.match(index, parsed, query.language, today=today.toordinal())
    passed = filtered(index, query, match.hits)
    return _RawResult(index, parsed, match, passed, _ordered(index, query, match, passed.rows))


def _ordered(index: Index, query: FinderQuery, match: matching.Match, rows: Rows) -> Rows:
    """The rows in the order asked for; equal ones by kind and id, so that pages never overlap."""
    newest = -index.columns["updated_at"][rows]
    evidence = -index.columns["evidence"][rows].astype(np.int64)
    years: npt.NDArray[np.int64] = index.columns["year"][rows].astype(np.int64)
    rank = index.rank[rows]
    if query.sort == "evidence":
        order = np.lexsort((rank, -match.score[rows], evidence))
    elif query.sort in ("cost", "soonest"):
        values = index.columns["cost" if query.sort == "cost" else "years_to_result"][rows]
        order = np.lexsort((rank, -match.score[rows], evidence, values))
    elif query.sort == "newest":
        order = np.lexsort((rank, -match.score[rows], newest))
    elif query.sort == "year":
        order = np.lexsort((rank, -match.score[rows], -years))
    elif match.score.any():
        return matching.order(index, rows, match)
    else:
        # Where nothing was asked: solutions first, the best known on top.
        no_solution = ~index.facet("kind").having(["solution"])[rows]
        order = np.lexsort((rank, newest, evidence, no_solution))
    return rows[order]


def find(query: FinderQuery, *, today: dt.date) -> FinderResult:
    """Search. A query with faults finds nothing, and the result names them all.

    today: the date that decides which records are past their review. Two queries to the database,
    however many hits there are, one more where a measure is asked for, and those of the answer.
    """
    current = store.current(at=clock.now())
    index = current.index
    with translation.override(query.language):
        faults = faults_of(index, query)
        sound = query if not faults else query.without_keys({fault.where for fault in faults})
        search = _search(index, sound, today)
        measures = _measures(query)
        total = 0 if faults else search.rows.size
        n_pages = max(1, -(-total // PAGE_SIZE))
        page = min(query.page, n_pages)
        start = (page - 1) * PAGE_SIZE
        shown = search.rows[start : start + PAGE_SIZE] if total else search.rows[:0]
        counted = search.rows if total else search.rows[:0]
        full = search.match.whole[counted]
        is_first = query.is_main and page == 1 and not faults
        return FinderResult(
            query=query,
            total=total,
            n_full=int(np.count_nonzero(full)),
            is_sentence=search.match.expansion.is_sentence,
            hits=hits_of(index, shown, query.language, today, search.match),
            kinds=kind_counts(index, counted),
            facets=index.get_or_set(
                ("facets", sound.key, tuple(sorted(measures.items())), today),
                lambda: facet_groups(index, search.passed, sound, measures),
            ),
            chips=chips_of(index, query, measures),
            # Hits with some of the words may speak of something else: nobody shall count on them.
            outcomes=outcome_counts(index, counted[full]),
            notices=_notices(search, sound, current.behind),
            faults=faults,
            places=_places(index, counted, query.language),
            ways_out=()
            if total or faults
            else ways_out(search.passed, sound, int(np.count_nonzero(search.match.hits))),
            page=page,
            n_pages=n_pages,
            answer=answer(index, query, search.parsed, search.match, today) if is_first else None,
            narrowing=narrowing(index, query, search.parsed, search.match) if is_first else None,
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
        label, tongue = index.shown_title(row, language)
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


def _notices(search: _RawResult, query: FinderQuery, behind: int) -> tuple[Notice, ...]:
    notices = []
    parsed = matching.parse(query.text)
    if parsed.was_cut:
        message = _("Only the first %(count)s characters of your search were used.")
        notices.append(Notice("cut", message % {"count": matching.MAX_LENGTH}))
    if query.text and parsed.is_empty:
        message = _("Your search contains no searchable words, so everything is listed.")
        notices.append(Notice("nothing-to-search", message))
    expansion = search.match.expansion
    places: dict[tuple[int, ...], list[str]] = {}
    for typed, rows in expansion.districts:
        places.setdefault(rows, []).append(typed)
    for rows, typed_words in places.items():
        cities = ", ".join(search.index.title(row, query.language) for row in rows)
        message = ngettext(
            "“%(district)s” is in %(cities)s. Results for the city:",
            "“%(district)s” is in %(cities)s. Results for these cities:",
            len(rows),
        )
        values = {"district": capfirst(" ".join(typed_words)), "cities": cities}
        notices.append(Notice("district", message % values))
    for typed, taken in expansion.corrections:
        message = _("No results for “%(typed)s”. Showing results for “%(taken)s”.")
        notices.append(Notice("corrected", message % {"typed": typed, "taken": taken}))
    if expansion.unmatched:
        named = ", ".join(quoted(word) for word in expansion.unmatched[:MOST_NAMED])
        message = (
            _("No results for %(words)s. Closest results:")
            if search.rows.size
            else _("No results for %(words)s.")
        )
        notices.append(Notice("unmatched", message % {"words": named}))
    elif search.match.is_mentioned and search.rows.size:
        message = _("No result is mainly about “%(text)s”. These mention it:")
        notices.append(Notice("mentioned", message % {"text": query.text}))
    unknown = search.passed.year_unknown
    if unknown:
        message = ngettext(
            "%(count)s case with no year is not included.",
            "%(count)s cases with no year are not included.",
            unknown,
        )
        notices.append(Notice("year-unknown", message % {"count": unknown}))
    if behind:
        message = ngettext(
            "%(count)s recent change is not in the search results yet.",
            "%(count)s recent changes are not in the search results yet.",
            behind,
        )
        notices.append(Notice("behind", message % {"count": behind}))
    return tuple(notices)
