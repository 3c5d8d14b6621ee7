"""Cases that answer a text of somebody else, such as a need, by its own words."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.utils import translation

from alliance.cases.enums import Outcome
from alliance.core import clock
from alliance.search import matching
from alliance.search.facet_columns import Rows
from alliance.search.filtering import filtered
from alliance.search.index import Index
from alliance.search.query import FinderQuery
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of
from alliance.search.store import store

#: So many that were tried and that failed are shown; among the nearest so many they are sought.
TRIED, FAILED, LOOKED_AT = 5, 3, 60


def cases_for(
    title: str, text: str, language: str, *, city: str, shown_in: str, today: dt.date
) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The cases of others than `city` nearest to the words: those that did anything but fail, and
    those that failed.

    The words of the title come first; those of the text find what they leave out. One query.
    """
    index = store.current(at=clock.now()).index
    rows = _cases(index, title, language, today)
    if rows.size < LOOKED_AT:
        more = _cases(index, f"{title} {text}", language, today)
        rows = np.concatenate([rows, more[~np.isin(more, rows)]])
    with translation.override(shown_in):
        hits = hits_of(index, rows[:LOOKED_AT], shown_in, today)
    hits = tuple(hit for hit in hits if city not in hit.facets.get("city", ()))
    failed = [hit for hit in hits if hit.outcome == Outcome.DID_NOT_WORK]
    tried = [hit for hit in hits if hit.outcome != Outcome.DID_NOT_WORK]
    return tuple(tried[:TRIED]), tuple(failed[:FAILED])


def _cases(index: Index, text: str, language: str, today: dt.date) -> Rows:
    match = matching.match(index, matching.parse(text), language, today=today.toordinal())
    query = FinderQuery(text=text, language=language, filters={"kind": ("case",)})
    return matching.order(index, filtered(index, query, match.hits).rows, match)
