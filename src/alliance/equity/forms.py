"""The forms of those who edit the areas of a city."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import PlacedForm
from alliance.equity.enums import AreaKind, ExposureKind, Quantity
from alliance.equity.models import FIRST_YEAR, LAST_YEAR
from alliance.equity.services import areas, figures
from alliance.network.needs_offers_forms import language_choices
from alliance.web.fields import ShortText


class SourceForm(PlacedForm):
    """The source of a file."""

    year = forms.IntegerField(
        label=_("Year of the data"), min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("For example, “SCB, DeSO 2025”.")
    )
    url = ShortText(label=_("Link to the source"), size=60, max_length=500)
    licence = forms.CharField(
        label=_("Licence"), max_length=80, help_text=_("For example, “CC0 1.0”.")
    )
    file = forms.FileField(label=_("File"))


class AreasForm(SourceForm):
    """A file of areas, and its description."""

    kind = forms.ChoiceField(
        label=_("Source of the boundaries"), choices=AreaKind.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For example, “DeSO 2025”.")
    )
    language = forms.ChoiceField(label=_("Language of the names"), choices=language_choices)
    crs = forms.TypedChoiceField(
        label=_("Coordinate system"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("as in the file")),
            ("4326", _("WGS 84, degrees (EPSG:4326)")),
            ("3006", _("SWEREF 99 TM (EPSG:3006)")),
            ("2154", _("Lambert-93 (EPSG:2154)")),
        ],
    )
    code = ShortText(
        label=_("Code column"),
        max_length=60,
        help_text=_("Leave blank for standard columns such as desokod or code_iris."),
    )
    called = ShortText(label=_("Name column"), max_length=60)
    field_order = ("kind", "name", "language", "file", "crs", "code", "called", "year", "source")

    def as_data(self) -> areas.About:
        """The input of the service."""
        cleaned_data = self.cleaned_data
        return areas.About(
            **{name: cleaned_data[name] for name in areas.About.__dataclass_fields__}
        )


class FiguresForm(SourceForm):
    """A table of figures, and its description."""

    what = forms.ChoiceField(
        label=_("Content of the columns"),
        choices=[(figures.PEOPLE, _("population, total and by group")), *ExposureKind.choices],
        widget=forms.RadioSelect,
    )
    quantity = forms.ChoiceField(
        label=_("Meaning of the values for burdens, benefits and resources"),
        choices=Quantity.choices,
        initial=Quantity.LEVEL,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Fairness checks only use expected changes and costs. Include the sign of "
            "each change, for example −2.1."
        ),
    )
    unit = ShortText(
        label=_("Unit of burdens, benefits and resources"),
        size=20,
        max_length=40,
        help_text=_("For example, µg/m³, % or “share” for values between 0 and 1."),
    )
    trait = ShortText(
        label=_("Characteristic that defines the groups"),
        max_length=80,
        help_text=_("For example, income or age. Use one table for each."),
    )
    everyone = ShortText(
        label=_("Total population column"),
        max_length=60,
        help_text=_("Leave blank if the column is called population or total."),
    )
    field_order = ("what", "quantity", "file", "unit", "trait", "everyone", "year", "source")

    def as_data(self) -> figures.About:
        """The input of the service."""
        cleaned_data = self.cleaned_data
        cleaned_data["quantity"] = cleaned_data["quantity"] or Quantity.LEVEL.value
        return figures.About(
            **{name: cleaned_data[name] for name in figures.About.__dataclass_fields__}
        )
