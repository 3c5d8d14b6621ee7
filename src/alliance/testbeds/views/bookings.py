"""Pages of bookings: asking for a slot, the booking as the two teams see it, and their actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeoplePostView
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.forms.testbeds import AnswerBookingForm, BookingForm, PilotForm
from alliance.testbeds.models import Booking, Testbed
from alliance.testbeds.selectors.access import (
    get_booking_for,
    get_speaking_team,
    get_testbed_for,
)
from alliance.testbeds.selectors.testbeds import pilot_shown, pilots_of
from alliance.testbeds.services import bookings as services
from alliance.testbeds.views.testbeds import TestbedActionView
from alliance.web.actions import ActionForm


class BookingNew(TestbedActionView):
    """Asks for a slot for `team`."""

    form_class = BookingForm
    created_page = ("testbeds:booking", True)
    heading = _("Ask for a slot")
    submit_label = _("Request the slot")
    success_message = _("The testbed’s team has been emailed and will answer.")
    team: Organisation

    def get_object(self, public_id: str) -> Testbed:
        testbed = get_testbed_for(self.actor, public_id)
        self.team = get_speaking_team(self.actor, self.request.GET.get("team", ""))
        return testbed

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"choices": {"pilot": pilots_of(self.team)}}

    def execute(self, form: BookingForm) -> Booking:
        return services.ask_for_slot(self.object, self.team, **form.cleaned_data, **self.by)

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "You represent %(team)s. The testbed’s team gets an email and answers. If it "
            "accepts, what you test and when becomes public."
        )
        return {"lead": lead % {"team": local_name(self.team, self.language)}}


def _booking(request: HttpRequest, public_id: str, booking_id: str) -> tuple[Actor, Booking]:
    actor = actor_of(request)
    return actor, get_booking_for(actor, get_testbed_for(actor, public_id), booking_id)


def _show(
    request: HttpRequest, actor: Actor, booking: Booking, form: ActionForm | None = None
) -> HttpResponse:
    today = clock.today()
    context: dict[str, Any] = {
        "booking": booking,
        "testbed": booking.testbed,
        "pilot": pilot_shown(booking, actor),
        "today": today,
        "form": form,
        "may_withdraw": rules.may_withdraw(actor, booking, today),
    }
    if form is None and rules.may_answer(actor, booking, today):
        context["form"] = AnswerBookingForm(request.typing.back)  # type: ignore[attr-defined]
    if rules.may_name_pilot(actor, booking):
        pilots = pilots_of(booking.organisation)
        named = booking.pilot.public_id if booking.pilot else ""
        context["pilot_form"] = PilotForm(choices={"pilot": pilots}, initial={"pilot": named})
    status = 422 if form is not None and form.errors else 200
    return render(request, "testbeds/booking.html", context, status=status)


@require_safe
@missing_is_404
def booking(request: HttpRequest, public_id: str, booking_id: str) -> HttpResponse:
    """A booking with the actions open to the reader; an accepted booking is public."""
    actor, record = _booking(request, public_id, booking_id)
    return private(_show(request, actor, record))


class BookingPostView(PeoplePostView):
    """Base of the actions of the two teams on a booking."""

    object_page = ("", "testbeds:booking")

    def get_object(self, public_id: str, booking_id: str) -> Booking:
        return get_booking_for(self.actor, get_testbed_for(self.actor, public_id), booking_id)

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The URL of a booking contains the id of its testbed."""
        return list(self.kwargs.values())


class BookingAnswer(BookingPostView):
    """Accepts a booking, or declines it with a reason."""

    form_class = AnswerBookingForm
    service = services.answer_booking
    success_message = _("The answer is saved. The team that asked gets an email.")

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Shows the page of the booking with the errors."""
        return _show(self.request, self.actor, self.object, form)


class BookingWithdraw(BookingPostView):
    service = services.withdraw_booking
    success_message = _("The booking has been withdrawn.")


class BookingPilot(BookingPostView):
    """Records which pilot a slot is for."""

    success_message = _("The pilot linked to the booking has been saved.")

    def execute(self, form: ActionForm) -> Booking:
        pilot = self.request.POST.get("pilot", "")[:80]
        return services.name_pilot(self.object, pilot=pilot, **self.by)
