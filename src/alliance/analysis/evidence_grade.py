"""The evidence grade: 0 to 5 points by a published rule, with the lines that gave them.

The grade says how well it is known that something happened because of the solution. It says
nothing of how large the effect is or whether it would occur elsewhere. `RULE` is the rule as
data: pages and documentation are made from it, and `grade` takes the points from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.effect_spread import PlaceEffect, has_interval, known, validate

RULE_VERSION = "1"

MAX_POINTS = 5
#: Most that a case without any measured effect can get.
MAX_POINTS_UNMEASURED = 1
#: Least that a case with a measured effect can get.
MIN_POINTS_MEASURED = 1
MIN_PLACES = 3
#: Share of the places that must point one way, as numerator and denominator.
AGREEMENT = (3, 4)

MEASURED_DESIGNS = frozenset({"rct", "quasi-experiment", "before-after"})
COMPARISON_DESIGNS = frozenset({"rct", "quasi-experiment"})


@dataclass(frozen=True)
class RuleLine:
    """One line of the published rule: what it is worth when met, and the key of its text."""

    code: str
    points: int
    description_key: str


RULE: tuple[RuleLine, ...] = (
    RuleLine("measured", 1, "evidence-grade.measured"),
    RuleLine("comparison", 1, "evidence-grade.comparison"),
    RuleLine("randomised", 1, "evidence-grade.randomised"),
    RuleLine("uncertainty", 1, "evidence-grade.uncertainty"),
    RuleLine("independent", 1, "evidence-grade.independent"),
    RuleLine("replicated", 1, "evidence-grade.replicated"),
    RuleLine("inconsistent", -1, "evidence-grade.inconsistent"),
)

Params = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True)
class GradeSource:
    """A source of a case. ``independent``: written by others than those who ran the measure;
    None if not recorded."""

    reference: str
    independent: bool | None = None


@dataclass(frozen=True)
class GradeLine:
    """How one line of the rule came out.

    ``points`` is what the line added. ``met`` is None where it is unknown, which adds nothing.
    ``params`` are the counts behind it, as pairs: ``dict(line.params)`` fills a sentence.
    """

    code: str
    points: int
    met: bool | None
    params: Params


@dataclass(frozen=True)
class EvidenceGrade:
    """A grade and everything needed to explain it.

    ``points`` is the sum of the lines, changed only as ``notes`` says: ``capped-at-5``,
    ``kept-at-1`` (something was measured), ``at-most-1-unmeasured``. Where ``graded`` is False,
    there are no lines, points are 0 and notes hold ``no-effect-recorded`` or
    ``no-usable-effect`` (all excluded or without a value). ``n_effects`` counts the effects of
    the case that were used.
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
    """The grade of a solution, and the measure it rests on (None if nothing is recorded)."""

    measure: str | None
    unit: str | None
    n_places: int
    grade: EvidenceGrade


@dataclass(frozen=True)
class _Agreement:
    """How the places of a solution compare with one measure of a case."""

    measure: str
    unit: str
    places: int
    agreeing: int
    observed: int
    contrary: int

    @property
    def replicated(self) -> bool:
        part, whole = AGREEMENT
        return (
            self.places >= MIN_PLACES
            and whole * self.agreeing >= part * self.places
            and self.observed >= MIN_PLACES
        )

    @property
    def contradicted(self) -> bool:
        return self.places >= MIN_PLACES and 2 * self.contrary > self.places

    @property
    def params(self) -> Params:
        return (
            ("measure", self.measure),
            ("unit", self.unit),
            ("places", self.places),
            ("agreeing", self.agreeing),
            ("observed", self.observed),
            ("contrary", self.contrary),
        )


_Key = tuple[str, str]


def _usable(effects: Iterable[PlaceEffect]) -> list[PlaceEffect]:
    return [effect for effect in effects if not effect.excluded and known(effect.value)]


def _by_measure(effects: Iterable[PlaceEffect]) -> dict[_Key, list[PlaceEffect]]:
    groups: dict[_Key, list[PlaceEffect]] = {}
    for effect in effects:
        groups.setdefault((effect.measure, effect.unit), []).append(effect)
    return groups


