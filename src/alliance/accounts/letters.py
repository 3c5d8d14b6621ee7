"""Letters to people: a subject and plain text, in the reader's language, sent by the worker.

A letter is the template `letters/NAME.txt`: its first line is the subject, the rest the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from alliance.accounts.models import User
from alliance.core.tasks import named


def plain_text(template: str, /, **context: Any) -> str:
    """A template of a letter, or of a part of one, in the language in use."""
    return render_to_string(template, context, using="letters").strip()


def write_letter(
    name: str,
    to: User | str,
    /,
    *,
    language: str = "",
    headers: Mapping[str, str] | None = None,
    at_once: bool = False,
    **context: Any,
) -> None:
    """Put a letter in the queue once the present transaction holds.

    `to` is a person, who gets it in her language, or an address with `language`. Nobody who left
    gets any. `headers` are further ones of the message. `at_once` puts it in the queue as a part
    of the transaction, for letters of which the same transaction notes that they were written.
    """
    if isinstance(to, User):
        if not to.is_active:
            return
        address, language = to.email, language or to.language
        context.setdefault("name", to.name)
    else:
        address = to
    with translation.override(language or "en"):
        text = plain_text(
            f"letters/{name}.txt", site=settings.BASE_URL, network=settings.NETWORK_NAME, **context
        )
    subject, _, body = text.partition("\n")
    letter: dict[str, Any] = {
        "to": address,
        "subject": subject.strip(),
        "body": body.strip() + "\n",
    }
    if headers:
        letter["headers"] = dict(headers)

    def put() -> None:
        named("alliance.accounts.tasks.send_letter").enqueue(**letter)

    if at_once:
        put()
    else:
        transaction.on_commit(put)
