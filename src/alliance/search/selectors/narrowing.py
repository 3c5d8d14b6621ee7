"""Filters that the words of a query name: "failures in Sweden" asks for an outcome and a country.

The finder offers them as one link. It never sets them itself: a name may stand for something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from alliance.cases.enums import Outcome
from alliance.cases.selectors.localise import country_name
from alliance.search.filtering import filtered
from alliance.search.glossary import glossary
from alliance.search.index import Index
from alliance.search.labels import COUNTRY_WORDS, NO_COUNTRY, code_label
from alliance.search.matching import Match, ParsedText
from alliance.search.query import FinderQuery
from alliance.search.results import Narrowing
from alliance.search.tokens import (
    LANGUAGES,
    bare,
    is_filler,
    is_stop_word,
    names_no_subject,
    stem_token,
    words,
)

#: Words of the name of a country.
LONGEST_NAME = 4
#: What a concept of the glossary asks for.
CONCEPTS = {"failure": ("outcome", Outcome.DID_NOT_WORK.value)}

_Tokens = tuple[str, ...]


def _tokens(text: str, language: str) -> _Tokens:
    return tuple(stem_token(bare(word, language), language) for word in words(text) if word)


@lru_cache(maxsize=1)
def _countries(index: Index) -> dict[_Tokens, str]:
    """The countries of records by their names, as tokens, in each language."""
    countries: dict[_Tokens, str] = {}
    for code in index.facet("country").vocabulary:
        if code in NO_COUNTRY or len(code) != 2:
            continue
        for language in LANGUAGES:
            countries.setdefault(_tokens(country_name(code, language), language), code)
            for name in COUNTRY_WORDS.get(code, {}).get(language, "").split("|"):
                if name:
                    countries.setdefault(_tokens(name, language), code)
    return countries


def _named(index: Index, parsed: ParsedText, language: str) -> Iterator[tuple[int, int, str, str]]:
    """What words of the query stand for: from, to, filter, code."""
    query_words = parsed.words
    tokens = [
        None if word is None else stem_token(bare(word, language), language) for word in query_words
    ]
    small = [
        word is not None and is_stop_word(bare(word, language), language) for word in query_words
    ]
    for span in glossary().spans(tokens, small, language):
        for concept in span.concepts:
            if concept in CONCEPTS:
                yield (span.start, span.end, *CONCEPTS[concept])
    countries = _countries(index)
    for start in range(len(query_words)):
        for end in range(min(start + LONGEST_NAME, len(query_words)), start, -1):
            own = tuple(token for token in tokens[start:end] if token is not None)
            if len(own) == end - start and own in countries:
                yield start, end, "country", countries[own]
                break


def narrowing(
    index: Index, query: FinderQuery, parsed: ParsedText, match: Match
) -> Narrowing | None:
    """The filters that the words name, as one link; None where they name none, or leave nothing.

    Where nothing else is asked for, the words give way to the filters.
    """
    filters: dict[str, str] = {}
    positions: set[int] = set()
    for start, end, key, code in _named(index, parsed, query.language):
        if key not in query.filters:
            filters.setdefault(key, code)
            positions.update(range(start, end))
    if not filters:
        return None
    rest = [
        word
        for place, word in enumerate(parsed.words)
        if word is not None and place not in positions and _says_something(word, query.language)
    ]
    narrow = replace(
        query,
        text=query.text if rest else "",
        filters={**query.filters, **{key: (code,) for key, code in filters.items()}},
        page=1,
    )
    hits = match.hits if rest else index.alive
    count = int(filtered(index, narrow, hits).rows.size)
    if not count:
        return None
    labels = [str(code_label(key, code, query.language)) for key, code in filters.items()]
    return Narrowing(tuple(labels), count, narrow.querystring)


def _says_something(word: str, language: str) -> bool:
    plain = bare(word, language)
    empty = (is_stop_word, is_filler, names_no_subject)
    return not any(test(plain, language) for test in empty)
