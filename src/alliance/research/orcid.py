"""ORCID iDs: sixteen characters, the last of which checks the others (ISO 7064, mod 11-2)."""

from __future__ import annotations

from alliance.core.errors import BrokenRule

_PREFIXES = ("https://", "http://", "www.", "orcid.org/")


def check_character(digits: str) -> str:
    """The last character of the iD that begins with these fifteen digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def read_orcid(text: str) -> str:
    """An iD as `0000-0002-1825-0097`, from that or its address, with blanks or without hyphens.

    Empty for an empty text. Raises BrokenRule that names the character at fault.
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
