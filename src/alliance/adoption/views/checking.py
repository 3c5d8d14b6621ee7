"""The step from an adoption to its fairness check, new or existing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import get_adoption_to_plan
from alliance.adoption.services.adoptions import name_check
from alliance.core.errors import Fault, InvalidData
from alliance.equity.models import DistributionCheck
from alliance.equity.questions import action_of
from alliance.equity.services.gate import Subject
from alliance.equity.views.checks import NameCheck
from alliance.network.models import Organisation


class Fairness(NameCheck):
    """Creates the fairness check of what is adopted."""

    list_page = (_("Adoptions"), "adoption:adoptions")
    object_page = (_("The adoption"), "adoption:adoption")
    object: Adoption

    def get_object(self, *args: Any, **ids: Any) -> Adoption:
        return get_adoption_to_plan(self.actor, ids["public_id"])

    def team(self) -> Organisation:
        return self.object.adopter

    def get_initial(self) -> dict[str, Any]:
        line = self.object
        shown = not getattr(line, "is_hidden", False)
        return {
            "title": line.subject_title[:160] if shown else "",
            "action": action_of(getattr(line, "solution_id", None) or ""),
            "summary": line.aim[:2_000],
            "decided_on": line.starts_on,
            "language": line.language,
        }

    def subjects(self) -> list[Subject]:
        return [(self.object.subject_kind, self.object.subject_id)]

    def answers(self) -> dict[str, str]:
        return self.object.justice

    def execute(self, form: Any) -> DistributionCheck:
        if not self.object.subject_id:
            raise InvalidData([Fault("title", "check-nothing-chosen")])
        return super().execute(form)

    def assign_check(self, check: DistributionCheck) -> None:
        name_check(self.object, check, **self.by)
