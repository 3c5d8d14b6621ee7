"""Cross-validation: whether weighting by similarity predicts better than the plain mean.

Each place is left out in turn and predicted from the others, by their plain mean and by
`context.weigh_by_likeness`. Source: Stone 1974 (cross-validatory choice).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector
from alliance.analysis.evidence.context import gower, weigh_by_likeness

#: The distance, out of 1, at which a place has 0.61 of the weight of an identical one.
BANDWIDTH = 0.25
#: Fewer places left out in turn cannot show that similarity predicts.
MIN_COMPARED = 10


@dataclass(frozen=True)
class LeaveOneOut:
    """Errors of both predictions over the ``n_compared`` places for which both exist.

    Errors are root mean squares in the unit of the values, NaN if nothing was compared;
    ``n_refused`` places had too few similar ones.
    """

    k: int
    n_compared: int
    n_refused: int
    plain_error: float
    weighted_error: float

    @property
    def prefers_context(self) -> bool:
        """Whether similarity may be used: enough places, and a smaller error than the plain
        mean."""
        return self.n_compared >= MIN_COMPARED and self.weighted_error < self.plain_error


def leave_one_out(
    values: ArrayLike,
    facts: ArrayLike,
    names: tuple[str, ...],
    *,
    categorical: tuple[str, ...] = (),
    bandwidth: float = BANDWIDTH,
) -> LeaveOneOut:
    """Predict each of k values from the others in both ways.

    Args:
        values: shape (k,), one for each place, all known.
        facts: shape (k, m), NaN if unknown; ``names`` and ``categorical`` as in `gower`.

    Raises:
        MethodError: ``wrong-shape``, ``not-a-number``, ``infinite-value``, ``bad-parameter``.
    """
    y = as_vector(values, "values")
    if not np.isfinite(y).all():
        raise MethodError("not-a-number", "all values must be known", "values")
    x = np.asarray(facts, dtype=float)
    if x.ndim != 2 or len(x) != len(y):
        raise MethodError("wrong-shape", f"facts are {x.shape}", "facts")
    plain: list[float] = []
    weighted: list[float] = []
    for row in range(len(y)):
        others = np.arange(len(y)) != row
        if not others.any():
            continue
        away = gower(x[others], x[row], names, categorical=categorical).distances
        try:
            like = weigh_by_likeness(
                y[others], np.ones(int(others.sum())), away, bandwidth=bandwidth
            )
        except MethodError as error:
            if error.code != "too-few-similar":
                raise
            continue
        plain.append(float(y[others].mean() - y[row]))
        weighted.append(like.estimate - float(y[row]))
    return LeaveOneOut(len(y), len(plain), len(y) - len(plain), _rms(plain), _rms(weighted))


def _rms(errors: list[float]) -> float:
    return math.sqrt(sum(error**2 for error in errors) / len(errors)) if errors else math.nan
