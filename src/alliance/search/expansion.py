"""From the words of a query to the tokens that count as finding them.

Each word becomes a term with alternatives: its stem, the concept of a phrase it belongs to, the
word itself in names and titles of any language, compounds it is part of. A record finds the term
as well as its best alternative does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pycountry

from alliance.cases.selectors.localise import country_name
from alliance.search.compounds import split, split_by_glossary
from alliance.search.glossary import Glossary, Span, glossary
from alliance.search.index import Index
from alliance.search.tokens import (
    LANGUAGES,
    bare,
    fold,
    is_ending,
    is_filler,
    is_stop_word,
    stem_token,
    words,
)

PLACES_FILE = Path(__file__).parent / "place_names.txt"
REAL_WORDS_FILE = PLACES_FILE.with_name("real_words.txt")


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


@cache
def _real_words() -> frozenset[str]:
    return frozenset(REAL_WORDS_FILE.read_text(encoding="utf-8").split("---\n", 1)[1].split())


def is_known(word: str) -> bool:
    """Whether the bare word exists: as the name of a place, in the glossary in any language, or
    among the common words that are one slip away from one of the field ("sheep" from "sleep")."""
    if is_place(word) or word in _real_words():
        return True
    return any(
        stem_token(bare(word, language), language) in glossary().stems[language]
        for language in LANGUAGES
    )


#: Words of grammar that make a query a sentence: "green in the city" is none in Swedish.
WORDS_OF_GRAMMAR = 2
#: Words known in another language than the reader's before a query is read in that.
MIN_KNOWN = 3
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


# How much finding a word in another way counts against finding its stem (1).
CONCEPT = 0.95
NAME = 1.0
# A word that only says what is to be done goes with any subject, as "reduce" does.
OPENING = 0.4
# A kind of what is sought is what is sought; what it is a kind of may be something else.
NARROWER = 0.7
BROADER = 0.4
FORM = 0.9
OTHER_LANGUAGE = 0.9
WHOLE_COMPOUND = 1.0
PART_OF_COMPOUND = 0.6
CORRECTED = 0.8
# What a city did is found by its districts, less surely than by its name.
CITY_OF_DISTRICT = 0.1
#: Words that belong to a verb before them, and how many words may stand between the two.
_PARTICLES = {
    "en": frozenset({"down", "off", "out", "up"}),
    "sv": frozenset({"av", "in", "ned", "ner", "om", "upp", "ut"}),
}
MOST_BETWEEN = 3
#: Cities that may share the name of a district; a word of more is no such name.
MOST_CITIES = 3

MIN_COMPOUND_PART = 4
MAX_COMPOUNDS = 40


@dataclass
class Term:
    """One thing the reader looks for. alternatives: token -> how much finding it counts.

    kin: the same of concepts that are a kind of it, or that it is a kind of. They raise a record
    among those that have some of the words; finding them is not finding the word.

    weight: 1, or less for a word that goes with any subject, such as "reduce"; a record need not
    have such a word to count as finding all.
    """

    word: str
    alternatives: dict[str, float] = field(default_factory=dict)
    kin: dict[str, float] = field(default_factory=dict)
    weight: float = 1.0

    @property
    def is_light(self) -> bool:
        return self.weight < 1

    def add(self, token: str, weight: float) -> None:
        self.alternatives[token] = max(weight, self.alternatives.get(token, 0.0))


@dataclass
class Expansion:
    """What became of the words of a query.

    concepts: concept -> the share of the query's words that it covers, times its weight.
    unmatched: words that no record has. corrections: (typed, taken instead). districts: (typed,
    rows of the cities that have such a district).
    is_sentence: it holds words of grammar, so that no record need have all of its words.
    """

    terms: list[Term] = field(default_factory=list)
    concepts: dict[str, float] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    corrections: list[tuple[str, str]] = field(default_factory=list)
    districts: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    is_sentence: bool = False

    @property
    def needed(self) -> list[Term]:
        """The terms that finding all means: the light ones only where there are no others."""
        return [term for term in self.terms if not term.is_light] or self.terms


class _Expander:
    def __init__(self, query_words: Sequence[str | None], language: str, index: Index):
        self.query_words = list(query_words)
        self.language = language
        self.index = index
        self.glossary: Glossary = glossary()
        self.bares = {
            tongue: [None if word is None else bare(word, tongue) for word in query_words]
            for tongue in LANGUAGES
        }
        self.tokens = {
            tongue: [None if word is None else stem_token(word, tongue) for word in bares]
            for tongue, bares in self.bares.items()
        }
        self.small = {
            tongue: [word is not None and is_stop_word(word, tongue) for word in bares]
            for tongue, bares in self.bares.items()
        }
        # First the reader's language, then the others: people paste words from abroad.
        self.others = [tongue for tongue in LANGUAGES if tongue != language]
        self.result = Expansion()
        self._counts: dict[str, int] = {}

    def count(self, token: str) -> int:
        if token not in self._counts:
            self._counts[token] = self.index.count(token)
        return self._counts[token]

    def run(self) -> Expansion:
        small = self.small[self.language]
        places = [
            place
            for place, word in enumerate(self.query_words)
            if word is not None and not small[place]
        ]
        spans = self.glossary.spans(self.tokens[self.language], small, self.language)
        if sum(small) >= WORDS_OF_GRAMMAR:
            # Who asks how to stop something speaks of the thing; what stopped stands at the end.
            spans = [
                span
                for span in spans
                if span.end - span.start > 1
                or (span.end > places[-1] and not self._asks_whether())
                or not self._fills(span.start)
                or self.glossary.weight(span.concepts) < 1
            ]
        opening = self._opening(places)
        spans = [span for span in spans if span.start != opening or span.end - span.start > 1]
        in_phrase = {place for span in spans for place in range(span.start, span.end)}
        if sum(small) >= WORDS_OF_GRAMMAR:
            # A sentence: what only carries the question is no part of it.
            telling = [place for place in places if place in in_phrase or not self._fills(place)]
            places = telling or places
            self.result.is_sentence = len(places) > 2
        if not places:
            places = [place for place, word in enumerate(self.query_words) if word is not None]
        else:
            # A phrase of small words ("what works") counts too.
            places = sorted(
                set(places)
                | {
                    span.end - 1
                    for span in spans
                    if all(small[place] for place in range(span.start, span.end))
                }
            )
        terms = {place: self._own_term(place) for place in places}
        if opening in terms:
            terms[opening].weight = OPENING
        covered: set[int] = set()
        for span in spans:
            inside = [place for place in range(span.start, span.end) if place in terms]
            self._add_concepts(terms, inside, span.concepts, len(places), CONCEPT)
            has_concept = any(self._has_concept(concept) for concept in span.concepts)
            for place in inside:
                terms[place].weight = self.glossary.weight(span.concepts)
            if has_concept:
                covered.update(inside)
                self._require_phrase(terms, inside, span)
            self._add_inner(terms, span)
        self._join_neighbours(terms, covered, len(places))
        foreign = self._foreign_spans(
            {place for place in places if place not in covered and not self._is_indexed(place)},
            len(places),
        )
        for place in places:
            self._finish(place, terms[place], covered=place in covered, foreign=foreign)
        return self.result

    def _require_phrase(self, terms: dict[int, Term], inside: Sequence[int], span: Span) -> None:
        """A word that has its meaning from small words beside it counts with them alone: who has
        "just moved here" asks for no moves."""
        small = self.small[self.language]
        if len(inside) == 1 and any(small[place] for place in range(span.start, span.end)):
            for own in (self.tokens[self.language][inside[0]], f"w:{terms[inside[0]].word}"):
                terms[inside[0]].alternatives.pop(str(own), None)

    def _opening(self, places: Sequence[int]) -> int | None:
        """Where a query begins with the end of what follows: "stop solo commuting" seeks nothing
        that was stopped."""
        first = self.bares[self.language][places[0]] or "" if len(places) > 1 else ""
        return places[0] if is_ending(first, self.language) else None

    def _asks_whether(self) -> bool:
        """Whether the last word is asked of the rest: "est-ce que le bus gratuit marche"."""
        return self.language == "fr" and self.bares["fr"][:3] == ["est", "ce", "que"]

    def _fills(self, place: int) -> bool:
        return is_filler(self.bares[self.language][place] or "", self.language)

    def _has_concept(self, concept: str) -> bool:
        """Whether a record has the concept or a kind of it."""
        kinds = self.glossary.narrower.get(concept, ())
        return any(self.count(f"c:{kind}") for kind in (concept, *kinds))

    def _own_term(self, place: int) -> Term:
        word = self.bares[self.language][place] or ""
        term = Term(str(self.query_words[place]))
        term.add(stem_token(word, self.language), 1.0)
        term.add(f"n:{fold(word)}", NAME)
        term.add(f"w:{word}", FORM)
        cities = self._cities_of(word)
        if cities:
            self.result.districts.append((term.word, tuple(cities)))
        for row in cities:
            name = self.index.title(row, self.language)
            if " " not in name:
                term.add(f"n:{fold(name.casefold())}", CITY_OF_DISTRICT)
        return term

    def _cities_of(self, word: str) -> list[int]:
        """The cities that the word is a district of, where it is nothing else: their rows."""
        token = stem_token(word, self.language)
        if token in self.glossary.stems[self.language] or self.count(f"n:{fold(word)}"):
            return []
        # "Le" is a word of another language, not Le Prado.
        if any(is_stop_word(word, tongue) for tongue in self.others):
            return []
        rows, _weights = self.index.postings(token)
        cities = [row for row in rows.tolist() if self.index.identity(row)[0] == "city"]
        return cities if len(cities) <= MOST_CITIES else []

    def _is_indexed(self, place: int) -> bool:
        token = self.tokens[self.language][place]
        return token is not None and self.count(token) > 0

    def _add_concepts(
        self,
        terms: dict[int, Term],
        inside: Sequence[int],
        concepts: Sequence[str],
        n_words: int,
        weight: float,
    ) -> None:
        for concept in concepts:
            for place in inside:
                terms[place].add(f"c:{concept}", weight)
                for kind in self.glossary.narrower.get(concept, ()):
                    terms[place].kin[f"c:{kind}"] = NARROWER
                    if not self.count(f"c:{concept}"):
                        # Nothing is told of it but by its kinds: they are what was sought.
                        terms[place].add(f"c:{kind}", weight * NARROWER)
                if (wider := self.glossary.broader.get(concept)) is not None:
                    terms[place].kin[f"c:{wider}"] = BROADER
            share = self.glossary.weight([concept]) * len(inside) / n_words
            self.result.concepts[concept] = max(share, self.result.concepts.get(concept, 0.0))

    def _add_inner(self, terms: dict[int, Term], span: Span) -> None:
        """Concepts of the shorter phrases within one: who asks for fair renovation asks for both.

        They are ways to find the single words in other languages, as the stems are in the
        reader's; only the whole phrase counts beyond its words.
        """
        tokens, small = self.tokens[self.language], self.small[self.language]
        for inner in self.glossary.inner_spans(tokens, small, span, self.language):
            for place in range(inner.start, inner.end):
                if place in terms:
                    for concept in inner.concepts:
                        terms[place].add(f"c:{concept}", CONCEPT)

    def _join_neighbours(self, terms: dict[int, Term], covered: set[int], n_words: int) -> None:
        """Words written apart that belong together: "cykel väg", "car free"."""
        bares = self.bares[self.language]
        for place in sorted(terms):
            after = place + 1
            if after not in terms:
                continue
            token = stem_token(f"{bares[place]}{bares[after]}", self.language)
            concepts = self.glossary.concepts([token], self.language)
            if concepts and not {place, after} <= covered:
                self._add_concepts(terms, [place, after], concepts, n_words, CONCEPT)
                covered.update({place, after})
            if self.count(token):
                terms[place].add(token, WHOLE_COMPOUND)
                terms[after].add(token, WHOLE_COMPOUND)

    def _foreign_spans(self, unfound: set[int], n_words: int) -> dict[int, list[str]]:
        """Concepts of phrases in the other languages that hold a word not found in the reader's:
        "do zones à faibles émissions work"."""
        concepts: dict[int, list[str]] = {}
        for tongue in self.others if unfound else ():
            for span in self.glossary.spans(self.tokens[tongue], self.small[tongue], tongue):
                inside = range(span.start, span.end)
                if unfound & set(inside):
                    for place in inside:
                        concepts.setdefault(place, []).extend(span.concepts)
                    telling = sum(not self.small[tongue][place] for place in inside)
                    for concept in span.concepts:
                        share = OTHER_LANGUAGE * self.glossary.weight([concept]) * telling / n_words
                        known = self.result.concepts.get(concept, 0.0)
                        self.result.concepts[concept] = max(share, known)
        return concepts

    def _finish(
        self, place: int, term: Term, *, covered: bool, foreign: dict[int, list[str]]
    ) -> None:
        """Complete a term by what lies further off, as far as it needs it."""
        word = self.bares[self.language][place] or ""
        for concept in foreign.get(place, ()):
            term.add(f"c:{concept}", OTHER_LANGUAGE)
        term.weight = min(term.weight, self.glossary.weight(foreign.get(place, ())))
        if self.language == "sv":
            for token in self._compounds_with(word):
                term.add(token, PART_OF_COMPOUND)
        if covered:
            self.result.terms.append(term)
            return
        wider = {token: share for token, share in term.kin.items() if self.count(token)}
        if wider and not any(self.count(token) for token in term.alternatives):
            # Nothing is told of it: what it is a kind of lies nearest.
            self.result.unmatched.append(term.word)
            term.alternatives.update(wider)
            self.result.terms.append(term)
            return
        is_district = any(weight == CITY_OF_DISTRICT for weight in term.alternatives.values())
        parts = () if is_district else self._parts(word, is_term=self._is_indexed(place))
        if parts:
            self._add_parts(term, parts)
            return
        if not self._is_indexed(place):
            for tongue in self.others:
                foreign_token = self.tokens[tongue][place]
                if foreign_token is not None and not self.small[tongue][place]:
                    term.add(foreign_token, OTHER_LANGUAGE)
        if any(self.count(token) for token in term.alternatives):
            self.result.terms.append(term)
        elif any(self.small[tongue][place] for tongue in self.others):
            # "of" in a query of words pasted from another language.
            return
        elif not self._fills(place):
            self._correct(term, word)

    def _parts(self, word: str, *, is_term: bool) -> tuple[str, ...]:
        """The parts to look for instead of a compound that is no term of the glossary."""
        if self.language == "sv":
            by_glossary = split_by_glossary(word)
            # A word of the glossary that no record has is no sum of parts that some have.
            if by_glossary or self.glossary.concepts([stem_token(word, "sv")], "sv"):
                return by_glossary
            return split(word, lambda token: self.count(token) > 0)
        if is_term or len(word) < 2 * MIN_COMPOUND_PART - 1:
            return ()
        for at in sorted(range(3, len(word) - 2), key=lambda at: abs(2 * at - len(word))):
            pair = (
                stem_token(word[:at], self.language),
                stem_token(word[at:], self.language),
            )
            if all(self.count(token) for token in pair):
                return pair
        return ()

    def _add_parts(self, whole: Term, parts: Sequence[str]) -> None:
        spans = self.glossary.spans(parts, [False] * len(parts), self.language)
        for place, part in enumerate(parts):
            term = Term(whole.word, dict(whole.alternatives))
            term.add(part, 1.0)
            for span in spans:
                if span.start <= place < span.end:
                    for concept in span.concepts:
                        term.add(f"c:{concept}", CONCEPT)
            if any(self.count(token) for token in term.alternatives):
                self.result.terms.append(term)

    def _compounds_with(self, word: str) -> Iterator[str]:
        """Compounds of the index that begin or end with the word: "stad" in "storstad".

        What remains of them must be a word too, in the index or the glossary.
        """
        token = stem_token(word, "sv")
        stem = token.partition(":")[2]
        if len(stem) < MIN_COMPOUND_PART or not token.startswith("sv:"):
            return
        total = 0
        for candidate in self.index.swedish_ending_with(stem):
            if candidate != token and self._is_word(candidate[3 : -len(stem)]):
                yield candidate
                total += 1
                if total == MAX_COMPOUNDS:
                    break
        for candidate in self.index.beginning_with(token):
            if candidate != token and self._is_word(candidate[len(token) :]):
                yield candidate
                total += 1
                if total >= 2 * MAX_COMPOUNDS:
                    break

    def _is_word(self, rest: str) -> bool:
        for base in {rest, rest.removesuffix("s"), rest.removeprefix("s")}:
            token = stem_token(base, "sv")
            if len(base) >= 3 and (
                token in self.glossary.single_words["sv"] or self.count(token) > 0
            ):
                return True
        return False

    def _correct(self, term: Term, word: str) -> None:
        """Take the word that the reader may have meant, and say so, or name the word as unfound."""
        taken = correction(self.index, word, self.language)
        if taken is None:
            self.result.unmatched.append(term.word)
            return
        token = stem_token(taken, self.language)
        term.add(token, CORRECTED)
        term.add(f"n:{fold(taken)}", CORRECTED)
        concepts = self.glossary.concepts([token], self.language)
        for concept in concepts:
            term.add(f"c:{concept}", CORRECTED)
        term.weight = self.glossary.weight(concepts)
        self.result.corrections.append((term.word, taken))
        self.result.terms.append(term)


def language_of(query_words: Sequence[str | None], language: str) -> str:
    """The language that a query is written in: the reader's, unless it clearly is another.

    given: words as `tokens.words` gives them. It is another where at least three words, and
    two more than of the reader's, are of its grammar, its fillers or its glossary.
    """
    known = {
        tongue: sum(
            is_stop_word(bare_word, tongue)
            or is_filler(bare_word, tongue)
            or stem_token(bare_word, tongue) in glossary().stems[tongue]
            for bare_word in (bare(word, tongue) for word in query_words if word is not None)
        )
        for tongue in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda tongue: (known[tongue], tongue == language))
    clearly = known[best] >= max(MIN_KNOWN, known.get(language, 0) + 2)
    return best if clearly else language


def _verbs_joined(query_words: Sequence[str | None], language: str) -> list[str | None]:
    """The words with the particle of a verb behind it: "följer städer upp" is "följer upp städer".

    Only where the glossary knows the two as one.
    """
    joined = list(query_words)
    for at, word in enumerate(query_words):
        particles = (
            later
            for later in range(at + 2, min(at + 2 + MOST_BETWEEN, len(query_words)))
            if query_words[later] in _PARTICLES.get(language, ())
        )
        for later in particles:
            pair = (word, query_words[later])
            if None not in query_words[at:later] and glossary().is_phrase(pair, language):
                joined.insert(at + 1, joined.pop(later))
                return joined
    return joined


def expand(query_words: Sequence[str | None], language: str, index: Index) -> Expansion:
    """The terms that the words of a query stand for in this index.

    given: words as `tokens.words` gives them. language: the reader's; a query that clearly is in
    another is read in that.
    """
    language = language_of(query_words, language)
    return _Expander(_verbs_joined(query_words, language), language, index).run()
