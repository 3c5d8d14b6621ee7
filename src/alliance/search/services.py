"""Bringing the index up to date: after single acts, or from nothing."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from alliance.core import audit, rooms
from alliance.core.documents import Document
from alliance.core.models import AuditEvent
from alliance.search import version
from alliance.search.models import IndexedDocument, IndexState
from alliance.search.stored import StoredDocument, stored

#: What the search finds, by its kind: the module of the room that gives its documents.
_ROOMS = {kind: room for room in rooms.modules("documents") for kind in getattr(room, "KINDS", ())}

MAX_STAMPS = 64
BATCH = 250
#: How long the index waits for a transaction that had taken an id but not ended.
GAP_EXPIRES = dt.timedelta(hours=1)
#: More missing ids than this are a hole in the trail (a restored backup), not open transactions.
MOST_GAPS = 1_000

Key = tuple[str, str]


class TooMany(Exception):
    """More records are to be made anew than whoever asked wants to wait for."""


class _Overtaken(Exception):
    """Another process brought the index up to date in the meantime."""


@dataclass(frozen=True)
class Refreshed:
    """How many records were written or taken out, and the generation the index has now."""

    records: int
    generation: int


def read_documents(keys: Collection[Key]) -> Iterator[Document]:
    """The documents of the records of these kinds and ids; of a record that is gone, none."""
    ids: dict[str, set[str]] = defaultdict(set)
    for kind, public_id in keys:
        ids[kind].add(public_id)
    for kind, public_ids in sorted(ids.items()):
        yield from _ROOMS[kind].documents(kind, sorted(public_ids))


def _with_dependents(touched: Iterable[Key]) -> set[Key]:
    """The records touched, and those whose documents hold something of them.

    A solution also counts the cases that were its own when the index was last written.
    """
    ids: dict[str, list[str]] = defaultdict(list)
    for kind, public_id in touched:
        ids[kind].append(public_id)
    keys = {(kind, public_id) for kind in _ROOMS for public_id in ids.get(kind, ())}
    for room in set(_ROOMS.values()):
        if hasattr(room, "depending_on"):
            keys |= room.depending_on(ids)
    if ids["case"]:
        before = IndexedDocument.objects.filter(
            kind="case", public_id__in=ids["case"], deleted=False
        ).values_list("shown", flat=True)
        keys |= {
            ("solution", public_id)
            for shown in before
            for public_id in shown["facets"].get("solution", ())
        }
    return keys


def _write(documents: Iterable[StoredDocument], generation: int) -> None:
    IndexedDocument.objects.bulk_create(
        [
            IndexedDocument(
                kind=document.kind,
                public_id=document.public_id,
                language=document.language,
                shown=document.shown,
                terms=document.terms,
                generation=generation,
            )
            for document in documents
        ],
        update_conflicts=True,
        unique_fields=["kind", "public_id", "language"],
        update_fields=["shown", "terms", "generation", "deleted"],
        batch_size=100,
    )


def _take_out(keys: Collection[Key], generation: int) -> None:
    """Mark the rows of these records that the write before has left at an older generation."""
    ids: dict[str, list[str]] = defaultdict(list)
    for kind, public_id in keys:
        ids[kind].append(public_id)
    for kind, public_ids in ids.items():
        for start in range(0, len(public_ids), 500):
            IndexedDocument.objects.filter(
                kind=kind,
                public_id__in=public_ids[start : start + 500],
                generation__lt=generation,
            ).update(deleted=True, shown={}, terms={}, generation=generation)


def _locked_state() -> IndexState:
    IndexState.objects.get_or_create(pk=1)
    return IndexState.objects.select_for_update().get(pk=1)


def _advance(state: IndexState, *, at: dt.datetime, cursor: int, gaps: dict[str, str]) -> None:
    state.generation += 1
    stamps = dict(state.stamps) | {str(state.generation): secrets.token_hex(4)}
    newest = sorted(stamps, key=int)[-MAX_STAMPS:]
    state.stamps = {number: stamps[number] for number in newest}
    state.cursor = cursor
    state.gaps = gaps
    state.refreshed_at = at
    state.save()


def arrived_gaps(gaps: dict[str, str]) -> list[int]:
    """The missing ids of the audit trail that are there by now."""
    if not gaps:
        return []
    ids = [int(number) for number in gaps]
    return list(AuditEvent.objects.filter(id__in=ids).values_list("id", flat=True))


def _gaps(state: IndexState, newest: int, at: dt.datetime) -> dict[str, str]:
    """Ids up to `newest` that are missing in the trail, with the time each was first missed."""
    present = AuditEvent.objects.filter(id__gt=state.cursor, id__lte=newest)
    missing: set[int] = set()
    if present.count() < newest - state.cursor <= MOST_GAPS + present.count():
        missing = set(range(state.cursor + 1, newest + 1)) - set(
            present.values_list("id", flat=True)
        )
    oldest = (at - GAP_EXPIRES).isoformat()
    came = {str(number) for number in arrived_gaps(state.gaps)}
    remaining = {
        number: since
        for number, since in state.gaps.items()
        if number not in came and since > oldest
    }
    return remaining | {str(number): at.isoformat() for number in sorted(missing)}


def refresh(*, at: dt.datetime, most: int | None = None) -> Refreshed:
    """Take the acts since the last time into the index; rebuilds it where its version is old.

    Texts are analysed outside the transaction, which only writes. Where another process was
    quicker, it is tried again. Raises TooMany where more than `most` records are to be made anew.
    """
    while True:
        state = IndexState.objects.filter(pk=1).first() or IndexState(pk=1)
        if state.version != version.row_version():
            return rebuild(at=at)
        # The end first: what is read after holds at least what was acted before.
        newest = audit.last_id()
        gaps = _gaps(state, newest, at)
        touched = audit.touched_since(state.cursor)
        came = arrived_gaps(state.gaps)
        touched |= set(AuditEvent.objects.filter(id__in=came).values_list("kind", "public_id"))
        if not touched and newest == state.cursor and gaps == state.gaps:
            return Refreshed(0, state.generation)
        keys = _with_dependents(touched)
        if most is not None and len(keys) > most:
            raise TooMany
        documents = [stored(document) for document in read_documents(keys)]
        try:
            with transaction.atomic():
                locked = _locked_state()
                if (locked.cursor, locked.generation) != (state.cursor, state.generation):
                    raise _Overtaken
                _write(documents, locked.generation + 1)
                _take_out(keys, locked.generation + 1)
                _advance(locked, at=at, cursor=newest, gaps=gaps)
        except _Overtaken:
            continue
        return Refreshed(len(keys), locked.generation)


def rebuild(
    *, at: dt.datetime, progress: Callable[[int], object] = lambda count: None
) -> Refreshed:
    """Make every row anew. `progress` is told after each batch how many documents it held.

    Rows are written in batches of their own, so that writers do not wait; readers see the old
    index until the end. What was acted meanwhile is taken in by the next refresh.
    """
    start = audit.last_id()
    before = IndexState.objects.filter(pk=1).first() or IndexState(pk=1)
    generation = before.generation + 1
    keys: set[Key] = set()
    for kind in _ROOMS:
        documents = iter(_ROOMS[kind].documents(kind))
        while batch := [stored(document) for document in islice(documents, BATCH)]:
            keys |= {(document.kind, document.public_id) for document in batch}
            with transaction.atomic():
                _write(batch, generation)
            progress(len(batch))
    with transaction.atomic():
        state = _locked_state()
        IndexedDocument.objects.filter(generation__lt=generation).update(
            deleted=True, shown={}, terms={}, generation=generation
        )
        if state.generation >= generation:
            # A refresh came between: give all rows a number that no process has loaded yet.
            IndexedDocument.objects.update(generation=state.generation + 1)
        state.version = version.row_version()
        _advance(state, at=at, cursor=start, gaps={})
    return Refreshed(len(keys), state.generation)


def count_rows() -> int:
    """Documents in the index now, for the length of a progress bar."""
    return IndexedDocument.objects.filter(deleted=False).count()