def _sign(effects: Sequence[PlaceEffect]) -> int | None:
    """-1, 0 or 1 if all results point the same way, None if they do not.

    Results for the whole place take precedence over results for parts of it. Designs and
    intervals are deliberately not looked at: a better study of the same result must never change
    which way a place counts.
    """
    whole = [effect for effect in effects if not effect.label]
    signs = {
        (effect.value > 0) - (effect.value < 0)
        for effect in whole or effects
        if effect.value is not None
    }
    return signs.pop() if len(signs) == 1 else None


def _by_place(effects: Iterable[PlaceEffect]) -> dict[str, list[PlaceEffect]]:
    places: dict[str, list[PlaceEffect]] = {}
    for effect in effects:
        places.setdefault(effect.place, []).append(effect)
    return places


def _agreement(
    key: _Key, own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect], sign: int | None
) -> _Agreement:
    """Count the places of one measure and unit by their direction against ``sign``."""
    places = _by_place(everywhere)
    own_places = {effect.place for effect in own}
    agreeing = observed = contrary = 0
    for place, effects in places.items():
        direction = _sign(effects)
        if sign is None or direction is None:
            continue
        if direction == sign:
            agreeing += 1
            observed += any(effect.design != "modelled" for effect in effects)
        elif direction == -sign and place not in own_places:
            contrary += 1
    return _Agreement(key[0], key[1], len(places), agreeing, observed, contrary)


def _agreements(
    own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect], *, any_direction: bool
) -> list[_Agreement]:
    """One entry per measure and unit of the case, and per direction if ``any_direction``.

    A case is compared by its own direction. A solution has no other than that of its places, so
    each direction that a place shows is tried.
    """
    pool = _by_measure(effect for effect in everywhere if effect.is_change)
    found = []
    for key, effects in _by_measure(effect for effect in own if effect.is_change).items():
        signs: set[int | None] = {_sign(effects)}
        if any_direction:
            signs = {_sign(group) for group in _by_place(pool[key]).values()}
        found += [_agreement(key, effects, pool[key], sign) for sign in signs]
    # Best covered first, so that the first entry is the one worth reporting.
    return sorted(found, key=lambda a: (-a.places, -a.agreeing, -a.observed, a.measure, a.unit))


def _independence(sources: Sequence[GradeSource]) -> tuple[bool | None, Params]:
    """True if any source is independent, False if none is, None if that cannot be told."""
    answers = [source.independent for source in sources]
    params: Params = (
        ("independent", answers.count(True)),
        ("not_independent", answers.count(False)),
        ("unknown", answers.count(None)),
    )
    if True in answers:
        return True, params
    return (None if None in answers or not answers else False), params


def _lines(
    own: Sequence[PlaceEffect],
    everywhere: Sequence[PlaceEffect],
    sources: Sequence[GradeSource],
    *,
    any_direction: bool,
) -> tuple[GradeLine, ...]:
    """Judge every line of `RULE`, in its order."""
    measured = [effect for effect in own if effect.design in MEASURED_DESIGNS]
    comparison = [effect for effect in own if effect.design in COMPARISON_DESIGNS]
    randomised = [effect for effect in own if effect.design == "rct"]
    uncertain = [
        effect
        for effect in measured
        if has_interval(effect) or known(effect.se) or effect.n is not None
    ]

    def count(effects: Sequence[PlaceEffect]) -> tuple[bool | None, Params]:
        return bool(effects), (("effects", len(effects)), ("of", len(own)))

    agreements = _agreements(own, everywhere, any_direction=any_direction)
    replicated = next((a for a in agreements if a.replicated), None)
    contradicted = next((a for a in agreements if a.contradicted), None)

    def places(found: _Agreement | None) -> tuple[bool | None, Params]:
        if not agreements:
            return None, ()
        return found is not None, (found or agreements[0]).params

    outcomes: Mapping[str, tuple[bool | None, Params]] = {
        "measured": count(measured),
        "comparison": count(comparison),
        "randomised": count(randomised),
        "uncertainty": count(uncertain),
        "independent": _independence(sources),
        "replicated": places(replicated),
        "inconsistent": places(contradicted),
    }
    return tuple(
        GradeLine(rule.code, rule.points if met else 0, met, params)
        for rule in RULE
        for met, params in (outcomes[rule.code],)
    )


