"""The step from an adoption to its fairness check: a new one, or one that the city has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import get_adoption_to_plan
from alliance.adoption.services.adoptions import name_check
from alliance.core.errors import Fault, InvalidData
from alliance.equity.check_forms import AboutForm
from alliance.equity.models import DistributionCheck
from alliance.equity.questions import action_of
from alliance.equity.selectors.checks import checks_of_team
from alliance.equity.services.checks import start_check
from alliance.equity.views.checks import AboutAct
from alliance.network.models import Organisation


class FairnessForm(AboutForm):
    """A check that the city has, or what a new one is about."""

    check = forms.ChoiceField(
        label=_("Fairness check"), required=False, choices=[("", _("a new one"))]
    )
    field_order = ("check", "title", "action")


class Fairness(AboutAct):
    """Make the fairness check of what is adopted."""

    form_class = FairnessForm
    heading = _("Make the fairness check")
    submit = _("Save and go on")
    list_page = (_("Adoptions"), "adoption:adoptions")
    own_page = (_("The adoption"), "adoption:adoption")
    found: Adoption

    def find(self, *args: Any, **ids: Any) -> Adoption:
        return get_adoption_to_plan(self.actor, ids["public_id"])

    def team(self) -> Organisation:
        return self.found.adopter

    def form_options(self) -> dict[str, Any]:
        options = super().form_options()
        self.own = {one.public_id: one for one in checks_of_team(self.found.adopter)[:50]}
        options["choices"]["check"] = [(key, one.title) for key, one in self.own.items()]
        return options

    def initial(self) -> dict[str, Any]:
        line = self.found
        shown = not getattr(line, "is_hidden", False)
        return {
            "title": line.subject_title[:160] if shown else "",
            "action": action_of(getattr(line, "solution_id", None) or ""),
            "summary": line.aim[:2_000],
            "decided_on": line.starts_on,
            "language": line.language,
        }

    def act(self, form: FairnessForm) -> DistributionCheck:
        line, chosen = self.found, form.cleaned_data["check"]
        if not line.subject_id:
            raise InvalidData([Fault("title", "check-nothing-chosen")])
        check = self.own.get(chosen)
        if check is None:
            is_hidden = getattr(line, "is_hidden", False)
            subject = ("", "") if is_hidden else (line.subject_kind, line.subject_id)
            about = form.words(self.areas, self.processes)
            check = start_check(line.adopter, about, subject=subject, **self.by)
        name_check(line, check, **self.by)
        return check

    def address(self, made: Any = None) -> str:
        """The check, which says what is missing, or back to the adoption."""
        if made is not None:
            return reverse("equity:check", args=[made.public_id])
        return super().address()
