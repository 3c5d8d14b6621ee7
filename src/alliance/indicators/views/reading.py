"""Reading from publishers: the questions so far, a new one, and how far one has come."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.indicators import rules
from alliance.indicators.forms.reading import ReadingForm
from alliance.indicators.selectors.entering import get_reading_for, reading_lines
from alliance.indicators.services.readings import ask_publisher
from alliance.network.access import actor_of
from alliance.network.views import for_people, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def readings(request: HttpRequest) -> HttpResponse:
    """Ask a publisher, and see what was asked before."""
    actor = actor_of(request)
    if not rules.may_enter_all(actor):
        raise NotFound("page", "figures/read")
    form = ReadingForm(posted(request))
    if form.is_valid():
        try:
            row = ask_publisher(
                form.cleaned_data["publisher"],
                form.query(),
                form.options(),
                actor=actor,
                at=clock.now(),
                language=request.LANGUAGE_CODE,
            )
        except InvalidData as error:
            # The command line calls its options filter and city.
            names = {"filter": "filters", "city": "codes"}
            form.take(
                InvalidData(
                    replace(fault, where=names.get(fault.where, fault.where))
                    for fault in error.faults
                )
            )
        else:
            return redirect("entering:reading", row.public_id)
    context = {"form": form, "lines": reading_lines()}
    return render(
        request, "indicators/enter/readings.html", context, status=422 if form.errors else 200
    )


@require_safe
@for_people
def reading(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a question has come."""
    row = get_reading_for(actor_of(request), public_id)
    return render(request, "indicators/enter/reading.html", {"row": row})
