"""The language of a title by its small words."""

from __future__ import annotations

import pytest

from alliance.web.languages import tongue_of


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Provisional COVID-19 infrastructure induces cycling", ""),
        ("TRUE data exposes threat of delaying Brussels LEZ", "en"),
        ("Besançon : une taxe au poids pour réduire les déchets", "fr"),
        ("D'année en année, comment le budget participatif se bonifie", "fr"),
        ("Utvärdering av trängselskatten i Göteborg", "sv"),
        ("Le plan for Paris", ""),
        ("Göteborg", ""),
        ("", ""),
    ],
)
def test_small_words_tell_the_language(title: str, language: str) -> None:
    assert tongue_of(title) == language
