"""The forms of a team's pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import ServiceForm
from alliance.network.enums import JOINING, Scope, TeamRole, WebhookEvent
from alliance.network.localise import country_choices
from alliance.network.models import JoinRequest
from alliance.network.services.tokens import LONGEST
from alliance.web.fields import LongText, ShortText, day_field


class RoleForm(ServiceForm):
    """The role of a member."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=TeamRole,
        widget=forms.RadioSelect,
        help_text=_(
            "Editors write for the organisation and manage the team. Members can read its drafts."
        ),
    )


class InvitationForm(RoleForm):
    """An invitation to a team. `ticket` makes repeated submissions harmless."""

    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "We send the invitation to this address, and only its owner can accept. Leave "
            "blank to pass on the link yourself: then anyone with the link can accept."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the message"), choices=settings.LANGUAGES, required=False
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ["role", "email", "language", "ticket"]


class JoinForm(ServiceForm):
    """A request to join with an organisation."""

    name = ShortText(label=_("Organisation"), required=True)
    kind = forms.ChoiceField(
        label=_("Type of organisation"), choices=JOINING, widget=forms.RadioSelect
    )
    reference = ShortText(
        label=_("Website or registration number"),
        required=True,
        help_text=_(
            "Enter a website or registration number so that we can check the "
            "organisation, for example www.example.org or 556677-8899."
        ),
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    place = ShortText(label=_("City"), required=True)
    person = ShortText(label=_("Your name"), required=True)
    email = forms.EmailField(
        label=_("Your work email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"size": 40, "autocomplete": "email"}),
        help_text=_(
            "We will email a link to this address. Open the link so that we can "
            "process your request."
        ),
    )
    purpose = LongText(label=_("Your aims in the network"), required=True, rows=3)
    # Invisible to people; bots that fill in everything fill it in.
    fax = ShortText(label=_("Leave this field blank"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, hint in _HINTS.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["fax"].widget.attrs |= {"tabindex": "-1"}

    def as_kwargs(self) -> dict[str, Any]:
        """The values without the bot trap."""
        return {name: text for name, text in self.cleaned_data.items() if name != "fax"}


#: Autocomplete hints, as HTML names them.
_HINTS = {
    "name": "organization",
    "reference": "url",
    "country": "country",
    "place": "address-level2",
    "person": "name",
}


class JoinDecisionForm(ServiceForm):
    """The organisation of a group of requests, and the role of each applicant."""

    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    reason = LongText(
        label=_("Reason"),
        rows=3,
        help_text=_("Sent by email to people who are not invited."),
    )

    def __init__(self, *args: Any, people: Sequence[JoinRequest], **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [*TeamRole.choices, ("none", _("no invitation"))]
        self.people = [person.public_id for person in people]
        for person in people:
            words = _("Role of %(name)s") % {"name": person.person}
            self.fields[person.public_id] = forms.ChoiceField(
                label=words, choices=roles, widget=forms.RadioSelect
            )
        self.order_fields(["organisation", *self.people, "reason"])

    def as_kwargs(self) -> dict[str, Any]:
        """The organisation, the role by id of each request, and the reason."""
        known = self.cleaned_data
        return {
            "organisation": known["organisation"],
            "roles": {person: known[person].replace("none", "") for person in self.people},
            "reason": known["reason"],
        }


class DeclineEditorForm(ServiceForm):
    """Why a member does not become an editor."""

    reason = LongText(label=_("Reason"), rows=3, required=True)


class TokenForm(ServiceForm):
    """A token of a team. `ticket` makes repeated submissions harmless."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Name of the system that will use the token, for example “Lund’s project register”."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose only the permissions that the system needs."),
    )
    expires = day_field(
        label=_("Expiry date"),
        required=True,
        help_text=_("Enter a date within one year from today, in the form year-month-day."),
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_expires(self) -> dt.date:
        """A date within the next year; the service itself compares times."""
        day: dt.date = self.cleaned_data["expires"]
        today = clock.today()
        if not today < day <= today + LONGEST - dt.timedelta(days=1):
            raise ValidationError(_("Choose a date after today and within a year."))
        return day

    def end_of_last_day(self) -> dt.datetime:
        """The time at which the token expires: the end of its last day."""
        following = self.cleaned_data["expires"] + dt.timedelta(days=1)
        return dt.datetime.combine(following, dt.time(), tzinfo=dt.UTC)


class WebhookForm(ServiceForm):
    """An address of another system, and the events it subscribes to."""

    url = forms.CharField(
        label=_("Web address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Enter an address that starts with https:// and can be reached from the internet."
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("Events that trigger a notification"),
        choices=WebhookEvent,
        widget=forms.CheckboxSelectMultiple,
    )
