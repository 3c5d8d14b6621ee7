"""What methods came to over cities: pooled where three cities or more used them, else side by side.

What was made up for a demonstration is shown, marked, and never pooled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.analysis.engagement import OverCities, over_cities, times_as_many
from alliance.analysis.evidence.certainty import GRADES
from alliance.analysis.evidence.evidence_map import BETTER, MIXED, NOT_GRADED, UNCLEAR, WORSE
from alliance.cases.enums import MethodMeasure
from alliance.cases.models import Method
from alliance.cases.selectors.localise import local_text
from alliance.charts.evidence_map import FILLS, SHAPES, mark
from alliance.evidence.messages.evidence_map import DIRECTION_WORDS
from alliance.evidence.messages.method_results import MEASURE_NAMES, group_name
from alliance.evidence.messages.outlook import GRADE_WORDS
from alliance.evidence.models import MethodResult
from alliance.evidence.models.method_results import SCALE
from alliance.network.localise import Localised, local_name
from alliance.web.formatting import estimate, number

#: Measures that are shown as a percentage.
SHARES = frozenset(
    {
        MethodMeasure.FIRST.value,
        MethodMeasure.ACTED.value,
        MethodMeasure.ANSWERED.value,
        MethodMeasure.CHANGED.value,
        MethodMeasure.KNOWN.value,
        MethodMeasure.CLEAR.value,
        MethodMeasure.ADOPTED.value,
        MethodMeasure.CURRENT.value,
        MethodMeasure.OWN.value,
    }
)


def _short(value: float) -> str:
    """A figure with three digits that say something, without zeros at its end."""
    return number(float(f"{value:.3g}"))


def _times(ratio: float) -> str:
    """How many times as many: 12, 3.0, 0.78."""
    return number(ratio, 0 if ratio >= 10 else 1 if ratio >= 1 else 2)


def bare(measure: str, value: float) -> str:
    """A figure of a measure without its unit, as at the lower end of an interval."""
    if measure in SHARES:
        return number(100 * value, 0)
    if measure == MethodMeasure.REACH:
        return _times(value)
    if measure in (MethodMeasure.LEARNED, MethodMeasure.EFFECT):
        return estimate(value, signed=True)
    return _short(value)


def words_of(measure: str, value: float, unit: str = "") -> str:
    """A figure of a measure as people read it."""
    text = bare(measure, value)
    if measure in SHARES:
        return f"{text} %"
    if measure == MethodMeasure.REACH:
        return _("%(n)s times") % {"n": text}
    if measure == MethodMeasure.MONTHS:
        return _("%(n)s months") % {"n": text}
    return f"{text} {unit}".strip()


def unit_name(figure: Mapping[str, Any]) -> str:
    """The unit of a measure of one use as people read it."""
    unit = str(figure.get("unit", ""))
    if not unit.startswith(SCALE):
        return unit
    return _("points on a scale of %(n)s") % {"n": unit.removeprefix(SCALE)}


def _figure_texts(measure: str, unit: str, figure: Mapping[str, Any]) -> tuple[str, str, str]:
    """A figure and the ends of its interval. An effect is kept as a change for the better with
    `falls`, whether a fall is better; it is told as what it did."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    falls = figure.get("falls")
    if falls is None:
        return words_of(measure, value, unit), bare(measure, low), words_of(measure, high, unit)
    if falls:
        value, low, high = -value, -high, -low
    words = (
        pgettext("what was measured", "fell by %(n)s")
        if value < 0
        else pgettext("what was measured", "rose by %(n)s")
    )
    text = words % {"n": f"{estimate(abs(value))} {unit}".strip()}
    return text, bare(measure, low), words_of(measure, high, unit)


@dataclass(frozen=True)
class Line:
    """A measure over cities: its words, pooled where there are enough, and how many cities."""

    measure: str
    label: str
    group: Localised
    k: int
    pooled: str
    low: str
    high: str
    each: tuple[tuple[str, str, str, str], ...]


