"""The profile of a city: where it leads, where it must do more, and how certain that is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.core.read_once import read_once
from alliance.indicators.comparability import Clause
from alliance.indicators.enums import (
    Boundary,
    IndicatorDirection,
    NodeKind,
    PeerStanding,
    Status,
)
from alliance.indicators.errors import interval_of
from alliance.indicators.messages import clause_text
from alliance.indicators.models import (
    DefinitionVersion,
    Indicator,
    IndicatorMeasure,
    ObservationSource,
    Score,
    Series,
    Target,
)
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.time_series import CitySeries, Point, lines_of_city
from alliance.indicators.targets import by_definition, target_of
from alliance.indicators.values import VersionLine, versions_at
from alliance.network.localise import local_field
from alliance.network.models import City

SECTIONS: dict[str, Promise] = {
    PeerStanding.MUST_DO_MORE: _("Where we need to do more"),
    PeerStanding.LEADING: _("Where we lead"),
    PeerStanding.UNCLEAR: _("Unclear"),
    PeerStanding.TYPICAL: _("Typical"),
    PeerStanding.NOT_COMPARED: _("Not comparable"),
    PeerStanding.NO_STANDING: _("Figures not yet compared"),
    PeerStanding.CONTEXT: _("Context indicators"),
    PeerStanding.NO_DATA: _("No data"),
}


# Looked up for each figure of a page.
_FLAGS: dict[str, str | Promise] = {
    status.value: status.label for status in Status if status != Status.NORMAL
}
_AREAS: dict[str, str | Promise] = {boundary.value: boundary.label for boundary in Boundary}


class ScoreShown(NamedTuple):
    """The fields of a `Score` that pages show, as a tuple because they are read by the thousand."""

    city_id: int
    definition_key: str
    boundary: str
    value: float | None
    value_low: float | None
    value_high: float | None
    period: str
    status: str
    error_basis: str
    rank: int | None
    rank_high: int | None
    n_ranked: int
    ranked_set: int | None
    ranked_value: float | None
    ranked_error: float | None
    percentile: float | None
    percentile_low: float | None
    percentile_high: float | None
    peer_group: str
    k: int
    standing: str
    standing_reason: str
    not_ranked: str
    trend: str
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    n_years: int


@dataclass(frozen=True)
class FigureShown:
    """A figure as pages show it. `value` is None for a figure that its status marks as missing."""

    value: float | None
    low: float | None
    high: float | None
    period: str
    status: str
    boundary: str
    version: DefinitionVersion
    source: ObservationSource | None = None

    @classmethod
    def of(
        cls,
        score: ScoreShown | None,
        line: CitySeries | None,
        boundary: str,
        version: DefinitionVersion,
        source: ObservationSource | None = None,
    ) -> FigureShown | None:
        """The figure in the release, else the newest of the line; None if there is neither."""
        if score is not None and score.value is not None:
            low, high = score.value_low, score.value_high
            values = (score.value, low, high, score.period, score.status)
            return cls(*values, boundary, version, source)
        return cls.of_point(line.newest, boundary, version, source) if line else None

    @classmethod
    def of_point(
        cls,
        point: Point,
        boundary: str,
        version: DefinitionVersion,
        source: ObservationSource | None = None,
    ) -> FigureShown:
        """A figure of a line."""
        values = (point.value, *interval_of(point, version), point.period, point.status)
        return cls(*values, boundary, version, source)

    @property
    def flag(self) -> str | Promise:
        """The label of a status other than normal, else empty."""
        return _FLAGS.get(self.status, "")

    @property
    def area(self) -> str | Promise:
        """The label of the kind of area."""
        return _AREAS.get(self.boundary, self.boundary)


@dataclass(frozen=True)
class ProfileRow:
    """An indicator of a city. `score` is None if the release has none.

    `newer` is the period of a figure that is later than the release; `clause` is why the figure has
    no standing among the peers.
    """

    indicator: Indicator
    figure: FigureShown | None
    score: ScoreShown | None
    clause: str | Promise
    line: CitySeries | None
    known: VersionLine | None
    measures: tuple[str, ...]
    newer: str
    target: Target | None

    @property
    def effects_query(self) -> str:
        """The query string of the search for cases by the measures that act on the indicator."""
        return urlencode([("measure", measure) for measure in self.measures])


@dataclass(frozen=True)
class Section:
    """The rows of a verdict."""

    code: PeerStanding
    rows: tuple[ProfileRow, ...]

    @property
    def title(self) -> Promise:
        return SECTIONS[self.code]

    @property
    def ranked(self) -> bool:
        """Whether its rows have a standing among peers."""
        return self.code.is_place


def city_profile(city: City, language: str, moment: dt.datetime | None = None) -> dict[str, Any]:
    """The profile of `city` as known at `moment`, in nine indexed queries.

    `sections` are those with rows.
    """
    release = release_at(moment)
    scores: dict[str, ScoreShown] = {}
    if release is not None:
        own_scores = Score.objects.filter(release=release, city=city, kind=NodeKind.INDICATOR)
        records = own_scores.order_by().values_list("node", *ScoreShown._fields)
        scores = {node: ScoreShown._make(values) for node, *values in records}
    known = lines_of_city(city, moment)
    versions = versions_at(moment, {line.definition for line in known}, with_indicator=False)
    lines: dict[int, list[CitySeries]] = defaultdict(list)
    for line in known:
        if line.definition in versions:
            lines[versions[line.definition].version.definition.indicator_id].append(line)
    sources = _sources(line for group in lines.values() for line in group)
    measures = measures_by_indicator()
    targets = {
        definition: target_of(candidates, city)
        for definition, candidates in by_definition(moment).items()
    }
    rows: dict[str, list[ProfileRow]] = defaultdict(list)
    # An indicator without any figures is not a gap of this city.
    indicators = indicators_in_order(with_figures=True)
    for indicator in indicators:
        code, row = _row(
            indicator,
            scores.get(indicator.code),
            lines.get(indicator.pk, []),
            versions,
            sources,
            measures.get(indicator.pk, ()),
            targets,
            language,
        )
        rows[code].append(row)
    return {
        "city": city,
        "release": release,
        "sections": [
            Section(PeerStanding(code), tuple(rows[code])) for code in SECTIONS if rows[code]
        ],
        # Only the common set: a city's own additions do not change the counts.
        "n_indicators": sum(indicator.is_common for indicator in indicators),
        "n_figures": sum(
            _is_counted(row) for section_rows in rows.values() for row in section_rows
        ),
        "n_ranked": sum(
            _is_counted(row)
            for code, section_rows in rows.items()
            if PeerStanding(code).is_place
            for row in section_rows
        ),
        "n_leading": sum(map(_is_counted, rows[PeerStanding.LEADING])),
        "n_behind": sum(map(_is_counted, rows[PeerStanding.MUST_DO_MORE])),
    }


def _is_counted(row: ProfileRow) -> bool:
    return row.indicator.is_common and row.figure is not None


@read_once
def indicators_in_order(*, with_figures: bool = False) -> list[Indicator]:
    """All indicators by group, or only those with figures of any city, in one query."""
    rows = Indicator.objects.select_related("group")
    if with_figures:
        rows = rows.filter(Exists(Series.objects.filter(definition__indicator=OuterRef("pk"))))
    return list(rows.order_by("group__position", "group__code", "position", "code"))


@read_once
def measures_by_indicator() -> dict[int, tuple[str, ...]]:
    """The measures of effects that act on each indicator, in one query."""
    by_indicator: dict[int, list[str]] = defaultdict(list)
    for indicator, measure in IndicatorMeasure.objects.values_list("indicator", "measure"):
        by_indicator[indicator].append(measure)
    return {indicator: tuple(measures) for indicator, measures in by_indicator.items()}


def _sources(lines: Iterable[CitySeries]) -> dict[int, ObservationSource]:
    wanted = {line.newest.source_id for line in lines} | {None}
    return ObservationSource.objects.in_bulk([key for key in wanted if key is not None])


def _row(
    indicator: Indicator,
    score: ScoreShown | None,
    lines: Sequence[CitySeries],
    versions: dict[int, VersionLine],
    sources: dict[int, ObservationSource],
    measures: tuple[str, ...],
    targets: dict[int, Target | None],
    language: str,
) -> tuple[str, ProfileRow]:
    """The row and the code of its section."""
    line = _line_of(score, lines, versions)
    version = versions[line.definition].version if line else None
    figure = None
    if line is not None and version is not None:
        source = sources.get(line.newest.source_id or 0)
        figure = FigureShown.of(score, line, line.boundary, version, source)
    row = ProfileRow(
        indicator=indicator,
        figure=figure,
        score=score,
        clause=_clause(score, version, language),
        line=line,
        known=versions[line.definition] if line else None,
        measures=measures,
        target=targets.get(line.definition) if line else None,
        newer=line.newest.period
        if line and figure and line.newest.value is not None and line.newest.period > figure.period
        else "",
    )
    return _section(row, version.direction if version else ""), row


def _line_of(
    score: ScoreShown | None, lines: Sequence[CitySeries], versions: dict[int, VersionLine]
) -> CitySeries | None:
    """The line that the release uses, else the line with the newest figure."""
    if score is not None and score.definition_key:
        for line in lines:
            key = versions[line.definition].version.definition.key
            if (key, line.boundary) == (score.definition_key, score.boundary):
                return line
    return max(lines, key=lambda line: (line.newest.period, len(line.points)), default=None)


def _clause(
    score: ScoreShown | None, version: DefinitionVersion | None, language: str
) -> str | Promise:
    if score is None:
        return ""
    if score.not_ranked == Clause.NOT_RANKED and version is not None:
        because = local_field(version, "not_ranked_because", language)
        return because or clause_text(score.not_ranked)
    return clause_text(score.not_ranked)


def _section(row: ProfileRow, direction: str) -> str:
    if row.figure is None or row.figure.value is None:
        return PeerStanding.NO_DATA
    if row.score is not None and row.score.value is not None:
        return row.score.standing
    is_context = direction == IndicatorDirection.CONTEXT
    return PeerStanding.CONTEXT if is_context else PeerStanding.NO_STANDING
