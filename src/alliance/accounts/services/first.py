"""The first account of an installation, created through a link that is printed on the server."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts import selectors
from alliance.accounts.enums import GrantReason, LinkPurpose, NetworkRole
from alliance.accounts.models import OneTimeLink, User
from alliance.accounts.services.grants import give_role
from alliance.accounts.services.links import make_link, use_link
from alliance.accounts.services.people import make_person
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import NotAllowed

LASTS = dt.timedelta(days=7)
ROLES = (NetworkRole.SECRETARIAT, NetworkRole.OPERATOR)


def make_first_link(*, at: dt.datetime) -> str:
    """An address that allows its bearer to create the first account, valid for seven days.

    Raises NotAllowed if there is a secretariat already.
    """
    if selectors.has_secretariat(at):
        raise NotAllowed(_already())
    OneTimeLink.objects.filter(purpose=LinkPurpose.FIRST_ACCOUNT, expires_at__lte=at).delete()
    secret = make_link(purpose=LinkPurpose.FIRST_ACCOUNT, lasts=LASTS, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        return settings.BASE_URL + reverse("accounts:first", args=[secret])


def make_first_account(
    *, secret: str, email: str, name: str, password: str, language: str, at: dt.datetime
) -> User:
    """Create an account that is both secretariat and operator, and use up all such links.

    Raises LinkRefused for an invalid link, NotAllowed if there is a secretariat, InvalidData if a
    field is invalid; then the link can be used again.
    """
    links = OneTimeLink.objects.filter(purpose=LinkPurpose.FIRST_ACCOUNT)
    with transaction.atomic():
        # A simultaneous request with another such link waits here.
        list(links.select_for_update().order_by("id"))
        use_link(purpose=LinkPurpose.FIRST_ACCOUNT, secret=secret, at=at)
        if selectors.has_secretariat(at):
            raise NotAllowed(_already())
        user = make_person(
            actor=COMMAND_LINE, email=email, name=name, password=password, language=language, at=at
        )
        for role in ROLES:
            give_role(actor=COMMAND_LINE, user=user, role=role, at=at, reason=GrantReason.FIRST)
        links.filter(used_at=None).update(used_at=at)
    return user


def _already() -> str:
    return _("The network already has a secretariat, which gives everyone else their roles.")
