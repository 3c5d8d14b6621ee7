"""Manual entry of figures: a row for each period of a city, definition and area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import BrokenRule, InvalidData, row_of
from alliance.core.forms import ServiceForm
from alliance.indicators.enums import Status
from alliance.indicators.forms.uploading import ProvenanceForm
from alliance.indicators.importing.cells import decimal_mark, read_number
from alliance.indicators.models import Observation
from alliance.indicators.selectors.entering import EMPTY, EntryPage

_COLUMNS = ("period", "value", "status", "standard_error")


class FiguresForm(ProvenanceForm, ServiceForm):
    """The recorded rows, which can be revised, and empty rows below."""

    unit = forms.CharField(
        label=_("Unit of the values"),
        max_length=80,
        required=False,
        help_text=_("Keep this unit, or enter the unit of your values. They will be converted."),
    )
    method = forms.CharField(label=_("Method"), max_length=160, required=False)
    source_title = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Enter the source of the figures.")
    )
    sure = forms.BooleanField(
        label=_("The values are correct, although they are far from the usual range"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason for revising existing figures"),
        max_length=400,
        required=False,
        help_text=_("Required if you change an existing figure. The reason will be public."),
    )

    def __init__(self, *args: Any, page: EntryPage, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.page = page
        self.sent: list[int] = []
        # Whether a submitted value is far outside the usual range.
        self.asks_whether_sure = bool(self.is_bound and self.data.get("sure"))
        # Whether a period was submitted twice, so that the author must choose.
        self.says_twice = False
        self.n_rows = len(page.known) + EMPTY
        titles = {
            "period": _("Period"), "value": _("Value"), "status": _("Status"),
            "standard_error": _("Standard error"),
        }  # fmt: skip
        for row in range(self.n_rows):
            known = page.known[row] if row < len(page.known) else None
            for name in _COLUMNS:
                self.fields[f"{name}-{row}"] = self._field(name, titles[name], known)
        self.fields["unit"].initial = page.version.unit or page.version.unit_label
        # Defaults from the definition; authors with a different method change them here.
        for name in self.PROVENANCE_FIELDS[:-1]:
            self.fields[name].required = True
            self.fields[name].initial = getattr(page.version, name)

    @staticmethod
    def _field(name: str, title: Any, known: Observation | None) -> forms.Field:
        if name == "status":
            return forms.ChoiceField(
                label=title,
                choices=Status,
                initial=known.status if known else Status.NORMAL.value,
                required=False,
            )
        initial = getattr(known, name) if known else ""
        return forms.CharField(
            label=title,
            max_length=40,
            required=False,
            initial=_plain(initial),
            widget=forms.TextInput(
                attrs={"inputmode": "text" if name == "period" else "decimal", "size": 10}
            ),
        )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each row, in the order of the columns."""
        return [[self[f"{name}-{row}"] for name in _COLUMNS] for row in range(self.n_rows)]

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields about all rows."""
        names = ("unit", "method", "source_title", "source_url", "licence", *self.PROVENANCE_FIELDS)
        return [self[name] for name in names]

    @property
    def has_whole_rows(self) -> bool:
        """Whether only cells have errors, and no two rows have the same period."""
        return not self.says_twice and all("-" in name for name in self.errors)

    def changed_rows(self) -> list[dict[str, Any]]:
        """The new or changed rows without errors, as from a file; their numbers are stored in
        `sent`."""
        rows = {}
        known = {row.period: row for row in self.page.known}
        for row in range(self.n_rows):
            cells = {name: self.cleaned_data.get(f"{name}-{row}", "") for name in _COLUMNS}
            if not any(cells[name].strip() for name in ("period", "value", "standard_error")):
                continue
            if any(f"{name}-{row}" in self.errors for name in _COLUMNS):
                continue
            if not self._is_known(cells, known.get(cells["period"].strip())):
                rows[row] = cells
        self.sent = list(rows)
        return list(rows.values())

    def _is_known(self, cells: Mapping[str, str], known: Observation | None) -> bool:
        return known is not None and all(
            cells[name].strip() == _plain(getattr(known, name)) for name in _COLUMNS
        )

    def clean(self) -> dict[str, Any]:
        """Normalises numbers with either decimal mark; adds an error for anything else."""
        for row in range(self.n_rows):
            for name in ("value", "standard_error"):
                text = self.cleaned_data.get(f"{name}-{row}", "").strip()
                if not text:
                    continue
                try:
                    number = read_number(text, decimal_mark([text]))
                except BrokenRule as error:
                    self.add_error(f"{name}-{row}", error.at("").rule)
                else:
                    self.cleaned_data[f"{name}-{row}"] = _plain(number)
        return self.cleaned_data

    def take(self, error: InvalidData | ValidationError) -> None:
        """Adapts the faults of a file: a repeated period is named as in another row."""
        if isinstance(error, InvalidData):
            self.asks_whether_sure |= any(fault.code == "implausible" for fault in error.faults)
            self.says_twice |= any(fault.code == "same-figure" for fault in error.faults)
            twice = _now("also in another row")
            error = InvalidData(
                replace(fault, code="said", params={"text": twice})
                if fault.code == "same-figure" and fault.where.endswith("].city")
                else fault
                for fault in error.faults
            )
        super().take(error)

    def field_of(self, where: str) -> str:
        """The form field of a cell of a submitted row."""
        if not (row := row_of(where)):
            return where
        _rows, number, name = row
        return f"{'period' if name == 'city' else name}-{self.sent[number]}"


def _plain(value: Any) -> str:
    """A value as a cell shows it: 41 and not 41.0."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