def _figures(results: Iterable[MethodResult]) -> dict[tuple[str, str, str], list[Any]]:
    """The figures of each measure, group and unit for pooling."""
    figures: dict[tuple[str, str, str], list[Any]] = {}
    for result in results:
        for measure in result.measures:
            key = (measure["measure"], measure.get("group", ""), measure.get("unit_pooled", ""))
            figures.setdefault(key, []).append((result, measure))
    return figures


def _pooled(rows: Sequence[tuple[MethodResult, Mapping[str, Any]]]) -> OverCities | None:
    """The figures that may be pooled, over cities; None without any."""
    usable = [(result, row) for result, row in rows if row.get("se") and not result.is_synthetic]
    if not usable:
        return None
    return over_cities(
        [result.city.public_id for result, _row in usable],
        [figure["estimate"] for _result, figure in usable],
        [figure["se"] for _result, figure in usable],
        usable[0][1]["scale"],
    )


def _unit_of(measure: str, rows: Sequence[tuple[MethodResult, Mapping[str, Any]]]) -> str:
    """What a pooled figure is in."""
    if measure == MethodMeasure.LEARNED:
        return _("standard deviations")
    return str(rows[0][1].get("unit_pooled", ""))


def over_cities_of(results: Iterable[MethodResult]) -> list[dict[str, Any]]:
    """Each measure over cities as numbers; without a value where fewer than three measured it."""
    measures = []
    for (measure, group, unit), rows in sorted(_figures(results).items()):
        pooled = _pooled(rows)
        if pooled is not None:
            measures.append(
                {
                    "measure": measure,
                    "group": group or None,
                    "unit": unit or None,
                    "cities": pooled.k,
                    "value": pooled.value,
                    "low": pooled.low,
                    "high": pooled.high,
                }
            )
    return measures


def lines_of(results: Sequence[MethodResult], language: str) -> list[Line]:
    """Each measure of a method over cities, in the order of `MethodMeasure`."""
    order = MethodMeasure.values
    groups = sorted(_figures(results).items(), key=lambda item: (order.index(item[0][0]), item[0]))
    return [_line(*key, rows, language) for key, rows in groups]


def _line(
    measure: str,
    group: str,
    _unit: str,
    rows: Sequence[tuple[MethodResult, Mapping[str, Any]]],
    language: str,
) -> Line:
    pooled, unit = _pooled(rows), _unit_of(measure, rows)
    texts = ("", "", "")
    if pooled is not None and pooled.is_pooled:
        assert pooled.value is not None and pooled.low is not None and pooled.high is not None
        sides = {row.get("falls") for _result, row in rows}
        figures = {"value": pooled.value, "low": pooled.low, "high": pooled.high}
        texts = _figure_texts(
            measure, unit, figures | ({"falls": sides.pop()} if len(sides) == 1 else {})
        )
    return Line(
        measure,
        str(MethodMeasure(measure).label),
        group_name(group, rows[0][0].language, language),
        len({result.city_id for result, _row in rows if not result.is_synthetic}),
        *texts,
        tuple(
            (
                _whose(result, language),
                *_figure_texts(measure, unit_name(row), row),
            )
            for result, row in rows
        ),
    )


