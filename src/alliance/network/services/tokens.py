"""Keys to the write API. They belong to a team and outlive the people who created them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.ids import new_secret, secret_digest
from alliance.core.text import markup_fault
from alliance.network.access import in_force
from alliance.network.enums import Scope
from alliance.network.models import ApiToken, Organisation
from alliance.network.services.memberships import check_may_manage

_note = audit.noting("api-token", organisation="organisation.public_id", name="name")
#: The prefix of each token, by which people and programs recognise leaked keys.
PREFIX = "alliance_"
#: The length of the visible beginning of the secret, with a few of its random characters.
HINT_LETTERS = 12
LONGEST = dt.timedelta(days=366)
MOST_TOKENS = 20


@dataclass(frozen=True)
class MadeToken:
    """A new token with its secret, which is not stored.

    `is_new` is False if the same form was sent a second time, and nothing was created.
    """

    token: ApiToken
    secret: str
    is_new: bool = True


def new_token_secret() -> str:
    """The secret of a token, with the prefix."""
    return PREFIX + new_secret()


def make_token(
    organisation: Organisation,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: dt.datetime,
    actor: audit.Actor,
    at: dt.datetime,
    secret: str = "",
) -> MadeToken:
    """Create a token of a team, for at most a year.

    A `secret` that came with a form makes repeated submissions harmless. Raises NotAllowed;
    InvalidData naming `name`, `scopes` or `expires`, or `form` for one that was sent before with
    other values.
    """
    check_may_manage(actor, organisation)
    secret = secret or new_token_secret()
    chosen = sorted(set(scopes))
    with transaction.atomic():
        # Two copies of a form that arrive at once wait for each other here.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        sent_before = ApiToken.objects.filter(secret_digest=secret_digest(secret)).first()
        if sent_before is not None:
            return _once_more(sent_before, organisation, name, chosen, secret)
        _check(organisation, name, chosen, expires_at, at)
        token = ApiToken(
            organisation=organisation,
            name=name,
            hint=secret[:HINT_LETTERS],
            secret_digest=secret_digest(secret),
            scopes=chosen,
            made_by=actor.user,
            made_at=at,
            expires_at=expires_at,
        )
        token.full_clean()
        token.save()
        _note(token, "create", actor=actor, at=at, scopes=chosen)
    return MadeToken(token, secret)


def revoke_token(token: ApiToken, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Revoke a token at once and for good. Raises NotAllowed."""
    check_may_manage(actor, token.organisation)
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=at):
            _note(token, "revoke", actor=actor, at=at)


def _check(
    organisation: Organisation,
    name: str,
    scopes: list[str],
    expires_at: dt.datetime,
    at: dt.datetime,
) -> None:
    faults = []
    in_use = organisation.api_tokens.filter(in_force(at))
    if in_use.count() >= MOST_TOKENS:
        faults.append(Fault("form", "many-tokens", {"n": MOST_TOKENS}))
    if fault := markup_fault("name", name):
        faults.append(fault)
    if in_use.filter(name=name).exists():
        faults.append(Fault("name", "same-token"))
    if not scopes:
        faults.append(Fault("scopes", "no-scopes"))
    elif unknown := set(scopes) - set(Scope.values):
        faults.append(Fault("scopes", "unknown", {"value": sorted(unknown)}))
    if not at < expires_at <= at + LONGEST:
        faults.append(Fault("expires", "not-within-a-year"))
    refuse(faults)


def _once_more(
    token: ApiToken, organisation: Organisation, name: str, scopes: list[str], secret: str
) -> MadeToken:
    """The token that the same form created before, if it has the same values."""
    is_same = (token.organisation_id, token.name, token.scopes) == (organisation.pk, name, scopes)
    if not is_same or token.ended_at is not None:
        raise InvalidData([Fault("form", "token-sent-before")])
    return MadeToken(token, secret, is_new=False)
