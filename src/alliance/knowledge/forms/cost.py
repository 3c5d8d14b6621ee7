"""Step five: what it cost, how long it took, and who gained and who paid."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from alliance.knowledge.enums import StaffUnit, TimeUnit
from alliance.knowledge.forms.base import (
    EMPTY_CHOICE,
    Choice,
    Document,
    StepForm,
    put_text,
    text_of,
)
from alliance.knowledge.forms.numbers import NumberField, YearField
from alliance.knowledge.forms.story import prompt
from alliance.web.fields import LongText

#: More than this in major units, no database column holds in minor ones.
MOST_MONEY = 10**14
_QUANTITIES = ("staff_time", "lead_time", "lifetime")


class CostForm(StepForm):
    """Money with currency and price year, three durations with their units, equity notes."""

    in_text_language = frozenset({"equity_notes"})

    amount = NumberField(
        most=MOST_MONEY,
        label=gettext_lazy("Cost in all"),
        help_text=gettext_lazy(
            "The whole amount, not in thousands or millions: 2 million is written 2,000,000."
        ),
    )
    currency = Choice(label=gettext_lazy("Currency"))
    price_year = YearField(
        label=gettext_lazy("Price year"),
        help_text=gettext_lazy(
            "The year in whose prices the cost is told, mostly the year it was paid. Without it "
            "the cost cannot be compared with that of other cities."
        ),
    )
    staff_time = NumberField(label=gettext_lazy("Staff time"))
    staff_time_unit = Choice(StaffUnit, label=gettext_lazy("Unit of staff time"))
    lead_time = NumberField(
        label=gettext_lazy("Lead time"),
        help_text=gettext_lazy("From the decision to the start."),
    )
    lead_time_unit = Choice(TimeUnit, label=gettext_lazy("Unit of lead time"))
    lifetime = NumberField(
        label=gettext_lazy("Lifetime"),
        help_text=gettext_lazy("How long it serves before it has to be renewed."),
    )
    lifetime_unit = Choice(TimeUnit, label=gettext_lazy("Unit of lifetime"))
    equity_notes = LongText(label=gettext_lazy("Who gained, who paid"), rows=5, max_length=20_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].choices = [EMPTY_CHOICE, *self.names.currencies]  # type: ignore[attr-defined]
        for name in ("staff_time", "equity_notes"):
            self.fields[name].help_text = prompt(name, self.document["outcome"])

    def initial_of(self, document: Document) -> dict[str, Any]:
        cost = document["cost"] or {}
        initial = {name: cost.get(name) for name in ("amount", "currency", "price_year")}
        for name in _QUANTITIES:
            quantity = document[name] or {}
            initial[name] = quantity.get("value")
            initial[f"{name}_unit"] = quantity.get("unit")
        initial["equity_notes"] = text_of(document, self.text_language).get("equity_notes", "")
        return initial

    def write(self, document: Document) -> None:
        given = self.cleaned_data
        cost = {name: given[name] for name in ("amount", "currency", "price_year")}
        document["cost"] = cost if any(one not in (None, "") for one in cost.values()) else None
        for name in _QUANTITIES:
            value, unit = given[name], given[f"{name}_unit"]
            known = value is not None or unit
            document[name] = {"value": value, "unit": unit} if known else None
        put_text(document, self.text_language, {"equity_notes": given["equity_notes"]})
