"""Adapters of allauth: texts, languages, rate limits, redirects."""

from __future__ import annotations

import datetime as dt
import io
import smtplib
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage

from alliance.accounts import messages as words
from alliance.accounts import selectors, services
from alliance.accounts.letters import plain_text
from alliance.accounts.models import User
from alliance.core import audit, clock, rooms, throttle
from alliance.core.audit import Actor
from alliance.core.throttle import Limit
from alliance.web import languages

# Wrong passwords for one account, from any network address.
ACCOUNT_SIGN_IN_LIMIT = Limit("sign-in-account", most=5, window=dt.timedelta(minutes=5))
# Wrong passwords from one network address, which an office may share, so it is wider.
ADDRESS_SIGN_IN_LIMIT = Limit("sign-in-address", most=30, window=dt.timedelta(minutes=5))
KNOWN_BROWSER = "known_browser"
SECONDS_BROWSER_IS_KNOWN = 90 * 24 * 3600


log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in by email address."""

    error_messages = {**DefaultAccountAdapter.error_messages, **words.SIGN_IN_FAULTS}

    # -- rate limits -------------------------------------------------------------------------

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is checked. Raises Throttled."""
        at = clock.now()
        for limit, key in self._tries(request, credentials):
            throttle.take(limit, key, at=at)

    def _tries(self, request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[Limit, str]]:
        """The counts of an attempt. A browser from which somebody has signed in before has a count
        of its own for this account, so that nobody who guesses elsewhere can lock its owner out."""
        account = str(credentials.get("email", "")).lower()
        browser = request.get_signed_cookie(
            KNOWN_BROWSER, default="", salt=account, max_age=SECONDS_BROWSER_IS_KNOWN
        )
        if browser:
            return [(ACCOUNT_SIGN_IN_LIMIT, f"{account} {browser}")]
        return [
            (ADDRESS_SIGN_IN_LIMIT, self.get_client_ip(request)),
            (ACCOUNT_SIGN_IN_LIMIT, account),
        ]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user is not None:
            # Only wrong attempts count. Resetting the count would let an attacker with an account
            # of their own start again between attempts.
            at = clock.now()
            for limit, key in self._tries(request, credentials):
                throttle.give_back(limit, key, at=at)
        return user

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        email = cast(User, user).email.lower()
        throttle.forget(ACCOUNT_SIGN_IN_LIMIT, email, at=clock.now())

    # -- people ------------------------------------------------------------------------------

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: Any, commit: bool = True
    ) -> AbstractBaseUser:
        """Save a new account. Two simultaneous forms with one address create one account."""
        person = cast(User, user)
        person.name = form.cleaned_data["name"]
        person.language = form.cleaned_data["language"]
        at = clock.hour_of(clock.now())
        try:
            with transaction.atomic():
                super().save_user(request, person, form, commit)
                if commit:
                    audit.record(
                        "person", person, "sign-up", actor=Actor(person.name, user=person), at=at
                    )
        except IntegrityError as error:
            raise ImmediateHttpResponse(
                self.respond_email_verification_sent(request, None)
            ) from error
        return person

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address, unless an account that never confirmed it signs in with it."""
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, **details: Any
    ) -> HttpResponse | None:
        """Refuse demo accounts, whose passwords were printed, in production."""
        if settings.PRODUCTION and cast(User, user).is_demo:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **details)

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **details: Any
    ) -> HttpResponse:
        """Remember that this person has signed in from this browser. Apps with a module `signed_in`
        may ask her something first."""
        response: HttpResponse = super().post_login(request, user, **details)
        services.people.truncate_sign_in_days(cast(User, user))
        for room in rooms.modules("signed_in"):
            if address := room.ask_first(request, response.headers["Location"]):
                response = HttpResponseRedirect(address)
        response.set_signed_cookie(
            KNOWN_BROWSER,
            get_random_string(16),
            salt=cast(User, user).email.lower(),
            max_age=SECONDS_BROWSER_IS_KNOWN,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            at = clock.now()
            actor = selectors.actor_from_account(request.user, at=at)
            services.end_elevation(actor=actor, at=at)
        super().logout(request)

    # -- redirects -----------------------------------------------------------------------------

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The person's own page, in her language."""
        with translation.override(cast(User, request.user).language):
            return reverse("accounts:home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return f"/{translation.get_language()}/"

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        if self.request.user.is_authenticated:
            return reverse("accounts:home")
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:home")

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this site without a host: no redirect leads to another site."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The methods of reauthentication, with our descriptions."""
        labels = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from your app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [
            {**method, "description": labels[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]

    # -- texts ---------------------------------------------------------------------------------

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if message_template is not None and message is None:
            message = str(words.MESSAGES[message_template]) % (message_context or {})
        super().add_message(request, level, extra_tags=extra_tags, message=message)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email in the language of its reader; show a message if it cannot be sent."""
        language = _language_of(email, context)
        context = {
            key: _public_address(value, language) if key.endswith("_url") else value
            for key, value in context.items()
        }
        with translation.override(language):
            letter = self.render_mail(template_prefix, email, context)
        try:
            letter.send()
        except (OSError, smtplib.SMTPException) as error:
            log.error("a letter could not be sent", kind=template_prefix, error=str(error))
            messages.error(
                allauth_context.request,
                _("The email could not be sent. Try again in a few minutes."),
            )

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """A plain-text email."""
        if template_prefix in words.NOTICES:
            subject = str(words.NOTICES[template_prefix]) % context
            body = "account/email/notice_message.txt"
            context = {**context, "happened": subject, "contact": settings.CONTACT_EMAIL}
        else:
            subject = str(words.SUBJECTS[template_prefix])
            body = f"{template_prefix}_message.txt"
        network = settings.NETWORK_NAME
        context = {**context, "network": network, "email": email, "site": settings.BASE_URL}
        subject = _("%(network)s: %(subject)s") % {"network": network, "subject": subject}
        return EmailMultiAlternatives(
            # A subject is one line, whatever a name or an address contains.
            " ".join(subject.splitlines()),
            plain_text(body, **context) + "\n",
            to=[email] if isinstance(email, str) else email,
            headers={"Auto-Submitted": "auto-generated", **(headers or {})},
        )


class MfaAdapter(DefaultMFAAdapter):
    """Second factors and passkeys."""

    error_messages = {**DefaultMFAAdapter.error_messages, **words.SECOND_FACTOR_FAULTS}

    def get_totp_issuer(self) -> str:
        return str(settings.NETWORK_NAME)

    def build_totp_svg(self, url: str) -> str:
        """The QR code on white, so that phones can read it in the dark theme too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.NETWORK_NAME}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on."""

    error_messages = {**DefaultSocialAccountAdapter.error_messages, **words.SINGLE_SIGN_ON_FAULTS}

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Fill in name and address of a new person from the provider."""
        person = super().populate_user(request, sociallogin, data)
        parts = [data.get("first_name"), data.get("last_name")]
        name = data.get("name") or " ".join(part for part in parts if part)
        person.name = name[:120] if not services.people.name_fault(name) else ""
        person.language = translation.get_language() or settings.LANGUAGE_CODE
        return person

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether no form is needed: the provider may not have sent the name."""
        return bool(sociallogin.user.name) and super().is_auto_signup_allowed(request, sociallogin)

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        person = sociallogin.user
        return {
            **super().get_signup_form_initial_data(sociallogin),
            "name": person.name,
            "language": person.language,
        }

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        with transaction.atomic():
            person = super().save_user(request, sociallogin, form)
            if form is None:
                audit.record(
                    "person",
                    person,
                    "sign-up",
                    actor=Actor(person.name, user=person),
                    at=clock.hour_of(clock.now()),
                )
        return person


def _language_of(email: str, context: dict[str, Any]) -> str:
    """The language of the recipient; that of the page for people without an account."""
    user = context.get("user") or User.objects.filter(email=email.lower()).first()
    known = languages.codes()
    return (
        user.language
        if user is not None and user.language in known
        else (translation.get_language() or settings.LANGUAGE_CODE)
    )


def _public_address(url: str, language: str) -> str:
    """A link to the same page in a language, at the configured address.

    allauth takes the host from the request, where whoever requests an email could name their own.
    """
    parts = urlsplit(url)
    path = languages.swap(parts.path, language)
    return str(settings.BASE_URL) + urlunsplit(parts._replace(scheme="", netloc="", path=path))
