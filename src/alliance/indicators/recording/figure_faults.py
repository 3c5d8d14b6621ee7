"""Checks of figures, column by column, with texts in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance.core.errors import BrokenRule
from alliance.indicators.enums import WITHOUT_VALUE, Boundary, Quality, Status
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.periods import start_of
from alliance.indicators.recording.figures import SERIES, FigureTable, Flags, Rows, groups
from alliance.network.models import City

#: Scopes that cover cities in any country.
ANYWHERE = frozenset({"", "EU"})
LONGEST = {"sex": 8, "age": 16, "income": 16, "area": 80, "method": 160}


#: A field, the rows that break a rule in it, and the text of the rule for a row.
Rule = tuple[str, Flags, Callable[[int], BrokenRule]]


@dataclass(frozen=True)
class FigureFault:
    """A rule that some rows break in a field; `rule_of` gives its text for a row."""

    field: str
    rows: Rows
    rule_of: Callable[[int], BrokenRule]


def figure_faults(
    figures: FigureTable, versions: Mapping[int, DefinitionVersion], *, today: dt.date
) -> Iterator[FigureFault]:
    """Every broken rule, with the rows that break it."""
    yield from code_faults(figures, today=today)
    yield from meaning_faults(figures, versions)


def code_faults(figures: FigureTable, *, today: dt.date) -> Iterator[FigureFault]:
    """Broken rules that do not depend on the definition."""
    yield from _broken(_code_rules(figures, today))


def meaning_faults(
    figures: FigureTable, versions: Mapping[int, DefinitionVersion]
) -> Iterator[FigureFault]:
    """Broken rules that depend on the definition."""
    yield from _broken(_value_rules(figures, versions))
    yield from _elsewhere(figures, versions)
    yield from _twice(figures)


def _broken(rules: Iterable[Rule]) -> Iterator[FigureFault]:
    for field, bad, rule_of in rules:
        rows = np.flatnonzero(bad)
        if len(rows):
            yield FigureFault(field, rows, rule_of)


def _elsewhere(
    figures: FigureTable, versions: Mapping[int, DefinitionVersion]
) -> Iterator[FigureFault]:
    """Figures of cities outside the scope of their definition: a Swedish city in a French
    census."""
    scopes = [versions[word].scope for word in figures.definition.words]
    if not set(scopes) - ANYWHERE:
        return
    countries = dict(City.objects.values_list("pk", "country"))
    scope = figures.definition.per_word(scopes, object)
    country = figures.city.per_word(
        [countries.get(word, "") for word in figures.city.words], object
    )
    bad = np.flatnonzero((scope != country) & ~np.isin(scope.astype(str), list(ANYWHERE)))
    if len(bad):
        yield FigureFault(
            "city", bad, lambda row: BrokenRule("out-of-scope", {"scope": scope[row]})
        )


def _code_rules(figures: FigureTable, today: dt.date) -> Iterator[Rule]:
    period, status, boundary = figures.period, figures.status, figures.boundary
    starts = {word: start_of(word) for word in period.words}
    yield (
        "period",
        period.where(lambda word: starts[word] is None),
        lambda row: BrokenRule("not-a-period"),
    )
    yield (
        "period",
        period.where(lambda word: (starts[word] or today) > today),
        lambda row: BrokenRule("period-ahead", {"period": period[row]}),
    )
    yield (
        "status",
        status.where(lambda word: word not in Status.values),
        lambda row: BrokenRule("not-a-status", {"value": status[row]}),
    )
    yield (
        "boundary",
        boundary.where(lambda word: word not in Boundary.values),
        lambda row: BrokenRule("not-a-boundary", {"value": boundary[row]}),
    )
    yield (
        "quality",
        figures.quality.where(lambda word: bool(word) and word not in Quality.values),
        lambda row: BrokenRule("not-a-grade"),
    )
    for name, most in LONGEST.items():
        yield _length_rule(figures, name, most)
        if name != "method":
            yield (
                name,
                getattr(figures, name).where(lambda word: not word),
                lambda row: BrokenRule("empty-part", {"total": TOTAL}),
            )


def _length_rule(figures: FigureTable, name: str, most: int) -> Rule:
    return (
        name,
        getattr(figures, name).where(lambda word: len(word) > most),
        lambda row: BrokenRule("longer-than", {"most": most}),
    )


def _value_rules(figures: FigureTable, versions: Mapping[int, DefinitionVersion]) -> Iterator[Rule]:
    value = figures.value
    none = np.isnan(value)
    without = figures.status.where(lambda word: word in WITHOUT_VALUE)
    yield (
        "value",
        none & ~without,
        lambda row: BrokenRule("no-value"),
    )
    yield "value", ~none & without, lambda row: BrokenRule("value-beside-status")
    yield "value", np.isinf(value), lambda row: BrokenRule("not-finite")

    def end(name: str, default: float) -> Any:
        known = [getattr(versions[word], name) for word in figures.definition.words]
        return figures.definition.per_word(
            [default if bound is None else bound for bound in known], np.float64
        )

    least, most = end("valid_min", -np.inf), end("valid_max", np.inf)
    yield (
        "value",
        np.isfinite(value) & (value < least),
        lambda row: BrokenRule(
            "below-least", {"value": float(value[row]), "least": float(least[row])}
        ),
    )
    yield (
        "value",
        np.isfinite(value) & (value > most),
        lambda row: BrokenRule(
            "above-most", {"value": float(value[row]), "most": float(most[row])}
        ),
    )
    error = figures.standard_error
    yield (
        "standard_error",
        (error < 0) | np.isinf(error),
        lambda row: BrokenRule("negative-error"),
    )


def _twice(figures: FigureTable) -> Iterator[FigureFault]:
    """Rows that repeat an earlier row; the rule has its index, from 0."""
    numbers, first = groups(getattr(figures, name) for name in (*SERIES, "period"))
    again = np.ones(len(figures), dtype=bool)
    again[first] = False
    if again.any():
        yield FigureFault(
            "",
            np.flatnonzero(again),
            lambda row: BrokenRule("same-figure", {"row": int(first[numbers[row]])}),
        )
