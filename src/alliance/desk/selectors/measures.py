"""The measures and units of results, on the secretariat's dashboard."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.core.text import fold
from alliance.desk.selectors.access import may_see_desk
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import Measure, Unit, WordsApart
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.teams import sort_key
from alliance.web.paging import page_of

WORDS_PER_PAGE = 50
#: Names with this share of common letter groups are possible duplicates; letter groups in more
#: names than this are ignored.
ALIKE, MOST_SHARING = 0.6, 40


def words_list(
    model: type[Measure] | type[Unit], words: str, *, number: int, language: str
) -> Page[Any]:
    """The measures or units with `words` in a name, by name, with the number `n` of published
    results.

    One query. Raises Http404 for a missing page.
    """
    wanted = sort_key(words)
    published = Q(effects__case__status=CaseStatus.PUBLISHED)
    rows = [
        row
        for row in model._default_manager.order_by().annotate(n=Count("effects", filter=published))
        if wanted in sort_key("\n".join((row.name, row.name_fr, row.name_sv)))
    ]
    rows.sort(key=lambda row: sort_key(local_name(row, language)))
    return page_of(Paginator(rows, WORDS_PER_PAGE), number)


def near_words(model: type[Measure] | type[Unit]) -> list[tuple[Any, Any]]:
    """Pairs of measures or units with similar names in some language, the most similar first: the
    one with fewer published results, then the one with more. Without pairs marked as different. Two
    queries."""
    published = Q(effects__case__status=CaseStatus.PUBLISHED)
    counted_rows: Any = model._default_manager.annotate(n=Count("effects", filter=published))
    rows = list(counted_rows.order_by("name"))
    kind, key = ("measure", "slug") if model is Measure else ("unit", "code")
    apart = set(WordsApart.objects.filter(kind=kind).values_list("first", "second"))
    pairs = []
    for index, other in _alike(tuple((row.name, row.name_fr, row.name_sv) for row in rows)):
        pair = sorted((rows[index], rows[other]), key=lambda row: row.n)
        first, second = sorted(getattr(row, key) for row in pair)
        if (first, second) not in apart:
            pairs.append((pair[0], pair[1]))
    return pairs[:WORDS_PER_PAGE]


@lru_cache(maxsize=4)
def _alike(words: tuple[tuple[str, ...], ...]) -> tuple[tuple[int, int], ...]:
    """The indexes of similar words, the most similar first. Cached for the same words: names seldom
    change, and each is compared with many."""
    by_gram: dict[str, set[int]] = defaultdict(set)
    grams: list[list[set[str]]] = []
    for place, word in enumerate(words):
        names = [fold(name).casefold() for name in word if name]
        grams.append([{name[n : n + 3] for n in range(max(len(name) - 2, 1))} for name in names])
        for gram in set().union(*grams[-1]):
            by_gram[gram].add(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in by_gram.values():
        if len(places) <= MOST_SHARING:
            shared.update(combinations(sorted(places), 2))
    pairs = []
    for index, other in shared:
        alike = max(len(a & b) / len(a | b) for a in grams[index] for b in grams[other])
        if alike >= ALIKE:
            pairs.append((-alike, index, other))
    return tuple((index, other) for _likeness, index, other in sorted(pairs))


def get_measure_for(actor: Actor, slug: str) -> Measure:
    """The measure with this slug, for the secretariat. Raises NotFound, hidden or missing."""
    may = may_see_desk(actor)
    return get_by_public_id(Measure.objects.all(), "measure", slug, lambda row: may, field="slug")


def get_unit_for(actor: Actor, code: str) -> Unit:
    """The unit with this code, for the secretariat. Raises NotFound, hidden or missing."""
    may = may_see_desk(actor)
    return get_by_public_id(Unit.objects.all(), "unit", code, lambda row: may, field="code")
