"""Before-after comparison without a control group, which cannot separate the pilot from other
changes."""

from __future__ import annotations

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NO_INTERVAL,
    NOT_KNOWN,
    Evaluation,
    Floats,
    check_level,
    interval,
    p_value,
)

LABEL = "cannot separate the pilot from what else changed"


def before_after(before: Floats, after: Floats, *, level: float = DEFAULT_LEVEL) -> Evaluation:
    """The mean change of units that were measured both times (paired t).

    Args:
        before: shape (n,), NaN where not measured.
        after: shape (n,), the same units in the same order.
        level: level of the interval.

    Units measured only once are left out and counted (``unpaired``). The warning ``no-comparison``
    always stands, and details carry the label and the highest certainty that this design can have.

    Raises:
        MethodError: ``wrong-shape``, ``unpaired`` where no unit was measured both times,
            ``too-few`` for a single pair, ``bad-parameter``.

    Source: Student 1908.
    """
    check_level(level)
    if before.shape != after.shape or before.ndim != 1:
        raise MethodError("wrong-shape", "there must be one value before and after", "data")
    known_before, known_after = ~np.isnan(before), ~np.isnan(after)
    pairs = known_before & known_after
    if not pairs.any():
        raise MethodError("unpaired", "no unit was measured before and after", "unit")
    n = int(pairs.sum())
    if n < 2:
        raise MethodError("too-few", "one pair shows no spread", "unit")
    change = after[pairs] - before[pairs]
    single = int((known_before ^ known_after).sum())
    warnings = ["no-comparison", *([f"unpaired:{single}"] if single else [])]
    estimate = float(change.mean())
    se = float(change.std(ddof=1) / np.sqrt(n))
    if se <= 1e-14 * max(1.0, float(np.abs(change).max())):
        warnings.append("zero-variance")
        se, ci, p = NOT_KNOWN, NO_INTERVAL, NOT_KNOWN
    else:
        ci, p = interval(estimate, se, level, n - 1), p_value(estimate, se, n - 1)
    details = {
        "label": LABEL,
        "highest_certainty": "low",
        "mean_before": before[pairs].mean(),
        "mean_after": after[pairs].mean(),
        "t": estimate / se,
        "df": n - 1,
        "n_unpaired": single,
    }
    return Evaluation(
        design="before-after",
        estimate=estimate,
        se=se,
        ci=ci,
        p=p,
        n=n,
        details=details,
        warnings=tuple(warnings),
        level=level,
    )
