"""The form by which a city proposes to adopt a case or a solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.knowledge.selectors.localise import local_name
from alliance.network.models import Organisation
from alliance.network.needs_offers_forms import language_choices
from alliance.network.partnership_forms import aim_field, role_field
from alliance.network.selectors.needs_offers import CityTeam


class AdoptForm(ServiceForm):
    """Who adopts from whom, and what for."""

    adopter = forms.ChoiceField(label=_("The city that adopts it"))
    source = forms.ChoiceField(label=_("The city that knows it"))
    aim = aim_field()
    language = forms.ChoiceField(label=_("Language of the agreement"), choices=language_choices)
    contact_role = role_field()

    def __init__(
        self,
        data: Any = None,
        *,
        adopters: Sequence[CityTeam],
        sources: Sequence[Organisation],
        page_language: str,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.fields["adopter"].choices = [(one.public_id, one.city) for one in adopters]  # type: ignore[attr-defined]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (one.public_id, local_name(one.city, page_language)) for one in sources
        ]
