"""Forms that call a service and show the faults that it raises; and rows in forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, BoundField, formset_factory
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Conflict, Fault, InvalidData, model_faults, row_of
from alliance.web.actions import ActionForm, Words
from alliance.web.formatting import colon

_CHANGED_MEANWHILE = _(
    "Someone else has changed this since you opened it. Nothing was overwritten. Open it "
    "again in another window and copy your text there."
)


def faults_of(error: InvalidData | ValidationError) -> Sequence[Fault]:
    """The faults of a service's InvalidData or a model's ValidationError."""
    return error.faults if isinstance(error, InvalidData) else model_faults(error)


class ServiceForm(ActionForm):
    """Shows the faults that a service raises: at the fields they name, or above the form.

    `choices`: further choices of fields, in addition to their own.
    """

    def __init__(
        self, *args: Any, choices: Mapping[str, Sequence[Any]] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, more in (choices or {}).items():
            field: Any = self.fields[name]
            field.choices = [*field.choices, *more]

    @contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Wrap the call of a service: faults end the call and are shown in the form."""
        try:
            yield
        except (InvalidData, ValidationError) as error:
            self.take(error)
        except Conflict:
            self.add_error(None, ValidationError(_CHANGED_MEANWHILE, code="conflict"))

    def take(self, error: InvalidData | ValidationError) -> None:
        """Add the faults of `error` to the form; those without a field of the form are shown above
        it."""
        # All places first: adding an error removes the field from `cleaned_data`, by which the
        # filled rows are counted.
        for fault, (form, name) in [
            (fault, self.place_of(fault.where)) for fault in faults_of(error)
        ]:
            form.add_error(name if name in form.fields else None, fault.rule)

    def add_service_errors(self, find: Callable[[Any], Sequence[Fault]]) -> None:
        """Show the faults of a service together with those of the fields, not in a second round.

        `find`: returns what a service finds invalid in the form's values; it writes nothing.
        """
        if not self.is_bound or not self.errors:
            return
        for form in (self, *self.row_forms()):
            for name, field in form.fields.items():
                form.cleaned_data.setdefault(name, _nothing(field))
        placed = [(fault, *self.place_of(fault.where)) for fault in find(self.as_kwargs())]
        for fault, form, name in placed:
            if name in form.fields and name not in form.errors:
                form.add_error(name, fault.rule)

    def row_forms(self) -> Iterable[forms.Form]:
        """The nested forms."""
        return ()

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        """The form and the field of a fault at `where`."""
        return self, self.field_of(where)

    def field_of(self, where: str) -> str:
        """The field of a fault at `where`."""
        return where


def _nothing(field: forms.Field) -> Any:
    """The value of an empty field."""
    if isinstance(field, forms.MultipleChoiceField):
        return []
    return "" if isinstance(field, forms.CharField | forms.ChoiceField) else None


