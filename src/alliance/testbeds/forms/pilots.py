"""The small forms around a pilot: starting, freezing, deviating, stopping, data, exploring."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import InvalidData
from alliance.core.forms import ServiceForm, faults_of
from alliance.knowledge.enums import Language, OutcomeTheme
from alliance.knowledge.forms.numbers import NumberField
from alliance.testbeds.enums import PilotDesign
from alliance.web.formatting import colon


class StartForm(ServiceForm):
    """What a new pilot begins with; the design fills in a template."""

    team = forms.ChoiceField(label=_("Team"))
    title = forms.CharField(label=_("Title"), max_length=200)
    design = forms.ChoiceField(
        label=_("Design"),
        choices=PilotDesign.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "The surest design that is possible; each fills in a template that you can change."
        ),
    )
    language = forms.ChoiceField(label=_("Language you write in"), choices=Language.choices)
    solution = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        required=False, choices=[("", ""), *OutcomeTheme.choices], widget=forms.HiddenInput
    )


class PlacedForm(ServiceForm):
    """Its faults name the place of what is at fault: a column, a cell, a city."""

    def take(self, error: InvalidData | ValidationError) -> None:
        """Show each fault with its place."""
        for fault in faults_of(error):
            self.add_error(None, f"{fault.where}{colon()} {fault.rule}")


class ReasonForm(ServiceForm):
    """Why a registered pilot is stopped, or its protocol deviated from."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 62}),
        help_text=_("It is public and stays with the pilot."),
    )


class DataForm(PlacedForm):
    """A file of data of one city."""

    city = forms.ChoiceField(label=_("City"))
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV in UTF-8 or a workbook (.xlsx).")
    )


class ExploreForm(ServiceForm):
    """Another analysis than the frozen one."""

    city = forms.ChoiceField(label=_("City"))
    design = forms.ChoiceField(label=_("Design"), choices=PilotDesign.choices)
    start = forms.CharField(
        label=_("Start"), required=False, help_text=_("As times are written in the data.")
    )
    level = NumberField(label=_("Level of intervals"), help_text=_("Usually 0.95."))