def _total(lines: Sequence[GradeLine]) -> tuple[int, tuple[str, ...]]:
    """Add up the lines: first the gains with their cap, then the deduction, then the bounds."""
    notes = []
    gained = sum(line.points for line in lines if line.points > 0)
    if gained > MAX_POINTS:
        gained = MAX_POINTS
        notes.append("capped-at-5")
    points = gained + sum(line.points for line in lines if line.points < 0)
    if any(line.code == "measured" and line.met for line in lines):
        if points < MIN_POINTS_MEASURED:
            points = MIN_POINTS_MEASURED
            notes.append("kept-at-1")
    elif points > MAX_POINTS_UNMEASURED:
        points = MAX_POINTS_UNMEASURED
        notes.append("at-most-1-unmeasured")
    return max(points, 0), tuple(notes)


def _grade(
    case_effects: Sequence[PlaceEffect],
    solution_effects: Sequence[PlaceEffect],
    sources: Sequence[GradeSource],
    *,
    any_direction: bool,
) -> EvidenceGrade:
    own = _usable(case_effects)
    n_excluded = sum(bool(effect.excluded) for effect in case_effects)
    n_missing = len(case_effects) - n_excluded - len(own)
    if not own:
        note = "no-usable-effect" if case_effects else "no-effect-recorded"
        return EvidenceGrade(0, False, (), (note,), 0, n_excluded, n_missing)
    everywhere = [*_usable(solution_effects), *own]
    lines = _lines(own, everywhere, sources, any_direction=any_direction)
    points, notes = _total(lines)
    return EvidenceGrade(points, True, lines, notes, len(own), n_excluded, n_missing)


def grade(
    case_effects: Sequence[PlaceEffect],
    *,
    solution_effects: Sequence[PlaceEffect],
    sources: Sequence[GradeSource],
) -> EvidenceGrade:
    """Grade the evidence of one case.

    The lines of `RULE`, over effects that are not excluded and have a value:

    * ``measured``: at least one effect is before-after, quasi-experiment or rct
    * ``comparison``: at least one is quasi-experiment or rct
    * ``randomised``: at least one is rct
    * ``uncertainty``: a measured effect has an interval, a standard error or a sample size
    * ``independent``: at least one source is independent; unknown unless one is recorded as
      independent or all are recorded as not
    * ``replicated``: for a measure and unit of the case, the solution has at least 3 places, at
      least 3/4 of them point the way the case does, and 3 of those are more than calculations
    * ``inconsistent``: for a measure and unit of the case, at least 3 places and more than half
      of them point the other way

    A place counts once: it points somewhere if all its results for the whole place do (for parts
    of it, where no result holds for the whole). No change agrees with no change. The gains are
    capped at 5 before the deduction; a case with a measured effect keeps at least 1 point and
    one without gets at most 1.

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
    return _grade(case_effects, solution_effects, sources, any_direction=False)


def solution_grade(
    solution_effects: Sequence[PlaceEffect], *, sources: Sequence[GradeSource]
) -> SolutionGrade:
    """Grade a solution by all effects of its best covered measure and unit, by the same lines.

    Best covered: most places; then most measured effects; then by name. ``replicated`` is met if
    at least 3/4 of the places agree on any direction. ``inconsistent`` cannot be met: a solution
    has no direction apart from that of its places.

    Raises:
        MethodError: as `grade`.
    """
    validate(solution_effects, "solution_effects")
    groups = _by_measure(_usable(solution_effects))
    if not groups:
        empty = _grade(solution_effects, (), sources, any_direction=True)
        return SolutionGrade(None, None, 0, empty)

    def coverage(key: _Key) -> tuple[int, int, str, str]:
        measured = sum(effect.design in MEASURED_DESIGNS for effect in groups[key])
        return (-len(_by_place(groups[key])), -measured, *key)

    key = min(groups, key=coverage)
    effects = [effect for effect in solution_effects if (effect.measure, effect.unit) == key]
    found = _grade(effects, effects, sources, any_direction=True)
    return SolutionGrade(key[0], key[1], len(_by_place(groups[key])), found)
