"""The common set of indicators: where the members lead and lag, and the catalogue by group."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max
from django.utils.functional import Promise

from alliance.core.audit import Actor
from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.guard import Clause
from alliance.indicators.messages import clause_text
from alliance.indicators.models import (
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Release,
    Score,
)
from alliance.indicators.selectors.definitions import DefinitionShown, definitions_of
from alliance.indicators.selectors.profile import indicators_in_order
from alliance.indicators.selectors.published import release_at
from alliance.indicators.values import observations_at, totals
from alliance.network.localise import Localised, local_field, localised_field
from alliance.network.models import City

#: So many members are named beside an indicator; the rest is counted.
NAMED = 4
_MOST_NAMES = 2_000


@dataclass(frozen=True)
class Named:
    """A city with a link."""

    public_id: str
    name: str


@dataclass(frozen=True)
class StandingCounts:
    """Member cities by standing; `not_ranked` have a figure that may not be put in an order."""

    leading: int = 0
    typical: int = 0
    unclear: int = 0
    behind: int = 0
    not_ranked: int = 0
    no_data: int = 0

    def __add__(self, other: StandingCounts) -> StandingCounts:
        return StandingCounts(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )

    @property
    def ranked(self) -> int:
        return self.leading + self.typical + self.unclear + self.behind


@dataclass(frozen=True)
class CatalogueRow:
    """One indicator. `n_cities` counts cities with a figure, `newest` is the latest period."""

    public_id: str
    name: str
    definitions: tuple[DefinitionShown, ...]
    n_cities: int
    newest: str
    counts: StandingCounts
    leading: tuple[Named, ...]
    behind: tuple[Named, ...]
    clause: str | Promise

    @property
    def more_leading(self) -> int:
        return self.counts.leading - len(self.leading)

    @property
    def more_behind(self) -> int:
        return self.counts.behind - len(self.behind)

    @property
    def sdg_targets(self) -> list[str]:
        return sorted({target for one in self.definitions for target in one.version.sdg_targets})


@dataclass(frozen=True)
class GroupNode:
    """A group of the tree, at its depth, with its own indicators and the sum of all below it."""

    code: str
    name: str
    depth: int
    rows: tuple[CatalogueRow, ...]
    counts: StandingCounts

    @property
    def level(self) -> int:
        """The level of its heading."""
        return min(3 + self.depth, 6)


@dataclass(frozen=True)
class NetworkPage:
    """The page of all indicators. `measure` is the measure asked for, in words, if any."""

    release: Release | None
    groups: tuple[GroupNode, ...]
    n_indicators: int
    measure: Localised | None

    @property
    def roots(self) -> tuple[GroupNode, ...]:
        return tuple(group for group in self.groups if group.depth == 0)


@dataclass
class _Found:
    """What is counted of one indicator."""

    n_cities: int = 0
    newest: str = ""
    counts: StandingCounts = StandingCounts()
    clauses: Counter[str] | None = None


def network_page(
    actor: Actor | None, language: str, moment: dt.datetime | None = None, measure: str = ""
) -> NetworkPage:
    """The catalogue as known at `moment`, of all indicators or of those a measure acts on.

    Eight queries. What is counted comes from the scores of the release.
    """
    release = release_at(moment)
    indicators = indicators_in_order()
    if measure:
        acting = set(
            IndicatorMeasure.objects.filter(measure=measure).values_list("indicator", flat=True)
        )
        indicators = [one for one in indicators if one.pk in acting]
    found = _counted(release) if release else _counted_without_release(moment)
    names = _names(release, language) if release else {}
    definitions = definitions_of([one.pk for one in indicators], language, moment)
    rows: dict[int | None, list[CatalogueRow]] = defaultdict(list)
    for one in indicators:
        rows[one.group_id].append(
            _row(one, definitions.get(one.pk, ()), found.get(one.code, _Found()), names, language)
        )
    return NetworkPage(
        release=release,
        groups=tuple(_tree(rows, language)),
        n_indicators=len(indicators),
        measure=_measure_words(measure, language),
    )


@lru_cache(maxsize=64)
def _of_release(release: int, public_id: str) -> tuple[tuple[str, str, int, str], ...]:
    """(node, clause that keeps from a rank, cities with a figure, newest period).

    A reading of all scores of a release, kept because a published release never changes. The
    random id stands in the key for databases that are emptied and give numbers out again.
    """
    rows = (
        Score.objects.filter(release=release, kind=NodeKind.INDICATOR)
        .order_by()
        .values_list("node", "not_ranked")
        .annotate(valued=Count("value"), newest=Max("period"))
    )
    return tuple((node, clause, valued, newest or "") for node, clause, valued, newest in rows)


def _counted(release: Release) -> dict[str, _Found]:
    found: dict[str, _Found] = defaultdict(_Found)
    for node, clause, valued, newest in _of_release(release.pk, release.public_id):
        one = found[node]
        one.n_cities += valued
        one.newest = max(one.newest, newest)
        one.clauses = one.clauses or Counter()
        if clause and valued:
            one.clauses[clause] += valued
    members = (
        Score.objects.filter(
            release=release,
            kind=NodeKind.INDICATOR,
            city__in=City.objects.filter(is_member=True).values("pk"),
        )
        .order_by()
        .values_list("node", "standing", "not_ranked")
        .annotate(n=Count("id"), valued=Count("value"))
    )
    for node, standing, clause, n, valued in members:
        # What tells the context is not one of the things to be good at.
        if clause != Clause.DIRECTION:
            found[node].counts += _counts(standing, bool(clause and valued), n)
    return found


def _counts(standing: str, not_ranked: bool, n: int) -> StandingCounts:
    if not_ranked:
        return StandingCounts(not_ranked=n)
    name = {
        PeerStanding.LEADING: "leading",
        PeerStanding.TYPICAL: "typical",
        PeerStanding.UNCLEAR: "unclear",
        PeerStanding.MUST_DO_MORE: "behind",
    }.get(PeerStanding(standing), "no_data")
    return StandingCounts(**{name: n})


def _counted_without_release(moment: dt.datetime | None) -> dict[str, _Found]:
    """Before the first release the figures themselves are counted: a reading of all of them."""
    rows = (
        totals(observations_at(moment))
        .filter(value__isnull=False)
        .order_by()
        .values_list("series__definition__indicator__code")
        .annotate(n=Count("series__city", distinct=True), newest=Max("period"))
    )
    return {code: _Found(n_cities=n, newest=newest) for code, n, newest in rows}


def _names(release: Release, language: str) -> dict[tuple[str, str], list[Named]]:
    own = f"city__name_{language}" if language != "en" else "city__name"
    rows = (
        Score.objects.filter(
            release=release,
            kind=NodeKind.INDICATOR,
            standing__in=[PeerStanding.LEADING, PeerStanding.MUST_DO_MORE],
            city__is_member=True,
        )
        .order_by("city__name")
        .values_list("node", "standing", "city__public_id", own, "city__name")[:_MOST_NAMES]
    )
    found: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for node, standing, public_id, name, english in rows:
        found[node, standing].append(Named(public_id, name or english))
    return found


def _row(
    indicator: Indicator,
    definitions: tuple[DefinitionShown, ...],
    found: _Found,
    names: dict[tuple[str, str], list[Named]],
    language: str,
) -> CatalogueRow:
    because = next(
        (str(one.not_ranked_because) for one in definitions if one.not_ranked_because.value), ""
    )
    clause: str | Promise = because
    if not because and found.clauses:
        clause = clause_text(found.clauses.most_common(1)[0][0])
    return CatalogueRow(
        public_id=indicator.public_id,
        name=local_field(indicator, "name", language),
        definitions=definitions,
        n_cities=found.n_cities,
        newest=found.newest,
        counts=found.counts,
        leading=tuple(names.get((indicator.code, PeerStanding.LEADING), [])[:NAMED]),
        behind=tuple(names.get((indicator.code, PeerStanding.MUST_DO_MORE), [])[:NAMED]),
        clause=clause,
    )


def _tree(rows: dict[int | None, list[CatalogueRow]], language: str) -> Iterator[GroupNode]:
    """The groups that hold an indicator, each before those inside it."""
    children: dict[int | None, list[IndicatorGroup]] = defaultdict(list)
    for group in IndicatorGroup.objects.all():
        children[group.parent_id].append(group)

    def visit(group: IndicatorGroup, depth: int) -> list[GroupNode]:
        below = [node for child in children[group.pk] for node in visit(child, depth + 1)]
        own = rows.get(group.pk, [])
        if not own and not below:
            return []
        counts = sum((row.counts for row in own), StandingCounts())
        counts = sum((n.counts for n in below if n.depth == depth + 1), counts)
        name = local_field(group, "name", language)
        return [GroupNode(group.code, name, depth, tuple(own), counts), *below]

    for root in children[None]:
        yield from visit(root, 0)
    if rows.get(None):
        counts = sum((row.counts for row in rows[None]), StandingCounts())
        yield GroupNode("", "", 0, tuple(rows[None]), counts)


def _measure_words(slug: str, language: str) -> Localised | None:
    """The name of a measure that was asked for; None where none was. One query."""
    if not slug:
        return None
    link = IndicatorMeasure.objects.filter(measure=slug).exclude(name="").first()
    return (
        localised_field(link, "name", language) if link else Localised(slug.replace("-", " "), "en")
    )
