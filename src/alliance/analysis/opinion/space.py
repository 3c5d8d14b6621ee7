"""The positions of people and statements: two principal components of the votes.

A missing vote counts as the mean of its statement. After imputation and centring, the matrix is
zero for missing votes, so its components depend on the votes alone.

Source: Small et al. 2021, Polis: scaling deliberation by mapping high dimensional opinion spaces;
projections are scaled by the share of statements a person voted on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from alliance.analysis.opinion.votes import Flags, Floats, Votes

#: People with fewer votes have a position, but no group.
MIN_VOTES = 7
#: If fewer people than this have enough votes, the most active others are included.
MIN_PEOPLE = 15


@dataclass(frozen=True)
class Space:
    """Places of n people and c statements in two dimensions.

    ``components``: 2 x c, each of length 1 (0 where there is none); the largest value of each is
    positive. ``positions``: n x 2. ``extremity``: c, how far from the centre a person would stand
    who only agreed with this one. ``active``: n, whose opinions are grouped.
    """

    components: Floats
    positions: Floats
    extremity: Floats
    active: Flags


def space(votes: Votes) -> Space:
    """The principal components of the votes, and the positions of people and statements."""
    n, c = votes.values.shape
    silent, columns = votes.silent, votes.columns.astype(np.intp)
    seen = np.bincount(columns, minlength=c)
    sums = np.bincount(columns, weights=votes.values.data, minlength=c)
    means = np.where(silent, 0.0, sums / np.maximum(seen, 1))
    centred = votes.values.data - means[columns]
    if silent.any():
        centred[silent[columns]] = 0
    matrix = sparse.csr_array((centred, votes.columns, votes.values.indptr), shape=(n, c))
    components = _components(matrix)

    voted = int((seen > 0).sum())
    own = np.diff(votes.values.indptr)
    heard = matrix_counts(votes) + int((silent & (seen > 0)).sum())
    scale = np.sqrt(voted / np.maximum(heard, 1))
    positions = (matrix @ components.T) * scale[:, None]
    extremity = np.sqrt(voted) * np.abs(1 - means) * np.hypot(*components)
    return Space(components, positions, extremity, _active(own, voted))


def matrix_counts(votes: Votes) -> np.ndarray:
    """The number of statements, without silent ones, that each person voted on."""
    if not votes.silent.any():
        return np.diff(votes.values.indptr)
    loud = np.concatenate(([0], np.cumsum(~votes.silent[votes.columns])))
    return np.diff(loud[votes.values.indptr])


def _components(matrix: sparse.csr_array) -> Floats:
    """The first two right singular vectors, 2 x c."""
    c = matrix.shape[1]
    components = np.zeros((2, c))
    if not matrix.data.any():
        return components
    if c <= 64:
        values, vectors = np.linalg.eigh((matrix.T @ matrix).toarray())
    else:
        # Transposed as a view: copying it takes as long as twenty products.
        turned = matrix.T
        square = LinearOperator((c, c), matvec=lambda x: turned @ (matrix @ x), dtype=np.float64)
        values, vectors = eigsh(square, k=2, v0=np.ones(c) + np.arange(c) / c, ncv=min(c, 24))
    order = np.argsort(values)[::-1][:2]
    for place, at in enumerate(order):
        if values[at] > 1e-12 * values[order[0]]:
            vector = vectors[:, at]
            components[place] = vector * (1 if vector[np.argmax(np.abs(vector))] > 0 else -1)
    # Statements that are silent or without votes are exactly at the centre.
    components[:, np.bincount(matrix.indices, weights=matrix.data != 0, minlength=c) == 0] = 0
    return components


def _active(own: np.ndarray, voted: int) -> Flags:
    active: Flags = own >= min(MIN_VOTES, voted)
    if active.sum() < MIN_PEOPLE:
        active[np.argsort(-own, kind="stable")[:MIN_PEOPLE]] = True
    return active
