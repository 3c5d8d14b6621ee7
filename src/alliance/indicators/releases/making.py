"""From a release that was asked for to files and tables. Reads the database, then files alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import transaction

from alliance.core import audit
from alliance.indicators.engine.engines import kind_of
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Release, Score
from alliance.indicators.releases import computing as doubts
from alliance.indicators.releases import history
from alliance.indicators.releases.changes import write_changes
from alliance.indicators.releases.computing import compute
from alliance.indicators.releases.freezing import (
    MANIFEST,
    describe,
    folder_of,
    freeze,
    thaw,
    write_json,
    write_table,
)
from alliance.indicators.releases.scores import NodeScore, as_table
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


SCORES = "scores.parquet"
Say = Callable[[str], object]


def make(release: Release, *, at: dt.datetime, say: Say) -> Release:
    """Freeze, compute and publish: files appear whole or not at all, scores in one transaction."""
    unfinished = folder_of(f".{release.public_id}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        return _make(release, at=at, say=say)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _make(release: Release, *, at: dt.datetime, say: Say) -> Release:
    unfinished, final = folder_of(f".{release.public_id}.part"), folder_of(release.public_id)
    say("figures")
    frozen_manifest = freeze(
        unfinished,
        as_of=release.as_of,
        year=release.year,
        draws=release.draws,
        seed=release.seed,
    )
    read_by = frozen_manifest.pop("read_by")
    frozen = thaw(unfinished)
    computed = compute(frozen, say=say)
    scores = computed.scores
    write_table(as_table(scores), unfinished / SCORES)
    write_json(unfinished / doubts.FILE, computed.doubts)
    say("panel")
    panel = history.panel_of(
        frozen,
        computed,
        url=settings.ENGINE_URL,
        memory_mb=settings.ENGINE_MEMORY_MB,
        staging=unfinished.parent,
    )
    write_table(panel, unfinished / history.PANEL)
    rows = {entry["path"]: entry["rows"] for entry in frozen_manifest["files"]}
    rows |= {SCORES: len(scores), history.PANEL: panel.num_rows}
    manifest = frozen_manifest | {"files": describe(unfinished, rows)}
    write_json(unfinished / MANIFEST, manifest)
    previous = (
        Release.objects.filter(state=ReleaseState.DONE)
        .exclude(pk=release.pk)
        .order_by("-published_at", "-id")
        .first()
    )
    shutil.rmtree(final, ignore_errors=True)
    os.replace(unfinished, final)
    say("tables")
    with transaction.atomic():
        write_scores(release, scores)
        release.state = ReleaseState.DONE
        release.fault = ""
        release.published_at = at
        release.previous = previous
        release.method = frozen.meaning.method
        release.framework = frozen.meaning.framework
        release.definitions = frozen.meaning.definitions
        release.peers = _peers(scores)
        release.manifest = manifest | {
            "read_by": read_by,
            "engine": kind_of(settings.ENGINE_URL),
            "doubts": computed.doubts,
        }
        release.save()
        write_changes(release, frozen)
        audit.record(
            actor=audit.WORKER,
            at=at,
            verb="publish",
            kind="release",
            public_id=release.public_id,
            scores=len(scores),
        )
    return release


def _peers(scores: Iterable[NodeScore]) -> list[dict[str, object]]:
    """How many cities of each group of peers were compared on each node."""
    found = {(row.peer_group, row.node): row.k for row in scores if row.score is not None}
    return [{"group": group, "node": node, "k": k} for (group, node), k in sorted(found.items())]
