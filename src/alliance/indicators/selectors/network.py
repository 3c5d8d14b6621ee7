"""The common set of indicators: where the members lead and lag, and the catalogue by group."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Max
from django.utils.functional import Promise

from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.messages import clause_text
from alliance.indicators.models import (
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Release,
    Score,
)
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.profile import indicators_in_order
from alliance.indicators.values import observations_at, totals
from alliance.network.localise import local_field
from alliance.network.models import City

#: At most so many members are named beside an indicator; the others are counted.
NAMED = 4
_MOST_NAMES = 2_000


#: Member cities by verdict, with "_" for "-".
Counts = Counter[str]
RANKED = tuple(
    peer_standing.replace("-", "_") for peer_standing in PeerStanding if peer_standing.is_place
)


class DefinitionLine(NamedTuple):
    """The fields of a current definition that the catalogue shows."""

    indicator: int
    key: str
    unit_label: str
    unit_label_fr: str
    unit_label_sv: str
    direction: str
    not_ranked_because: str
    not_ranked_because_fr: str
    not_ranked_because_sv: str
    sdg_targets: list[str]


@dataclass
class _Tally:
    """Counts of an indicator."""

    n_cities: int = 0
    newest: str = ""
    counts: Counts = field(default_factory=Counter)
    clauses: Counter[str] = field(default_factory=Counter)


def network_page(
    language: str, moment: dt.datetime | None = None, measure: str = ""
) -> dict[str, Any]:
    """The catalogue as known at `moment`, of all indicators or of those that a measure acts on.

    Eight queries. Counts come from the scores of the release.
    """
    release = release_at(moment)
    indicators = indicators_in_order()
    if measure:
        acting = set(
            IndicatorMeasure.objects.filter(measure=measure).values_list("indicator", flat=True)
        )
        indicators = [indicator for indicator in indicators if indicator.pk in acting]
    tallies = _counted(release) if release else _counted_without_release(moment)
    names = _names(release, language) if release else {}
    definitions = _definitions(moment)
    rows: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for indicator in indicators:
        rows[indicator.group_id].append(
            _row(
                indicator,
                definitions.get(indicator.pk, ()),
                tallies.get(indicator.code, _Tally()),
                names,
                language,
            )
        )
    return {
        "release": release,
        "groups": list(_tree(rows)),
        "n_indicators": sum(indicator.is_common for indicator in indicators),
        "measure": _measure(measure),
    }


def _definitions(moment: dt.datetime | None) -> dict[int, list[DefinitionLine]]:
    """The definitions of each indicator, as known at `moment`; one query."""
    rows = DefinitionVersion.objects.order_by("definition__key", "number")
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    of = ("definition__indicator", "definition__key", *DefinitionLine._fields[2:])
    # Keyed so that only the last version of each remains.
    held = {row[:2]: DefinitionLine._make(row) for row in rows.values_list(*of)}
    lines: dict[int, list[DefinitionLine]] = defaultdict(list)
    for line in held.values():
        lines[line.indicator].append(line)
    return lines


@lru_cache(maxsize=64)
def _of_release(release: int, public_id: str) -> tuple[tuple[str, str, int, str], ...]:
    """(node, clause that prevents ranking, cities with a figure, newest period).

    An aggregate over all scores of a release, cached because a published release never changes. The
    random id is part of the key for databases that are emptied and reuse primary keys.
    """
    rows = (
        Score.objects.filter(release=release, kind=NodeKind.INDICATOR)
        .order_by()
        .values_list("node", "not_ranked")
        .annotate(valued=Count("value"), newest=Max("period"))
    )
    return tuple((node, clause, valued, newest or "") for node, clause, valued, newest in rows)


def _counted(release: Release) -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for node, clause, valued, newest in _of_release(release.pk, release.public_id):
        tally = tallies[node]
        tally.n_cities += valued
        tally.newest = max(tally.newest, newest)
        if clause and valued:
            tally.clauses[clause] += valued
    members = (
        Score.objects.filter(
            release=release,
            kind=NodeKind.INDICATOR,
            city__in=City.objects.filter(is_member=True).values("pk"),
        )
        .order_by()
        # Context indicators are not something to be good at.
        .exclude(standing=PeerStanding.CONTEXT)
        .values_list("node", "standing")
        .annotate(n=Count("id"))
    )
    for node, standing, n in members:
        tallies[node].counts[standing.replace("-", "_")] += n
    return tallies


def _counted_without_release(moment: dt.datetime | None) -> dict[str, _Tally]:
    """Counts the figures themselves before the first release, which reads all of them."""
    rows = (
        totals(observations_at(moment))
        .filter(value__isnull=False)
        .order_by()
        .values_list("series__definition__indicator__code")
        .annotate(n=Count("series__city", distinct=True), newest=Max("period"))
    )
    return {code: _Tally(n_cities=n, newest=newest) for code, n, newest in rows}


def _names(release: Release, language: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
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
    names: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for node, standing, public_id, name, english in rows:
        names[node, standing].append((public_id, name or english))
    return names


def _row(
    indicator: Indicator,
    definitions: Sequence[DefinitionLine],
    tally: _Tally,
    names: dict[tuple[str, str], list[tuple[str, str]]],
    language: str,
) -> dict[str, Any]:
    """An indicator with its counts, naming `NAMED` members that lead and that lag."""
    clause: str | Promise = ""
    if definitions:
        because = (
            local_field(definition, "not_ranked_because", language) for definition in definitions
        )
        clause = next(filter(None, because), "")
    if not clause and tally.clauses:
        clause = clause_text(tally.clauses.most_common(1)[0][0])
    return {
        "indicator": indicator,
        "definitions": definitions,
        "sdg_targets": sorted(
            {sdg_target for each in definitions for sdg_target in each.sdg_targets}
        ),
        "n_cities": tally.n_cities,
        "newest": tally.newest,
        # Indicators outside the common set do not count.
        "counts": tally.counts if indicator.is_common else Counter(),
        "ranked": sum(tally.counts[name] for name in RANKED),
        "leading": names.get((indicator.code, PeerStanding.LEADING), [])[:NAMED],
        "behind": names.get((indicator.code, PeerStanding.MUST_DO_MORE), [])[:NAMED],
        "clause": clause,
    }


def _tree(rows: dict[int | None, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The groups with indicators, each before its subgroups, with the sums of all below.

    `group` is None for the indicators without a group. `level` is that of its heading.
    """
    children: dict[int | None, list[IndicatorGroup]] = defaultdict(list)
    for group in IndicatorGroup.objects.all():
        children[group.parent_id].append(group)

    def node(
        group: IndicatorGroup | None, depth: int, below: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        own = rows.get(group.pk if group else None, [])
        parts = [*own, *(branch for branch in below if branch["depth"] == depth + 1)]
        counts: Counts = sum((part["counts"] for part in parts), Counter())
        level = min(3 + depth, 6)
        return {"group": group, "depth": depth, "level": level, "rows": own, "counts": counts}

    def visit(group: IndicatorGroup, depth: int) -> list[dict[str, Any]]:
        below = [branch for child in children[group.pk] for branch in visit(child, depth + 1)]
        return [node(group, depth, below), *below] if below or rows.get(group.pk) else []

    for root in children[None]:
        yield from visit(root, 0)
    if rows.get(None):
        yield node(None, 0, ())


def _measure(slug: str) -> IndicatorMeasure | None:
    """The requested measure, with its name if known; None without a request. One query."""
    if not slug:
        return None
    named = IndicatorMeasure.objects.filter(measure=slug).exclude(name="").first()
    return named or IndicatorMeasure(measure=slug, name=slug.replace("-", " "))
