"""The pages of slots: asking, the booking as the two teams see it, answering, withdrawing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.forms.testbeds import AnswerBookingForm, BookingForm, PilotForm
from alliance.testbeds.models import Booking
from alliance.testbeds.selectors.access import (
    get_booking_for,
    get_speaking_team,
    get_testbed_for,
)
from alliance.testbeds.selectors.testbeds import booking_line, line_of_testbed, pilots_of
from alliance.testbeds.services import bookings as services


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def booking_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a slot in the name of `team`."""
    actor = actor_of(request)
    testbed = get_testbed_for(actor, public_id)
    team = get_speaking_team(actor, request.GET.get("team", ""))
    form = BookingForm(
        posted(request), pilots=pilots_of(team), initial={"language": request.LANGUAGE_CODE}
    )
    if form.is_valid():
        try:
            made = services.ask_for_slot(
                testbed, team, **form.cleaned_data, actor=actor, at=clock.now()
            )
        except (InvalidData, ValidationError) as error:
            form.take(error)
        else:
            messages.success(request, _("The testbed’s team is told and will answer."))
            return redirect("testbeds:booking", public_id, made.public_id)
    context = {"form": form, "testbed": testbed, "team": local_name(team, request.LANGUAGE_CODE)}
    status = 422 if form.errors else 200
    return render(request, "testbeds/booking_new.html", context, status=status)


def _booking(request: HttpRequest, public_id: str, booking_id: str) -> tuple[Actor, Booking]:
    actor = actor_of(request)
    return actor, get_booking_for(actor, get_testbed_for(actor, public_id), booking_id)


def _show(
    request: HttpRequest, actor: Actor, booking: Booking, form: AnswerBookingForm | None = None
) -> HttpResponse:
    language, today = request.LANGUAGE_CODE, clock.today()
    context: dict[str, Any] = {
        "line": booking_line(booking, actor, language),
        "testbed": line_of_testbed(booking.testbed, language),
        "booking": booking,
        "today": today,
        "form": form,
        "may_withdraw": rules.may_withdraw(actor, booking, today),
        "lang_attr": "" if booking.testbed.language == language else booking.testbed.language,
    }
    if form is None and rules.may_answer(actor, booking, today):
        context["form"] = AnswerBookingForm()
    if rules.may_name_pilot(actor, booking):
        pilots = pilots_of(booking.organisation)
        named = booking.pilot.public_id if booking.pilot else ""
        context["pilot_form"] = PilotForm(pilots=pilots, initial={"pilot": named})
    status = 422 if form is not None and form.errors else 200
    return render(request, "testbeds/booking.html", context, status=status)


@require_safe
@missing_is_404
def booking(request: HttpRequest, public_id: str, booking_id: str) -> HttpResponse:
    """One booking, with what the reader may do with it; everybody reads an accepted one."""
    actor, found = _booking(request, public_id, booking_id)
    return private(_show(request, actor, found))


@require_POST
@for_people
@refusal_is_403
def booking_answer(request: HttpRequest, public_id: str, booking_id: str) -> HttpResponse:
    """Accept a booking, or decline it with the reason."""
    actor, found = _booking(request, public_id, booking_id)
    form = AnswerBookingForm(request.POST)
    if form.is_valid():
        try:
            services.answer_booking(
                found,
                state=form.cleaned_data["state"],
                reason=form.cleaned_data["reason"].replace("\r\n", "\n"),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error)
        else:
            messages.success(request, _("The answer is saved and the asking team is told."))
            return redirect("testbeds:booking", public_id, booking_id)
    return _show(request, actor, found, form)


@require_POST
@for_people
@refusal_is_403
def booking_withdraw(request: HttpRequest, public_id: str, booking_id: str) -> HttpResponse:
    """Give a slot back."""
    actor, found = _booking(request, public_id, booking_id)
    services.withdraw_booking(found, actor=actor, at=clock.now())
    messages.success(request, _("The booking is withdrawn."))
    return redirect("testbeds:booking", public_id, booking_id)


@require_POST
@for_people
@refusal_is_403
def booking_pilot(request: HttpRequest, public_id: str, booking_id: str) -> HttpResponse:
    """Say which pilot a slot is for."""
    actor, found = _booking(request, public_id, booking_id)
    try:
        services.name_pilot(
            found, pilot=request.POST.get("pilot", "")[:80], actor=actor, at=clock.now()
        )
    except InvalidData as error:
        messages.error(request, " ".join(fault.rule for fault in error.faults))
    else:
        messages.success(request, _("The pilot of the booking is saved."))
    return redirect("testbeds:booking", public_id, booking_id)
