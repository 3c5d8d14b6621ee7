"""Public ids, short random text that says nothing of order or number; and secrets for links."""

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

# No vowels and no look-alikes: ids read aloud well and form no words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 10
PUBLIC_ID = re.compile(r"^[a-z0-9][a-z0-9-]{1,79}\Z")


def new_public_id() -> str:
    """A random id of `LENGTH` characters (about 47 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def by_id(rows: QuerySet[Row], public_id: str, *, field: str = "public_id") -> Row | None:
    """The one of `rows` with that id in `field`, if there is one."""
    # An id of the wrong shape is not asked for: databases differ in what text they take.
    if not PUBLIC_ID.match(public_id):
        return None
    # One row has no order, which would be worked out each time.
    return next(iter(rows.filter(**{field: public_id}).order_by()[:1]), None)


def get_by_public_id(
    rows: QuerySet[Row],
    kind: str,
    public_id: str,
    may: Callable[[Row], bool] = lambda row: True,
    *,
    field: str = "public_id",
) -> Row:
    """The one of `rows` with that id, of which `may` holds.

    Raises NotFound naming the `kind`, also for what is no id, and for what is hidden.
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
    """What is kept of a secret. It is long and random, so it needs neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()
