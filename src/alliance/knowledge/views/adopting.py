"""Proposing that a city adopts a case or a solution with the help of a city that knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.forms import ServiceForm
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.knowledge.selectors.adopting import Knowing, knowing_case, knowing_solution
from alliance.knowledge.selectors.chain import chain_page
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.replication import replication_plan
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.knowledge.views.acting import CaseAct
from alliance.network.localise import Localised, localised
from alliance.network.models import Partnership
from alliance.network.needs_offers_forms import language_choices
from alliance.network.partnership_forms import aim_field, role_field
from alliance.network.selectors.access import get_city_team
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.services import partnerships


class AdoptForm(ServiceForm):
    """Who adopts from whom, and what for."""

    adopter = forms.ChoiceField(label=_("The city that adopts it"))
    source = forms.ChoiceField(label=_("The city that knows it"))
    aim = aim_field()
    language = forms.ChoiceField(label=_("Language of the agreement"), choices=language_choices)
    contact_role = role_field()


class AdoptCase(CaseAct):
    """Propose to adopt a case with its city."""

    form_class = AdoptForm
    template_name = "knowledge/adopt.html"
    door: ClassVar[Callable[..., Any]] = get_case_for
    knowing: ClassVar[Callable[..., Knowing]] = knowing_case
    made_page = ("network:agreement", False)
    heading = _("Adopt it with a city that knows it")
    said = _("The agreement is proposed; the other city is told.")

    def find(self, *args: Any, **ids: Any) -> Knowing:  # type: ignore[override]
        found = type(self).knowing(type(self).door(self.actor, ids["public_id"]), self.language)
        self.own = city_teams(self.actor, self.language)
        if not self.own:
            raise NotAllowed(gettext("Only editors of a city’s municipality speak for the city."))
        # Who speaks for one city alone cannot ask it.
        own = {one.city_id for one in self.own}
        self.sources = [team for team in found.teams if team.city and own - {team.city.public_id}]
        return found

    def initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def form_options(self) -> dict[str, Any]:
        sources = [(one.public_id, local_name(one.city, self.language)) for one in self.sources]
        return {
            "choices": {
                "adopter": [(one.public_id, one.city) for one in self.own],
                "source": sources,
            }
        }

    def act(self, form: AdoptForm) -> Partnership:
        given = form.cleaned_data
        return partnerships.propose(
            self.found.subject,
            source=next(one for one in self.sources if one.public_id == given["source"]),
            adopter=get_city_team(self.actor, given["adopter"]),
            aim=given["aim"],
            language=given["language"],
            contact_role=given["contact_role"],
            **self.by,
        )

    def title(self) -> Localised:
        subject = self.found.subject
        return localised(subject.title, subject.language, self.language)

    def context(self) -> dict[str, Any]:
        submit = gettext("Propose the agreement") if self.sources else ""
        return {**super().context(), "submit": submit}


class AdoptSolution(AdoptCase):
    """Propose to adopt a solution with a city that tried it."""

    own_page = ("", "knowledge:solution")
    door = get_solution_for
    knowing = knowing_solution


@require_safe
@missing_is_404
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """The replication plan of an agreement: what the adopted case hands down."""
    today = clock.today()
    found = replication_plan(
        actor_of(request), public_id, language=request.LANGUAGE_CODE, today=today
    )
    return render(request, "knowledge/replication.html", {"plan": found, "today": today})


@require_safe
@missing_is_404
def chain(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who adapted a case, what was changed, and what came of it, however deep."""
    case = get_case_for(actor_of(request), public_id)
    context = chain_page(case, request.LANGUAGE_CODE) | {"today": clock.today()}
    return render(request, "knowledge/chain.html", context)
