"""Makes the files and tables of a requested release: reads the database once, then only its
files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from alliance.core import audit
from alliance.core.files.leftovers import clear, leftovers, work_folder
from alliance.indicators.engine.engines import kind_of
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Release, Score, ScoreChange
from alliance.indicators.releases import computing as doubts
from alliance.indicators.releases import history
from alliance.indicators.releases.choosing import figures_by_indicator
from alliance.indicators.releases.computing import compute, nominal_scores
from alliance.indicators.releases.freezing import (
    MANIFEST,
    Frozen,
    describe,
    folder_of,
    freeze,
    thaw,
    write_json,
    write_table,
)
from alliance.indicators.releases.meaning import VERSION, Meaning, meaning_in
from alliance.indicators.releases.scores import NodeScore, as_table
from alliance.network.models import City

_DUST = 1e-9
Scores = Mapping[tuple[str, str], float]


def write_changes(release: Release, frozen: Frozen) -> int:
    """Writes why scores differ from the previous release, if there is one; returns the number of
    rows.

    Three parts that add up, each starting where the last one ended: data revision (the earlier
    method and year, on current data); real change (the earlier method, for the new year); method
    change (current definitions, bounds, weights, groups and choices). They are unknown if the
    earlier release cannot be recomputed, because its files are missing or another version of the
    steps made it. Call it in a transaction.
    """
    release.changes.all().delete()
    if release.previous is None:
        return 0
    before = _stored(release.previous)
    after = _stored(release)
    meaning = _meaning_of(release.previous)
    steps: tuple[Scores, Scores] | None = None
    if meaning is not None:
        figures = figures_by_indicator(frozen.figures, frozen.cities)
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
    """Total change and its three parts, in points; None if a score is missing in either release.

    If an intermediate step has no score, the parts are unknown and only the total is known.
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
    """Rounds the floating-point error of a sum without change to zero."""
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


CHUNK = 2_000


def write_scores(release: Release, table: pa.Table) -> None:
    """Replaces the scores of the release by `table` (`as_table`). Call it in a transaction.

    Raises KeyError for a city that no longer exists.
    """
    ids = dict(City.objects.values_list("public_id", "pk"))
    names = [name for name in table.column_names if name != "city"]
    cities = [ids[city] for city in table["city"].to_pylist()]
    rows = zip(repeat(release.pk), cities, *(table[name].to_pylist() for name in names))
    release.scores.all().delete()
    # A million figures give fifty thousand scores, for which model instances would be too slow.
    quoted = connection.ops.quote_name
    columns = ", ".join(map(quoted, ("release_id", "city_id", *names)))
    marks = ", ".join(["%s"] * (2 + len(names)))
    insert = f"INSERT INTO {quoted(Score._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(insert, list(rows))


def read_scores(release: Release) -> list[NodeScore]:
    """The stored scores of a release, by node and city."""
    names = [field.name for field in dataclasses.fields(NodeScore) if field.name != "city"]
    rows = release.scores.order_by().values_list("city__public_id", *names)
    scores = [NodeScore(city, **dict(zip(names, rest, strict=True))) for city, *rest in rows]
    return sorted(scores, key=lambda row: (row.node, row.city))


SCORES = "scores.parquet"
ProgressCallback = Callable[[str], object]


def make(release: Release, *, at: dt.datetime, report: ProgressCallback) -> Release:
    """Freezes, computes and publishes: files appear all or none, scores in a single transaction."""
    releases = folder_of(release.public_id).parent
    releases.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear(leftovers(settings.HOME))
    with work_folder(releases, f".{release.public_id}.") as unfinished:
        return _make(release, unfinished, at=at, report=report)


def _make(
    release: Release, unfinished: Path, *, at: dt.datetime, report: ProgressCallback
) -> Release:
    final = folder_of(release.public_id)
    report("figures")
    frozen_manifest = freeze(
        unfinished,
        as_of=release.as_of,
        year=release.year,
        draws=release.draws,
        seed=release.seed,
    )
    read_by = frozen_manifest.pop("read_by")
    frozen = thaw(unfinished)
    computed = compute(frozen, report=report)
    scores = as_table(computed.scores)
    n_scores = scores.num_rows
    write_table(scores, unfinished / SCORES)
    write_json(unfinished / doubts.FILE, computed.doubts)
    report("panel")
    panel = history.panel_of(
        frozen,
        computed,
        url=settings.ENGINE_URL,
        memory_mb=settings.ENGINE_MEMORY_MB,
        staging=unfinished.parent,
    )
    write_table(panel, unfinished / history.PANEL)
    rows = {entry["path"]: entry["rows"] for entry in frozen_manifest["files"]}
    rows |= {SCORES: n_scores, history.PANEL: panel.num_rows}
    manifest = frozen_manifest | {"files": describe(unfinished, rows)}
    write_json(unfinished / MANIFEST, manifest)
    previous = (
        Release.objects.filter(state=ReleaseState.DONE)
        .exclude(pk=release.pk)
        .order_by("-published_at", "-id")
        .first()
    )
    shutil.rmtree(final, ignore_errors=True)
    unfinished.chmod(0o755)
    os.replace(unfinished, final)
    report("tables")
    with transaction.atomic():
        write_scores(release, scores)
        release.state = ReleaseState.DONE
        release.fault = ""
        release.published_at = at
        release.previous = previous
        release.method = frozen.meaning.method
        release.framework = frozen.meaning.framework
        release.definitions = frozen.meaning.definitions
        release.peers = _peers(computed.scores)
        release.manifest = manifest | {
            "read_by": read_by,
            "engine": kind_of(settings.ENGINE_URL),
            "doubts": computed.doubts,
        }
        release.save()
        write_changes(release, frozen)
        audit.record("release", release, "publish", actor=audit.WORKER, at=at, scores=n_scores)
    return release


def _peers(scores: Iterable[NodeScore]) -> list[dict[str, object]]:
    """How many cities of each peer group were compared on each node."""
    counts = {(row.peer_group, row.node): row.k for row in scores if row.score is not None}
    return [{"group": group, "node": node, "k": k} for (group, node), k in sorted(counts.items())]
