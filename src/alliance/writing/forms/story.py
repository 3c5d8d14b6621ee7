"""Steps two and three: the story in the language of the draft, and how it ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from alliance.cases.case_fields import BY_PATH
from alliance.cases.enums import SUCCESSES, Outcome
from alliance.writing.forms.base import (
    Document,
    StepForm,
    asked,
    field_of,
    set_text,
    text_of,
    words,
)

_WORKED, _MIXED, _FAILED = Outcome.WORKED, Outcome.MIXED, Outcome.DID_NOT_WORK

#: What each text asks for, by the outcome; "" where it is not told yet.
PROMPTS: dict[str, dict[str, Promise]] = {
    "summary": {
        _FAILED: gettext_lazy("Describe what was done, who did it and for how long."),
        _MIXED: gettext_lazy("Describe what was done, who did it and for how long."),
        _WORKED: gettext_lazy("Describe what was done, who did it and for how long."),
    },
    "what_worked": {
        _FAILED: gettext_lazy(
            "Describe anything other cities could use, such as a part that worked or "
            "something you learned."
        ),
        _MIXED: gettext_lazy("Describe which parts worked, for whom, and under what conditions."),
        _WORKED: gettext_lazy(
            "Describe what made the difference, and what another city would need."
        ),
    },
    "what_did_not": {
        _FAILED: gettext_lazy(
            "Describe what went wrong, when you noticed, and what you would do "
            "differently. This is the most useful part for other cities."
        ),
        _MIXED: gettext_lazy(
            "Describe which parts did not work, for whom, and what you would change."
        ),
        _WORKED: gettext_lazy(
            "Describe what was harder than expected or did not work at first. Every "
            "project has its difficulties."
        ),
    },
    "equity_notes": {
        _FAILED: gettext_lazy(
            "Describe who paid for the failure, who lost time, money or trust, and who "
            "gained anyway."
        ),
        _MIXED: gettext_lazy("Describe which groups gained, and which paid or were left out."),
        _WORKED: gettext_lazy(
            "Describe which groups gained most, which gained nothing, and who paid."
        ),
    },
    "staff_time": {
        _FAILED: gettext_lazy(
            "Count all hours, including those spent on stopping and clearing up."
        ),
        _MIXED: gettext_lazy("Include everyone who worked on it, in other departments too."),
        _WORKED: gettext_lazy("Include everyone who worked on it, in other departments too."),
    },
}


def prompt(field: str, outcome: str) -> str:
    """What the field asks for in a case with that outcome."""
    kind = _WORKED if outcome in SUCCESSES else outcome
    return str(PROMPTS[field].get(kind) or PROMPTS[field][_MIXED])


class StoryForm(StepForm):
    """Title, what was done, problem, what worked and what did not."""

    asked = asked("story")

    title = field_of(BY_PATH["texts.title"], size=60)
    summary = field_of(BY_PATH["texts.summary"], rows=5)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        outcome = self.document["outcome"]
        for name in ("summary", "what_worked", "what_did_not"):
            self.fields[name].help_text = prompt(name, outcome)
        if outcome in SUCCESSES:
            self.order_fields(["title", "summary", "problem", "what_worked", "what_did_not"])

    def initial_of(self, document: Document) -> dict[str, Any]:
        return text_of(document, self.text_language)

    def write(self, document: Document) -> None:
        set_text(document, self.text_language, self.cleaned_data)


class OutcomeForm(StepForm):
    """Whether it worked, and for what reasons not."""

    asked = asked("outcome")

    outcome = forms.ChoiceField(
        choices=Outcome.choices, widget=forms.RadioSelect, required=False, **words("outcome")
    )

    def initial_of(self, document: Document) -> dict[str, Any]:
        return {row.name: document[row.name] for row in self.asked}

    def write(self, document: Document) -> None:
        document.update({row.name: self.cleaned_data[row.name] for row in self.asked})
