"""Texts of the starter network in French and Swedish are set as the pages are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alliance.starter.files import HERE

TRANSLATED = sorted((HERE / "translations").glob("*.json"))
VOCABULARIES = [
    HERE / name for name in ("measures.json", "organisations.json", "places.json", "units.json")
]
NARROW = re.compile(r"[«] | [»:;?!%]")


def _texts(value: Any, language: str) -> Iterator[tuple[str, str]]:
    """Each text below `value` with its language; a key such as name_fr tells another one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, key[-2:] if key[-3:] in {"_fr", "_sv"} else language)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, language)
    elif isinstance(value, str):
        yield language, value


@pytest.mark.parametrize("path", [*TRANSLATED, *VOCABULARIES], ids=lambda path: path.name)
def test_apostrophes_and_spaces_are_typographic(path: Path):
    language = path.stem.rpartition(".")[2] if path in TRANSLATED else "en"
    texts = [pair for pair in _texts(json.loads(path.read_text()), language) if pair[0] != "en"]
    assert texts
    assert [text for _, text in texts if "'" in text] == []
    assert [text for language, text in texts if language == "fr" and NARROW.search(text)] == []
