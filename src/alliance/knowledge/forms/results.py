"""The steps for results: what was measured and how well that is known; then those that are told as
no difference, without a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from alliance.knowledge.case_document import LONGEST_KEY
from alliance.knowledge.case_fields import BY_PATH
from alliance.knowledge.forms.base import asked, field_of
from alliance.knowledge.forms.rows import RowForm, RowsForm


def _carried() -> forms.Field:
    """The key of a result or its pilot, which a row carries unseen."""
    return forms.CharField(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)


class ResultRow(RowForm):
    """A result. Those of its fields that name something by a vocabulary hold its English name."""

    #: Fields that are looked up, each with the list that it is looked up in.
    listed: ClassVar[Mapping[str, str]] = {"measure": "measures"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, known in self.listed.items():
            self.fields[name].widget.attrs["list"] = known

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        initial = {row.name: part[row.name] for row in cls.asked}
        for name, known in cls.listed.items():
            initial[name] = getattr(names, known).label(initial[name]) if initial[name] else ""
        return initial

    def clean_measure(self) -> str:
        """The English name of the measure, which documents hold; a new one as it was written."""
        return self.names.measures.find_or_new(self.cleaned_data["measure"])

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        cleaned_data = self.cleaned_data
        return {
            # What of a list is not chosen is null in the document.
            row.name: cleaned_data[row.name] or None
            if row.kind == "text" and row.is_nullable
            else cleaned_data[row.name]
            for row in self.asked
        }


class EffectRow(ResultRow):
    """One effect: a measure, a value in a unit, and what is known of its certainty."""

    asked = asked("results")
    listed = {"measure": "measures", "unit": "units", "baseline_unit": "units"}

    unit = field_of(BY_PATH["effects.unit"], size=22)
    baseline_unit = field_of(BY_PATH["effects.baseline_unit"], size=22)
    key = _carried()
    pilot = _carried()

    #: The first line of a row. All else lies folded until it is asked for, in this order.
    FIRST = ("measure", "value", "unit", "direction", "design", "period_start", "period_end")
    field_order = (
        *FIRST,
        *("low", "high", "se", "se_rule", "range_low", "range_high", "n", "study", "sample"),
        *("baseline", "baseline_unit", "baseline_year", "baseline_source", "is_baseline_computed"),
        *("qualifier", "has_late_plan", "has_failed_check", "has_deviation"),
        *("is_main", "pool_exclusion", "check_again", "source", "note"),
    )

    def clean_unit(self) -> str:
        """The English name of the unit; a new one as it was written."""
        return self.names.units.find_or_new(self.cleaned_data["unit"])

    def clean_baseline_unit(self) -> str:
        """The English name of the unit of the baseline, empty where it is that of the result."""
        return self.names.units.find_or_new(self.cleaned_data["baseline_unit"])

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or {}
        low, high = cleaned_data.get("low"), cleaned_data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error(
                "low", ValidationError(_("The end of the interval must be higher than the start."))
            )
        return cleaned_data

    @property
    def folded(self) -> list[BoundField]:
        """The bound fields beside the first line."""
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def is_open(self) -> bool:
        """Whether the folded fields are to lie open: one has a value, or something said of it."""
        return any(
            bound_field.value() not in (None, "", False)
            or bound_field.errors
            or getattr(bound_field.field, "faults", ())
            or getattr(bound_field.field, "remarks", ())
            for bound_field in self.folded
        )


class ResultsForm(RowsForm):
    """The effects of a case."""

    part = "effects"
    row_form = EffectRow
    translated = ("qualifier", "note")


class NullRow(ResultRow):
    """One result: what was measured, and the sentence that says that nothing changed."""

    asked = asked("no-difference")

    key = _carried()


class NullsForm(RowsForm):
    """The results of a case that have no number."""

    part = "nulls"
    row_form = NullRow
    translated = ("sentence",)
