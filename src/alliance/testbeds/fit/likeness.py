"""How similar places with evidence are to a city, which facts they cover, and what to expect.

The distance is Gower's over four facts: main climate group and country (same or not), inhabitants
and density (as logarithms over the range of all places). A fact that is unknown for either is left
out; places that share fewer than `MIN_SHARED` facts with the city have no distance.
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
    """The known facts of a city, None if unknown. Density in inhabitants per km²."""

    climate: str | None
    country: str | None
    inhabitants: float | None
    density: float | None

    def get(self, name: str) -> str | float | None:
        fact: str | float | None = getattr(self, name)
        return fact


#: For a place that is not a city, or that must stay hidden.
UNKNOWN = PlaceFacts(climate=None, country=None, inhabitants=None, density=None)


@dataclass(frozen=True)
class Near:
    """A place by its index: its distance, 0 to 1, and the facts that were compared."""

    index: int
    distance: float
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Likeness:
    """Places, nearest first; `effective` is Kish's number of equal places, None without places.

    `outside` are the facts of the city that no place covers: a group that none has, or a figure
    beyond the range of all. `missing` are the unknown facts of the city.
    """

    near: tuple[Near, ...]
    effective: float | None
    outside: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether the places support a prediction for this city in particular."""
        return not self.too_few_alike and not self.outside

    @property
    def too_few_alike(self) -> bool:
        """Whether the effective number of places is below three."""
        return self.effective is None or self.effective < MIN_PLACES - 1e-9


@dataclass(frozen=True)
class Expected:
    """The expected value of a new place, the method, and the errors of both methods."""

    value: float
    by_context: bool
    check: LeaveOneOut


def matrix(facts: Sequence[PlaceFacts]) -> np.ndarray:
    """The facts as numbers, shape (k, 4): codes of groups, logarithms of figures, NaN if
    unknown."""
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
    """Compares the places with the city."""
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
    """Kish's effective number of places under the weights."""
    weights = np.exp(-((distances[~np.isnan(distances)] / BANDWIDTH) ** 2) / 2)
    return float(weights.sum() ** 2 / (weights @ weights)) if weights.size else None


def _outside(x: np.ndarray, own: np.ndarray) -> tuple[str, ...]:
    outside = []
    for column, name in enumerate(NAMES):
        known = x[~np.isnan(x[:, column]), column]
        # A country without evidence refuses nothing: a network across countries is for that.
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
    """The expected value for the city: that of similar places only if likeness predicted these very
    places better than the plain mean did, and the city is supported.

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
