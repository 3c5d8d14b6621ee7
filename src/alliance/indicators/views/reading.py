"""Reading from publishers: the list of queries, a new query, and its progress."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.errors import NotFound
from alliance.indicators import rules
from alliance.indicators.forms.reading import ReadingForm
from alliance.indicators.models import PublisherReading
from alliance.indicators.selectors.entering import get_reading_for, reading_lines
from alliance.indicators.services.readings import ask_publisher
from alliance.network.access import actor_of
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView


class Readings(PeopleActionView):
    """Sends a query to a publisher, and lists earlier queries."""

    form_class = ReadingForm
    template_name = "indicators/enter/readings.html"
    heading = _("Retrieve figures from a publisher")
    lead = _(
        "The platform contacts the publisher’s server. You can check the response before "
        "anything is saved. Either all figures are imported, or none."
    )
    submit_label = _("Retrieve figures")
    list_page = (_("Enter figures"), "entering:start")
    object_page = ("", "entering:reading")

    def get_object(self, **ids: Any) -> None:
        if not rules.may_enter_all(self.actor):
            raise NotFound("page", "figures/read")

    def execute(self, form: Any) -> PublisherReading:
        return ask_publisher(
            form.cleaned_data["publisher"],
            form.query(),
            form.options(),
            language=self.language,
            **self.by,
        )

    def get_context_data(self) -> dict[str, Any]:
        return {"lines": reading_lines()}


@require_safe
@for_people
def reading(request: HttpRequest, public_id: str) -> HttpResponse:
    """The progress of a query."""
    row = get_reading_for(actor_of(request), public_id)
    return render(request, "indicators/enter/reading.html", {"row": row})
