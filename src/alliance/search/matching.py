"""Which records a query finds, and in which order.

Score of a record: the sum over the terms of the query of

    term's weight × idf(term) × (best alternative's weight × the token's saturated frequency there)

with idf as in BM25 over all records that find the term in any way, plus a share for each concept
of the query, times the root of the share of the query's idf that was found, times the factors
below. Records that find every term come first, whatever the score; terms of words that go with any
subject ("reduce", "fewer") weigh less and need not be found for that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliance.search.analysis import exact_token
from alliance.search.expansion import Expansion, Term, expand
from alliance.search.facet_columns import Mask, Rows
from alliance.search.index import Index, Scores
from alliance.search.tokens import LANGUAGES, bare, is_stop_word, stem_token, words

#: Characters of a query that are read; the rest is left out, with a notice.
MAX_LENGTH = 200

# So much of a word is found where only a kind of it is, or what it is a kind of.
KIN_SHARE = np.float32(0.5)
# A record past its date of review: what it says may no longer hold.
STALE_FACTOR = 0.75
# The whole query is the title or name of the record.
EXACT_FACTOR = 2.0
# A solution or method whose name holds the whole query stands above the cases of it.
NAMED_FACTOR = 1.4
# Who asks what works gets it before what is being tried or sought, unless it is asked for by name.
INTENT_FACTOR = 0.3
# A concept counts beyond the words it covers: a phrase says more than its words do one by one.
CONCEPT_SHARE = 0.5
# A case is found, less surely, by what is said of the solution it tried, and a solution by what
# its cases say on average.
FROM_SOLUTION = 0.5
FROM_CASES = 0.5
# Records that find only some terms are hits if those carry this share of the query's weight:
# half where a page is filled with records that find all, less where there are few.
FULL_PAGE = 20
SHARE_WHERE_MANY = 0.5
SHARE_WHERE_FEW = 0.25

# The best hit must have this share of the question, or nothing is about it: of few words; of few
# words beside one that no record has, which is named; of more of them.
FEW_WORDS = 3
LEAST_SHARE = 0.34
#: Below this share a few words are only mentioned.
MENTIONED = 0.4
LEAST_SHARE_BESIDE_UNMATCHED = 0.21
LEAST_SHARE_OF_MANY = 0.2

_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_PIECE = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')
_OPERATORS = frozenset({"AND", "OR", "NOT", "ET", "OU", "OCH", "ELLER"})


@dataclass(frozen=True)
class ParsedText:
    """A query taken apart: all words wanted, phrases that must stand so, and what must not."""

    words: tuple[str | None, ...]
    phrases: tuple[tuple[str, ...], ...]
    excluded: tuple[tuple[str, ...], ...]
    excluded_phrases: tuple[tuple[str, ...], ...]
    was_cut: bool

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.excluded or self.excluded_phrases)


@dataclass(frozen=True)
class Match:
    """The records a text finds.

    hits: which rows. full: which of them find every term that is needed, of those that any record
    has. literal: which have one of the words itself, rather than synonyms alone. score: 0 where not
    hit. is_mentioned: the hits only mention what a few words ask for.
    """

    hits: Mask
    full: Mask
    literal: Mask
    score: Scores
    expansion: Expansion
    is_mentioned: bool = False

    @property
    def whole(self) -> Mask:
        """Which rows have all that was asked for, by synonyms alone only where none has a word of
        it; none where a word of it no record has."""
        if self.expansion.unmatched:
            return self.full & False
        literal = self.full & self.literal
        return literal if literal.any() else self.full


def parse(text: str) -> ParsedText:
    """Words, "phrases" and -exclusions of what a reader typed; never fails."""
    cut = text.strip()
    was_cut = len(cut) > MAX_LENGTH
    if was_cut:
        # A word cut in two is another word.
        head, space, _rest = cut[: MAX_LENGTH + 1].rpartition(" ")
        cut = head if space else cut[:MAX_LENGTH]
    cut = cut.translate(_QUOTES)
    wanted: list[str | None] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    excluded_phrases: list[tuple[str, ...]] = []
    for piece in _PIECE.finditer(cut):
        quoted = piece.group(2)
        minus = piece.group(1) or piece.group(3)
        raw = quoted if quoted is not None else piece.group(4)
        if quoted is None and raw in _OPERATORS:
            continue
        raw_words = words(raw)
        plain = tuple(word for word in raw_words if word is not None)
        if not plain:
            continue
        if minus:
            (excluded if quoted is None else excluded_phrases).append(plain)
            continue
        if quoted is not None and len(plain) > 1:
            phrases.append(plain)
        wanted += raw_words
    return ParsedText(
        tuple(wanted), tuple(phrases), tuple(excluded), tuple(excluded_phrases), was_cut
    )


def _best(index: Index, tokens: Mapping[str, float]) -> Scores:
    best = np.zeros(index.size, np.float32)
    for token, weight in tokens.items():
        rows, weights = index.postings(token)
        if rows.size:
            best[rows] = np.maximum(best[rows], weights * np.float32(weight))
    children, solutions = index.solution_rows
    if children.size:
        own = best.copy()
        np.maximum.at(best, children, own[solutions] * np.float32(FROM_SOLUTION))
        total = np.bincount(solutions, own[children], minlength=index.size)
        mean = total / np.maximum(1, np.bincount(solutions, minlength=index.size))
        np.maximum(best, (FROM_CASES * mean).astype(np.float32), out=best)
    return best


def best_of_terms(index: Index, terms: Sequence[Term], rows: Rows) -> tuple[Scores, Scores]:
    """How telling each term is, and the weight of its best token in each of the rows."""
    telling = np.zeros(len(terms), np.float32)
    best = np.zeros((len(terms), rows.size), np.float32)
    for number, term in enumerate(terms):
        every = _best(index, term.alternatives)
        count = int(np.count_nonzero((every > 0) & index.proven))
        telling[number] = np.float32(term.weight) * idf(index, count)
        best[number] = every[rows]
    return telling, best


def idf(index: Index, count: int) -> np.float32:
    """How telling a term is that `count` of the living records have, intents left out."""
    n = max(count, index.n_proven)
    return np.float32(math.log(1 + (n - count + 0.5) / (count + 0.5)))


def _phrase(index: Index, phrase: Sequence[str], language: str) -> Mask:
    """Rows that hold the phrase in the reader's language or, failing that, in another."""
    for tongue in (language, *(other for other in LANGUAGES if other != language)):
        bares = [bare(word, tongue) for word in phrase]
        tokens = [stem_token(word, tongue) for word in bares if not is_stop_word(word, tongue)]
        mask = index.phrase(tokens)
        if mask.any():
            return mask
    return np.zeros(index.size, bool)


