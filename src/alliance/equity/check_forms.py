"""The forms of fairness checks: for those who edit them, and for anybody who challenges one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.equity.enums import Action, By, ClaimResult, HeardIn, Side
from alliance.equity.models import AreaSet
from alliance.equity.questions import Question
from alliance.equity.services import checks, claims
from alliance.network.needs_offers_forms import language_choices
from alliance.participation.models import Process
from alliance.web.fields import LongText, ShortText, day_field
from alliance.writing.forms.numbers import NumberField


class AboutForm(ServiceForm):
    """What the city wants to do."""

    title = ShortText(
        label=_("Planned action"),
        size=60,
        max_length=checks.LONGEST_TITLE,
        help_text=_("For example, “Parking charge in the centre”."),
    )
    action = forms.ChoiceField(
        label=_("Type of action"),
        choices=Action.choices,
        widget=forms.RadioSelect,
        help_text=_("We will ask you questions about effects that other cities missed."),
    )
    summary = LongText(
        label=_("Summary in three sentences"), rows=4, max_length=checks.LONGEST_SUMMARY
    )
    decided_on = day_field(label=_("Date of the decision"))
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    area_set = forms.ChoiceField(
        label=_("Areas of the city"), required=False, choices=[("", _("none for now"))]
    )
    process = forms.ChoiceField(
        label=_("Discussion with residents"), required=False, choices=[("", "–")]
    )

    def as_data(self, areas: Sequence[AreaSet], processes: Sequence[Process]) -> checks.About:
        """The input of the service."""
        cleaned_data = self.cleaned_data
        by_id: dict[str, Any] = {area.public_id: area for area in areas}
        by_id |= {process.public_id: process for process in processes}
        texts = {
            name: cleaned_data[name]
            for name in checks.About.__dataclass_fields__
            if name in cleaned_data
        }
        chosen = {name: by_id.get(cleaned_data[name]) for name in ("area_set", "process")}
        return checks.About(**texts | chosen)


class NameCheckForm(AboutForm):
    """An existing check, or what a new one is about."""

    check = forms.ChoiceField(
        label=_("Fairness check"), required=False, choices=[("", _("a new one"))]
    )
    field_order = ("check", "title", "action")


class QuestionsForm(ServiceForm):
    """One text for each question."""

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        for question in questions:
            self.fields[question.code] = LongText(
                label=question.text, rows=3, max_length=checks.LONGEST_ANSWER
            )

    def as_kwargs(self) -> dict[str, Any]:
        return {"answers": self.cleaned_data}


def _number(label: Any) -> NumberField:
    return NumberField(
        label=label,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8}),
    )


class LineRow(RowForm):
    """A gain or a cost."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    who = ShortText(label=_("Who is affected, row %(row)s"), size=30, max_length=checks.LONGEST_WHO)
    by = forms.ChoiceField(label=_("Group or area?"), choices=By, initial=By.GROUP)
    side = forms.ChoiceField(label=_("Who gains or who pays?"), choices=Side, initial=Side.COST)
    what = ShortText(
        label=pgettext_lazy("line of a check", "Item"), size=50, max_length=checks.LONGEST_WHAT
    )
    value = _number(_("Change or cost"))
    unit = ShortText(label=_("Unit"), size=12, max_length=checks.LONGEST_UNIT)
    low = _number(_("At least"))
    high = _number(_("At most"))
    doubt = ShortText(label=_("Certainty of the figure"), size=40, max_length=checks.LONGEST_WHAT)
    source = ShortText(label=_("Source"), size=40, max_length=checks.LONGEST_SOURCE)

    @property
    def is_written(self) -> bool:
        """Whether a line has a subject or a description."""
        return bool(self.cleaned_data.get("who") or self.cleaned_data.get("what"))


class MitigationRow(RowForm):
    text = ShortText(
        label=_("Support from the city, row %(row)s"), size=60, max_length=checks.LONGEST_MITIGATION
    )
    owner = ShortText(label=_("Responsible person or unit"), size=30, max_length=checks.LONGEST_WHO)
    due_on = day_field(label=_("Deadline"))


