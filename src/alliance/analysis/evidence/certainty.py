"""The certainty of a body of evidence: four grades, with the reason and the number of every step.

After the GRADE working group (Guyatt et al. 2011), with fixed thresholds so that the grade is
reproducible. A domain that was not assessed changes nothing and is listed: it is not a pass.
"""

from collections.abc import Callable
from dataclasses import dataclass

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.bias import PublicationBias
from alliance.analysis.evidence.pooling import Pooled

GRADES = ("very-low", "low", "moderate", "high")
#: Study designs with their initial grades.
STARTS = {
    "randomised": "high",
    "difference-in-differences": "low",
    "staggered": "low",
    "interrupted-time-series": "low",
    "synthetic-control": "low",
    "before-after": "low",
    "other": "low",
}
#: May start at moderate if the protocol said so and the checks of the design were met.
MAY_START_MODERATE = frozenset(
    {"difference-in-differences", "staggered", "interrupted-time-series", "synthetic-control"}
)
BIAS_SHARES = (0.25, 0.5)
I2_LIMITS = (50.0, 75.0)
BIAS_P = 0.1


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is known about a body of evidence; None is not known, which is not the same as fine.

    ``design``: the weakest design that carries it, a key of `STARTS`. ``pooled``: its pool.
    ``smallest_useful``: size of the smallest useful effect, in the unit of the effect, 0 or more.
    ``high_risk_share``: share of the weight from studies at high risk of bias, 0..1.
    ``heterogeneity_explained``: whether a moderator fixed beforehand explains the spread.
    ``indirectness``: steps 0, 1 or 2, from how unlike the studied places are to the place asked
    about, with ``indirectness_reason``. ``information_size_met``: whether all studies together
    are as large as one adequate trial. ``publication``: tests for unpublished studies.
    ``checks_met`` and ``moderate_by_protocol``: both needed to start from moderate.
    ``large_effect`` (0, 1 or 2 steps) and ``dose_gradient`` raise evidence that is not
    randomised. ``large_trial``: the only study is a large randomised trial that passes all checks.
    """

    design: str
    pooled: Pooled
    smallest_useful: float | None = None
    high_risk_share: float | None = None
    heterogeneity_explained: bool = False
    indirectness: int | None = None
    indirectness_reason: str = ""
    information_size_met: bool | None = None
    publication: PublicationBias | None = None
    checks_met: bool = False
    moderate_by_protocol: bool = False
    large_effect: int = 0
    dose_gradient: bool = False
    large_trial: bool = False


@dataclass(frozen=True)
class Step:
    """A domain: the number of grades down (negative) or up, the reason as a code, and its figure.

    ``change`` is None if the domain was not assessed.
    """

    domain: str
    change: int | None
    reason: str
    number: float | None = None


@dataclass(frozen=True)
class Certainty:
    """A grade of `GRADES`, its initial grade and its steps; ``caps`` are the rules that limited
    it."""

    grade: str
    start: str
    steps: tuple[Step, ...]
    caps: tuple[str, ...]


def certainty(body: Body) -> Certainty:
    """Grade a body of evidence.

    Down by 0, 1 or 2 each: risk of bias (over 25 or 50 % of the weight at high risk),
    inconsistency (the prediction interval crosses the line of decision where the interval of the
    mean does not, or I² over 50: one; I² over 75: two; I² counts only if unexplained, and not where
    the whole prediction interval lies on one side of the line), indirectness, imprecision (the
    interval crosses the line of decision; the information size is not met: one each), publication
    bias (Egger's p under 0.1: one; filling in the lacking studies changes the conclusion too: two).
    Up, unless randomised: large effect, dose gradient. The line of decision is the smallest useful
    effect on the side of the estimate, 0 if nobody has named one. Never above low: a before-after
    comparison (``uncontrolled``), and a single study (``one-study``) unless it is a large trial
    that passes all checks. Never above moderate: a plain mean (``no-standard-errors``).

    Raises:
        MethodError: ``unknown-design``, ``bad-parameter``.
    """
    _check(body)
    start = STARTS[body.design]
    if body.design in MAY_START_MODERATE and body.checks_met and body.moderate_by_protocol:
        start = "moderate"
    steps = [judge(body) for judge in _DOMAINS]
    if body.design != "randomised":
        if body.large_effect:
            steps.append(Step("large-effect", body.large_effect, "large-effect"))
        if body.dose_gradient:
            steps.append(Step("dose-gradient", 1, "dose-gradient"))
    place = GRADES.index(start) + sum(step.change or 0 for step in steps)
    place = min(max(place, 0), len(GRADES) - 1)
    caps = []
    low, moderate = GRADES.index("low"), GRADES.index("moderate")
    if body.design == "before-after" and place > low:
        place, caps = low, ["uncontrolled"]
    if body.pooled.weighting == "unweighted" and place > moderate:
        place, caps = moderate, ["no-standard-errors"]
    if (
        body.pooled.k == 1
        and not (body.large_trial and body.design == "randomised")
        and place > low
    ):
        place, caps = low, [*caps, "one-study"]
    return Certainty(GRADES[place], start, tuple(steps), tuple(caps))


def _check(body: Body) -> None:
    if body.design not in STARTS:
        raise MethodError(
            "unknown-design", f"{body.design!r} is none of {', '.join(STARTS)}", "design"
        )
    for name, value, is_right in (
        ("smallest_useful", body.smallest_useful, lambda size: size >= 0),
        ("high_risk_share", body.high_risk_share, lambda share: 0 <= share <= 1),
        ("indirectness", body.indirectness, lambda steps: steps in (0, 1, 2)),
        ("large_effect", body.large_effect, lambda steps: steps in (0, 1, 2)),
    ):
        if value is not None and not is_right(value):
            raise MethodError("bad-parameter", f"{value!r} is out of range", name)


def _line(body: Body) -> float:
    """The decision threshold."""
    size = body.smallest_useful or 0.0
    return size if body.pooled.estimate >= 0 else -size


def _crosses(low: float | None, high: float | None, line: float) -> bool | None:
    return None if low is None or high is None else low <= line <= high


def _risk_of_bias(body: Body) -> Step:
    share = body.high_risk_share
    if share is None:
        return Step("risk-of-bias", None, "not-assessed")
    down = sum(share > limit for limit in BIAS_SHARES)
    return Step("risk-of-bias", -down, "share-at-high-risk" if down else "low-risk", share)


def _inconsistency(body: Body) -> Step:
    pooled = body.pooled
    if pooled.k == 1:
        return Step("inconsistency", None, "one-study")
    line = _line(body)
    mean = _crosses(pooled.ci_low, pooled.ci_high, line)
    further = _crosses(pooled.prediction_low, pooled.prediction_high, line)
    i2 = None if pooled.heterogeneity is None else pooled.heterogeneity.i2
    if i2 is None and further is None:
        return Step("inconsistency", None, "not-assessed")
    by_i2 = 0
    # Different places that all lie on one side of the threshold lead to the same decision.
    if i2 is not None and not body.heterogeneity_explained and further is not False:
        by_i2 = sum(i2 > limit for limit in I2_LIMITS)
    by_prediction = int(further is True and mean is False)
    if by_prediction > by_i2:
        bound = pooled.prediction_low if pooled.estimate >= 0 else pooled.prediction_high
        return Step("inconsistency", -1, "prediction-crosses-line", bound)
    return Step("inconsistency", -by_i2, "i2" if by_i2 else "consistent", i2)


def _indirectness(body: Body) -> Step:
    if body.indirectness is None:
        return Step("indirectness", None, "not-assessed")
    return Step("indirectness", -body.indirectness, body.indirectness_reason or "as-judged")


def _imprecision(body: Body) -> Step:
    crossing = _crosses(body.pooled.ci_low, body.pooled.ci_high, _line(body))
    if crossing is None and body.information_size_met is None:
        return Step("imprecision", None, "not-assessed")
    bound = body.pooled.ci_low if body.pooled.estimate >= 0 else body.pooled.ci_high
    too_small = body.information_size_met is False
    if crossing:
        reason = "interval-crosses-line-and-too-small" if too_small else "interval-crosses-line"
        return Step("imprecision", -1 - too_small, reason, bound)
    return Step("imprecision", -int(too_small), "too-small" if too_small else "precise", bound)


def _publication_bias(body: Body) -> Step:
    tests = body.publication
    if tests is None or not tests.assessed or tests.egger is None or tests.trim_fill is None:
        return Step("publication-bias", None, "not-assessed")
    p = tests.egger.p
    if p >= BIAS_P:
        return Step("publication-bias", 0, "no-sign", p)
    line, filled = _line(body), tests.trim_fill.pooled
    before = _crosses(body.pooled.ci_low, body.pooled.ci_high, line)
    if before is False and _crosses(filled.ci_low, filled.ci_high, line):
        return Step("publication-bias", -2, "conclusion-changes-when-filled", p)
    return Step("publication-bias", -1, "small-studies-differ", p)


_DOMAINS: tuple[Callable[[Body], Step], ...] = (
    _risk_of_bias, _inconsistency, _indirectness, _imprecision, _publication_bias,
)  # fmt: skip
