"""Which word a reader may have meant by one that neither a record nor a word list has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pycountry

from alliance.knowledge.selectors.localise import country_name
from alliance.search.glossary import glossary
from alliance.search.index import Index
from alliance.search.tokens import LANGUAGES, bare, fold, stem_token, words

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


MIN_LENGTH = 5
#: Letters of a name from which one of them may be wrong; in a shorter name it is another name.
MIN_NAME_WITH_WRONG_LETTER = 7
#: Kinds of records that names are those of.
_NAMED_KINDS = frozenset({"city", "organisation"})
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéèêàçœ"


def correction(index: Index, word: str, language: str) -> str | None:
    """The word one slip of the keyboard away that most records have; None where there is none.

    word: bare, not in the index. A name needs more likeness than other words: its first letter is
    right, and a letter that is wrong, rather than missing, doubled or exchanged with the next, is
    forgiven in long names only. Parma is no slip for Palma.
    """
    if len(word) < MIN_LENGTH or not word.isalpha() or is_known(word):
        return None
    best: tuple[int, str] | None = None
    for candidate in _slips(word):
        # The whole word must be known, or "parkint" would become the stem "park".
        if candidate not in glossary().forms[language] and not index.count(f"w:{candidate}"):
            continue
        number = _records_with(index, candidate, language)
        if number and (best is None or (number, candidate) > best):
            if _is_name(index, candidate) and not _is_slip_in_name(word, candidate):
                continue
            best = number, candidate
    return best[1] if best else None


def _records_with(index: Index, word: str, language: str) -> int:
    token = stem_token(word, language)
    concepts = glossary().concepts([token], language)
    return max(
        index.count(token),
        index.count(f"n:{fold(word)}"),
        *(index.count(f"c:{concept}") for concept in concepts),
    )


def _is_name(index: Index, candidate: str) -> bool:
    if is_place(candidate):
        return True
    rows, _weights = index.postings(f"n:{fold(candidate)}")
    return any(index.identity(row)[0] in _NAMED_KINDS for row in rows.tolist())


def _is_slip_in_name(word: str, name: str) -> bool:
    word, name = fold(word), fold(name)
    if word[0] != name[0]:
        return False
    wrong_letter = len(word) == len(name) and sorted(word) != sorted(name)
    return not wrong_letter or len(name) >= MIN_NAME_WITH_WRONG_LETTER


def _slips(word: str) -> Iterator[str]:
    """All words that differ by one letter: left out, doubled, wrong, or two exchanged."""
    seen = {word}
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        options = [head + letter + tail for letter in _LETTERS]
        if tail:
            options.append(head + tail[1:])
            options += [head + letter + tail[1:] for letter in _LETTERS]
        if len(tail) > 1:
            options.append(head + tail[1] + tail[0] + tail[2:])
        for option in options:
            if option not in seen:
                seen.add(option)
                yield option
