"""Starting an adoption: of a case, of a solution, or from a need without either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.adoption.forms import AdoptForm
from alliance.adoption.models import Adoption
from alliance.adoption.selectors.knowing import (
    Knowing,
    helpers,
    knowing_case,
    knowing_solution,
    known_of,
    open_needs,
)
from alliance.adoption.services.adoptions import start
from alliance.core.errors import NotAllowed
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.views.actions import CaseActionView
from alliance.network.localise import Localised, localised
from alliance.network.models import Need, Organisation
from alliance.network.selectors.access import get_city_team, get_need
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.views.actions import PeopleActionView


class Adopt(PeopleActionView):
    """The form that starts an adoption, prefilled from the address."""

    form_class = AdoptForm
    template_name = "adoption/adopt.html"
    created_page = ("adoption:adoption", False)
    submit_label = _("Start adoption")
    success_message = _(
        "The adoption has started. If you chose a partner, it has been sent an email."
    )
    #: Teams that may be asked to help.
    partners: list[Organisation]

    def speaking(self) -> None:
        """Loads the cities that the reader edits. Raises NotAllowed if there is none."""
        self.own = city_teams(self.actor, self.language)
        if not self.own:
            raise NotAllowed(
                gettext("You need to be an editor of the municipality to act for the city.")
            )
        self.needs = open_needs([team.public_id for team in self.own])

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        need = next(
            (candidate for candidate in self.needs if candidate.public_id == asked.get("need")),
            None,
        )
        partners = [partner.public_id for partner in self.partners]
        source = asked.get("source", partners[0] if len(partners) == 1 else "")
        return {
            "language": need.language if need else self.language,
            "source": source if source in partners else "",
            "need": need.public_id if need else "",
            "adopter": need.organisation.public_id if need else asked.get("team", ""),
            "aim": need.text[:3_000] if need else "",
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "choices": {
                "adopter": [(team.public_id, team.city) for team in self.own],
                "source": [
                    (partner.public_id, local_name(partner.city, self.language))
                    for partner in self.partners
                ],
                "need": [(need.public_id, need.title) for need in self.needs],
            }
        }

    def start(self, form: AdoptForm, knowing: Knowing | None, need: str) -> Adoption:
        """Starts the adoption with the form's values and the known data of the subject."""
        data = form.cleaned_data
        known: dict[str, Any] = {}
        if knowing is not None:
            with translation.override(data["language"]):
                known = known_of(knowing, data["language"])
        return start(
            knowing.subject if knowing else None,
            adopter=get_city_team(self.actor, data["adopter"]),
            source=next(
                (partner for partner in self.partners if partner.public_id == data["source"]), None
            ),
            need=next((candidate for candidate in self.needs if candidate.public_id == need), None),
            aim=data["aim"],
            language=data["language"],
            contact_role=data["contact_role"],
            known=known,
            **self.by,
        )


class AdoptCase(Adopt, CaseActionView):
    getter: ClassVar[Callable[..., Any]] = get_case_for
    knowing: ClassVar[Callable[..., Knowing]] = knowing_case

    def get_object(self, *args: Any, **ids: Any) -> Knowing:  # type: ignore[override]
        knowing = type(self).knowing(type(self).getter(self.actor, ids["public_id"]), self.language)
        self.speaking()
        # An editor of only the case's city cannot ask it.
        own = {team.city_id for team in self.own}
        teams = dict.fromkeys([*knowing.teams, *helpers(self.needs)])
        self.partners = [team for team in teams if team.city and own - {team.city.public_id}]
        return knowing

    def execute(self, form: AdoptForm) -> Adoption:
        return self.start(form, self.object, form.cleaned_data["need"])

    def get_title(self) -> Localised:
        subject = self.object.subject
        return localised(subject.title, subject.language, self.language)

    def get_context_data(self) -> dict[str, Any]:
        cities = ", ".join(team.city for team in self.own)
        return {
            **super().get_context_data(),
            "heading": gettext("Adopt this solution in %(city)s") % {"city": cities},
        }


class AdoptSolution(AdoptCase):
    """Adopts a solution, with a city that tried it."""

    object_page = ("", "knowledge:solution")
    getter = get_solution_for
    knowing = knowing_solution


class AdoptNeed(Adopt):
    """Starts from a need of the reader's city, before a solution is chosen."""

    list_page = (_("City needs"), "network:needs")
    object_page = ("", "network:need")
    heading = _("From need to result")
    lead = _("Keep the need, partner, plan, pilot and result together on one page.")

    def get_object(self, *args: Any, **ids: Any) -> Need:
        need = get_need(ids["public_id"])
        self.speaking()
        self.own = tuple(team for team in self.own if team.public_id == need.organisation.public_id)
        if not self.own or need.ended_at is not None:
            raise NotAllowed(
                gettext("You need to be an editor of the city to act on one of its open needs.")
            )
        self.needs = [need]
        self.partners = helpers([need])
        return need

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {
            "need": self.object.public_id,
            "language": self.object.language,
            "aim": self.object.text[:3_000],
        }

    def execute(self, form: AdoptForm) -> Adoption:
        return self.start(form, None, self.object.public_id)
