"""The verdict of a solution: one of six, by a published rule, with the line of the rule that
applied.

The words rest on what was measured and on what failed; a claim that nobody measured counts for
nothing. A study counts once, in however many places it was made, and a trial that could not tell
is neither a success nor a failure. The rule and its reasons: docs/explanation/verdicts.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from statistics import mean, median
from typing import Any

from scipy.special import betainc, betaincinv

from alliance.analysis.effect_spread import (
    COMPARISON_DESIGNS,
    DIRECTIONS,
    MEASURED_DESIGNS,
    Z_95,
    PlaceEffect,
    has_interval,
    known,
    select_per_place,
    standard_error,
    validate,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.nested_bodies import (
    TOO_LITTLE,
    EvidenceBody,
    is_useful,
    signal_of,
    strongest_body,
)
from alliance.analysis.place_agreement import MIN_PLACES, counted_as, says_something

VERSION = "3"

WORKS, PROBABLY, MIXED = "works", "probably-works", "mixed"
NOT_ENOUGH, PROBABLY_NOT, HARM = (
    "not-enough-evidence", "probably-does-not-work", "does-harm",
)  # fmt: skip
#: The rank of a verdict. The two in the middle cannot be compared.
RANK = {WORKS: 4, PROBABLY: 3, MIXED: 2, NOT_ENOUGH: 2, PROBABLY_NOT: 1, HARM: 0}
VERDICTS = tuple(RANK)

OUTCOMES = {"worked": 1.0, "reported": 0.5, "mixed": 0.5, "did-not-work": 0.0}
#: Favourable units, their cities and countries from which on many weak results count together.
MIN_COUNTS = {"units": 5, "cities": 3, "countries": 2}
#: Change that happens anyway, where neither an editor nor the kind of measure says so.
ORDINARY_CHANGE = 5.0
#: By theme of the outcome, in percent; by code of other units.
ORDINARY_PERCENT = {
    "energy": 3.0, "water": 3.0, "waste": 5.0, "traffic-and-mode": 5.0, "air": 5.0,
    "emissions": 5.0, "road-safety": 10.0, "health-and-heat": 10.0,
}  # fmt: skip
ORDINARY_IN_UNITS = {"percentage-points": 3.0, "degrees-celsius": 0.5, "cohens-d": 0.2}
BY_MEAN, BY_PREDICTION, BY_COUNTS = "mean", "prediction-interval", "counts"


@dataclass(frozen=True)
class Limits:
    """The probabilities and shares at which lines of the rule fire."""

    trials: float = 0.50
    support: float = 0.80
    share: float = 0.80
    fails: float = 0.95
    harm: float = 0.95
    trade_off: float = 0.20


#: The limits for keeping the previous verdict.
EASED: Mapping[str, Limits] = {
    WORKS: Limits(trials=0.45),
    PROBABLY: Limits(support=0.75, share=0.75),
    MIXED: Limits(trade_off=0.15),
    PROBABLY_NOT: Limits(fails=0.90),
    HARM: Limits(harm=0.90),
}


@dataclass(frozen=True)
class VerdictCase:
    """A case: its outcome, and its effects of any measure.

    ``outcome`` is a key of `OUTCOMES`; ``equity_harm`` is ``open``, ``mitigated`` or empty.
    ``study``: that of its effects that name none.
    """

    id: str
    place: str
    outcome: str
    reasons: tuple[str, ...] = ()
    equity_harm: str = ""
    effects: tuple[PlaceEffect, ...] = ()
    country: str = ""
    study: str = ""

    @cached_property
    def measured(self) -> tuple[PlaceEffect, ...]:
        """Its effects that were measured and count, those without a number among them."""
        return tuple(
            replace(effect, study=effect.study or self.study)
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

    @property
    def failed_otherwise(self) -> bool:
        """Whether it did not work for a reason that no interval of an effect can doubt."""
        return self.outcome == "did-not-work" and bool(set(self.reasons) - {"no-effect"})

    @property
    def studies(self) -> set[str]:
        """The studies that its results are of; an empty name where one is of none."""
        return {effect.study for effect in self.measured} or {self.study}


@dataclass(frozen=True)
class Previous:
    """The previous verdict, its cases, and whether one of them was edited since."""

    verdict: str
    cases: frozenset[str]
    edited: bool = False


@dataclass(frozen=True)
class Unit:
    """What counts once: a place, or all the places that only shared studies speak for.

    ``score``: how far its cases worked, 0 to 1; None where they could not tell. ``votes`` are the
    effects that speak for its places, ``value`` their mean, better upwards, None without any;
    ``is_decided`` where a case with such an effect could tell.
    """

    name: str
    places: tuple[str, ...]
    cases: tuple[VerdictCase, ...] = ()
    score: float | None = None
    votes: tuple[PlaceEffect, ...] = ()
    value: float | None = None
    is_decided: bool = False
    has_harm: bool = False
    has_open_harm: bool = False
    has_null: bool = False

    @property
    def is_clean_failure(self) -> bool:
        """Whether all its cases failed and nobody was harmed."""
        failed = all(case.outcome == "did-not-work" for case in self.cases)
        return failed and not self.has_harm

    @property
    def differs(self) -> bool:
        """Whether a case of it ended mixed or failed."""
        return any(case.outcome in {"mixed", "did-not-work"} for case in self.cases)

    @property
    def designs(self) -> set[str]:
        """The designs of all that was measured in it."""
        return {effect.design for case in self.cases for effect in case.measured}


@dataclass(frozen=True, kw_only=True)
class SolutionVerdict:
    """A word of `VERDICTS` and what it rests on.

    ``by_rule`` is what the rule alone gives, ``line`` its line, ``held_by`` why another stands:
    ``hysteresis``, ``only-good-news``, ``only-failures``. ``rests_on``: ``prediction-interval``,
    ``mean`` or ``counts``, None for silence. ``score`` of ``conclusive`` units worked, each between
    0 and 1; ``inconclusive`` ones could not tell. Probabilities are None without units.
    ``measured_units`` measured the main measure, ``sister_units`` only another of its kind;
    ``decided`` of both could tell, and ``favourable`` went well, in so many ``cities`` and
    ``countries``, or were of ``no_use``. ``missing``: what would make counts that agree enough.
    ``by_outcome``: conclusive units where it worked, worked in part, and did not.
    """

    verdict: str
    by_rule: str
    held_by: str
    line: int
    because: tuple[str, ...]
    rests_on: str | None
    units: int
    places: int
    conclusive: int
    inconclusive: int
    score: float
    share_worked_interval: tuple[float, float] | None
    q_outcomes: float | None
    measured_any: int
    compared_any: int
    measured_units: int
    sister_units: int
    decided: int
    favourable: int
    no_use: int
    q_no_use: float | None
    cities: int
    countries: int
    median: float | None
    ordinary_change: float
    harm_units: int
    q_harm: float | None
    body: EvidenceBody | None
    missing: dict[str, int] | None
    by_outcome: tuple[int, int, int]
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


def ordinary_change(theme: str, unit: str) -> float | None:
    """The size of a change that happens anyway, by theme and code of the unit; None: not known."""
    return ORDINARY_PERCENT.get(theme) if unit == "percent-change" else ORDINARY_IN_UNITS.get(unit)


def solution_verdict(
    cases: Sequence[VerdictCase],
    *,
    measure: str,
    direction: str,
    smallest_useful: float | None = None,
    ordinary_change: float | None = None,
    main_by_default: bool = False,
    previous: Previous | None = None,
) -> SolutionVerdict:
    """The word for a solution, as its main measure and the outcomes of its cases give it.

    Args:
        cases: in the order of their listing; of several results of a place, the one that speaks
            is chosen by `alliance.analysis.effect_spread.select_per_place`.
        measure: the main measure. Effects marked as those of a sister measure speak for places
            without one of the main measure; effects of others count as measured alone.
        direction: what counts as better for both, one of `DIRECTIONS`.
        smallest_useful: size of the smallest useful change, 0 or more; None: nobody said.
        ordinary_change: size of a change that happens anyway, 0 or more; None: nobody said.
        main_by_default: nobody chose the measure, so that a pool which goes the wrong way is no
            harm yet: it may be that of a side effect.
        previous: the word that stood; without it the rule alone speaks.

    Raises:
        MethodError: ``unknown-outcome``, ``unknown-direction``, ``missing-place``,
            ``duplicate-case``, ``bad-variance``, ``bad-parameter``, ``bad-previous``, or as
            `alliance.analysis.effect_spread.validate`.
    """
    _check(cases, direction, smallest_useful, ordinary_change, previous)
    sizes = [size for size in (smallest_useful, ordinary_change) if size is not None]
    facts = _Facts(
        cases=cases,
        measure=measure,
        sign=1 if direction == "higher-is-better" else -1,
        useful=smallest_useful or 0.0,
        ordinary=max(sizes, default=ORDINARY_CHANGE),
        main_by_default=main_by_default,
    )
    ruling = by_rule = _rule(facts, Limits())
    held_by = ""
    if previous is not None and previous.verdict != by_rule.word:
        held_by, ruling = _held(facts, previous, by_rule)
    n, s = len(facts.conclusive), facts.s
    return SolutionVerdict(
        verdict=ruling.word,
        by_rule=by_rule.word,
        held_by=held_by,
        line=by_rule.line,
        because=(ruling.because,),
        rests_on=ruling.rests_on,
        units=len(facts.units),
        places=sum(len(unit.places) for unit in facts.units),
        conclusive=n,
        inconclusive=len(facts.units) - n,
        score=s,
        share_worked_interval=(
            float(betaincinv(s + 0.5, n - s + 0.5, 0.05)),
            float(betaincinv(s + 0.5, n - s + 0.5, 0.95)),
        )
        if n
        else None,
        q_outcomes=facts.q_a,
        measured_any=sum(bool(unit.designs) for unit in facts.units),
        compared_any=sum(bool(unit.designs & COMPARISON_DESIGNS) for unit in facts.units),
        measured_units=sum(not facts.by_sister(unit) for unit in facts.voting),
        sister_units=sum(map(facts.by_sister, facts.voting)),
        decided=len(facts.decided),
        favourable=len(facts.favourable),
        no_use=len(facts.no_use),
        q_no_use=facts.q_x,
        cities=len(facts.cities),
        countries=len(facts.countries),
        median=None if facts.median is None else facts.sign * facts.median,
        ordinary_change=facts.ordinary,
        harm_units=facts.h,
        q_harm=facts.q_h,
        body=facts.body,
        missing=facts.missing if ruling.because == "agree-but-few" else None,
        by_outcome=(
            facts.conclusive.count(1), n - facts.conclusive.count(1) - facts.conclusive.count(0),
            facts.conclusive.count(0),
        ),
        flags=tuple(_flags(facts, ruling)),
    )  # fmt: skip


def _check(
    cases: Sequence[VerdictCase],
    direction: str,
    smallest_useful: float | None,
    ordinary_change: float | None,
    previous: Previous | None,
) -> None:
    if direction not in DIRECTIONS:
        raise MethodError(
            "unknown-direction", f"{direction!r} is none of {', '.join(DIRECTIONS)}", "direction"
        )
    for name, size in (("smallest_useful", smallest_useful), ("ordinary_change", ordinary_change)):
        if size is not None and not 0 <= size < math.inf:
            raise MethodError("bad-parameter", "a size, 0 or more", name)
    if previous is not None and previous.verdict not in RANK:
        raise MethodError(
            "bad-previous", f"{previous.verdict!r} is none of {', '.join(RANK)}", "previous"
        )
    ids: set[str] = set()
    for position, case in enumerate(cases):
        where = f"cases[{position}]"
        if not case.place.strip():
            raise MethodError("missing-place", "a case must name its place", f"{where}.place")
        if case.outcome not in OUTCOMES:
            raise MethodError(
                "unknown-outcome",
                f"{case.outcome!r} is none of {', '.join(OUTCOMES)}",
                f"{where}.outcome",
            )
        if case.id in ids:
            raise MethodError("duplicate-case", f"{case.id!r} comes twice", f"{where}.id")
        ids.add(case.id)
        for row, effect in enumerate(case.effects):
            if effect.se is not None and not effect.se > 0:
                raise MethodError(
                    "bad-variance", "a standard error is above 0", f"{where}.effects[{row}].se"
                )
        validate(case.effects, f"{where}.effects")


@dataclass(frozen=True)
class _Facts:
    """What the lines of the rule ask for, by the letters of the method where it has some."""

    cases: Sequence[VerdictCase]
    measure: str
    sign: int
    useful: float
    ordinary: float
    main_by_default: bool
    units: tuple[Unit, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self._units()))

    def _units(self) -> list[Unit]:
        """The units with a case that counts, or with a harm."""
        counted = [case for case in self.cases if case.counts]
        names = counted_as((case.place, study) for case in counted for study in case.studies)
        harmed = [case for case in self.cases if case.has_harm]
        names |= {case.place: names.get(case.place, case.place) for case in harmed}
        votes = self._votes(counted)
        by_unit: dict[str, list[str]] = {}
        for place, name in names.items():
            by_unit.setdefault(name, []).append(place)
        return [self._unit(name, places, counted, votes) for name, places in by_unit.items()]

    def _votes(self, counted: Sequence[VerdictCase]) -> dict[str, PlaceEffect]:
        """The effect that speaks for each place: of the main measure, or else of a sister."""
        main = [effect for case in counted for effect in self.main_effects(case)]
        with_main = {effect.place for effect in main}
        sisters = [
            effect
            for case in counted
            for effect in self.sister_effects(case)
            if effect.place not in with_main
        ]
        chosen = (*select_per_place(main).chosen, *select_per_place(sisters).chosen)
        return {effect.place: effect for effect in chosen}

    def _unit(
        self,
        name: str,
        places: Sequence[str],
        counted: Sequence[VerdictCase],
        votes: Mapping[str, PlaceEffect],
    ) -> Unit:
        cases = [case for case in counted if case.place in places]
        harmed = [case for case in self.cases if case.place in places and case.has_harm]
        place_scores = [
            mean(scores)
            for place in places
            if (scores := [
                score
                for case in cases
                if case.place == place and (score := self.case_score(case)) is not None
            ])
        ]  # fmt: skip
        if not cases:
            place_scores = [0.0]
        own = tuple(votes[place] for place in places if place in votes)
        return Unit(
            name=name,
            places=tuple(places),
            cases=tuple(cases),
            score=mean(place_scores) if place_scores else None,
            votes=own,
            value=mean(self.turned(vote) for vote in own) if own else None,
            is_decided=any(self._can_tell(case, votes) for case in cases),
            has_harm=bool(harmed),
            has_open_harm=any(case.equity_harm == "open" for case in harmed),
            has_null=any(
                effect.no_difference for case in cases for effect in self.main_effects(case)
            ),
        )

    def _can_tell(self, case: VerdictCase, votes: Mapping[str, PlaceEffect]) -> bool:
        """Whether a case with the kind of effect that speaks for its place is conclusive."""
        vote = votes.get(case.place)
        if vote is None or self.case_score(case) is None:
            return False
        kind = self.main_effects if vote.measure == self.measure else self.sister_effects
        return bool(kind(case))

    def main_effects(self, case: VerdictCase) -> list[PlaceEffect]:
        return [effect for effect in case.measured if effect.measure == self.measure]

    def sister_effects(self, case: VerdictCase) -> list[PlaceEffect]:
        return [
            effect
            for effect in case.measured
            if effect.is_sister and effect.measure != self.measure and not effect.no_difference
        ]

    def by_sister(self, unit: Unit) -> bool:
        """Whether only a sister measure speaks for a unit."""
        return all(vote.measure != self.measure for vote in unit.votes)

    def turned(self, effect: PlaceEffect) -> float:
        """The value of an effect, better upwards."""
        return self.sign * (effect.value or 0.0)

    def is_useful(self, u: float) -> bool:
        return is_useful(u, self.useful)

    def case_score(self, case: VerdictCase) -> float | None:
        """How far a case worked, 0 to 1; None where it could not tell."""
        label = OUTCOMES[case.outcome]
        unclear = 0.0 if case.failed_otherwise else None
        main = self.main_effects(case)
        deciding = select_per_place(main or self.sister_effects(case)).chosen
        if not deciding:
            if main:
                return unclear
            ends = [_interval(effect) for effect in case.measured]
            around_zero = [pair is not None and pair[0] < 0 < pair[1] for pair in ends]
            could_not_tell = case.measured and all(
                effect.no_difference or around
                for effect, around in zip(case.measured, around_zero, strict=True)
            )
            return None if could_not_tell else label
        u, interval = self.turned(deciding[0]), _interval(deciding[0])
        if interval is None:
            return unclear if case.outcome == "did-not-work" and self.is_useful(u) else label
        low, high = sorted(self.sign * end for end in interval)
        if high <= 0 or -self.useful < low <= high < self.useful:
            return 0.0
        return label if low >= 0 and self.is_useful(u) else unclear

    @cached_property
    def conclusive(self) -> list[float]:
        """The scores of the units that could tell."""
        return [unit.score for unit in self.units if unit.score is not None]

    @property
    def s(self) -> float:
        return math.fsum(self.conclusive)

    @property
    def q_a(self) -> float | None:
        return majority(self.s, len(self.conclusive))

    @cached_property
    def voting(self) -> list[Unit]:
        return [unit for unit in self.units if unit.votes]

    @cached_property
    def decided(self) -> list[Unit]:
        return [unit for unit in self.voting if unit.is_decided]

    @cached_property
    def favourable(self) -> list[Unit]:
        return [
            unit
            for unit in self.decided
            if (unit.score or 0) >= 0.5 and self.is_useful(unit.value or 0.0)
        ]

    @cached_property
    def no_use(self) -> list[Unit]:
        return [
            unit
            for unit in self.decided
            if unit.score == 0 and not self.is_useful(unit.value or 0.0)
        ]

    @property
    def against(self) -> int:
        return sum(self.is_useful(-(unit.value or 0.0)) for unit in self.decided)

    @property
    def z(self) -> int:
        """Units that failed without a vote."""
        return sum(unit.score == 0 and not unit.votes for unit in self.units)

    @property
    def q_x(self) -> float | None:
        return majority(len(self.no_use), len(self.conclusive) - self.z)

    @property
    def h(self) -> int:
        return sum(unit.has_harm for unit in self.units)

    @property
    def without_clean_failures(self) -> int:
        return sum(not unit.is_clean_failure for unit in self.units)

    @property
    def q_h(self) -> float | None:
        return majority(self.h, self.without_clean_failures)

    @property
    def cities(self) -> set[str]:
        """The places that speak for favourable units."""
        return {vote.place for unit in self.favourable for vote in unit.votes}

    @property
    def countries(self) -> set[str]:
        countries = {case.country for case in self.cases if case.place in self.cities}
        return countries - {""}

    @property
    def median(self) -> float | None:
        """The middle of all votes, better upwards."""
        return median(unit.value or 0.0 for unit in self.voting) if self.voting else None

    @cached_property
    def main_votes(self) -> list[PlaceEffect]:
        return [vote for unit in self.voting for vote in unit.votes if vote.measure == self.measure]

    @cached_property
    def body(self) -> EvidenceBody | None:
        return strongest_body(self.main_votes, sign=self.sign, useful=self.useful)

    @cached_property
    def mean_is_useful(self) -> bool:
        """Whether the mean of the body, or without one that of the votes, is useful."""
        if self.body is not None:
            return self.is_useful(self.sign * self.body.estimate)
        return self.is_useful(mean(unit.value or 0.0 for unit in self.voting))

    @property
    def missing(self) -> dict[str, int]:
        """How many more favourable units, cities and countries counts would need."""
        counts = {
            "units": len(self.favourable),
            "cities": len(self.cities),
            "countries": len(self.countries),
        }
        return {name: max(0, least - counts[name]) for name, least in MIN_COUNTS.items()}

    def counts_agree(self, limits: Limits) -> bool:
        """Whether counts support it, but for how many there are and how large the change is."""
        signal = self.body.signal if self.body else 0
        if (
            len(self.conclusive) < MIN_PLACES
            or (self.q_a or 0.0) < limits.support
            or len(self.favourable) < limits.share * (len(self.decided) + self.z)
            or not (isinstance(signal, int) and signal >= 0)
        ):
            return False
        precise = [vote for vote in self.main_votes if standard_error(vote) is not None]
        own = signal_of(precise, sign=self.sign, useful=self.useful)
        return own is None or (isinstance(own, int) and own >= 1)

    def support(self, limits: Limits) -> str | None:
        """What support rests on; None where there is none."""
        body, n, q_a = self.body, len(self.conclusive), self.q_a or 0.0
        signal = body.strength if body else 0
        if (
            body is not None
            and body.body in {"randomised", "compared"}
            and body.at_least("moderate")
            and (q_a > limits.trials or not n)
            and signal >= 1
        ):
            return BY_PREDICTION if signal == 2 else BY_MEAN
        if (
            body is not None
            and signal >= 1
            and body.at_least("low")
            and n >= MIN_PLACES
            and q_a >= limits.support
        ):
            return BY_MEAN
        if (
            self.counts_agree(limits)
            and not any(self.missing.values())
            and (self.median or 0.0) >= self.ordinary
        ):
            return BY_COUNTS
        return None


def _interval(effect: PlaceEffect) -> tuple[float, float] | None:
    """Its published bounds, or those of its standard error; None where there are none."""
    if effect.low is not None and effect.high is not None and has_interval(effect):
        return effect.low, effect.high
    if effect.value is None or effect.se is None or not known(effect.se):
        return None
    return effect.value - Z_95 * effect.se, effect.value + Z_95 * effect.se


@dataclass(frozen=True)
class _Ruling:
    """The word of a line of the rule, the number of the line, its reason and what it rests on."""

    word: str
    line: int
    because: str
    rests_on: str | None


def _rule(facts: _Facts, limits: Limits) -> _Ruling:
    """The ruling of the first line that fits."""
    body, n = facts.body, len(facts.conclusive)
    signal = body.strength if body else 0
    too_little = body is not None and body.signal == TOO_LITTLE
    rests_on = facts.support(limits)
    interval = BY_PREDICTION if too_little or abs(signal) == 2 else BY_MEAN
    differing = sum(unit.differs for unit in facts.units if unit.score is not None)
    lines: tuple[tuple[bool, str, str, str | None], ...] = (
        (not facts.units, NOT_ENOUGH, "reported-only" if facts.cases else "no-cases", None),
        (
            signal <= -1
            and body is not None
            and body.at_least("low")
            and not facts.main_by_default,
            HARM, "pool-wrong-way", interval,
        ),
        (
            facts.h >= MIN_PLACES and (facts.q_h or 0.0) >= limits.harm,
            HARM, "harm-in-most-units", BY_COUNTS,
        ),
        (
            not rests_on and too_little and body is not None and body.at_least("moderate"),
            PROBABLY_NOT, "too-little-to-matter", interval,
        ),
        (
            not rests_on
            and len(facts.no_use) >= MIN_PLACES
            and (facts.q_x or 0.0) >= limits.fails
            and not facts.mean_is_useful,
            PROBABLY_NOT, "no-use-in-most-units", BY_COUNTS,
        ),
        (
            bool(rests_on)
            and facts.h >= 2
            and facts.h >= limits.trade_off * facts.without_clean_failures,
            MIXED, "trade-off", rests_on,
        ),
        (
            rests_on == BY_PREDICTION
            and n >= MIN_PLACES
            and not any(unit.has_open_harm for unit in facts.units),
            WORKS, BY_PREDICTION, rests_on,
        ),
        (bool(rests_on), PROBABLY, rests_on or "", rests_on),
        (
            n >= MIN_PLACES
            and (facts.q_a or 0.0) < limits.support
            and differing >= 2
            and facts.s > 0
            and (bool(facts.voting) or 0 in facts.conclusive),
            MIXED, "outcomes-differ", BY_COUNTS,
        ),
        (
            len(facts.favourable) >= 2 and facts.against >= 2,
            MIXED, "directions-differ", BY_COUNTS,
        ),
    )  # fmt: skip
    for number, (fits, word, reason, rests) in enumerate(lines):
        if fits:
            return _Ruling(word, number, reason, rests)
    return _Ruling(NOT_ENOUGH, len(lines), _why_silent(facts, limits), None)


def _why_silent(facts: _Facts, limits: Limits) -> str:
    n = len(facts.conclusive)
    if not facts.voting:
        return "no-measured-change"
    if len(facts.units) - n > n:
        return "could-not-tell"
    if min(n, len(facts.voting)) < MIN_PLACES:
        return "too-few-units"
    if facts.counts_agree(limits) and (facts.body is None or not facts.body.at_least("low")):
        return "agree-but-few"
    return "no-clear-support"


def _flags(facts: _Facts, ruling: _Ruling) -> list[str]:
    by_counts = ruling.rests_on == BY_COUNTS and ruling.because in {BY_COUNTS, "trade-off"}
    uncontrolled = sum(
        not any(vote.design in COMPARISON_DESIGNS for vote in unit.votes) for unit in facts.voting
    )
    counts = {
        "reported-only": sum(not case.counts for case in facts.cases),
        "could-not-tell": len(facts.units) - len(facts.conclusive),
        "no-difference": sum(unit.has_null and not unit.votes for unit in facts.units),
        "failed-unmeasured": facts.z,
        "harm-reported": facts.h,
        "equity-harm-open": sum(unit.has_open_harm for unit in facts.units),
        "uncontrolled": uncontrolled if by_counts else 0,
    }
    flags = [f"{name}:{n}" for name, n in counts.items() if n]
    return [*flags, "main-measure-by-default"] if facts.main_by_default else flags


def _held(facts: _Facts, previous: Previous, by_rule: _Ruling) -> tuple[str, _Ruling]:
    """What holds the word that stood before, and the ruling with the word that stands."""
    if previous.verdict in EASED:
        eased = _rule(facts, EASED[previous.verdict])
        if eased.word == previous.verdict:
            return "hysteresis", eased
    ids = {case.id for case in facts.cases}
    new = [case for case in facts.cases if case.id not in previous.cases]
    if previous.edited or previous.cases - ids or not new:
        return "", by_rule
    change = RANK[by_rule.word] - RANK[previous.verdict]
    unchanged = _Ruling(previous.verdict, by_rule.line, by_rule.because, by_rule.rests_on)
    if change < 0 and all(_is_good_news(case, facts) for case in new):
        return "only-good-news", unchanged
    if change > 0 and all(case.outcome == "did-not-work" for case in new):
        return "only-failures", unchanged
    return "", by_rule


def _is_good_news(case: VerdictCase, facts: _Facts) -> bool:
    """Whether nothing in it speaks against the solution, and a comparison speaks for it."""
    return (
        case.outcome == "worked"
        and not case.reasons
        and not case.equity_harm
        and any(
            effect.design in COMPARISON_DESIGNS and facts.is_useful(facts.turned(effect))
            for effect in facts.main_effects(case)
        )
    )
