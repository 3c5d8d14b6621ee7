"""The results of a pilot: asking for them, one result with its charts, and the case of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.knowledge.selectors.localise import local_name
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds.enums import EvaluationState
from alliance.testbeds.forms.pilots import ExploreForm
from alliance.testbeds.protocol import request_of
from alliance.testbeds.selectors.access import (
    ANALYSE,
    LEAD,
    get_evaluation,
    get_pilot_for,
    get_place_of,
)
from alliance.testbeds.selectors.protocols import plan_of, primary_of
from alliance.testbeds.selectors.results import result_page
from alliance.testbeds.services import cases, evaluations
from alliance.testbeds.tasks import enqueue_waiting
from alliance.testbeds.views.pilots import LOOK_AGAIN


@require_POST
@for_people
@refusal_is_403
def analyse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Run the frozen analysis of the newest data of each city."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, ANALYSE)
    try:
        asked = evaluations.ask_for_frozen(pilot, actor=actor, at=clock.now())
    except InvalidData as error:
        messages.error(request, "; ".join(f"{one.where}: {one.rule}" for one in error.faults))
    else:
        enqueue_waiting(pilot)
        waiting = sum(one.state != EvaluationState.DONE for one in asked)
        if waiting:
            said = ngettext(
                "%(n)s analysis is being worked out.", "%(n)s analyses are being worked out.",
                waiting,
            )  # fmt: skip
            messages.success(request, said % {"n": waiting})
        else:
            messages.info(request, _("The frozen analysis of these data is there already."))
    return redirect("testbeds:pilot", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def explore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Run another analysis than the frozen one; it is labelled exploratory for ever."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, ANALYSE)
    protocol = primary_of(pilot)
    newest = evaluations.newest_measurements(pilot)
    frozen = request_of(plan_of(protocol)) if protocol else {}
    form = ExploreForm(
        posted(request),
        cities=[
            (one.city.public_id, local_name(one.city, request.LANGUAGE_CODE))
            for one in newest.values()
        ],
        initial={key: frozen.get(key) for key in ("design", "start", "level")},
    )
    if form.is_valid():
        given = form.cleaned_data
        changes: dict[str, Any] = {
            "design": given["design"],
            "start": given["start"].strip() or None,
            "level": given["level"] or frozen.get("level"),
        }
        try:
            made = evaluations.explore(
                pilot,
                get_place_of(pilot, given["city"]).city,
                changes=changes,
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error.faults)
        else:
            enqueue_waiting(pilot)
            return redirect("testbeds:result", public_id, made.public_id)
    context = {"pilot": pilot, "form": form, "has_data": bool(newest)}
    status = 422 if form.errors else 200
    return render(request, "testbeds/pilot_explore.html", context, status=status)


@require_safe
@missing_is_404
def result(request: HttpRequest, public_id: str, result_id: str) -> HttpResponse:
    """One result in words, figures and charts; while it is worked out, how far it is."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id)
    found = get_evaluation(pilot, result_id)
    page = result_page(pilot, found, request.LANGUAGE_CODE)
    response = render(request, "testbeds/result.html", {"page": page, "look_again": LOOK_AGAIN})
    busy = found.state in {EvaluationState.WAITING, EvaluationState.RUNNING}
    return private(response) if actor.is_known or busy else response


@require_POST
@for_people
@refusal_is_403
def make_case(request: HttpRequest, public_id: str, city_id: str) -> HttpResponse:
    """Make a draft of a case of what came out in one city; null results too."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    try:
        draft = cases.make_case(get_place_of(pilot, city_id), actor=actor, at=clock.now())
    except InvalidData as error:
        messages.error(request, "; ".join(f"{one.where}: {one.rule}" for one in error.faults))
        return redirect("testbeds:pilot", public_id)
    messages.success(
        request, _("The draft is made. Fill in what is open, then hand it in for review.")
    )
    return redirect("knowledge:draft", draft.public_id)
