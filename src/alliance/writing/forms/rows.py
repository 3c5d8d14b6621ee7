"""Tables in a form: rows that are added and taken away by buttons, without scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from alliance.writing.forms.base import Document, PartForm, StepForm, fault_lines

#: Rows in one form; what a document holds beyond them is kept as it is.
MOST_ROWS = 100
_FIELD = re.compile(r"^[a-z]+-(\d{1,3})-([a-z_]+)$")


class RowForm(PartForm):
    """One row. `names` is what can be picked."""

    #: What a row holds when nobody has typed anything into it.
    untouched: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, names: Any, text_language: str, **options: Any) -> None:
        self.names = names
        super().__init__(*args, **options)
        self.mark(text_language)

    @classmethod
    def initial_of(cls, part: Mapping[str, Any], names: Any) -> dict[str, Any]:
        """The values of the fields as the part of the document has them."""
        raise NotImplementedError

    def part(self) -> dict[str, Any] | None:
        """The part of the document that the row says; None for an empty row."""
        raise NotImplementedError

    def is_empty(self) -> bool:
        """Whether nobody typed anything into this row."""
        return all(
            value is False or value in (None, "", self.untouched.get(name))
            for name, value in self.cleaned_data.items()
            # What a row carries unseen was typed by nobody.
            if not self.fields[name].widget.is_hidden
        )


class RowsForm(StepForm):
    """A step that is a list: `rows` holds a form for each entry of `part` in the document."""

    part: ClassVar[str]
    #: Words of a row whose translations the document keeps beside them; no form asks for those.
    translated: ClassVar[tuple[str, ...]] = ()
    row_form: ClassVar[type[RowForm]]

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        document: Document,
        more: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(data, document=document, **options)
        stored = document[self.part][:MOST_ROWS]
        if data is None:
            blank = more if stored else max(more, 1)
            parts: list[Any] = [*stored, *([None] * blank)][:MOST_ROWS]
            numbers = list(range(len(parts)))
        else:
            numbers = self._sent(data)
            parts = [None] * len(numbers)
        self.rows = [
            self._row(data, number, part) for number, part in zip(numbers, parts, strict=True)
        ]

    def _row(
        self, data: Mapping[str, Any] | None, number: int, stored: Mapping[str, Any] | None
    ) -> RowForm:
        return self.row_form(
            data,
            prefix=f"{self.part}-{number}",
            initial=self._initial(stored),
            names=self.names,
            text_language=self.text_language,
        )

    def _initial(self, stored: Mapping[str, Any] | None) -> Mapping[str, Any]:
        return (
            self.row_form.untouched
            if stored is None
            else self.row_form.initial_of(stored, self.names)
        )

    def _sent(self, data: Mapping[str, Any]) -> list[int]:
        """The numbers of the rows that were sent; one that was taken away leaves a gap."""
        numbers = {int(match[1]) for name in data if (match := _FIELD.match(name))}
        return sorted(numbers)[:MOST_ROWS]

    def add_row(self) -> None:
        """Show one more row below those that were sent."""
        numbers = self._sent(self.data)
        if len(self.rows) < MOST_ROWS:
            self.rows.append(self._row(self.data, max(numbers, default=-1) + 1, None))

    @property
    def beyond(self) -> int:
        """How many entries of the document this form has no row for."""
        return max(len(self.document[self.part]) - MOST_ROWS, 0)

    def initial_of(self, document: Document) -> dict[str, Any]:
        return {}

    def is_valid(self) -> bool:
        """Whether the step and each of its rows are valid."""
        # Every row is asked, so that each of its faults is told at once.
        return all([super().is_valid(), *[row.is_valid() for row in self.rows]])

    def _right_data(self) -> Any:
        """A faulty cell is left empty: what stood there before may be of another row's words."""
        if any(row.non_field_errors() for row in self.rows):
            return None
        data = super()._right_data()
        for row in self.rows if data is not None else ():
            for name in row.errors:
                data.setlist(row.add_prefix(name), [""])
        return data

    def take_away(self, prefix: str) -> None:
        """Leave the row of that prefix out of what is shown and written."""
        self.rows = [row for row in self.rows if row.prefix != prefix]

    def write(self, document: Document) -> None:
        """Write the rows; a translation stays with the words it translates and goes with them."""
        known = {
            (name, part[name]): {key: part.get(key, "") for key in (f"{name}_fr", f"{name}_sv")}
            for part in document[self.part]
            for name in self.translated
        }
        parts = [part for row in self.rows if (part := row.part()) is not None]
        for part in parts:
            for name in self.translated:
                blank = {f"{name}_fr": "", f"{name}_sv": ""}
                part.update(known.get((name, part[name]), blank) if part[name] else blank)
        document[self.part] = parts + document[self.part][MOST_ROWS:]

    def part_of(self, name: str) -> tuple[PartForm, str] | None:
        match = _FIELD.match(name)
        row = match and next(
            (candidate for candidate in self.rows if name.startswith(f"{candidate.prefix}-")), None
        )
        return (row, match[2]) if match and row and match[2] in row.fields else None

    def faults_shown(self) -> list[tuple[str, str]]:
        faults = super().faults_shown()
        for number, row in enumerate(self.rows, start=1):
            label = row_name(number)
            faults += [("", f"{label}: {error}") for error in row.non_field_errors()]
            for field in row.visible_fields():
                faults += fault_lines(field, label)
        return faults


def row_name(number: int) -> str:
    """What a row is called, counted from one."""
    return _("Row %(number)s") % {"number": number}
