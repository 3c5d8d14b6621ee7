"""The three screens of a campaign, and the table of outcome data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.campaigns import services
from alliance.campaigns.enums import Chosen, Did, UnitKind
from alliance.campaigns.tables import MOST_BYTES
from alliance.cases.enums import EffectDirection
from alliance.cases.models import Method
from alliance.core.files.uploads import content_of
from alliance.core.forms import PlacedForm, ServiceForm, faults_of
from alliance.network.needs_offers_forms import language_choices
from alliance.participation.forms import EnterForm
from alliance.web.fields import LongText, ShortText, day_field


class DescribeForm(ServiceForm):
    """What people should do."""

    title = ShortText(
        label=_("Name of the campaign"),
        size=60,
        max_length=160,
        help_text=_("For example, “Less in the bin”."),
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    summary = LongText(
        label=_("What do you want people to do, and why?"),
        rows=3,
        max_length=600,
        help_text=_("In three sentences, written for residents."),
    )
    step = ShortText(
        label=_("One next step"),
        size=60,
        max_length=200,
        help_text=_("Easy enough to do today, for example “Pick up a food waste basket”."),
    )
    step_place = ShortText(label=_("Where?"), size=60, max_length=160)
    step_when = ShortText(label=_("When?"), size=60, max_length=160)
    methods = forms.MultipleChoiceField(
        label=_("Your materials and methods"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def as_kwargs(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        chosen = data.pop("methods")
        methods = list(Method.objects.filter(public_id__in=chosen))
        return {"words": services.Doing(**data), "methods": methods}


class MeasureForm(ServiceForm):
    """The outcome measure and the dates."""

    outcome = ShortText(
        label=_("What do you measure?"),
        size=60,
        max_length=120,
        help_text=_("For example, residual waste."),
    )
    unit = ShortText(
        label=_("Unit"),
        size=40,
        max_length=80,
        help_text=_("For example, kg per household per week."),
    )
    direction = forms.ChoiceField(
        label=_("Which direction is better?"),
        choices=EffectDirection.choices,
        widget=forms.RadioSelect,
    )
    before = ShortText(
        label=_("Period before the campaign, for comparison"),
        size=60,
        max_length=160,
        help_text=_(
            "For example, “January to June 2026”. Leave blank if you did not "
            "measure anything before."
        ),
    )
    starts_on = day_field(label=_("First day of the campaign"))
    ends_on = day_field(label=_("Last day of the campaign"))
    result_by = day_field(
        label=_("Date you will publish the result"),
        help_text=_("If you miss this date, your city’s page will show it."),
    )
    decides_what = ShortText(
        label=_("Decision that depends on the result"),
        size=60,
        max_length=160,
    )
    decides_who = ShortText(label=_("Decision-maker"), size=60, max_length=160)

    def as_kwargs(self) -> dict[str, Any]:
        return {"words": services.Measuring(**self.cleaned_data)}


class TableForm(PlacedForm):
    """A table, as a file or pasted."""

    file = forms.FileField(label=_("CSV or Excel file"), required=False)
    table = LongText(label=_("Or paste the table"), rows=6, max_length=MOST_BYTES)

    @property
    def upload(self) -> dict[str, Any]:
        """The upload as input of the services. Raises InvalidData if it is empty or too large."""
        file, text = self.cleaned_data["file"], self.cleaned_data["table"]
        if file or not text.strip():
            return {"content": content_of(file, MOST_BYTES), "name": file.name}
        return {"content": text.encode(), "name": "table.csv"}


class UnitsForm(TableForm):
    """The units of the campaign."""

    kind = forms.ChoiceField(
        label=_("Who gets the campaign?"), choices=UnitKind, widget=forms.RadioSelect
    )
    chosen = forms.ChoiceField(
        label=_("How are they chosen?"), choices=Chosen, widget=forms.RadioSelect
    )
    n = forms.IntegerField(
        label=pgettext_lazy("field", "How many get the campaign?"),
        required=False,
        help_text=_(
            "Leave blank for half of them. The others wait, so that you can compare and "
            "see what the campaign changed."
        ),
    )
    field_order = ["kind", "chosen", "n", "file", "table"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = _(
            "One row for each household or area. Columns: unit and, if you have them, "
            "area (the block it belongs to), before (the value measured before) and "
            "campaign (1 or 0, if already decided). The result is split by any other "
            "column."
        )

    def as_kwargs(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("kind", "chosen", "n")} | self.upload


class OutcomeForm(TableForm):
    """Outcome data."""

    # Asked only about a table with fewer values than the previous one.
    is_sure = forms.BooleanField(
        label=_("Calculate the result without the missing values"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = _(
            "One row for each unit, with the columns unit and value. When you have more "
            "data, send the whole table again, including earlier rows. The latest table "
            "replaces the others."
        )

        if self.data.get("is_sure"):
            self.fields["is_sure"].widget = forms.CheckboxInput()

    def take(self, error: Any) -> None:
        """Show the checkbox at the field concerned."""
        if any(fault.where == "is_sure" for fault in faults_of(error)):
            self.fields["is_sure"].widget = forms.CheckboxInput()
        super().take(error)

    def as_kwargs(self) -> dict[str, Any]:
        return self.upload | {"is_sure": self.cleaned_data["is_sure"]}


class DidForm(ServiceForm):
    """Whether a pledge was fulfilled."""

    did = forms.CharField(required=False)


class PaperForm(EnterForm):
    """A person's pledge on paper, by phone or at a counter."""

    groups = {}

    did = forms.ChoiceField(
        label=_("Did the person do it?"),
        required=False,
        choices=[("", _("no answer")), *Did.choices],
        widget=forms.RadioSelect,
    )
    language = None  # type: ignore[assignment]  # nothing is written
    field_order = ["channel", "did"]
