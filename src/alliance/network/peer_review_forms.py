"""The forms of peer reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.errors import row_of
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.network.enums import Progress, Topic
from alliance.network.needs_offers_forms import language_choices
from alliance.network.services.peer_reviews import (
    LONGEST_FUNCTION,
    LONGEST_TITLE,
    MOST_RECOMMENDATIONS,
)
from alliance.web.fields import LongText, ShortText, day_field


class RequestForm(ServiceForm):
    title = ShortText(label=gettext_lazy("Short description"), size=60, max_length=LONGEST_TITLE)
    question = LongText(label=gettext_lazy("Topic of the review and your questions"), rows=6)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )


class PlanForm(ServiceForm):
    """The dates of the visit."""

    starts_on = day_field(label=gettext_lazy("First day of the visit"))
    ends_on = day_field(label=gettext_lazy("Last day of the visit"))


class CancelForm(ServiceForm):
    because = LongText(label=gettext_lazy("Why is the peer review being cancelled?"), rows=3)


class JoinForm(ServiceForm):
    # Whether a team may join, or has joined already, is checked by the service.
    team = forms.CharField(label=gettext_lazy("Reviewing city"), widget=forms.Select)
    function = forms.CharField(
        label=gettext_lazy("Your job title"),
        required=False,
        max_length=LONGEST_FUNCTION,
        widget=forms.TextInput(attrs={"size": 40, "autocomplete": "organization-title"}),
        help_text=gettext_lazy(
            "Your job title is public. Your name is visible only to participants."
        ),
    )

    def __init__(self, data: Any = None, *, teams: Iterable[Any], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [(team.public_id, team.city) for team in teams]
        self.fields["team"].widget.choices = choices


class AdviceRow(RowForm):
    text = LongText(label=gettext_lazy("Recommendation %(row)s"), rows=2)


class ReportForm(RowsForm):
    """Findings and recommendations."""

    groups = {
        "recommendations": rows_of(
            AdviceRow,
            most=MOST_RECOMMENDATIONS,
            spare=6,
            heading=gettext_lazy("Your recommendations"),
            note=gettext_lazy(
                "Blank rows are ignored. Save to add more rows. Each recommendation is "
                "followed up after 6 and 12 months."
            ),
        )
    }
    below = frozenset({"publish"})

    findings = LongText(
        label=gettext_lazy("Your findings"),
        rows=10,
        help_text=gettext_lazy(
            "Describe what works, what does not, and the evidence behind your conclusions."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the report"), choices=language_choices
    )
    publish = forms.BooleanField(
        label=gettext_lazy(
            "Publish now. The report can no longer be changed, and follow-ups begin."
        ),
        required=False,
    )

    def as_kwargs(self) -> dict[str, Any]:
        advice = [row["text"] for row in self.written("recommendations")]
        return {**self.cleaned_data, "recommendations": advice}


class FollowUpForm(ServiceForm):
    """The progress on each recommendation, and the result as text."""

    result = LongText(
        label=gettext_lazy("Follow-up of the review"),
        rows=6,
        help_text=gettext_lazy("The text is public and cannot be changed later."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )

    def __init__(self, data: Any = None, *, advice: Sequence[Any], **options: Any) -> None:
        super().__init__(data, **options)
        self.numbers = [recommendation.number for recommendation in advice]
        order = [*(f"progress-{number}" for number in self.numbers), "result", "language"]
        for recommendation in advice:
            self.fields[f"progress-{recommendation.number}"] = forms.ChoiceField(
                label=f"{recommendation.number}. {recommendation.text}",
                required=False,
                choices=[("", _("not chosen")), *Progress.choices],
            )
        self.order_fields(order)

    def as_kwargs(self) -> dict[str, Any]:
        chosen = {number: self.cleaned_data[f"progress-{number}"] for number in self.numbers}
        plain = {name: self.cleaned_data[name] for name in ("result", "language")}
        return {**plain, "progress": chosen}

    def field_of(self, where: str) -> str:
        """The field of a fault at `where`; progress is by the number of the recommendation."""
        row = row_of(where)
        return f"{row[0]}-{row[1]}" if row else where
