"""Form fields that every app needs: dates, short and long texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY_FORM = _("Enter the date as year-month-day, for example 2026-05-31.")
TOO_LONG = _("Shorten the text to %(limit_value)s characters or fewer; it now has %(show_value)s.")


def day_field(*, required: bool = False, **options: Any) -> forms.DateField:
    """A date, written as year-month-day; optional unless `required`."""
    return forms.DateField(
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": DAY_FORM},
        **options,
    )


def area(rows: int) -> forms.Textarea:
    """A text area of `rows` lines."""
    return forms.Textarea(attrs={"rows": rows, "cols": 62})


class _Text(forms.CharField):
    """A text whose length is checked only by the server: a browser that knows the limit silently
    cuts off pasted text."""

    def widget_attrs(self, widget: forms.Widget) -> Any:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class ShortText(_Text):
    """An optional line of text."""

    def __init__(self, *, size: int = 40, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("error_messages", {"max_length": TOO_LONG})
        options.setdefault("widget", forms.TextInput(attrs={"size": size, "autocomplete": "off"}))
        super().__init__(**options)


class LongText(_Text):
    """An optional text of some sentences, with line ends as in text files."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("error_messages", {"max_length": TOO_LONG})
        options.setdefault("widget", area(rows))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        return super().clean(value).replace("\r\n", "\n")
