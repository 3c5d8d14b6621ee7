"""The forms of peer reviews."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.errors import InvalidData
from alliance.network.enums import Progress, Topic
from alliance.network.exchange_forms import area, day_field, language_choices
from alliance.network.forms import TeamForm
from alliance.network.services.peer_reviews import (
    LONGEST_FUNCTION,
    LONGEST_TITLE,
    MOST_RECOMMENDATIONS,
)

_NUMBERED = re.compile(r"^(recommendations|progress)\[(\d+)\]$")


class RequestForm(TeamForm):
    """Asking for a peer review."""

    use_required_attribute = False

    title = forms.CharField(
        label=gettext_lazy("In one line"),
        required=False,
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"size": 60, "autocomplete": "off"}),
    )
    question = forms.CharField(
        label=gettext_lazy("What the others are to look at, and what you want to know"),
        required=False,
        widget=area(6),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )


class PlanForm(TeamForm):
    """The days of the visit."""

    use_required_attribute = False

    starts_on = day_field(label=gettext_lazy("First day of the visit"))
    ends_on = day_field(label=gettext_lazy("Last day of the visit"))


class CancelForm(TeamForm):
    """Calling a review off."""

    use_required_attribute = False

    because = forms.CharField(
        label=gettext_lazy("Why is it called off?"), required=False, widget=area(3)
    )


class JoinForm(TeamForm):
    """Taking part as a reviewing city."""

    use_required_attribute = False

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


class _RowsForm(TeamForm):
    """A form with numbered rows, whose faults stand beside their row."""

    use_required_attribute = False

    def row_name(self, kind: str, number: int) -> str:
        """The field of the row that a fault of a service names."""
        raise NotImplementedError

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show the faults; one of a row stands beside it."""
        if not isinstance(error, InvalidData):
            super().take(error)
            return
        for fault in error.faults:
            found = _NUMBERED.match(fault.where)
            name = self.row_name(found[1], int(found[2])) if found else fault.where
            self.add_error(name if name in self.fields else None, fault.rule)


class ReportForm(_RowsForm):
    """Findings and recommendations; a row without words is left out."""

    findings = forms.CharField(
        label=gettext_lazy("What you found"),
        required=False,
        widget=area(10),
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
        self.rows = min(max(len(texts) + 3, 6), MOST_RECOMMENDATIONS)
        if data is not None:
            sent = [int(n) for n in re.findall(r"advice-(\d{1,2})\b", " ".join(data))]
            self.rows = max([self.rows, *(n + 1 for n in sent if n < MOST_RECOMMENDATIONS)])
        for place in range(self.rows):
            self.fields[f"advice-{place}"] = forms.CharField(
                label=_("Recommendation %(n)s") % {"n": place + 1},
                required=False,
                initial=texts[place] if place < len(texts) else "",
                widget=area(2),
            )

    def advice_rows(self) -> Iterator[BoundField]:
        """The rows of recommendations."""
        for place in range(self.rows):
            yield self[f"advice-{place}"]

    def _filled(self) -> list[int]:
        return [n for n in range(self.rows) if self.cleaned_data.get(f"advice-{n}", "").strip()]

    def recommendations(self) -> list[str]:
        """Those with words, in their order."""
        return [self.cleaned_data[f"advice-{n}"].replace("\r\n", "\n") for n in self._filled()]

    def row_name(self, kind: str, number: int) -> str:
        return f"advice-{self._filled()[number]}"


class FollowUpForm(_RowsForm):
    """What became of each recommendation, and the result in words."""

    result = forms.CharField(
        label=gettext_lazy("What came of the review"),
        required=False,
        widget=area(6),
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

    def row_name(self, kind: str, number: int) -> str:
        return f"progress-{number}"
