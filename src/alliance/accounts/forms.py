"""Forms about accounts: those of allauth with our texts, and our own."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import PasswordField
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.accounts.models import User
from alliance.accounts.person_fields import PersonFields, language_field, name_field
from alliance.accounts.services.elevation import SHORTEST_REASON
from alliance.core.forms import ServiceForm

LONGEST_PASSKEY_NAME = 60
HONEYPOT = settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD
_NAMES = {
    "login": _("Email address"),
    "email": _("Email address"),
    "password": _("Password"),
    "remember": _("Stay signed in on this device for two weeks"),
    "oldpassword": _("Current password"),
    "code": _("Code"),
}


class Worded(forms.Form):
    """Labels every field outside of it, never by a placeholder, and leaves the look to the style
    sheet."""

    names: dict[str, Any] = {}
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, field in self.fields.items():
            field.label = {**_NAMES, **self.names}.get(key, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("style", None)
            if isinstance(field, PasswordField) and "new-password" not in str(field.widget.attrs):
                # The link to a new password is below the form.
                field.help_text = ""
            if isinstance(field, forms.CharField) and not field.widget.is_hidden:
                field.widget.attrs.setdefault("size", 40)
            if key == "code":
                field.widget.attrs |= {"inputmode": "numeric", "size": 12}


class SignInForm(Worded, account.LoginForm):
    """Address and password."""


class SignUpForm(Worded, account.SignupForm):
    """A new account. A field that is invisible to people catches bots."""

    names = {HONEYPOT: _("Leave this field blank")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[HONEYPOT].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    def try_save(self, request: HttpRequest) -> Any:
        """Create the account; if the address has one already, take as long as that would."""
        if self.account_already_exists:
            # Hashing takes the time, and its absence would reveal who has an account.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class SingleSignUpForm(Worded, social.SignupForm):
    """What the provider did not send about a new person."""


class EmailForm(Worded, account.AddEmailForm):
    """A new address to sign in with."""

    names = {"email": _("New email address")}


class PasswordChangeForm(Worded, account.ChangePasswordForm):
    """The present password and a new one."""

    names = {"password1": _("New password"), "password2": _("Repeat the new password")}


class PasswordSetForm(Worded, account.SetPasswordForm):
    """A first password, for people who have signed in otherwise."""

    names = {"password1": _("New password"), "password2": _("Repeat the new password")}


class PasswordResetForm(Worded, account.ResetPasswordForm):
    """The address to send a link to."""


class PasswordFromLinkForm(Worded, account.ResetPasswordKeyForm):
    """A new password, after following the link."""

    names = {"password1": _("New password"), "password2": _("Repeat the new password")}


class ProofByPasswordForm(Worded, account.ReauthenticateForm):
    """Reauthentication."""


class CodeForm(Worded, mfa.AuthenticateForm):
    """The second step of signing in."""


class ProofByCodeForm(Worded, mfa.ReauthenticateForm):
    """Reauthentication."""


class AppForm(Worded, totp.ActivateTOTPForm):
    """The first code of an authenticator app."""

    names = {"code": _("Code from the app")}


class PasskeyForm(Worded, webauthn.AddWebAuthnForm):
    """A new passkey; if it is enough to sign in, it asks for finger, face or PIN."""

    names = {"name": _("Passkey name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("To tell your passkeys apart, for example “work phone”.")
        self.fields["name"].widget.attrs["maxlength"] = LONGEST_PASSKEY_NAME
        self.fields["passwordless"] = forms.BooleanField(
            widget=forms.HiddenInput, initial=True, required=False
        )

    def clean_name(self) -> str:
        return str(super().clean_name())[:LONGEST_PASSKEY_NAME]


class PasskeyNameForm(Worded, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    names = {"name": _("Passkey name")}


class ProfileForm(Worded, ServiceForm):
    """Name and language of a signed-in person."""

    name = name_field()
    language = language_field()


class FirstAccountForm(PersonFields, ServiceForm):
    """The first account of an installation."""

    use_required_attribute = True

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "size": 40}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validation.password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 40}),
    )

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if "password1" in values:
            person = User(email=values.get("email", ""), name=values.get("name", ""))
            try:
                # The person has only the fields that the password must not resemble.
                password_validation.validate_password(values["password1"], person)
            except ValidationError as error:
                self.add_error("password1", error)
        return values


class ElevationForm(ServiceForm):
    """The reason for requesting extended rights."""

    use_required_attribute = True

    reason = forms.CharField(
        label=_("Reason for using extended rights"),
        min_length=SHORTEST_REASON,
        max_length=300,
        help_text=_("Saved with your name and the time. Others can read it."),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
    )