class PlacedForm(ServiceForm):
    """Faults that belong to none of its fields are shown with their place: a row, a cell."""

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show each fault at its field, or with its place."""
        for fault in faults_of(error):
            if fault.where in self.fields:
                self.add_error(fault.where, fault.rule)
            elif fault.where == "body":
                self.add_error(None, fault.rule)
            else:
                self.add_error(None, f"{fault.where}{colon()} {fault.rule}")


class RowForm(forms.Form):
    """A row of a form; all its fields are optional. `%(row)s` in a label is the number from 1."""

    use_required_attribute = False

    def __init__(self, *args: Any, number: int, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = [str(field.label or "") for field in self.fields.values()]
        numbered = next((label % {"row": number} for label in labels if "%(row)s" in label), "")
        for field, label in zip(self.fields.values(), labels, strict=True):
            field.required = False
            field.label = label % {"row": number}
            # The error summary is above all rows: there, every field must name its row.
            if numbered and "%(row)s" not in label:
                field.label_in_list = f"{numbered}, {field.label}"  # type: ignore[attr-defined]

    @property
    def is_written(self) -> bool:
        """Whether something was filled in; choices are preselected and do not count."""
        return any(
            value not in (None, "") and not isinstance(self.fields[name], forms.ChoiceField)
            for name, value in self.cleaned_data.items()
        )


class Rows(BaseFormSet):  # type: ignore[type-arg]
    """The rows of a form: existing ones and some spare ones, counted from the submitted data."""

    template_name = "web/forms/rows.html"
    heading: ClassVar[Words] = ""
    note: ClassVar[Words] = ""

    def initial_form_count(self) -> int:
        """The number of existing rows."""
        return len(self.initial or ())

    def total_form_count(self) -> int:
        """The number of rows including submitted ones, at most `max_num`."""
        sent = re.findall(rf"\b{self.prefix}-(\d{{1,2}})-", " ".join(self.data))
        count = self.initial_form_count() + self.extra
        return min(max([count, *(int(n) + 1 for n in sent)]), self.max_num)

    @cached_property
    def management_form(self) -> ManagementForm:
        """The counts, computed rather than sent by the page."""
        counts = {
            TOTAL_FORM_COUNT: self.total_form_count(),
            INITIAL_FORM_COUNT: self.initial_form_count(),
        }
        data = {f"{self.prefix}-{name}": count for name, count in counts.items()}
        form = ManagementForm(data, auto_id=self.auto_id, prefix=self.prefix)
        form.full_clean()
        return form

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The arguments of a row, with its number from 1."""
        return {**super().get_form_kwargs(index), "number": (index or 0) + 1}

    @property
    def written(self) -> list[RowForm]:
        """The rows in which something was filled in."""
        return [row for row in self.forms if row.is_written]


def rows_of(
    row: type[RowForm], *, most: int, spare: int = 2, heading: Words = "", note: Words = ""
) -> type[Rows]:
    """A formset of up to `most` rows, `spare` of them empty, with its heading and note."""
    made = formset_factory(row, formset=Rows, extra=spare, max_num=most)
    made.heading, made.note = heading, note  # type: ignore[attr-defined]
    return cast(type[Rows], made)


class RowsForm(ServiceForm):
    """A form with groups of rows; empty rows are left out.

    A fault at `group[2].name` counts the filled rows and is shown at that field; a fault at
    `group[2]` at the first field of the row.
    """

    groups: ClassVar[Mapping[str, type[Rows]]] = {}
    #: Fields that are shown below the rows.
    below: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, *args, **options)
        initial_rows = rows or {}
        self.rows = {
            name: kind(data, prefix=name, initial=list(initial_rows.get(name, ())))
            for name, kind in self.groups.items()
        }

    @property
    def errors(self) -> ErrorDict:
        """The errors of the form, and those of its rows by the submitted names of their fields."""
        errors = ErrorDict(super().errors)
        if self.is_bound:
            for row in chain(*self.rows.values()):
                errors.update(
                    {row.add_prefix(name): error_list for name, error_list in row.errors.items()}
                )
        return errors

    def all_fields(self) -> Iterator[BoundField]:
        """The fields of the form, then those of its rows."""
        return chain(self, *chain(*self.rows.values()))

    def row_forms(self) -> Iterable[forms.Form]:
        return chain(*self.rows.values())

    def as_kwargs(self) -> dict[str, Any]:
        """The values of the form, and of each group those of its filled rows."""
        return {**self.cleaned_data, **{group: self.written(group) for group in self.groups}}

    def written(self, group: str) -> list[dict[str, Any]]:
        """The values of the filled rows."""
        return [row.cleaned_data for row in self.rows[group].written]

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        """The row and its field, if `where` is in a row."""
        place = row_of(where)
        if not place or place[0] not in self.rows:
            return super().place_of(where)
        group, number, name = place
        row = self.rows[group].written[number]
        return row, name or next(iter(row.fields))
