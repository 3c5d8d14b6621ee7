"""Releases: the list, a single release, and requests for new ones."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.core import clock
from alliance.indicators import services
from alliance.indicators.as_of import moment_of
from alliance.indicators.forms.releases import ReleaseForm
from alliance.indicators.rules import may_write_catalogue
from alliance.indicators.selectors.access import check_may_write, get_city_for, get_release_for
from alliance.indicators.selectors.releases import release_page, releases_for
from alliance.indicators.views import actor_of, answers_faults
from alliance.network.views import done, for_people, private
from alliance.web.paging import page_number


@require_safe
@answers_faults
def release_list(request: HttpRequest) -> HttpResponse:
    """All releases, newest first; the secretariat may request one (`?page=`)."""
    return _list(request, ReleaseForm())


@require_POST
@for_people
@answers_faults
def make(request: HttpRequest) -> HttpResponse:
    """Requests a release from the worker, for the secretariat."""
    actor = actor_of(request)
    check_may_write(actor)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        now, day = clock.now(), form.cleaned_data["as_of"]
        with form.showing_errors():
            services.start_release(
                actor=actor,
                at=now,
                name=form.cleaned_data["name"],
                year=form.cleaned_data["year"],
                as_of=moment_of(day.isoformat() if day else None, now=now),
            )
            message = _("The release is being created. It will appear here when it is ready.")
            return done(request, message, "indicators:releases")
    return _list(request, form, status=422)


@require_safe
@answers_faults
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a release: its content, and changes of scores (`?city=`, `?page=`)."""
    actor = actor_of(request)
    chosen_release = get_release_for(actor, public_id)
    wanted = request.GET.get("city", "")
    city = get_city_for(actor, wanted) if wanted else None
    page = release_page(chosen_release, request.LANGUAGE_CODE, page_number(request), city)
    parameters = [("city", city.public_id)] if city else []
    return render(request, "indicators/release.html", {**page, "kept": parameters})


def _list(request: HttpRequest, form: ReleaseForm, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "pages": releases_for(actor, page_number(request)),
        "may_make": may_write_catalogue(actor),
        "form": form,
        "now": clock.now(),
    }
    response = render(request, "indicators/releases.html", context, status=status)
    return private(response) if may_write_catalogue(actor) else response
