"""The durable form of a document, and from it the row of a record in a segment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.core.documents import Document
from alliance.search.analysis import PHRASE_BREAK, analyse
from alliance.search.labels import UNKNOWN
from alliance.search.segments import RecordRow

# Filters for which "not recorded" can be asked for, and the kinds of records it is said of.
UNKNOWN_FOR = {
    "size": frozenset({"case", "city"}),
    "climate": frozenset({"case", "city"}),
    "cost_band": frozenset({"case"}),
    "grade": frozenset({"case", "solution"}),
}


@dataclass(frozen=True)
class StoredDocument:
    """A document with its tokens, as plain values for JSON."""

    kind: str
    public_id: str
    language: str
    shown: dict[str, Any]
    terms: dict[str, Any]


def stored(document: Document) -> StoredDocument:
    """Analyse a document and lay it out for storage."""
    analysed = analyse(document)
    updated_at = document.updated_at
    return StoredDocument(
        kind=document.kind,
        public_id=document.public_id,
        language=document.language,
        shown={
            "title": document.title,
            "summary": document.summary,
            "facets": {key: list(codes) for key, codes in document.facets.items()},
            "outcome": document.outcome,
            "evidence": document.evidence,
            "year": document.year,
            "review_by": document.review_by.isoformat() if document.review_by else None,
            "updated_at": updated_at.isoformat() if updated_at else None,
            "latitude": document.latitude,
            "longitude": document.longitude,
            "extra": dict(document.extra),
        },
        terms={
            "tokens": " ".join(analysed.weights),
            "weights": list(analysed.weights.values()),
            "sequence": " ".join(analysed.sequence),
        },
    )


def all_facets(rows: Sequence[StoredDocument]) -> dict[str, list[str]]:
    """The facets of a record with those that follow from them."""
    first = rows[0]
    shown = first.shown
    facets = {key: list(codes) for key, codes in shown["facets"].items()}
    # A filter by theme finds the cases of its solutions too; their text is of their own alone.
    if inherited := facets.pop("solution_theme", []):
        facets["theme"] = list(dict.fromkeys([*facets.get("theme", []), *inherited]))
    facets["kind"] = [first.kind]
    facets["language"] = [row.language for row in rows]
    if shown["outcome"]:
        facets["outcome"] = [shown["outcome"]]
    if "sdg" in facets:
        facets["goal"] = [code.partition(".")[0] for code in facets["sdg"]]
    if shown["evidence"] is not None:
        facets["grade"] = [str(shown["evidence"])]
    for key, kinds in UNKNOWN_FOR.items():
        if first.kind in kinds:
            facets.setdefault(key, [UNKNOWN])
    return facets


def _values(shown: Mapping[str, Any]) -> dict[str, float]:
    values = {
        name: shown[name]
        for name in ("evidence", "year", "latitude", "longitude")
        if shown[name] is not None
    }
    values |= {
        name: shown["extra"][name]
        for name in ("cost", "years_to_result")
        if shown["extra"].get(name) is not None
    }
    if shown["review_by"]:
        values["review_by"] = dt.date.fromisoformat(shown["review_by"]).toordinal()
    if shown["updated_at"]:
        values["updated_at"] = dt.datetime.fromisoformat(shown["updated_at"]).timestamp()
    return values


def record_row(rows: Sequence[StoredDocument]) -> RecordRow:
    """One row of the index from the stored documents of one record, one a language.

    A token weighs what it weighs in the language that has it most.
    """
    rows = sorted(rows, key=lambda row: row.language)
    weights: dict[str, int] = {}
    sequence: list[str] = []
    for row in rows:
        row_weights = dict(zip(row.terms["tokens"].split(), row.terms["weights"], strict=True))
        for token in weights.keys() & row_weights.keys():
            row_weights[token] = max(row_weights[token], weights[token])
        weights |= row_weights
        sequence += [*row.terms["sequence"].split(), PHRASE_BREAK]
    return RecordRow(
        kind=rows[0].kind,
        public_id=rows[0].public_id,
        weights=weights,
        sequence=sequence,
        titles={row.language: row.shown["title"] for row in rows},
        facets=all_facets(rows),
        values=_values(rows[0].shown),
    )