def against_others(method: Method, results: Sequence[MethodResult], language: str) -> list[str]:
    """How many times as many of a group it reached as another method, in cities that used both; a
    sentence for each pair with three cities or more. Two queries."""
    own = _reach(results)
    others = (
        MethodResult.objects.filter(
            city__in={result.city_id for result in results}, is_synthetic=False
        )
        .exclude(method=method)
        .select_related("city", "method")
        .prefetch_related("method__texts")
    )
    by_method: dict[Method, list[MethodResult]] = {}
    for result in others:
        by_method.setdefault(result.method, []).append(result)
    sentences = []
    name = local_text(method, "name", language).value
    for other, rows in sorted(by_method.items(), key=lambda item: item[0].public_id):
        theirs = _reach(rows)
        for group in sorted(own.keys() & theirs.keys()):
            ratio = times_as_many(own[group], theirs[group])
            if ratio is None or not ratio.is_pooled:
                continue
            assert ratio.value is not None and ratio.low is not None and ratio.high is not None
            sentences.append(
                _(
                    "%(method)s reached %(n)s times as many %(group)s as %(other)s in "
                    "%(k)s cities (range %(low)s to %(high)s)."
                )
                % {
                    "method": name,
                    "n": _times(ratio.value),
                    "group": group_name(group),
                    "other": local_text(other, "name", language).value,
                    "k": ratio.k,
                    "low": _times(ratio.low),
                    "high": _times(ratio.high),
                }
            )
    return sentences


def _reach(results: Iterable[MethodResult]) -> dict[str, list[tuple[str, float, float]]]:
    reach: dict[str, list[tuple[str, float, float]]] = {}
    for result in results:
        for measure in result.measures:
            if (
                measure["measure"] == MethodMeasure.REACH
                and measure.get("se")
                and not result.is_synthetic
            ):
                row = (result.city.public_id, measure["estimate"], measure["se"])
                reach.setdefault(measure["group"], []).append(row)
    return reach


@dataclass(frozen=True)
class MeasureLine:
    """A measure of one use, as people read it."""

    measure: str
    label: str
    group: Localised
    value: str
    low: str
    high: str
    n: int


def measure_lines(
    measures: Iterable[Mapping[str, Any]], written_in: str, language: str
) -> list[MeasureLine]:
    """The measures of one use, in the order of `MethodMeasure`. `written_in`: the language of who
    measured, `language` that of the page."""
    order = MethodMeasure.values
    lines = []
    for figure in sorted(measures, key=lambda figure: order.index(figure["measure"])):
        measure, unit = figure["measure"], unit_name(figure)
        texts = _figure_texts(measure, unit, figure)
        label = str(MethodMeasure(measure).label)
        group = group_name(figure.get("group", ""), written_in, language)
        lines.append(MeasureLine(measure, label, group, *texts, figure["n"]))
    return lines


def results_of(method: Method, language: str) -> dict[str, Any]:
    """What the page of a method shows of its results; three queries."""
    results = list(method.results.select_related("city"))
    return {
        "uses": results,
        "measured": lines_of(results, language),
        "sentences": against_others(method, results, language) if results else [],
    }


#: What a measure is held against, as people read it; the others have no better and worse.
NULLS = {
    MethodMeasure.REACH.value: 1.0,
    MethodMeasure.LEARNED.value: 0.0,
    MethodMeasure.EFFECT.value: 0.0,
}
#: From this share of variance between cities on, results differ too much to be sure, in percent.
UNLIKE = 75


@dataclass(frozen=True)
class MethodCell:
    """A method and one measure on the evidence map: in how many cities, which way, how sure.

    `group`: of reach the one that most cities told, as a code; `better`, `worse` and `neither`:
    uses by the side of the null on which their interval lies.
    """

    method: str
    name: str
    measure: str
    line: Line
    n_uses: int
    better: int
    worse: int
    neither: int
    direction: str
    certainty: str

    @property
    def label(self) -> Any:
        """The heading of its column."""
        return MEASURE_NAMES[self.measure]

    @property
    def path(self) -> str:
        """The mark."""
        return mark(self.line.k, self.direction)

    @property
    def shape(self) -> str:
        """Its direction as a style."""
        return SHAPES.get(self.direction, "d-level")

    @property
    def fill(self) -> str:
        """Its certainty as a style."""
        return FILLS[self.certainty]

    @property
    def text(self) -> str:
        """All of it in words."""
        line = self.line
        parts = [ngettext("%(n)s city", "%(n)s cities", line.k) % {"n": line.k}]
        if self.measure in NULLS:
            parts.append(str(DIRECTION_WORDS[self.direction]))
        if line.pooled:
            parts.append(f"{line.pooled} ({line.low} – {line.high})")
            grade = {"grade": GRADE_WORDS[self.certainty]}
            parts.append(_("certainty %(grade)s") % grade)
        else:
            parts.append(_("certainty not graded"))
        what = f"{self.label} ({line.group})" if line.group else str(self.label)
        return f"{self.name}, {what}: {', '.join(parts)}"


