"""The form of a release."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm


class ReleaseForm(ServiceForm):
    """The parameters of a release; the service fills in empty fields."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("If you leave this blank, the year and date are used."),
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=1900,
        max_value=2200,
        help_text=_(
            "If you leave this blank, we use the year in which the most cities have figures."
        ),
    )
    as_of = forms.DateField(
        label=_("Data as of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "If you leave this blank, the current time is used. A date means the "
            "end of that day, in UTC."
        ),
    )
