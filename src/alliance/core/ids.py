"""Public ids, short random texts that reveal neither order nor number; and secrets for links."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from alliance.core.errors import NotFound
from alliance.core.text import fold

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    Row = TypeVar("Row", bound=Model)

# No vowels and no look-alikes: ids are easy to read aloud and form no words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 10
PUBLIC_ID = re.compile(r"^[a-z0-9][a-z0-9-]{1,79}\Z")


def new_public_id() -> str:
    """A random id of `LENGTH` characters (about 47 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def by_id(rows: QuerySet[Row], public_id: str, *, field: str = "public_id") -> Row | None:
    """The row with that id in `field`, or None."""
    # An id of the wrong shape is not queried: databases differ in what text they accept.
    if not PUBLIC_ID.match(public_id):
        return None
    # A single row needs no order, which would be computed each time.
    return next(iter(rows.filter(**{field: public_id}).order_by()[:1]), None)


def get_by_public_id(
    rows: QuerySet[Row],
    kind: str,
    public_id: str,
    may: Callable[[Row], bool] = lambda row: True,
    *,
    field: str = "public_id",
) -> Row:
    """The row with that id, if `may` is true for it.

    Raises NotFound naming the `kind`, also for a malformed id and a hidden record.
    """
    row = by_id(rows, public_id, field=field)
    if row is None or not may(row):
        raise NotFound(kind, public_id)
    return row


def slug(text: str) -> str:
    """ASCII words joined by hyphens: "Saint-Brieuc" -> "saint-brieuc", "Umeå" -> "umea"."""
    ascii_text = fold(text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80]


def new_secret() -> str:
    """The secret of a link or a token: 256 random bits as text that fits an address."""
    return secrets.token_urlsafe(32)


def secret_digest(secret: str) -> str:
    """The stored digest of a secret, which is long and random, so that it needs neither salt nor
    slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()
