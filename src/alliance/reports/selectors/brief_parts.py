"""Texts and figures that briefs of cases and of solutions share."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alliance.analysis.evidence_grade import MAX_POINTS
from alliance.cases.enums import Reason
from alliance.cases.models import CaseStudy, NullResult
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.costs import CostView, PriceSource
from alliance.cases.selectors.register import Tally
from alliance.charts.forest import Forest
from alliance.charts.scale import Axis
from alliance.evidence.messages.grades import LineText
from alliance.evidence.selectors.effects import first_capital
from alliance.network.localise import localised_field
from alliance.reports.selectors.content import (
    Box,
    Chart,
    KeyFigure,
    Line,
    Row,
    SourceLine,
    Tick,
)
from alliance.web.formatting import (
    NBSP,
    Ends,
    amount,
    colon,
    day,
    effect,
    estimate,
    language_name,
    money,
    number,
    period,
    prices_of,
    rest_of_unit,
)


def joined(*parts: str) -> str:
    """Joins the non-empty parts of a note by a sign that is the same in every language."""
    return f"{NBSP}· ".join(part for part in parts if part)


def labels() -> dict[str, str]:
    """The fixed texts of the page."""
    return {
        "measure": _("Outcome measure"),
        "result": _("Result"),
        "basis": _("Evaluation method"),
        "changes": _("Result"),
        "no_effects": _("Effect not known. This does not mean that there was none."),
        "sources": _("Sources"),
        "no_sources": _("Sources not known."),
        "address": _("Full details:"),
        "colon": colon(),
    }


def result(
    value: float, symbol: str, unit: str, *, is_change: bool, ends: Ends = None
) -> tuple[str, str]:
    """A figure with its sign of the unit, and the words of the unit that the sign leaves out.

    "percent of rainfall" of 35 gives ("35 %", "of rainfall"); a change needs no further text.
    """
    text = effect(value, symbol, is_change=is_change, ends=ends)
    if symbol != "%" or is_change:
        return text, ""
    rest = rest_of_unit(symbol, unit)
    return text, rest if rest != unit else ""


def null_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """A chart of the results without a number; empty if there are none."""
    results = tuple(rows)
    return (Chart(title=_("No difference"), unit="", rows=results),) if results else ()


def null_row(null: NullResult, label: str, language: str, *, rank: int, source: int = 0) -> Row:
    """A result without a number; `source` is the number of its source, 0 for none."""
    return Row(
        label=Localised(label),
        part=localised_field(null, "sentence", language),
        value=_("no difference"),
        interval="",
        basis=", ".join(
            part
            for part in (
                str(null.get_design_display()),
                period(null.period_start, null.period_end)
                if null.period_start or null.period_end
                else "",
            )
            if part
        ),
        filled=null.design != "modelled",
        source=source,
        priority=rank,
    )


def bounds(low: float, high: float, symbol: str, *, signed: bool, digits: int | None = None) -> str:
    """Both ends of a range: "−30 to −10 %"; `digits` is set for pooled or predicted ranges."""
    if digits is None:
        ends = (effect(low, is_change=signed), effect(high, symbol, is_change=signed))
    else:
        ends = (
            estimate(low, "", digits, signed=signed),
            estimate(high, symbol, digits, signed=signed),
        )
    return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


def ranks(values: Sequence[float], weights: Sequence[int] | None = None) -> list[int]:
    """The priority of each value if rows must be left out, 0 for the highest.

    The lowest and the highest value come first, so that the remaining rows never look more alike
    than they are; then lower weights, then earlier values.
    """
    if not values:
        return []
    ends = {values.index(min(values)), values.index(max(values))}
    order = sorted(
        range(len(values)),
        key=lambda place: (place not in ends, weights[place] if weights else 0, place),
    )
    return [order.index(place) for place in range(len(values))]


def share(value: float | None, axis: Axis) -> float | None:
    """The position of a value on an axis as a share of its width, limited to the axis."""
    if value is None or math.isnan(value):
        return None
    place = min(max((value - axis.low) / (axis.high - axis.low), 0.0), 1.0)
    return 1 - place if axis.is_turned else place


def beyond(value: float, axis: Axis) -> int:
    """-1 or 1 for a value beyond that end of the axis, else 0."""
    side = -1 if value < axis.low else 1 if value > axis.high else 0
    return -side if axis.is_turned else side


def ticks(axis: Axis, *, signed: bool = True) -> tuple[Tick, ...]:
    """The ticks of an axis, with every second label if there are many."""
    crowded = len(axis.ticks) > 6
    zero = next((i for i, tick in enumerate(axis.ticks) if tick == 0), 0)
    return tuple(
        Tick(
            at=share(value, axis) or 0.0,
            label=""
            if crowded and (place - zero) % 2
            else number(value, axis.digits, signed=signed and value != 0),
            zero=value == 0,
        )
        for place, value in enumerate(axis.ticks)
    )


def better(plot: Forest) -> str:
    """Which side of the axis is better, as text; empty if neither is."""
    return {
        "lower": _("lower is better"),
        "higher": _("higher is better"),
    }.get(plot.favourable, "")


def plot_caption(plot: Forest) -> list[str]:
    """The legend of a plot, and which data were not published."""
    parts = []
    if plot.n_modelled == plot.n:
        parts.append(_("Open dot: value from a model."))
    elif plot.n_modelled:
        parts.append(_("Filled dot: observed value. Open dot: value from a model."))
    else:
        parts.append(_("Dot: observed value."))
    if plot.n_without_interval == plot.n:
        parts.append(_("No intervals were published, so none are shown."))
    else:
        parts.append(_("Line: 95 % confidence interval."))
    if plot.n_without_interval and plot.n_without_interval < plot.n:
        parts.append(
            ngettext(
                "For %(missing)s of the %(n)s results, no interval was published.",
                "For %(missing)s of the %(n)s results, no interval was published.",
                plot.n_without_interval,
            )
            % {"missing": number(plot.n_without_interval), "n": number(plot.n)}
        )
    if plot.n_clipped:
        parts.append(
            ngettext(
                "Arrow: one value is outside the scale and is shown next to the arrow.",
                "Arrows: %(n)s values are outside the scale and are shown next to the arrows.",
                plot.n_clipped,
            )
            % {"n": number(plot.n_clipped)}
        )
    return parts


def evidence_figure(points: int | None, *, any_effect: bool) -> KeyFigure:
    """The evidence grade as a key figure."""
    if points is None:
        return KeyFigure(
            label=_("Strength of evidence"),
            value=_("not graded"),
            note=Localised(_("no effects that count") if any_effect else _("effect not known")),
            missing=True,
        )
    return KeyFigure(
        label=_("Strength of evidence"),
        value=_("%(points)s of %(max)s") % {"points": points, "max": MAX_POINTS},
        note=Localised(_("how well the evidence shows that the action was the cause")),
        points=points,
        most=MAX_POINTS,
    )


def evidence_box(lines: Iterable[LineText], bound: str, version: str) -> Box:
    """Every line of the evidence rule with its outcome."""
    signs = {None: "?", False: "0"}
    rule_lines = tuple(lines)
    return Box(
        key="evidence",
        title=_("How certain is the result?"),
        lines=tuple(
            Line(
                mark=number(line.points, signed=True) if line.met else signs[line.met],
                label=f"{line.title}.",
                text=Localised(line.sentence),
            )
            for line in rule_lines
        ),
        empty=_("Not graded: no effects that count."),
        note=" ".join(
            part
            for part in (
                bound,
                _("rule version %(version)s") % {"version": version}
                if version and rule_lines
                else "",
            )
            if part
        ),
    )


def cost_words(cost: CostView) -> tuple[str, str]:
    """The cost per resident, and its prices; ("", reason) if unknown."""
    if cost.amount is None:
        return "", _("not known")
    if cost.each is None:
        return "", not_comparable(cost.per_inhabitant_lacks)
    return f"{amount(cost.each)}{NBSP}{cost.target_currency}", prices_of(cost.target_year)


def not_comparable(field: str) -> str:
    """The missing field that makes a cost incomparable."""
    return _("cannot be compared because information is missing: %(field)s") % {"field": field}


def total_cost(cost: CostView) -> str:
    """The cost as recorded, with its currency and price year."""
    if cost.amount is None:
        return _("not known")
    return money(cost.amount, cost.case.cost_currency, cost.case.cost_price_year)


def cost_lines(cost: CostView) -> tuple[Line, ...]:
    """The cost as recorded, converted, and per resident, each with its basis."""
    if cost.amount is None:
        return ()
    compared = Line(
        label=_("Comparable amount:"),
        text=Localised(not_comparable(cost.total_lacks)),
        missing=True,
    )
    if cost.total is not None:
        compared = Line(
            label=_("Comparable amount:"),
            text=Localised(money(cost.total, cost.target_currency, cost.target_year)),
        )
    each, _prices = cost_words(cost)
    per_inhabitant = Line(
        label=_("Per resident:"),
        text=Localised(each or not_comparable(cost.per_inhabitant_lacks)),
        note=_inhabitants(cost) if each else "",
        missing=not each,
    )
    recorded = Line(label=_("Original amount:"), text=Localised(total_cost(cost)))
    return recorded, compared, per_inhabitant


def amount_lines(case: CaseStudy) -> tuple[Line, ...]:
    """Further amounts of a case as recorded, each with what it covers."""
    lines = []
    for case_amount in case.other_amounts:
        kind = first_capital(str(case_amount.get_cost_kind_display())) or _("Amount")
        covers = localised_field(case_amount, "cost_covers", get_language() or "en")
        lines.append(
            Line(
                label=f"{kind}{colon()}",
                # There is no amount without a number.
                text=Localised(
                    money(
                        case_amount.cost_major or 0,
                        case_amount.cost_currency,
                        case_amount.cost_price_year,
                    )
                ),
                # A note must be in the language of the brief.
                note="" if covers.lang_attr else covers.value,
            )
        )
    return tuple(lines)


def _inhabitants(cost: CostView) -> str:
    city = cost.case.city
    if city is None or city.population is None:
        return ""
    values = {"inhabitants": number(city.population), "year": city.population_year}
    if city.population_year is None:
        text = _("%(inhabitants)s residents (year not known)") % values
    else:
        text = _("%(inhabitants)s residents (%(year)s)") % values
    if "population" in city.unverified_fields:
        text = joined(text, _("from general knowledge, no source checked"))
    return text


def deflator_words(cost: CostView) -> str:
    """The price index and exchange rate of a converted cost, with their publishers."""
    if cost.converted is None:
        return ""
    parts = [_("Already at target-year prices")]
    if cost.deflator:
        moved = _("Converted to %(year)s prices using the consumer price index for %(country)s") % {
            "year": cost.target_year,
            "country": cost.deflator,
        }
        parts = [f"{moved} ({_publishers(cost.deflator_sources)})"]
    if cost.rate_sources:
        rate = _("converted at the average exchange rate for %(year)s") % {"year": cost.target_year}
        parts.append(f"{rate} ({_publishers(cost.rate_sources)})")
    return joined(*parts)


def _publishers(sources: Iterable[PriceSource]) -> str:
    return ", ".join(dict.fromkeys(source.publisher for source in sources))


def source_line(
    place: int, *, title: str, url: str, kind: str, seen: str, lang_attr: str
) -> SourceLine:
    """A source with its number; titles remain in the language in which they were recorded."""
    return SourceLine(
        number=place,
        title=Localised(title),
        # Letters of other scripts are encoded as in a link, so that they can always be printed.
        url=iri_to_uri(url),
        kind=kind,
        seen=Localised(seen, lang_attr) if seen else Localised(""),
    )


def checked_words(days: Iterable[dt.date | None]) -> str:
    """That the content is starter content, and when it was verified."""
    known = sorted({date for date in days if date is not None})
    if not known:
        return _("Compiled by the editors, not yet checked by the city.")
    if len(known) == 1:
        return _("Compiled by the editors (%(day)s), not yet checked by the city.") % {
            "day": day(known[0])
        }
    return _("Compiled by the editors (%(first)s to %(last)s), not yet checked by the city.") % {
        "first": day(known[0]),
        "last": day(known[-1]),
    }


def case_text_words(languages: Iterable[str]) -> str:
    """The languages of case texts other than the language of the page."""
    names = [language_name(code) for code in dict.fromkeys(languages) if code]
    return _("Case texts in %(language)s.") % {"language": ", ".join(names)} if names else ""


def reasons(codes: Iterable[str]) -> str:
    """The reasons of an outcome as text."""
    return ", ".join(str(Reason(code).label) for code in codes)


def sources_apart(count: int) -> str:
    """Where the sources are, if they are not on the page that cites them."""
    return ngettext(
        "%(n)s source, on the next page.", "%(n)s sources, on the next page.", count
    ) % {"n": number(count)}


def more_on_page(left_out: int) -> str:
    """How many entries are only on the web page; empty for none."""
    return _("%(n)s more on the web page") % {"n": number(left_out)} if left_out else ""


def outcome_clauses(counts: Any) -> tuple[tuple[int, str], ...]:
    """For each outcome the number of trials and a clause: (6, "6 worked")."""
    clauses = (
        (counts.worked, ngettext("%(n)s worked", "%(n)s worked", counts.worked)),
        (
            counts.reported,
            ngettext(
                "%(n)s is reported as working", "%(n)s are reported as working", counts.reported
            ),
        ),
        (
            counts.mixed,
            ngettext("%(n)s had mixed results", "%(n)s had mixed results", counts.mixed),
        ),
        (
            counts.did_not_work,
            ngettext("%(n)s did not work", "%(n)s did not work", counts.did_not_work),
        ),
    )
    return tuple((n, text % {"n": number(n)}) for n, text in clauses)


def outcome_counts(counts: Tally) -> str:
    """How many trials did not simply work: "1 had mixed results, 2 did not work"; empty for a
    single trial.

    Trials that are reported as working come first.
    """
    if counts.total == 1:
        return ""
    _worked, (n_reported, reported), (_n, mixed), (_n, failed) = outcome_clauses(counts)
    return ", ".join([reported, mixed, failed] if n_reported else [mixed, failed])


def single_trial_outcome(counts: Tally) -> str:
    """The outcome of the only trial."""
    if counts.worked:
        return _("one trial, which worked")
    if counts.reported:
        return _("one trial, reported as working")
    if counts.did_not_work:
        return _("one trial, which did not work")
    return _("one trial, with mixed results")


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
