"""The page about the evidence grade."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.knowledge.selectors.grade import grade_page
from alliance.knowledge.views import actor_of


@require_safe
def evidence_grade(request: HttpRequest) -> HttpResponse:
    """The published rule, what it does not say, and a real case graded by it."""
    page = grade_page(actor_of(request), request.LANGUAGE_CODE)
    return render(request, "knowledge/evidence_grade.html", {"page": page, "today": clock.today()})