class TableForm(RowsForm):
    """Who gains, who pays, and the mitigations."""

    groups = {
        "lines": rows_of(
            LineRow,
            most=checks.MOST_LINES,
            heading=_("Who gains, who pays"),
            note=_(
                "Add at least one row about a group and one about an area. Give a range, "
                "or describe how certain the figure is. Save to get more rows."
            ),
        ),
        "mitigations": rows_of(
            MitigationRow,
            most=checks.MOST_MITIGATIONS,
            heading=_("Support for those who pay"),
        ),
    }
    no_figures = LongText(
        label=_("If you have no data by area, explain why"),
        rows=2,
        max_length=checks.LONGEST_ANSWER,
        help_text=_(
            "The page will then show testimonies and your explanation instead of the table."
        ),
    )

    def as_kwargs(self) -> dict[str, Any]:
        return {
            "lines": [checks.LineData(**row) for row in self.written("lines")],
            "mitigations": [checks.MitigationData(**row) for row in self.written("mitigations")],
            **self.cleaned_data,
        }


class ProposeForm(ServiceForm):
    """Which figure of the areas describes the change."""

    exposure = forms.ChoiceField(
        label=_("Expected change"),
        help_text=_(
            "Choose the data with the expected change or cost in each area. Above 0 means "
            "an increase, below 0 a decrease."
        ),
    )


class WaiverForm(ServiceForm):
    """Who answers in public for going on without a table."""

    role = ShortText(
        label=_("Your job title"),
        max_length=checks.LONGEST_WHO,
        help_text=_("For example, “head of transport”. Your job title will be public."),
    )
    because = LongText(label=_("Reason"), rows=4, max_length=checks.LONGEST_ANSWER)


class HeardForm(ServiceForm):
    kind = forms.ChoiceField(
        label=_("How the testimony was given"), choices=HeardIn.choices, widget=forms.RadioSelect
    )
    who = ShortText(
        label=_("Description of the person, without a name"),
        max_length=checks.LONGEST_WHO,
        help_text=_("For example, “a nurse who works nights”."),
    )
    place = ShortText(label=_("Area or place"), max_length=checks.LONGEST_WHO)
    theme = ShortText(label=_("Subject"), max_length=checks.LONGEST_THEME)
    text = LongText(
        label=_("The person’s own words"),
        rows=6,
        max_length=checks.LONGEST_HEARD,
        help_text=_("If there are photos, describe them in words."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    heard_on = day_field(label=_("Date"))
    consented_on = day_field(label=_("Date of consent to publication"))
    keep_until = day_field(
        label=_("Keep until"), help_text=_("The text is then deleted automatically.")
    )

    def as_kwargs(self) -> dict[str, Any]:
        return {"heard": checks.Heard(**self.cleaned_data)}


class ContestForm(ServiceForm):
    """What is wrong, and the source."""

    line = forms.ChoiceField(
        label=_("What do you want to dispute?"),
        required=False,
        choices=[("", _("the whole fairness check"))],
    )
    text = LongText(
        label=_("What is wrong, and how do you know?"), rows=5, max_length=claims.LONGEST_CLAIM
    )
    name = ShortText(
        label=_("Your name or organisation"),
        max_length=claims.LONGEST_NAME,
        help_text=_("Optional. For example, “Ålidhem tenants’ association”."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)


class ContestAreaForm(ContestForm):
    """Which figure of which area is wrong, and the source."""

    line = None  # type: ignore[assignment]
    area = ShortText(label=_("Area"), max_length=160, help_text=_("Name or code, as in the table."))
    figure = forms.ChoiceField(
        label=_("What do you want to dispute?"),
        required=False,
        choices=[("", _("the area’s rank"))],
    )
    field_order = ("area", "figure", "text")


class AnswerForm(ServiceForm):
    result = forms.ChoiceField(
        label=_("The city’s decision"), choices=ClaimResult.choices, widget=forms.RadioSelect
    )
    answer = LongText(label=_("Reason"), rows=5, max_length=claims.LONGEST_ANSWER)


def initial_rows(rows: Sequence[Any], names: Sequence[str]) -> list[Mapping[str, Any]]:
    """The initial values of rows."""
    return [{name: getattr(row, name) for name in names} for row in rows]
