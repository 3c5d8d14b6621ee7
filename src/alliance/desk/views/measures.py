"""Measures and units on the secretariat's dashboard."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.desk.forms import MeasureForm, MergeForm, UnitForm
from alliance.desk.selectors.access import open_desk
from alliance.desk.selectors.measures import get_measure_for, get_unit_for, near_words, words_list
from alliance.desk.services import merge_word
from alliance.desk.views import DeskActionView
from alliance.knowledge.models import Measure, Unit
from alliance.knowledge.services.vocabulary import is_used, set_apart, upsert_measure, upsert_unit
from alliance.knowledge.views import actor_of
from alliance.network.views import done, for_people
from alliance.web.paging import number_in, page_number


@require_safe
@for_people
def measures(request: HttpRequest) -> HttpResponse:
    """The list of measures."""
    return _list(request, Measure)


@require_safe
@for_people
def units(request: HttpRequest) -> HttpResponse:
    """The list of units."""
    return _list(request, Unit)


def _list(request: HttpRequest, model: type[Measure] | type[Unit]) -> HttpResponse:
    open_desk(actor_of(request))
    words = request.GET.get("q", "").strip()
    page = words_list(model, words, number=page_number(request), language=request.LANGUAGE_CODE)
    context = {"page": page, "words": words, "of_units": model is Unit}
    return render(request, "desk/words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def near(request: HttpRequest, of_units: bool = False) -> HttpResponse:
    """Measures or units that may be duplicates; a POST marks two of them as different."""
    actor = actor_of(request)
    open_desk(actor)
    if request.method == "POST":
        rows: Any = (Unit if of_units else Measure)._default_manager
        ids = [number_in(request.POST.get(name, "")) for name in ("one", "other")]
        words = list(rows.filter(pk__in=ids))
        if len(words) == 2:
            set_apart(words[0], words[1], actor=actor, at=clock.now())
        page = "knowledge:desk-units-near" if of_units else "knowledge:desk-measures-near"
        return done(
            request, gettext("Saved. The two are no longer listed as possible duplicates."), page
        )
    pairs = near_words(Unit if of_units else Measure)
    return render(request, "desk/near_words.html", {"pairs": pairs, "of_units": of_units})


class MergePage(DeskActionView):
    """Merges a measure or a unit into another one."""

    form_class = MergeForm
    service = merge_word
    model: ClassVar[type[Measure] | type[Unit]] = Measure
    list_page = (_("Outcome measures"), "knowledge:desk-measures-near")
    lead = _(
        "Its results move to the one you keep, and each case gets a new version. Authors "
        "can still find it by its old names."
    )
    submit_label = _("Merge")

    def get_record(self, key: str) -> Measure | Unit:
        return get_measure_for(self.actor, key)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"others": self.model._default_manager.exclude(pk=self.object.pk).order_by("name")}

    def get_initial(self) -> dict[str, Any]:
        return {"into": self.request.GET.get("into", "")[:20]}

    def get_success_url(self, made: Any = None) -> str:
        return self.list_href


class MergeUnitPage(MergePage):
    model = Unit
    list_page = (_("Units"), "knowledge:desk-units-near")

    def get_record(self, key: str) -> Measure | Unit:
        return get_unit_for(self.actor, key)


class WordPage(DeskActionView):
    """Adds or translates a measure or unit; its meaning cannot change once there are results in
    it."""

    template_name = "desk/word.html"
    lead = _(
        "Readers see the name in the language of their page. Authors can find it by any "
        "of its names."
    )

    def get_success_url(self, made: Any = None) -> str:
        return self.list_href

    def get_context_data(self) -> dict[str, Any]:
        return {
            **super().get_context_data(),
            "is_fixed": self.object is not None and is_used(self.object),
        }


class MeasurePage(WordPage):
    form_class = MeasureForm
    adding = _("Add an outcome measure")
    list_page = (_("Outcome measures"), "knowledge:desk-measures")

    def get_record(self, key: str) -> Measure:
        return get_measure_for(self.actor, key)

    def execute(self, form: Any) -> Measure:
        return upsert_measure(self.object, **form.cleaned_data, **self.by)


class UnitPage(WordPage):
    form_class = UnitForm
    adding = _("Add a unit")
    list_page = (_("Units"), "knowledge:desk-units")

    def get_record(self, key: str) -> Unit:
        return get_unit_for(self.actor, key)

    def execute(self, form: Any) -> Unit:
        return upsert_unit(self.object, **form.cleaned_data, **self.by)
