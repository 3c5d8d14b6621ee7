"""Letters to people: a subject and plain text, in the reader's language, sent by the worker.

A letter is the template `letters/NAME.txt`: its first line is the subject, the rest the text.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from alliance.accounts.models import User


def write_letter(name: str, to: User | str, /, *, language: str = "", **context: Any) -> None:
    """Put a letter in the queue once the present transaction holds.

    `to` is a person, who gets it in her language, or an address with `language`. Nobody who left
    gets any.
    """
    if isinstance(to, User):
        if not to.is_active:
            return
        address, language = to.email, language or to.language
        context.setdefault("name", to.name)
    else:
        address = to
    with translation.override(language or "en"):
        text = render_to_string(
            f"letters/{name}.txt",
            {"site": settings.BASE_URL, "network": settings.NETWORK_NAME, **context},
        )
    subject, _, body = text.strip().partition("\n")

    def put() -> None:
        from alliance.accounts.tasks import send_letter

        send_letter.enqueue(to=address, subject=subject.strip(), body=body.strip() + "\n")

    transaction.on_commit(put)
