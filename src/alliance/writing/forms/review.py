"""Forms of reviews and withdrawals: what people typed, as values that services take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import Language, ReviewCriterion
from alliance.core.forms import ServiceForm
from alliance.web.formatting import language_name
from alliance.writing.messages.reviews import CRITERIA
from alliance.writing.services.reviews import LONGEST_CONFLICT_NOTE


def _area(rows: int, **attributes: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "cols": 62, **attributes})


class ReviewForm(ServiceForm):
    """A judgement on the four criteria, whole or so far."""

    note = forms.CharField(
        label=_("Note to the team"),
        required=False,
        widget=_area(4),
        help_text=_(
            "Describe what needs to change, or thank the team. The team reads "
            "this. It is not published."
        ),
    )
    no_conflict = forms.BooleanField(
        label=_(
            "I have no conflict of interest: I was not involved in this work, neither I "
            "nor anyone close to me gains or loses from its publication, and I am not in "
            "dispute with the team."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for criterion in ReviewCriterion:
            words = CRITERIA[criterion.value]
            named = str(criterion.label).capitalize()
            self.fields[f"{criterion.value}_score"] = forms.TypedChoiceField(
                label=named,
                help_text=str(words.question),
                choices=[(n, f"{n}: {meaning}") for n, meaning in enumerate(words.scores)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{criterion.value}_reason"] = forms.CharField(
                label=gettext("%(criterion)s: reason") % {"criterion": named},
                required=False,
                widget=_area(2),
            )

    def criteria(self) -> dict[str, dict[str, Any]]:
        """What was typed, by criterion, as services take it."""
        return {
            name: {
                "score": self.cleaned_data.get(f"{name}_score"),
                "reason": self.cleaned_data.get(f"{name}_reason", ""),
            }
            for name in ReviewCriterion.values
        }

    def field_of(self, where: str) -> str:
        """The field for a fault at `where`."""
        return where.removeprefix("criteria.").replace(".", "_")

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """Score and reason of each criterion."""
        return [(self[f"{name}_score"], self[f"{name}_reason"]) for name in ReviewCriterion.values]


def review_initial(criteria: Mapping[str, Mapping[str, Any]], note: str) -> dict[str, Any]:
    """What was kept of a review, as initial values of its form."""
    values: dict[str, Any] = {"note": note}
    for name, judgement in criteria.items():
        values[f"{name}_score"] = judgement.get("score")
        values[f"{name}_reason"] = judgement.get("reason", "")
    return values


class GiveBackForm(ServiceForm):
    """Giving a review back."""

    why = forms.ChoiceField(
        label=_("Why are you withdrawing from the review?"),
        choices=[
            ("time", _("I do not have time")),
            ("conflict", _("I have a conflict of interest")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    note = forms.CharField(
        label=_("Description of the conflict"),
        required=False,
        max_length=LONGEST_CONFLICT_NOTE,
        widget=_area(2),
        help_text=_("Required for a conflict of interest. Only the secretariat can read it."),
    )


class NameForm(ServiceForm):
    """Asking somebody to review."""

    reviewer = forms.ChoiceField(label=_("Reviewer"))


def language_choices() -> list[tuple[str, str]]:
    """The languages of texts, named in the language of the page."""
    return [(code, language_name(code).capitalize()) for code in Language.values]


class WithdrawForm(ServiceForm):
    """Withdrawing a case."""

    reason = forms.CharField(
        label=_("Why are you withdrawing the case?"),
        required=False,
        widget=_area(4),
        help_text=_("Shown publicly on the case page."),
    )
    language = forms.ChoiceField(label=_("Language of the reason"), choices=language_choices)
