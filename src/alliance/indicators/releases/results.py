"""Writing what was computed into the tables that pages read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from alliance.indicators.models import Release, Score
from alliance.indicators.releases.scores import NodeScore
from alliance.network.models import City

CHUNK = 2_000


def write_scores(release: Release, scores: Iterable[NodeScore]) -> int:
    """Put scores in place of those the release has; how many. Call it in a transaction.

    Raises KeyError for a city that is no longer there.
    """
    ids = dict(City.objects.values_list("public_id", "pk"))
    release.scores.all().delete()
    rows = [Score(release=release, city_id=ids[row.city], **_values(row)) for row in scores]
    Score.objects.bulk_create(rows, batch_size=CHUNK)
    return len(rows)


def read_scores(release: Release) -> list[NodeScore]:
    """The scores of a release as they stand in the table, by node and city."""
    names = [field.name for field in dataclasses.fields(NodeScore) if field.name != "city"]
    rows = release.scores.order_by().values_list("city__public_id", *names)
    found = [NodeScore(city, **dict(zip(names, rest, strict=True))) for city, *rest in rows]
    return sorted(found, key=lambda row: (row.node, row.city))


def _values(row: NodeScore) -> dict[str, object]:
    values = dataclasses.asdict(row)
    del values["city"]
    return values
