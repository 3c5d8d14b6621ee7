"""Groups similar texts by the parts of words that they share, without a model or dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from alliance.analysis.errors import MethodError

METHOD: Final = "average linkage on cosine of tf-idf of letter groups"
VERSION: Final = 1
#: Length of letter groups: inflections and compounds of a word share most of them.
LETTERS: Final = 4
#: Two groups are merged if the mean similarity of their texts is at least this, 0 to 1.
ALIKE: Final = 0.15
#: The distances of all pairs are in memory at once.
MOST: Final = 3_000


def _letters(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(
        r"\w+", "".join(character for character in plain if not unicodedata.combining(character))
    )
    pieces = []
    for word in words:
        # Short words join sentences and do not indicate the subject.
        if len(word) >= LETTERS:
            pieces += [word[at : at + LETTERS] for at in range(len(word) - LETTERS + 1)]
    return pieces


def _unit(texts: Sequence[str]) -> csr_array:
    """The tf-idf of the letter groups of each text, rows of length 1, or 0 without any."""
    n = len(texts)
    places: dict[str, int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        for part in _letters(text):
            rows.append(row)
            columns.append(places.setdefault(part, len(places)))
    counts = csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(n, max(len(places), 1)), dtype=float
    )
    counts.sum_duplicates()
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    counts.data = np.log1p(counts.data)
    weighted = counts * (np.log((1 + n) / (1 + holding)) + 1)
    length = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros(n), where=length > 0)
    return csr_array(csr_array(weighted) * scale[:, None])


def group_texts(
    texts: Sequence[str],
    *,
    alike: float = ALIKE,
    vectors: NDArray[np.floating[Any]] | None = None,
) -> NDArray[np.intp]:
    """The group of each text, from 0, the largest group first; a text unlike all others is alone.

    The groups do not depend on the order of the texts. `alike`: minimum mean cosine, 0 to 1.
    `vectors`: embeddings of the texts, of any dimension, compared instead of the words. Texts
    without words of four letters are alone. Raises MethodError `too-many-texts` above `MOST`,
    `wrong-shape` for another number of vectors.

    Source: average linkage (Sokal and Michener 1958) on tf-idf with smoothed idf, rows of length 1.
    """
    n = len(texts)
    if n > MOST:
        raise MethodError("too-many-texts", f"{n} texts, at most {MOST}", "texts")
    if n < 2:
        return np.zeros(n, dtype=np.intp)
    order = sorted(range(n), key=lambda place: texts[place])
    if vectors is None:
        unit: Any = _unit([texts[place] for place in order])
        cosine = (unit @ unit.T).toarray()
    else:
        if vectors.shape[0] != n:
            raise MethodError("wrong-shape", f"{vectors.shape[0]} vectors of {n} texts", "vectors")
        unit = np.asarray(vectors, float)[order]
        length = np.linalg.norm(unit, axis=1, keepdims=True)
        unit = np.divide(unit, length, out=np.zeros_like(unit), where=length > 0)
        cosine = unit @ unit.T
    distance = 1 - np.clip(cosine, 0, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), method="average")
    clusters = fcluster(tree, t=1 - alike, criterion="distance")
    labels = np.empty(n, dtype=np.intp)
    labels[order] = clusters
    # By size, then by the first text, so that the numbers do not depend on the order.
    first = {
        int(label): min(texts[int(at)] for at in np.flatnonzero(labels == label))
        for label in set(clusters)
    }
    sizes = {label: int((labels == label).sum()) for label in first}
    ranked = sorted(first, key=lambda label: (-sizes[label], first[label]))
    rank = {label: place for place, label in enumerate(ranked)}
    return np.array([rank[int(label)] for label in labels], dtype=np.intp)
