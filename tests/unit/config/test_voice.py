"""Refused words are found in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from alliance.config import translations, voice


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one text that says a refused word in English and in French."""
    (tmp_path / "room.py").write_text('_("What is told here")')
    translations.add_missing(tmp_path)
    for language, words in (("fr", "Les statuts"), ("sv", "Det som visas")):
        catalogue = translations.read_catalogue(language, tmp_path / "locale")
        catalogue["What is told here"].string = words
        with translations.catalogue_path(language, tmp_path / "locale").open("wb") as file:
            write_po(file, catalogue)
    return tmp_path


def test_a_refused_word_is_named_with_a_better_one(package: Path):
    assert voice.faults(package) == [
        "en: 'What is told here' says 'told'; write: say, show or list",
        "fr: 'What is told here' says 'statuts'; write: état",
    ]


@pytest.mark.parametrize(
    ("bound", "fault"),
    [
        (0, "sv: 1 texts have 'det som', 0 may; write: substantivet"),
        (1, None),
        (2, "sv: only 1 texts have 'det som'; lower its 2 in alliance.config.voice"),
    ],
)
def test_a_pattern_becomes_no_more(
    package: Path, monkeypatch: pytest.MonkeyPatch, bound: int, fault: str | None
):
    monkeypatch.setattr(voice, "COUNTED", {"sv": (("det som", bound, "substantivet"),)})
    assert voice.count_faults(package) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("language", "words", "is_refused"),
    [
        ("en", "Three letters", True),
        ("en", "Lettering", False),
        ("sv", "brevbärarens", True),
        ("sv", "abrevet", False),
        ("fr", "Preuve\u00a0: 2 sur 5", True),
        ("fr", "Épreuve\u00a0: 2 sur 5", False),
        ("fr", "Épreuve : 2 sur 5", True),
        ("fr", "Le mot est « Nuisible\u00a0»", True),
        ("fr", "par exemple ?old=1", False),
    ],
)
def test_words_are_matched_whole(language: str, words: str, is_refused: bool):
    assert any(pattern.search(words) for pattern, _better in voice.REFUSED[language]) is is_refused
