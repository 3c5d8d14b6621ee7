"""Computes all scores of a release from its frozen files alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alliance.analysis.composite import Composite
from alliance.analysis.composite.framework import Floats
from alliance.analysis.composite.sensitivity import sensitivity
from alliance.analysis.errors import MethodError
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.enums import NodeKind
from alliance.indicators.releases.choosing import (
    Choice,
    IndicatorFigures,
    choose,
    figures_by_indicator,
)
from alliance.indicators.releases.columns import IndicatorColumn, column_of, denominators_of
from alliance.indicators.releases.freezing import Frozen
from alliance.indicators.releases.meaning import Meaning
from alliance.indicators.releases.nodes import (
    Peering,
    aggregate,
    aggregate_scores,
    indicator_scores,
)
from alliance.indicators.releases.scores import Draws, NodeScore, nothing
from alliance.indicators.releases.trends import with_group_trends

FILE = "sensitivity.json"
DECIMALS = 4
#: Base samples: fewer for many figures, because each run perturbs all of them.
SAMPLE, SMALL_SAMPLE, MANY_FIGURES = 256, 64, 20_000


def doubts_about(code: str, composite: Composite, errors: Floats, seed: int) -> dict[str, Any]:
    """How far ranks shift from the nominal ranks when choices vary, and the share of each choice.

    "factors" hold `first` (alone) and `total` (including interactions) of the variance of the mean
    shift, with a 90 % interval of the total; empty if nothing shifts.
    """
    n = SAMPLE if errors.size <= MANY_FIGURES else SMALL_SAMPLE
    result = sensitivity(composite, n=n, seed=seed, absolute_error=errors)
    names = ("first", "total", "total_low", "total_high")
    return {
        "node": code,
        "mean_rank_shift": round(result.mean, DECIMALS),
        "n_runs": result.n_runs,
        "factors": [
            {"factor": index.factor}
            | {name: round(float(getattr(index, name)), DECIMALS) + 0.0 for name in names}
            for index in result.indices
        ],
    }


ProgressCallback = Callable[[str], object]


@dataclass(frozen=True)
class Computed:
    """All scores of a release by node and city, with the columns they are computed from, and the
    sensitivity of the ranks of each group (`doubts_about`).
    """

    scores: list[NodeScore]
    columns: dict[str, IndicatorColumn]
    doubts: list[dict[str, Any]]


def compute(frozen: Frozen, *, report: ProgressCallback = lambda text: None) -> Computed:
    """Computes a release; `report` is called with each node as it begins.

    Raises InvalidData that names the definition whose bounds contradict its figures.
    """
    manifest, meaning = frozen.manifest, frozen.meaning
    cities = frozen.city_ids
    peering = Peering(dict(zip(cities, zip(*frozen.peer_levels(), strict=True), strict=True)))
    draws = Draws(
        draws=manifest["draws"],
        seed=manifest["seed"],
        at_least=meaning.method["peers"]["at_least"],
        threads=min(4, os.cpu_count() or 1),
    )
    figures = figures_by_indicator(frozen.figures, frozen.cities)
    choices, sets = _columns(figures, meaning, manifest["year"])
    columns = {code: set_columns[0] for code, set_columns in sets.items()}
    scores: list[NodeScore] = []
    doubts: list[dict[str, Any]] = []
    for code, choice in choices.items():
        report(code)
        scores += indicator_scores(choice, sets.get(code, ()), meaning, cities, peering, draws)
    for node in meaning.framework:
        if node["kind"] == NodeKind.INDICATOR and node["code"] not in choices:
            scores += nothing(cities, NodeKind.INDICATOR, node["code"])
    window = meaning.method["trend_years"]

    def trends(rows: list[NodeScore], composite: Composite) -> list[NodeScore]:
        return with_group_trends(rows, composite, columns, window)

    for node in meaning.aggregates:
        code, kind = node["code"], NodeKind(node["kind"])
        report(code)
        built = aggregate(code, kind, columns, meaning)
        scores += aggregate_scores(code, kind, built, cities, peering, draws, trends)
        if built is not None and built[0].n > 1:
            doubts.append(doubts_about(code, *built, seed=draws.seed))
    scores.sort(key=lambda row: (row.node, row.city))
    return Computed(scores, columns, doubts)


def nominal_scores(
    figures: dict[str, IndicatorFigures], meaning: Meaning, year: int
) -> dict[tuple[str, str], float]:
    """Scores by (city, node) without uncertainty, equal to `score` of `compute`."""
    _choices, sets = _columns(figures, meaning, year)
    columns = {code: set_columns[0] for code, set_columns in sets.items()}
    nominal: dict[tuple[str, str], float] = {}

    def take(node: str, units: Any, scores: Any) -> None:
        for city, score in zip(units, scores, strict=True):
            if score == score:
                nominal[city, node] = float(score)

    for code, found_sets in sets.items():
        for column in found_sets:
            take(code, column.cities, column.composite.score)
    for node in meaning.aggregates:
        built = aggregate(node["code"], NodeKind(node["kind"]), columns, meaning)
        if built is not None:
            take(node["code"], built[0].table.units, built[0].score)
    return nominal


def _columns(
    figures: dict[str, IndicatorFigures], meaning: Meaning, year: int
) -> tuple[dict[str, Choice], dict[str, list[IndicatorColumn]]]:
    """The choice for each indicator of the catalogue that has figures, and the columns of its sets,
    the largest first; without an entry if nothing is ranked.
    """
    choices, columns = {}, {}
    below = {
        node["code"]: node["denominator"]
        for node in meaning.framework
        if node["kind"] == NodeKind.INDICATOR
    }
    for code in sorted(figures):
        choices[code] = choice = choose(code, figures[code], meaning, year)
        denominator = below.get(code, "")
        divisors = None
        if denominator:
            divisors = denominators_of(figures[denominator]) if denominator in figures else {}
        try:
            set_columns = [
                column_of(choice, meaning, divisors, place) for place in range(len(choice.sets))
            ]
        except MethodError as error:
            raise InvalidData([Fault(error.where, "said", {"text": error.message})]) from error
        if known := [column for column in set_columns if column is not None]:
            columns[code] = known
    return choices, columns
