"""The steps for results: what was measured and how well that is known; then those that are told as
no difference, without a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alliance.knowledge.case_fields import OF_EFFECTS, OF_NULLS, CaseField
from alliance.knowledge.enums import (
    CheckAgain,
    Design,
    EffectDirection,
    PoolExclusion,
    StandardErrorRule,
)
from alliance.knowledge.forms.base import Choice, words, written_in
from alliance.knowledge.forms.numbers import NumberField, WholeField, YearField
from alliance.knowledge.forms.rows import RowForm, RowsForm
from alliance.web.fields import LongText, ShortText


class ResultRow(RowForm):
    """A result. Those of its fields that name something by a vocabulary hold its English name."""

    #: What of the register it asks for.
    asked: ClassVar[tuple[CaseField, ...]]
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
        given = self.cleaned_data
        return {
            # What of a list is not chosen is null in the document.
            row.name: given[row.name] or None
            if row.kind == "text" and row.is_nullable
            else given[row.name]
            for row in self.asked
        }


def asked(fields: tuple[CaseField, ...]) -> tuple[CaseField, ...]:
    """Those that a form asks for; translations are kept beside what they translate."""
    return tuple(row for row in fields if row.field == row.name)


class EffectRow(ResultRow):
    """One effect: a measure, a value in a unit, and what is known of its certainty."""

    asked = asked(OF_EFFECTS)
    listed = {"measure": "measures", "unit": "units", "baseline_unit": "units"}
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
    check_again = Choice(CheckAgain, **words("effects.check_again"))
    note = LongText(rows=2, max_length=20_000, **words("effects.note"))
    key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    #: Fields beside the first line of a row, which lie folded until they are asked for.
    FOLDED = (
        *("low", "high", "se", "se_rule", "range_low", "range_high", "n", "study", "sample"),
        *("baseline", "baseline_unit", "baseline_year", "baseline_source", "is_baseline_computed"),
        *("qualifier", "has_late_plan", "is_main", "pool_exclusion", "check_again", "note"),
    )

    def clean_unit(self) -> str:
        """The English name of the unit; a new one as it was written."""
        return self.names.units.find_or_new(self.cleaned_data["unit"])

    def clean_baseline_unit(self) -> str:
        """The English name of the unit of the baseline, empty where it is that of the result."""
        return self.names.units.find_or_new(self.cleaned_data["baseline_unit"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        low, high = given.get("low"), given.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("low", ValidationError(_("The interval ends before it begins.")))
        return given

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


class NullRow(ResultRow):
    """One result: what was measured, and the sentence that says that nothing changed."""

    asked = asked(OF_NULLS)
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


class NullsForm(RowsForm):
    """The results of a case that have no number."""

    part = "nulls"
    row_form = NullRow
    translated = ("sentence",)
