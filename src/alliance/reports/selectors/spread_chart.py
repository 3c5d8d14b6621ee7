"""The plot of a solution's effects over its places, and what is said below it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.analysis.effect_spread import DESIGNS
from alliance.charts.forest import Forest
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.effects import first_capital
from alliance.knowledge.selectors.solutions import SolutionPage
from alliance.knowledge.selectors.spread import EffectRow, Spread
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import NOTHING, Chart, Row
from alliance.reports.selectors.trials import Trials
from alliance.web.formatting import number, quantity


def charts(page: SolutionPage, trials: Trials) -> tuple[Chart, ...]:
    """The plot of the first group of effects; none where there is no effect."""
    spread = page.spreads.first
    if spread is None:
        return ()
    title = _("%(measure)s, in %(unit)s") % {
        "measure": first_capital(spread.measure),
        "unit": spread.unit,
    }
    ranks = brief_parts.ranks(
        [row.value for row in spread.chosen],
        # The strongest designs are kept longest.
        [DESIGNS.index(row.design) for row in spread.chosen],
    )
    rows = [_row(row, spread, trials, rank) for row, rank in zip(spread.chosen, ranks, strict=True)]
    plot = spread.chart
    if plot is None:
        return (Chart(title=title, unit="", rows=tuple(rows)),)
    drawn = [
        brief_parts.placed(row, plot.axis, effect.value, effect.low, effect.high)
        for row, effect in zip(rows, spread.chosen, strict=True)
    ]
    if plot.summary is not None:
        drawn.append(_summary_row(spread, plot))
    return (
        Chart(
            title=title,
            unit=brief_parts.better(plot),
            ticks=brief_parts.ticks(plot.axis, signed=plot.signed),
            rows=tuple(drawn),
            caption=_caption(spread, plot),
        ),
    )


def _row(row: EffectRow, spread: Spread, trials: Trials, rank: int) -> Row:
    value, rest = brief_parts.result(
        row.value, spread.symbol, spread.unit, is_change=spread.is_change
    )
    interval = ""
    if row.low is not None and row.high is not None:
        interval = _("95 %%: %(bounds)s") % {
            "bounds": brief_parts.bounds(row.low, row.high, spread.symbol, signed=spread.is_change)
        }
    sample = _("sample of %(n)s") % {"n": number(row.n)} if row.n is not None else ""
    return Row(
        label=Localised(row.place),
        part=row.qualifier,
        value=value,
        interval=brief_parts.joined(rest, interval),
        basis=", ".join(part for part in (str(row.design_label), row.years, sample) if part),
        filled=row.design != "modelled",
        source=trials.cite(row.case.public_id),
        keep_first=rank,
    )


def _summary_row(spread: Spread, plot: Forest) -> Row:
    summary, pooled, axis = spread.summary, spread.pooled, plot.axis
    median = summary.median or 0.0
    drawn = _intervals_drawn(spread, plot)
    middle = quantity(median, spread.symbol, spread.digits, signed=spread.is_change)
    value, rest = middle, _("median")
    shown = pooled if drawn else None
    if shown is not None:
        # The figure is that of the diamond; the stroke beside it is named too.
        value = quantity(shown.estimate, spread.symbol, spread.digits, signed=spread.is_change)
        rest = _("mean; median %(median)s") % {"median": middle}
    return Row(
        kind="summary",
        label=Localised(_("All places")),
        part=NOTHING,
        value=value,
        interval=rest,
        basis=ngettext("%(n)s place", "%(n)s places", summary.k) % {"n": number(summary.k)},
        at=brief_parts.share(median, axis),
        low=brief_parts.share(shown.prediction_low, axis) if shown else None,
        high=brief_parts.share(shown.prediction_high, axis) if shown else None,
        mean=brief_parts.share(shown.estimate, axis) if shown else None,
        mean_low=brief_parts.share(shown.ci_low, axis) if shown else None,
        mean_high=brief_parts.share(shown.ci_high, axis) if shown else None,
        # Never left out: it speaks for all places.
        keep_first=-1,
    )


def _intervals_drawn(spread: Spread, plot: Forest) -> bool:
    """Whether mean and intervals say something that the axis can show."""
    pooled = spread.pooled
    if pooled is None:
        return False
    ends = (pooled.ci_low, pooled.ci_high, pooled.prediction_low, pooled.prediction_high)
    return not spread.beyond_possible and all(
        end is not None and not brief_parts.beyond(end, plot.axis) for end in ends
    )


def _caption(spread: Spread, plot: Forest) -> tuple[str, ...]:
    """The spread in words, then the signs of the plot, then what weakens it."""
    signs = brief_parts.plot_caption(plot)
    if plot.summary is not None:
        signs.append(_("Upright stroke: median."))
        if _intervals_drawn(spread, plot):
            signs.append(
                _(
                    "Diamond: mean over places, in which more precise results count more, with its "
                    "95 % interval."
                )
                if plot.summary.weighted
                else _("Diamond: mean over places, each counted once, with its 95 % interval.")
            )
            signs.append(_("Grey bar: 95 % prediction interval."))
    said = []
    if prediction_in_words(spread) and not spread.beyond_possible:
        said.append(
            _(
                "In one more place of the same kind, a result of %(bounds)s is to be expected "
                "(95 %% prediction interval)."
            )
            % {"bounds": prediction_in_words(spread)}
        )
        if spread.is_change and spread.prediction_includes_zero:
            said.append(_("No change, or a change the other way, is within it."))
        said += _chances(spread)
    weak = [str(text) for text in spread.warnings]
    return tuple(part for part in (" ".join([*said, *weak]), " ".join(signs)) if part)


def _chances(spread: Spread) -> list[str]:
    """The chance of a change for the better and how certain all of it is, if that can be said."""
    view = spread.outlook
    if view is None or not view.chance_right:
        return []
    return [
        f"{_('Chance of a change for the better in a new city:')} {view.chance_right}.",
        f"{_('How certain: %(grade)s') % {'grade': view.grade}}.",
    ]


def prediction_in_words(spread: Spread) -> str:
    """The prediction interval, "" where there is none."""
    if spread.pooled is None:
        return ""
    low, high = spread.pooled.prediction_low, spread.pooled.prediction_high
    if low is None or high is None:
        return ""
    return brief_parts.bounds(
        low, high, spread.symbol, signed=spread.is_change, digits=spread.digits
    )
