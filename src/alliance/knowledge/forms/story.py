"""Steps two and three: the story in the language of the draft, and how it ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from alliance.knowledge.case_fields import BY_PATH
from alliance.knowledge.enums import SUCCESSES, Outcome
from alliance.knowledge.forms.base import (
    Document,
    StepForm,
    asked,
    field_of,
    put_text,
    text_of,
    words,
)

_WORKED, _MIXED, _FAILED = Outcome.WORKED, Outcome.MIXED, Outcome.DID_NOT_WORK

#: What each text asks for, by the outcome; "" where it is not told yet.
PROMPTS: dict[str, dict[str, Promise]] = {
    "summary": {
        _FAILED: gettext_lazy(
            "What was tried, for how long, and how you know that it did not work."
        ),
        _MIXED: gettext_lazy("What was tried, for how long, and the results, good and bad."),
        _WORKED: gettext_lazy("What was done, for how long, and what changed because of it."),
    },
    "what_worked": {
        _FAILED: gettext_lazy(
            "What others could keep, if anything: a part that worked, something you learned."
        ),
        _MIXED: gettext_lazy("Which parts worked, for whom, and under what conditions."),
        _WORKED: gettext_lazy("What made the difference, and what another city would need for it."),
    },
    "what_did_not": {
        _FAILED: gettext_lazy(
            "What went wrong, when you noticed, and what you would do otherwise. This is what "
            "others come for."
        ),
        _MIXED: gettext_lazy("Which parts did not work, for whom, and what you would change."),
        _WORKED: gettext_lazy(
            "What was harder than expected, or did not work at first. There is always something."
        ),
    },
    "equity_notes": {
        _FAILED: gettext_lazy(
            "Who bore the cost of the failure, who lost time, money or trust; who gained anyway."
        ),
        _MIXED: gettext_lazy("Which groups gained, which paid or were left out."),
        _WORKED: gettext_lazy("Which groups gained most, which gained nothing, and who paid."),
    },
    "staff_time": {
        _FAILED: gettext_lazy("All the hours count, also those of stopping and clearing up."),
        _MIXED: gettext_lazy("Of everybody who worked on it, also in other departments."),
        _WORKED: gettext_lazy("Of everybody who worked on it, also in other departments."),
    },
}


def prompt(field: str, outcome: str) -> str:
    """What the field asks for in a case with that outcome."""
    kind = _WORKED if outcome in SUCCESSES else outcome
    return str(PROMPTS[field].get(kind) or PROMPTS[field][_MIXED])


class StoryForm(StepForm):
    """Title, summary, problem, what worked and what did not."""

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
        put_text(document, self.text_language, self.cleaned_data)


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
