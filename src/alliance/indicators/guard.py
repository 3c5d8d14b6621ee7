"""Decides whether figures may be ranked: definition, area, period and status must be comparable.

Pure functions on the attributes of a figure, with the text of each clause below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.indicators.enums import SAME_AREA, USABLE, Boundary, IndicatorDirection

VERSION = "2"


class Clause(StrEnum):
    """Reasons why two figures may not be ranked, in the order in which they are reported."""

    NO_DATA = "no-data"
    DEFINITION = "definition"
    DEFINITION_VERSION = "definition-version"
    COUNTRY = "country"
    BOUNDARY = "boundary"
    PERIOD = "period"
    STATUS = "status"
    DIRECTION = "direction"
    NOT_RANKED = "not-ranked"
    # Known only when a release compares a figure with all others.
    TOO_OLD = "too-old"
    COVERAGE = "coverage"
    TOO_FEW = "too-few"
    NO_DENOMINATOR = "no-denominator"
    NO_SCALE = "no-scale"


@dataclass(frozen=True)
class Figure:
    """The attributes of a figure that matter for comparison. `value` is None for no data.

    `comparable_since` is the number of the first version of its definition whose figures compare
    with those of today's. `within_country`: figures under it do not compare across countries.
    """

    value: float | None
    definition: str
    definition_number: int
    comparable_since: int
    boundary: str
    period: str
    status: str
    direction: str
    not_ranked_because: str = ""
    country: str = ""
    within_country: bool = False


@dataclass(frozen=True)
class Difference:
    """A failed clause, with the values of both figures."""

    clause: Clause
    left: str
    right: str


@dataclass(frozen=True)
class Comparability:
    """Whether two figures may be ranked; if so, `differences` is empty."""

    differences: tuple[Difference, ...]
    version: str = VERSION

    @property
    def may_rank(self) -> bool:
        return not self.differences


def area_of(boundary: str) -> str:
    """The kind of area for comparison: a French commune and a Swedish municipality are the same
    kind."""
    return SAME_AREA.get(boundary, boundary)


def ranked_area(boundary: str, country: str) -> str:
    """The kind of area that two figures must share; the kind "other" is specific to a country."""
    area = area_of(boundary)
    return f"{area} {country}" if area == Boundary.OTHER else area


def compare(left: Figure, right: Figure) -> Comparability:
    """Compares two figures clause by clause; every failed clause is reported."""
    return Comparability(tuple(_differences(left, right)))


def compare_all(figures: Sequence[Figure]) -> Comparability:
    """The verdict on several figures: ranked only if every pair may be. Each clause is reported
    once."""
    differences: dict[Clause, Difference] = {}
    for place, left in enumerate(figures):
        for right in figures[place + 1 :]:
            for difference in _differences(left, right):
                differences.setdefault(difference.clause, difference)
    return Comparability(tuple(differences[clause] for clause in Clause if clause in differences))


def _differences(left: Figure, right: Figure) -> list[Difference]:
    differences = []

    def check(clause: Clause, fits: bool, value: str, other: str) -> None:
        if not fits:
            differences.append(Difference(clause, value, other))

    known = left.value is not None and right.value is not None
    check(
        Clause.NO_DATA,
        known,
        "" if left.value is None else "value",
        "" if right.value is None else "value",
    )
    check(Clause.DEFINITION, left.definition == right.definition, left.definition, right.definition)
    if left.definition == right.definition:
        since = max(left.comparable_since, right.comparable_since)
        older = min(left.definition_number, right.definition_number)
        check(
            Clause.DEFINITION_VERSION,
            left.definition_number == right.definition_number or older >= since,
            str(left.definition_number),
            str(right.definition_number),
        )
        within = left.within_country or right.within_country
        check(
            Clause.COUNTRY,
            left.country == right.country or not within,
            left.country,
            right.country,
        )
    if known:
        areas = [ranked_area(figure.boundary, figure.country) for figure in (left, right)]
        check(
            Clause.BOUNDARY,
            areas[0] == areas[1] and Boundary.UNKNOWN not in areas,
            left.boundary,
            right.boundary,
        )
        check(Clause.PERIOD, left.period == right.period, left.period, right.period)
        check(
            Clause.STATUS,
            left.status in USABLE and right.status in USABLE,
            left.status,
            right.status,
        )
    neither_way = IndicatorDirection.CONTEXT in (left.direction, right.direction)
    check(Clause.DIRECTION, not neither_way, left.direction, right.direction)
    because = left.not_ranked_because or right.not_ranked_because
    check(Clause.NOT_RANKED, not because, because, because)
    return differences


CLAUSES: dict[Clause, Promise] = {
    Clause.NO_DATA: _("One of the two figures is missing."),
    Clause.DEFINITION: _("The figures are defined differently."),
    Clause.DEFINITION_VERSION: _("The definition, and so the figures, changed in between."),
    Clause.COUNTRY: _("Figures based on this definition cannot be compared across countries."),
    Clause.BOUNDARY: _("They cover different types of areas."),
    Clause.PERIOD: _("The figures cover different periods."),
    Clause.STATUS: _("The status of a figure does not allow it."),
    Clause.DIRECTION: _(
        "Neither higher nor lower is better: this indicator describes the context."
    ),
    Clause.NOT_RANKED: _("Figures based on this definition are not suitable for ranking."),
    Clause.TOO_OLD: _("The latest figure is too old to be used for the release year."),
    Clause.COVERAGE: _("Too few of the indicators included have a figure."),
    Clause.TOO_FEW: _("There is no other city to compare with."),
    Clause.NO_DENOMINATOR: _("There is no figure to divide it by."),
    Clause.NO_SCALE: _("All figures are the same, so no scale can be calculated."),
}
