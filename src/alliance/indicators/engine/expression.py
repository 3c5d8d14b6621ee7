"""The computation of the engine, as a single expression for every engine.

Figures are long: a row for each city, indicator and year. The steps, in the terms of the method:

- the scale of an indicator: the bounds of its definition, else the minimum and maximum of all
  years, joined to the figures (M6). Equal ends give no scale, never a division by 0;
- the percentile of a city among its peers, by indicator and year: PERCENT_RANK of the score (M12);
- the slope of each city and indicator over the years by least squares, from plain sums (M10);
- the weighted mean for each city, group and year over the indicators with data, provided that they
  carry half of the weight of the group (M7, M8).

Only functions that all engines compute alike are used: no argmax (ties differ), no correlation
without how="pop".
"""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

#: With fewer peers there is no percentile; with fewer years no slope.
LEAST_PEERS = 5
LEAST_YEARS = 3
#: Share of the weight of a group that indicators with data must carry.
LEAST_WEIGHT = 0.5
#: Columns of the input tables and of the result.
FIGURES = ("city", "peer", "indicator", "year", "value")
MEANING = ("indicator", "pillar", "weight", "sign", "worst", "best")
PANEL = ("city", "pillar", "year", "n", "score", "place", "slope")


def panel(figures: Table, meaning: Table, *, first_year: int) -> Table:
    """Score (0 to 100), percentile among peers (0 to 1) and slope (points a year) of each city,
    group and year.

    Args:
        figures: `FIGURES`; a city has one figure of an indicator in a year; `value` is not null.
        meaning: `MEANING`; a row for each indicator; `sign` is 1 if more is better, else -1;
            `worst` and `best` are the bounds times `sign`, null if the sample defines them.
        first_year: a year close to those of the figures, for numerical stability of the sums.

    `n` counts the indicators behind a row. A mean without half of the weight is null, and so is a
    percentile with fewer than 5 peers and a slope over fewer than 3 years.
    """
    scored = _scored(figures, meaning)
    placed = scored.mutate(place=_place(scored))
    slopes = _slopes(scored, first_year)
    joined = placed.left_join(slopes, ["city", "indicator"]).select(
        *(placed[name] for name in ("city", "indicator", "pillar", "year", "weight", "score")),
        placed.place,
        slopes.slope,
    )
    whole = meaning.group_by("pillar").agg(whole=_.weight.sum())
    means = joined.group_by("city", "pillar", "year").agg(
        n=_.indicator.count(),
        present=_.weight.sum(),
        score=_weighted(joined.score, joined.weight),
        place=_weighted(joined.place, joined.weight),
        slope=_weighted(joined.slope, joined.weight),
    )
    full = means.join(whole, "pillar")
    enough = full.present >= LEAST_WEIGHT * full.whole
    nothing = ibis.null("float64")
    return full.select(
        "city",
        "pillar",
        "year",
        "n",
        score=ibis.ifelse(enough, full.score, nothing),
        place=ibis.ifelse(enough, full.place, nothing),
        slope=ibis.ifelse(enough, full.slope, nothing),
    )


def _scored(figures: Table, meaning: Table) -> Table:
    """Figures with their score, clipped and unclipped; without figures that have no scale."""
    turned = figures.join(meaning, "indicator").mutate(turned=_.value * _.sign)
    ends = turned.group_by("indicator").agg(least=_.turned.min(), most=_.turned.max())
    scaled = turned.join(ends, "indicator").mutate(
        low=ibis.coalesce(_.worst, _.least), high=ibis.coalesce(_.best, _.most)
    )
    unclipped = scaled.mutate(
        unclipped=100.0 * (_.turned - _.low) / (_.high - _.low).nullif(0.0)
    ).filter(_.unclipped.notnull())
    return unclipped.mutate(score=_.unclipped.clip(lower=0.0, upper=100.0)).select(
        "city", "peer", "indicator", "pillar", "year", "weight", "score", "unclipped"
    )


def _place(scored: Table) -> ibis.expr.types.FloatingValue:
    among = ibis.window(group_by=["indicator", "year", "peer"])
    in_order = ibis.window(group_by=["indicator", "year", "peer"], order_by=scored.score)
    peers = scored.count().over(among)
    return ibis.ifelse(
        peers >= LEAST_PEERS, ibis.percent_rank().over(in_order), ibis.null("float64")
    )


def _slopes(scored: Table, first_year: int) -> Table:
    points = scored.mutate(x=(scored.year - first_year).cast("float64"), y=scored.unclipped)
    sums = points.group_by("city", "indicator").agg(
        k=_.count(),
        x=_.x.sum(),
        y=_.y.sum(),
        xx=(_.x * _.x).sum(),
        xy=(_.x * _.y).sum(),
    )
    slope = (sums.k * sums.xy - sums.x * sums.y) / (sums.k * sums.xx - sums.x * sums.x).nullif(0.0)
    return sums.select(
        "city",
        "indicator",
        slope=ibis.ifelse(sums.k >= LEAST_YEARS, slope, ibis.null("float64")),
    )


def _weighted(
    values: ibis.expr.types.Value, weights: ibis.expr.types.Value
) -> ibis.expr.types.Value:
    """The weighted mean of the values present; null if there are none or all weights are 0."""
    present = ibis.ifelse(values.notnull(), weights, 0.0)
    return (values * weights).sum() / present.sum().nullif(0.0)
