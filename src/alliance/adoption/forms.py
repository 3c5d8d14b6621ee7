"""The forms of adoptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.adoption.enums import Ending
from alliance.adoption.models import Adoption
from alliance.adoption.services.adoptions import (
    LONGEST_AIM,
    LONGEST_NAME,
    LONGEST_OUTCOME,
    LONGEST_PLAN,
    LONGEST_ROLE,
    LONGEST_STEP,
    LONGEST_UNIT,
    MOST_STEPS,
    PlanData,
    StepData,
)
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.equity.questions import JUSTICE
from alliance.equity.services.checks import LONGEST_ANSWER
from alliance.network.enums import PartnershipSide
from alliance.network.needs_offers_forms import language_choices
from alliance.web.fields import LongText, ShortText, day_field

#: Empty rows below the existing steps.
SPARE_ROWS = 3


def aim_field() -> forms.CharField:
    """The field for the goal of the adopting city."""
    return LongText(label=gettext_lazy("Goal of the adopting city"), rows=5, max_length=LONGEST_AIM)


def role_field() -> forms.CharField:
    """The field for the contact's job title."""
    return forms.CharField(
        label=gettext_lazy("Your job title"),
        required=False,
        max_length=LONGEST_ROLE,
        widget=forms.TextInput(attrs={"size": 40, "autocomplete": "organization-title"}),
        help_text=gettext_lazy(
            "You become the contact for your city. Your job title, such as “head of "
            "mobility”, is public. Only the two teams see your name."
        ),
    )


class AdoptForm(ServiceForm):
    """The adopting city, its partner, the need, and the goal."""

    adopter = forms.ChoiceField(label=gettext_lazy("Adopting city"))
    source = forms.ChoiceField(
        label=gettext_lazy("Source city"),
        required=False,
        choices=[("", gettext_lazy("No source city for now"))],
        help_text=gettext_lazy("We email the city’s editors and ask them to agree."),
    )
    need = forms.ChoiceField(
        label=gettext_lazy("Need addressed"), required=False, choices=[("", "–")]
    )
    aim = aim_field()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the adoption page"), choices=language_choices
    )
    contact_role = role_field()


class AgreeForm(ServiceForm):
    """Acceptance of the terms that were read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    contact_role = role_field()


class EndForm(ServiceForm):
    """The end of an agreement."""

    state = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        widget=forms.RadioSelect,
        choices=Ending,
    )
    outcome = LongText(
        label=gettext_lazy("Result"),
        max_length=LONGEST_OUTCOME,
        help_text=gettext_lazy(
            "Write in the language of this page. If it was stopped or declined, explain "
            "why: others learn from it. Publish the result as a case too."
        ),
    )


class StepRow(RowForm):
    number = forms.IntegerField(widget=forms.HiddenInput)
    title = ShortText(label=gettext_lazy("Task %(row)s"), size=60, max_length=LONGEST_STEP)
    side = forms.ChoiceField(
        label=gettext_lazy("Who does task %(row)s?"),
        choices=PartnershipSide,
        initial=PartnershipSide.BOTH,
    )
    due_on = day_field(label=gettext_lazy("Deadline for task %(row)s"))

    @property
    def is_written(self) -> bool:
        """A step is filled in if it has a title."""
        return bool(self.cleaned_data.get("title"))


class TermsForm(RowsForm):
    """The aim and the steps."""

    groups = {
        "steps": rows_of(
            StepRow,
            most=MOST_STEPS,
            spare=SPARE_ROWS,
            heading=gettext_lazy("Tasks"),
            note=gettext_lazy("Blank rows are ignored. Save to add more rows."),
        )
    }

    aim = aim_field()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the adoption page"), choices=language_choices
    )

    def as_kwargs(self) -> dict[str, Any]:
        steps = [
            StepData(**{**row, "side": row["side"] or PartnershipSide.BOTH.value})
            for row in self.written("steps")
        ]
        return {**self.cleaned_data, "steps": steps}


class PlanForm(ServiceForm):
    """The plan, which may be incomplete."""

    owner = ShortText(
        label=gettext_lazy("Responsible person or unit"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy(
            "Enter a job title or department, such as “traffic office”, not a person’s name."
        ),
    )
    measure = ShortText(label=gettext_lazy("Outcome measure"), size=60, max_length=LONGEST_NAME)
    unit = ShortText(label=gettext_lazy("Unit"), max_length=LONGEST_UNIT)
    baseline = forms.FloatField(
        label=gettext_lazy("Baseline"),
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy("The value in your city before you start."),
    )
    baseline_year = forms.IntegerField(
        label=gettext_lazy("Baseline year"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    conditions = LongText(label=gettext_lazy("Conditions"), max_length=LONGEST_PLAN)
    costs = LongText(label=gettext_lazy("Costs"), max_length=LONGEST_PLAN)
    budget = forms.DecimalField(
        label=gettext_lazy("Budget"),
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    budget_currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), required=False, choices=[("EUR", "EUR"), ("SEK", "SEK")]
    )
    risks = LongText(label=gettext_lazy("Risks"), max_length=LONGEST_PLAN)
    starts_on = day_field(label=gettext_lazy("Start"))
    ends_on = day_field(label=gettext_lazy("Result due by"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for dimension in JUSTICE:
            self.fields[dimension.code] = LongText(
                label=dimension.text, rows=3, max_length=LONGEST_ANSWER
            )

    def as_kwargs(self) -> dict[str, Any]:
        return {"words": self.words_of(self.cleaned_data)}

    @staticmethod
    def words_of(values: dict[str, Any]) -> PlanData:
        """The cleaned data as the service expects it."""
        asked = {dimension.code for dimension in JUSTICE}
        rest = {name: value for name, value in values.items() if name not in asked}
        return PlanData(**rest, justice={code: values.get(code, "") for code in asked})

    @staticmethod
    def initial_of(adoption: Adoption) -> dict[str, Any]:
        """Initial values from the adoption."""
        shown = {
            name: getattr(adoption, f"shown_{name}") for name in ("measure", "unit", "conditions")
        }
        known = {name: getattr(adoption, name) for name in PlanForm.base_fields}
        return known | shown | adoption.justice
