"""The verdict of a solution: one of six, by a published rule, with the line of the rule that
applied.

Verdicts are based on measured results and on failures; an unmeasured claim does not count. The rule
and its reasons: docs/explanation/verdicts.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scipy.special import betainc, betaincinv

from alliance.analysis.effect_spread import (
    COMPARISON_DESIGNS,
    DIRECTIONS,
    MEASURED_DESIGNS,
    PlaceEffect,
    select_per_place,
    standard_error,
    validate,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.certainty import BIAS_SHARES, GRADES, I2_LIMITS
from alliance.analysis.evidence.outlook import pool_places
from alliance.analysis.evidence.pooling import Pooled
from alliance.analysis.place_agreement import MIN_PLACES, says_something

VERSION = "2"

WORKS, PROBABLY, MIXED = "works", "probably-works", "mixed"
NOT_ENOUGH, PROBABLY_NOT, HARM = (
    "not-enough-evidence", "probably-does-not-work", "does-harm",
)  # fmt: skip
#: The rank of a verdict. The two in the middle cannot be compared.
RANK = {WORKS: 4, PROBABLY: 3, MIXED: 2, NOT_ENOUGH: 2, PROBABLY_NOT: 1, HARM: 0}
VERDICTS = tuple(RANK)

OUTCOMES = {"worked": 1.0, "reported": 0.5, "mixed": 0.5, "did-not-work": 0.0}
#: The bodies of evidence with their designs, the strongest first.
BODIES = {
    "randomised": frozenset({"rct"}),
    "compared": COMPARISON_DESIGNS,
    "measured": MEASURED_DESIGNS,
}
#: Many weak results count as strong from this number of measured places on.
MANY_PLACES = 5
#: The signal of a pool that rules out any change that would matter.
TOO_LITTLE = "null"


@dataclass(frozen=True)
class Limits:
    """The probabilities and the share at which lines of the rule apply."""

    support: float = 0.80
    works: float = 0.95
    directions: float = 0.95
    fails: float = 0.05
    harm: float = 0.95
    trade_off: float = 0.20


#: The limits for keeping the previous verdict.
EASED: Mapping[str, Limits] = {
    WORKS: Limits(works=0.90),
    PROBABLY: Limits(support=0.75, directions=0.90),
    MIXED: Limits(trade_off=0.15),
    PROBABLY_NOT: Limits(fails=0.10),
    HARM: Limits(harm=0.90),
}


@dataclass(frozen=True)
class VerdictCase:
    """A case: its outcome, and its effects of any measure.

    ``outcome`` is a key of `OUTCOMES`; ``equity_harm`` is ``open``, ``mitigated`` or empty.
    """

    id: str
    place: str
    outcome: str
    reasons: tuple[str, ...] = ()
    equity_harm: str = ""
    effects: tuple[PlaceEffect, ...] = ()

    @property
    def measured(self) -> tuple[PlaceEffect, ...]:
        """Its effects that were measured and count, including those reported as no difference."""
        return tuple(
            effect
            for effect in self.effects
            if effect.design in MEASURED_DESIGNS and says_something(effect) and not effect.excluded
        )

    @property
    def counts(self) -> bool:
        """Whether it counts: a failure always does, a success only if it was measured."""
        return bool(self.measured) or self.outcome == "did-not-work"

    @property
    def has_harm(self) -> bool:
        """Whether it reports harm to a group."""
        return "harm" in self.reasons or bool(self.equity_harm)


@dataclass(frozen=True)
class Previous:
    """The previous verdict, its cases, and whether one of them was edited since."""

    verdict: str
    cases: frozenset[str]
    edited: bool = False


@dataclass(frozen=True)
class EvidenceBody:
    """A pool of main effects; figures in the unit and with the sign of the effects.

    ``signal``: 2 and 1 where the prediction interval, or that of the mean, lies wholly on the
    useful side, -2 and -1 on the harmful one, `TOO_LITTLE`, else 0. ``steps`` take the certainty
    down; ``caps`` say what held it down.
    """

    body: str
    k: int
    estimate: float
    ci: tuple[float, float]
    prediction_interval: tuple[float, float]
    certainty: str
    steps: Mapping[str, int]
    caps: tuple[str, ...]
    weighting: str
    signal: int | str

    @property
    def strength(self) -> int:
        """The signal as a number; a body that rules out any change that matters has no
        direction."""
        return self.signal if isinstance(self.signal, int) else 0

    def at_least(self, grade: str) -> bool:
        """Whether its certainty is at least ``grade``."""
        return GRADES.index(self.certainty) >= GRADES.index(grade)


@dataclass(frozen=True, kw_only=True)
class SolutionVerdict:
    """A word of `VERDICTS` and what it rests on.

    ``by_rule`` is what the rule alone gives, ``line`` its line, ``held_by`` why another stands:
    ``hysteresis``, ``only-good-news``, ``only-failures``. ``score`` of ``places`` worked, each
    between 0 and 1. Probabilities are None without places or votes. ``measured_any`` places
    measured anything, in ``compared_any`` of them by comparison; ``measured_places`` measured the
    main measure and went ``favourable`` or ``unfavourable``.
    """

    verdict: str
    by_rule: str
    held_by: str
    line: int
    because: tuple[str, ...]
    places: int
    score: float
    share_worked_interval: tuple[float, float] | None
    q_outcomes: float | None
    measured_any: int
    compared_any: int
    measured_places: int
    favourable: int
    unfavourable: int
    q_directions: float | None
    harm_places: int
    q_harm: float | None
    reported_only: int
    body: EvidenceBody | None
    flags: tuple[str, ...]
    version: str = VERSION

    @property
    def rank(self) -> int:
        """The rank of the verdict, 0 to 4."""
        return RANK[self.verdict]


def as_values(record: SolutionVerdict | VerdictCase) -> dict[str, Any]:
    """A verdict or a case as JSON values: tuples become lists, non-finite numbers None."""
    values = asdict(record) | ({"rank": record.rank} if isinstance(record, SolutionVerdict) else {})
    plain: dict[str, Any] = json.loads(json.dumps(values), parse_constant=lambda _word: None)
    return plain


def majority(score: float, n: int) -> float | None:
    """Probability that the share behind ``score`` of ``n`` is over a half (Beta, Jeffreys)."""
    return float(1 - betainc(score + 0.5, n - score + 0.5, 0.5)) if n else None


def solution_verdict(
    cases: Sequence[VerdictCase],
    *,
    measure: str,
    direction: str,
    smallest_useful: float | None = None,
    main_by_default: bool = False,
    previous: Previous | None = None,
) -> SolutionVerdict:
    """The word for a solution, as its main measure and the outcomes of its cases give it.

    Args:
        cases: in the order of their listing; of several results of a place, the one that speaks
            is chosen by `alliance.analysis.effect_spread.select_per_place`.
        measure: the main measure; effects of others count as measured alone.
        direction: what counts as better for it, one of `DIRECTIONS`.
        smallest_useful: size of the smallest useful change, 0 or more; None: nobody said.
        main_by_default: nobody chose the measure, so that a pool which goes the wrong way is no
            harm yet: it may be that of a side effect.
        previous: the word that stood; without it the rule alone speaks.

    Raises:
        MethodError: ``unknown-outcome``, ``unknown-direction``, ``missing-place``,
            ``duplicate-case``, ``bad-variance``, ``bad-parameter``, ``bad-previous``, or as
            `alliance.analysis.effect_spread.validate`.
    """
    _check(cases, direction, smallest_useful, previous)
    facts = _facts(cases, measure, direction, smallest_useful or 0.0)
    by_rule, line, because = _rule(facts, Limits(), main_by_default)
    word, held_by = by_rule, ""
    if previous is not None and previous.verdict != by_rule:
        word, held_by, held_because = _held(facts, previous, by_rule, main_by_default)
        because = held_because or because
    flags = [
        f"{name}:{n}"
        for name, n in (
            ("reported-only", facts.reported_only),
            ("harm-reported", facts.h),
            ("equity-harm-open", facts.open_harm),
        )
        if n
    ]
    if main_by_default:
        flags.append("main-measure-by-default")
    return SolutionVerdict(
        verdict=word,
        by_rule=by_rule,
        held_by=held_by,
        line=line,
        because=because,
        places=facts.n,
        score=facts.s,
        share_worked_interval=(
            float(betaincinv(facts.s + 0.5, facts.n - facts.s + 0.5, 0.05)),
            float(betaincinv(facts.s + 0.5, facts.n - facts.s + 0.5, 0.95)),
        )
        if facts.n
        else None,
        q_outcomes=facts.q_a,
        measured_any=facts.m,
        compared_any=facts.c,
        measured_places=facts.k_d,
        favourable=facts.f,
        unfavourable=facts.against,
        q_directions=facts.q_d,
        harm_places=facts.h,
        q_harm=facts.q_h,
        reported_only=facts.reported_only,
        body=facts.body,
        flags=tuple(flags),
    )


def _check(
    cases: Sequence[VerdictCase],
    direction: str,
    smallest_useful: float | None,
    previous: Previous | None,
) -> None:
    if direction not in DIRECTIONS:
        raise MethodError(
            "unknown-direction", f"{direction!r} is none of {', '.join(DIRECTIONS)}", "direction"
        )
    if smallest_useful is not None and not 0 <= smallest_useful < math.inf:
        raise MethodError("bad-parameter", "a size, 0 or more", "smallest_useful")
    if previous is not None and previous.verdict not in RANK:
        raise MethodError(
            "bad-previous", f"{previous.verdict!r} is none of {', '.join(RANK)}", "previous"
        )
    seen: set[str] = set()
    for at, case in enumerate(cases):
        where = f"cases[{at}]"
        if not case.place.strip():
            raise MethodError("missing-place", "a case must name its place", f"{where}.place")
        if case.outcome not in OUTCOMES:
            raise MethodError(
                "unknown-outcome",
                f"{case.outcome!r} is none of {', '.join(OUTCOMES)}",
                f"{where}.outcome",
            )
        if case.id in seen:
            raise MethodError("duplicate-case", f"{case.id!r} comes twice", f"{where}.id")
        seen.add(case.id)
        for row, effect in enumerate(case.effects):
            if effect.se is not None and not effect.se > 0:
                raise MethodError(
                    "bad-variance", "a standard error is above 0", f"{where}.effects[{row}].se"
                )
        validate(case.effects, f"{where}.effects")


@dataclass(frozen=True)
class _Facts:
    """The inputs of the rule, by the letters of the method."""

    cases: Sequence[VerdictCase]
    measure: str
    useful: float
    sign: int
    scores: Mapping[str, float]
    harmed: frozenset[str]
    open_harm: int
    reported_only: int
    m: int
    c: int
    votes: tuple[PlaceEffect, ...]
    body: EvidenceBody | None
    #: The signal of the main effects with a standard error; None with fewer than three.
    precise: int | None

    @property
    def n(self) -> int:
        return len(self.scores)

    @property
    def s(self) -> float:
        return sum(self.scores.values())

    @property
    def h(self) -> int:
        return len(self.harmed)

    @property
    def k_d(self) -> int:
        return len(self.votes)

    @property
    def f(self) -> int:
        return sum(map(self.is_favourable, self.votes))

    @property
    def against(self) -> int:
        turned = [self.sign * (vote.value or 0.0) for vote in self.votes]
        return sum(u <= -self.useful if self.useful else u < 0 for u in turned)

    @property
    def q_a(self) -> float | None:
        return majority(self.s, self.n)

    @property
    def q_d(self) -> float | None:
        return majority(self.f, self.k_d)

    @property
    def q_h(self) -> float | None:
        return majority(self.h, self.n)

    def is_favourable(self, effect: PlaceEffect) -> bool:
        u = self.sign * (effect.value or 0.0)
        return u >= self.useful if self.useful else u > 0


def place_scores(cases: Sequence[VerdictCase]) -> tuple[dict[str, float], frozenset[str]]:
    """How far the cases of each place worked, 0 to 1, and the places with harm.

    A place without a case that counts has no score, except that harm gives 0.
    """
    by_place: dict[str, list[float]] = {}
    for case in cases:
        if case.counts:
            by_place.setdefault(case.place, []).append(OUTCOMES[case.outcome])
    harmed = frozenset(case.place for case in cases if case.has_harm)
    scores = {place: sum(values) / len(values) for place, values in by_place.items()}
    return scores | dict.fromkeys(sorted(harmed - set(scores)), 0.0), harmed


def _facts(cases: Sequence[VerdictCase], measure: str, direction: str, useful: float) -> _Facts:
    sign = 1 if direction == "higher-is-better" else -1
    strongest: dict[str, list[str]] = {}
    for case in cases:
        if case.measured:
            strongest.setdefault(case.place, []).extend(effect.design for effect in case.measured)
    scores, harmed = place_scores(cases)
    main = [effect for case in cases for effect in case.measured if effect.measure == measure]
    valued = select_per_place(main).chosen
    # A place with no difference votes for neither direction; it has no number, so it cannot be
    # pooled.
    nulls = {effect.place: effect for effect in main if effect.no_difference}
    with_number = {effect.place for effect in valued}
    votes = (*valued, *(effect for place, effect in nulls.items() if place not in with_number))
    precise = [effect for effect in valued if standard_error(effect) is not None]
    own = _signal(pool_places(precise), sign, useful) if len(precise) >= MIN_PLACES else None
    return _Facts(
        cases=cases,
        measure=measure,
        useful=useful,
        sign=sign,
        scores=scores,
        harmed=harmed,
        open_harm=len({case.place for case in cases if case.equity_harm == "open"}),
        reported_only=sum(not case.counts for case in cases),
        m=len(strongest),
        c=sum(
            any(design in COMPARISON_DESIGNS for design in designs)
            for designs in strongest.values()
        ),
        votes=votes,
        body=_body(valued, sign, useful),
        precise=own if isinstance(own, int) else None if own is None else 0,
    )


def _turned(pooled: Pooled, sign: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The confidence and the prediction interval, oriented so that higher is better."""
    ends = []
    for low, high in (
        (pooled.ci_low, pooled.ci_high),
        (pooled.prediction_low, pooled.prediction_high),
    ):
        pair = (-math.inf, math.inf) if low is None or high is None else (low, high)
        ends.append(pair if sign > 0 else (-pair[1], -pair[0]))
    return ends[0], ends[1]


