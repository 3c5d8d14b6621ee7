"""How the effects of a solution spread over places: measure by measure, never mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.effect_spread import PlaceEffect, SpreadSummary, summarise
from alliance.analysis.evidence_grade import MEASURED_DESIGNS, solution_grade
from alliance.knowledge.effects import place_effects
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.lines import CaseLine, Told, told
from alliance.knowledge.selectors.localise import local_name, local_symbol

# From two places on, effects are drawn beside each other; a single one is told in a line.
MIN_PLACES_DRAWN = 2


@dataclass(frozen=True)
class EffectRow:
    """One recorded effect of a case.

    `left_out` is the code of the reason why it does not speak for its place, empty where it does;
    `exclusion` the editor's reason where that code is `excluded`.
    """

    case: CaseLine
    value: float
    low: float | None
    high: float | None
    n: int | None
    design: str
    period_start: int | None
    period_end: int | None
    qualifier: Told
    note: Told
    left_out: str = ""
    exclusion: str = ""

    @property
    def is_modelled(self) -> bool:
        return self.design == "modelled"


@dataclass(frozen=True)
class Spread:
    """The effects of one measure in one unit and direction, one speaking for each place.

    `grade_rests_on_it`: the evidence grade of the solution is counted on this measure and unit.
    """

    key: str
    measure: str
    unit: str
    symbol: str
    direction: str
    is_change: bool
    summary: SpreadSummary
    chosen: tuple[EffectRow, ...]
    left_out: tuple[EffectRow, ...]
    grade_rests_on_it: bool

    @property
    def prediction_includes_zero(self) -> bool:
        """Whether no change at all, or one the other way, is to be expected of a new place."""
        low, high = self.summary.pi_low, self.summary.pi_high
        return low is not None and high is not None and low <= 0 <= high


@dataclass(frozen=True)
class Spreads:
    """`drawn` have two places or more, `single` have one, `unusable` have no effect that counts."""

    drawn: tuple[Spread, ...]
    single: tuple[Spread, ...]
    unusable: tuple[Spread, ...]

    @property
    def first(self) -> Spread | None:
        """The best covered measure, None where no effect is recorded."""
        return next(iter(self.drawn + self.single), None)


_Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Member:
    place: PlaceEffect
    effect: Effect
    case: CaseStudy


def _row(
    member: _Member, lines: Mapping[str, CaseLine], language: str, left_out: str = ""
) -> EffectRow:
    effect, case = member.effect, member.case
    return EffectRow(
        case=lines[case.public_id],
        value=effect.value,
        low=effect.low,
        high=effect.high,
        n=effect.n,
        design=effect.design,
        period_start=effect.period_start,
        period_end=effect.period_end,
        qualifier=told(effect.qualifier, case.original_language, language),
        note=told(effect.note, case.original_language, language),
        left_out=left_out,
        exclusion=effect.pool_exclusion if left_out == "excluded" else "",
    )


def _spread(
    members: Sequence[_Member],
    lines: Mapping[str, CaseLine],
    language: str,
    graded: tuple[str | None, str | None],
) -> Spread:
    first = members[0].effect
    summary = summarise([member.place for member in members])
    # The analysis hands back the very objects it was given, which tells their rows apart even
    # where two effects have equal figures.
    by_identity = {id(member.place): member for member in members}
    return Spread(
        key=f"{first.measure.slug}-{first.unit.code}-{first.direction.split('-')[0]}",
        measure=local_name(first.measure, language),
        unit=local_name(first.unit, language),
        symbol=local_symbol(first.unit, language),
        direction=first.direction,
        is_change=first.unit.is_change,
        summary=summary,
        chosen=tuple(
            sorted(
                (
                    _row(by_identity[id(place)], lines, language)
                    for place in summary.selection.chosen
                ),
                key=lambda row: (row.value, row.case.place),
            )
        ),
        left_out=tuple(
            _row(by_identity[id(one.effect)], lines, language, one.reason)
            for one in summary.selection.left_out
        ),
        grade_rests_on_it=(first.measure.name, first.unit.name) == graded,
    )


def _coverage(spread: Spread) -> tuple[bool, int, int, str, str]:
    measured = sum(
        row.design in MEASURED_DESIGNS for row in spread.chosen + spread.left_out
    )
    # What the grade rests on comes first, so that grade and first chart tell of the same thing.
    return (
        not spread.grade_rests_on_it,
        -spread.summary.k,
        -measured,
        spread.measure,
        spread.unit,
    )


def spreads(
    cases: Sequence[CaseStudy], lines: Mapping[str, CaseLine], language: str
) -> Spreads:
    """All effects of `cases` by measure, unit and direction, best covered first.

    `lines` holds the line of each case by its public id. Makes no query where the effects were
    read with their measure and unit.
    """
    groups: dict[_Key, list[_Member]] = defaultdict(list)
    everywhere: list[PlaceEffect] = []
    for case in cases:
        for place, effect in zip(place_effects(case), case.effects.all(), strict=True):
            key = (effect.measure.name, effect.unit.name, effect.direction)
            groups[key].append(_Member(place, effect, case))
            everywhere.append(place)
    # Sources decide points of the grade, not the measure that it is counted on.
    grade = solution_grade(everywhere, sources=())
    found = sorted(
        (
            _spread(members, lines, language, (grade.measure, grade.unit))
            for members in groups.values()
        ),
        key=_coverage,
    )
    return Spreads(
        drawn=tuple(one for one in found if one.summary.k >= MIN_PLACES_DRAWN),
        single=tuple(one for one in found if one.summary.k == 1),
        unusable=tuple(one for one in found if one.summary.k == 0),
    )
