"""The forms of adoption agreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.network.enums import AgreementState, PartnershipSide
from alliance.network.forms import WordsForm, n_rows
from alliance.network.models import PartnershipStep
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
_STEP_FAULT = re.compile(r"^steps\[(\d+)\]\.(\w+)$")


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


class AgreeForm(WordsForm):
    """A yes to the terms that were read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    contact_role = role_field()


class EndForm(WordsForm):
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


class TermsForm(WordsForm):
    """The aim and the steps: a row each, with some to spare; a row without a title is left out."""

    aim = aim_field()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the agreement"), choices=language_choices
    )

    def __init__(self, data: Any = None, *, steps: Sequence[PartnershipStep], **options: Any):
        super().__init__(data, **options)
        least = min(len(steps) + SPARE_ROWS, MOST_STEPS)
        self.rows = n_rows(data, "title", least=least, most=MOST_STEPS)
        sides = list(PartnershipSide.choices)
        for place in range(self.rows):
            step = steps[place] if place < len(steps) else None
            row = {"row": place + 1}
            self.fields[f"title-{place}"] = ShortText(
                label=_("Step %(row)s") % row,
                size=60,
                max_length=LONGEST_STEP,
                initial=step.title if step else "",
            )
            self.fields[f"side-{place}"] = forms.ChoiceField(
                label=_("Who does step %(row)s") % row,
                choices=sides,
                required=False,
                initial=step.side if step else PartnershipSide.BOTH.value,
            )
            self.fields[f"due-{place}"] = day_field(
                label=_("Until when, step %(row)s") % row, initial=step.due_on if step else None
            )
            self.fields[f"number-{place}"] = forms.IntegerField(
                required=False,
                initial=step.number if step else None,
                widget=forms.HiddenInput,
            )

    def step_rows(self) -> Iterator[tuple[BoundField, BoundField, BoundField, BoundField]]:
        """Title, side, day and hidden number of each row."""
        for place in range(self.rows):
            yield tuple(self[f"{name}-{place}"] for name in ("title", "side", "due", "number"))  # type: ignore[misc]

    def steps(self) -> list[StepWords]:
        """The rows that have a title."""
        return [
            StepWords(
                title=self.cleaned_data[f"title-{place}"],
                side=self.cleaned_data[f"side-{place}"] or PartnershipSide.BOTH.value,
                due_on=self.cleaned_data[f"due-{place}"],
                number=self.cleaned_data[f"number-{place}"],
            )
            for place in self._filled()
        ]

    def _filled(self) -> list[int]:
        return [n for n in range(self.rows) if self.cleaned_data.get(f"title-{n}")]

    def field_of(self, where: str) -> str:
        """The field for a fault at `where`; a step is counted among those with a title."""
        found = _STEP_FAULT.match(where)
        return f"{found[2]}-{self._filled()[int(found[1])]}" if found else where
