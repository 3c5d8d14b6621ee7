"""What the secretariat writes on a solution: a verdict of a panel, its facts, its main result."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from alliance.cases import rules
from alliance.cases.enums import TextStatus, Verdict
from alliance.cases.models import Effect, Measure, Solution, Unit
from alliance.cases.selectors.access import get_solution_for
from alliance.cases.selectors.localise import local_text
from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.evidence.services.panels import (
    PANEL,
    PANEL_FIELDS,
    end_panel_verdict,
    set_panel_verdict,
    words_for_panel,
)
from alliance.network.localise import Localised, local_name
from alliance.network.needs_offers_forms import language_choices
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.formatting import colon, number
from alliance.writing.forms.solution_editorial import OF_CASE, SolutionEditorialForm
from alliance.writing.forms.solution_facts import SolutionFactsForm
from alliance.writing.services.solutions import (
    editorial_of,
    facts_of,
    set_solution_editorial,
    set_solution_facts,
)

_LABELS = {"name": _("Person %(n)s: name"), "organisation": _("Person %(n)s: organisation")}


class PanelForm(ServiceForm):
    """The word, three people and their reason."""

    word = forms.ChoiceField(label=_("Panel verdict"), required=False)
    reason = forms.CharField(
        label=_("Reason for departing from the rule"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 62}),
        help_text=_("Published on the solution page. At least 80 characters."),
    )
    language = forms.ChoiceField(label=_("Language of the reason"), choices=language_choices)

    def __init__(self, *args: Any, words: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        word: Any = self.fields["word"]
        word.choices = [(code, Verdict(code).label) for code in words]
        for place in range(PANEL):
            for key in PANEL_FIELDS:
                label = str(_LABELS[key]) % {"n": place + 1}
                self.fields[f"{key}_{place}"] = forms.CharField(label=label, required=False)

    def field_of(self, where: str) -> str:
        if not where.startswith("members["):
            return where
        number, _dot, key = where.removeprefix("members[").partition("].")
        return f"{key}_{number}"

    def as_kwargs(self) -> dict[str, Any]:
        typed = self.cleaned_data
        members = [
            {key: typed.get(f"{key}_{number}", "") for key in PANEL_FIELDS}
            for number in range(PANEL)
        ]
        return {
            "word": typed["word"],
            "reason": typed["reason"],
            "language": typed["language"],
            "members": members,
        }


class _SolutionActionView(PeopleActionView):
    object_page = ("", "knowledge:solution")

    def get_object(self, *args: Any, **ids: Any) -> Solution:
        solution = get_solution_for(self.actor, ids["public_id"])
        if not rules.is_secretariat(self.actor):
            raise NotFound("solution", solution.public_id)
        return solution

    def get_title(self) -> Localised:
        return local_text(self.object, "name", self.language)


class SetPanel(_SolutionActionView):
    """Set the verdict of a panel with three names and a reason."""

    form_class: ClassVar[Any] = PanelForm
    service = set_panel_verdict
    heading = _("Panel verdict")
    lead = _(
        "Three people with no ties to the cities and companies in the cases can change "
        "the verdict by one step. Their verdict applies until the evidence changes, but "
        "for no more than two years."
    )
    submit_label = _("Publish the panel verdict")
    success_message = _("The panel verdict has been published.")

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        main = self.object.verdicts.filter(is_main=True).first()
        return {"words": words_for_panel(main.details["verdict"]) if main else ()}


class SetFacts(_SolutionActionView):
    """Replace what a solution costs and takes, and what its prerequisites are about."""

    form_class: ClassVar[Any] = SolutionFactsForm
    service = set_solution_facts
    heading = _("Costs, timescales and requirements")
    lead = _("Enter one row per source. Readers see each row with its source.")
    success_message = _("The costs, timescales and requirements have been saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        facts = facts_of(self.object)
        text = self.object.texts.filter(status=TextStatus.ORIGINAL).first()
        needs = text.prerequisites if text else ()
        kinds = facts["prerequisite_kinds"]
        return {"rows": {"costs": facts["costs"]}, "needs": needs, "kinds": kinds}


class SetEditorial(_SolutionActionView):
    """Replace what editors choose and say: main result, national schemes, disputes."""

    form_class: ClassVar[Any] = SolutionEditorialForm
    service = set_solution_editorial
    heading = _("Main result, national schemes and disputes")
    lead = _("Readers see the main result first. Disputes are shown next to the figures.")
    success_message = _("The main result, national schemes and disputes have been saved.")

    def get_initial(self) -> dict[str, Any]:
        return editorial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        editorial = editorial_of(self.object)
        disputes = [
            row | {"effects": [f"{row['case']}{OF_CASE}{key}" for key in row["effects"]]}
            for row in editorial["disputes"]
        ]
        return {
            "rows": {"national_schemes": editorial["national_schemes"], "disputes": disputes},
            "measures": self._names(Measure, "slug"),
            "units": self._names(Unit, "code"),
            "results": self._results(),
        }

    def _names(self, model: type[Measure] | type[Unit], code: str) -> list[tuple[str, str]]:
        rows = [(getattr(row, code), local_name(row, self.language)) for row in model.objects.all()]
        return sorted(rows, key=lambda row: row[1].casefold())

    def _results(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The results of its cases, by the name of the case."""
        cases = self.object.cases.order_by("public_id").prefetch_related(
            "texts", Prefetch("effects", queryset=Effect.objects.select_related("measure", "unit"))
        )
        return [
            (
                str(local_text(case, "title", self.language)),
                [
                    (f"{case.public_id}{OF_CASE}{effect.key}", self._result(effect))
                    for effect in case.effects.all()
                ],
            )
            for case in cases
        ]

    def _result(self, effect: Effect) -> str:
        name = local_name(effect.measure, self.language)
        words = f"{name} ({effect.qualifier})" if effect.qualifier else name
        return f"{words}{colon()} {number(effect.value)} {local_name(effect.unit, self.language)}"


class EndPanel(PeoplePostView, _SolutionActionView):
    """Let the rule speak again."""

    service = end_panel_verdict
    success_message = _("The verdict set by the rule applies again.")
