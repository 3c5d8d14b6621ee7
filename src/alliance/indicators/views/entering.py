"""Entering figures by hand: choose the city, the indicator, type, save."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import InvalidData
from alliance.indicators import rules
from alliance.indicators.enums import Boundary
from alliance.indicators.forms.entering import FiguresForm
from alliance.indicators.importing.options import Options
from alliance.indicators.models import ObservationBatch
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.selectors.entering import (
    EntryPage,
    entry_page,
    get_city_to_enter,
    indicators_of,
    start_page,
)
from alliance.indicators.services.entering import enter_figures
from alliance.network.access import actor_of
from alliance.network.views import for_people, posted


@require_safe
@for_people
def start(request: HttpRequest) -> HttpResponse:
    """Where the person may enter figures, and the files that she uploaded."""
    return render(request, "indicators/enter/start.html", start_page(actor_of(request)))


@require_safe
@for_people
def city(request: HttpRequest, public_id: str) -> HttpResponse:
    """The indicators to enter figures of for a city."""
    found = get_city_to_enter(actor_of(request), public_id)
    lines = indicators_of(found)
    return render(request, "indicators/enter/city.html", {"city": found, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def figures(request: HttpRequest, public_id: str, indicator_id: str) -> HttpResponse:
    """The figures of a city by one definition and area, to be added to and revised."""
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    page = entry_page(
        get_city_to_enter(actor, public_id),
        get_indicator_for(actor, indicator_id),
        key=asked.get("definition", ""),
        boundary=asked.get("boundary", ""),
    )
    form = FiguresForm(posted(request), page=page)
    if form.is_valid():
        rows = form.changed_rows()
        try:
            batch = _save(form, page, list(rows.values()), actor) if rows else None
        except InvalidData as error:
            form.take(error, list(rows))
        else:
            _say_saved(request, batch)
            address = f"{request.path}?definition={page.definition.key}&boundary={page.boundary}"
            return redirect(address)
    context = {"page": page, "form": form, "boundaries": Boundary.choices}
    status = 422 if form.errors else 200
    return render(request, "indicators/enter/figures.html", context, status=status)


def _save(
    form: FiguresForm, page: EntryPage, rows: list[dict[str, str]], actor: Actor
) -> ObservationBatch | None:
    given = form.cleaned_data
    version = page.version
    told = given["unit"].strip()
    options = Options(
        indicator=page.indicator.code,
        definition=page.definition.key,
        boundary=page.boundary,
        unit=told or version.unit or version.unit_label,
        decimal=".",
        source_title=given["source_title"],
        source_url=given["source_url"],
        licence=given["licence"],
    )
    teams = rules.entering_teams(actor)
    _report, batch = enter_figures(
        [row | {"city": page.city.public_id, "method": given["method"]} for row in rows],
        options,
        organisation=next((one for one in teams if one.city_id == page.city.pk), None),
        actor=actor,
        at=clock.now(),
        reason=given["reason"],
    )
    return batch


def _say_saved(request: HttpRequest, batch: ObservationBatch | None) -> None:
    count = batch.added + batch.revised if batch else 0
    messages.success(
        request,
        ngettext("%(n)s figure was saved.", "%(n)s figures were saved.", count) % {"n": count}
        if count
        else _("These figures are known already; nothing was changed."),
    )
