"""Cities side by side, with the verdict of the guard first: ranked only if it allows.

If the last release has all of the cities, its figures and ranks are shown, as on every other page;
otherwise the recorded figures, ordered by the same rule.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from alliance.indicators.enums import Boundary, NodeKind, SiblingVerdict, Status
from alliance.indicators.errors import error_as_defined
from alliance.indicators.guard import (
    CLAUSES,
    Clause,
    Comparability,
    Difference,
    Figure,
    area_of,
    compare_all,
)
from alliance.indicators.models import Definition, Indicator, Score, Series, Sibling
from alliance.indicators.ordering import places_of
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.profile import FigureShown, ScoreShown, indicators_in_order
from alliance.indicators.selectors.time_series import Line, Point, lines_of_definitions
from alliance.indicators.targets import siblings_of
from alliance.indicators.values import VersionLine, versions_at
from alliance.network.localise import local_field
from alliance.network.models import City

FEWEST, MOST = 2, 5
#: Answers to a survey shift with its language: where a definition compares across countries with
#: care only, the least difference that counts is larger by this factor.
BETWEEN_COUNTRIES = 1.5


@dataclass(frozen=True)
class Chosen:
    """The selected figure of a city: the line, and the point on it."""

    line: Line
    point: Point


@dataclass(frozen=True)
class Compared:
    """A city of a comparison; `rank` is set only if the guard allows ranking."""

    city: City
    figure: FigureShown | None
    rank: int | None
    #: The last rank that it may have: cities with a rank in common cannot be told apart.
    rank_high: int | None = None
    #: The origin of the error of its figure.
    error_basis: str = ""
    #: The cities that it is surely ahead of, by primary key.
    ahead_of: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """An indicator for two to five cities. `cities` are in the requested order.

    `differences`: the code of each failed clause, its text, and the values of both sides.
    `threshold`: smaller differences do not count, in units of the figure; None if all count.
    """

    indicator: Indicator
    cities: tuple[Compared, ...]
    verdict: Comparability
    differences: tuple[tuple[str, Promise, str | Promise, str | Promise], ...]
    direction: str
    threshold: float | None
    not_ranked_because: str
    #: Known differences between the definitions of these figures.
    siblings: tuple[Sibling, ...] = ()
    #: Cities that are not compared, with the reason; empty for those without a figure.
    left_out: tuple[tuple[City, str | Promise], ...] = ()

    @property
    def may_rank(self) -> bool:
        return self.verdict.may_rank

    @property
    def cities_with_figure(self) -> tuple[Compared, ...]:
        return tuple(city for city in self.cities if city.figure and city.figure.value is not None)


def comparisons(
    cities: Sequence[City],
    language: str,
    moment: dt.datetime | None = None,
    indicator: Indicator | None = None,
    *,
    is_partial: bool = False,
) -> tuple[Comparison, ...]:
    """The verdicts of the guard on the cities for each indicator, or for one, as known at `moment`.

    `is_partial`: cities without a figure, or with one under another definition, are left out.

    Seven queries, and two if the release has figures that no longer exist. Indicators without a
    figure of any city are left out, unless requested.
    """
    versions = versions_at(
        moment,
        None
        if indicator is None
        else list(Definition.objects.filter(indicator=indicator).values_list("pk", flat=True)),
        with_indicator=False,
    )
    wanted = [indicator] if indicator is not None else indicators_in_order()
    scores = scores_at(moment, cities, wanted)
    # If the release has all of them, its figure is all that a row shows of a line.
    covered = {
        candidate.pk
        for candidate in wanted
        if indicator is None and all((candidate.code, city.pk) in scores for city in cities)
    }
    lines = _by_indicator(
        versions, cities, moment, covered, {score.period for score in scores.values()}
    )
    # A figure in the release may have been corrected or hidden since.
    lost = {
        candidate.pk
        for candidate in wanted
        if candidate.pk in covered
        for city in cities
        if not _spoken_of(scores[candidate.code, city.pk], lines[candidate.pk][city.pk], versions)
    }
    if lost:
        of_lost = {
            pk: line
            for pk, line in versions.items()
            if line.version.definition.indicator_id in lost
        }
        again = _by_indicator(of_lost, cities, moment)
        lines |= {key: again[key] for key in lost}
    siblings = siblings_of(versions)
    found_all = [
        _comparison(
            candidate,
            cities,
            lines[candidate.pk],
            [scores.get((candidate.code, city.pk)) for city in cities],
            versions,
            siblings,
            language,
        )
        for candidate in wanted
        if indicator is not None or lines.get(candidate.pk)
    ]
    if is_partial:
        found_all = [
            _partial(comparison, lines, scores, versions, siblings, language)
            for comparison in found_all
        ]
    # Comparable indicators come first, then those with figures of all cities.
    return tuple(
        sorted(
            found_all,
            key=lambda comparison: (not comparison.may_rank, -len(comparison.cities_with_figure)),
        )
    )


def _by_indicator(
    versions: dict[int, VersionLine],
    cities: Sequence[City],
    moment: dt.datetime | None,
    brief: Collection[int] = (),
    periods: Collection[str] = (),
) -> dict[int, dict[int, list[Line]]]:
    """The lines of cities by indicator and city; for the indicators in `brief`, only `periods`."""
    of = {pk: line.version.definition.indicator_id for pk, line in versions.items()}
    lines: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines_of_definitions(
        list(versions),
        moment,
        cities=[city.pk for city in cities],
        brief=[pk for pk, indicator in of.items() if indicator in brief],
        periods=periods,
    ):
        lines[of[line.definition]][line.city].append(line)
    return lines


def scores_at(
    moment: dt.datetime | None, cities: Sequence[City], indicators: Sequence[Indicator]
) -> dict[tuple[str, int], ScoreShown]:
    """The scores of cities in the release at that time, by code and city. Two queries."""
    release = release_at(moment)
    if release is None:
        return {}
    rows = Score.objects.filter(release=release, kind=NodeKind.INDICATOR, city__in=cities)
    if len(indicators) == 1:
        rows = rows.filter(node=indicators[0].code)
    records = rows.filter(value__isnull=False).order_by().values_list("node", *ScoreShown._fields)
    scores = ((node, ScoreShown._make(values)) for node, *values in records)
    return {(node, score.city_id): score for node, score in scores}


def _spoken_of(
    score: ScoreShown, lines: Sequence[Line], versions: dict[int, VersionLine]
) -> Chosen | None:
    """The figure that the release uses, among the lines of its city."""
    for line in lines:
        key = versions[line.definition].version.definition.key
        if (key, line.boundary) == (score.definition_key, score.boundary):
            for point in line.points:
                if point.period == score.period:
                    return Chosen(line, point)
    return None


def choose(cities: Sequence[int], lines: dict[int, list[Line]]) -> dict[int, Chosen | None]:
    """The selected figure of each city.

    The latest period for which all cities have a figure under the same definition and kind of area;
    otherwise the newest figure of each, so that the guard reports the differences.
    """
    shared: dict[tuple[int, str, str], dict[int, Chosen]] = defaultdict(dict)
    for city in cities:
        for line in lines.get(city, []):
            for point in line.points:
                if point.value is not None:
                    key = (line.definition, area_of(line.boundary), point.period)
                    shared[key].setdefault(city, Chosen(line, point))
    full = {key: chosen for key, chosen in shared.items() if len(chosen) == len(cities)}
    if full:
        # The API makes the same choice, so that both give the same answer.
        return dict(full[max(full, key=lambda key: (key[2], -key[0], key[1]))])
    newest: dict[int, Chosen | None] = {}
    for city in cities:
        known = [
            Chosen(line, point)
            for line in lines.get(city, [])
            for point in line.points
            if point.value is not None
        ]
        newest[city] = max(
            known, key=lambda choice: (choice.point.period, len(choice.line.points)), default=None
        )
    return newest


def figure(chosen: Chosen, city: City, versions: dict[int, VersionLine]) -> Figure:
    """A selected figure of a city as the guard compares it."""
    known = versions[chosen.line.definition]
    return Figure(
        value=chosen.point.value,
        definition=known.version.definition.key,
        definition_number=chosen.point.definition_number,
        comparable_since=known.comparable_since,
        boundary=chosen.line.boundary,
        period=chosen.point.period,
        status=chosen.point.status,
        direction=known.version.direction,
        not_ranked_because=known.version.not_ranked_because,
        country=city.country,
        within_country=known.within_country,
    )


def _comparison(
    indicator: Indicator,
    cities: Sequence[City],
    lines: dict[int, list[Line]],
    scores: Sequence[ScoreShown | None],
    versions: dict[int, VersionLine],
    siblings: Sequence[Sibling],
    language: str,
) -> Comparison:
    known_scores = [score for score in scores if score is not None]
    spoken = {
        score.city_id: _spoken_of(score, lines.get(score.city_id, ()), versions)
        for score in known_scores
    }
    by_release = len(known_scores) == len(cities) and None not in spoken.values()
    chosen = spoken if by_release else choose([city.pk for city in cities], lines)
    known = [choice for choice in chosen.values() if choice is not None]
    differences = compare_all(
        [
            figure(choice, city, versions)
            for city in cities
            if (choice := chosen.get(city.pk)) is not None
        ]
    ).differences
    if len(known) < len(cities):
        differences = (Difference(Clause.NO_DATA, "", ""), *differences)
    elif by_release:
        differences = _of_release(known_scores, differences)
    elif indicator.denominator_id is not None:
        differences = (*differences, Difference(Clause.NO_DENOMINATOR, "", ""))
    verdict = Comparability(differences)
    version = versions[known[0].line.definition].version if known else None
    direction = version.direction if version else ""
    about = _about(cities, chosen, siblings)
    threshold = version.least_difference if version else None
    if threshold is not None and any(
        sibling.left_id == sibling.right_id and sibling.verdict == SiblingVerdict.WITH_CARE
        for sibling in about
    ):
        threshold *= BETWEEN_COUNTRIES
    ranks: Sequence[tuple[int | None, int | None, str]] = [(None, None, "")] * len(cities)
    ahead: dict[int, frozenset[int]] = {}
    if verdict.may_rank:
        values, errors, bases = zip(
            *(
                [
                    (score.ranked_value, score.ranked_error, score.error_basis)
                    for score in known_scores
                ]
                if by_release
                else [(choice.point.value, *_error(choice, versions)) for choice in known]
            ),
            strict=True,
        )
        places = places_of(values, errors, direction, threshold)
        ranks = [(*place, basis) for place, basis in zip(places, bases, strict=True)]
        ahead = _ahead(cities, values, errors, direction, threshold)
    return Comparison(
        indicator=indicator,
        cities=tuple(
            Compared(
                city,
                _shown(chosen.get(city.pk), score if by_release else None, versions),
                *rank,
                ahead_of=ahead.get(city.pk, frozenset()),
            )
            for city, score, rank in zip(cities, scores, ranks, strict=True)
        ),
        verdict=verdict,
        differences=tuple(_words(difference) for difference in verdict.differences),
        direction=direction,
        threshold=threshold,
        not_ranked_because=local_field(version, "not_ranked_because", language) if version else "",
        siblings=about,
    )


def _ahead(
    cities: Sequence[City],
    values: Sequence[float],
    errors: Sequence[float],
    direction: str,
    threshold: float | None,
) -> dict[int, frozenset[int]]:
    """The cities that each city is surely ahead of, pair by pair."""
    rows = list(zip(cities, values, errors, strict=True))
    return {
        city.pk: frozenset(
            other.pk
            for other, other_value, other_error in rows
            if places_of([value, other_value], [error, other_error], direction, threshold)[0]
            == (1, 1)
        )
        for city, value, error in rows
    }


def _partial(
    comparison: Comparison,
    lines: dict[int, dict[int, list[Line]]],
    scores: dict[tuple[str, int], ScoreShown],
    versions: dict[int, VersionLine],
    siblings: Sequence[Sibling],
    language: str,
) -> Comparison:
    """The comparison of the cities that have a figure, or else of those under one definition."""
    indicator = comparison.indicator
    left_out: list[tuple[City, str | Promise]] = []
    for clause in (Clause.NO_DATA, Clause.DEFINITION):
        if comparison.may_rank:
            break
        groups: dict[str, list[City]] = defaultdict(list)
        for city in comparison.cities_with_figure:
            assert city.figure is not None
            key = city.figure.version.definition.key if clause == Clause.DEFINITION else ""
            groups[key].append(city.city)
        cities = max(groups.values(), key=len, default=[])
        if not FEWEST <= len(cities) < len(comparison.cities):
            continue
        # A missing figure is its own reason.
        reason = "" if clause == Clause.NO_DATA else CLAUSES[clause]
        left_out += [(row.city, reason) for row in comparison.cities if row.city not in cities]
        comparison = _comparison(
            indicator,
            cities,
            {city.pk: lines[indicator.pk].get(city.pk, []) for city in cities},
            [scores.get((indicator.code, city.pk)) for city in cities],
            versions,
            siblings,
            language,
        )
    return replace(comparison, left_out=tuple(left_out))


def _about(
    cities: Sequence[City], chosen: dict[int, Chosen | None], siblings: Sequence[Sibling]
) -> tuple[Sibling, ...]:
    """Known differences between the definitions of these figures; for a single definition, if the
    cities are in several countries."""
    countries: dict[int, set[str]] = defaultdict(set)
    for city in cities:
        if (choice := chosen.get(city.pk)) is not None:
            countries[choice.line.definition].add(city.country)
    return tuple(
        sibling
        for sibling in siblings
        if sibling.left_id in countries
        and sibling.right_id in countries
        and (sibling.left_id != sibling.right_id or len(countries[sibling.left_id]) > 1)
    )


def _of_release(
    scores: Sequence[ScoreShown], differences: tuple[Difference, ...]
) -> tuple[Difference, ...]:
    """The release's reasons against a ranking; empty if it ranked all cities together."""
    if scores[0].ranked_set is not None and len({score.ranked_set for score in scores}) == 1:
        return ()
    clauses = {difference.clause for difference in differences}
    reasons = [Clause(score.not_ranked) for score in scores if score.not_ranked]
    more = [
        Difference(reason, "", "") for reason in dict.fromkeys(reasons) if reason not in clauses
    ]
    # Figures under the same definition in different sets come from different surveys or versions.
    return (*differences, *more) or (Difference(Clause.PERIOD, "", ""),)


