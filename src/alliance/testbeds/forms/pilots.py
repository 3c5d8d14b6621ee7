"""Small forms around a pilot: starting, freezing, deviating, stopping, data, exploring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import EffectDirection, Language
from alliance.core.errors import InvalidData
from alliance.core.forms import PlacedForm, ServiceForm, faults_of
from alliance.testbeds.enums import PilotDesign, PilotNoteKind, WhoGets
from alliance.testbeds.selectors.plan_terms import LABELS, NOBODY_THERE
from alliance.web.fields import LongText, ShortText, day_field
from alliance.web.formatting import colon
from alliance.writing.forms.base import Choice
from alliance.writing.forms.numbers import NumberField, WholeField
from alliance.writing.forms.results import new_measure
from alliance.writing.selectors.drafts_names import DraftNames


def needed(field: forms.Field) -> forms.Field:
    """Makes a field required and marks it as such."""
    field.required = True
    field.needed = True  # type: ignore[attr-defined]
    return field


class StartForm(ServiceForm):
    """The first step: what is tried and measured, where, from when, and which units get it."""

    team = forms.ChoiceField(label=_("Team"))
    solution = Choice(
        label=_("What do you want to try?"),
        help_text=_("Choose a solution from the knowledge base."),
    )
    title = ShortText(
        label=_("Title of the pilot"),
        max_length=200,
        help_text=_(
            "Leave blank to create a title from the solution and the outcome measure. A "
            "title is required if you do not choose a solution."
        ),
    )
    known = LongText(label=_("Existing knowledge"), rows=5, max_length=4_000)
    outcome = needed(
        ShortText(
            label=_("What will you measure?"),
            max_length=120,
            help_text=_("Enter one outcome measure, for example heat used per month."),
            widget=forms.TextInput(attrs={"size": 40, "autocomplete": "off", "list": "measures"}),
        )
    )
    is_new = new_measure()
    outcome_unit = needed(
        ShortText(
            label=_("Unit"),
            max_length=80,
            widget=forms.TextInput(attrs={"size": 20, "autocomplete": "off", "list": "units"}),
        )
    )
    direction = needed(
        forms.ChoiceField(
            label=_("Which direction is better?"),
            choices=EffectDirection.choices,
            widget=forms.RadioSelect,
        )
    )
    smallest_useful = needed(
        NumberField(
            label=_("Smallest change worth the cost"),
            help_text=_("Enter a figure in the same unit, without a plus or minus sign."),
        )
    )
    cities = forms.CharField(
        label=_("Where? Enter one city per line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40}),
    )
    starts_on = needed(day_field(required=True, label=_("First day of the pilot")))
    who = forms.ChoiceField(
        label=_("Which units will receive the action?"),
        required=False,
        choices=[
            ("", _("Not decided: suggest the most reliable method")),
            *((code, capfirst(label)) for code, label in WhoGets.choices),
        ],
        widget=forms.RadioSelect,
        help_text=_("A unit is something you measure, for example a home, a street or a school."),
    )
    language = forms.ChoiceField(choices=Language.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: DraftNames, **options: Any) -> None:
        self.names = names
        super().__init__(*args, **options)
        known = sorted(names.solutions.values(), key=lambda solution: solution.name.casefold())
        self.fields["solution"].choices = [  # type: ignore[attr-defined]
            ("", _("the solution is not in the list")),
            *((solution.public_id, solution.name) for solution in known),
        ]
        if len(self.fields["team"].choices) == 1:  # type: ignore[attr-defined]
            self.fields["team"].widget = forms.HiddenInput()
        if not self.is_bound and not self.initial.get("known"):
            del self.fields["known"]
        if not self.is_bound:
            # Asked for once the list lacks what is measured.
            del self.fields["is_new"]

    def clean(self) -> dict[str, Any]:
        """Derives a missing title from the solution and the outcome."""
        cleaned_data = self.cleaned_data
        is_new = cleaned_data.pop("is_new", False)
        if outcome := cleaned_data.get("outcome"):
            try:
                # The text stays as typed; the case gets the matching measure, or a new one.
                self.measure = self.names.measure_or_new(outcome, is_new=is_new)
            except ValidationError as error:
                self.add_error("outcome", error)
        solution = self.names.solutions.get(cleaned_data.get("solution", ""))
        if not cleaned_data.get("title") and solution is not None and cleaned_data.get("outcome"):
            cleaned_data["title"] = f"{solution.name}{colon()} {cleaned_data['outcome']}"[:200]
        elif not cleaned_data.get("title") and solution is None:
            self.add_error("title", self.fields["outcome"].error_messages["required"])
        return cleaned_data

    def clean_outcome_unit(self) -> str:
        """Keeps the text as typed; the case gets the matching unit of the list, or a new one."""
        text: str = self.cleaned_data["outcome_unit"]
        self.case_unit = self.names.units.find_or_new(text)
        return text

    def clean_cities(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["cities"].splitlines()]
        return [self.names.cities.find(line) for line in lines if line]

    def field_of(self, where: str) -> str:
        """Fault locations of a plan begin with `plan.`."""
        return where.removeprefix("plan.")


class BeforeForm(ServiceForm):
    """The second step: the figures from before, and the fields for the way of assigning units."""

    table = forms.CharField(
        label=_("Paste the table"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "cols": 62, "spellcheck": "false"}),
        help_text=_(
            "The first row contains column names. Use three columns: unit, period, value. "
            "Or use one row per unit and one column per period. Write periods as 2025, "
            "2025-03 or 2025-03-01."
        ),
    )
    file = forms.FileField(
        label=_("Or upload a file"), required=False, help_text=_("CSV or Excel file (.xlsx).")
    )
    indicator = Choice(
        label=_("Or use data from the platform"),
        help_text=_("The units are then cities, with one value per year."),
    )
    n_treated = WholeField(
        required=False,
        label=_("How many units can take part in the pilot?"),
        help_text=_("Leave blank for half of them."),
    )
    treated = needed(
        LongText(
            label=_("Which units have you chosen? One per line"),
            help_text=_("Use the names in the table."),
        )
    )
    why = needed(LongText(label=_("Why these units and not others?"), rows=2, max_length=1_000))
    units_are_people = forms.BooleanField(
        required=False,
        label=_("Each unit is a person"),
        help_text=_("Small counts are then hidden everywhere."),
    )
    nobody_there = ShortText(
        label=LABELS["nobody_there"], size=60, max_length=300, help_text=NOBODY_THERE
    )

    #: Fields that only one way of assigning units needs.
    ONLY: ClassVar[Mapping[str, str]] = {
        "n_treated": WhoGets.LOT,
        "treated": WhoGets.CHOSEN,
        "why": WhoGets.CHOSEN,
    }

    def __init__(self, *args: Any, who: str, indicators: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for name, only in self.ONLY.items():
            if who != only:
                del self.fields[name]
        if indicators:
            self.fields["indicator"].choices = [("", _("not chosen")), *indicators]  # type: ignore[attr-defined]
        else:
            del self.fields["indicator"]
        if who == WhoGets.CHOSEN:
            # A column of the table may mark them, or the city is the unit.
            self.fields["treated"].required = False

    def take(self, error: InvalidData | ValidationError) -> None:
        """Shows faults of cells at the table, each with its location."""
        for fault in faults_of(error):
            if fault.where in self.fields:
                self.add_error(fault.where, fault.rule)
            else:
                place = "" if fault.where in {"table", "file"} else f"{fault.where}{colon()} "
                self.add_error("table", f"{place}{fault.rule}")


class ReasonForm(ServiceForm):
    """The reason for stopping a registered pilot or deviating from its protocol."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 62}),
        help_text=_("It is public and stays on the pilot’s page."),
    )


