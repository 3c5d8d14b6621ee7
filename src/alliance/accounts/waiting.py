"""What waits of accounts: emails that did not arrive, for the secretariat and the addressees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.selectors import failed_letters
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Turn, Waiting

#: The secretariat looks after emails that failed within this time.
LOOK_AFTER = dt.timedelta(days=7)
#: So many addresses are named.
SHOWN = 3


def _failed(asked: Asked) -> Iterator[Waiting]:
    """One query: all that failed as one task of the secretariat, for many fail at once where the
    mail server is away; and to each person whose email failed of late, to check the address."""
    is_secretariat = asked.has_role(NetworkRole.SECRETARIAT)
    if not (is_secretariat or asked.people is None or asked.people):
        return
    letters = failed_letters()
    if not is_secretariat and asked.people is not None:
        letters = letters.filter(person__in=list(asked.people))
    found = [
        (one.to, one.person, one.finished_at or asked.at)
        for one in letters.only("id", "finished_at")
    ]
    if found and is_secretariat:
        since = min(at for _to, _person, at in found)
        named = sorted({to for to, _person, _at in found})
        told = ", ".join(named[:SHOWN]) + (" …" if named[SHOWN:] else "")
        yield Waiting(
            kind="email-failed",
            public_id="emails",
            turn=Turn(role=NetworkRole.SECRETARIAT),
            since=since,
            by=(since + LOOK_AFTER).date(),
            route="knowledge:desk-emails",
            titles=dict.fromkeys(("en", "fr", "sv"), told),
            n=len(found),
        )
    of_late: dict[int, tuple[str, dt.datetime]] = {}
    for to, person, at in found:
        if person is not None and at >= asked.at - NEWS_FOR:
            of_late[person] = min(of_late.get(person, (to, at)), (to, at), key=lambda one: one[1])
    for person, (to, at) in of_late.items():
        yield Waiting(
            kind="email-address",
            public_id="email",
            turn=Turn(person=person),
            since=at,
            route="account_email",
            titles=dict.fromkeys(("en", "fr", "sv"), to),
        )


PROVIDERS = (
    Provider(
        {
            "email-failed": _("Handle emails that did not arrive"),
            "email-address": _("Check your address: an email did not reach you"),
        },
        _failed,
    ),
)
