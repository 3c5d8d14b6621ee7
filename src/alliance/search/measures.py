"""Whether a question names an outcome measure: all of it, not a word that it shares with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from alliance.search.analysis import name_tokens
from alliance.search.compounds import split_by_glossary
from alliance.search.glossary import glossary
from alliance.search.tokens import LANGUAGES, bare, is_stop_word, stem_token, words

#: Words that say how something is measured: who asks about NO2 means the NO2 concentration.
_HOW_MEASURED = {
    "en": """
        average concentration concentrations consumption effect emissions level levels measured
        number per person rate share standardised total use volume
    """,
    "fr": """
        concentration concentrations consommation effet émissions habitant moyen moyenne niveau
        nombre part personne quantité standardisé taux total usage utilisation volume
    """,
    "sv": """
        andel antal användning effekt förbrukning genomsnittlig halt halter koncentration medelvärde
        mängd nivå per person standardiserad total utsläpp volym
    """,
}
_STEMS = {
    language: frozenset(stem_token(word, language) for word in text.split())
    for language, text in _HOW_MEASURED.items()
}

#: How much a word of the same meaning counts.
_SAME_MEANING = 0.9
#: The ways in which one word of a name may be met: each a set of tokens that must all be there.
_Ways = frozenset[frozenset[str]]


@lru_cache(maxsize=2_000)
def _name(name: str, language: str) -> tuple[_Ways, ...]:
    """The words of the name that must be met; all of them where none says more than how it is
    measured."""
    bares = [bare(word, language) for word in words(name) if word]
    small = [is_stop_word(word, language) for word in bares]
    tokens = [stem_token(word, language) for word in bares]
    concepts: dict[int, set[str]] = {}
    for span in glossary().spans(tokens, small, language):
        # A concept that has several words of the name may be wider: "asthma" is no deaths.
        if small[span.start : span.end].count(False) == 1:
            concepts.setdefault(span.start, set()).update(f"c:{name}" for name in span.concepts)
    every: list[_Ways] = []
    telling: list[_Ways] = []
    for place, token in enumerate(tokens):
        if small[place]:
            continue
        ways = {frozenset([token]), *(frozenset([concept]) for concept in concepts.get(place, ()))}
        parts = split_by_glossary(bares[place]) if language == "sv" else ()
        own_parts = frozenset(parts) - _STEMS["sv"]
        if own_parts:
            ways.add(own_parts)
        every.append(frozenset(ways))
        if token not in _STEMS[language]:
            telling.append(frozenset(ways))
    return tuple(telling or every)


def tokens_of(text_words: Sequence[str | None], language: str) -> list[frozenset[str]]:
    """Of each word of a question its stem, the parts of a compound, and the concepts of the phrases
    that it belongs to."""
    bares = [None if word is None else bare(word, language) for word in text_words]
    small = [word is not None and is_stop_word(word, language) for word in bares]
    tokens = [None if word is None else stem_token(word, language) for word in bares]
    sets: list[set[str]] = [set() if token is None else {token} for token in tokens]
    for span in glossary().spans(tokens, small, language):
        for place in range(span.start, span.end):
            sets[place].update(f"c:{concept}" for concept in span.concepts)
    for place, word in enumerate(bares):
        if language == "sv" and word is not None and (parts := split_by_glossary(word)):
            sets[place].update(parts)
            for span in glossary().spans(parts, [False] * len(parts), language):
                sets[place].update(f"c:{concept}" for concept in span.concepts)
    return [frozenset(words) for words in sets]


def words_met(
    names: Mapping[str, str], asked: Mapping[str, frozenset[str]], own: Mapping[str, frozenset[str]]
) -> float:
    """How many words of the name of a measure a question has, in the language in which it has all
    of them; 0 where it lacks one in each. A word of the same meaning counts a little less.

    `names`, `asked` and `own` by language. `asked`: tokens of the words that may ask for an
    outcome; at least one word of the name must be among them. `own`: also those of the name of the
    solution, which may complete it.
    """
    best = 0.0
    for language in LANGUAGES:
        ways = _name(names[language], language) if names.get(language) else ()
        tokens = asked[language] | own[language]
        if ways and all(_met(way, tokens) for way in ways):
            best = max(best, sum(_met(way, asked[language]) for way in ways))
    return best


def has_word_of(names: Mapping[str, str], asked: Mapping[str, frozenset[str]]) -> bool:
    """Whether the question has a word of the name of a measure, or one of the same meaning."""
    tokens = frozenset().union(*asked.values())
    return any(name_tokens(name, language) & tokens for language, name in names.items() if name)


def _met(ways: _Ways, tokens: frozenset[str]) -> float:
    return max(
        (_SAME_MEANING if _is_concept(way) else 1.0 for way in ways if way <= tokens), default=0
    )


def _is_concept(way: frozenset[str]) -> bool:
    return all(token.startswith("c:") for token in way)
