"""Filters as the page shows them: choices with counts, and the active ones as chips."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from alliance.knowledge.models import Measure
from alliance.knowledge.selectors.localise import local_name
from alliance.search.filtering import GRADES, Filtered
from alliance.search.index import Index
from alliance.search.labels import CLOSED, KIND_ORDER, UNKNOWN, code_label, facet_name
from alliance.search.query import FILTER_KEYS, FinderQuery
from alliance.search.results import Chip, FacetGroup, FacetOption, WayOut

#: Choices of an open list that are named; the rest is counted.
MOST_OPTIONS = 40


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


def facet_groups(index: Index, passed: Filtered, query: FinderQuery) -> tuple[FacetGroup, ...]:
    """The filters that have choices, with the hits each choice would give."""
    groups = []
    measures = _measures(query)
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


def chips_of(index: Index, query: FinderQuery) -> tuple[Chip, ...]:
    """The active choices, each with the search that lacks it."""
    measures = _measures(query)
    chips = [
        Chip(
            key,
            code,
            facet_name(key),
            _label(index, key, code, query.language, measures if key == "measure" else None),
            query.without(key, code).querystring,
        )
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
    found = [
        WayOut(facet_name(key), rows.size, query.without(key).querystring)
        for key, rows in passed.others.items()
        if rows.size
    ]
    if passed.any_year:
        without = query.without_year("year_from", "year_to")
        found.append(WayOut(_("Year"), passed.any_year, without.querystring))
    if hits and not found:
        keys = {*query.filters, "year_from", "year_to"}
        found.append(WayOut("", hits, query.without_keys(keys).querystring))
    return tuple(sorted(found, key=lambda way: -way.count))


def _year_chip(query: FinderQuery, key: str, year: int, label: str) -> Chip:
    return Chip(key, str(year), _("Year"), label, query.without(key).querystring)
