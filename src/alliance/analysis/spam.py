"""Whether a text resembles those that were hidden as spam: naive Bayes on the words of decisions.

Source: multinomial naive Bayes with Laplace smoothing on whether a word occurs (Metsis,
Androutsopoulos and Paliouras 2006, Spam Filtering with Naive Bayes, Boolean attributes).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.errors import MethodError

VERSION = "1"
_LINK = re.compile(r"https?://\S+|www\.\S+")


@dataclass(frozen=True)
class SpamModel:
    """A trained model: the prior log odds of spam, and those that a word adds.

    ``n_spam``, ``n_ham``: the number of training texts of each kind.
    """

    prior: float
    words: Mapping[str, float]
    n_spam: int
    n_ham: int
    version: str = VERSION


def words_of(text: str) -> frozenset[str]:
    """The distinct words of a text, without case and accents; a link is one of them."""
    plain = unicodedata.normalize("NFKD", _LINK.sub(" ://link ", text.casefold()))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return frozenset(re.findall(r"://link|\w+", plain))


def learn(texts: Sequence[str], is_spam: Sequence[bool], *, smoothing: float = 1.0) -> SpamModel:
    """Train the model on texts that people have decided on; their order does not matter.

    Raises:
        MethodError: ``wrong-shape`` if the two differ in length, ``no-data`` without a text of each
            kind, ``bad-parameter`` for a smoothing that is not above 0.
    """
    if len(texts) != len(is_spam):
        raise MethodError("wrong-shape", f"{len(texts)} texts, {len(is_spam)} marks", "is_spam")
    if not smoothing > 0:
        raise MethodError("bad-parameter", f"{smoothing} is not above 0", "smoothing")
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    n = Counter(map(bool, is_spam))
    if not (n[True] and n[False]):
        raise MethodError("no-data", "texts of one kind only", "is_spam")
    for text, mark in zip(texts, is_spam, strict=True):
        counts[bool(mark)].update(words_of(text))
    known = counts[True].keys() | counts[False].keys()
    total = {kind: sum(counts[kind].values()) + smoothing * len(known) for kind in (True, False)}
    words = {
        word: math.log((counts[True][word] + smoothing) / total[True])
        - math.log((counts[False][word] + smoothing) / total[False])
        for word in sorted(known)
    }
    return SpamModel(math.log(n[True] / n[False]), words, n[True], n[False])


def score(model: SpamModel, text: str) -> float:
    """The probability that a text is spam, 0 to 1; unknown words are ignored."""
    odds = model.prior + math.fsum(model.words.get(word, 0.0) for word in words_of(text))
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, odds))))