def _excluded(index: Index, parsed: ParsedText, language: str) -> Mask:
    mask = np.zeros(index.size, bool)
    for group in parsed.excluded:
        terms = expand(group, language, index).terms
        if terms:
            mask |= np.logical_and.reduce([_best(index, term.alternatives) > 0 for term in terms])
    for phrase in parsed.excluded_phrases:
        mask |= _phrase(index, phrase, language)
    return mask


def _raise_named(index: Index, parsed: ParsedText, score: Scores, expansion: Expansion) -> None:
    """Multiply the scores of records that the query calls by name, and lower those of intents
    that it does not."""
    text = " ".join(word for word in parsed.words if word is not None)
    exact = {exact_token(text, tongue) for tongue in LANGUAGES} - {None}
    rows = [index.postings(str(token))[0] for token in sorted(str(name) for name in exact)]
    named_whole = np.unique(np.concatenate(rows))
    intents = ~index.proven
    intents[named_whole] = False
    score[intents] *= np.float32(INTENT_FACTOR)
    score[named_whole] *= np.float32(EXACT_FACTOR)
    named: Mask | None = None
    for term in expansion.needed:
        mask = np.zeros(index.size, bool)
        for token in term.alternatives:
            mask[index.postings(f"@{token}")[0]] = True
        named = mask if named is None else named & mask
    if named is not None:
        score[named] *= np.float32(NAMED_FACTOR)


