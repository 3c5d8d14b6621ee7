"""The form of what a solution costs, takes and needs: a row a source, a kind a prerequisite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import Prerequisite
from alliance.cases.models import SolutionCost
from alliance.cases.records import COST_COLUMNS
from alliance.core.forms import RowForm, RowsForm, rows_of
from alliance.web.fields import ShortText

MOST_ROWS = 20
#: What each column of a row is called. A word has a French and a Swedish column beside it.
_LABELS: dict[str, Promise] = {
    "kind": _("Type of cost"),
    "low": _("From"),
    "typical": _("Typical value"),
    "high": _("Up to"),
    "currency": _("Currency, for example SEK"),
    "price_year": _("Price year"),
    "per": _("Purpose"),
    "staff_time": _("Staff"),
    "lead_time": _("Lead time"),
    "lifetime": _("Lifetime"),
    "country": _("Country, for example SE"),
    "source_title": _("Source"),
    "source_url": _("Web address of the source"),
    "seen": _("Relevant text from the source"),
    "read": _("How much of the source was read"),
}
_LANGUAGES = {"_fr": _("in French"), "_sv": _("in Swedish")}


class _Label:
    """A label with the language of its field and the number of its row."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        plain, language = self.name, ""
        if self.name[-3:] in _LANGUAGES:
            plain, language = self.name[:-3], f", {_LANGUAGES[self.name[-3:]]}"
        return f"{_LABELS[plain]}{language} (%(row)s)"


def _row() -> type[RowForm]:
    """A row with a field for each column of a line of costs and times."""
    labels: dict[str, Any] = {name: _Label(name) for name in COST_COLUMNS}
    # Services judge the address, as everywhere.
    address = ShortText(label=labels["source_url"], size=60, max_length=500)
    model_fields = fields_for_model(
        SolutionCost,
        fields=[name for name in COST_COLUMNS if name != "source_url"],
        widgets={"seen": forms.Textarea(attrs={"rows": 2})},
        labels=labels,
    )
    fields = {name: model_fields.get(name, address) for name in COST_COLUMNS}
    return type("CostRow", (RowForm,), fields)


class SolutionFactsForm(RowsForm):
    """All lines of costs and times, and what each prerequisite is about. Services find faults."""

    groups = {
        "costs": rows_of(
            _row(),
            most=MOST_ROWS,
            spare=1,
            heading=_("Costs and times, one row per source"),
            note=_("Blank rows are ignored. Save to add more rows."),
        )
    }

    def __init__(
        self, *args: Any, needs: Sequence[str] = (), kinds: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.needs = needs
        for at, words in enumerate(needs):
            self.fields[f"needs_{at}"] = forms.ChoiceField(
                label=words,
                choices=[("", _("not classified")), *Prerequisite.choices],
                initial=kinds[at] if at < len(kinds) else "",
                required=False,
            )

    def as_kwargs(self) -> dict[str, Any]:
        costs = [
            # What is not said is as in a new row.
            {name: COST_COLUMNS[name] if row[name] in (None, "") else row[name] for name in row}
            for row in self.written("costs")
        ]
        kinds = [self.cleaned_data[f"needs_{at}"] for at in range(len(self.needs))]
        return {"costs": costs, "prerequisite_kinds": kinds}

    def field_of(self, where: str) -> str:
        return where.replace("prerequisite_kinds[", "needs_").rstrip("]")
