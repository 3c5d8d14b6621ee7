"""Measures and units on the secretariat's desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.desk.forms import MeasureForm, UnitForm
from alliance.desk.selectors.access import open_desk
from alliance.desk.selectors.words import get_measure_for, get_unit_for, words_list
from alliance.knowledge.models import Measure, Unit
from alliance.knowledge.services.vocabulary import is_used, keep_measure, keep_unit
from alliance.knowledge.views import actor_of
from alliance.network.views import done, for_people, form_page, posted
from alliance.web.paging import page_number


@require_safe
@for_people
def measures(request: HttpRequest) -> HttpResponse:
    """What results are measured on."""
    return _list(request, Measure)


@require_safe
@for_people
def units(request: HttpRequest) -> HttpResponse:
    """The units that results are told in."""
    return _list(request, Unit)


def _list(request: HttpRequest, model: type[Measure] | type[Unit]) -> HttpResponse:
    open_desk(actor_of(request))
    words = request.GET.get("q", "").strip()
    page = words_list(model, words, number=page_number(request), language=request.LANGUAGE_CODE)
    context = {"page": page, "words": words, "of_units": model is Unit}
    return render(request, "desk/words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def measure_new(request: HttpRequest) -> HttpResponse:
    """Add a measure."""
    open_desk(actor_of(request))
    return _measure(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def measure_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Translate a measure; its English name too while nothing is told in it."""
    return _measure(request, get_measure_for(actor_of(request), slug))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def unit_new(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    open_desk(actor_of(request))
    return _unit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def unit_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Translate a unit; what it means too while nothing is told in it."""
    return _unit(request, get_unit_for(actor_of(request), code))


def _measure(request: HttpRequest, present: Measure | None) -> HttpResponse:
    form = MeasureForm(posted(request), initial=_initial(present, MeasureForm))
    if form.is_valid():
        with form.showing_faults():
            kept = keep_measure(
                present, **form.cleaned_data, actor=actor_of(request), at=clock.now()
            )
            said = _("%(name)s is saved.") % {"name": kept.name}
            return done(request, said, "knowledge:desk-measures")
    return _page(request, form, present)


def _unit(request: HttpRequest, present: Unit | None) -> HttpResponse:
    form = UnitForm(posted(request), initial=_initial(present, UnitForm))
    if form.is_valid():
        with form.showing_faults():
            kept = keep_unit(present, **form.cleaned_data, actor=actor_of(request), at=clock.now())
            said = _("%(name)s is saved.") % {"name": kept.name}
            return done(request, said, "knowledge:desk-units")
    return _page(request, form, present)


def _initial(
    present: Measure | Unit | None, form: type[MeasureForm] | type[UnitForm]
) -> dict[str, object]:
    return {name: getattr(present, name) for name in form.base_fields} if present else {}


def _page(
    request: HttpRequest, form: MeasureForm | UnitForm, present: Measure | Unit | None
) -> HttpResponse:
    return form_page(
        request,
        "desk/word.html",
        form,
        present=present,
        of_units=isinstance(form, UnitForm),
        is_fixed=present is not None and is_used(present),
    )
