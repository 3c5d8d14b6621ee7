"""The form of what editors choose and say of a solution: main result, schemes, disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import OneOff
from alliance.cases.models import Dispute, NationalScheme, Solution
from alliance.cases.records import DISPUTE_COLUMNS, SCHEME_COLUMNS
from alliance.core.forms import RowForm, RowsForm, rows_of
from alliance.web.fields import ShortText, area

MOST_ROWS = 12
#: Between the case and the key of a result in the value of a choice.
OF_CASE = "/"
_COLUMNS = ("main_measure_why", "one_off", "one_off_year", "one_off_why")


def _address(label: Any) -> ShortText:
    # Services judge the address, as everywhere.
    return ShortText(label=label, size=60, max_length=500)


_SCHEME_LABELS: dict[str, Any] = {
    "country": _("Country, for example SE (%(row)s)"),
    "since": _("Since (year)"),
    "until": _("Until (year)"),
    "what": _("Rule in force"),
    "what_fr": _("Rule in force, in French"),
    "what_sv": _("Rule in force, in Swedish"),
}
_SCHEME_HELP: dict[str, Any] = {
    "since": _("Leave blank if the country has no scheme. It may start later.")
}
_SCHEME = fields_for_model(
    NationalScheme,
    fields=[name for name in SCHEME_COLUMNS if name != "source_url"],
    labels=_SCHEME_LABELS,
    help_texts=_SCHEME_HELP,
)
_SENTENCE_LABELS: dict[str, Any] = {
    "sentence": _("Why it is disputed, in one sentence (%(row)s)"),
    "sentence_fr": _("The sentence in French"),
    "sentence_sv": _("The sentence in Swedish"),
}
_SENTENCES = fields_for_model(
    Dispute,
    fields=["sentence", "sentence_fr", "sentence_sv"],
    widgets=dict.fromkeys(("sentence", "sentence_fr", "sentence_sv"), area(2)),
    labels=_SENTENCE_LABELS,
)
SchemeRow = type(
    "SchemeRow",
    (RowForm,),
    {**_SCHEME, "source_url": _address(_("Web address of the source"))},
)
DisputeRow = type(
    "DisputeRow",
    (RowForm,),
    {
        **_SENTENCES,
        "effects": forms.MultipleChoiceField(
            label=_("Disputed results, all of one case"),
            widget=forms.SelectMultiple(attrs={"size": 6}),
        ),
        "source_url": _address(_("Web address of the source, if not a source of the case")),
    },
)


class SolutionEditorialForm(RowsForm):
    """Main result, further tries, national schemes and disputes. Services find faults."""

    groups = {
        "national_schemes": rows_of(
            SchemeRow,
            most=MOST_ROWS,
            spare=1,
            heading=_("National schemes, one row per country"),
            note=_("Blank rows are ignored. Save to add more rows."),
        ),
        "disputes": rows_of(
            DisputeRow,
            most=MOST_ROWS,
            spare=1,
            heading=_("Disputed results, one row per case"),
            note=_("Blank rows are ignored. Save to add more rows."),
        ),
    }
    main_measure_chosen = forms.BooleanField(
        label=_("The editors choose the main result"),
        help_text=_(
            "Without this, it is the outcome measured in most places. Leave the outcome measure "
            "blank if no recorded result shows whether the solution works."
        ),
        required=False,
    )
    main_measure = forms.ChoiceField(label=_("Outcome measure"), required=False)
    main_unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(
        self,
        *args: Any,
        measures: Sequence[tuple[str, str]] = (),
        units: Sequence[tuple[str, str]] = (),
        results: Sequence[Any] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        labels: dict[str, Any] = {
            "main_measure_why": _("Why this outcome, in English"),
            "one_off": _("Further tries"),
            "one_off_year": _("Year in which it ended"),
            "one_off_why": _("Why, in English"),
        }
        self.fields |= fields_for_model(Solution, fields=_COLUMNS, labels=labels)
        choices: dict[str, Any] = {
            "main_measure": [("", _("none")), *measures],
            "main_unit": [("", _("none")), *units],
            "one_off": [("", _("more places can try it")), *OneOff.choices],
        }
        for name, values in choices.items():
            field: Any = self.fields[name]
            field.choices = values
        for row in self.rows["disputes"]:
            field = row.fields["effects"]
            field.choices = results

    def as_kwargs(self) -> dict[str, Any]:
        names = ("main_measure_chosen", "main_measure", "main_unit", *_COLUMNS)
        return {
            **{name: self.cleaned_data[name] for name in names},
            "national_schemes": [
                {name: SCHEME_COLUMNS[name] if row[name] == "" else row[name] for name in row}
                for row in self.written("national_schemes")
            ],
            "disputes": [_dispute(row) for row in self.written("disputes")],
        }

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        row, name = super().place_of(where)
        return row, "effects" if name == "case" else name


def _dispute(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the service takes it: results of another case than the first are no results."""
    results = [value.partition(OF_CASE) for value in row["effects"]]
    case = results[0][0] if results else ""
    keys = [key if of == case else f"{of}{OF_CASE}{key}" for of, _slash, key in results]
    return {**DISPUTE_COLUMNS, **row, "case": case, "effects": keys}
