"""The measures and units that results are told in, on the secretariat's desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.desk.selectors.access import may_see_desk
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import Measure, Unit
from alliance.knowledge.selectors.localise import local_name, local_symbol
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import sort_key
from alliance.web import formatting

WORDS_PER_PAGE = 50


@dataclass(frozen=True)
class WordLine:
    """A measure or unit.

    `missing` are the languages that it has no name in, `n` is how many published effects it has.
    """

    key: str
    name: str
    symbol: str
    missing: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class WordList:
    """A page of measures or units by name; `n` is how many match."""

    lines: tuple[WordLine, ...]
    page: Page[Any]
    n: int
    words: str


def _line(row: Measure | Unit, language: str) -> WordLine:
    return WordLine(
        key=row.slug if isinstance(row, Measure) else row.code,
        name=local_name(row, language),
        symbol="" if isinstance(row, Measure) else local_symbol(row, language),
        missing=tuple(
            formatting.language_name(code)
            for code in ("fr", "sv")
            if not getattr(row, f"name_{code}")
        ),
        n=row.n,  # type: ignore[union-attr]
    )


def words_list(
    model: type[Measure] | type[Unit], words: str, *, number: int, language: str
) -> WordList:
    """The measures or units that have `words` in a name. One query. Raises NotFound for no page."""
    wanted = sort_key(words)
    published = Q(effects__case__status=CaseStatus.PUBLISHED)
    rows = [
        row
        for row in model._default_manager.order_by().annotate(n=Count("effects", filter=published))
        if wanted in sort_key("\n".join((row.name, row.name_fr, row.name_sv)))
    ]
    lines = sorted((_line(row, language) for row in rows), key=lambda line: sort_key(line.name))
    page = page_of(Paginator(lines, WORDS_PER_PAGE), number)
    return WordList(lines=tuple(page.object_list), page=page, n=len(lines), words=words)


def get_measure_for(actor: Actor, slug: str) -> Measure:
    """The measure of that id, for the secretariat. Raises NotFound, hidden or missing."""
    found = None
    if may_see_desk(actor) and PUBLIC_ID.match(slug):
        found = Measure.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("measure", slug)
    return found


def get_unit_for(actor: Actor, code: str) -> Unit:
    """The unit of that code, for the secretariat. Raises NotFound, hidden or missing."""
    found = None
    if may_see_desk(actor) and PUBLIC_ID.match(code):
        found = Unit.objects.filter(code=code).first()
    if found is None:
        raise NotFound("unit", code)
    return found
