"""The forms of peer reviews."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.network.enums import Progress, Topic
from alliance.network.forms import WordsForm, n_rows
from alliance.network.needs_offers_forms import language_choices
from alliance.network.services.peer_reviews import (
    LONGEST_FUNCTION,
    LONGEST_TITLE,
    MOST_RECOMMENDATIONS,
)
from alliance.web.fields import LongText, ShortText, day_field

_ADVICE_FAULT = re.compile(r"^recommendations\[(\d+)\]$")
_PROGRESS_FAULT = re.compile(r"^progress\[(\d+)\]$")


class RequestForm(WordsForm):
    """Asking for a peer review."""

    title = ShortText(label=gettext_lazy("In one line"), size=60, max_length=LONGEST_TITLE)
    question = LongText(
        label=gettext_lazy("What the others are to look at, and what you want to know"), rows=6
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )


class PlanForm(WordsForm):
    """The days of the visit."""

    starts_on = day_field(label=gettext_lazy("First day of the visit"))
    ends_on = day_field(label=gettext_lazy("Last day of the visit"))


class CancelForm(WordsForm):
    """Calling a review off."""

    because = LongText(label=gettext_lazy("Why is it called off?"), rows=3)


class JoinForm(WordsForm):
    """Taking part as a reviewing city."""

    team = forms.ChoiceField(label=gettext_lazy("City that reviews"))
    function = forms.CharField(
        label=gettext_lazy("Your function"),
        required=False,
        max_length=LONGEST_FUNCTION,
        widget=forms.TextInput(attrs={"size": 40, "autocomplete": "organization-title"}),
        help_text=gettext_lazy(
            "Everybody reads the function; your name is for those who take part."
        ),
    )

    def __init__(self, data: Any = None, *, teams: Iterable[Any], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["team"].choices = [(one.public_id, one.city) for one in teams]  # type: ignore[attr-defined]


class ReportForm(WordsForm):
    """Findings and recommendations; a row without words is left out."""

    findings = LongText(
        label=gettext_lazy("What you found"),
        rows=10,
        help_text=gettext_lazy("What works, what does not, and on what you base it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the report"), choices=language_choices
    )
    publish = forms.BooleanField(
        label=gettext_lazy("Publish it now: it then stays as it is, and the follow-ups begin"),
        required=False,
    )

    def __init__(self, data: Any = None, *, texts: Sequence[str], **options: Any) -> None:
        super().__init__(data, **options)
        least = min(max(len(texts) + 3, 6), MOST_RECOMMENDATIONS)
        self.rows = n_rows(data, "advice", least=least, most=MOST_RECOMMENDATIONS)
        for place in range(self.rows):
            self.fields[f"advice-{place}"] = LongText(
                label=_("Recommendation %(n)s") % {"n": place + 1},
                rows=2,
                initial=texts[place] if place < len(texts) else "",
            )

    def advice_rows(self) -> Iterator[BoundField]:
        """The rows of recommendations."""
        for place in range(self.rows):
            yield self[f"advice-{place}"]

    def _filled(self) -> list[int]:
        return [n for n in range(self.rows) if self.cleaned_data.get(f"advice-{n}", "").strip()]

    def recommendations(self) -> list[str]:
        """Those with words, in their order."""
        return [self.cleaned_data[f"advice-{n}"] for n in self._filled()]

    def field_of(self, where: str) -> str:
        """The field for a fault at `where`; a recommendation is counted among those with words."""
        found = _ADVICE_FAULT.match(where)
        return f"advice-{self._filled()[int(found[1])]}" if found else where


class FollowUpForm(WordsForm):
    """What became of each recommendation, and the result in words."""

    result = LongText(
        label=gettext_lazy("What came of the review"),
        rows=6,
        help_text=gettext_lazy("Everybody reads it, and it stays as it is."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )

    def __init__(self, data: Any = None, *, advice: Sequence[Any], **options: Any) -> None:
        super().__init__(data, **options)
        self.numbers = [one.number for one in advice]
        for one in advice:
            self.fields[f"progress-{one.number}"] = forms.ChoiceField(
                label=f"{one.number}. {one.text}",
                required=False,
                choices=[("", _("not chosen")), *Progress.choices],
            )

    def progress_rows(self) -> Iterator[BoundField]:
        """A row for each recommendation."""
        for number in self.numbers:
            yield self[f"progress-{number}"]

    def progress(self) -> dict[int, str]:
        """What was chosen, by number."""
        return {number: self.cleaned_data[f"progress-{number}"] for number in self.numbers}

    def field_of(self, where: str) -> str:
        """The field for a fault at `where`; progress goes by the number of the recommendation."""
        return _PROGRESS_FAULT.sub(r"progress-\1", where)
