"""Does likeness predict? The mean of like places held against the plain mean, place by place.

Each place is left out in turn and predicted from the others, once by their plain mean and once by
`context.weigh_by_likeness`. Source: Stone 1974 (cross-validatory choice).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector
from alliance.analysis.evidence.context import gower, weigh_by_likeness

#: Distance at which a place counts 0.61 of one that is just alike, of a greatest distance of 1.
BANDWIDTH = 0.25
#: Fewer places left out in turn cannot show that likeness predicts.
MIN_COMPARED = 10


@dataclass(frozen=True)
class LeaveOneOut:
    """Errors of both ways over the ``n_compared`` places that both could predict.

    Errors are root mean squares in the unit of the values, NaN where nothing was compared;
    ``n_refused`` places were worth too little likeness to be predicted by it.
    """

    k: int
    n_compared: int
    n_refused: int
    plain_error: float
    weighted_error: float

    @property
    def prefers_context(self) -> bool:
        """Whether likeness may be used: enough places, and a smaller error than the plain mean."""
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
        values: shape (k,), one a place, all known.
        facts: shape (k, m), NaN where not known; ``names`` and ``categorical`` as in `gower`.

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
