"""The directory of testbeds, the page of each, and the forms by which its team keeps it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds.enums import TestbedKind, TestbedState
from alliance.testbeds.forms.testbeds import TestbedForm, TestbedStateForm
from alliance.testbeds.selectors.access import CHANGE, get_keeping_team, get_testbed_for
from alliance.testbeds.selectors.testbeds import N_MONTHS, Wanted, directory, page_of_testbed
from alliance.testbeds.services import testbeds as services
from alliance.testbeds.slots import Span
from alliance.web.paging import page_number


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """The filters of an address, and what is wrong with the period; unknown codes are left out."""

    def one_of(name: str, known: list[str]) -> str:
        given = request.GET.get(name, "")
        return given if given in known else ""

    country = request.GET.get("country", "")
    first_text, last_text = request.GET.get("from", ""), request.GET.get("to", "")
    first, last = _day(first_text), _day(last_text)
    fault = ""
    if first_text or last_text:
        if first is None or last is None:
            fault = _("Say both days of the period as year-month-day, such as 2026-05-31.")
        elif last < first:
            fault = _("The last day of the period is before the first.")
    free = Span(first, last) if first and last and not fault else None
    return Wanted(
        topic=one_of("topic", Topic.values),
        kind=one_of("kind", TestbedKind.values),
        country=country if len(country) == 2 and country.isascii() and country.isalpha() else "",
        city=request.GET.get("city", "")[:80].replace("\x00", ""),
        free=free,
    ), fault


@require_safe
@missing_is_404
def testbeds(request: HttpRequest) -> HttpResponse:
    """Places where something may be tried, filtered by topic, kind, country and free days."""
    wanted, fault = _wanted(request)
    actor = actor_of(request)
    context = {
        "found": directory(
            actor, wanted, number=page_number(request), language=request.LANGUAGE_CODE
        ),
        "wanted": wanted,
        "fault": fault,
        "first": request.GET.get("from", "")[:10],
        "last": request.GET.get("to", "")[:10],
        "is_filtered": wanted != Wanted(),
        "topics": Topic.choices,
        "kinds": TestbedKind.choices,
        "today": clock.today(),
    }
    response = render(request, "testbeds/testbeds.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def testbed(request: HttpRequest, public_id: str) -> HttpResponse:
    """One testbed: place, owner, permits, data, what fits, and when a slot is free."""
    actor = actor_of(request)
    found = get_testbed_for(actor, public_id)
    page = page_of_testbed(found, actor, request.LANGUAGE_CODE, clock.today())
    context = {"page": page, "today": clock.today(), "n_months": N_MONTHS}
    response = render(request, "testbeds/testbed.html", context)
    return private(response) if actor.is_known else response


def _form_page(
    request: HttpRequest, form: TestbedForm, team: Organisation, here: str, back: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "here": here,
        "back": back,
        "city": local_name(team.city, request.LANGUAGE_CODE),
        "permits": form.rows_of("permits"),
        "data": form.rows_of("data"),
    }
    status = 422 if form.errors else 200
    return render(request, "testbeds/testbed_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def testbed_new(request: HttpRequest) -> HttpResponse:
    """Describe a testbed of the city of `team`."""
    actor = actor_of(request)
    team = get_keeping_team(actor, request.GET.get("team", ""))
    form = TestbedForm(posted(request), initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        try:
            made = services.describe_testbed(team, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The testbed stands in the directory."))
            return redirect("testbeds:testbed", made.public_id)
    return _form_page(request, form, team, _("Describe a testbed"), "")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def testbed_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say a testbed otherwise."""
    actor = actor_of(request)
    found = get_testbed_for(actor, public_id, CHANGE)
    form = TestbedForm(
        posted(request),
        initial=TestbedForm.initial_of(found),
        rows=TestbedForm.rows_of_testbed(found),
    )
    if form.is_valid():
        try:
            services.change_testbed(found, form.words(), actor=actor, at=clock.now())
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The testbed is saved."))
            return redirect("testbeds:testbed", public_id)
    return _form_page(request, form, found.organisation, _("Change the testbed"), public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def testbed_state(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a testbed with the reason, or open it again."""
    actor = actor_of(request)
    found = get_testbed_for(actor, public_id, CHANGE)
    other = TestbedState.CLOSED if found.state == TestbedState.OPEN else TestbedState.OPEN
    form = TestbedStateForm(posted(request), initial={"state": other.value})
    if form.is_valid():
        try:
            services.set_testbed_state(
                found,
                state=form.cleaned_data["state"],
                reason=form.cleaned_data["reason"].replace("\r\n", "\n"),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The testbed is saved."))
            return redirect("testbeds:testbed", public_id)
    context = {"form": form, "testbed": found}
    status = 422 if form.errors else 200
    return render(request, "testbeds/testbed_state.html", context, status=status)
