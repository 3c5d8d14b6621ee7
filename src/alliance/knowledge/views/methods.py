"""Pages of methods for engaging citizens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.cases.method_filter import MethodFilter, read_method_filter
from alliance.cases.selectors.access import get_method_for
from alliance.cases.views import actor_of, missing_is_404
from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.evidence.messages.method_results import OWN_MEASURES
from alliance.knowledge.selectors.methods import method_list as select_methods
from alliance.knowledge.selectors.methods import method_page
from alliance.web.page_cache import shows
from alliance.web.paging import page_number
from alliance.writing.selectors.translations import translation_todos


@shows("method", "case")
@require_safe
@missing_is_404
def method_list(request: HttpRequest) -> HttpResponse:
    """The methods that fit a group, a budget and a level of influence.

    A filter that cannot be read is answered with status 400, every fault named, and all methods.
    """
    faults: tuple[Fault, ...] = ()
    try:
        wanted = read_method_filter(request.GET)
    except InvalidData as error:
        wanted, faults = MethodFilter(), error.faults
    methods = select_methods(actor_of(request), request.LANGUAGE_CODE, wanted, page_number(request))
    return render(
        request,
        "knowledge/method_list.html",
        methods
        | {
            "today": clock.today(),
            "wanted": wanted,
            "faults": faults,
            "fault_of": {fault.where: fault.rule for fault in faults},
            "given_group": request.GET.get("group", "")[:40],
        },
        status=400 if faults else 200,
    )


@require_safe
@missing_is_404
def method(request: HttpRequest, public_id: str) -> HttpResponse:
    """One method: when to use it, what it costs, how to tell whether it worked."""
    actor = actor_of(request)
    record = get_method_for(actor, public_id)
    context = method_page(actor, record, request.LANGUAGE_CODE, page_number(request)) | {
        "today": clock.today(),
        "own_measure": OWN_MEASURES.get(record.public_id),
        "translating": translation_todos(actor, record, request.LANGUAGE_CODE),
    }
    return render(request, "knowledge/method.html", context)
