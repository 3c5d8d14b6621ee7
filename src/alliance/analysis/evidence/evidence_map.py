"""The evidence map: solutions by outcome themes, with results and gaps.

Rows are solutions in groups, columns are themes of outcomes. `outcome_places` counts the places of
a solution by theme, `evidence_map` arranges them in cells and sorts rows and columns. The certainty
of a cell is that of the verdict of its best covered measure (`best_body`): nothing is pooled here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alliance.analysis.effect_spread import (
    MEASURED_DESIGNS,
    PlaceEffect,
    select_per_place,
)
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.certainty import GRADES
from alliance.analysis.evidence.solution_verdict import OUTCOMES, VerdictCase
from alliance.analysis.place_agreement import AGREEMENT, MIN_PLACES, says_something, side

VERSION = "3"

#: The column of measures without a theme.
OTHER = "other"
NOT_GRADED = "not-graded"
BETTER, WORSE, MIXED, UNCLEAR = "+", "-", "±", "unclear"
#: The direction that the results of a body have also in a new place.
EVEN, UNEVEN, UNKNOWN = "even", "uneven", "unknown"
ORDERS = ("fixed", "alike")
MOST_ROUNDS = 50


class OutcomePlace(NamedTuple):
    """The result of a place in a theme of outcomes.

    ``cases`` measured it there. ``design`` is that of the result selected for the place and
    ``vote`` its direction: 1 clearly better, -1 clearly worse (the whole interval), 0 neither, None
    for a level or an unknown uncertainty. ``score``: how far its cases worked, 0 to 1; None if none
    counts. ``is_measured``: by one of `MEASURED_DESIGNS`. ``is_hidden``: the place must not be
    revealed. ``check_again``: its result must be verified again.
    """

    place: str
    cases: int
    design: str
    vote: int | None
    score: float | None
    has_harm: bool
    is_measured: bool
    is_hidden: bool = False
    check_again: bool = False


@dataclass(frozen=True)
class ThemeBody:
    """The certainty of a theme of a solution: that of its best covered measure and unit."""

    certainty: str
    spread: str


@dataclass(frozen=True)
class MapRow:
    """A solution: its group by number, the themes it aims at, its places and bodies by theme."""

    solution: str
    group: int
    aims: frozenset[str] = frozenset()
    places: Mapping[str, Sequence[OutcomePlace]] = field(default_factory=dict)
    bodies: Mapping[str, ThemeBody] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MapCell:
    """A solution and a theme.

    ``better``, ``worse`` and ``neither`` are places that vote. ``direction`` is `BETTER` or `WORSE`
    where three of four of them clearly go that way, else `MIXED`; `UNCLEAR` where none clearly goes
    either way, empty without places. ``certainty`` is a grade or `NOT_GRADED`. ``failed`` places
    have nothing that worked, ``harm`` places somebody who was harmed, ``to_check`` places a result
    that is to be looked up again. ``gap``: what is missing, empty where nothing is:
    ``absolute`` (aimed at, and measured nowhere), ``claimed-only`` (no result was measured),
    ``failed-only``, ``synthesis`` (three places, no three of them with the same measure and unit).
    """

    solution: str
    theme: str
    places: int
    cases: int
    better: int
    worse: int
    neither: int
    direction: str
    certainty: str
    spread: str
    failed: int
    harm: int
    gap: str
    to_check: int = 0


@dataclass(frozen=True)
class EvidenceMap:
    """The sorted rows and columns; cells with places or a gap, by solution and theme."""

    rows: tuple[MapRow, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], MapCell]
    version: str = VERSION

    @property
    def in_order(self) -> tuple[MapCell, ...]:
        """The cells, row by row."""
        return tuple(
            self.cells[row.solution, theme]
            for row in self.rows
            for theme in self.columns
            if (row.solution, theme) in self.cells
        )


def place_scores(cases: Sequence[VerdictCase]) -> tuple[dict[str, float], frozenset[str]]:
    """How far the cases of each place worked, 0 to 1, and the places where somebody was harmed.

    A place without a case that counts has no score, unless somebody was harmed there: that is 0.
    """
    by_place: dict[str, list[float]] = {}
    for case in cases:
        if case.counts:
            by_place.setdefault(case.place, []).append(OUTCOMES[case.outcome])
    harmed = frozenset(case.place for case in cases if case.has_harm)
    scores = {place: sum(values) / len(values) for place, values in by_place.items()}
    return scores | dict.fromkeys(sorted(harmed - set(scores)), 0.0), harmed


def outcome_places(
    cases: Sequence[VerdictCase], themes: Mapping[str, str], hidden: Iterable[str] = ()
) -> dict[str, tuple[OutcomePlace, ...]]:
    """The places of a solution by theme, in the order of its cases.

    Results of all designs count; the result of a place is selected among all of the theme by
    `alliance.analysis.effect_spread.select_per_place`.

    Args:
        cases: of one solution, with effects that name their measures.
        themes: of each measure; a missing or empty one belongs to `OTHER`.
        hidden: places that must not be revealed.

    Raises:
        MethodError: as `alliance.analysis.effect_spread.validate`.
    """
    scores, harmed = place_scores(cases)
    masked = frozenset(hidden)
    usable: dict[str, list[PlaceEffect]] = {}
    for case in cases:
        for effect in case.effects:
            if says_something(effect) and not effect.excluded:
                usable.setdefault(themes.get(effect.measure) or OTHER, []).append(effect)
    places_by_theme = {}
    for theme, effects in usable.items():
        speaks = {effect.place: effect for effect in select_per_place(effects).chosen}
        for effect in effects:
            if effect.no_difference:
                speaks.setdefault(effect.place, effect)
        places_by_theme[theme] = tuple(
            OutcomePlace(
                place=place,
                cases=len({each.case for each in effects if each.place == place}),
                design=effect.design,
                vote=_vote(effect),
                score=scores.get(place),
                has_harm=place in harmed,
                is_measured=effect.design in MEASURED_DESIGNS,
                is_hidden=place in masked,
                check_again=effect.check_again,
            )
            for place, effect in speaks.items()
        )
    return places_by_theme


def _vote(effect: PlaceEffect) -> int | None:
    sign = side(effect)
    if sign is None or not effect.is_change:
        return None
    return sign if effect.direction == "higher-is-better" else -sign


def best_body(
    bodies: Iterable[tuple[int, str, tuple[float | None, float | None]]],
) -> ThemeBody | None:
    """The body of the measure with the most places, then of the highest certainty; None if there is
    none.

    Args:
        bodies: number of places that measured it, certainty, and bounds of the prediction interval.
    """
    best = max(bodies, key=lambda body: (body[0], GRADES.index(body[1])), default=None)
    if best is None:
        return None
    _, certainty, (low, high) = best
    if low is None or high is None or not math.isfinite(low) or not math.isfinite(high):
        return ThemeBody(certainty, UNKNOWN)
    return ThemeBody(certainty, EVEN if low > 0 or high < 0 else UNEVEN)


def evidence_map(
    rows: Sequence[MapRow], themes: Sequence[str], *, order: str = "fixed"
) -> EvidenceMap:
    """The map of `rows` and `themes`, its rows so that the places of each lie near a diagonal.

    Args:
        rows: in any order; groups come by their numbers.
        themes: the columns in their fixed order; `OTHER` comes last where it has places.
        order: ``alike`` also moves the columns, so that alike solutions lie side by side.

    Raises:
        MethodError: ``duplicate-solution``, ``unknown-theme``, ``unknown-order``.
    """
    if order not in ORDERS:
        raise MethodError("unknown-order", f"{order!r} is none of {', '.join(ORDERS)}", "order")
    columns = [*themes]
    if any(OTHER in row.places for row in rows) and OTHER not in columns:
        columns.append(OTHER)
    seen: set[str] = set()
    cells: dict[tuple[str, str], MapCell] = {}
    for at, row in enumerate(rows):
        if row.solution in seen:
            raise MethodError(
                "duplicate-solution", f"{row.solution!r} comes twice", f"rows[{at}].solution"
            )
        seen.add(row.solution)
        for theme in sorted({*row.places, *row.aims}):
            if theme not in columns:
                raise MethodError(
                    "unknown-theme",
                    f"{theme!r} is none of {', '.join(columns)}",
                    f"rows[{at}].{'places' if theme in row.places else 'aims'}",
                )
            cell = _cell(row, theme)
            if cell.places or cell.gap:
                cells[row.solution, theme] = cell
    weights = {key: math.log1p(cell.places) for key, cell in cells.items() if cell.places}
    ordered = _by_rows(rows, columns, weights)
    if order == "alike":
        ordered, columns = _alike(ordered, columns, weights)
    return EvidenceMap(tuple(ordered), tuple(columns), cells)


def _cell(row: MapRow, theme: str) -> MapCell:
    places = row.places.get(theme, ())
    hidden = sum(place.is_hidden for place in places)
    if hidden < MIN_PLACES and len(places) - hidden < MIN_PLACES:
        # With so few places a hidden one could be inferred.
        places = [place for place in places if not place.is_hidden]
    n_votes = cases = better = worse = failed = harm = to_check = 0
    is_measured = False
    for place in places:
        cases += place.cases
        n_votes += place.vote is not None
        better += place.vote == 1
        worse += place.vote == -1
        failed += place.score == 0
        harm += place.has_harm
        to_check += place.check_again
        is_measured = is_measured or place.is_measured
    part, whole = AGREEMENT
    direction = MIXED
    if not better and not worse:
        direction = UNCLEAR if places else ""
    elif whole * better >= part * n_votes:
        direction = BETTER
    elif whole * worse >= part * n_votes:
        direction = WORSE
    body = row.bodies.get(theme) if places else None
    gap = ""
    if not places:
        gap = "absolute" if theme in row.aims else ""
    elif not is_measured:
        gap = "claimed-only"
    elif failed == len(places):
        gap = "failed-only"
    elif body is None and len(places) >= MIN_PLACES:
        gap = "synthesis"
    return MapCell(
        solution=row.solution,
        theme=theme,
        places=len(places),
        cases=cases,
        better=better,
        worse=worse,
        neither=n_votes - better - worse,
        direction=direction,
        certainty=body.certainty if body else NOT_GRADED,
        spread=body.spread if body else UNKNOWN,
        failed=failed,
        harm=harm,
        gap=gap,
        to_check=to_check,
    )


_Weights = Mapping[tuple[str, str], float]


def _by_rows(rows: Sequence[MapRow], columns: Sequence[str], weights: _Weights) -> list[MapRow]:
    """By group, then by the weighted mean of the columns; rows without places come last."""

    def key(row: MapRow) -> tuple[int, bool, float, int, str]:
        own = [
            (number, weights[row.solution, theme])
            for number, theme in enumerate(columns, start=1)
            if (row.solution, theme) in weights
        ]
        total = sum(weight for _, weight in own)
        mean = sum(number * weight for number, weight in own) / total if own else 0.0
        places = sum(len(theme_places) for theme_places in row.places.values())
        return row.group, not own, mean, -places, row.solution

    return sorted(rows, key=key)


def _alike(
    rows: list[MapRow], columns: list[str], weights: _Weights
) -> tuple[list[MapRow], list[str]]:
    """Columns by the mean position of their rows and rows by that of their columns, repeated until
    stable.

    If it never is, the round nearest to the diagonal, and the earliest of equal ones.
    """
    best = (_off_diagonal(rows, columns, weights), rows, columns)
    for _ in range(MOST_ROUNDS):
        means: dict[str, float] = {}
        for at, theme in enumerate(columns):
            own = [
                (number, weights[row.solution, theme])
                for number, row in enumerate(rows, start=1)
                if (row.solution, theme) in weights
            ]
            total = sum(weight for _, weight in own)
            # A column without places stays at the end, in its order.
            means[theme] = (
                sum(number * weight for number, weight in own) / total
                if own
                else float(len(rows) + 1 + at)
            )
        moved = sorted(columns, key=means.__getitem__)
        sorted_rows = _by_rows(rows, moved, weights)
        if moved == columns and sorted_rows == rows:
            return rows, columns
        rows, columns = sorted_rows, moved
        distance = _off_diagonal(rows, columns, weights)
        if distance < best[0]:
            best = (distance, rows, columns)
    return best[1], best[2]


def _off_diagonal(rows: Sequence[MapRow], columns: Sequence[str], weights: _Weights) -> float:
    return sum(
        weights.get((row.solution, theme), 0.0) * abs(down / len(rows) - across / len(columns))
        for down, row in enumerate(rows, start=1)
        for across, theme in enumerate(columns, start=1)
    )
