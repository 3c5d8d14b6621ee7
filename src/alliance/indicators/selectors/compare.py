"""The page of cities side by side: each indicator in lanes, and whether an order can be given."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.charts.strip import COMPARED, Mark, Shape, Strip
from alliance.indicators.comparability import Clause
from alliance.indicators.models import Indicator, Sibling
from alliance.indicators.selectors.city_strips import figure_text
from alliance.indicators.selectors.side_by_side import FEWEST, Compared, Comparison, comparisons
from alliance.indicators.selectors.strips import doubt_of, ends_of, scale_of, years_of
from alliance.network.localise import local_field
from alliance.network.models import City
from alliance.web import formatting

#: As many cities have a shape of their own.
MOST = len(COMPARED)
#: Rows in sight and lanes in them at most; the others are folded.
SHOWN, LANES = 4, 12


@dataclass(frozen=True)
class CompareRow:
    """An indicator on which figures of two or more cities compare."""

    indicator: Indicator
    years: str
    strip: Strip
    ends: tuple[str, str] | None
    #: The shape, the name and the figure of each city; empty without a figure that compares.
    figures: Sequence[tuple[Shape, str, str]]
    order: str
    is_ordered: bool
    #: Known differences between the definitions of these figures.
    siblings: tuple[Sibling, ...]


@dataclass(frozen=True)
class Apart:
    """An indicator whose figures do not compare, with the reasons and the years."""

    indicator: Indicator
    reasons: Sequence[str | Promise]
    figures: str


def compare_page(
    cities: Sequence[City], language: str, moment: dt.datetime | None
) -> dict[str, Any]:
    """The comparison of two to four cities, those that can be ordered first."""
    shapes = dict(zip((city.pk for city in cities), COMPARED, strict=False))
    rows: list[CompareRow] = []
    apart: list[Apart] = []
    single: dict[int, list[Indicator]] = defaultdict(list)
    found = comparisons(cities, language, moment, is_partial=True) if len(cities) >= FEWEST else ()
    for comparison in found:
        known = comparison.cities_with_figure
        if Clause.DIRECTION in {code for code, *_words in comparison.differences}:
            continue
        if len(known) < FEWEST:
            for only in known:
                single[only.city.pk].append(comparison.indicator)
        elif comparison.may_rank:
            rows.append(_row(comparison, known, shapes, language))
        else:
            apart.append(_apart(comparison, known, language))
    rows.sort(key=lambda row: (-len(row.strip.marks), not row.is_ordered))
    shown = min(SHOWN, LANES // max(1, len(cities)))
    n_all = sum(len(row.strip.marks) == len(cities) for row in rows)
    return {
        "cautions": dict.fromkeys(
            local_field(sibling, "differs", language) for row in rows for sibling in row.siblings
        ),
        "rows": rows[:shown],
        "more": rows[shown:],
        "n_rows": len(rows),
        "n_all": n_all,
        "n_ordered": sum(row.is_ordered for row in rows),
        "newest": max((row.years[-4:] for row in rows), default=""),
        "apart": apart,
        "single": [(city, single[city.pk]) for city in cities if single[city.pk]],
        "shapes": [(city, shapes[city.pk]) for city in cities],
    }


def _row(
    comparison: Comparison, known: Sequence[Compared], shapes: dict[int, Shape], language: str
) -> CompareRow:
    marks, figures, values = [], [], []
    for city in known:
        figure = city.figure
        assert figure is not None and figure.value is not None
        ends = doubt_of(figure.version, figure.low, figure.high)
        marks.append(Mark(figure.value, shapes[city.city.pk], *ends))
        values += [figure.value, *(end for end in ends if end is not None)]
        name = local_field(city.city, "name", language)
        figures.append((shapes[city.city.pk], name, figure_text(figure, language)))
    first = known[0].figure
    assert first is not None
    scale = scale_of(first.version, values)
    order, is_ordered = order_text(known, language)
    for absent, reason in comparison.left_out:
        name = local_field(absent, "name", language)
        if reason:
            order += f" {name}{formatting.colon()} {reason}"
        figures.append((shapes[absent.pk], name, ""))
    return CompareRow(
        indicator=comparison.indicator,
        years=years_of(city.figure.period for city in known if city.figure),
        strip=Strip(scale, marks, in_lanes=True),
        ends=ends_of(first.version, scale, language) or ends_of_share(),
        figures=figures,
        order=order,
        is_ordered=is_ordered,
        siblings=comparison.siblings,
    )


def ends_of_share() -> tuple[str, str]:
    """The ends of an axis of shares, for tables without one in their head."""
    return f"0{formatting.NBSP}%", f"100{formatting.NBSP}%"


def order_text(cities: Sequence[Compared], language: str) -> tuple[str, bool]:
    """Which city is surely before which, and whether any is."""
    names = {city.city.pk: local_field(city.city, "name", language) for city in cities}
    ranked = sorted(cities, key=lambda city: (city.rank or 0, city.rank_high or 0))
    behind = [[other for other in ranked if other.city.pk in city.ahead_of] for city in ranked]
    if not any(behind):
        return _("Too close to call."), False
    before = _("%(city)s before %(others)s")
    if all(len(others) == len(ranked) - place for place, others in enumerate(behind, start=1)):
        text = names[ranked[-1].city.pk]
        for city in reversed(ranked[:-1]):
            text = before % {"city": names[city.city.pk], "others": text}
        return f"{text}.", True
    parts = [
        before
        % {
            "city": names[city.city.pk],
            "others": ", ".join(names[other.city.pk] for other in others),
        }
        for city, others in zip(ranked, behind, strict=True)
        if others
    ]
    text = f"{formatting.semicolon()} ".join(parts)
    return f"{text}. {_('The rest is too close to call.')}", True


def _apart(comparison: Comparison, known: Sequence[Compared], language: str) -> Apart:
    reasons: list[str | Promise] = []
    for code, text, _left, _right in comparison.differences:
        because = comparison.not_ranked_because if code == Clause.NOT_RANKED else ""
        reasons.append(because or text)
    reasons += [local_field(sibling, "differs", language) for sibling in comparison.siblings]
    figures = ", ".join(
        f"{local_field(city.city, 'name', language)} {figure_text(city.figure, language)}"
        f" ({city.figure.period})"
        for city in known
        if city.figure
    )
    return Apart(comparison.indicator, reasons, figures)
