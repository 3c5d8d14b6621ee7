"""The forms with which the secretariat adds and translates measures and units."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.forms.desk import line
from alliance.network.forms import TeamForm


class MeasureForm(TeamForm):
    """What results are measured on, in the three languages."""

    name = line(_("Name in English"), longest=120, required=True)
    name_fr = line(_("Name in French"), longest=120, required=True)
    name_sv = line(_("Name in Swedish"), longest=120, required=True)


class UnitForm(TeamForm):
    """A unit, and what its figures say."""

    name = line(_("Name in English"), longest=80, required=True)
    name_fr = line(_("Name in French"), longest=80, required=True)
    name_sv = line(_("Name in Swedish"), longest=80, required=True)
    symbol = line(
        _("Symbol"),
        longest=24,
        help_text=_("Such as kWh/m²; empty where the name itself stands behind the figure."),
    )
    is_change = forms.BooleanField(
        label=_("Its figures are changes, so that their sign tells better from worse"),
        required=False,
    )
    is_relative = forms.BooleanField(
        label=_("They are shares of the measure itself, so that places of any size compare"),
        required=False,
    )