def _cell(
    method: Method, name: str, measure: str, rows: Sequence[tuple[MethodResult, Any]], line: Line
) -> MethodCell:
    pooled, null = _pooled(rows), NULLS.get(measure)
    sides = [_side(row["low"], row["high"], null) for _result, row in rows]
    better, worse = sides.count(BETTER), sides.count(WORSE)
    if null is None:
        direction = UNCLEAR
    elif pooled is not None and pooled.is_pooled:
        direction = _side(pooled.low, pooled.high, null)
    else:
        direction = MIXED if better and worse else BETTER if better else WORSE if worse else UNCLEAR
    k = len({result.city_id for result, _row in rows})
    return MethodCell(
        method.public_id,
        name,
        measure,
        replace(line, k=k),
        len(rows),
        better,
        worse,
        0 if null is None else len(rows) - better - worse,
        direction,
        _certainty(pooled, rows, is_clear=null is None or direction != UNCLEAR),
    )


def _side(low: float | None, high: float | None, null: float | None) -> str:
    if null is None or low is None or high is None or low <= null <= high:
        return UNCLEAR
    return BETTER if low > null else WORSE


def _certainty(
    pooled: OverCities | None, rows: Sequence[tuple[MethodResult, Any]], *, is_clear: bool
) -> str:
    """High where all cities drew by lot, else low, as of studies without lots (GRADE); a step less
    where the interval holds the null, and where cities differ much."""
    if pooled is None or not pooled.is_pooled:
        return NOT_GRADED
    step = GRADES.index("low")
    if all(row.get("design") == "randomised" for _result, row in rows):
        step = GRADES.index("high")
    spread = pooled.pooled.heterogeneity
    step -= (not is_clear) + (spread is not None and spread.i2 > UNLIKE)
    return GRADES[max(step, 0)]


def _whose(result: MethodResult, language: str) -> str:
    """The city of a figure; of one that is made up it is said beside the name."""
    name = local_name(result.city, language)
    return f"{name} ({_('fictional')})" if result.is_synthetic else name


@dataclass(frozen=True)
class MapLine:
    """A method on the evidence map with a cell for each measure, None where nobody measured it."""

    method: Method
    name: Any
    cells: tuple[MethodCell | None, ...]


def map_lines(language: str) -> list[MapLine]:
    """The methods that cities measured, those of most cities first; of reach the group that most
    cities told. Three queries."""
    rows = MethodResult.objects.filter(is_synthetic=False).select_related("city", "method")
    by_method: dict[Method, list[MethodResult]] = {}
    for row in rows.prefetch_related("method__texts"):
        by_method.setdefault(row.method, []).append(row)
    result = []
    for method, results in by_method.items():
        name, best = local_text(method, "name", language), dict[str, MethodCell]()
        for (measure, group, unit), own in _figures(results).items():
            line = _line(measure, group, unit, own, language)
            cell = _cell(method, name.value, measure, own, line)
            if measure not in best or cell.line.k > best[measure].line.k:
                best[measure] = cell
        result.append(MapLine(method, name, tuple(map(best.get, MethodMeasure.values))))
    most = {
        map_line.method.pk: max(cell.line.k if cell else 0 for cell in map_line.cells)
        for map_line in result
    }
    return sorted(result, key=lambda map_line: (-most[map_line.method.pk], map_line.name.value))
