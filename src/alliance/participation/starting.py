"""Sample texts of processes, by topic and language, for staff to adapt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_TEXTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(
    (files("alliance.participation") / "starting_texts.json").read_text("utf-8")
)
#: A placeholder such as "[name of the street]"; no footnote, and no link.
_GAP = re.compile(r"\[[^\[\]\n]*[^\W\d_]{2}[^\[\]\n]*\](?!\()")


def topics(language: str) -> list[tuple[str, str]]:
    return [(topic, texts[language]["name"]) for topic, texts in _TEXTS.items()]


def texts_of(topic: str, language: str) -> Mapping[str, Any]:
    """The sample texts on a topic by the field they prefill: `seeds` is a list, `name` prefills
    none. Empty for an unknown topic."""
    return _TEXTS.get(topic, {}).get(language, {})


def gaps(text: str) -> list[str]:
    """The placeholders in a text."""
    return _GAP.findall(text)


def counterpart(text: str, language: str, other: str) -> str:
    """A sample text in another language; empty if the text is no sample."""
    for texts in _TEXTS.values():
        ours, theirs = texts[language], texts[other]
        for name, own_text in ours.items():
            if own_text == text and name != "name":
                return str(theirs[name])
        if text in ours["seeds"]:
            return str(theirs["seeds"][ours["seeds"].index(text)])
    return ""
