"""Why scores differ from those of the release before: three parts that add up.

The steps are taken in this order, each from where the last one ended:

1. data revision: the earlier method and year, on what is known now;
2. real change: the earlier method, about the new year;
3. method change: definitions, bounds, weights, groups and choices of now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.indicators.models import Release, ScoreChange
from alliance.indicators.releases.choosing import figures_by_indicator
from alliance.indicators.releases.computing import nominal_scores
from alliance.indicators.releases.freezing import Frozen, folder_of
from alliance.indicators.releases.meaning import VERSION, Meaning, meaning_in
from alliance.network.models import City

CHUNK = 2_000
_DUST = 1e-9
Scores = Mapping[tuple[str, str], float]


def write_changes(release: Release, frozen: Frozen) -> int:
    """Write the changes against the previous release, if there is one; how many rows.

    The three parts are left unknown where the earlier release cannot be computed again: its files
    are gone, or it was made by another version of the steps. Call it in a transaction.
    """
    release.changes.all().delete()
    if release.previous is None:
        return 0
    before = _stored(release.previous)
    after = _stored(release)
    meaning = _meaning_of(release.previous)
    steps: tuple[Scores, Scores] | None = None
    if meaning is not None:
        figures = figures_by_indicator(frozen.figures)
        steps = (
            nominal_scores(figures, meaning, release.previous.year),
            nominal_scores(figures, meaning, release.year),
        )
    ids = dict(City.objects.values_list("public_id", "pk"))
    rows = [
        ScoreChange(
            release=release,
            city_id=ids[city],
            node=node,
            **parts_of((city, node), before, steps, after),
        )
        for city, node in sorted(before.keys() | after.keys())
        if city in ids
    ]
    ScoreChange.objects.bulk_create(rows, batch_size=CHUNK)
    return len(rows)


def parts_of(
    key: tuple[str, str], before: Scores, steps: tuple[Scores, Scores] | None, after: Scores
) -> dict[str, float | None]:
    """Total change and its three parts, in points; None where a score on either side is missing.

    Where a step in between has no score, no part is known, and only the total is given.
    """
    start, end = before.get(key), after.get(key)
    parts: dict[str, Any] = dict.fromkeys(
        ("total", "data_revision", "real_change", "method_change")
    )
    if start is None or end is None:
        return parts
    parts["total"] = _plain(end - start)
    if steps is None:
        return parts
    revised, moved = steps[0].get(key), steps[1].get(key)
    if revised is None or moved is None:
        return parts
    parts["data_revision"] = _plain(revised - start)
    parts["real_change"] = _plain(moved - revised)
    parts["method_change"] = _plain(end - moved)
    return parts


def _plain(change: float) -> float:
    """A change without the dust that adding up leaves where nothing changed."""
    return change if abs(change) > _DUST else 0.0


def _stored(release: Release) -> Scores:
    rows = release.scores.order_by().values_list("city__public_id", "node", "score")
    return {(city, node): score for city, node, score in rows if score is not None}


def _meaning_of(release: Release) -> Meaning | None:
    try:
        meaning = meaning_in(folder_of(release.public_id))
    except FileNotFoundError:
        return None
    return meaning if meaning.method["version"] == VERSION else None
