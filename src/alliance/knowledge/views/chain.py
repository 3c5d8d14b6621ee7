"""The page of the chain of adoptions that a case stands in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.knowledge.selectors.chain import chain_page
from alliance.knowledge.selectors.doors import get_case_for
from alliance.knowledge.views import actor_of, missing_is_404


@require_safe
@missing_is_404
def chain(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who adapted a case, what was changed, and what came of it, however deep."""
    case = get_case_for(actor_of(request), public_id)
    page = chain_page(case, request.LANGUAGE_CODE)
    return render(request, "knowledge/chain.html", {"page": page, "today": clock.today()})
