"""Filters over the columns of the index, and how many records each further choice would give."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from alliance.core.errors import Fault
from alliance.search.facet_columns import Mask, Rows
from alliance.search.index import Index
from alliance.search.labels import CLOSED, KIND_ORDER, UNKNOWN
from alliance.search.query import (
    FILTER_KEYS,
    MAIN_KINDS,
    MAX_CODE_LENGTH,
    SHOWN_ALLOWED,
    FinderQuery,
)
from alliance.search.stored import UNKNOWN_FOR

GRADES = ("1", "2", "3", "4", "5")


def known_codes(index: Index, key: str) -> tuple[str, ...]:
    """The codes that may be asked for: those of a closed list, and those that records carry."""
    if key == "grade":
        return (*GRADES, UNKNOWN)
    closed = list(CLOSED[key].values) if key in CLOSED else []
    if key == "kind":
        # A kind that no record is of yet finds nothing; it is no mistake.
        closed = list(KIND_ORDER)
    carried = [code for code in index.facet(key).vocabulary if code not in closed]
    unknown = [UNKNOWN] if key in UNKNOWN_FOR and UNKNOWN not in carried else []
    return (*closed, *carried, *unknown)


def faults_of(index: Index, query: FinderQuery) -> tuple[Fault, ...]:
    """All faults of a query: those of its address, and codes that do not exist."""
    faults = list(query.faults)
    for key, codes in query.filters.items():
        allowed = known_codes(index, key)
        possible = frozenset(allowed)
        # Indicators name all measures that act on them, also those no case has an effect of yet.
        if key == "measure" and possible.intersection(codes):
            continue
        for code in codes:
            if code not in possible:
                params = {"value": code, "allowed": _hint(code, allowed)}
                faults.append(Fault(key, "not-one-of", params))
    return tuple(faults)


def _hint(code: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The allowed codes, or of a long list the ones that look like the code given."""
    if len(allowed) <= SHOWN_ALLOWED:
        return allowed
    close = difflib.get_close_matches(code[:MAX_CODE_LENGTH], allowed[:5_000], 5, 0.5)
    others = [other for other in allowed if other not in close]
    return (*close, *others[: SHOWN_ALLOWED - len(close)], "…")


@dataclass(frozen=True)
class Filtered:
    """Rows that pass all filters, and for each active filter those that pass all others.

    year_unknown: rows that only the filter by year left out, because their year is not recorded.
    any_year: how many rows pass all filters but that by year; None where there is no such filter.
    """

    rows: Rows
    others: Mapping[str, Rows]
    year_unknown: int
    any_year: int | None

    def count(self, index: Index, key: str) -> dict[str, int]:
        """How many of the rows carry each code, were the filter `key` not set."""
        rows = self.others.get(key, self.rows)
        column = index.facet(key)
        counts = column.count(rows)
        by_code = {column.vocabulary[place]: int(counts[place]) for place in np.flatnonzero(counts)}
        return _at_least(by_code) if key == "grade" else by_code


def _at_least(grade_counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by evidence points as counts of "at least so many"."""
    counts = {
        points: sum(
            count for code, count in grade_counts.items() if code != UNKNOWN and code >= points
        )
        for points in GRADES
    }
    if UNKNOWN in grade_counts:
        counts[UNKNOWN] = grade_counts[UNKNOWN]
    return {code: count for code, count in counts.items() if count}


def _mask(index: Index, key: str, codes: tuple[str, ...]) -> Mask:
    if key == "grade":
        points = [code for code in codes if code != UNKNOWN]
        wanted = [code for code in GRADES if points and code >= min(points)]
        return index.facet(key).having([*wanted, *(code for code in codes if code == UNKNOWN)])
    return index.facet(key).having(codes)


def _year_mask(index: Index, query: FinderQuery) -> tuple[Mask | None, Mask | None]:
    """(passes the filter by year, would need a recorded year); None where there is no filter."""
    if query.year_from is None and query.year_to is None:
        return None, None
    years: npt.NDArray[np.int16] = index.columns["year"]
    mask = years > 0
    if query.year_from is not None:
        mask &= years >= query.year_from
    if query.year_to is not None:
        mask &= years <= query.year_to
    return mask, (years == 0) & index.facet("kind").having(["case"])


def filtered(index: Index, query: FinderQuery, hits: Mask) -> Filtered:
    """Apply the filters of a query to the hits of its text."""
    if query.is_main and "kind" not in query.filters:
        narrow = replace(query, filters={**query.filters, "kind": MAIN_KINDS})
        main = filtered(index, narrow, hits)
        return main if main.rows.size else filtered(index, replace(query, is_main=False), hits)
    masks: dict[str, Mask] = {
        key: _mask(index, key, query.filters[key]) for key in FILTER_KEYS if key in query.filters
    }
    year, without_year = _year_mask(index, query)
    coded = hits if not masks else hits & np.logical_and.reduce(list(masks.values()))
    base = hits if year is None else hits & year
    others = {
        key: np.flatnonzero(
            np.logical_and.reduce([base, *(mask for name, mask in masks.items() if name != key)])
        )
        for key in masks
    }
    unknown = 0 if without_year is None else int(np.count_nonzero(coded & without_year))
    rows = np.flatnonzero(coded if year is None else coded & year)
    return Filtered(rows, others, unknown, None if year is None else int(np.count_nonzero(coded)))
