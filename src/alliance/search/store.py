"""The index that this process holds, kept in step with the database.

Each look-up asks the database one question: which generation is it, and how far is the audit trail
ahead? A few acts behind: the index is refreshed at once, so that a saved record is found. A newer
generation: only its rows are loaded, into a small segment. Rows of another version of the code: a
small index is made anew at once. Far behind, or a large index of another version: a job is put in
the queue and the present index answers meanwhile.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.models import QuerySet, Subquery

from alliance.core.models import AuditEvent
from alliance.core.tasks import enqueue_once
from alliance.search import segments, services, version
from alliance.search.index import Index
from alliance.search.models import IndexedDocument, IndexState
from alliance.search.segments import RecordRow, record_key
from alliance.search.stored import StoredDocument, record_row
from alliance.search.tasks import refresh_index

#: Acts behind, up to which a request brings the index up to date itself.
MOST_INLINE = 50
#: Acts and documents up to which a request makes the whole index, where there is none yet or one
#: of another version: a network of the starter's size needs no worker for it, also after an update.
MOST_INLINE_WHOLE = 1_000
#: Changed records above which the whole index is loaded anew, beside the present one.
MOST_CHANGES = 2_000
#: Records in newer segments above which all are merged into one.
MOST_TAIL = 2_000
SECONDS_BETWEEN_JOBS = 5.0
#: A file that has been in the making for longer is nobody's any more.
SECONDS_OF_WRITING = 3_600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """An index with the generation it shows."""

    index: Index
    generation: int
    stamp: str

    def belongs_to(self, state: IndexState) -> bool:
        """Whether the history of the database has this generation."""
        return state.stamps.get(str(self.generation)) == self.stamp


@dataclass(frozen=True)
class Current:
    """The index to answer with. `behind`: acts that are not in it yet."""

    index: Index
    behind: int


def _groups(rows: QuerySet[IndexedDocument]) -> Iterator[tuple[bytes, list[StoredDocument]]]:
    """The living rows of each record, by key; an empty list for one that is gone."""
    ordered = rows.order_by("kind", "public_id").values_list(
        "kind", "public_id", "language", "shown", "terms", "deleted"
    )
    for (kind, public_id), group in groupby(
        ordered.iterator(chunk_size=500), key=lambda row: (row[0], row[1])
    ):
        yield (
            record_key(kind, public_id),
            [StoredDocument(*row[:5]) for row in group if not row[5]],
        )


def _records(groups: Iterable[tuple[bytes, list[StoredDocument]]]) -> Iterator[RecordRow]:
    return (record_row(rows) for _, rows in groups if rows)


def index_folder() -> Path:
    """Where processes keep the arrays of the index between starts."""
    return Path(settings.HOME) / "index"


def _tidy(folder: Path) -> None:
    """Delete all but the two newest indexes, and what processes left that died while writing."""
    by_age = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-2]:
        path.unlink(missing_ok=True)
        path.with_suffix(".npz").unlink(missing_ok=True)
    for path in folder.glob("*.part"):
        if time.time() - path.stat().st_mtime > SECONDS_OF_WRITING:
            path.unlink(missing_ok=True)


class Store:
    """Holds one index for all threads of a process."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._lock = threading.RLock()
        self._background: threading.Thread | None = None
        self._asked_at = float("-inf")

    def forget(self) -> None:
        """Drop what is held, as a new process would begin."""
        self._loaded = None
        self._asked_at = float("-inf")

    def current(self, *, at: dt.datetime) -> Current:
        """The index, up to date as far as it can be without keeping the reader waiting."""
        state, behind = self.look()
        if self._is_behind(state, behind):
            try:
                if self._may_refresh(state, behind):
                    self._refresh(state, at)
                    state, behind = self.look()
                else:
                    self._ask_for_refresh()
            except OperationalError as error:
                # The database is busy writing: the reader gets what there is.
                log.warning("the search index could not be refreshed", error=str(error))
        held = self._loaded
        if held is None or held.generation != state.generation or not held.belongs_to(state):
            with self._lock:
                held = self._catch_up(state)
        return Current(held.index, max(behind, 0))

    @staticmethod
    def look() -> tuple[IndexState, int]:
        """What the tables tell of the index, and how many acts are not in it yet. One query."""
        newest = AuditEvent.objects.order_by("-id").values("id")[:1]
        state = IndexState.objects.annotate(newest=Subquery(newest)).filter(pk=1).first()
        if state is None:
            return IndexState(pk=1), AuditEvent.objects.count()
        return state, (getattr(state, "newest", None) or 0) - state.cursor

    @staticmethod
    def _is_behind(state: IndexState, behind: int) -> bool:
        if behind or state.version != version.row_version():
            return True
        return bool(state.gaps) and bool(services.arrived_gaps(state.gaps))

    @staticmethod
    def _may_refresh(state: IndexState, behind: int) -> bool:
        if state.version == version.row_version():
            return behind <= MOST_INLINE
        return behind + services.count_rows() <= MOST_INLINE_WHOLE

    def _refresh(self, state: IndexState, at: dt.datetime) -> None:
        if state.version == version.row_version():
            services.refresh(at=at)
            return
        # All rows are made anew: once, and not by each thread that has seen the old ones.
        with self._lock:
            seen, _behind = self.look()
            if seen.version != version.row_version():
                services.refresh(at=at)

    def _ask_for_refresh(self) -> None:
        if time.monotonic() - self._asked_at > SECONDS_BETWEEN_JOBS:
            self._asked_at = time.monotonic()
            enqueue_once(refresh_index, "search:refresh")

    def _catch_up(self, state: IndexState) -> Loaded:
        held = self._loaded
        if held is None or not held.belongs_to(state):
            held = self._from_file(state)
        if held is None:
            held = self._load_whole(state)
        elif held.generation != state.generation:
            newer = IndexedDocument.objects.filter(generation__gt=held.generation)
            if newer.values("kind", "public_id").distinct().count() <= MOST_CHANGES:
                held = self._load_changes(held, newer, state)
            elif self._loaded is None:
                held = self._load_whole(state)
            else:
                self._in_background(lambda: self._reload(state))
        self._loaded = held
        if held.index.tail_size > MOST_TAIL:
            self._in_background(self._compact)
        return held

    @staticmethod
    def _stamp(state: IndexState) -> str:
        return str(state.stamps.get(str(state.generation), ""))

    def _load_whole(self, state: IndexState) -> Loaded:
        rows = IndexedDocument.objects.filter(deleted=False)
        loaded = Loaded(Index.of(_records(_groups(rows))), state.generation, self._stamp(state))
        self._keep(loaded)
        return loaded

    def _load_changes(
        self, held: Loaded, newer: QuerySet[IndexedDocument], state: IndexState
    ) -> Loaded:
        groups = list(_groups(newer))
        records = list(_records(groups))
        gone = [key for key, rows in groups if not rows]
        # After acts that changed no document it is the same index: pages made with it stay.
        index = held.index.changed(records, gone=gone) if groups else held.index
        return Loaded(index, state.generation, self._stamp(state))

    def _in_background(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread, unless one runs already: the next look-up will ask again."""
        if self._background is None or not self._background.is_alive():
            self._background = threading.Thread(target=work, name="search-index", daemon=True)
            self._background.start()

    def _reload(self, state: IndexState) -> None:
        try:
            loaded = self._load_whole(state)
            with self._lock:
                if self._loaded is None or self._loaded.generation <= loaded.generation:
                    self._loaded = loaded
        except DatabaseError as error:
            log.warning("the search index could not be loaded", error=str(error))
        finally:
            connection.close()

    def _compact(self) -> None:
        """Merge all segments, and put the result in place if nothing has changed meanwhile."""
        held = self._loaded
        if held is None:
            return
        compacted = Loaded(held.index.compacted(), held.generation, held.stamp)
        with self._lock:
            if self._loaded is held:
                self._loaded = compacted
        self._keep(compacted)

    def _keep(self, loaded: Loaded) -> None:
        """Write a one-segment index to disk, for the next process; keep the two newest."""
        if not loaded.stamp or len(loaded.index.segments) != 1:
            return
        folder = index_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            segments.save(
                loaded.index.segments[0], folder / f"{loaded.generation:09d}-{loaded.stamp}"
            )
            _tidy(folder)
        except OSError as error:
            log.warning("the search index could not be kept on disk", error=str(error))

    @staticmethod
    def _from_file(state: IndexState) -> Loaded | None:
        """The newest kept index that the database's history knows; None where none can be read."""
        for path in sorted(index_folder().glob("*.json"), reverse=True):
            number, _, stamp = path.stem.partition("-")
            if not number.isdigit() or state.stamps.get(str(int(number))) != stamp:
                continue
            try:
                segment = segments.load(path.with_suffix(""))
            except (OSError, ValueError) as error:
                log.warning("a kept search index cannot be read", path=path.name, error=str(error))
                continue
            return Loaded(Index.whole(segment), int(number), stamp)
        return None


store = Store()