def _signal(pooled: Pooled, sign: int, useful: float) -> int | str:
    (low, high), (further_low, further_high) = _turned(pooled, sign)

    def good(end: float) -> bool:
        return end >= useful if useful else end > 0

    def bad(end: float) -> bool:
        return end <= -useful if useful else end < 0

    if good(further_low):
        return 2
    if good(low):
        return 1
    if useful and -useful <= further_low and further_high <= useful:
        return TOO_LITTLE
    if bad(further_high):
        return -2
    return -1 if bad(high) else 0


def _body(votes: Sequence[PlaceEffect], sign: int, useful: float) -> EvidenceBody | None:
    """The body of the highest certainty, and of equal ones the larger."""
    bodies: list[EvidenceBody] = []
    for name, designs in BODIES.items():
        chosen = [vote for vote in votes if vote.design in designs]
        if len(chosen) < MIN_PLACES or (bodies and len(chosen) == bodies[-1].k):
            continue
        bodies.append(_pooled_body(name, chosen, sign, useful))
    return max(bodies, key=lambda body: (GRADES.index(body.certainty), body.k), default=None)


def _pooled_body(
    name: str, chosen: Sequence[PlaceEffect], sign: int, useful: float
) -> EvidenceBody:
    pooled = pool_places(chosen)
    (low, high), (further_low, further_high) = _turned(pooled, sign)
    uncontrolled = [effect.design == "before-after" for effect in chosen]
    share = float(pooled.weights[uncontrolled].sum()) / 100
    # Equal weights add up to a quarter or a half except for rounding.
    bias = sum(share > limit + 1e-9 for limit in BIAS_SHARES)
    spread = pooled.heterogeneity
    by_i2 = sum(spread.i2 > limit for limit in I2_LIMITS) if spread is not None else 0
    imprecise = low <= useful <= high
    inconsistency = 0
    if further_low <= useful <= further_high:
        inconsistency = by_i2 if imprecise else max(1, by_i2)
    start = GRADES.index("high" if name == "randomised" else "low")
    grade = max(0, start - bias - inconsistency - imprecise)
    caps = []
    for code, applies, most in (
        ("uncontrolled", any(uncontrolled), "low"),
        ("no-standard-errors", pooled.weighting == "unweighted", "moderate"),
    ):
        if applies and grade > GRADES.index(most):
            grade = GRADES.index(most)
            caps.append(code)
    ci, further = (low, high), (further_low, further_high)
    if sign < 0:
        ci, further = (-high, -low), (-further_high, -further_low)
    return EvidenceBody(
        body=name,
        k=pooled.k,
        estimate=pooled.estimate,
        ci=ci,
        prediction_interval=further,
        certainty=GRADES[grade],
        steps={"bias": -bias, "inconsistency": -inconsistency, "imprecision": -int(imprecise)},
        caps=tuple(caps),
        weighting=pooled.weighting,
        signal=_signal(pooled, sign, useful),
    )


