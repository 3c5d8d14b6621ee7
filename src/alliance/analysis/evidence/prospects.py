"""Probabilities of a useful effect in a new place, and the verdict that follows from them."""

import math
from dataclasses import dataclass

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.pooling import Pooled, cumulative
from alliance.analysis.evidence.regression import Prediction
from alliance.analysis.evidence.verdict import LIKELY, UNLIKELY, equivalence, verdict

DIRECTIONS = ("higher-is-better", "lower-is-better")


@dataclass(frozen=True)
class Prospects:
    """Chances in one more place of the kind that was studied; None where nothing can be said.

    ``p_right_direction`` is the chance that the effect there points the useful way, ``p_useful``
    that it is at least the smallest useful one. ``verdict`` is ``likely``, ``uncertain``,
    ``unlikely`` or ``not-enough-evidence``; ``held_by`` is the rule that held it down, empty
    where none did (`alliance.analysis.evidence.verdict`). ``no_useful_effect`` is True where the
    whole prediction interval is smaller than the smallest useful effect, either way. A wide
    interval around 0 shows nothing, and leaves it False. ``equivalence`` says the same with the
    certainty: only ``too-little`` was shown not to do much.
    """

    p_right_direction: float | None
    p_useful: float | None
    verdict: str
    no_useful_effect: bool | None
    warnings: tuple[str, ...]
    held_by: str = ""
    equivalence: str | None = None


def probability_below(pooled: Pooled, threshold: float) -> float | None:
    """The probability that the effect in a new place is below a threshold (unit of the effect).

    From the distribution of the prediction interval, with its degrees of freedom; None without such
    an interval.
    """
    if pooled.prediction_se is None or pooled.prediction_df is None:
        return None
    return _below(pooled.estimate, pooled.prediction_se, pooled.prediction_df, threshold)


def _below(estimate: float, se: float, df: float, threshold: float) -> float:
    if se == 0:
        return 0.5 if threshold == estimate else float(estimate < threshold)
    return cumulative((threshold - estimate) / se, df)


def prospects(
    pooled: Pooled,
    *,
    direction: str,
    smallest_useful: float | None,
    certainty: str | None,
    likely: float = LIKELY,
    unlikely: float = UNLIKELY,
    context: Prediction | None = None,
) -> Prospects:
    """Chances and a verdict, never stronger than the evidence is certain.

    Args:
        pooled: of the studies so far.
        direction: which effects are useful, ``higher-is-better`` or ``lower-is-better``.
        smallest_useful: its size, 0 or more, in the unit of the effect; None if nobody has said,
            which leaves ``p_useful`` unknown and judges the direction alone.
        certainty: one of `GRADES`, or None if not graded. ``very-low`` or None gives
            ``not-enough-evidence``; ``low`` gives ``uncertain`` at most.
        likely, unlikely: cuts on the chance of a useful effect, laid down beforehand.
        context: prediction of a meta-regression for the place; outside of its support the pooled
            figures are used and ``out-of-support`` says so.

    Warnings: ``out-of-support``, ``no-smallest-useful-effect``, ``no-prediction``.

    Raises:
        MethodError: ``unknown-direction``, ``unknown-grade``, ``bad-parameter``.
    """
    if direction not in DIRECTIONS:
        raise MethodError(
            "unknown-direction", f"{direction!r} is none of {', '.join(DIRECTIONS)}", "direction"
        )
    if smallest_useful is not None and not (0 <= smallest_useful < math.inf):
        raise MethodError(
            "bad-parameter", "the smallest useful effect is a size, 0 or more", "smallest_useful"
        )
    nothing_known = verdict(None, certainty, likely=likely, unlikely=unlikely)
    warnings: list[str] = []
    low, high = pooled.prediction_low, pooled.prediction_high
    estimate, se, df = pooled.estimate, pooled.prediction_se, pooled.prediction_df
    if context is not None and not context.supported:
        warnings.append("out-of-support")
    elif context is not None:
        low, high = context.prediction_low, context.prediction_high
        estimate, se, df = context.estimate, context.prediction_se, context.prediction_df
    if smallest_useful is None:
        warnings.append("no-smallest-useful-effect")
    if low is None or high is None or se is None or df is None:
        return Prospects(
            None, None, nothing_known.word, None, (*warnings, "no-prediction"),
            nothing_known.held_by,
        )  # fmt: skip
    towards = 1.0 if direction == "higher-is-better" else -1.0
    right = 1 - _below(towards * estimate, se, df, 0.0)
    useful = (
        None if smallest_useful is None else 1 - _below(towards * estimate, se, df, smallest_useful)
    )
    nothing = (
        None if smallest_useful is None else (-smallest_useful < low and high < smallest_useful)
    )
    word = verdict(right if useful is None else useful, certainty, likely=likely, unlikely=unlikely)
    return Prospects(
        p_right_direction=right,
        p_useful=useful,
        verdict=word.word,
        no_useful_effect=nothing,
        warnings=tuple(warnings),
        held_by=word.held_by,
        equivalence=equivalence(low, high, smallest_useful, certainty),
    )
