"""Which slips of the keyboard are mended, and which words are left as they are."""

from __future__ import annotations

from functools import cache

import pytest

from alliance.search.expansion import correction, is_known, is_place
from alliance.search.index import Index
from tests.factories.search import document, index_of


@cache
def index() -> Index:
    return index_of(
        document("parma", "Parma", kind="city", names={"fr": ("Parme",)}),
        document("barcelona", "Barcelona", kind="city", names={"fr": ("Barcelone",)}),
        document("zyxholm", "Zyxholm", kind="city", names={"en": ("Zyxholm",)}),
        document("plan", "A cycling plan", summary="Recycling, parking and an anger at noise."),
    )


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("cyclnig", "en", "cycling"),  # exchanged
        ("cyclling", "en", "cycling"),  # doubled
        ("ecycling", "en", "recycling"),  # left out, at the beginning
        ("parkint", "en", "parking"),  # wrong
        # In no title, but a word of the glossary whose concept a record has.
        ("recyclnig", "en", "recycling"),
        ("parkerimg", "sv", "parkering"),
        ("barcalona", "en", "barcelona"),
        ("zyxhholm", "sv", "zyxholm"),
        ("zyxhelm", "sv", "zyxholm"),  # long enough for a wrong letter
    ],
)
def test_a_slip_is_mended(typed: str, language: str, meant: str) -> None:
    assert correction(index(), typed, language) == meant


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("palma", "en"),  # a place
        ("angers", "fr"),  # a place that is near a word of a record
        ("parka", "en"),  # a short name with one wrong letter is another name
        ("tarma", "fr"),
        ("arma", "en"),  # too short
        ("varcelona", "en"),  # a name begins with its own letter
        ("syxholm", "sv"),
        ("hydrogen", "en"),  # a term nobody has yet
        ("pm2", "en"),
        # Words that exist, one letter from a word of the field or of this index.
        ("sheep", "en"),
        ("hundar", "sv"),
        ("halka", "sv"),
        ("angel", "en"),
    ],
)
def test_other_words_are_left_alone(typed: str, language: str) -> None:
    assert correction(index(), typed, language) is None


@pytest.mark.parametrize(
    "name",
    [
        *("cologne", "köln", "koln", "basel", "bâle", "porto", "turin", "clermont", "ferrand"),
        *("norrköping", "norrkoping", "tyskland", "allemagne", "germany", "storbritannien"),
        *("zürich", "zurich", "bavaria", "katalonien", "villeneuve"),
    ],
)
def test_places_are_known_in_any_language_with_or_without_accents(name: str) -> None:
    assert is_place(name)


def test_terms_are_known_and_slips_are_not() -> None:
    assert is_known("hydrogène")
    assert is_known("värmepumpar")
    assert not is_known("congetsion")
    assert not is_place("cycling")
