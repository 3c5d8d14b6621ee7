"""Public pages of pilots: the list, a pilot, its frozen protocol, and cited sources."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.knowledge.rules import may_read_copies
from alliance.knowledge.selectors.sources import cited_in, get_cited_copy
from alliance.knowledge.views.copies import copy_page
from alliance.network.access import actor_of
from alliance.network.views import missing_is_404, private
from alliance.testbeds import rules
from alliance.testbeds.cited import citable
from alliance.testbeds.models import Pilot
from alliance.testbeds.selectors.access import get_pilot_for, get_protocol
from alliance.testbeds.selectors.lists import RUNNING, SHOWN, pilot_list
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.sources import texts_of
from alliance.web.page_cache import shows
from alliance.web.paging import page_number

#: Seconds after which a page with a running analysis reloads.
LOOK_AGAIN = 4


@shows("pilot", "city")
@require_safe
@missing_is_404
def pilot_index(request: HttpRequest) -> HttpResponse:
    """The list of pilots: running, overdue, with results, or stopped."""
    shown = request.GET.get("show", RUNNING)
    if shown not in SHOWN:
        raise Http404
    actor = actor_of(request)
    context = pilot_list(
        actor,
        shown,
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=clock.today(),
    )
    response = render(
        request, "testbeds/pilots.html", context | {"parts": SHOWN, "today": clock.today()}
    )
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def pilot(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a pilot: protocol with its digest, versions, data, results, and the case about
    it."""
    actor = actor_of(request)
    record = get_pilot_for(actor, public_id)
    page = pilot_page(record, actor, request.LANGUAGE_CODE, clock.today())
    last = page.versions[-1].protocol if page.versions else None

    def href(number: int) -> str:
        return reverse("testbeds:pilot-copy", args=[public_id, number])

    context = {
        "sources": cited_in(texts_of(record), may_read_all=_reads_copies(actor, record), href=href),
        "page": page,
        "look_again": LOOK_AGAIN,
        "today": clock.today(),
        "cited": citable(record, last, request.LANGUAGE_CODE) if last else None,
    }
    response = render(request, "testbeds/pilot.html", context)
    # Finished analyses change the page, and its team sees more of it.
    return private(response) if actor.is_known or page.is_busy else response


def _reads_copies(actor: Actor, pilot: Pilot) -> bool:
    return may_read_copies(actor, answers=rules.may_lead_pilot(actor, pilot))


@require_safe
@missing_is_404
def stored_copy(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The stored copy of a source that a pilot cites, for those who may read it."""
    actor = actor_of(request)
    record = get_pilot_for(actor, public_id)
    may_read = _reads_copies(actor, record)
    copy = get_cited_copy(texts_of(record), number, may_read_all=may_read)
    back = record.title, reverse("testbeds:pilot", args=[public_id])
    return copy_page(request, copy, title=copy.title or copy.url, back=back)


@require_safe
@missing_is_404
def protocol(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The canonical JSON of a frozen version, whose `sha256sum` is the digest on the page."""
    record = get_protocol(get_pilot_for(actor_of(request), public_id), number)
    response = HttpResponse(record.document.encode(), content_type="application/json")
    name = f"pilot-{public_id}-v{number}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Protocol-SHA256"] = record.digest
    return response
