"""The form of a file of figures with its options."""

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

#: Figures of any city, which only the secretariat may upload.
ALL_CITIES = "all"
_OPTIONS = frozenset(field.name for field in fields(Options))
_EITHER = _("detect from the numbers")
_text = partial(forms.CharField, required=False)


class ProvenanceForm(forms.Form):
    """The provenance of figures: source, publisher, kind of source and population, which are
    compared with those of the definition.
    """

    source_url = forms.URLField(
        label=_("Web address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    licence = _text(label=_("Licence of the source"), max_length=240)
    publisher = _text(
        label=_("Publisher"),
        max_length=160,
        help_text=_("The publisher of the figures, for example the city or a statistics office."),
    )
    method_class = forms.ChoiceField(
        label=_("Type of source"), choices=[("", "–"), *MethodClass.choices], required=False
    )
    population = _text(
        label=_("Population covered"),
        max_length=160,
        help_text=_("For example, residents aged 16 to 74, or households."),
    )
    own_definition = forms.BooleanField(
        label=_("Store figures that do not fit the definition under a separate definition"),
        required=False,
        help_text=_(
            "For example, figures from a Swedish survey and a French census are stored "
            "separately and never compared."
        ),
    )
    #: The names of these fields.
    PROVENANCE_FIELDS = ("publisher", "method_class", "population", "own_definition")

    def provenance_options(self) -> dict[str, Any]:
        """The fields as arguments of `Options`."""
        return {name: self.cleaned_data.get(name) or "" for name in self.PROVENANCE_FIELDS[:-1]} | {
            "own_definition": bool(self.cleaned_data.get("own_definition"))
        }


class UploadForm(ProvenanceForm, ServiceForm):
    """`teams` are (id, name) of the teams that the file may be uploaded for."""

    team = forms.ChoiceField(label=_("Team"))
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_(
            "CSV, Excel (.xlsx), SDMX-CSV, SDMX-ML or JSON-stat, up to 25 MB. Use one row "
            "per figure with the columns city, indicator, period and value, or use years "
            "as columns. Upload inventories from CityCatalyst and MyCovenant exactly as "
            "you downloaded them."
        ),
    )
    source_title = _text(
        label=_("Source"),
        max_length=300,
        help_text=_("Enter the source of the figures, unless a column gives it."),
    )
    scheme = forms.ChoiceField(
        label=_("City codes"),
        choices=CodeScheme,
        initial=CodeScheme.ALLIANCE,
        required=False,
        help_text=_("The code system used for cities in the file."),
    )
    boundary = forms.ChoiceField(
        label=_("Area covered by the figures"),
        choices=Boundary,
        initial=Boundary.UNKNOWN,
        required=False,
        help_text=_("Choose the area, unless a column gives it."),
    )
    indicator = _text(
        label=_("Indicator"),
        max_length=40,
        help_text=_(
            "Enter the indicator’s code if the file contains only one indicator "
            "and has no column for it."
        ),
    )
    definition = _text(
        label=_("Definition"),
        max_length=80,
        help_text=_("Enter the definition’s key if the indicator has several definitions."),
    )
    city = _text(
        label=_("City"),
        max_length=80,
        help_text=_(
            "Enter the city’s ID on this platform if the file contains only one "
            "city and has no column for it."
        ),
    )
    period = _text(
        label=_("Period"),
        max_length=10,
        help_text=_(
            "For example, 2024. Fill in only if the file contains a single period and has "
            "no column for it."
        ),
    )
    unit = _text(
        label=_("Unit of the values"),
        max_length=80,
        help_text=_(
            "For example, percent or kilotonne. Values are converted, or rejected if "
            "conversion is not possible."
        ),
    )
    missing = _text(
        label=_("Codes for missing values"),
        max_length=200,
        help_text=_(
            "Separate the codes with commas, for example “n/a,..”. Anything not listed "
            "here is treated as an error."
        ),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _EITHER), (",", _("comma: 1,5")), (".", _("point: 1.5"))],
    )
    flags = _text(
        label=_("Publisher’s flags"),
        max_length=1000,
        help_text=_(
            "Enter the SDMX status of each flag and, if needed, a note. For example: "
            "“e=E, x=U fails a check”."
        ),
    )
    ignore = _text(
        label=_("Columns to ignore"),
        max_length=500,
        help_text=_("Separated by commas."),
    )

    edition = _text(
        label=_("Edition"),
        max_length=80,
        help_text=_(
            "For example, 2026. Fill in if the file contains complete series recalculated "
            "by the publisher. Figures that are no longer included will be marked as "
            "missing."
        ),
    )

    def __init__(self, *args: object, teams: Sequence[tuple[str, str]], **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["team"].choices = teams  # type: ignore[attr-defined]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that most files need."""
        return [
            self[name]
            for name in ("source_title", "source_url", "licence", *self.PROVENANCE_FIELDS)
        ]

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields for what a file does not contain."""
        names = (
            "city", "period", "indicator", "definition", "unit", "missing", "flags", "ignore",
            "edition",
        )  # fmt: skip
        return [self[name] for name in names]

    def options(self) -> Options:
        """The options of the file."""
        names = [
            name for name in self.fields if name in _OPTIONS and name not in self.PROVENANCE_FIELDS
        ]
        texts = {name: self.cleaned_data.get(name) or "" for name in names}
        return replace(Options.of_text(**texts), **self.provenance_options(), named=True)


class ReasonForm(ServiceForm):
    """The reason for revising existing figures."""

    reason = _text(
        label=_("Reason for revising the figures"),
        max_length=400,
        help_text=_("Shown publicly next to the old and new figures."),
    )
