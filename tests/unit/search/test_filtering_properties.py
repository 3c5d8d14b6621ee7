"""Filters and their counts against counting record by record."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.search.filtering import GRADES, filtered, known_codes
from alliance.search.index import Index
from alliance.search.labels import UNKNOWN
from alliance.search.query import FILTER_KEYS, FinderQuery
from alliance.search.segments import RecordRow
from tests.factories.search import document, rows

CODES = {
    "theme": ["mobility", "water", "waste"],
    "country": ["SE", "FR"],
    "size": ["under-100k", "over-1m"],
    "sdg": ["11.2", "11.6", "3.9"],
}


@st.composite
def records(draw: st.DrawFn) -> RecordRow:
    kind = draw(st.sampled_from(["case", "solution", "city"]))
    facets = {
        key: tuple(draw(st.lists(st.sampled_from(codes), max_size=2, unique=True)))
        for key, codes in CODES.items()
    }
    one = document(
        f"r{draw(st.integers(0, 10**9))}",
        "Tram",
        kind=kind,
        facets={key: codes for key, codes in facets.items() if codes},
        outcome=draw(st.sampled_from(["worked", "mixed", None])),
        evidence=draw(st.sampled_from([None, 0, 1, 3, 5])),
        year=draw(st.sampled_from([None, 2010, 2020])),
    )
    return rows([one])[0]


@st.composite
def queries(draw: st.DrawFn) -> FinderQuery:
    filters: dict[str, tuple[str, ...]] = {}
    possible = CODES | {
        "kind": ["case", "solution", "city"],
        "outcome": ["worked", "mixed", "did-not-work"],
        "grade": [*GRADES, UNKNOWN],
        "goal": ["11", "3"],
    }
    possible["size"] = [*CODES["size"], UNKNOWN]
    for key, codes in possible.items():
        chosen = draw(st.lists(st.sampled_from(codes), max_size=2, unique=True))
        if chosen and draw(st.booleans()):
            filters[key] = tuple(chosen)
    low, high = draw(st.sampled_from([(None, None), (2015, None), (None, 2015), (2010, 2020)]))
    return FinderQuery(filters=filters, year_from=low, year_to=high)


def has(record: RecordRow, key: str, code: str) -> bool:
    own = record.facets.get(key, ())
    if key == "grade" and code != UNKNOWN:
        return any(one != UNKNOWN and int(one) >= int(code) for one in own)
    return code in own


def passes(record: RecordRow, query: FinderQuery, *, but: str = "") -> bool:
    year: Any = record.values.get("year")
    if (query.year_from or query.year_to) and year is None:
        return False
    if query.year_from and year < query.year_from:
        return False
    if query.year_to and year > query.year_to:
        return False
    return all(
        any(has(record, key, code) for code in codes)
        for key, codes in query.filters.items()
        if key != but
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(records(), max_size=25, unique_by=lambda one: one.key), queries())
def test_rows_and_counts_are_those_of_counting_by_hand(
    given_records: list[RecordRow], query: FinderQuery
) -> None:
    index = Index.of(given_records)
    by_key = {record.key: record for record in given_records}
    result = filtered(index, query, index.alive)
    names = {"\x01".join(index.identity(row)).encode() for row in result.rows.tolist()}
    assert names == {key for key, record in by_key.items() if passes(record, query)}
    for key in FILTER_KEYS:
        others = [record for record in given_records if passes(record, query, but=key)]
        wanted = {
            code: sum(has(record, key, code) for record in others)
            for code in set(known_codes(index, key)) | {UNKNOWN}
        }
        assert result.count(index, key) == {code: n for code, n in wanted.items() if n}
    if query.year_from or query.year_to:
        unknown = [
            record
            for record in given_records
            if record.kind == "case"
            and record.values.get("year") is None
            and passes(record, FinderQuery(filters=query.filters))
        ]
        assert result.year_unknown == len(unknown)


@settings(deadline=None, max_examples=40)
@given(st.lists(records(), max_size=40, unique_by=lambda one: one.key), st.data())
def test_counting_is_the_same_by_any_way(
    given_records: list[RecordRow], data: st.DataObject
) -> None:
    """Columns count few rows, many rows and single codes by different ways."""
    index = Index.of(given_records)
    chosen = data.draw(st.sets(st.integers(0, max(0, index.size - 1)))) if index.size else set()
    picked = np.array(sorted(chosen), np.int64)
    ordered = sorted(given_records, key=lambda one: one.key)
    for key in index.facets:
        column = index.facet(key)
        counted = dict(zip(column.vocabulary, column.count(picked).tolist(), strict=True))
        by_row = [ordered[row].facets.get(key, ()) for row in picked]
        assert counted == {code: sum(code in codes for codes in by_row) for code in counted}
