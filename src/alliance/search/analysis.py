"""What the index keeps of a document: weighted tokens, and the sequence of stems for phrases.

The weight of a token is the saturated term frequency of BM25F (Robertson and Zaragoza 2009): the
frequencies of the fields, each divided by its own length norm and multiplied by its boost, are
summed before saturation. Lengths are compared with fixed typical lengths and not with the average
of the index, so that a document weighs the same whatever else lies beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from alliance.core.documents import Document
from alliance.search.compounds import split_by_glossary
from alliance.search.glossary import Glossary, glossary
from alliance.search.labels import index_words
from alliance.search.tokens import bare, fold, folded_tokens, is_stop_word, stem_token, words

#: Saturation: how soon a further mention of a word stops to count.
K1 = 1.2
#: Weights are kept as whole numbers up to this, which stands for 1.
SCALE = 65_535
PHRASE_BREAK = "|"

# A token that stands for what the text says in other words weighs less than the word itself.
COMPOUND_PART = 0.6
ACCENT_LEFT_OUT = 0.7
# A cycle path network speaks of cycle paths.
INNER_CONCEPT = 0.6

#: Kinds whose titles and names are things that a query may name, such as "superblocks".
NAMED_KINDS = frozenset({"solution", "method"})
#: Kinds whose names are their own; the names of a case are those of its solution and place.
OWN_NAMES = frozenset({"solution", "method", "indicator", "city", "organisation"})


@dataclass(frozen=True)
class FieldWeight:
    boost: float
    typical_length: int
    length_norm: float


FIELDS = {
    "title": FieldWeight(3.0, 7, 0.3),
    "names": FieldWeight(2.5, 5, 0.3),
    "summary": FieldWeight(1.5, 35, 0.5),
    "body": FieldWeight(0.5, 90, 0.6),
    "labels": FieldWeight(0.5, 8, 0.3),
}


@dataclass
class _Text:
    """The counted tokens of one text in one language."""

    counts: Counter[str] = field(default_factory=Counter)
    length: int = 0
    sequence: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Analysed:
    """Tokens of a document with weights 1 to SCALE, and its stems in order with phrase breaks."""

    weights: dict[str, int]
    sequence: tuple[str, ...]


def _count(text: str, language: str, glossary_: Glossary, *, named: bool = False) -> _Text:
    result = _Text()
    text_words = words(text)
    bares = [None if word is None else bare(word, language) for word in text_words]
    tokens = [None if word is None else stem_token(word, language) for word in bares]
    small = [word is not None and is_stop_word(word, language) for word in bares]
    counts = result.counts
    for span in glossary_.spans(tokens, small, language):
        for concept in span.concepts:
            counts[f"c:{concept}"] += 1
        for concept in glossary_.inside(tokens, small, span, language):
            counts[f"c:{concept}"] += INNER_CONCEPT  # type: ignore[assignment]
    for place, (word, token) in enumerate(zip(bares, tokens, strict=True)):
        if word is None or token is None:
            result.sequence.append(PHRASE_BREAK)
            continue
        if small[place]:
            continue
        result.length += 1
        result.sequence.append(token)
        counts[token] += 1
        counts[f"w:{word}"] += 1
        for variant in folded_tokens(word, language):
            counts[variant] += ACCENT_LEFT_OUT  # type: ignore[assignment]
        if named:
            counts[f"n:{fold(word)}"] += 1
        if language == "sv":
            parts = split_by_glossary(word)
            for part in parts:
                counts[part] += COMPOUND_PART  # type: ignore[assignment]
            for span in glossary_.spans(parts, [False] * len(parts), language):
                for concept in span.concepts:
                    counts[f"c:{concept}"] += INNER_CONCEPT  # type: ignore[assignment]
    return result


def _widest(texts: Iterable[_Text]) -> _Text:
    """One text out of several that say the same: each token counts as in the text that has most."""
    result = _Text()
    for text in texts:
        result.length = max(result.length, text.length)
        for token, count in text.counts.items():
            result.counts[token] = max(result.counts[token], count)
    return result


def exact_token(text: str, language: str) -> str | None:
    """The token of a whole title or name: equal for all inflections of the same words."""
    stems = [stem for _place, stem in _telling_stems(words(text), language)]
    return _exact(stems, language) if stems else None


def exact_tokens_in(
    text_words: Sequence[str | None], language: str, longest: int
) -> Iterator[tuple[str, int, int]]:
    """The tokens of all titles and names of at most `longest` telling words that a text holds, and
    the places of the words that each one stands at: from, and up to, not including."""
    telling = _telling_stems(text_words, language)
    for start in range(len(telling)):
        for end in range(start + 1, min(start + longest, len(telling)) + 1):
            stems = [stem for _place, stem in telling[start:end]]
            yield _exact(stems, language), telling[start][0], telling[end - 1][0] + 1


def _exact(stems: list[str], language: str) -> str:
    return f"={language}:{'_'.join(stems)}"


def _telling_stems(text_words: Iterable[str | None], language: str) -> list[tuple[int, str]]:
    """The stems of the words that carry meaning, each with the place of its word."""
    return [
        (place, stem_token(word, language).partition(":")[2])
        for place, word in enumerate(bare(word or "", language) for word in text_words)
        if word and not is_stop_word(word, language)
    ]


@lru_cache(maxsize=2_000)
def name_tokens(name: str, language: str) -> frozenset[str]:
    """The stems, parts of compounds and concepts of a name."""
    counts = _count(name, language, glossary()).counts
    return frozenset(token for token in counts if not token.startswith("w:"))


def analyse(document: Document) -> Analysed:
    """The tokens of a document; depends on nothing but the document and the glossary."""
    words_of = glossary()
    language = document.language
    title = _count(document.title, language, words_of)
    summary = _count(document.summary, language, words_of)
    body = _count(document.body, language, words_of)
    names = {
        tongue: [_count(name, tongue, words_of, named=True) for name in tongue_names]
        for tongue, tongue_names in document.names.items()
    }
    # The forms of the body are left out: they would double the index and rank nothing.
    for token in [token for token in body.counts if token.startswith("w:")]:
        del body.counts[token]
    labels = _widest(
        _count(text, tongue, words_of) for tongue, text in index_words(document.facets)
    )
    fields = {
        "title": title,
        "names": _widest(text for texts in names.values() for text in texts),
        "summary": summary,
        "body": body,
        "labels": labels,
    }
    frequency: dict[str, float] = {}
    for name, text in fields.items():
        weight = FIELDS[name]
        norm = 1 - weight.length_norm + weight.length_norm * text.length / weight.typical_length
        for token, count in text.counts.items():
            frequency[token] = frequency.get(token, 0.0) + weight.boost * count / norm
    weights = {
        token: max(1, round(SCALE * value / (K1 + value))) for token, value in frequency.items()
    }
    weights |= dict.fromkeys(_whole_tokens(document, title, names), SCALE)
    sequence: list[str] = []
    for text in (title, *names.get(language, ()), summary, body):
        sequence += [*text.sequence, PHRASE_BREAK]
    return Analysed(weights, tuple(sequence))


def _whole_tokens(document: Document, title: _Text, names: dict[str, list[_Text]]) -> Iterable[str]:
    """Tokens that say what the record is called: the whole name, and each word of it."""
    titles = [(document.language, document.title)]
    if document.kind in OWN_NAMES:
        titles += [
            (tongue, name)
            for tongue, tongue_names in document.names.items()
            for name in tongue_names
        ]
    for tongue, name in titles:
        token = exact_token(name, tongue)
        if token is not None:
            yield token
    if document.kind in NAMED_KINDS:
        for text in [title, *(text for texts in names.values() for text in texts)]:
            for token in text.counts:
                yield f"@{token}"
