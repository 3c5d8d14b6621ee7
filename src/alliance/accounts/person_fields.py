"""Fields of every form for a new account, besides address and password.

allauth bases its own forms on `PersonFields`, so this module must not import them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.accounts.models import User
from alliance.accounts.services.people import name_fault


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("The name that others in the network will see."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "size": 40}),
    )


def language_field() -> forms.ChoiceField:
    """The language of emails and of one's own page."""
    return forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("We use this language in emails to you and on pages after you sign in."),
    )


class PersonFields(forms.Form):
    """Name and language of a new account."""

    name = name_field()
    language = language_field()

    field_order = ["name", "email", "password1", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if fault := name_fault(name):
            raise ValidationError(fault.rule)
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        """Required by allauth; the adapter saves the fields together with the account."""
