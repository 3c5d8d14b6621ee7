"""The mean of equally weighted values, with a confidence and a prediction interval.

Source: G. J. Hahn and W. Q. Meeker, Statistical Intervals, chapters 3 and 4 (normal sample:
interval for the mean, prediction interval for one future observation).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from alliance.analysis.errors import MethodError


@dataclass(frozen=True)
class PlainMean:
    """The mean of ``df`` + 1 values, all figures in their unit.

    ``sd`` is the standard deviation over the values (divisor k - 1). ``ci_*`` bounds the mean,
    ``pi_*`` one more value of the same kind; ``se`` and ``prediction_se`` are the standard errors
    behind them.
    """

    mean: float
    sd: float
    df: int
    se: float
    ci_low: float
    ci_high: float
    prediction_se: float
    pi_low: float
    pi_high: float


def _mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (divisor k - 1), exact 0 for equal values."""
    if min(values) == max(values):
        return values[0], 0.0
    mean = math.fsum(value / len(values) for value in values)
    deviations = [value - mean for value in values]
    # Squares of the raw deviations could under- or overflow; squares of ratios cannot.
    scale = max(abs(deviation) for deviation in deviations)
    squares = math.fsum((deviation / scale) ** 2 for deviation in deviations)
    return mean, scale * math.sqrt(squares / (len(values) - 1))


def plain_mean(values: Sequence[float], level: float = 0.95, where: str = "effects") -> PlainMean:
    """The mean of two values or more, with intervals at ``level`` (between 0 and 1).

    ``where`` is the name of the values in an error.

    With s the standard deviation, t the quantile of Student's distribution with k - 1 degrees of
    freedom: mean ± t s / sqrt(k), and mean ± t s sqrt(1 + 1/k) for one more value.

    Raises:
        MethodError: ``overflow`` where the values are too far apart to compute.
    """
    k = len(values)
    mean, sd = _mean_and_sd(values)
    t = float(stdtrit(k - 1, (1 + level) / 2))
    se, prediction_se = sd / math.sqrt(k), sd * math.sqrt(1 + 1 / k)
    result = PlainMean(
        mean=mean,
        sd=sd,
        df=k - 1,
        se=se,
        ci_low=mean - t * se,
        ci_high=mean + t * se,
        prediction_se=prediction_se,
        pi_low=mean - t * prediction_se,
        pi_high=mean + t * prediction_se,
    )
    # The prediction interval is the widest: where it is finite, all is.
    if not (math.isfinite(result.pi_low) and math.isfinite(result.pi_high)):
        raise MethodError("overflow", "the values are too far apart to compute", where)
    return result
