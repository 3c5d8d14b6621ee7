"""The evidence grade: 0 to 5 points by a published rule, with the lines that gave them.

The grade is about how certain it is that something happened because of the solution, not about the
size of the effect or whether it would occur elsewhere. `RULE` is the rule as data: pages and
documentation are made from it, and `grade` takes the points from it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.effect_spread import (
    COMPARISON_DESIGNS,
    MEASURED_DESIGNS,
    PlaceEffect,
    has_interval,
    known,
    select_per_place,
    validate,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.outlook import pool_places
from alliance.analysis.place_agreement import (
    MIN_PLACES,
    Agreement,
    Key,
    Params,
    agree_on_no_change,
    by_measure,
    by_place,
    case_agreements,
    common_agreement,
    says_something,
    usable,
)

RULE_VERSION = "6"

MAX_POINTS = 5
#: Maximum without both a known uncertainty and the same result in several places.
MAX_POINTS_UNCONFIRMED = 4
#: The lines that are required for the highest grade.
CONFIRMED_BY = frozenset({"uncertainty", "replicated"})
#: Maximum for a case without any measured effect.
MAX_POINTS_UNMEASURED = 1
#: Maximum for effects whose plan was registered after their data, or with a failed check.
MAX_POINTS_DOUBTED = 2
#: Minimum for a case with a measured effect.
MIN_POINTS_MEASURED = 1
#: Maximum for a solution whose measure has results from fewer than `MIN_PLACES` places.
MAX_POINTS_FEW_PLACES = 3

#: Reasons for exclusion which mean that it is not an effect of the measure. Effects excluded for
#: any other reason, such as duplication, remain evidence for their own case.
NO_EFFECTS = frozenset({"finding-not-effect", "comparison-value"})


@dataclass(frozen=True)
class RuleLine:
    """A line of the published rule with its points."""

    code: str
    points: int


RULE: tuple[RuleLine, ...] = (
    RuleLine("measured", 1),
    RuleLine("comparison", 1),
    RuleLine("randomised", 1),
    RuleLine("uncertainty", 1),
    RuleLine("independent", 1),
    RuleLine("replicated", 1),
    RuleLine("inconsistent", -1),
)


@dataclass(frozen=True)
class GradeSource:
    """A source of ``case``, named as in the effects of that case.

    ``independent``: written by others than those who implemented the measure; None if not recorded.
    """

    reference: str
    independent: bool | None = None
    case: str = ""


@dataclass(frozen=True)
class GradeLine:
    """The outcome of a line of the rule.

    ``points`` is what the line added. ``met`` is None if unknown, which adds nothing. ``params``
    are the counts behind it, as pairs: ``dict(line.params)`` fills in a sentence.
    """

    code: str
    points: int
    met: bool | None
    params: Params


@dataclass(frozen=True)
class EvidenceGrade:
    """A grade and everything needed to explain it.

    ``points`` is the sum of the lines, changed only as ``notes`` says: ``capped-at-5``,
    ``at-most-4-unconfirmed`` (uncertainty unknown, or not replicated in several places),
    ``kept-at-1`` (something was measured), ``at-most-1-unmeasured``, ``at-most-3-few-places`` (a
    solution with results from fewer than 3 places), ``at-most-2-doubted`` (a plan registered after
    the data, or a failed check of the method). If ``graded`` is False, there are no lines, points
    are 0 and notes are ``no-effect-recorded`` or ``no-usable-effect`` (all without a value, or no
    effects of the measure). ``n_effects`` counts the effects of the case that were used.
    """

    points: int
    graded: bool
    lines: tuple[GradeLine, ...]
    notes: tuple[str, ...]
    n_effects: int
    n_excluded: int
    n_missing: int
    rule_version: str = RULE_VERSION


@dataclass(frozen=True)
class SolutionGrade:
    """The grade of a solution, and the measure that it is based on (None if nothing is
    recorded)."""

    measure: str | None
    unit: str | None
    n_places: int
    grade: EvidenceGrade


_Outcome = tuple[bool | None, Params]
_Effects = Sequence[PlaceEffect]


def _is_measured(effect: PlaceEffect) -> bool:
    return effect.design in MEASURED_DESIGNS


#: Lines that require an effect of some kind: of a case one, of a solution half of the places.
_ASKED_OF_EFFECTS: Mapping[str, Callable[[PlaceEffect], bool]] = {
    "measured": _is_measured,
    "comparison": lambda effect: effect.design in COMPARISON_DESIGNS,
    "randomised": lambda effect: effect.design == "rct",
    "uncertainty": lambda effect: (
        # The sample size alone does not determine the uncertainty.
        _is_measured(effect) and (has_interval(effect) or known(effect.se))
    ),
}


def _any_independent(sources: Sequence[GradeSource]) -> bool | None:
    """True if any source is independent, False if none is, None if unknown."""
    answers = [source.independent for source in sources]
    if True in answers:
        return True
    return None if None in answers or not answers else False


#: What weakens a measured effect, by the name of its count in the line ``measured``.
_WEAKENED: Mapping[str, Callable[[PlaceEffect], bool]] = {
    "late": lambda effect: effect.has_late_plan,
    "failed": lambda effect: effect.has_failed_check,
    "deviating": lambda effect: effect.has_deviation,
    "doubted": lambda effect: _is_doubted(effect),
}


def _is_doubted(effect: PlaceEffect) -> bool:
    """Whether it counts at most as a simple before-after comparison."""
    return effect.has_late_plan or effect.has_failed_check


def _weakened(groups: Iterable[_Effects]) -> Params:
    """In how many groups all measured effects are weakened, by reason; empty without any."""
    measured = [effects for group in groups if (effects := [*filter(_is_measured, group)])]
    counts = (
        (name, sum(all(map(is_weak, group)) for group in measured))
        for name, is_weak in _WEAKENED.items()
    )
    return tuple((name, count) for name, count in counts if count)


def _case_outcomes(
    own: _Effects, everywhere: _Effects, sources: Sequence[GradeSource]
) -> dict[str, _Outcome]:
    """The outcome of each line for a case with the effects ``own``; counts are over
    ``everywhere``."""
    outcomes: dict[str, _Outcome] = {}
    for code, asked in _ASKED_OF_EFFECTS.items():
        count = sum(asked(effect) for effect in own)
        outcomes[code] = count > 0, (("effects", count), ("of", len(own)))
    met, counts = outcomes["measured"]
    outcomes["measured"] = met, counts + _weakened([effect] for effect in own)
    answers = [source.independent for source in sources]
    outcomes["independent"] = (
        _any_independent(sources),
        (
            ("independent", answers.count(True)),
            ("not_independent", answers.count(False)),
            ("unknown", answers.count(None)),
        ),
    )
    agreements = case_agreements(usable(own), everywhere)

    def places(agreement: Agreement | None) -> _Outcome:
        if not agreements:
            return None, ()
        return agreement is not None, (agreement or agreements[0]).params

    outcomes["replicated"] = places(next((a for a in agreements if a.replicated), None))
    outcomes["inconsistent"] = places(next((a for a in agreements if a.contradicted), None))
    return outcomes


def _chosen_changes(effects: _Effects) -> tuple[PlaceEffect, ...]:
    """The changes selected for their places, each sample once."""
    return select_per_place([effect for effect in effects if effect.is_change]).chosen


def _prediction_includes_zero(chosen: Sequence[PlaceEffect]) -> bool:
    """Whether the prediction for one more place includes no change, or the opposite change.

    By the 95 % prediction interval over the effects selected for their places, as in
    `evidence.outlook.look_ahead`; False with fewer than 3 places, which have none.
    """
    if len(chosen) < MIN_PLACES:
        return False
    try:
        pooled = pool_places(chosen)
    except MethodError:
        # Effects that are too far apart to compute an interval predict nothing.
        return True
    low, high = pooled.prediction_low, pooled.prediction_high
    return low is not None and high is not None and low <= 0 <= high


def _solution_outcomes(effects: _Effects, sources: Sequence[GradeSource]) -> dict[str, _Outcome]:
    """The outcome of each line for a solution, over its usable ``effects`` of a measure."""
    places = by_place(effects)
    of = len(places)
    outcomes: dict[str, _Outcome] = {}
    for code, asked in _ASKED_OF_EFFECTS.items():
        count = sum(any(asked(effect) for effect in group) for group in places.values())
        outcomes[code] = 2 * count >= of, (("places", count), ("of", of))
    met, measured = outcomes["measured"]
    outcomes["measured"] = met, measured + _weakened(places.values())

    answers = []
    for group in places.values():
        cases = {effect.case for effect in group}
        answers.append(_any_independent([source for source in sources if source.case in cases]))
    count, unknown = answers.count(True), answers.count(None)
    outcomes["independent"] = (
        True if 2 * count >= of else None if 2 * (count + unknown) >= of else False,
        (("places", count), ("unknown", unknown), ("of", of)),
    )
    common = common_agreement(effects)
    if common is None:
        return outcomes | {"replicated": (None, ()), "inconsistent": (None, ())}
    # Places that agree on no change are consistent.
    no_change = agree_on_no_change(effects)
    chosen = _chosen_changes(effects)
    uneven = not no_change and _prediction_includes_zero(chosen)
    counts: Params = (
        ("measure", common.measure),
        ("unit", common.unit),
        # The places of the interval: samples of the same study are pooled, each for its place.
        ("places", len(chosen)),
        ("no_change", int(no_change)),
    )
    return outcomes | {
        "replicated": (common.replicated, common.params),
        "inconsistent": (uneven, counts),
    }


def _lines(outcomes: Mapping[str, _Outcome]) -> tuple[GradeLine, ...]:
    """Every line of `RULE` in order, with its points."""
    return tuple(
        GradeLine(rule.code, rule.points if met else 0, met, params)
        for rule in RULE
        for met, params in (outcomes[rule.code],)
    )


def most_gained(met: Iterable[str]) -> int:
    """The maximum total points of the lines that are ``met``."""
    return MAX_POINTS if set(met) >= CONFIRMED_BY else MAX_POINTS_UNCONFIRMED


def rests_on_doubted(counts: Mapping[str, int | str]) -> bool:
    """Whether the measured effects are doubted: of a case any effect, of a solution most places.

    ``counts`` are the params of the line ``measured``.
    """
    doubted = int(counts.get("doubted", 0))
    return 2 * doubted > int(counts["places"]) if "places" in counts else doubted > 0


def _total(lines: Sequence[GradeLine]) -> tuple[int, tuple[str, ...]]:
    """Adds up the lines: first the gains with their cap, then the deduction, then the bounds."""
    notes = []
    gained = sum(line.points for line in lines if line.points > 0)
    most = most_gained(line.code for line in lines if line.met)
    if gained > most:
        gained = most
        notes.append("capped-at-5" if most == MAX_POINTS else "at-most-4-unconfirmed")
    points = gained + sum(line.points for line in lines if line.points < 0)
    if any(line.code == "measured" and line.met for line in lines):
        if points < MIN_POINTS_MEASURED:
            points = MIN_POINTS_MEASURED
            notes.append("kept-at-1")
    elif points > MAX_POINTS_UNMEASURED:
        points = MAX_POINTS_UNMEASURED
        notes.append("at-most-1-unmeasured")
    if points > MAX_POINTS_DOUBTED and rests_on_doubted(dict(lines[0].params)):
        points = MAX_POINTS_DOUBTED
        notes.append("at-most-2-doubted")
    return max(points, 0), tuple(notes)


def _not_graded(effects: _Effects) -> EvidenceGrade:
    note = "no-usable-effect" if effects else "no-effect-recorded"
    return EvidenceGrade(0, False, (), (note,), 0, *_unused(effects))


def _unused(effects: _Effects) -> tuple[int, int]:
    """How many effects are excluded, and how many of the others have no value."""
    excluded = sum(bool(effect.excluded) for effect in effects)
    return excluded, len(effects) - excluded - len(usable(effects))


def grade(
    case_effects: Sequence[PlaceEffect],
    *,
    solution_effects: Sequence[PlaceEffect],
    sources: Sequence[GradeSource],
) -> EvidenceGrade:
    """Grade the evidence of one case.

    The lines of `RULE`, over effects that have a value; one that is left out of counts supports
    the grade of its case still, unless it is no effect of the measure (`NO_EFFECTS`):

    * ``measured``: at least one effect is before-after, quasi-experiment or rct
    * ``comparison``: at least one is quasi-experiment or rct
    * ``randomised``: at least one is rct
    * ``uncertainty``: a measured effect has an interval or a standard error
    * ``independent``: at least one source is independent; unknown unless one is recorded as
      independent or all are recorded as not
    * ``replicated``: for a measure and unit of the case, the result of the case and those of other
      places, at least 3 and at least 3/4 of the places told, lie clearly on one side of zero, and 3
      of them are more than calculations
    * ``inconsistent``: for a measure and unit of the case, more than half of at least 3 places told
      lie clearly on the other side

    Only places are told whose results say how sure they are, and the case's own. A place counts
    once, and so does a study in several places (`by_place`). It lies clearly on a side if all its
    results for the whole place have that sign (for parts of it, where no result holds for the
    whole) and the 95 % interval of one lies wholly there (`place_agreement.side`). The gains are
    capped at 5 before the deduction, at 4 unless both ``uncertainty`` and ``replicated`` are met; a
    case with a measured effect keeps at least 1 point and one without gets at most 1. Effects whose
    plan was registered after their data, or of which a check failed, give at most 2: a case that
    has others is graded by those alone where that gives more.

    A stronger design, an added interval or an added independent source never lowers the grade.
    Turning the only before-after result into a quasi-experiment raises it by exactly 1, except
    where ``kept-at-1`` had already lifted it. Taking away a place that agrees never raises it;
    taking away one that disagrees can.

    Args:
        case_effects: effects of the case, of any measures.
        solution_effects: effects of all cases of the solution; those of this case may be among
            them and are counted once.
        sources: sources of the case.

    Raises:
        MethodError: ``unknown-design``, ``unknown-direction`` or as `effect_spread.validate`.
    """
    validate(case_effects, "case_effects")
    validate(solution_effects, "solution_effects")
    own = [
        effect
        for effect in case_effects
        if says_something(effect) and effect.excluded not in NO_EFFECTS
    ]
    if not own:
        return _not_graded(case_effects)
    everywhere = usable([*solution_effects, *case_effects])
    candidates = []
    sound = [effect for effect in own if not _is_doubted(effect)]
    for effects in (own, sound) if sound else (own,):
        lines = _lines(_case_outcomes(effects, everywhere, sources))
        points, notes = _total(lines)
        unused = _unused(case_effects)
        candidates.append(EvidenceGrade(points, True, lines, notes, len(effects), *unused))
    # The first among equals, which is based on all effects.
    return max(candidates, key=lambda candidate: candidate.points)


def _best_covered(groups: Mapping[Key, _Effects]) -> Key | None:
    def coverage(key: Key) -> tuple[int, int, str, str]:
        measured = sum(map(_is_measured, groups[key]))
        return (-len(by_place(groups[key])), -measured, *key)

    return min(groups, key=coverage, default=None)


def best_covered(solution_effects: Iterable[PlaceEffect]) -> Key | None:
    """The measure and unit that `solution_grade` is based on; None if nothing is recorded."""
    return _best_covered(by_measure(usable(solution_effects)))


def solution_grade(
    solution_effects: Sequence[PlaceEffect], *, sources: Sequence[GradeSource]
) -> SolutionGrade:
    """Grade a solution by its best covered measure and unit, by the same lines, place by place.

    Best covered: most places; then most measured effects; then by name. No line is met by one
    good study alone:

    * ``measured``, ``comparison``, ``randomised``, ``uncertainty``: at least half of the places
      have such an effect
    * ``independent``: at least half of the places have an independent source among those of their
      cases; unknown where places of which that is not known could still make it half
    * ``replicated``: at least 3 places and at least 3/4 of those told lie clearly on one side,
      whichever, and 3 of those are more than calculations
    * ``inconsistent``: the 95 % prediction interval over 3 places or more includes zero, and they
      do not agree on no change

    With fewer than 3 places a solution gets at most 3 points, and at most 2 where in more than half
    of the measured places every plan was registered after the data or a check of it failed.

    Args:
        solution_effects: effects of all cases of the solution, in the order of their listing.
        sources: sources of all cases, each with its case.

    Raises:
        MethodError: as `grade`.
    """
    validate(solution_effects, "solution_effects")
    groups = by_measure(usable(solution_effects))
    key = _best_covered(groups)
    if key is None:
        return SolutionGrade(None, None, 0, _not_graded(solution_effects))
    lines = _lines(_solution_outcomes(groups[key], sources))
    points, notes = _total(lines)
    n_places = len(by_place(groups[key]))
    if n_places < MIN_PLACES and points > MAX_POINTS_FEW_PLACES:
        points = MAX_POINTS_FEW_PLACES
        notes = (*notes, "at-most-3-few-places")
    listed = [effect for effect in solution_effects if (effect.measure, effect.unit) == key]
    evidence = EvidenceGrade(points, True, lines, notes, len(groups[key]), *_unused(listed))
    return SolutionGrade(*key, n_places, evidence)
