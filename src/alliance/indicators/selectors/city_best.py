"""The indicators of a city that its release ranks, best first: for the page about the city."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.models import DefinitionVersion, Indicator, Score
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.city_strips import CityRow, city_strips
from alliance.indicators.selectors.profile import FigureShown, ProfileRow, ScoreShown, Section
from alliance.indicators.values import versions_at
from alliance.network.models import City


class Standing(NamedTuple):
    """An indicator on which the city is clearly ahead or behind: `better` of `k` comparable
    cities have a worse figure."""

    row: CityRow
    better: int
    k: int

    @property
    def not_worse(self) -> int:
        """How many of them have a figure as good, or better."""
        return self.k - self.better

    @property
    def year(self) -> str:
        """The year of the figure."""
        figure = self.row.row.figure
        return figure.period[:4] if figure else ""


def city_best(city: City, language: str, most: int) -> dict[str, Any]:
    """The `most` ranked indicators of a city as strips, the best place first, and the clearest one
    `ahead` and `behind`; `n_ranked` counts all. Six queries at most."""
    release = release_at(None)
    own = Score.objects.filter(release=release, city=city, kind=NodeKind.INDICATOR)
    records = own.order_by().values_list("node", *ScoreShown._fields) if release else ()
    scores = {node: ScoreShown._make(values) for node, *values in records}
    ranked = {
        node: score
        for node, score in scores.items()
        if score.standing in PeerStanding.values and PeerStanding(score.standing).is_place
    }
    keys = {score.definition_key for score in ranked.values()}
    # Only the common set, as on the page of all its indicators.
    indicators = Indicator.objects.filter(code__in=ranked, is_common=True) if ranked else ()
    versions = DefinitionVersion.objects.filter(definition__key__in=keys)
    ids = set(versions.values_list("definition", flat=True))
    known = (
        {line.version.definition.key: line for line in versions_at(None, ids).values()}
        if ranked
        else {}
    )
    rows: dict[str, list[ProfileRow]] = defaultdict(list)
    for indicator in indicators:
        score = ranked[indicator.code]
        line = known.get(score.definition_key)
        if line is None or score.value is None or score.percentile is None:
            continue
        rows[score.standing].append(
            ProfileRow(
                indicator=indicator,
                figure=FigureShown.of(score, None, score.boundary, line.version),
                score=score,
                clause="",
                line=None,
                known=line,
                measures=(),
                newer="",
                target=None,
            )
        )
    sections = [Section(PeerStanding(code), tuple(found)) for code, found in rows.items()]
    n_ranked = sum(len(section.rows) for section in sections)
    profile = {"release": release, "sections": sections, "n_ranked": n_ranked}
    strips = [
        strip
        for _title, group in (city_strips(city, profile, language)["groups"] if sections else ())
        for strip in group
    ]
    strips.sort(key=_order)
    leading = [strip for strip in strips if _standing(strip) == PeerStanding.LEADING]
    behind = [strip for strip in strips if _standing(strip) == PeerStanding.MUST_DO_MORE]
    # Of many, both ends: the best and those that call for action.
    shown = strips if len(strips) <= most else strips[: most // 2] + strips[-(most // 2) :]
    return {
        "strips": shown,
        "publishers": sorted({line.version.publisher for line in known.values()}),
        "n_ranked": n_ranked,
        "ahead": _place(leading[0]) if leading else None,
        "behind": _place(behind[-1]) if behind else None,
    }


def _standing(strip: CityRow) -> str:
    return strip.row.score.standing if strip.row.score else ""


def _order(strip: CityRow) -> tuple[float, int]:
    score = strip.row.score
    assert score is not None
    return -(score.percentile or 0.0), -score.k


def _place(strip: CityRow) -> Standing:
    score = strip.row.score
    assert score is not None
    return Standing(strip, round((score.percentile or 0.0) * score.k), score.k)
