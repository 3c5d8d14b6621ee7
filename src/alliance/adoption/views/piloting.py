"""The first step of a pilot that is started from an adoption, prefilled with its data."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import get_adoption_to_plan
from alliance.adoption.services.adoptions import begin_pilot, may_try
from alliance.core.errors import NotFound
from alliance.knowledge.selectors.localise import local_name
from alliance.network.enums import SubjectKind
from alliance.testbeds.forms.pilots import StartForm
from alliance.testbeds.models import Pilot
from alliance.testbeds.selectors.starting import measured_in
from alliance.testbeds.views.planning import New
from alliance.web import formatting
from alliance.web.formatting import colon


class PilotNew(New):
    """Starts a pilot of what is adopted."""

    def get_object(self, *args: Any, **ids: Any) -> list[Any]:
        self.adoption: Adoption = get_adoption_to_plan(self.actor, ids["public_id"])
        own = [team for team in super().get_object() if team.pk == self.adoption.adopter_id]
        if not own:
            raise NotFound("adoption", self.adoption.public_id)
        return own

    def asked(self) -> dict[str, str]:
        """The subject of the adoption."""
        line = self.adoption
        is_case = line.subject_kind == SubjectKind.CASE and not getattr(line, "is_hidden", False)
        return {
            "solution": getattr(line, "solution_id", None) or "",
            "case": line.subject_id if is_case else "",
        }

    def get_initial(self) -> dict[str, Any]:
        line, known = self.adoption, super().get_initial()
        unit = measured_in(self.names, line.unit) or known.get("outcome_unit", "")
        if line.measure:
            known["outcome"] = self.names.measures.label(line.measure)
        return known | {
            "title": known.get("title") or line.subject_title,
            "outcome_unit": unit,
            "starts_on": line.starts_on,
            "known": self.known(line.unit),
        }

    def known(self, unit: str) -> str:
        """Baseline, conditions, costs and partner as a text for the plan of the pilot."""
        line = self.adoption
        lines = []
        if line.baseline is not None:
            value = f"{formatting.number(line.baseline)} {unit}".strip()
            year = f" ({line.baseline_year})" if line.baseline_year else ""
            lines.append(f"{_('Baseline')}{colon()} {value}{year}")
        lines += [
            f"{label}{colon()} {text.strip()}"
            for label, text in (
                (_("Conditions"), line.shown_conditions),
                (_("Costs"), line.costs),
                (_("Risks"), line.risks),
            )
            if text.strip()
        ]
        if line.source_city is not None:
            city = local_name(line.source_city, self.language)
            lines.append(_("Inspired by: %(city)s") % {"city": city})
        return "\n".join(lines)[:4_000]

    def execute(self, form: StartForm) -> Pilot:
        may_try(self.adoption)
        made = super().execute(form)
        begin_pilot(self.adoption, made)
        return made

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The id of the new pilot."""
        return [made.public_id] if made is not None else []

    def get_success_url(self, made: Any = None) -> str:
        """The second step, or back to the adoption."""
        if made is not None:
            return super().get_success_url(made)
        return reverse("adoption:adoption", args=[self.adoption.public_id])
