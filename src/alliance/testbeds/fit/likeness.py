"""How near places with evidence are to a city, what they cover, and what they promise it.

Distance is Gower's over four facts: main climate group and country (same or not), inhabitants and
density (as logarithms over the range of all places). A fact that is not known of both is left out;
places that share fewer than `MIN_SHARED` facts with the city have no distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.context import gower, weigh_by_likeness
from alliance.analysis.evidence.context_check import BANDWIDTH, LeaveOneOut, leave_one_out

CLIMATE, COUNTRY, INHABITANTS, DENSITY = "climate", "country", "inhabitants", "density"
NAMES = (CLIMATE, COUNTRY, INHABITANTS, DENSITY)
CATEGORICAL = (CLIMATE, COUNTRY)
MIN_SHARED = 2
NEAREST = 3
MIN_PLACES = 3


@dataclass(frozen=True)
class PlaceFacts:
    """What is known of a city; None where it is not. Density in inhabitants per km²."""

    climate: str | None
    country: str | None
    inhabitants: float | None
    density: float | None

    def get(self, name: str) -> str | float | None:
        """The fact of that name."""
        fact: str | float | None = getattr(self, name)
        return fact


#: Of a place that is no city, or that is to stay hidden.
UNKNOWN = PlaceFacts(climate=None, country=None, inhabitants=None, density=None)


@dataclass(frozen=True)
class Near:
    """A place by its index: its distance, 0..1, and the facts that were compared."""

    index: int
    distance: float
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Likeness:
    """Places from the nearest on; `effective` equal ones they are worth, None for none.

    `outside` are the facts of the city that no place covers: a group that none has, a figure below
    or above all. `missing` are facts of the city that are not known.
    """

    near: tuple[Near, ...]
    effective: float | None
    outside: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether anything may be said of this city in particular."""
        return not self.too_few_alike and not self.outside

    @property
    def too_few_alike(self) -> bool:
        """Whether the places are worth fewer than three that are just alike."""
        return self.effective is None or self.effective < MIN_PLACES - 1e-9


@dataclass(frozen=True)
class Expected:
    """What is expected of one more place, by which way, and how both did when put to the test."""

    value: float
    by_context: bool
    check: LeaveOneOut


def matrix(facts: Sequence[PlaceFacts]) -> np.ndarray:
    """The facts as numbers, shape (k, 4): codes of groups, logarithms of figures, NaN unknown."""
    codes: dict[tuple[str, str], int] = {}
    rows = [[_number(name, fact.get(name), codes) for name in NAMES] for fact in facts]
    return np.array(rows, dtype=float).reshape(len(facts), len(NAMES))


def _number(name: str, fact: str | float | None, codes: dict[tuple[str, str], int]) -> float:
    if fact is None:
        return math.nan
    if isinstance(fact, str):
        return float(codes.setdefault((name, fact), len(codes)))
    return math.log10(fact) if fact > 0 else math.nan


def likeness(own: PlaceFacts, places: Sequence[PlaceFacts]) -> Likeness:
    """How like the city the places are."""
    missing = tuple(name for name in NAMES if own.get(name) is None)
    if not places:
        return Likeness((), None, (), missing)
    rows = matrix([*places, own])
    x, mine = rows[:-1], rows[-1]
    result = gower(x, mine, NAMES, categorical=CATEGORICAL)
    distances = np.where(np.array(result.shared) >= MIN_SHARED, result.distances, np.nan)
    near = tuple(
        Near(index, float(distances[index]), _shared(own, places[index]))
        for index in result.order
        if not math.isnan(distances[index])
    )
    return Likeness(near, _effective(distances), _outside(x, mine), missing)


def _shared(own: PlaceFacts, place: PlaceFacts) -> tuple[str, ...]:
    return tuple(
        name for name in NAMES if own.get(name) is not None and place.get(name) is not None
    )


def _effective(distances: np.ndarray) -> float | None:
    """Kish's number of equal places that the weights are worth."""
    weights = np.exp(-((distances[~np.isnan(distances)] / BANDWIDTH) ** 2) / 2)
    return float(weights.sum() ** 2 / (weights @ weights)) if weights.size else None


def _outside(x: np.ndarray, own: np.ndarray) -> tuple[str, ...]:
    outside = []
    for column, name in enumerate(NAMES):
        known = x[~np.isnan(x[:, column]), column]
        # Another country alone refuses nothing: that is what a network across countries is for.
        if name == COUNTRY or math.isnan(own[column]) or not known.size:
            continue
        if name in CATEGORICAL:
            covered = bool((known == own[column]).any())
        else:
            covered = bool(known.min() <= own[column] <= known.max())
        if not covered:
            outside.append(name)
    return tuple(outside)


def expect(own: PlaceFacts, places: Sequence[PlaceFacts], values: Sequence[float]) -> Expected:
    """The value to expect of the city: that of like places only where likeness was shown to
    predict these very places better than the plain mean does, and the city is supported.

    Raises MethodError ``no-studies`` without a place.
    """
    if not places:
        raise MethodError("no-studies", "there is no place", "places")
    check = leave_one_out(values, matrix(places), NAMES, categorical=CATEGORICAL)
    plain = float(np.mean(values))
    if not check.prefers_context or not likeness(own, places).supported:
        return Expected(plain, False, check)
    rows = matrix([*places, own])
    away = gower(rows[:-1], rows[-1], NAMES, categorical=CATEGORICAL).distances
    try:
        weighted = weigh_by_likeness(values, np.ones(len(values)), away, bandwidth=BANDWIDTH)
    except MethodError:
        return Expected(plain, False, check)
    return Expected(weighted.estimate, True, check)
