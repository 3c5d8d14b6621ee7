"""The form in which a translation is written: one field for each text of the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from alliance.core.errors import Fault
from alliance.web import formatting
from alliance.web.fields import LongText, ShortText
from alliance.writing.forms.base import fault_lines
from alliance.writing.selectors.translations import FieldPair, TranslationPage
from alliance.writing.selectors.versions import Piece, word_diff

#: A textarea is as high as the original, within these bounds; a line holds about so many letters.
FEWEST_ROWS, MOST_ROWS, LINE = 2, 18, 55


@dataclass(frozen=True)
class Row:
    """A field of the original beside the one to write in.

    `theirs`: what somebody else saved meanwhile, from theirs to what was typed; empty for the same.
    """

    pair: FieldPair
    field: BoundField
    theirs: tuple[Piece, ...]


def _rows_for(pair: FieldPair) -> int:
    wanted = len(pair.original_lines) if pair.field.is_list else len(pair.original) // LINE
    return min(max(wanted + 1, FEWEST_ROWS), MOST_ROWS)


class TranslationForm(forms.Form):
    """`page` says what there is to translate, `data` what was typed; checks are the service's."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, page: TranslationPage) -> None:
        super().__init__(data, initial={pair.field.name: pair.translation for pair in page.fields})
        self.page = page
        for pair in page.fields:
            field = ShortText() if pair.field.is_line else LongText(rows=_rows_for(pair))
            field.label = _("%(field)s, in %(language)s") % {
                "field": pair.field.label,
                "language": formatting.language_name(page.language),
            }
            if pair.field.is_list:
                field.help_text = _("One line per item.")
            field.widget.attrs["lang"] = page.language
            self.fields[pair.field.name] = field

    def texts(self) -> dict[str, str]:
        """What was typed, by field. Call it on a valid form."""
        return {pair.field.name: self.cleaned_data[pair.field.name] for pair in self.page.fields}

    def is_changed(self) -> bool:
        """Whether other words were typed than are saved. Call it on a valid form."""
        return any(
            self.cleaned_data[pair.field.name].split() != pair.translation.split()
            for pair in self.page.fields
        )

    def take(self, faults: tuple[Fault, ...]) -> None:
        """Put each fault beside its field, or above the form where it has none."""
        for fault in faults:
            name, _bracket, place = fault.where.partition("[")
            rule = fault.rule
            if place:
                number = int(place.rstrip("]")) + 1
                rule = _("Line %(number)s: %(rule)s") % {"number": number, "rule": rule}
            self.add_error(name if name in self.fields else None, rule)

    def rows(self, *, is_conflict: bool = False) -> list[Row]:
        """The fields side by side; after a conflict with what the other person saved."""
        return [
            Row(pair, self[pair.field.name], self._theirs(pair) if is_conflict else ())
            for pair in self.page.fields
        ]

    def _theirs(self, pair: FieldPair) -> tuple[Piece, ...]:
        mine = str(self[pair.field.name].value() or "").replace("\r\n", "\n").strip()
        return () if mine == pair.translation else word_diff(pair.translation, mine)

    def faults_shown(self) -> list[tuple[str, str]]:
        """(id of the field, sentence) of every fault, for the list on top."""
        faults = [("", str(error)) for error in self.non_field_errors()]
        for field in self.visible_fields():
            faults += fault_lines(field)
        return faults
