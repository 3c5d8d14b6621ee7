"""The step for results without a number: measured, and told as no difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from alliance.knowledge.case_fields import OF_NULLS
from alliance.knowledge.enums import Design
from alliance.knowledge.forms.base import Choice, words, written_in
from alliance.knowledge.forms.numbers import YearField
from alliance.knowledge.forms.rows import RowForm, RowsForm
from alliance.web.fields import LongText, ShortText

_AS_STORED = tuple(row.name for row in OF_NULLS if row.field == row.name and row.name != "measure")


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
            **{name: part[name] for name in _AS_STORED},
            "measure": names.measures.label(measure) if measure else "",
        }

    def clean_measure(self) -> str:
        """The English name of the measure, which documents hold."""
        return self.names.measures.find(self.cleaned_data["measure"])

    def part(self) -> dict[str, Any] | None:
        if self.is_empty():
            return None
        given = self.cleaned_data
        return {"measure": given["measure"], **{name: given[name] for name in _AS_STORED}}


class NullsForm(RowsForm):
    """The results of a case that have no number."""

    part = "nulls"
    row_form = NullRow
    translated = ("sentence",)
