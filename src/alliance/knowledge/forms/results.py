"""The steps for results: what was measured and how well that is known; then those that are told as
no difference, without a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alliance.knowledge.case_fields import OF_EFFECTS, OF_NULLS
from alliance.knowledge.enums import Design, EffectDirection, PoolExclusion, StandardErrorRule
from alliance.knowledge.forms.base import Choice, words, written_in
from alliance.knowledge.forms.numbers import NumberField, WholeField, YearField
from alliance.knowledge.forms.rows import RowForm, RowsForm
from alliance.web.fields import LongText, ShortText

# What is null in the document where nothing is chosen.
_OR_NOTHING = ("baseline_unit", "pool_exclusion", "se_rule")
_AS_STORED = tuple(
    row.name
    for row in OF_EFFECTS
    if row.field == row.name and row.name not in ("measure", "unit", *_OR_NOTHING)
)
_NULLS_AS_STORED = tuple(
    row.name for row in OF_NULLS if row.field == row.name and row.name != "measure"
)


class EffectRow(RowForm):
    """One effect: a measure, a value in a unit, and what is known of its certainty."""

    in_text_language = written_in("results")
    untouched = {"is_main": False, "has_late_plan": False, "is_baseline_computed": False}

    measure = ShortText(max_length=160, size=28, **words("effects.measure"))
    value = NumberField(**words("effects.value"))
    unit = ShortText(max_length=160, size=22, **words("effects.unit"))
    direction = Choice(EffectDirection, **words("effects.direction"))
    design = Choice(Design, **words("effects.design"))
    period_start = YearField(**words("effects.period_start"))
    period_end = YearField(**words("effects.period_end"))
    low = NumberField(**words("effects.low"))
    high = NumberField(**words("effects.high"))
    se = NumberField(**words("effects.se"))
    se_rule = Choice(StandardErrorRule, **words("effects.se_rule"))
    n = WholeField(**words("effects.n"))
    study = ShortText(max_length=160, size=28, **words("effects.study"))
    sample = ShortText(max_length=160, size=28, **words("effects.sample"))
    range_low = NumberField(**words("effects.range_low"))
    range_high = NumberField(**words("effects.range_high"))
    is_main = forms.BooleanField(required=False, **words("effects.is_main"))
    has_late_plan = forms.BooleanField(required=False, **words("effects.has_late_plan"))
    baseline = NumberField(**words("effects.baseline"))
    baseline_unit = ShortText(max_length=160, size=22, **words("effects.baseline_unit"))
    baseline_year = YearField(**words("effects.baseline_year"))
    baseline_source = ShortText(max_length=500, size=50, **words("effects.baseline_source"))
    is_baseline_computed = forms.BooleanField(
        required=False, **words("effects.is_baseline_computed")
    )
    qualifier = ShortText(max_length=200, size=28, **words("effects.qualifier"))
    pool_exclusion = Choice(PoolExclusion, **words("effects.pool_exclusion"))
    note = LongText(rows=2, max_length=20_000, **words("effects.note"))
    key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    #: Fields beside the first line of a row, which lie folded until they are asked for.
    FOLDED = (
        *("low", "high", "se", "se_rule", "range_low", "range_high", "n", "study", "sample"),
        *("baseline", "baseline_unit", "baseline_year", "baseline_source", "is_baseline_computed"),
        *("qualifier", "has_late_plan", "is_main", "pool_exclusion", "note"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["measure"].widget.attrs["list"] = "measures"
        self.fields["unit"].widget.attrs["list"] = "units"
        self.fields["baseline_unit"].widget.attrs["list"] = "units"

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        return {
            **{name: part[name] for name in _AS_STORED},
            "measure": names.measures.label(part["measure"]) if part["measure"] else "",
            "unit": names.units.label(part["unit"]) if part["unit"] else "",
            "baseline_unit": names.units.label(part["baseline_unit"])
            if part["baseline_unit"]
            else "",
            **{name: part[name] or "" for name in ("pool_exclusion", "se_rule")},
        }

    def clean_measure(self) -> str:
        """The English name of the measure, which documents hold."""
        return self.names.measures.find(self.cleaned_data["measure"])

    def clean_unit(self) -> str:
        """The English name of the unit."""
        return self.names.units.find(self.cleaned_data["unit"])

    def clean_baseline_unit(self) -> str:
        """The English name of the unit of the baseline, empty where it is that of the result."""
        return self.names.units.find(self.cleaned_data["baseline_unit"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        low, high = given.get("low"), given.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("low", ValidationError(_("The interval ends before it begins.")))
        return given

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        given = self.cleaned_data
        return {
            "measure": given["measure"],
            "unit": given["unit"],
            **{name: given[name] or None for name in _OR_NOTHING},
            **{name: given[name] for name in _AS_STORED},
        }

    @property
    def folded(self) -> list[Any]:
        """The bound fields of `FOLDED`."""
        return [self[name] for name in self.FOLDED]

    @property
    def is_open(self) -> bool:
        """Whether the folded fields are to lie open: one has a value, or something said of it."""
        return any(
            self[name].value() not in (None, "", False)
            or self[name].errors
            or getattr(self.fields[name], "faults", ())
            or getattr(self.fields[name], "remarks", ())
            for name in self.FOLDED
        )


class ResultsForm(RowsForm):
    """The effects of a case."""

    part = "effects"
    row_form = EffectRow
    translated = ("qualifier", "note")


class NullRow(RowForm):
    """One result: what was measured, and the sentence that says that nothing changed."""

    in_text_language = written_in("no-difference")
    untouched = {"is_main": False}

    measure = ShortText(max_length=160, size=28, **words("nulls.measure"))
    sentence = LongText(rows=2, max_length=20_000, **words("nulls.sentence"))
    design = Choice(Design, **words("nulls.design"))
    period_start = YearField(**words("nulls.period_start"))
    period_end = YearField(**words("nulls.period_end"))
    source = ShortText(max_length=500, size=50, **words("nulls.source"))
    qualifier = ShortText(max_length=200, size=28, **words("nulls.qualifier"))
    is_main = forms.BooleanField(required=False, **words("nulls.is_main"))
    key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["measure"].widget.attrs["list"] = "measures"

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        measure = part["measure"]
        return {
            **{name: part[name] for name in _NULLS_AS_STORED},
            "measure": names.measures.label(measure) if measure else "",
        }

    def clean_measure(self) -> str:
        """The English name of the measure, which documents hold."""
        return self.names.measures.find(self.cleaned_data["measure"])

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        given = self.cleaned_data
        return {"measure": given["measure"], **{name: given[name] for name in _NULLS_AS_STORED}}


class NullsForm(RowsForm):
    """The results of a case that have no number."""

    part = "nulls"
    row_form = NullRow
    translated = ("sentence",)
