"""Which choice of the method the ranks of a group hang on: Sobol' indices of a release."""

from __future__ import annotations

from typing import Any

from alliance.analysis.composite import Composite
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.sensitivity import sensitivity

FILE = "sensitivity.json"
DECIMALS = 4
#: Base samples: fewer where the figures are many, because each run disturbs all of them.
SAMPLE, SMALL_SAMPLE, MANY_FIGURES = 256, 64, 20_000


def doubts_about(code: str, composite: Composite, errors: Floats, seed: int) -> dict[str, Any]:
    """How far ranks shift from the nominal ones when choices vary, and the share each choice has.

    "factors" hold `first` (alone) and `total` (with all it acts together with) of the variance of
    the mean shift, with a 90 % interval of the total; empty where nothing shifts.
    """
    n = SAMPLE if errors.size <= MANY_FIGURES else SMALL_SAMPLE
    result = sensitivity(composite, n=n, seed=seed, absolute_error=errors)
    names = ("first", "total", "total_low", "total_high")
    return {
        "node": code,
        "mean_rank_shift": round(result.mean, DECIMALS),
        "n_runs": result.n_runs,
        "factors": [
            {"factor": one.factor}
            | {name: round(float(getattr(one, name)), DECIMALS) + 0.0 for name in names}
            for one in result.indices
        ],
    }
