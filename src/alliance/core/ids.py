"""Public ids: short random text that says nothing about order or number of records."""

from __future__ import annotations

import re
import secrets
import unicodedata

# No vowels and no look-alikes: ids read aloud well and form no words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 10
PUBLIC_ID = re.compile(r"^[a-z0-9][a-z0-9-]{1,79}$")


def new_public_id() -> str:
    """A random id of `LENGTH` characters (about 47 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


# Letters that do not fall apart into a base letter and a mark.
_FOLDED_WHOLE = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "þ": "th",
        "Þ": "Th",
    }
)


def slug(text: str) -> str:
    """ASCII words joined by hyphens: "Saint-Brieuc" -> "saint-brieuc", "Umeå" -> "umea"."""
    folded = unicodedata.normalize("NFKD", text.translate(_FOLDED_WHOLE))
    ascii_text = folded.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80]
