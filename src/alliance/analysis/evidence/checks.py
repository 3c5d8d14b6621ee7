"""Validation of the input that all methods share."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.linear import Floats


def as_vector(values: ArrayLike, name: str, length: int | None = None) -> Floats:
    """A float array of one dimension.

    Raises:
        MethodError: ``not-a-number``, ``wrong-shape``.
    """
    try:
        vector = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("not-a-number", "all values must be numbers", name) from None
    if vector.ndim != 1:
        raise MethodError("wrong-shape", f"{vector.ndim} dimensions instead of 1", name)
    if length is not None and len(vector) != length:
        raise MethodError("wrong-shape", f"{len(vector)} values instead of {length}", name)
    return vector


def check_level(level: float) -> None:
    """Raise ``bad-level`` for a level outside of 0 to 1."""
    if not 0 < level < 1:
        raise MethodError("bad-level", "the level lies between 0 and 1", "level")


def check_estimates(y: Floats, name: str = "estimates") -> None:
    """Raise ``infinite-value`` for infinite estimates; NaN is missing and allowed."""
    infinite = np.flatnonzero(np.isinf(y))
    if infinite.size:
        raise MethodError(
            "infinite-value", "an effect must be a finite number", f"{name}[{infinite[0]}]"
        )


def check_variances(v: Floats, name: str = "variances") -> None:
    """Raise ``bad-variance``, with the row, for variances that are not positive finite numbers."""
    bad = np.flatnonzero(~(np.isfinite(v) & (v > 0)))
    if bad.size:
        raise MethodError(
            "bad-variance",
            f"a variance is a finite number above 0, not {v[bad[0]]:g}",
            f"{name}[{bad[0]}]",
        )


def check_range(y: Floats, v: Floats) -> None:
    """Raise ``overflow`` for figures whose squares and cubes could not be computed."""
    if len(y) and (np.abs(y).max() > 1e50 or v.min() < 1e-100 or v.max() > 1e100):
        raise MethodError("overflow", "the values are too far apart to compute", "estimates")


def check_distinct(studies: Sequence[str]) -> None:
    """Raise ``dependent`` for a repeated study.

    Two effects of one study share people, season and method, so they are not independent.
    `combine_dependent` combines them.
    """
    seen: dict[str, int] = {}
    for row, study in enumerate(studies):
        if study in seen:
            raise MethodError(
                "dependent",
                f"study {study!r} is there twice; combine its effects into one first",
                f"studies[{seen[study]}] and studies[{row}]",
            )
        seen[study] = row


def check_same(values: Sequence[str], code: str, name: str) -> None:
    """Raise ``code`` for mixed values: ``unit-mix`` for units, ``sign-mix`` for directions."""
    for row, value in enumerate(values):
        if value != values[0]:
            raise MethodError(code, f"{value!r} does not go with {values[0]!r}", f"{name}[{row}]")
