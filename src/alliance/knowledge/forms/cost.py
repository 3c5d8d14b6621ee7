"""Step five: what it cost, how long it took, and who gained and who paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

from alliance.knowledge.case_fields import QUANTITIES
from alliance.knowledge.forms.base import (
    EMPTY_CHOICE,
    Choice,
    Document,
    StepForm,
    put_text,
    text_of,
    words,
    words_of,
    written_in,
)
from alliance.knowledge.forms.numbers import NumberField, YearField
from alliance.knowledge.forms.story import prompt
from alliance.web.fields import LongText

#: More than this in major units, no database column holds in minor ones.
MOST_MONEY = 10**14


#: The fields of quantities: a number and its unit each.
_QUANTITIES: dict[str, forms.Field] = {
    row.field: field
    for one in QUANTITIES
    for row, field in (
        (one.value, NumberField(**words_of(one.value))),
        (one.unit, Choice(one.units, **words_of(one.unit))),
    )
}


class CostForm(StepForm):
    """Money with currency and price year, quantities with their units, equity notes."""

    field_order = ("amount", "currency", "price_year", *_QUANTITIES)

    in_text_language = written_in("cost")

    amount = NumberField(most=MOST_MONEY, **words("cost.amount"))
    currency = Choice(**words("cost.currency"))
    price_year = YearField(**words("cost.price_year"))
    equity_notes = LongText(rows=5, max_length=20_000, **words("texts.equity_notes"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].choices = [EMPTY_CHOICE, *self.names.currencies]  # type: ignore[attr-defined]
        for name in ("staff_time", "equity_notes"):
            self.fields[name].help_text = prompt(name, self.document["outcome"])

    def initial_of(self, document: Document) -> dict[str, Any]:
        cost = document["cost"] or {}
        initial = {name: cost.get(name) for name in ("amount", "currency", "price_year")}
        for one in QUANTITIES:
            quantity = document[one.name] or {}
            initial[one.value.field] = quantity.get("value")
            initial[one.unit.field] = quantity.get("unit")
        initial["equity_notes"] = text_of(document, self.text_language).get("equity_notes", "")
        return initial

    def write(self, document: Document) -> None:
        given = self.cleaned_data
        cost = {name: given[name] for name in ("amount", "currency", "price_year")}
        document["cost"] = cost if any(one not in (None, "") for one in cost.values()) else None
        for one in QUANTITIES:
            value, unit = given[one.value.field], given[one.unit.field]
            known = value is not None or unit
            document[one.name] = {"value": value, "unit": unit} if known else None
        put_text(document, self.text_language, {"equity_notes": given["equity_notes"]})

    @property
    def quantities(self) -> list[tuple[BoundField, BoundField]]:
        """Each quantity: its number and its unit."""
        return [(self[one.value.field], self[one.unit.field]) for one in QUANTITIES]


CostForm.base_fields.update(_QUANTITIES)
