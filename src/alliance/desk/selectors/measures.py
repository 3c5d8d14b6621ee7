"""The measures and units that results are told in, on the secretariat's desk."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from alliance.core.audit import Actor
from alliance.core.ids import one_by_id
from alliance.desk.selectors.access import may_see_desk
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import Measure, Unit
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.teams import sort_key
from alliance.web.paging import page_of

WORDS_PER_PAGE = 50


def words_list(
    model: type[Measure] | type[Unit], words: str, *, number: int, language: str
) -> Page[Any]:
    """The measures or units that have `words` in a name, by name; `n` published results each.

    One query. Raises Http404 for no page.
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


def get_measure_for(actor: Actor, slug: str) -> Measure:
    """The measure of that id, for the secretariat. Raises NotFound, hidden or missing."""
    may = may_see_desk(actor)
    return one_by_id(Measure.objects.all(), "measure", slug, lambda row: may, field="slug")


def get_unit_for(actor: Actor, code: str) -> Unit:
    """The unit of that code, for the secretariat. Raises NotFound, hidden or missing."""
    may = may_see_desk(actor)
    return one_by_id(Unit.objects.all(), "unit", code, lambda row: may, field="code")