class NoteForm(ServiceForm):
    """A note on a running pilot; a cost has an amount, a delay the new date."""

    text = needed(LongText(rows=4, max_length=2_000))
    amount = needed(NumberField(label=_("Amount")))
    currency = needed(Choice(label=_("Currency")))
    expected_on = needed(day_field(label=_("New expected date of the result")))

    #: The label of the text, and the additional fields of each kind.
    KINDS: ClassVar[Mapping[str, tuple[Any, frozenset[str]]]] = {
        PilotNoteKind.NOTE: (_("What happened?"), frozenset()),
        PilotNoteKind.COST: (_("What did the money pay for?"), frozenset({"amount", "currency"})),
        PilotNoteKind.DELAY: (_("Why is it late?"), frozenset({"expected_on"})),
    }

    def __init__(self, *args: Any, kind: str, currencies: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        label, field_names = self.KINDS[kind]
        self.fields["text"].label = label
        for name in ("amount", "currency", "expected_on"):
            if name not in field_names:
                del self.fields[name]
        if "currency" in self.fields:
            self.fields["currency"].choices = currencies  # type: ignore[attr-defined]

    def as_kwargs(self) -> dict[str, Any]:
        """The cleaned data with the kind of the note."""
        return {"kind": self.kind, **self.cleaned_data}


class DataForm(PlacedForm):
    """A file with the data of one city."""

    city = forms.ChoiceField(label=_("City"))
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV file in UTF-8 or Excel file (.xlsx).")
    )


class ExploreForm(ServiceForm):
    """An analysis that differs from the frozen one."""

    city = forms.ChoiceField(label=_("City"))
    design = forms.ChoiceField(label=_("Study design"), choices=PilotDesign.choices)
    start = forms.CharField(
        label=_("Start"), required=False, help_text=_("In the same format as in the data.")
    )
    level = NumberField(label=_("Confidence level"), help_text=_("Usually 0.95."))
