"""Which solutions a reader puts side by side, in the address of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import OutcomeTheme
from alliance.knowledge.selectors.basket import FEWEST, MOST


class SolutionsForm(forms.Form):
    """The solutions, from one problem or several, and the outcome that they are judged by.

    `choices` are groups of ids and names.
    """

    use_required_attribute = False

    solution = forms.MultipleChoiceField(label=_("Solution"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", _("The main outcome of each solution")), *OutcomeTheme.choices],
        required=False,
    )

    def __init__(self, data: Any, choices: Sequence[Any]) -> None:
        # A list that was left alone is sent too.
        self.chosen = [value for value in dict.fromkeys(data.getlist("solution")) if value]
        sent = data.copy()
        sent.setlist("solution", self.chosen)
        super().__init__(sent, auto_id="compare-%s")
        self.fields["solution"].choices = choices  # type: ignore[attr-defined]

    def clean_solution(self) -> list[str]:
        """The ids once each, no more than a table holds."""
        if len(self.chosen) > MOST:
            raise ValidationError(gettext("Select at most %(most)s solutions.") % {"most": MOST})
        return self.chosen

    @property
    def lists(self) -> list[str]:
        """What is chosen in each list of the form: one more than there are, if there is room."""
        room = max(FEWEST, len(self.chosen) + 1)
        return [*self.chosen, *[""] * room][: min(room, MOST)]
