"""The form of a query to a publisher."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.indicators.connectors import PUBLISHERS, Query
from alliance.indicators.connectors.asked import filters_of
from alliance.indicators.enums import Boundary, CodeScheme
from alliance.indicators.importing.options import Options


class ReadingForm(ServiceForm):
    """A query, and the options of its response."""

    publisher = forms.ChoiceField(
        label=_("Publisher"),
        choices=[
            (code, f"{connector.name}: {connector.example}")
            for code, connector in PUBLISHERS.items()
        ],
        help_text=_("Each publisher is shown with an example of how it names a dataset."),
    )
    dataset = forms.CharField(label=_("Dataset"), max_length=200)
    definition = forms.CharField(
        label=_("Definition"),
        max_length=80,
        help_text=_("The key of the definition used for the figures."),
    )
    first_year = forms.IntegerField(
        label=_("From year"), required=False, min_value=1800, max_value=2200
    )
    last_year = forms.IntegerField(
        label=_("To year"), required=False, min_value=1800, max_value=2200
    )
    filters = forms.CharField(
        label=_("More dimensions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line, for example indic_ur=EN2026V."),
    )
    codes = forms.CharField(
        label=_("Cities"),
        required=False,
        max_length=5000,
        help_text=_(
            "Enter the publisher’s city codes, separated by commas. Leave blank to "
            "include all cities that have a code on this platform."
        ),
    )
    unit = forms.CharField(label=_("Unit of the values"), max_length=80, required=False)
    address = forms.URLField(
        label=_("Address of another server"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("For SDMX only: enter the address of the service to contact."),
    )
    scheme = forms.ChoiceField(
        label=_("City codes"),
        required=False,
        choices=[("", _("as used by the publisher")), *CodeScheme.choices],
    )
    boundary = forms.ChoiceField(
        label=_("Area covered by the figures"),
        required=False,
        choices=[("", _("as used by the publisher")), *Boundary.choices],
    )

    def field_of(self, where: str) -> str:
        """The form's names for the command line's options filter and city."""
        return {"filter": "filters", "city": "codes"}.get(where, where)

    def query(self) -> Query:
        """The query. Raises InvalidData for invalid dimensions."""
        cleaned_data = self.cleaned_data
        lines = [line for line in cleaned_data["filters"].splitlines() if line.strip()]
        return Query(
            dataset=cleaned_data["dataset"].strip(),
            codes=tuple(code.strip() for code in cleaned_data["codes"].split(",") if code.strip()),
            filters=filters_of(lines),
            first_year=cleaned_data["first_year"],
            last_year=cleaned_data["last_year"],
            address=cleaned_data["address"],
        )

    def options(self) -> Options:
        """The options of the response."""
        names = ("definition", "unit", "scheme", "boundary")
        return Options.of_text(**{name: self.cleaned_data[name] or "" for name in names})