def match(index: Index, parsed: ParsedText, language: str, *, today: int) -> Match:
    """Find records by text. today: the proleptic ordinal of the date that staleness is told by."""
    excluded = _excluded(index, parsed, language)
    allowed = index.alive & ~excluded & ~((index.last_days > 0) & (index.last_days < today))
    if not parsed.words:
        return Match(allowed, allowed, allowed, np.zeros(index.size, np.float32), Expansion())
    expansion = expand(parsed.words, language, index)
    is_mentioned = False
    score = np.zeros(index.size, np.float32)
    carried = np.zeros(index.size, np.float32)
    # What only kinds of the words add: it raises a record, and lets one in where few are found.
    kindred = np.zeros(index.size, np.float32)
    matched = np.zeros(index.size, np.float32)
    literal = np.zeros(index.size, bool)
    full = np.ones(index.size, bool)
    whole = np.float32(0)
    needed = expansion.needed
    for term in expansion.terms:
        best = _best(index, term.alternatives)
        has = best > 0
        telling = np.float32(term.weight) * idf(index, int(np.count_nonzero(has & index.proven)))
        carried += telling * has
        if term.kin:
            kin = _best(index, term.kin)
            kindred += telling * KIN_SHARE * ((kin > 0) & ~has)
            np.maximum(best, kin, out=best)
        score += telling * best
        matched += telling * np.where(has, best, 0)
        if term in needed:
            _mark_literal(index, term, literal)
            full &= has
        whole += telling
    for concept, share in expansion.concepts.items():
        rows, weights = index.postings(f"c:{concept}")
        count = int(np.count_nonzero(index.proven[rows]))
        score[rows] += np.float32(CONCEPT_SHARE * share) * idf(index, count) * weights
    for phrase in parsed.phrases:
        with_phrase = allowed & _phrase(index, phrase, language)
        if with_phrase.any():
            allowed = with_phrase
        else:
            expansion.unmatched.append(" ".join(phrase))
    hits = allowed & (score > 0)
    if expansion.terms:
        cover = carried / whole
        many = np.count_nonzero(full & hits & index.proven) >= FULL_PAGE
        near = cover + kindred / whole
        enough = full | (cover >= np.float32(SHARE_WHERE_MANY if many else SHARE_WHERE_FEW))
        if np.count_nonzero(hits & enough & index.proven) < FULL_PAGE // 2:
            enough |= near >= np.float32(SHARE_WHERE_MANY)
        score *= np.sqrt(near)
        # A question that no record answers by much still finds what is nearest to it.
        hits = hits & enough if (hits & enough).any() else hits
        has_all = len(expansion.terms) > 1 and bool((full & hits).any())
        best_share = matched[hits].max(initial=0) / (whole + _unmatched_weight(index, expansion))
        least = _least_share(expansion)
        is_mentioned = not has_all and least == LEAST_SHARE and best_share < MENTIONED
        if not has_all and best_share < least:
            expansion.unmatched[:] = dict.fromkeys(
                [*expansion.unmatched, *(term.word for term in expansion.terms)]
            )
            hits &= False
        _raise_named(index, parsed, score, expansion)
    else:
        hits &= False
    review: npt.NDArray[np.int32] = index.columns["review_by"]
    score[(review > 0) & (review < today)] *= np.float32(STALE_FACTOR)
    score[~hits] = 0
    return Match(hits, full & hits, literal & hits, score, expansion, is_mentioned)


def _unmatched(expansion: Expansion) -> set[str]:
    """The words that no record has, nor what they are a kind of."""
    return set(expansion.unmatched) - {term.word for term in expansion.terms}


def _unmatched_weight(index: Index, expansion: Expansion) -> np.float32:
    return np.float32(len(_unmatched(expansion))) * idf(index, 0)


def _least_share(expansion: Expansion) -> float:
    """The share of the question that the best hit must have, or nothing is about it.

    0 where all words go with any subject or are named as lacking, and for a sentence or a long
    query of words that are all in some record.
    """
    lacking = set(expansion.unmatched)
    if all(term.is_light or term.word in lacking for term in expansion.terms):
        return 0
    if expansion.is_sentence or len(expansion.terms) > FEW_WORDS:
        return LEAST_SHARE_OF_MANY if _unmatched(expansion) else 0
    return LEAST_SHARE_BESIDE_UNMATCHED if _unmatched(expansion) else LEAST_SHARE


def _mark_literal(index: Index, term: Term, literal: Mask) -> None:
    """Mark the records that have the word itself."""
    for token in term.alternatives:
        if not token.startswith("c:"):
            literal[index.postings(token)[0]] = True


def order(index: Index, rows: npt.NDArray[np.int64], matches: Match) -> npt.NDArray[np.int64]:
    """The rows by relevance: those that find every term, those by synonyms alone after the others,
    then by score, then by kind and id.

    A sentence goes by the score alone: which of its words all stand in one record is chance.
    """
    if matches.expansion.is_sentence:
        return rows[np.lexsort((index.rank[rows], -matches.score[rows]))]
    by_synonym = ~matches.literal[rows]
    keys = (index.rank[rows], -matches.score[rows], by_synonym, ~matches.full[rows])
    return rows[np.lexsort(keys)]
