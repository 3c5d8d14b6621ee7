"""The common set of indicators: where the members stand on each, and what has no figures yet."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.strip import GOAL, OTHER, Mark, Strip, apart
from alliance.indicators.comparability import Clause
from alliance.indicators.enums import IndicatorDirection
from alliance.indicators.messages import clause_text
from alliance.indicators.models import (
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
)
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.profile import indicators_in_order
from alliance.indicators.selectors.strips import (
    Figure,
    better_text,
    ends_of,
    figures_of,
    scale_of,
    shape_of,
    value_text,
    years_of,
)
from alliance.indicators.targets import by_definition
from alliance.indicators.values import observations_at, totals
from alliance.network.localise import country_name, local_field
from alliance.network.models import City

#: With more rows, those with figures of one member only are folded.
MOST_ROWS = 20


class DefinitionLine(NamedTuple):
    """The fields of a current definition that the page shows."""

    indicator: int
    key: str
    definition: int
    unit: str
    unit_label: str
    unit_label_fr: str
    unit_label_sv: str
    direction: str
    scale: str
    decimals: int
    scope: str
    publisher: str
    not_ranked_because: str
    not_ranked_because_fr: str
    not_ranked_because_sv: str


@dataclass(frozen=True)
class Row:
    """An indicator under one definition: every city on one axis, and the members in words."""

    indicator: Indicator
    #: The country of a definition beside others.
    country: str
    years: str
    n_members: int
    only: str
    is_turned: bool
    strip: Strip
    ends: tuple[str, str] | None
    words: str
    publisher: str


@dataclass(frozen=True)
class Aside:
    """An indicator outside of the strips, with the reason."""

    indicator: Indicator
    reason: str | Promise = ""


def network_page(
    language: str, moment: dt.datetime | None = None, measure: str = ""
) -> dict[str, Any]:
    """The indicators as known at `moment`, all or those that a measure acts on.

    `groups` has the outermost groups with the rows of each. Eight queries at most.
    """
    release = release_at(moment)
    indicators = indicators_in_order()
    if measure:
        acting = set(
            IndicatorMeasure.objects.filter(measure=measure).values_list("indicator", flat=True)
        )
        indicators = [indicator for indicator in indicators if indicator.pk in acting]
    definitions = _definitions(moment)
    members = {city.pk: city for city in City.objects.filter(is_member=True).order_by("name")}
    by_node: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in figures_of(release):
        by_node[figure.node][figure.definition_key].append(figure)
    page: dict[str, list[Any]] = {name: [] for name in ("waiting", "context", "apart", "others")}
    tops = _tops()
    groups: dict[int | None, list[Row]] = defaultdict(list)
    targets = by_definition(moment)
    recorded = {} if release else _recorded(moment)
    n_compared = 0
    for indicator in indicators:
        lines = definitions.get(indicator.pk, [])
        figures = by_node.get(indicator.code, {})
        n_compared += indicator.is_common and any(
            figure.ranked_set is not None for rows in figures.values() for figure in rows
        )
        if not figures and indicator.code not in recorded:
            page["waiting"].append(Aside(indicator))
        elif any(line.direction == IndicatorDirection.CONTEXT for line in lines):
            page["context"].append(Aside(indicator))
        elif not release:
            page["others"].append(Aside(indicator, recorded[indicator.code]))
        else:
            rows = [
                _row(indicator, line, figures[line.key], members, targets, lines, language)
                for line in lines
                if any(figure.city in members for figure in figures.get(line.key, ()))
            ]
            ranked = [row for row in rows if row is not None]
            if ranked:
                top = tops.get(indicator.group_id or 0)
                groups[top.pk if top else None] += ranked
            elif rows:
                page["apart"].append(Aside(indicator, _reason(lines, figures, language)))
            else:
                page["others"].append(Aside(indicator, _only_others(figures.values())))
    named = {group.pk: local_field(group, "name", language) for group in tops.values()}
    shown = [(named.get(pk or 0, ""), rows) for pk, rows in _in_order(groups, named)]
    publishers = sorted({row.publisher for _name, rows in shown for row in rows})
    single: list[tuple[str, list[Row]]] = []
    if sum(len(rows) for _name, rows in shown) > MOST_ROWS:
        single = _narrowed(shown, lambda row: bool(row.only))
        shown = _narrowed(shown, lambda row: not row.only)
    return {
        "release": release,
        "groups": shown,
        "single": single,
        "n_single": sum(len(rows) for _name, rows in single),
        **page,
        "n_indicators": sum(indicator.is_common for indicator in indicators),
        "n_compared": n_compared,
        "newest": max((figure.period[:4] for figure in figures_of(release)), default=""),
        "publishers": publishers,
        "members": list(members.values()),
        "measure": _measure(measure),
    }


def _narrowed(
    groups: Iterable[tuple[str, list[Row]]], keep: Callable[[Row], bool]
) -> list[tuple[str, list[Row]]]:
    """The groups with the rows that are kept, without empty ones."""
    narrowed = ((name, [row for row in rows if keep(row)]) for name, rows in groups)
    return [(name, rows) for name, rows in narrowed if rows]


def _in_order(
    groups: dict[int | None, list[Row]], named: dict[int, str]
) -> Iterator[tuple[int | None, list[Row]]]:
    for pk in (*named, None):
        if groups.get(pk):
            yield pk, groups[pk]


def _tops() -> dict[int, IndicatorGroup]:
    """The outermost group above each group; one query."""
    known = {group.pk: group for group in IndicatorGroup.objects.all()}
    tops = {}
    for pk, group in known.items():
        top, steps = group, 0
        while top.parent_id is not None and steps < len(known):
            top, steps = known[top.parent_id], steps + 1
        tops[pk] = top
    return tops


def _definitions(moment: dt.datetime | None) -> dict[int, list[DefinitionLine]]:
    """The definitions of each indicator, as known at `moment`; one query."""
    rows = DefinitionVersion.objects.order_by("definition__key", "number")
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    of = ("definition__indicator", "definition__key", *DefinitionLine._fields[2:])
    # Keyed so that only the last version of each remains.
    held = {row[:2]: DefinitionLine._make(row) for row in rows.values_list(*of)}
    lines: dict[int, list[DefinitionLine]] = defaultdict(list)
    for line in held.values():
        lines[line.indicator].append(line)
    return lines


def _recorded(moment: dt.datetime | None) -> dict[str, str]:
    """How many cities have figures of each indicator, and the newest; before the first release."""
    rows = (
        totals(observations_at(moment))
        .filter(value__isnull=False)
        .order_by()
        .values_list("series__definition__indicator__code")
        .annotate(n=Count("series__city", distinct=True), newest=Max("period"))
    )
    return {code: _cities_text(n, newest) for code, n, newest in rows}


def _only_others(figures: Iterable[Sequence[Figure]]) -> str:
    rows = [figure for several in figures for figure in several]
    return _cities_text(len({row.city for row in rows}), max(row.period for row in rows))


def _cities_text(n: int, newest: str) -> str:
    text = ngettext("%(n)s city, latest %(year)s", "%(n)s cities, latest %(year)s", n)
    return text % {"n": n, "year": newest[:4]}


def _reason(
    lines: Sequence[DefinitionLine], figures: dict[str, list[Figure]], language: str
) -> str | Promise:
    """Why none of the members' figures is compared."""
    because = (local_field(line, "not_ranked_because", language) for line in lines)
    clauses = (figure.not_ranked for rows in figures.values() for figure in rows)
    return next(filter(None, because), "") or clause_text(next(filter(None, clauses), ""))


