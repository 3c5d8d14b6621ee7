"""Pages of solutions."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.cases import rules
from alliance.cases.enums import Scheme
from alliance.cases.selectors.access import get_solution_for
from alliance.cases.selectors.localise import chosen_text
from alliance.cases.selectors.sources import get_cost_copy
from alliance.cases.views import actor_of, missing_is_404
from alliance.core import clock
from alliance.evidence.selectors.grade import grade_page
from alliance.knowledge.forms.useful import useful_asked
from alliance.knowledge.selectors.solution_groups import solution_index
from alliance.knowledge.selectors.solutions import solution_page
from alliance.knowledge.selectors.topics import topic_lines, topic_page
from alliance.knowledge.views.copies import copy_page
from alliance.web.page_cache import cached, shows
from alliance.writing.selectors.translations import translation_todos

#: What an address holds whose page shows all that analysts ask for: most readers do without.
ANALYSTS = "analysts"
#: Acts after which what is said of a solution may be another.
SHOWN = frozenset({"solution", "case", "measure", "unit", "method", "city", "source"})


@shows("solution", "case", "measure", "unit")
@require_safe
@missing_is_404
def solution_list(request: HttpRequest) -> HttpResponse:
    """All solutions by verdict, the best known first; with `theme` or `topic`, on to the finder."""
    for scheme in (Scheme.THEME.value, Scheme.TOPIC.value):
        if scheme in request.GET:
            query = urlencode({"kind": "solution", scheme: request.GET[scheme]})
            return redirect(f"/{request.LANGUAGE_CODE}/find?{query}", permanent=True)
    # Asked for where the page is not kept.
    index = cache(lambda: solution_index(actor_of(request), request.LANGUAGE_CODE))
    return render(request, "knowledge/solution_list.html", {"index": index, "today": clock.today()})


@require_safe
@missing_is_404
def solution(request: HttpRequest, public_id: str) -> HttpResponse:
    """One solution: whether it works, how much, how well that is known, and where it failed."""
    actor = actor_of(request)
    record = get_solution_for(actor, public_id)
    asked = useful_asked(request.GET.get("of", ""), request.GET.get("useful", ""))
    for_analysts = ANALYSTS in request.GET or bool(asked.of)
    language = request.LANGUAGE_CODE
    page = cached(
        SHOWN,
        ("solution", record.pk, language, for_analysts, asked.useful),
        lambda: solution_page(
            actor, record, language, in_full=False, in_brief=not for_analysts, useful=asked.useful
        ),
    )
    context = {
        "page": page,
        "for_analysts": for_analysts,
        "solution": record,
        "asked": asked,
        "may_panel": rules.is_secretariat(actor),
        "reads_copies": rules.may_read_copies(actor),
        "today": clock.today(),
        "translating": translation_todos(actor, record, request.LANGUAGE_CODE),
    }
    return render(request, "knowledge/solution.html", context)


@require_safe
@missing_is_404
def cost_copy(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """What the source of a cost said when the worker read it, for those who may read that."""
    actor = actor_of(request)
    record = get_solution_for(actor, public_id)
    may_read = rules.may_read_copies(actor)
    title, copy = get_cost_copy(record, position, may_read_all=may_read)
    name = chosen_text(record.texts.all(), request.LANGUAGE_CODE).text.name
    back = name, reverse("knowledge:solution", args=[public_id])
    return copy_page(request, copy, title=title, back=back)


@require_safe
def evidence_grade(request: HttpRequest) -> HttpResponse:
    """The published rule, what it does not say, and a real case graded by it."""
    context = grade_page(actor_of(request), request.LANGUAGE_CODE) | {"today": clock.today()}
    return render(request, "knowledge/evidence_grade.html", context)


@shows("solution", "method", "case")
@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """The four topics that the cities work on together."""
    return render(
        request,
        "knowledge/topic_list.html",
        {"topics": topic_lines(actor_of(request)), "today": clock.today()},
    )


@require_safe
@missing_is_404
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """One topic: its solutions, its newest cases, and what did not work."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    context = cached(None, ("topic", code, language), lambda: topic_page(actor, code, language))
    return render(request, "knowledge/topic.html", context | {"today": clock.today()})
