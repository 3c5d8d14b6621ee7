"""ORCID iDs: sixteen characters, the last being a check character (ISO 7064, MOD 11-2)."""

from __future__ import annotations

from alliance.core.errors import BrokenRule

_PREFIXES = ("https://", "http://", "www.", "orcid.org/")


def check_character(digits: str) -> str:
    """The check character for the first fifteen digits of an iD."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def read_orcid(text: str) -> str:
    """Normalise an iD or its URL, with or without hyphens, to `0000-0002-1825-0097`.

    Returns the empty string for empty input. Raises BrokenRule with the position of the error.
    """
    typed = text.strip()
    for prefix in _PREFIXES:
        typed = typed.removeprefix(prefix)
    plain = "".join(typed.replace("-", "").split()).strip("/").upper()
    if not plain:
        return ""
    if len(plain) != 16:
        raise BrokenRule("orcid-length", {"n": len(plain)})
    for place, character in enumerate(plain, start=1):
        is_digit = character.isascii() and character.isdigit()
        if not is_digit and not (place == 16 and character == "X"):
            raise BrokenRule("orcid-character", {"n": place, "value": character})
    right = check_character(plain[:15])
    if plain[15] != right:
        raise BrokenRule("orcid-digit", {"value": plain[15], "right": right})
    return "-".join(plain[start : start + 4] for start in range(0, 16, 4))
