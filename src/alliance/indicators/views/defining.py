"""Writing the catalogue: a new indicator, and a new version of what a definition says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.indicators import services
from alliance.indicators.forms.defining import IndicatorForm, VersionForm
from alliance.indicators.selectors.access import check_may_write, get_definition_for
from alliance.indicators.views import actor_of
from alliance.network.localise import local_field
from alliance.network.views import done, for_people, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def new(request: HttpRequest) -> HttpResponse:
    """A new indicator with its first definition, by the secretariat."""
    actor = actor_of(request)
    check_may_write(actor)
    form = IndicatorForm(posted(request))
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        with form.showing_faults():
            made = services.create_indicator(
                code,
                form.cleaned_data["key"] or code,
                form.record(),
                actor=actor,
                at=clock.now(),
                **form.place(),
            )
            said = _("The indicator is in the catalogue.")
            return done(request, said, "indicators:indicator", made.public_id)
    return render(
        request, "indicators/define/new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def define(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """A new version of a definition, with a reason, by the secretariat."""
    actor = actor_of(request)
    holds = get_definition_for(actor, public_id, key)
    indicator = holds.definition.indicator
    form = VersionForm(
        posted(request), before=services.record_of(holds), initial={"seen": holds.number}
    )
    if form.is_bound and form.is_valid():
        with form.showing_faults():
            version = services.save_version(
                indicator,
                key,
                form.record(),
                actor=actor,
                at=clock.now(),
                reason=form.cleaned_data["reason"],
                breaks_comparison=form.cleaned_data["breaks_comparison"],
                seen=form.cleaned_data["seen"],
            )
            if version.number > holds.number:
                said = _("The new version holds from now on.")
                return done(request, said, "indicators:indicator", public_id)
            form.add_error(None, _("This is just what the definition says already."))
    context = {
        "form": form,
        "holds": holds,
        "public_id": public_id,
        "name": local_field(indicator, "name", request.LANGUAGE_CODE),
    }
    return render(
        request, "indicators/define/version.html", context, status=422 if form.is_bound else 200
    )
