"""The forms of a team's pages: what people typed, as values that services take."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import ServiceForm
from alliance.network.enums import Scope, TeamRole, WebhookEvent
from alliance.network.services.tokens import LONGEST
from alliance.web.fields import day_field


class RoleForm(ServiceForm):
    """The role of a member."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=TeamRole,
        widget=forms.RadioSelect,
        help_text=_(
            "Editors write for the organisation and look after the team. Members read its drafts."
        ),
    )


class InvitationForm(RoleForm):
    """An invitation to a team. `ticket` lets the same form count once."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "The invitation is sent there, and only the person with this address can accept it. "
            "Leave it empty to pass the link on yourself: then whoever has the link can accept."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the message"), choices=settings.LANGUAGES, required=False
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ["role", "email", "language", "ticket"]


class TokenForm(ServiceForm):
    """A token of a team. `ticket` lets the same form count once."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What will use it, such as “Lund’s project register”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give it no more than it needs."),
    )
    expires = day_field(
        label=_("Last day it can be used"),
        required=True,
        help_text=_("A year from today at most, written as year-month-day."),
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_expires(self) -> dt.date:
        """A day of the year to come: a service counts in moments, people in days."""
        day: dt.date = self.cleaned_data["expires"]
        today = clock.today()
        if not today < day <= today + LONGEST - dt.timedelta(days=1):
            raise ValidationError(_("Choose a day after today and within a year."))
        return day

    def end_of_last_day(self) -> dt.datetime:
        """The moment from which the token no longer holds."""
        following = self.cleaned_data["expires"] + dt.timedelta(days=1)
        return dt.datetime.combine(following, dt.time(), tzinfo=dt.UTC)


class WebhookForm(ServiceForm):
    """An address of another system, and what it is to be told of."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with https:// and must be reachable from the internet."),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"), choices=WebhookEvent, widget=forms.CheckboxSelectMultiple
    )
