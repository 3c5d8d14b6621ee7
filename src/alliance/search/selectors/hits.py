"""Telling records found: hits in the reader's language, and how trials ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from alliance.cases.enums import Outcome, Reason
from alliance.cases.selectors.register import Tally, tally_from
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.labels import KIND_ORDER, kind_name
from alliance.search.matching import Match
from alliance.search.models import IndexedDocument
from alliance.search.results import Hit
from alliance.testbeds.messages.verdicts import headline

#: Pages that are not called after the kind, in its own room.
_PAGES = {
    "indicator": "indicators:indicator",
    "pilot": "testbeds:pilot",
    "need": "network:need",
    "offer": "network:offer",
    "process": "participation:take-part",
    "workshop": "workshops:workshop",
    "topic-group": "groups:group",
    "research-question": "research:question",
    "report": "reports:report",
}


def record_url(kind: str, public_id: str) -> str:
    """The address of a record's page in the active language."""
    return reverse(_PAGES.get(kind, f"knowledge:{kind}"), args=[public_id])


def hits_of(
    index: Index,
    rows: Rows,
    language: str,
    today: dt.date,
    match: Match | None = None,
) -> tuple[Hit, ...]:
    """The hits of these rows, in this order; one query."""
    identities = [index.identity(row) for row in rows.tolist()]
    stored: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    if identities:
        wanted: dict[str, list[str]] = {}
        for kind, public_id in identities:
            wanted.setdefault(kind, []).append(public_id)
        # Kind by kind, so that the unique index serves.
        chosen = reduce(
            or_, (Q(kind=kind, public_id__in=public_ids) for kind, public_ids in wanted.items())
        )
        for kind, public_id, tongue, shown in IndexedDocument.objects.filter(
            chosen, deleted=False
        ).values_list("kind", "public_id", "language", "shown"):
            stored.setdefault((kind, public_id), {})[tongue] = shown
    whole = None if match is None else match.whole
    hits = []
    for row, identity in zip(rows.tolist(), identities, strict=True):
        # A record taken out since the index was loaded is left out.
        if identity in stored:
            full = whole is None or bool(whole[row])
            hits.append(_hit(*identity, stored[identity], language, today, matches_all=full))
    return tuple(hits)


def _hit(
    kind: str,
    public_id: str,
    texts: Mapping[str, Mapping[str, Any]],
    language: str,
    today: dt.date,
    *,
    matches_all: bool,
) -> Hit:
    tongue = next(candidate for candidate in (language, "en", *sorted(texts)) if candidate in texts)
    shown = texts[tongue]
    review_by = dt.date.fromisoformat(shown["review_by"]) if shown["review_by"] else None
    updated_at = shown["updated_at"]
    return Hit(
        kind=kind,
        public_id=public_id,
        language=tongue,
        lang_attr="" if tongue == language else tongue,
        title=shown["title"],
        summary=shown["summary"],
        languages=tuple(sorted(texts)),
        outcome=shown["outcome"],
        evidence=shown["evidence"],
        year=shown["year"],
        review_by=review_by,
        stale=review_by is not None and review_by < today,
        updated_at=dt.datetime.fromisoformat(updated_at) if updated_at else None,
        latitude=shown["latitude"],
        longitude=shown["longitude"],
        matches_all=matches_all,
        url=record_url(kind, public_id),
        facets={key: tuple(codes) for key, codes in shown["facets"].items()},
        extra=shown["extra"],
    )


def pilot_words(extra: Mapping[str, Any], language: str) -> str:
    """What came out of a pilot, in one sentence; empty where nothing did yet."""
    if not extra.get("result"):
        return ""
    with translation.override(language):
        return headline(extra["result"], extra["unit"])


def kind_counts(index: Index, rows: Rows) -> tuple[tuple[str, str, int], ...]:
    """(kind, name, how many) of the rows, in the order of the page."""
    column = index.facet("kind")
    counts = dict(zip(column.vocabulary, column.count(rows).tolist(), strict=True))
    order = [*KIND_ORDER, *sorted(set(counts) - set(KIND_ORDER))]
    return tuple(
        (kind, kind_name(kind, counts[kind]), counts[kind]) for kind in order if counts.get(kind)
    )


def outcome_counts(index: Index, rows: Rows) -> Tally:
    """How the cases among the rows ended; the reasons in words."""
    kinds = index.facet("kind")
    cases = rows[kinds.having(["case"])[rows]]
    outcomes = index.facet("outcome")
    counts = dict(zip(outcomes.vocabulary, outcomes.count(cases).tolist(), strict=True))
    failed = cases[outcomes.having([Outcome.DID_NOT_WORK.value])[cases]]
    reasons = index.facet("reason")
    by_reason = dict(zip(reasons.vocabulary, reasons.count(failed).tolist(), strict=True))
    ordered = sorted(Reason.values, key=lambda code: -by_reason.get(code, 0))
    reason_counts = [
        (str(Reason(code).label), by_reason[code]) for code in ordered if by_reason.get(code)
    ]
    return tally_from(counts, tuple(reason_counts))
