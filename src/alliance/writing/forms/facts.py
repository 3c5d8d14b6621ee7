"""The form on which the team of a city answers for the facts of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.web.fields import ShortText
from alliance.writing.models import FactAnswer
from alliance.writing.selectors.fact_checks import Fact


class FactsForm(ServiceForm):
    """One answer for each fact; those left open stay as they are."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, facts: Sequence[Fact], **options: Any) -> None:
        super().__init__(*args, **options)
        self.facts = facts
        for fact in facts:
            self.fields[fact.code] = forms.ChoiceField(
                label=fact.label, choices=FactAnswer.choices, widget=forms.RadioSelect,
                required=False, initial=fact.check.answer if fact.check else "",
            )  # fmt: skip
            self.fields[f"note.{fact.code}"] = ShortText(
                label=_("What is right?"), max_length=1000, size=60,
                initial=fact.check.note if fact.check else "",
            )  # fmt: skip

    def rows(self) -> Iterator[tuple[Fact, BoundField, BoundField]]:
        """Each fact with the fields of its answer and its note."""
        for fact in self.facts:
            yield fact, self[fact.code], self[f"note.{fact.code}"]

    def clean(self) -> dict[str, Any]:
        """What is not right comes with what is."""
        for fact in self.facts:
            note = self.cleaned_data.get(f"note.{fact.code}", "")
            if self.cleaned_data.get(fact.code) == FactAnswer.WRONG and not note.strip():
                self.add_error(f"note.{fact.code}", _("Write what is right."))
        if not any(self.cleaned_data.get(fact.code) for fact in self.facts):
            self.add_error(None, _("Answer for at least one fact."))
        return self.cleaned_data

    def as_kwargs(self) -> dict[str, Any]:
        """What `check_facts` takes."""
        data = self.cleaned_data
        answers = {
            fact.code: (data[fact.code], data[f"note.{fact.code}"].strip())
            for fact in self.facts
            if data[fact.code]
        }
        return {"answers": answers, "revision": data["revision"]}
