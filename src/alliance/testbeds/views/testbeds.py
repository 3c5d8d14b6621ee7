"""The directory of testbeds, the page of each, and the forms of its team."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView
from alliance.testbeds.enums import TestbedKind, TestbedState
from alliance.testbeds.forms.testbeds import TestbedForm, TestbedStateForm
from alliance.testbeds.models import Testbed
from alliance.testbeds.selectors.access import CHANGE, get_keeping_team, get_testbed_for
from alliance.testbeds.selectors.testbeds import N_MONTHS, Wanted, directory, page_of_testbed
from alliance.testbeds.services import testbeds as services
from alliance.testbeds.slots import Span
from alliance.web.actions import Step
from alliance.web.page_cache import shows
from alliance.web.paging import page_number


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """The filters of an address and the error of the period; unknown codes are ignored."""

    def choice_of(name: str, known: list[str]) -> str:
        value = request.GET.get(name, "")
        return value if value in known else ""

    country = request.GET.get("country", "")
    first_text, last_text = request.GET.get("from", ""), request.GET.get("to", "")
    first, last = _day(first_text), _day(last_text)
    fault = ""
    if first_text or last_text:
        if first is None or last is None:
            fault = gettext(
                "Enter both dates of the period as year-month-day, for example 2026-05-31."
            )
        elif last < first:
            fault = gettext("Enter a last day that is not before the first day of the period.")
    free = Span(first, last) if first and last and not fault else None
    return Wanted(
        topic=choice_of("topic", Topic.values),
        kind=choice_of("kind", TestbedKind.values),
        country=country if len(country) == 2 and country.isascii() and country.isalpha() else "",
        city=request.GET.get("city", "")[:80].replace("\x00", ""),
        free=free,
    ), fault


@shows("testbed", "city")
@require_safe
@missing_is_404
def testbeds(request: HttpRequest) -> HttpResponse:
    """The directory of testbeds, filtered by topic, kind, country and free days."""
    wanted, fault = _wanted(request)
    actor = actor_of(request)
    context = {
        "listing": directory(
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
    """The page of a testbed: place, owner, permits, data, conditions, and free slots."""
    actor = actor_of(request)
    record = get_testbed_for(actor, public_id)
    page = page_of_testbed(record, actor, clock.today())
    context = {**page, "today": clock.today(), "n_months": N_MONTHS}
    response = render(request, "testbeds/testbed.html", context)
    return private(response) if actor.is_known else response


class TestbedActionView(PeopleActionView):
    """Base of the actions of the team of a testbed."""

    list_page = (_("Testbeds"), "testbeds:testbeds")
    object_page = ("", "testbeds:testbed")

    def get_object(self, public_id: str) -> Testbed:
        return get_testbed_for(self.actor, public_id, CHANGE)


class TestbedForming(TestbedActionView):
    """The form of a testbed."""

    form_class = TestbedForm
    submit_label = _("Publish")
    team: Organisation

    def get_breadcrumbs(self) -> list[Step]:
        """Only the link to the directory."""
        return super().get_breadcrumbs()[:1]

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "You represent %(city)s. The page is public. Fields you leave blank are shown "
            "as “not known”."
        )
        return {"lead": lead % {"city": local_name(self.team.city, self.language)}}


class TestbedNew(TestbedForming):
    """Describes a testbed of the city of `team`."""

    heading = _("Describe a testbed")
    success_message = _("The testbed has been published.")

    def get_object(self) -> None:  # type: ignore[override]
        self.team = get_keeping_team(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def execute(self, form: TestbedForm) -> Testbed:
        return services.describe_testbed(self.team, form.words(), **self.by)


class TestbedChange(TestbedForming):
    heading = _("Edit the testbed")
    success_message = _("The testbed is saved.")

    def get_object(self, public_id: str) -> Testbed:
        record = super().get_object(public_id)
        self.team = record.organisation
        return record

    def get_initial(self) -> dict[str, Any]:
        return TestbedForm.initial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"rows": TestbedForm.rows_of_testbed(self.object)}

    def execute(self, form: TestbedForm) -> Testbed:
        return services.change_testbed(self.object, form.words(), **self.by)


class TestbedOpening(TestbedActionView):
    """Closes a testbed with a reason, or reopens it."""

    form_class = TestbedStateForm
    service = services.set_testbed_state
    heading = _("Close or open the testbed")
    lead = _("A closed testbed keeps its page and its accepted tests, but takes no new tests.")
    success_message = _("The testbed is saved.")

    def get_initial(self) -> dict[str, Any]:
        is_open = self.object.state == TestbedState.OPEN
        return {"state": (TestbedState.CLOSED if is_open else TestbedState.OPEN).value}
