"""The form of a target."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.indicators.models import Definition, Indicator, Target
from alliance.network.localise import country_choices
from alliance.network.models import City

LABELS: dict[str, Any] = {
    "kind": _("Basis for the target"),
    "value": _("Target"),
    "words": _("Target in words"),
    "unit_label": _("Unit"),
    "year": _("Target year"),
    "basis": _("Law, plan or guideline (English)"),
    "basis_fr": _("Law, plan or guideline (French)"),
    "basis_sv": _("Law, plan or guideline (Swedish)"),
    "rule": _("Calculation method"),
    "is_computed": _("Calculated by us"),
    "baseline_year": _("Base year"),
    "baseline": _("Value in the base year"),
    "binding_on": _("Binding on"),
}
HELP: dict[str, Any] = {
    "words": _("Fill in if the target is not a number, for example “net zero”."),
    "unit_label": _("Fill in only if the target has a different unit from the figures here."),
}


class TargetForm(ServiceForm):
    """A target of an indicator, in the unit of one of its definitions or in another."""

    definition = forms.ModelChoiceField(
        label=_("Figures compared with the target"),
        queryset=Definition.objects.none(),
        required=False,
        empty_label=_("none: the target measures something else"),
    )
    city = forms.ModelChoiceField(
        label=_("City"), queryset=City.objects.order_by("name"), required=False,
        to_field_name="public_id", empty_label=_("no specific city"),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country"), required=False)
    source_title = forms.CharField(label=_("Source"), max_length=300, required=False)
    source_url = forms.URLField(
        label=_("Web address of the source"), max_length=500, required=False,
        assume_scheme="https",
    )  # fmt: skip

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.fields["definition"].queryset = indicator.definitions.all()  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", _("all countries")), *country_choices()]  # type: ignore[attr-defined]
        fields = fields_for_model(
            Target, fields=list(LABELS), labels=LABELS, help_texts=HELP,
            widgets=dict.fromkeys(
                ("basis", "basis_fr", "basis_sv"), forms.Textarea(attrs={"rows": 2})
            ),
        )  # fmt: skip
        for name in ("year", "baseline_year"):
            fields[name] = forms.IntegerField(
                label=LABELS[name], required=False, min_value=1900, max_value=2200
            )
        rest = {name: self.fields.pop(name) for name in ("source_title", "source_url")}
        self.fields.update(fields | rest)

    def record(self) -> Target:
        """The unsaved target from the valid form."""
        fields = {name: self.cleaned_data[name] for name in ("definition", "city", "country")}
        return Target(
            indicator=self.indicator, **fields, **{name: self.cleaned_data[name] for name in LABELS}
        )

    def source(self) -> tuple[str, str]:
        """The title and web address of the source."""
        return self.cleaned_data["source_title"], self.cleaned_data["source_url"]