_Line = tuple[str, int, tuple[str, ...]]


def _rule(facts: _Facts, limits: Limits, main_by_default: bool) -> _Line:
    """The verdict of the first line that applies, its number and its reasons."""
    body, n, k_d = facts.body, facts.n, facts.k_d
    q_a, q_d, q_h = facts.q_a or 0.0, facts.q_d or 0.0, facts.q_h or 0.0
    signal = body.strength if body else 0
    too_little = body is not None and body.signal == TOO_LITTLE
    directions = (
        body is not None
        and body.weighting == "unweighted"
        and not too_little
        and signal >= 0
        and q_d >= limits.directions
        and (facts.precise is None or facts.precise >= 1)
    )
    strong = body is not None and (
        body.at_least("low") or 2 * facts.c >= facts.m or facts.m >= MANY_PLACES or signal == 2
    )
    support = n >= MIN_PLACES and q_a >= limits.support and (signal >= 1 or directions) and strong
    failed = [place for place, score in facts.scores.items() if score == 0]
    without_harm = sum(place not in facts.harmed for place in failed)
    trade_off = facts.h >= 2 and facts.h / max(1, n - without_harm) >= limits.trade_off
    not_whole = sum(score < 1 for score in facts.scores.values())
    lines: tuple[tuple[bool, str, str], ...] = (
        (n == 0 and k_d == 0, NOT_ENOUGH, "reported-only" if facts.reported_only else "no-cases"),
        (
            signal <= -1 and body is not None and body.at_least("low") and not main_by_default,
            HARM,
            "pool-wrong-way",
        ),
        (n >= MIN_PLACES and q_h >= limits.harm, HARM, "harm-in-most-places"),
        (
            not support and too_little and body is not None and body.at_least("moderate"),
            PROBABLY_NOT,
            "too-little-to-matter",
        ),
        (not support and n >= MIN_PLACES and q_a <= limits.fails, PROBABLY_NOT, "outcomes"),
        (not support and k_d >= MIN_PLACES and q_d <= limits.fails, PROBABLY_NOT, "directions"),
        (support and trade_off, MIXED, "trade-off"),
        (
            support
            and signal == 2
            and body is not None
            and body.at_least("moderate")
            and q_a >= limits.works
            and not facts.open_harm,
            WORKS,
            "prediction-interval",
        ),
        (support, PROBABLY, "mean" if signal >= 1 else "directions"),
        (
            n >= MIN_PLACES and not_whole >= 2 and facts.s > 0 and (k_d >= 1 or bool(failed)),
            MIXED,
            "outcomes-differ",
        ),
        (facts.f >= 2 and facts.against >= 2, MIXED, "directions-differ"),
    )
    for number, (fits, word, reason) in enumerate(lines):
        if fits:
            return word, number, (reason,)
    if not k_d:
        reason = "no-measured-change"
    elif min(n, k_d) < MIN_PLACES:
        reason = "too-few-places"
    else:
        reason = "no-clear-support"
    return NOT_ENOUGH, len(lines), (reason,)


