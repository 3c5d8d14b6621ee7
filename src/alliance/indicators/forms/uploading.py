"""A file of figures, and what is said of all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.indicators.enums import Boundary, CodeScheme, MethodClass
from alliance.indicators.importing.options import Options

#: Stands for figures of any city, which the secretariat brings.
ALL_CITIES = "all"
_OPTIONS = frozenset(field.name for field in fields(Options))
_EITHER = _("as the numbers show it")
_text = partial(forms.CharField, required=False)


class SaidOfFigures(forms.Form):
    """Where figures are from; and who published them, from what kind of source and of whom: what a
    definition is held against.
    """

    source_url = forms.URLField(
        label=_("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    licence = _text(label=_("Licence of the source"), max_length=240)
    publisher = _text(
        label=_("Publisher"),
        max_length=160,
        help_text=_("Who published the figures, such as the city or a statistics office."),
    )
    method_class = forms.ChoiceField(
        label=_("Kind of source"), choices=[("", "–"), *MethodClass.choices], required=False
    )
    population = _text(
        label=_("Of whom or what"),
        max_length=160,
        help_text=_("Such as residents aged 16 to 74, or households."),
    )
    own_definition = forms.BooleanField(
        label=_("Keep figures that do not fit the definition under one of their own"),
        required=False,
        help_text=_("Such as a Swedish survey beside a French census. The two never compare."),
    )
    #: The names of these fields.
    SAID = ("publisher", "method_class", "population", "own_definition")

    def said(self) -> dict[str, Any]:
        """What is said, as `Options` takes it."""
        return {name: self.cleaned_data.get(name) or "" for name in self.SAID[:-1]} | {
            "own_definition": bool(self.cleaned_data.get("own_definition"))
        }


class UploadForm(SaidOfFigures, ServiceForm):
    """`teams` are (id, name) of those the file may be uploaded for."""

    team = forms.ChoiceField(label=_("For"))
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_(
            "CSV, Excel (.xlsx), SDMX-CSV, SDMX-ML or JSON-stat; at most 25 MB. One row a figure "
            "with the columns city, indicator, period and value, or years as columns. Inventories "
            "from CityCatalyst and MyCovenant are read as you downloaded them."
        ),
    )
    source_title = _text(
        label=_("Source"),
        max_length=300,
        help_text=_("Where the figures come from, unless a column says so."),
    )
    scheme = forms.ChoiceField(
        label=_("City codes"),
        choices=CodeScheme,
        initial=CodeScheme.ALLIANCE,
        required=False,
        help_text=_("Whose codes name the cities in the file."),
    )
    boundary = forms.ChoiceField(
        label=_("Area that the figures are about"),
        choices=Boundary,
        initial=Boundary.UNKNOWN,
        required=False,
        help_text=_("Unless a column says so."),
    )
    indicator = _text(
        label=_("Indicator"),
        max_length=40,
        help_text=_("Its code, where the file holds one indicator and no column for it."),
    )
    definition = _text(
        label=_("Definition"),
        max_length=80,
        help_text=_("Its key, where the indicator has several definitions."),
    )
    city = _text(
        label=_("City"),
        max_length=80,
        help_text=_("Its id here, where the file holds one city and no column for it."),
    )
    period = _text(
        label=_("Period"),
        max_length=10,
        help_text=_("Such as 2024, where the file holds one and no column for it."),
    )
    unit = _text(
        label=_("Unit of the values"),
        max_length=80,
        help_text=_("Such as percent or kilotonne. They are converted, or refused if they cannot."),
    )
    missing = _text(
        label=_("Words for a missing figure"),
        max_length=200,
        help_text=_("Parted by commas, such as n/a,.. – what is not named here is a fault."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _EITHER), (",", _("comma: 1,5")), (".", _("point: 1.5"))],
    )
    flags = _text(
        label=_("Flags of the publisher"),
        max_length=1000,
        help_text=_("What each means as SDMX status, such as e=E, x=U fails a check."),
    )
    ignore = _text(
        label=_("Columns to leave out"),
        max_length=500,
        help_text=_("Parted by commas."),
    )

    edition = _text(
        label=_("Edition"),
        max_length=80,
        help_text=_(
            "Such as 2026, where the file holds whole series that the publisher counted again. "
            "Figures that it no longer has are missing from then on."
        ),
    )

    def __init__(self, *args: object, teams: Sequence[tuple[str, str]], **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["team"].choices = teams  # type: ignore[attr-defined]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that most files need."""
        return [self[name] for name in ("source_title", "source_url", "licence", *self.SAID)]

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields for what a file does not say by itself."""
        names = (
            "city", "period", "indicator", "definition", "unit", "missing", "flags", "ignore",
            "edition",
        )  # fmt: skip
        return [self[name] for name in names]

    def options(self) -> Options:
        """What is said of the file."""
        names = [name for name in self.fields if name in _OPTIONS and name not in self.SAID]
        texts = {name: self.cleaned_data.get(name) or "" for name in names}
        return replace(Options.of_text(**texts), **self.said(), named=True)


class ReasonForm(ServiceForm):
    """Why known figures are revised."""

    reason = _text(
        label=_("Why the figures are revised"),
        max_length=400,
        help_text=_("Everybody can read it beside the old and the new figure."),
    )
