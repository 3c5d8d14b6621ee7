"""Words and figures that briefs of cases and of solutions share."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from alliance.analysis.evidence_grade import MAX_POINTS
from alliance.charts.forest import Forest
from alliance.charts.scale import Axis
from alliance.knowledge.enums import Reason
from alliance.knowledge.grade_texts import LineText
from alliance.knowledge.models import Source
from alliance.knowledge.selectors.costs import CostView
from alliance.knowledge.selectors.lines import Told
from alliance.reports.selectors.content import (
    Box,
    KeyFigure,
    Line,
    Row,
    SourceLine,
    Tick,
)
from alliance.web.formatting import amount, day, language_name, money, number, prices_of, quantity

#: Addresses longer than this are cut where they are printed; the link keeps the whole.
PRINTED_ADDRESS = 88


def capital(text: str) -> str:
    """`text` with a capital first letter, the rest as it is (CO₂ stays CO₂)."""
    return text[:1].upper() + text[1:]


def labels() -> dict[str, str]:
    """The fixed words of the page."""
    return {
        "measure": _("Measure"),
        "result": _("Result"),
        "basis": _("How it was found"),
        "changes": _("What changed"),
        "no_effects": _("No effect is recorded. That does not mean that there was none."),
        "sources": _("Sources"),
        "no_sources": _("No source is recorded."),
        "address": _("The whole record:"),
    }


def result(value: float, symbol: str, unit: str, *, is_change: bool) -> tuple[str, str]:
    """A figure with its sign of the unit, and the words of the unit that the sign leaves out.

    "percent of rainfall" of 35 gives ("35 %", "of rainfall"); a change needs no words.
    """
    text = quantity(value, symbol, signed=is_change)
    rest = ""
    if symbol == "%" and not is_change:
        for words in ("percent ", "procent ", "pour cent ", "% "):
            if unit.startswith(words):
                rest = unit.removeprefix(words)
    return text, rest


def computed(value: float, symbol: str, *, signed: bool = True) -> str:
    """A figure that was computed, with no more decimals than its size can bear."""
    return quantity(value, symbol, 0 if abs(value) >= 100 else 1, signed=signed)


def bounds(low: float, high: float, symbol: str, *, signed: bool, rounded: bool = False) -> str:
    """Two ends of a range: "−30 to −10 %"."""
    if rounded:
        first = number(low, 0 if abs(low) >= 100 else 1, signed=signed)
        last = computed(high, symbol, signed=signed)
    else:
        first = number(low, signed=signed)
        last = quantity(high, symbol, signed=signed)
    return _("%(low)s to %(high)s") % {"low": first, "high": last}


def share(value: float | None, axis: Axis) -> float | None:
    """The place of a value on an axis as a share of its width, held within the axis."""
    if value is None or math.isnan(value):
        return None
    return min(max((value - axis.low) / (axis.high - axis.low), 0.0), 1.0)


def beyond(value: float, axis: Axis) -> int:
    """-1 or 1 where a value lies beyond that end of the axis, else 0."""
    return -1 if value < axis.low else 1 if value > axis.high else 0


def ticks(axis: Axis) -> tuple[Tick, ...]:
    """The lines of an axis, every other one labelled where there are many."""
    crowded = len(axis.ticks) > 6
    zero = next((i for i, tick in enumerate(axis.ticks) if tick == 0), 0)
    return tuple(
        Tick(
            at=share(value, axis) or 0.0,
            label=""
            if crowded and (place - zero) % 2
            else number(value, axis.digits, signed=value != 0),
            zero=value == 0,
        )
        for place, value in enumerate(axis.ticks)
    )


def better(plot: Forest) -> str:
    """Which side of the axis is the better one, in words; empty where none is."""
    return {
        "lower": _("lower is better"),
        "higher": _("higher is better"),
    }.get(plot.favourable, "")


def plot_caption(plot: Forest) -> list[str]:
    """What the signs of a plot mean, and what was not published."""
    parts = []
    if 0 < plot.n_modelled < plot.n:
        parts.append(_("Filled dot: measured value. Open dot: value from a model."))
    elif plot.n_modelled:
        parts.append(_("Open dot: value from a model."))
    if plot.n_without_interval == plot.n:
        parts.append(_("No intervals were published, so none are drawn."))
    else:
        parts.append(_("Line: 95 % interval."))
    if plot.n_clipped:
        parts.append(_("Arrow: the value lies outside the scale; its figure is written beside it."))
    return parts


def evidence_figure(points: int | None, *, any_effect: bool) -> KeyFigure:
    """The evidence grade as a key figure."""
    if points is None:
        return KeyFigure(
            label=_("Evidence"),
            value=_("not graded"),
            note=Told(_("no effect that counts is recorded") if any_effect else _("no effect recorded")),
            missing=True,
        )
    return KeyFigure(
        label=_("Evidence"),
        value=_("%(points)s of %(max)s") % {"points": points, "max": MAX_POINTS},
        note=Told(_("how well it is known that the measure caused it")),
        points=points,
        most=MAX_POINTS,
    )


def evidence_box(lines: Iterable[LineText], bound: str, version: str) -> Box:
    """Every line of the published rule with how it came out."""
    signs = {None: "?", False: "0"}
    return Box(
        key="evidence",
        title=_("How well is it known?"),
        lines=tuple(
            Line(
                mark=number(line.points, signed=True) if line.met else signs[line.met],
                label=f"{line.title}.",
                text=Told(line.sentence),
            )
            for line in lines
        ),
        empty=_("Not graded: no effect that counts is recorded."),
        note=" ".join(
            part
            for part in (
                bound,
                _("Version %(version)s of the published rule.") % {"version": version}
                if version
                else "",
            )
            if part
        ),
    )


def cost_words(cost: CostView) -> tuple[str, str]:
    """The cost per inhabitant, and what it rests on; ("", reason) where it cannot be given."""
    if not cost.is_recorded:
        return "", _("not recorded")
    if cost.per_inhabitant is None:
        return "", _("not comparable: %(field)s") % {"field": cost.per_inhabitant_lacks}
    value = cost.per_inhabitant.value
    digits = 0 if value >= 100 else 2
    return quantity(value, cost.target_currency, digits), prices_of(cost.target_year)


def total_cost(cost: CostView) -> str:
    """The cost as recorded, with its currency and price year."""
    if cost.amount is None:
        return _("not recorded")
    return money(cost.amount, cost.currency, cost.price_year)


def cost_lines(cost: CostView) -> tuple[Line, ...]:
    """The cost as recorded, converted, and per inhabitant, each with what it rests on."""
    if not cost.is_recorded:
        return ()
    lines = [Line(label=_("As recorded:"), text=Told(total_cost(cost)))]
    in_target = _("In %(currency)s, prices of %(year)s:") % {
        "currency": cost.target_currency,
        "year": cost.target_year,
    }
    if cost.converted is None:
        lacks = _("not comparable: %(field)s") % {"field": cost.total_lacks}
        return (*lines, Line(label=in_target, text=Told(lacks), missing=True))
    rounded = round(cost.converted.value, 0 if cost.converted.value >= 100 else 2)
    lines.append(Line(label=in_target, text=Told(amount(rounded))))
    each, _basis = cost_words(cost)
    if each:
        lines.append(
            Line(label=_("Per inhabitant:"), text=Told(each), note=_inhabitants(cost))
        )
    else:
        lacks = _("not comparable: %(field)s") % {"field": cost.per_inhabitant_lacks}
        lines.append(Line(label=_("Per inhabitant:"), text=Told(lacks), missing=True))
    return tuple(lines)


def _inhabitants(cost: CostView) -> str:
    if cost.population is None:
        return ""
    values = {"number": number(cost.population), "year": cost.population_year}
    words = _("%(number)s inhabitants") if cost.population_year is None else _(
        "%(number)s inhabitants in %(year)s"
    )
    text = words % values
    return f"{text}, {_('not checked against a source')}" if cost.population_unverified else text


def deflator_words(cost: CostView) -> str:
    """The price index and exchange rate behind a converted cost, with who publishes them."""
    if cost.converted is None:
        return ""
    parts = []
    if cost.deflator:
        names = ", ".join(dict.fromkeys(one.publisher for one in cost.deflator_sources))
        parts.append(
            _("Deflator: consumer price index of %(country)s (%(publisher)s).")
            % {"country": cost.deflator, "publisher": names}
        )
    if cost.rate_sources:
        names = ", ".join(dict.fromkeys(one.publisher for one in cost.rate_sources))
        parts.append(_("Exchange rate: yearly mean (%(publisher)s).") % {"publisher": names})
    return " ".join(parts)


def source_line(place: int, source: Source, foreign: str) -> SourceLine:
    """A source with its number; titles keep the language they were recorded in."""
    address = source.url.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return SourceLine(
        number=place,
        title=Told(source.title),
        url=source.url,
        shown=shorten_address(unquote(address), PRINTED_ADDRESS),
        kind=str(source.get_kind_display()),
        seen=Told(source.seen, foreign) if source.seen else Told(""),
    )


def shorten_address(address: str, most: int) -> str:
    """An address as printed: its host and as much of the rest as there is room for."""
    if len(address) <= most:
        return address
    host = urlsplit(f"//{address}").netloc
    return f"{address[: max(most, len(host) + 1)]}…"


def checked_words(days: Iterable[dt.date | None]) -> str:
    """That the content is starter content, and when it was checked."""
    known = sorted({one for one in days if one is not None})
    if not known:
        return _("Starter content; the day it was checked is not recorded.")
    if len(known) == 1:
        return _("Starter content, checked on %(day)s.") % {"day": day(known[0])}
    return _("Starter content, checked between %(first)s and %(last)s.") % {
        "first": day(known[0]),
        "last": day(known[-1]),
    }


def case_text_words(languages: Iterable[str]) -> str:
    """In which other languages than that of the page texts of cases stand."""
    names = [language_name(code) for code in dict.fromkeys(languages) if code]
    return _("Case text in %(language)s.") % {"language": ", ".join(names)} if names else ""


def reasons(codes: Iterable[str]) -> str:
    """The reasons of an outcome in words."""
    return ", ".join(str(Reason(code).label) for code in codes)


def more_on_page(left_out: int) -> str:
    """That a list is longer on the page; empty where it is not."""
    return (
        _("%(n)s more on the page") % {"n": number(left_out)} if left_out else ""
    )


def outcome_counts(mixed: int, did_not_work: int) -> str:
    """How many trials did not plainly work: "1 mixed, 2 did not work"."""
    return _("%(mixed)s mixed, %(failed)s did not work") % {
        "mixed": number(mixed),
        "failed": number(did_not_work),
    }


def placed(row: Row, axis: Axis, value: float, low: float | None, high: float | None) -> Row:
    """`row` with its dot and interval on the axis; an interval needs both ends."""
    both = low is not None and high is not None
    return replace(
        row,
        at=share(value, axis),
        low=share(low, axis) if both else None,
        high=share(high, axis) if both else None,
        clipped=beyond(value, axis),
    )
