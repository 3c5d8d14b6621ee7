"""Swedish compounds."""

from __future__ import annotations

import pytest

from alliance.search.compounds import split
from alliance.search.tokens import stem_token


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("lägenhetsrenovering", ("lägenhet", "renovering")),
        ("flerbostadshusrenoveringar", ("flerbostadshus", "renovering")),
        ("cykelvägnät", ("cykelväg", "nät")),
        ("gatuparkering", ("gata", "parkering")),
        ("invånardialoger", ("invånare", "dialog")),
    ],
)
def test_compounds_fall_into_words(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == tuple(stem_token(part, "sv") for part in parts)


@pytest.mark.parametrize("word", ["göteborg", "norrköping", "linköping", "malmö", "bil", "pm10"])
def test_names_and_short_words_stay_whole(word: str) -> None:
    assert split(word) == ()


def test_words_of_the_index_may_be_parts_too() -> None:
    known = {stem_token("älg", "sv"), stem_token("stängsel", "sv")}
    assert split("älgstängsel") == ()
    assert split("älgstängsel", lambda token: token in known) == (
        stem_token("älg", "sv"),
        stem_token("stängsel", "sv"),
    )
