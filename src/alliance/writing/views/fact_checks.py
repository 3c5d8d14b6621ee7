"""Pages on which the team of a city checks its cases, fact by fact."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import chosen_text, local_name, localised
from alliance.cases.views import actor_of, missing_is_404
from alliance.cases.views.actions import CaseActionView
from alliance.core.errors import NotFound
from alliance.network.localise import Localised
from alliance.network.views import for_people
from alliance.writing.forms.facts import FactsForm
from alliance.writing.models import FactAnswer
from alliance.writing.selectors.fact_checks import (
    cases_to_check,
    facts_of,
    get_team_to_check,
    town_hall,
)
from alliance.writing.services import fact_checks


@require_safe
@for_people
@missing_is_404
def team_facts(request: HttpRequest, public_id: str) -> HttpResponse:
    """The cases of a city for its team: which it has checked, and which not."""
    team = get_team_to_check(actor_of(request), public_id)
    cases = cases_to_check(team).select_related("solution").prefetch_related("texts")
    rows = list(cases)
    context = {
        "team": team,
        "cases": rows,
        "n_checked": sum(case.city_checked_on is not None for case in rows),
        "may_answer": team.public_id in actor_of(request).teams,
    }
    return render(request, "writing/facts/team.html", context)


class CheckFacts(CaseActionView):
    """Answer for the facts of a case, as the team of its city."""

    form_class = FactsForm
    template_name = "writing/facts/case.html"
    heading = gettext_lazy("Is this right?")
    service = fact_checks.check_facts
    object_page = ("", "knowledge:team-facts")

    def get_object(self, *args: Any, **ids: Any) -> CaseStudy:
        case = super().get_object(**ids)
        team = town_hall(case)
        if team is None or team.public_id not in self.actor.teams:
            raise NotFound("case", case.public_id)
        self.team = team
        return case

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.object.revision}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"facts": facts_of(self.object, self.language)}

    def get_title(self) -> Any:
        return _("Cases of your city")

    def get_context_data(self) -> dict[str, Any]:
        text = chosen_text(self.object.texts.all(), self.language, self.object.original_language)
        title = localised(Localised(text.text.title, text.lang_attr))
        return {"case": self.object, "team": self.team, "lead": title}

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.team.public_id,)

    def get_success_message(self, made: CaseStudy) -> str:
        if made.city_checked_on:
            text = _("Thank you. The case now shows that %(city)s has checked it.")
            return text % {"city": local_name(self.team.city, self.language)}
        wrong = made.fact_checks.filter(team=self.team, answer=FactAnswer.WRONG).count()
        if wrong:
            text = ngettext(
                "Saved. Now correct %(n)s fact in the case.",
                "Saved. Now correct %(n)s facts in the case.",
                wrong,
            )
            return text % {"n": wrong}
        return _("Saved. You can answer for the other facts later.")
