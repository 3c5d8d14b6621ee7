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
from django.utils.translation import gettext_lazy

from alliance.cases.case_document import LONGEST_KEY
from alliance.cases.case_fields import BY_PATH
from alliance.cases.validation import SHARE
from alliance.web import formatting
from alliance.writing.forms.base import asked, field_of
from alliance.writing.forms.rows import RowForm, RowsForm

#: What may be a change in per cent or a share, and the units that say which.
_PERCENT = frozenset({"%", "percent", "per cent", "procent", "pour cent"})
CHANGE, POINTS = "percent change", "percentage points"


def new_measure() -> forms.Field:
    """Whether a measure that no list has is meant to be a new one."""
    return forms.BooleanField(
        label=gettext_lazy("New outcome measure"),
        required=False,
        help_text=gettext_lazy(
            "The secretariat will give it a name in three languages. Until then, the result is "
            "shown but not combined with others."
        ),
    )


def _carried() -> forms.Field:
    """The key of a result or its pilot, which a row carries unseen."""
    return forms.CharField(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)


class ResultRow(RowForm):
    """A result. Those of its fields that name something by a vocabulary hold its English name."""

    #: The measures that the document has already, new ones among them.
    known_measures: frozenset[str] = frozenset()
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

    def clean(self) -> dict[str, Any]:
        """With the English name of the measure, which documents hold; a new one as it was written,
        once the author has said that it is new."""
        cleaned_data = super().clean() or {}
        text = cleaned_data.get("measure", "")
        if "measure" in self.listed and text:
            try:
                cleaned_data["measure"] = self._measure(text, is_new=cleaned_data["is_new"])
            except ValidationError as error:
                self.add_error("measure", error)
        return cleaned_data

    def _measure(self, text: str, *, is_new: bool) -> str:
        is_known = self.names.measures.has(text) or text in self.known_measures
        name = self.names.measure_or_new(text, is_new=is_new or is_known)
        if is_new or is_known:
            return name
        raise ValidationError(
            _(
                "“%(text)s” is not in the list. If you measured something new, tick “New outcome "
                "measure”."
            )
            % {"text": text}
        )

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

    is_new = new_measure()
    unit = field_of(BY_PATH["effects.unit"], size=22)
    baseline_unit = field_of(BY_PATH["effects.baseline_unit"], size=22)
    key = _carried()
    pilot = _carried()

    #: The first line of a row. All else lies folded until it is asked for, in this order.
    FIRST = (
        "measure",
        "is_new",
        "value",
        "unit",
        "direction",
        "design",
        "period_start",
        "period_end",
    )
    field_order = (
        *FIRST,
        *("low", "high", "se", "se_rule", "range_low", "range_high", "n", "study", "sample"),
        *("baseline", "baseline_unit", "baseline_year", "baseline_source", "is_baseline_computed"),
        *("qualifier", "has_late_plan", "has_failed_check", "has_deviation"),
        *("is_main", "pool_exclusion", "check_again", "source", "note"),
    )

    def clean_unit(self) -> str:
        """The English name of the unit; a new one as it was written. Of a bare "%" the author is
        asked whether it is a change or a share."""
        text = self.cleaned_data["unit"]
        if text.strip() in _PERCENT:
            raise ValidationError(
                _(
                    "“%(text)s” can mean two things. For a change in %%, enter %(change)s. For a "
                    "share in %%, enter %(level)s, or %(points)s for a change of the share."
                )
                % {"text": text, **self._percent_units()}
            )
        return self.names.units.find_or_new(text)

    def _percent_units(self) -> dict[str, str]:
        """What the page calls the units that "%" may stand for."""
        units = self.names.units
        shares = [key for key in units.labels if key.startswith(SHARE)]
        level = formatting.quoted(units.label(shares[0])) if shares else _("its unit")
        return {
            "change": formatting.quoted(units.label(CHANGE)),
            "points": formatting.quoted(units.label(POINTS)),
            "level": level,
        }

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


class _ResultsForm(RowsForm):
    """Results, whose new measures the document may have already."""

    def _row(self, *args: Any) -> RowForm:
        row = super()._row(*args)
        results = (*self.document["effects"], *self.document["nulls"])
        row.known_measures = frozenset(  # type: ignore[attr-defined]
            result["measure"] for result in results
        )
        return row


class ResultsForm(_ResultsForm):
    """The effects of a case."""

    part = "effects"
    row_form = EffectRow
    translated = ("qualifier", "note")


class NullRow(ResultRow):
    """One result: what was measured, and the sentence that says that nothing changed."""

    asked = asked("no-difference")

    is_new = new_measure()
    key = _carried()


class NullsForm(_ResultsForm):
    """The results of a case that have no number."""

    part = "nulls"
    row_form = NullRow
    translated = ("sentence",)
