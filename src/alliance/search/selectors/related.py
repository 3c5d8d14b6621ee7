"""Records that speak of the same things as one record."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.conf import settings
from django.utils import translation

from alliance.core import clock
from alliance.search import semantic
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.matching import idf
from alliance.search.models import IndexedDocument
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of
from alliance.search.store import store

#: Tokens of a record that its neighbours are sought by: those that tell most of it.
TOKENS = 40
# A concept joins texts of all languages; a stem those of one.
CONCEPT_WEIGHT = 2.0


def hit_of(kind: str, public_id: str, *, language: str, today: dt.date) -> Hit | None:
    """One record as a hit, None where it is not in the index."""
    index = store.current(at=clock.now()).index
    row = index.row(kind, public_id)
    if row is None:
        return None
    with translation.override(language):
        return next(iter(hits_of(index, np.array([row], np.int64), language, today)), None)


def related(
    kind: str, public_id: str, limit: int = 6, *, language: str = "en", today: dt.date
) -> tuple[Hit, ...]:
    """The records of the same kind that share most telling words and concepts with this one.

    Best first; empty for a record that is not in the index.
    """
    index = store.current(at=clock.now()).index
    row = index.row(kind, public_id)
    if row is None:
        return ()
    with translation.override(language):
        return hits_of(index, _sharing_words(index, row, kind, limit), language, today)


def related_by_meaning(
    kind: str, public_id: str, limit: int = 6, *, language: str = "en", today: dt.date
) -> tuple[Hit, ...]:
    """The records of the same kind that are nearest in meaning, best first.

    Empty where [semantic] is not in use or the record has no vector yet. Shown beside `related`,
    never among the hits of a search.
    """
    if not settings.SEMANTIC:
        return ()
    index = store.current(at=clock.now()).index
    near = [index.row(kind, nearest_id) for nearest_id in semantic.nearest(kind, public_id, limit)]
    rows = np.array([row for row in near if row is not None], np.int64)
    with translation.override(language):
        return hits_of(index, rows, language, today)


def _sharing_words(index: Index, row: int, kind: str, limit: int) -> Rows:
    _, public_id = index.identity(row)
    weights: dict[str, float] = {}
    for terms in IndexedDocument.objects.filter(
        kind=kind, public_id=public_id, deleted=False
    ).values_list("terms", flat=True):
        for token, weight in zip(terms["tokens"].split(), terms["weights"], strict=True):
            if token.startswith(("c:", "en:", "fr:", "sv:")):
                weights[token] = max(weight, weights.get(token, 0))
    telling = []
    for token, weight in weights.items():
        count = index.count(token)
        if 1 < count <= index.n / 4:
            factor = CONCEPT_WEIGHT if token.startswith("c:") else 1.0
            telling.append((factor * weight * float(idf(index, count)), token))
    score = np.zeros(index.size, np.float64)
    for value, token in sorted(telling, reverse=True)[:TOKENS]:
        rows, frequency = index.postings(token)
        score[rows] += value * frequency
    score[row] = 0
    score[~index.facet("kind").having([kind])] = 0
    candidates = np.flatnonzero(score)
    return candidates[np.lexsort((index.rank[candidates], -score[candidates]))][:limit]
