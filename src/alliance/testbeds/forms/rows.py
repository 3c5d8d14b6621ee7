"""Forms with rows that people fill, such as permits: those there are, and some to spare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from alliance.core.errors import InvalidData
from alliance.network.forms import TeamForm

#: Empty rows that stand below those there are.
SPARE_ROWS = 2
_ROW_FAULT = re.compile(r"^(\w+)\[(\d+)\]\.(\w+)$")


class RowsForm(TeamForm):
    """A form with groups of rows; a row in which nothing was written is left out.

    Fields are named `group-place-name`. A fault at `group[2].name` counts the rows that were
    written, and is shown beside the one it means.
    """

    use_required_attribute = False
    #: Of each group, how many rows it takes.
    most_rows: Mapping[str, int] = {}

    def __init__(
        self, data: Any = None, *, rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, **options)
        self._n_rows: dict[str, int] = {}
        for group, most in self.most_rows.items():
            values = list((rows or {}).get(group, ()))
            count = min(len(values) + SPARE_ROWS, most)
            if data is not None:
                sent = re.findall(rf"\b{group}-(\d{{1,2}})-", " ".join(data))
                count = min(max([count, *(int(n) + 1 for n in sent)]), most)
            self._n_rows[group] = count
            for place in range(count):
                given = values[place] if place < len(values) else {}
                for name, field in self.row_fields(group, place + 1).items():
                    field.required = False
                    field.initial = given.get(name, field.initial)
                    self.fields[f"{group}-{place}-{name}"] = field

    def row_fields(self, group: str, number: int) -> dict[str, forms.Field]:
        """The fields of a row; `number` counts from 1, for their labels."""
        raise NotImplementedError

    def plain_fields(self) -> Iterator[BoundField]:
        """The fields that stand in no row."""
        return (self[name] for name in self.fields if "-" not in name)

    def rows_of(self, group: str) -> list[list[BoundField]]:
        """The fields of each row, spare ones too."""
        return [
            [self[name] for name in self.fields if name.startswith(f"{group}-{place}-")]
            for place in range(self._n_rows[group])
        ]

    def written(self, group: str) -> list[dict[str, Any]]:
        """The values of the rows in which something was written."""
        return [self._values(group, place) for place in self._filled(group)]

    def _values(self, group: str, place: int) -> dict[str, Any]:
        start = f"{group}-{place}-"
        return {
            name.removeprefix(start): self.cleaned_data.get(name)
            for name in self.fields
            if name.startswith(start)
        }

    def _filled(self, group: str) -> list[int]:
        def is_said(name: str, value: Any) -> bool:
            return value not in (None, "") and not isinstance(self.fields[name], forms.ChoiceField)

        return [
            place
            for place in range(self._n_rows[group])
            if any(
                is_said(f"{group}-{place}-{name}", value)
                for name, value in self._values(group, place).items()
            )
        ]

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show the faults; one of a row stands beside it."""
        if not isinstance(error, InvalidData):
            super().take(error)
            return
        for fault in error.faults:
            found = _ROW_FAULT.match(fault.where)
            name = fault.where
            if found and found[1] in self._n_rows:
                name = f"{found[1]}-{self._filled(found[1])[int(found[2])]}-{found[3]}"
            self.add_error(name if name in self.fields else None, fault.rule)
