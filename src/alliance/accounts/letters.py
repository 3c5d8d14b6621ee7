"""Emails to people: a subject and plain text, in the reader's language, sent by the worker.

An email is the template `letters/NAME.txt`: its first line is the subject, the rest the text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.core import waiting
from alliance.core.tasks import named

_SALT = "alliance.letters.off"
#: How long a link can turn emails off: longer than anybody looks for it in an old one.
OFF_LASTS = dt.timedelta(days=400)


def plain_text(template: str, /, **context: Any) -> str:
    """A template of an email, or of a part of one, in the active language."""
    return render_to_string(template, context, using="letters").strip()


def unsubscribe(address: str) -> dict[str, str]:
    """The headers by which mail programs show an unsubscribe button (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def off_token(user: User, act: str) -> str:
    """The token of a link that turns emails about an action off: signed, not stored."""
    return signing.dumps([user.public_id, act], salt=_SALT)


def off_of(token: str) -> tuple[str, str] | None:
    """The id of the person and the action of a link; None if the link is invalid."""
    try:
        public_id, act = signing.loads(token, salt=_SALT, max_age=OFF_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(public_id), str(act)


def write_letter(
    name: str,
    to: User | str,
    /,
    *,
    language: str = "",
    headers: Mapping[str, str] | None = None,
    at_once: bool = False,
    act: str = "",
    **context: Any,
) -> None:
    """Enqueue an email when the present transaction commits.

    `to` is a person, who gets it in her language, or an address with `language`. People who have
    left get none. `headers` are further ones of the message. `at_once` enqueues it as part of the
    transaction, if the same transaction records that the email was sent.

    An email about an action (`act`, or by its name in `core.waiting`) has a link that turns all
    emails about that action off, and is not sent to a person who did so.
    """
    act = act or waiting.letters().get(name, "") if isinstance(to, User) else ""
    stop = ""
    if isinstance(to, User):
        if not to.is_active or (act and to.letters_off.filter(kind=act).exists()):
            return
        address, language = to.email, language or to.language
        context.setdefault("name", to.name)
    else:
        address = to
    with translation.override(language or "en"):
        text = plain_text(
            f"letters/{name}.txt", site=settings.BASE_URL, network=settings.NETWORK_NAME, **context
        )
        if act and isinstance(to, User):
            stop = settings.BASE_URL + reverse("network:emails-off", args=[off_token(to, act)])
            text += "\n\n--\n" + _("Turn off this type of email with one click:") + f"\n{stop}"
    subject, _line, body = text.partition("\n")
    letter: dict[str, Any] = {
        "to": address,
        "subject": " ".join(subject.splitlines()),
        "body": body.strip() + "\n",
    }
    if stop:
        headers = unsubscribe(stop) | dict(headers or {})
    if headers:
        letter["headers"] = dict(headers)

    def put() -> None:
        named("alliance.accounts.tasks.send_letter").enqueue(**letter)

    if at_once:
        put()
    else:
        transaction.on_commit(put)
