"""A city among comparable cities: a strip an indicator, with its place and its change in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.charts.strip import (
    COMPARABLE,
    GOAL,
    ME,
    OTHER,
    Mark,
    Scale,
    Strip,
    TrendLine,
    apart,
    scale_for,
)
from alliance.indicators.enums import PeerStanding
from alliance.indicators.messages import peer_group_text
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.releases.meaning import levels_of
from alliance.indicators.selectors.changes import Change, change_of, change_text
from alliance.indicators.selectors.profile import FigureShown, ProfileRow, ScoreShown
from alliance.indicators.selectors.strips import (
    Figure,
    better_text,
    doubt_of,
    ends_of,
    figures_of,
    is_share,
    scale_of,
    value_text,
)
from alliance.network.localise import local_field
from alliance.network.models import City
from alliance.web import formatting

#: The standings that the page shows, with what they have in common.
GROUPS: tuple[tuple[Promise, frozenset[PeerStanding]], ...] = (
    (gettext_lazy("Where we need to do more"), frozenset({PeerStanding.MUST_DO_MORE})),
    (gettext_lazy("Where we lead"), frozenset({PeerStanding.LEADING})),
    (
        gettext_lazy("Like comparable cities, or too uncertain"),
        frozenset({PeerStanding.TYPICAL, PeerStanding.UNCLEAR}),
    ),
)
#: More comparable cities are counted instead of named under the strips.
NAMED = 8
#: Indicators named in the first line.
FIRST = 2


@dataclass(frozen=True)
class CityRow:
    """An indicator of the city, among the cities with which the release compared it."""

    row: ProfileRow
    strip: Strip
    ends: tuple[str, str] | None
    value: str
    words: str
    could_be: str
    trend: TrendLine | None
    change: str
    #: The comparable cities; empty if facts of cities have changed since the release.
    peers: tuple[City, ...]


def city_strips(city: City, profile: dict[str, Any], language: str) -> dict[str, Any]:
    """The ranked rows of a profile as strips, in groups; three queries at most."""
    rows: dict[str, list[ProfileRow]] = {
        section.code: list(section.rows) for section in profile["sections"]
    }
    by_set: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures_of(profile["release"]):
        if figure.city != city.pk:
            by_set[figure.node, figure.definition_key].append(figure)
    cities = City.objects.in_bulk(
        {figure.city for several in by_set.values() for figure in several}
    )
    groups = []
    for title, standings in GROUPS:
        ranked = [row for standing in standings for row in rows.get(standing, ())]
        ranked.sort(key=lambda row: (-(_percentile(row) or 0.0), row.indicator.position))
        strips = [_strip(row, by_set, cities, language) for row in ranked]
        if strips:
            groups.append((title, strips))
    shown = [strip for _title, strips in groups for strip in strips]
    return {
        "groups": groups,
        "lead": lead_text(
            rows.get(PeerStanding.LEADING, ()),
            rows.get(PeerStanding.MUST_DO_MORE, ()),
            profile["n_ranked"],
            language,
        ),
        "behind_query": urlencode(
            [
                ("measure", measure)
                for row in rows.get(PeerStanding.MUST_DO_MORE, ())
                for measure in row.measures
            ]
        ),
        "newest": max(
            (row.figure.period[:4] for section in rows.values() for row in section if row.figure),
            default="",
        ),
        "comparable": _comparable(shown, language),
        "publishers": sorted(
            {strip.row.known.version.publisher for strip in shown if strip.row.known}
        ),
        "apart": [*rows.get(PeerStanding.NOT_COMPARED, ())],
        "uncompared": [*rows.get(PeerStanding.NO_STANDING, ())],
        "context": [*rows.get(PeerStanding.CONTEXT, ())],
        "missing": [*rows.get(PeerStanding.NO_DATA, ())],
    }


def lead_text(
    leading: Sequence[ProfileRow], behind: Sequence[ProfileRow], n: int, language: str
) -> str:
    """Where the city is ahead and where it is behind, with the clearest indicators by name."""
    ahead, lagging = (
        [row for row in rows if row.indicator.is_common] for rows in (leading, behind)
    )
    # The clearest ones first: among more cities, the same share says more.
    ahead.sort(key=lambda row: (-(_percentile(row) or 0.0), -(row.score.k if row.score else 0)))
    lagging.sort(key=lambda row: (_percentile(row) or 0.0, -(row.score.k if row.score else 0)))
    texts = []
    for rows, few, many in (
        (
            ahead,
            _("Ahead of comparable cities on %(rows)s of %(n)s indicators: %(names)s."),
            _("Ahead of comparable cities on %(rows)s of %(n)s indicators, above all %(names)s."),
        ),
        (
            lagging,
            _("Behind on %(rows)s: %(names)s."),
            _("Behind on %(rows)s, above all %(names)s."),
        ),
    ):
        names = [local_field(row.indicator, "name", language) for row in rows[:FIRST]]
        if names:
            text = few if len(names) == len(rows) else many
            texts.append(text % {"rows": len(rows), "n": n, "names": ", ".join(names)})
    return " ".join(texts)


def _percentile(row: ProfileRow) -> float | None:
    return row.score.percentile if row.score else None


def _strip(
    row: ProfileRow,
    by_set: dict[tuple[str, str], list[Figure]],
    cities: dict[int, City],
    language: str,
) -> CityRow:
    figure, score, known = row.figure, row.score, row.known
    assert figure is not None and score is not None and known is not None
    assert figure.value is not None
    version = known.version
    figures = by_set[row.indicator.code, version.definition.key]
    peers = _peers(score, figures, cities)
    goal = row.target.value if row.target else None
    ends = [end for end in (figure.low, figure.high, goal) if end is not None]
    scale = scale_of(version, [figure.value, *ends, *(other.value for other in figures)])
    compared = {city.pk for city in peers}
    others = apart([other.value for other in figures if other.city not in compared], scale)
    marks = [Mark(value, OTHER) for value in others]
    marks += [Mark(other.value, COMPARABLE) for other in figures if other.city in compared]
    if goal is not None:
        marks.append(Mark(goal, GOAL))
    marks.append(Mark(figure.value, ME, *doubt_of(version, figure.low, figure.high)))
    words, could_be = place_text(score)
    change = change_of(row.line, known) if row.line else None
    return CityRow(
        row=row,
        strip=Strip(scale, marks),
        ends=ends_of(version, scale, language),
        value=figure_text(figure, language),
        words=words,
        could_be=could_be,
        trend=line_of(change, version) if change else None,
        change=change_text(change, version, language) if change else _("One figure only"),
        peers=peers,
    )


def figure_text(figure: FigureShown, language: str) -> str:
    """A figure with a short unit, or that it is missing."""
    if figure.value is None:
        return _("no data")
    return value_text(figure.version, language, figure.value, figure.low, figure.high)


def _peers(
    score: ScoreShown, figures: Sequence[Figure], cities: dict[int, City]
) -> tuple[City, ...]:
    """The cities with which the release compared this one; none if they cannot be told any more."""
    if score.ranked_set is None:
        return ()
    ranked = [cities[other.city] for other in figures if other.ranked_set == score.ranked_set]
    if score.peer_group:
        ranked = [city for city in ranked if score.peer_group in levels_of(city)]
    return tuple(ranked) if len(ranked) == score.k else ()


def place_text(score: ScoreShown) -> tuple[str, str]:
    """How many comparable cities a city is better than, and how many it could be."""
    if score.percentile is None:
        return _("too few comparable cities"), ""
    words = better_text(score.percentile, score.k)
    if score.standing_reason == "falling":
        words = f"{words}{formatting.semicolon()} {_('moving away from its target')}"
    if score.percentile_low is None or score.percentile_high is None:
        return words, ""
    low, high = (round(end * score.k) for end in (score.percentile_low, score.percentile_high))
    return words, "" if low == high else _("could be %(low)s to %(high)s") % {
        "low": low,
        "high": high,
    }


def line_of(change: Change, version: DefinitionVersion) -> TrendLine:
    """The figures of a change on an axis from zero; that of shares ends at 100."""
    values = [(float(point.year), point.value or 0.0) for point in change.points]
    if is_share(version):
        scale = Scale(0.0, 100.0)
    else:
        scale = scale_for(
            [0.0, *(value for _year, value in values)], is_share=False, is_turned=False
        )
    return TrendLine(values, (values[0][0], values[-1][0]), scale)


def _comparable(rows: Iterable[CityRow], language: str) -> list[str]:
    """The groups of comparable cities behind these rows, each with its cities."""
    groups: dict[str, dict[int, City]] = defaultdict(dict)
    for row in rows:
        if row.row.score and row.row.score.percentile is not None:
            groups[row.row.score.peer_group] |= {city.pk: city for city in row.peers}
    texts = []
    for code, cities in groups.items():
        names = sorted(local_field(city, "name", language) for city in cities.values())
        text = peer_group_text(code, language)
        texts.append(f"{text} ({', '.join(names)})" if 0 < len(names) <= NAMED else text)
    return texts
