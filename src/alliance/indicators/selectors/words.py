"""Which language of a name or text a reader gets, and whether it is the page's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """A text with the `lang` attribute it needs; `foreign` is empty in the page's own language."""

    value: str
    foreign: str = ""

    def __str__(self) -> str:
        return self.value


def told(record: Any, field: str, language: str) -> str:
    """What `field` says in `language`; the English column where that one is empty."""
    return str(getattr(record, f"{field}_{language}", "") or getattr(record, field))


def words(record: Any, field: str, language: str) -> Words:
    """As `told`, with its language where the page's is missing."""
    own = str(getattr(record, f"{field}_{language}", "") or "")
    if own or language == "en":
        return Words(own or str(getattr(record, field)))
    text = str(getattr(record, field))
    return Words(text, "en" if text else "")
