"""The glossary: phrases in three languages that mean one thing, and finding them in text.

`glossary.csv` has the columns concept, en, fr, sv, weight, broader; a cell holds synonyms parted by
"|", the preferred one first. A phrase is compared by the stems of its words, so all inflections
match, and small words inside it do not count: "rue aux écoles" is "rue des écoles". The weight is
empty, or below 1 for words that go with any subject ("reduce", "fewer") and say little of what is
sought. `broader` is the concept that this one is a kind of: a tram is public transport.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from alliance.search.tokens import (
    LANGUAGES,
    bare,
    folded_tokens,
    is_stop_word,
    stem_token,
    words,
)

GLOSSARY_FILE = Path(__file__).parent / "glossary.csv"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """Concepts found at the words `start` up to, not including, `end`."""

    start: int
    end: int
    concepts: tuple[str, ...]


@dataclass
class _Phrases:
    """The phrases of one language: by their meaningful words, or by all words.

    A phrase that small words would shrink to a single meaningful one ("what works") is only
    recognised whole; else every "works" would be a hit.
    """

    content: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    whole: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    # First word -> lengths of the phrases that begin with it, longest first.
    content_lengths: dict[str, list[int]] = field(default_factory=dict)
    whole_lengths: dict[str, list[int]] = field(default_factory=dict)

    def finish(self) -> None:
        for phrases, lengths in (
            (self.content, self.content_lengths),
            (self.whole, self.whole_lengths),
        ):
            by_first: dict[str, set[int]] = defaultdict(set)
            for key in phrases:
                by_first[key[0]].add(len(key))
            lengths.update({first: sorted(sizes)[::-1] for first, sizes in by_first.items()})


def _keys(tokens: Sequence[str], loose: Sequence[tuple[str, ...]]) -> Iterator[Key]:
    """The key of a phrase, and the one of readers who leave accents out."""
    yield tuple(tokens)
    plain = tuple(
        max(variants) if variants else token for token, variants in zip(tokens, loose, strict=True)
    )
    if plain != tuple(tokens):
        yield plain


class Glossary:
    """Concepts by phrase, in each language. Built once; not changed after."""

    def __init__(self, rows: Iterable[dict[str, str]]):
        self.preferred: dict[str, dict[str, str]] = {}
        #: Concepts of words that go with any subject: how much finding one counts, 0 to 1.
        self.light: dict[str, float] = {}
        #: What a concept is a kind of, and what is a kind of it: one step up, one step down.
        self.broader: dict[str, str] = {}
        self.narrower: dict[str, list[str]] = defaultdict(list)
        self._phrases = {language: _Phrases() for language in LANGUAGES}
        #: Stems that stand alone in a phrase, by language: parts that compounds are made of.
        self.single_words: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        #: All meaningful words of the phrases as they are written, and their stems, by language.
        self.forms: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        self.stems: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        for row in rows:
            concept = row["concept"].strip()
            self.preferred[concept] = {}
            if row.get("weight"):
                self.light[concept] = float(row["weight"])
            if row.get("broader"):
                self.broader[concept] = row["broader"]
                self.narrower[row["broader"]].append(concept)
            for language in LANGUAGES:
                synonyms = [cell.strip() for cell in row[language].split("|") if cell.strip()]
                if synonyms:
                    self.preferred[concept][language] = synonyms[0]
                for phrase in synonyms:
                    self._add(concept, phrase, language)
        for phrases in self._phrases.values():
            phrases.finish()

    def _add(self, concept: str, phrase: str, language: str) -> None:
        bare_words = [bare(word, language) for word in words(phrase) if word is not None]
        meaningful = [word for word in bare_words if not is_stop_word(word, language)]
        shrunk = len(bare_words) > 1 and len(meaningful) <= 1
        used = bare_words if shrunk or not meaningful else meaningful
        if not used:
            return
        phrases = self._phrases[language]
        target = phrases.whole if shrunk else phrases.content
        tokens = [stem_token(word, language) for word in used]
        for key in _keys(tokens, [folded_tokens(word, language) for word in used]):
            target[key].add(concept)
        self.forms[language].update(used)
        self.stems[language].update(tokens)
        if len(used) == 1:
            self.single_words[language].add(tokens[0])

    def concepts(self, tokens: Sequence[str], language: str) -> tuple[str, ...]:
        """The concepts that a phrase of exactly these stem tokens stands for."""
        return tuple(sorted(self._phrases[language].content.get(tuple(tokens), ())))

    def is_phrase(self, phrase_words: Sequence[str | None], language: str) -> bool:
        """Whether these words, one of which may carry no meaning of its own, are a phrase."""
        key = tuple(stem_token(bare(word or "", language), language) for word in phrase_words)
        phrases = self._phrases[language]
        return key in phrases.whole or key in phrases.content

    def weight(self, concepts: Iterable[str]) -> float:
        """How much finding a word of these concepts counts: that of the weightiest, else 1."""
        return max((self.light.get(concept, 1.0) for concept in concepts), default=1.0)

    def spans(
        self, tokens: Sequence[str | None], small: Sequence[bool], language: str
    ) -> list[Span]:
        """The phrases found in a text, longest first where they start, not overlapping.

        tokens: stem tokens of all words, None where a phrase cannot run on.
        small: whether the word at that place is a stop word.
        """
        phrases = self._phrases.get(language)
        if phrases is None:
            return []
        spans = list(self._whole_spans(tokens, phrases))
        taken = {place for span in spans for place in range(span.start, span.end)}
        places = [
            place
            for place, token in enumerate(tokens)
            if token is None or (not small[place] and place not in taken)
        ]
        number = 0
        while number < len(places):
            token = tokens[places[number]]
            step = 1
            for length in phrases.content_lengths.get(token, ()) if token is not None else ():
                key = tuple(tokens[place] for place in places[number : number + length])
                concepts = phrases.content.get(key)  # type: ignore[arg-type]
                if concepts and len(key) == length:
                    spans.append(
                        Span(
                            places[number],
                            places[number + length - 1] + 1,
                            tuple(sorted(concepts)),
                        )
                    )
                    step = length
                    break
            number += step
        return sorted(spans, key=lambda span: span.start)

    def inner_spans(
        self, tokens: Sequence[str | None], small: Sequence[bool], span: Span, language: str
    ) -> Iterator[Span]:
        """The shorter phrases within a phrase; one may come twice."""
        if span.end - span.start < 2:
            return
        for start, end in ((span.start + 1, span.end), (span.start, span.end - 1)):
            for inner in self.spans(tokens[start:end], small[start:end], language):
                yield Span(start + inner.start, start + inner.end, inner.concepts)

    def inside(
        self, tokens: Sequence[str | None], small: Sequence[bool], span: Span, language: str
    ) -> tuple[str, ...]:
        """Concepts of the shorter phrases within a phrase, without those of the phrase itself."""
        concepts: set[str] = set()
        for inner in self.inner_spans(tokens, small, span, language):
            concepts.update(inner.concepts)
        return tuple(sorted(concepts - set(span.concepts)))

    @staticmethod
    def _whole_spans(tokens: Sequence[str | None], phrases: _Phrases) -> Iterator[Span]:
        place = 0
        while place < len(tokens):
            token = tokens[place]
            step = 1
            for length in phrases.whole_lengths.get(token, ()) if token is not None else ():
                key = tuple(tokens[place : place + length])
                concepts = phrases.whole.get(key)  # type: ignore[arg-type]
                if concepts:
                    yield Span(place, place + length, tuple(sorted(concepts)))
                    step = length
                    break
            place += step


@cache
def glossary() -> Glossary:
    """The glossary that ships, read once."""
    with GLOSSARY_FILE.open(encoding="utf-8", newline="") as handle:
        return Glossary(csv.DictReader(handle))