def _error(choice: Chosen, versions: dict[int, VersionLine]) -> tuple[float, str]:
    error, basis = error_as_defined(choice.point, versions[choice.line.definition].version)
    return error, basis.value


def _shown(
    chosen: Chosen | None, score: ScoreShown | None, versions: dict[int, VersionLine]
) -> FigureShown | None:
    if chosen is None:
        return None
    version = versions[chosen.line.definition].version
    if score is not None:
        return FigureShown.of(score, None, chosen.line.boundary, version)
    return FigureShown.of_point(chosen.point, chosen.line.boundary, version)


def _words(difference: Difference) -> tuple[str, Promise, str | Promise, str | Promise]:
    labels: dict[Clause, type[Boundary] | type[Status]] = {
        Clause.BOUNDARY: Boundary,
        Clause.STATUS: Status,
    }
    choices = labels.get(difference.clause)

    def word(code: str) -> str | Promise:
        return choices(code).label if choices and code in choices.values else code

    told_apart = difference.clause not in {Clause.NO_DATA, Clause.DIRECTION, Clause.NOT_RANKED}
    left, right = map(word, (difference.left, difference.right)) if told_apart else ("", "")
    return difference.clause.value, CLAUSES[difference.clause], left, right


def cities_with_figures() -> QuerySet[City]:
    """The cities with a figure for any indicator."""
    return City.objects.filter(Exists(Series.objects.filter(city=OuterRef("pk"))))
