"""What of the evidence map a reader asks for, in the address of the page or of the command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import Theme
from alliance.network.localise import country_name


class MapForm(forms.Form):
    """Filters of the map; every field may be left out. `countries` have results of their own."""

    use_required_attribute = False

    theme = forms.ChoiceField(
        label=_("Theme"), choices=[("", _("All themes")), *Theme.choices], required=False
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    design = forms.ChoiceField(
        label=_("Evaluation method"),
        choices=[
            ("", _("Any method")),
            ("compared", _("With a comparison group")),
            ("rct", _("In a randomised trial")),
        ],
        required=False,
    )
    certainty = forms.ChoiceField(
        label=_("Certainty"),
        choices=[
            ("", _("All levels of certainty")),
            ("low", _("Low or better")),
            ("moderate", _("Moderate or better")),
            ("high", _("High")),
        ],
        required=False,
    )
    order = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("Fixed column order")), ("alike", _("Similar columns together"))],
        required=False,
    )

    def __init__(self, data: Any, countries: Iterable[str]) -> None:
        super().__init__(data, auto_id="map-%s")
        language = get_language() or "en"
        named = sorted((country_name(code, language), code) for code in countries)
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", _("All countries")),
            *((code, name) for name, code in named),
        ]

    @property
    def filters(self) -> dict[str, str]:
        """What was asked for, without what was left out; needs a form that is valid."""
        return {name: value for name, value in self.cleaned_data.items() if value}
