"""Public ids: short random text that says nothing about order or number of records."""

from __future__ import annotations

import re
import secrets

from alliance.core.text import fold

# No vowels and no look-alikes: ids read aloud well and form no words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 10
PUBLIC_ID = re.compile(r"^[a-z0-9][a-z0-9-]{1,79}$")


def new_public_id() -> str:
    """A random id of `LENGTH` characters (about 47 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def slug(text: str) -> str:
    """ASCII words joined by hyphens: "Saint-Brieuc" -> "saint-brieuc", "Umeå" -> "umea"."""
    ascii_text = fold(text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80]