def _row(
    indicator: Indicator,
    line: DefinitionLine,
    figures: Sequence[Figure],
    members: dict[int, City],
    targets: dict[int, list[Any]],
    lines: Sequence[DefinitionLine],
    language: str,
) -> Row | None:
    """The row of a definition; None if no figure of a member under it is compared."""
    own = [figure for figure in figures if figure.city in members]
    if all(figure.ranked_set is None for figure in own):
        return None
    goals = [
        target.value
        for target in targets.get(line.definition, ())
        if target.value is not None and target.city_id is None
    ][:1]
    values = [figure.value for figure in figures]
    scale = scale_of(line, [*values, *goals])
    others = apart([figure.value for figure in figures if figure.city not in members], scale)
    marks = [Mark(value, OTHER) for value in others]
    marks += [Mark(value, GOAL) for value in goals]
    marks += [Mark(figure.value, shape_of(members[figure.city].country)) for figure in own]
    lower = line.direction == IndicatorDirection.LOWER
    own.sort(key=lambda figure: figure.value, reverse=not lower)
    is_national = len(lines) > 1 and line.scope not in ("", "EU")
    names = {pk: local_field(city, "name", language) for pk, city in members.items()}
    return Row(
        indicator=indicator,
        country=country_name(line.scope, language) if is_national else "",
        years=years_of(figure.period for figure in own),
        n_members=len(own),
        only=names[own[0].city] if len(own) == 1 else "",
        is_turned=lower,
        strip=Strip(scale, marks),
        ends=ends_of(line, scale, language),
        words=_words(line, own, names, language),
        publisher=line.publisher,
    )


def _words(
    line: DefinitionLine, own: Sequence[Figure], names: dict[int, str], language: str
) -> str:
    """The best and the last member with their figures, or why no order can be given."""

    def shown(figure: Figure) -> str:
        value = value_text(line, language, figure.value, figure.low, figure.high)
        return f"{names[figure.city]} {value}"

    best, last = own[0], own[-1]
    if len(own) == 1:
        if best.percentile is None:
            return shown(best)
        return f"{shown(best)}, {better_text(best.percentile, best.k)}"
    text = f"{shown(best)}, {shown(last)}"
    ranked = [figure for figure in own if figure.ranked_set is not None]
    if len({figure.period for figure in ranked}) > 1 or len(ranked) < len(own):
        if Clause.TOO_OLD in {figure.not_ranked for figure in own}:
            return f"{text}. {_('Some figures are too old to rank.')}"
        return f"{text}. {_('Different years: not ranked.')}"
    if best.ranked_set == last.ranked_set and (best.rank_high or 0) >= (last.rank or 0):
        return f"{text}. {_('Too uncertain to order.')}"
    return text


def _measure(slug: str) -> IndicatorMeasure | None:
    """The requested measure, with its name if known; None without a request. One query."""
    if not slug:
        return None
    named = IndicatorMeasure.objects.filter(measure=slug).exclude(name="").first()
    return named or IndicatorMeasure(measure=slug, name=slug.replace("-", " "))