def _held(
    facts: _Facts, previous: Previous, by_rule: str, main_by_default: bool
) -> tuple[str, str, tuple[str, ...]]:
    """The verdict after the hysteresis rule, why it was kept, and the reasons if it was."""
    if previous.verdict in EASED:
        word, _, because = _rule(facts, EASED[previous.verdict], main_by_default)
        if word == previous.verdict:
            return word, "hysteresis", because
    ids = {case.id for case in facts.cases}
    new = [case for case in facts.cases if case.id not in previous.cases]
    if previous.edited or previous.cases - ids or not new:
        return by_rule, "", ()
    change = RANK[by_rule] - RANK[previous.verdict]
    if change < 0 and all(_is_good_news(case, facts) for case in new):
        return previous.verdict, "only-good-news", ()
    if change > 0 and all(case.outcome == "did-not-work" for case in new):
        return previous.verdict, "only-failures", ()
    return by_rule, "", ()


def _is_good_news(case: VerdictCase, facts: _Facts) -> bool:
    """Whether nothing contradicts the solution, and a trial supports it."""
    return (
        case.outcome == "worked"
        and not case.reasons
        and not case.equity_harm
        and any(
            effect.design == "rct"
            and effect.measure == facts.measure
            and facts.is_favourable(effect)
            for effect in case.measured
        )
    )
