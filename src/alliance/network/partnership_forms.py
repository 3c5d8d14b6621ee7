"""The forms of adoption agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.network.enums import AgreementState, PartnershipSide
from alliance.network.needs_offers_forms import language_choices
from alliance.network.services.partnerships import (
    LONGEST_AIM,
    LONGEST_OUTCOME,
    LONGEST_ROLE,
    LONGEST_STEP,
    MOST_STEPS,
    StepWords,
)
from alliance.web.fields import LongText, ShortText, day_field

#: Empty rows that stand below the steps there are.
SPARE_ROWS = 3


def aim_field() -> forms.CharField:
    """What the adopting city wants to reach."""
    return LongText(
        label=gettext_lazy("What the adopting city wants to reach"), rows=5, max_length=LONGEST_AIM
    )


def role_field() -> forms.CharField:
    """What the contact of one's side does at work."""
    return forms.CharField(
        label=gettext_lazy("Your function"),
        required=False,
        max_length=LONGEST_ROLE,
        widget=forms.TextInput(attrs={"size": 40, "autocomplete": "organization-title"}),
        help_text=gettext_lazy(
            "You become the contact of your city. Everybody reads the function, such as “head of "
            "mobility”; the two teams read your name, too."
        ),
    )


class AgreeForm(ServiceForm):
    """A yes to the terms that were read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    contact_role = role_field()


class EndForm(ServiceForm):
    """How an agreement ends."""

    state = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        widget=forms.RadioSelect,
        choices=[
            (state.value, state.label)
            for state in AgreementState
            if state.value not in AgreementState.running()
        ],
    )
    outcome = LongText(
        label=gettext_lazy("What came of it"),
        max_length=LONGEST_OUTCOME,
        help_text=gettext_lazy(
            "In the language of the agreement. Also why it was stopped or declined: others learn "
            "from it. Record the result as a case as well."
        ),
    )


class StepRow(RowForm):
    """A step."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    title = ShortText(label=gettext_lazy("Step %(row)s"), size=60, max_length=LONGEST_STEP)
    side = forms.ChoiceField(
        label=gettext_lazy("Who does step %(row)s"),
        choices=PartnershipSide,
        initial=PartnershipSide.BOTH,
    )
    due_on = day_field(label=gettext_lazy("Until when, step %(row)s"))

    @property
    def is_written(self) -> bool:
        """A step has a title."""
        return bool(self.cleaned_data.get("title"))


class TermsForm(RowsForm):
    """The aim and the steps."""

    groups = {
        "steps": rows_of(
            StepRow,
            most=MOST_STEPS,
            spare=SPARE_ROWS,
            heading=gettext_lazy("Steps"),
            note=gettext_lazy("A row without words is left out. Save to get more rows."),
        )
    }

    aim = aim_field()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the agreement"), choices=language_choices
    )

    def given(self) -> dict[str, Any]:
        steps = [
            StepWords(**{**row, "side": row["side"] or PartnershipSide.BOTH.value})
            for row in self.written("steps")
        ]
        return {**self.cleaned_data, "steps": steps}
