"""The index that this process holds, kept in step with the database.

Each look-up asks the database one question: which generation is it, and how far is the audit trail
ahead? A few acts behind that change few records: one thread refreshes the index, so that a saved
record is found. A newer generation: only its rows are loaded, into a small segment; many of them
beside the requests. Rows of another version of the code: a small index is made anew at once. Far
behind, an act that changes many records (a solution of hundreds of cases), or a large index of
another version: a job is put in the queue and the present index answers meanwhile.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

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
from alliance.search.tokens import LANGUAGES

#: Acts behind, up to which a request brings the index up to date itself.
MOST_INLINE = 50
#: Records that a request makes anew for them: each takes about 8 ms.
MOST_INLINE_RECORDS = 30
#: How long other requests wait for that, before they answer with what there is, in seconds.
LONGEST_WAIT = 0.3
#: Acts and documents up to which a request makes the whole index, where there is none yet or one
#: of another version: a network of the starter's size needs no worker for it, also after an update.
MOST_INLINE_WHOLE = 1_000
#: Changed records above which they are loaded beside the requests, which have the index before.
MOST_AT_ONCE = 200
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


_COLUMNS = ("kind", "public_id", "language", "shown", "terms", "deleted")


def _groups(ordered: Iterable[tuple[Any, ...]]) -> Iterator[tuple[bytes, list[StoredDocument]]]:
    """The living rows of each record, by key; an empty list for one that is gone."""
    for (kind, public_id), group in groupby(ordered, key=itemgetter(0, 1)):
        yield (
            record_key(kind, public_id),
            [StoredDocument(*row[:5]) for row in group if not row[5]],
        )


def _newer(generation: int) -> QuerySet[IndexedDocument]:
    """Rows above a generation, in no order: for one by their keys, SQLite reads the whole table."""
    return IndexedDocument.objects.filter(generation__gt=generation).order_by()


def _changed_since(generation: int) -> int:
    """How many records have rows above a generation; above `MOST_CHANGES`, at least so many."""
    most = (MOST_CHANGES + 1) * len(LANGUAGES)
    return len(set(_newer(generation).values_list("kind", "public_id")[:most]))


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
        self._refreshing = threading.Lock()
        # The cursor and the stamp of the index at which acts change more records than a request
        # makes anew.
        self._left_to_worker: tuple[int, str] | None = None
        self._background: threading.Thread | None = None
        self._asked_at = float("-inf")

    def forget(self) -> None:
        """Drop what is held, as a new process would begin."""
        self._loaded = None
        self._left_to_worker = None
        self._asked_at = float("-inf")

    def current(self, *, at: dt.datetime) -> Current:
        """The index, up to date as far as it can be without keeping the reader waiting."""
        state, behind = self.look()
        if self._is_behind(state, behind):
            try:
                if not self._may_refresh(state, behind):
                    self._ask_for_refresh()
                elif self._refreshing.acquire(timeout=self._wait(state)):
                    try:
                        state, behind = self._refresh(at)
                    finally:
                        self._refreshing.release()
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
    def _wait(state: IndexState) -> float:
        """Seconds to wait for another thread: as long as it takes where there is no index yet."""
        return LONGEST_WAIT if state.version == version.row_version() else -1

    def _may_refresh(self, state: IndexState, behind: int) -> bool:
        if state.version == version.row_version():
            own = (state.cursor, self._stamp(state))
            return behind <= MOST_INLINE and own != self._left_to_worker
        # Each look-up asks, until a worker has made the index: most rows need not be counted.
        rows = IndexedDocument.objects.filter(deleted=False)[: MOST_INLINE_WHOLE + 1]
        return behind + rows.count() <= MOST_INLINE_WHOLE

    def _refresh(self, at: dt.datetime) -> tuple[IndexState, int]:
        """Refresh the index unless another thread just has; what `look` says then."""
        state, behind = self.look()
        if self._is_behind(state, behind):
            try:
                services.refresh(at=at, most=MOST_INLINE_RECORDS)
                state, behind = self.look()
            except services.TooMany:
                self._left_to_worker = (state.cursor, self._stamp(state))
                self._ask_for_refresh()
        return state, behind

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
            n = _changed_since(held.generation)
            if n <= (MOST_CHANGES if self._loaded is None else MOST_AT_ONCE):
                held = self._load_changes(held, state)
            elif self._loaded is None:
                held = self._load_whole(state)
            else:
                base = held if n <= MOST_CHANGES else None
                self._in_background(lambda: self._reload(state, base))
        self._loaded = held
        if held.index.tail_size > MOST_TAIL:
            self._in_background(self._compact)
        return held

    @staticmethod
    def _stamp(state: IndexState) -> str:
        return str(state.stamps.get(str(state.generation), ""))

    def _load_whole(self, state: IndexState) -> Loaded:
        rows = IndexedDocument.objects.filter(deleted=False).order_by("kind", "public_id")
        ordered = rows.values_list(*_COLUMNS).iterator(chunk_size=500)
        loaded = Loaded(Index.of(_records(_groups(ordered))), state.generation, self._stamp(state))
        self._save_to_disk(loaded)
        return loaded

    def _load_changes(self, held: Loaded, state: IndexState) -> Loaded:
        rows = sorted(_newer(held.generation).values_list(*_COLUMNS), key=itemgetter(0, 1))
        groups = list(_groups(rows))
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

    def _reload(self, state: IndexState, base: Loaded | None) -> None:
        """Load what is newer than `base`, or everything."""
        try:
            loaded = self._load_changes(base, state) if base else self._load_whole(state)
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
        self._save_to_disk(compacted)

    def _save_to_disk(self, loaded: Loaded) -> None:
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
