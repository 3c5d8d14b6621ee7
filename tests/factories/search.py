"""Small documents and indexes for tests of the search, without a database."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from alliance.core.documents import Document
from alliance.search.index import Index
from alliance.search.matching import Match, match, order, parse
from alliance.search.segments import RecordRow
from alliance.search.stored import StoredDocument, record_row, stored

TODAY = dt.date(2026, 11, 24)


def document(public_id: str, title: str, **changes: Any) -> Document:
    """A case in English, unless told otherwise."""
    values: dict[str, Any] = {"kind": "case", "language": "en", "summary": ""} | changes
    return Document(public_id=public_id, title=title, **values)


def rows(documents: Iterable[Document]) -> list[RecordRow]:
    """The documents as rows of an index, one a record."""
    groups: dict[tuple[str, str], list[StoredDocument]] = defaultdict(list)
    for one in documents:
        groups[one.kind, one.public_id].append(stored(one))
    return [record_row(group) for group in groups.values()]


def index_of(*documents: Document) -> Index:
    return Index.of(rows(documents))


def search(index: Index, text: str, language: str = "en") -> list[str]:
    """The ids that a text finds, best first."""
    return ids(index, found(index, text, language))


def found(index: Index, text: str, language: str = "en") -> Match:
    return match(index, parse(text), language, today=TODAY.toordinal())


def ids(index: Index, result: Match) -> list[str]:
    return [
        index.identity(row)[1] for row in order(index, np.flatnonzero(result.hits), result).tolist()
    ]
