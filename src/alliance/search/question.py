"""What a question is about: solutions that it names, a problem, or the solutions nearest to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from django.utils import translation

from alliance.search.analysis import exact_tokens_in
from alliance.search.expansion import Term, language_of
from alliance.search.facet_columns import Rows
from alliance.search.glossary import glossary
from alliance.search.index import Index
from alliance.search.intent import Intent, intent_of
from alliance.search.matching import Match, ParsedText, best_of_terms, idf
from alliance.search.problems import PROBLEMS
from alliance.search.tokens import (
    LANGUAGES,
    bare,
    fold,
    is_filler,
    is_stop_word,
    names_no_subject,
    stem_token,
    words,
)

#: Telling words of a query that may be the name of a solution.
LONGEST_NAME = 8
#: Words that part the names of two things in one title.
_JOINTS = frozenset({"and", "or", "et", "ou", "och", "eller"})
#: What goes with any problem of a city: "less traffic in the centre" is about traffic.
_ANYWHERE = frozenset({
    "city-centre", "residents", "municipality", "neighbourhood", "household", "older-people",
    "children", "vulnerable-group", "school", "senior-housing", "weather-season",
})  # fmt: skip
#: Share of a question that a solution must have to be near it, and of the nearest one's share that
#: others must have to stand beside it.
NEAR = 0.5
NEAR_BY_ONE_WORD = 0.7
NEAR_IN_PROBLEM = 0.3
BESIDE = 0.9
#: A word counts as missing in a solution below this weight; it may lack one in four.
MISSING = 0.12
#: So many solutions that come first among so many hits may be near the question.
FIRST = 2
FIRST_OF_PROBLEM = 5
MOST_HITS = 30


@dataclass(frozen=True)
class Question:
    """`named`, `near`: rows of solutions, best first. `problem`: its code, "" where it is none.

    `name`: places of the words that name the solutions; `rest`: of those that neither name nor ask,
    such as the words of an outcome; `n_absent`: how many of these no named solution has;
    `has_unfound`: whether no record has one of them.
    """

    language: str
    intent: Intent | None
    named: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    problem: str = ""
    name: frozenset[int] = frozenset()
    rest: tuple[int, ...] = ()
    n_absent: int = 0
    has_unfound: bool = False


def question_of(index: Index, parsed: ParsedText, match: Match, language: str) -> Question | None:
    """What the text asks; None where it is about nothing that the network has solutions for."""
    if not parsed.words or parsed.was_cut:
        return None
    language = language_of(parsed.words, language)
    names = _names(index, parsed.words, match)
    taken = {place for start, end, _row in names for place in range(start, end)}
    intent, asking = intent_of(parsed.words, language, taken)
    if intent == Intent.OTHER:
        return None
    telling = [
        place
        for place, word in enumerate(parsed.words[: _condition(parsed.words, language)])
        if word is not None and not says_nothing(word) and not _is_light(word)
    ]
    rest = tuple(
        place
        for place in telling
        if place not in taken | asking and not _is_city(index, str(parsed.words[place]))
    )
    if names:
        named = tuple(dict.fromkeys(row for _start, _end, row in names))
        absent = [
            place
            for place in rest
            if not any(_has(index, match, row, str(parsed.words[place])) for row in named)
        ]
        # What most of the question is not about is no answer to it.
        if len(absent) > sum(parsed.words[place] is not None for place in taken) + len(asking):
            return None
        known = {term.word for term in match.expansion.terms}
        has_unfound = any(parsed.words[place] not in known for place in rest)
        return Question(
            language,
            intent,
            named=named,
            name=frozenset(taken),
            rest=rest,
            n_absent=len(absent),
            has_unfound=has_unfound,
        )
    problem = _labelled(parsed.words)
    if problem:
        return Question(language, None, problem=problem)
    asked = {parsed.words[place] for place in rest}
    terms = [term for term in match.expansion.terms if term.word in asked]
    unfound = asked - {term.word for term in terms}
    own = [term for term in terms if not _concepts(term) or _concepts(term) - _ANYWHERE]
    # A word that no record has says that something else is meant.
    problem, is_whole = ("", False) if unfound else _problem(own)
    if intent == Intent.CHOICE and not (unfound or is_whole):
        # "Best ways to involve residents in planning" names the problem beside where it is.
        problem, is_whole = _problem([term for term in own if _concepts(term)])
    if is_whole:
        return Question(language, intent, problem=problem)
    near = _nearest(index, match, own or terms, len(unfound), problem)
    return Question(language, intent, near=near, problem=problem) if near or problem else None


def _condition(text_words: Sequence[str | None], language: str) -> int | None:
    """Where a clause such as "without making pupils complain" begins; None where there is none."""
    pairs = list(pairwise(text_words))
    for place, (first, second) in enumerate(pairs):
        if language == "en" and first == "without" and second and second.endswith("ing"):
            return place
        if (language, first, second) in {("fr", "sans", "que"), ("sv", "utan", "att")}:
            return place
    return None


def says_nothing(word: str) -> bool:
    """Whether it is a small word or a filler of any language, or names what is looked for without
    saying of what: who mixes them asks for no outcome by "staden", for no solution by "projets"."""
    return any(
        test(bare(word, language), language)
        for language in LANGUAGES
        for test in (is_stop_word, is_filler, names_no_subject)
    )


def _is_city(index: Index, word: str) -> bool:
    """Whether the word is part of the name of a city."""
    return any(
        fold(word) in map(fold, filter(None, words(index.title(row, language))))
        for row in index.postings(f"n:{fold(word)}")[0].tolist()
        if index.identity(row)[0] == "city"
        for language in LANGUAGES
    )


def _has(index: Index, match: Match, row: int, word: str) -> bool:
    """Whether the solution, or a third of its cases, has the word in any way."""
    tokens = {
        token
        for term in match.expansion.terms
        if term.word == word
        for token in (*term.alternatives, *term.kin)
    }
    having = np.zeros(index.size, bool)
    for token in tokens:
        having[index.postings(token)[0]] = True
    children, parents = index.solution_rows
    cases = children[parents == row]
    return bool(having[row] or 3 * np.count_nonzero(having[cases]) >= max(1, cases.size))


@lru_cache(maxsize=1)
def _solutions_by_concept(index: Index) -> dict[str, int]:
    """The rows of solutions by the concepts that their names stand for.

    A concept names a solution where it covers the name, or one of two things in it, or more than
    half of it in two languages. A concept of several solutions names none.
    """
    rows_by_concept: dict[str, set[int]] = {}
    for row in np.flatnonzero(index.facet("kind").having(["solution"]) & index.alive).tolist():
        by_half: list[str] = []
        whole: set[str] = set()
        for language in LANGUAGES:
            for part in _parts(index.title(row, language), language):
                whole.update(_covering(part, language, whole=True))
            name = [word for word in words(index.title(row, language)) if word]
            by_half += _covering(name, language, whole=False)
        for concept in whole | {concept for concept in by_half if by_half.count(concept) > 1}:
            rows_by_concept.setdefault(concept, set()).add(row)
    return {concept: min(rows) for concept, rows in rows_by_concept.items() if len(rows) == 1}


def _parts(title: str, language: str) -> Iterator[list[str]]:
    """The title, and what stands in it beside brackets, commas and joints."""
    yield [word for word in words(title) if word]
    part: list[str] = []
    for word in (*words(title), None):
        if word is not None and word not in _JOINTS:
            part.append(word)
        else:
            # A single word in a longer title is no name: "waste" in one of energy, waste and water.
            if sum(not is_stop_word(bare(word, language), language) for word in part) > 1:
                yield part
            part = []


def _covering(name: Sequence[str], language: str, *, whole: bool) -> set[str]:
    """The concepts that cover a name, or more than half of it."""
    bares = [bare(word, language) for word in name]
    small = [is_stop_word(word, language) for word in bares]
    tokens = [stem_token(word, language) for word in bares]
    n = len(small) - sum(small)
    return {
        concept
        for span in glossary().spans(tokens, small, language)
        if (covered := small[span.start : span.end].count(False)) == n
        or (2 * covered > n and not whole)
        for concept in span.concepts
    }


def _names(
    index: Index, text_words: Sequence[str | None], match: Match
) -> list[tuple[int, int, int]]:
    """Where the text names solutions: from, up to, row; the longest name where two overlap."""
    by_concept = _solutions_by_concept(index)
    spans: set[tuple[int, int, int]] = set()
    for language in LANGUAGES:
        for token, start, end in exact_tokens_in(text_words, language, LONGEST_NAME):
            for row in index.postings(token)[0].tolist():
                if index.identity(row)[0] == "solution":
                    spans.add((start, end, row))
        bares = [None if word is None else bare(word, language) for word in text_words]
        small = [word is not None and is_stop_word(word, language) for word in bares]
        tokens = [None if word is None else stem_token(word, language) for word in bares]
        for span in glossary().spans(tokens, small, language):
            for concept in span.concepts:
                if concept in by_concept:
                    spans.add((span.start, span.end, by_concept[concept]))
    chosen: list[tuple[int, int, int]] = []
    for start, end, row in sorted(
        spans, key=lambda span: (span[0] - span[1], -match.score[span[2]], span)
    ):
        if all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end, row))
    return sorted(chosen)


def _labelled(text_words: Sequence[str | None]) -> str:
    """The code of the problem whose name the text is, in any language; "" where it is none."""
    for language in LANGUAGES:
        stems = _telling_stems(text_words, language)
        for problem in PROBLEMS.values() if stems else ():
            with translation.override(language):
                if stems == _telling_stems(words(str(problem.label)), language):
                    return problem.code
    return ""


def _telling_stems(text_words: Sequence[str | None], language: str) -> set[str]:
    return {
        stem_token(bare(word, language), language)
        for word in text_words
        if word is not None and not is_stop_word(bare(word, language), language)
        if not is_filler(bare(word, language), language)
    }


def _problem(terms: Sequence[Term]) -> tuple[str, bool]:
    """The code of the problem that each term belongs to, and whether each stands for all of it."""
    concepts = [_concepts(term) for term in terms]
    for is_whole in (True, False):
        for problem in PROBLEMS.values() if concepts else ():
            own = {*problem.concepts, *(() if is_whole else problem.parts)}
            if all(concept & own for concept in concepts):
                return problem.code, is_whole
    return "", False


def _nearest(
    index: Index, match: Match, terms: Sequence[Term], n_unfound: int, problem: str
) -> tuple[int, ...]:
    """The rows of the solutions that are near the question, best first: among the first hits, they,
    two of their cases or one that is called so have most of it. Where none is, those of the problem
    that come first."""
    if not terms:
        return ()
    hits, solutions = _first_hits(index, match)
    telling, best = best_of_terms(index, _by_phrase(terms), hits)
    share = telling @ best / (telling.sum() + n_unfound * idf(index, 0))
    n_missing = n_unfound + (best < MISSING).sum(axis=0)
    has_most = (share >= NEAR) & (n_missing <= (len(terms) + n_unfound) // 4)
    if len(terms) == 1:
        has_most &= share >= NEAR_BY_ONE_WORD
    shares: dict[int, float] = {}
    first = list(dict.fromkeys(solutions.tolist()))
    for row in first[:FIRST]:
        own = has_most & (solutions == row)
        is_called = any(_is_called(index, int(hit), terms) for hit in hits[own])
        if is_called or (own & (hits == row)).any() or np.count_nonzero(own) > 1:
            shares[row] = float(share[own].max())
    if not shares and problem:
        themes = PROBLEMS[problem].query("en").filters["theme"]
        is_own = index.facet("theme").having(themes)
        return tuple(
            row
            for row in first[:FIRST_OF_PROBLEM]
            if is_own[row] and share[solutions == row].max() >= NEAR_IN_PROBLEM
        )
    # Those that are called what is asked for leave no room for others.
    in_name = _in_name(index, terms)
    called = {row: share for row, share in shares.items() if in_name[row]} or shares
    least = BESIDE * max(called.values(), default=0)
    return tuple(
        sorted((row for row in called if called[row] >= least), key=lambda row: -called[row])
    )


def _first_hits(index: Index, match: Match) -> tuple[Rows, Rows]:
    """The first hits that are solutions or cases, and the solution of each."""
    kinds = index.facet("kind").having(["solution", "case"]) & index.alive
    hits = np.flatnonzero(kinds & (match.score > 0))
    hits = hits[np.lexsort((index.rank[hits], -match.score[hits]))][:MOST_HITS]
    children, parents = index.solution_rows
    parent = np.full(index.size, -1, np.int64)
    parent[parents] = parents
    parent[children] = parents
    tried = parent[hits] >= 0
    return hits[tried], parent[hits][tried]


def _by_phrase(terms: Sequence[Term]) -> list[Term]:
    """The terms, those of one phrase by its concept alone: a heat wave is no district heating."""
    shared = Counter(concept for term in terms for concept in _concepts(term))
    return [
        replace(term, alternatives={f"c:{concept}": 1.0 for concept in phrase}) if phrase else term
        for term in terms
        for phrase in [[concept for concept in _concepts(term) if shared[concept] > 1]]
    ]


def _in_name(index: Index, terms: Sequence[Term]) -> npt.NDArray[np.bool_]:
    """Which rows have all of the terms in their names."""
    every = np.full(index.size, bool(terms))
    for term in terms:
        has = np.zeros(index.size, bool)
        for token in term.alternatives:
            has[index.postings(f"@{token}")[0]] = True
        every &= has
    return every


def _is_called(index: Index, row: int, terms: Sequence[Term]) -> bool:
    """Whether the title of a record has all of the terms, as the case "Paris, Autolib" has one."""
    stems = {
        stem_token(bare(word, language), language)
        for language in LANGUAGES
        for word in words(index.title(row, language))
        if word
    }
    return all(not stems.isdisjoint(term.alternatives) for term in terms)


def _concepts(term: Term) -> set[str]:
    return {token[2:] for token in term.alternatives if token.startswith("c:")}


def _is_light(word: str) -> bool:
    """Whether it goes with any subject in some language, such as "reduce"."""
    return any(
        glossary().weight(
            glossary().concepts([stem_token(bare(word, language), language)], language)
        )
        < 1
        for language in LANGUAGES
    )
