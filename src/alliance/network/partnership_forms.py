"""The forms of adoption agreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.errors import InvalidData
from alliance.network.enums import AgreementState, PartnershipSide
from alliance.network.exchange_forms import area, day_field, language_choices
from alliance.network.forms import TeamForm
from alliance.network.models import PartnershipStep
from alliance.network.services.partnerships import (
    LONGEST_AIM,
    LONGEST_OUTCOME,
    LONGEST_ROLE,
    LONGEST_STEP,
    MOST_STEPS,
    StepWords,
)

#: Empty rows that stand below the steps there are.
SPARE_ROWS = 3
_STEP_FAULT = re.compile(r"^steps\[(\d+)\]\.(\w+)$")


def aim_field() -> forms.CharField:
    """What the adopting city wants to reach."""
    return forms.CharField(
        label=gettext_lazy("What the adopting city wants to reach"),
        required=False,
        max_length=LONGEST_AIM,
        widget=area(5),
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


class AgreeForm(TeamForm):
    """A yes to the terms that were read."""

    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput)
    contact_role = role_field()


class EndForm(TeamForm):
    """How an agreement ends."""

    use_required_attribute = False

    state = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        widget=forms.RadioSelect,
        choices=[
            (state.value, state.label)
            for state in AgreementState
            if state.value not in AgreementState.running()
        ],
    )
    outcome = forms.CharField(
        label=gettext_lazy("What came of it"),
        required=False,
        max_length=LONGEST_OUTCOME,
        widget=area(4),
        help_text=gettext_lazy(
            "In the language of the agreement. Also why it was stopped or declined: others learn "
            "from it. Record the result as a case as well."
        ),
    )


class TermsForm(TeamForm):
    """The aim and the steps: a row each, with some to spare; a row without a title is left out."""

    use_required_attribute = False

    aim = aim_field()
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the agreement"), choices=language_choices
    )

    def __init__(self, data: Any = None, *, steps: Sequence[PartnershipStep], **options: Any):
        super().__init__(data, **options)
        self.rows = min(len(steps) + SPARE_ROWS, MOST_STEPS)
        if data is not None:
            sent = [int(n) for n in re.findall(r"title-(\d{1,2})\b", " ".join(data))]
            self.rows = max([self.rows, *(n + 1 for n in sent if n < MOST_STEPS)])
        sides = list(PartnershipSide.choices)
        for place in range(self.rows):
            step = steps[place] if place < len(steps) else None
            row = {"row": place + 1}
            self.fields[f"title-{place}"] = forms.CharField(
                label=_("Step %(row)s") % row,
                required=False,
                max_length=LONGEST_STEP,
                initial=step.title if step else "",
                widget=forms.TextInput(attrs={"size": 60, "autocomplete": "off"}),
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

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show the faults; one of a step stands beside its row."""
        if not isinstance(error, InvalidData):
            super().take(error)
            return
        filled = self._filled()
        for fault in error.faults:
            found = _STEP_FAULT.match(fault.where)
            name = f"{found[2]}-{filled[int(found[1])]}" if found else fault.where
            self.add_error(name if name in self.fields else None, fault.rule)
