"""Words that are right as they stand, although no record has them: terms, and names of places.

A search for "Cologne" must not become one for "Bologne" because the network has no case in Cologne.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pycountry

from alliance.knowledge.selectors.localise import country_name
from alliance.search.glossary import glossary
from alliance.search.words import LANGUAGES, bare, fold, stem_token, words

PLACES_FILE = Path(__file__).parent / "place_names.txt"


def _listed_places() -> Iterator[str]:
    with PLACES_FILE.open(encoding="utf-8") as handle:
        for line in handle:
            if not line.startswith("#"):
                yield line


def _countries_and_regions() -> Iterator[str]:
    """Names of ISO 3166-1 in three languages, and of ISO 3166-2 as they are written there."""
    for country in pycountry.countries:
        yield country.name
        for language in LANGUAGES:
            yield country_name(country.alpha_2, language)
    for region in pycountry.subdivisions:
        yield region.name


@cache
def _place_words() -> frozenset[str]:
    """The words of all names, without accents: "clermont" and "ferrand" of "Clermont-Ferrand"."""
    return frozenset(
        fold(word)
        for source in (_listed_places(), _countries_and_regions())
        for name in source
        for word in words(name)
        if word is not None
    )


def is_place(word: str) -> bool:
    """Whether the bare word is, or is part of, the name of a place somewhere in the world."""
    return fold(word) in _place_words()


def is_known(word: str) -> bool:
    """Whether the bare word is the name of a place, or stands in the glossary in any language."""
    return is_place(word) or any(
        stem_token(bare(word, language), language) in glossary().stems[language]
        for language in LANGUAGES
    )
