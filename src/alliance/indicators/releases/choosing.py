"""Selects the figure of each city for a release, and the sets of figures that are ranked
together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from alliance.indicators.enums import USABLE, Boundary, IndicatorDirection, Nature, Status
from alliance.indicators.guard import Clause, area_of, ranked_area
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.releases.meaning import Meaning

Floats = npt.NDArray[np.float64]
TOO_OLD = "too-old"
_USABLE = sorted(str(status) for status in USABLE)
_TEXTS = ("city", "country", "definition", "boundary", "period", "status", "quality")


@dataclass(frozen=True)
class IndicatorFigures:
    """All figures of an indicator for whole cities, sorted by series and period.

    `starts` are the indexes of the first row of each series; `value` is as submitted.
    """

    city: npt.NDArray[Any]
    country: npt.NDArray[Any]
    definition: npt.NDArray[Any]
    boundary: npt.NDArray[Any]
    period: npt.NDArray[Any]
    status: npt.NDArray[Any]
    quality: npt.NDArray[Any]
    year: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    value: Floats
    standard_error: Floats
    usable: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]

    def series(self) -> Iterator[slice]:
        """The rows of each series."""
        ends = [*self.starts[1:], self.city.size]
        for start, end in zip(self.starts, ends, strict=True):
            yield slice(int(start), int(end))


@dataclass(frozen=True)
class ChosenFigure:
    """The figure of a city: its row, its series, its age in years, and why it is not ranked ("" if
    it is); `place` is the index of the set in which it is ranked.
    """

    row: int
    series: slice
    age: int
    reason: str = ""
    place: int = 0


@dataclass(frozen=True)
class Choice:
    """The selected figures of an indicator by city. `sets` are the definitions of the sets of
    figures, each ranked separately, the largest first.
    """

    indicator: str
    sets: tuple[str, ...]
    picks: dict[str, ChosenFigure]
    figures: IndicatorFigures

    def ranked(self, place: int) -> list[str]:
        """The sorted cities whose figures are ranked together in a set."""
        return sorted(
            city for city, pick in self.picks.items() if not pick.reason and pick.place == place
        )


def figures_by_indicator(table: pa.Table, cities: pa.Table) -> dict[str, IndicatorFigures]:
    """The figures of a release for whole populations of whole cities, by indicator."""
    place = pc.index_in(table["city"], value_set=cities["city"].combine_chunks())
    table = table.append_column("country", cities["country"].take(place))
    whole = pc.equal(table["sex"], TOTAL)
    for name in ("age", "income", "area"):
        whole = pc.and_(whole, pc.equal(table[name], TOTAL))
    table = table.filter(whole).sort_by(
        [
            (name, "ascending")
            for name in ("indicator", "city", "definition", "boundary", "year", "period")
        ]
    )
    names = _texts(table["indicator"])
    return {
        str(names[start]): _figures(table.slice(start, end - start)) for start, end in _runs(names)
    }


def choose(indicator: str, figures: IndicatorFigures, meaning: Meaning, year: int) -> Choice:
    """Selects the figure of each city for a year, and the sets that may be ranked.

    A figure is that of the year, or the latest of as many previous years as the method allows. Two
    figures belong to the same set if the guard would rank them, except for the period: a measured
    figure is carried forward, whereas opinions of residents are only compared within a survey. A
    city belongs to the largest of its possible sets; among equal sizes to that with newer figures,
    then to the first definition by name. Sets with a single city are dropped unless there is no
    other.
    """
    candidates: dict[str, list[ChosenFigure]] = {}
    sets: Counter[tuple[Any, ...]] = Counter()
    keys: dict[int, tuple[Any, ...]] = {}
    newest: dict[tuple[Any, ...], int] = {}
    for pick in _picks(indicator, figures, meaning, year):
        city = figures.city[pick.row]
        if not pick.reason:
            keys[pick.row] = key = _set_of(indicator, figures, pick.row, meaning)
            if not any(keys.get(other.row) == key for other in candidates.get(city, ())):
                sets[key] += 1
            newest[key] = max(newest.get(key, 0), int(figures.year[pick.row]))
        candidates.setdefault(city, []).append(pick)
    order = sorted(sets, key=lambda key: (-sets[key], -newest[key], key))
    ranked_sets = order[:1] + [key for key in order[1:] if sets[key] > 1]
    while True:
        picks = {city: _best(own, keys, ranked_sets, figures) for city, own in candidates.items()}
        sizes = Counter(pick.place for pick in picks.values() if not pick.reason)
        left = [key for place, key in enumerate(ranked_sets) if not place or sizes[place] > 1]
        if left == ranked_sets:
            return Choice(indicator, tuple(key[0] for key in ranked_sets), picks, figures)
        # Their cities belong to larger sets; the remaining ones have nobody to be compared with.
        ranked_sets = left


def _picks(
    indicator: str, figures: IndicatorFigures, meaning: Meaning, year: int
) -> Iterator[ChosenFigure]:
    """The usable figure of each series for a year, else its latest figure with the reason."""
    carry = meaning.method["carry_years"]
    definitions = [
        meaning.by_key.get((indicator, key)) for key in figures.definition[figures.starts]
    ]
    oldest = [
        year - carry[definition["nature"] if definition else Nature.MEASURED.value]
        for definition in definitions
    ]
    known = ~np.isnan(figures.value) & (figures.year <= year)
    known &= figures.status != str(Status.FORECAST)
    sizes = np.diff([*figures.starts, known.size])
    recent = known & (figures.year >= np.repeat(oldest, sizes))
    rows = np.arange(known.size)
    last, newest, fit = (
        np.maximum.reduceat(np.where(chosen, rows, -1), figures.starts).tolist()
        for chosen in (known, recent, recent & figures.usable)
    )
    for place, series in enumerate(figures.series()):
        if last[place] < 0:
            continue
        row = fit[place] if fit[place] >= 0 else last[place]
        definition = definitions[place]
        if definition is None:
            reason = Clause.DEFINITION.value
        elif definition["direction"] == IndicatorDirection.CONTEXT:
            reason = Clause.DIRECTION.value
        elif definition["not_ranked_because"]:
            reason = Clause.NOT_RANKED.value
        elif newest[place] < 0:
            reason = TOO_OLD
        elif fit[place] < 0:
            reason = Clause.STATUS.value
        elif area_of(figures.boundary[row]) == Boundary.UNKNOWN:
            reason = Clause.BOUNDARY.value
        else:
            reason = ""
        yield ChosenFigure(row, series, year - int(figures.year[row]), reason)


def _set_of(
    indicator: str, figures: IndicatorFigures, row: int, meaning: Meaning
) -> tuple[Any, ...]:
    """The key that figures must share to be ranked together: (definition, version, country if the
    definition is only comparable within a country, area, kind of period, period of a survey).
    """
    definition = meaning.by_key[indicator, figures.definition[row]]
    number = int(figures.number[row])
    comparable = number >= definition["comparable_since"]
    period, country = figures.period[row], figures.country[row]
    return (
        figures.definition[row],
        0 if comparable else number,
        # Older releases do not have this property.
        country if definition.get("within_country") else "",
        ranked_area(figures.boundary[row], country),
        # A quarter is not compared with a year.
        len(period),
        period if definition["nature"] == Nature.OPINION else "",
    )


#: The clause for two figures in different sets, by the first element in which the keys differ.
_CLAUSES = (
    Clause.DEFINITION,
    Clause.DEFINITION_VERSION,
    Clause.COUNTRY,
    Clause.BOUNDARY,
    Clause.PERIOD,
    Clause.PERIOD,
)


def _best(
    own: list[ChosenFigure],
    keys: dict[int, tuple[Any, ...]],
    sets: list[tuple[Any, ...]],
    figures: IndicatorFigures,
) -> ChosenFigure:
    """The figure in the largest set, else the newest figure with the clause that excludes it."""
    for place, key in enumerate(sets):
        for pick in own:
            if not pick.reason and keys[pick.row] == key:
                return replace(pick, place=place) if place else pick
    pick = max(
        own, key=lambda candidate: (figures.year[candidate.row], figures.period[candidate.row])
    )
    if pick.reason or not sets:
        return pick
    places = zip(keys[pick.row], sets[0], _CLAUSES, strict=True)
    clause = next(clause for mine, other, clause in places if mine != other)
    return replace(pick, reason=clause.value)


def _figures(part: pa.Table) -> IndicatorFigures:
    texts = {name: _texts(part[name]) for name in _TEXTS}
    keys = texts["city"] + "|" + texts["definition"] + "|" + texts["boundary"]
    starts = np.array([start for start, _end in _runs(keys)], dtype=np.int64)

    def numbers(name: str) -> Floats:
        column = part[name].cast(pa.float64())
        return np.asarray(pc.fill_null(column, float("nan")).to_numpy(), dtype=float)

    return IndicatorFigures(
        **texts,
        year=np.asarray(part["year"].to_numpy(), dtype=np.int64),
        number=np.asarray(part["definition_number"].to_numpy(), dtype=np.int64),
        value=numbers("value"),
        standard_error=numbers("standard_error"),
        usable=np.isin(texts["status"].astype(str), _USABLE),
        starts=starts,
    )


def _texts(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A text column as Python objects, with each distinct text stored once."""
    coded = column.combine_chunks().dictionary_encode()
    words = np.array([*coded.dictionary.to_pylist(), ""], dtype=object)[:-1]
    return np.asarray(words[coded.indices.to_numpy()], dtype=object)


def _runs(keys: npt.NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of equal neighbours."""
    if not keys.size:
        return
    changes = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    starts = [0, *changes.tolist()]
    yield from zip(starts, [*starts[1:], keys.size], strict=True)
