"""Writing an archive: pages in several processes, tables, search, and the sum of each file."""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import connections
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from alliance import __version__
from alliance.cases.citations import LICENCE, LICENCE_URL
from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.core.files.leftovers import clear, work_folder
from alliance.core.one_state import consistent_snapshot
from alliance.core.read_once import reading_once
from alliance.opendata.about import about
from alliance.opendata.archive import pages, signing
from alliance.opendata.archive.templates import folded
from alliance.opendata.names import TABLES
from alliance.opendata.package import members
from alliance.opendata.write import EVERYTHING, chunks_of, title_of
from alliance.web import languages
from alliance.web.formatting import day as formatted_day
from alliance.web.page_cache import keeping

FACTS = "archive.json"
SUMS = "SHA256SUMS"
FORMAT = "alliance-archive-1"
#: Addresses that a process handles at a time: some records in three languages.
BATCH = 120


#: Names and contents of the files of the search index, from a function that finds an address.
Files = Callable[[Callable[[str], str]], Iterable[tuple[str, bytes]]]
#: A task of a worker process: a method of `_Process` and its arguments.
Job = tuple[str, Any]


@dataclass
class Folder:
    """A folder that is being written, with the digest of each file by name."""

    path: Path
    sums: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a file. Raises OSError, for example when the disk is full."""
        self.sums[name] = _write(self.path, name, chunks)


def _write(folder: Path, name: str, chunks: Iterable[bytes]) -> str:
    path = folder / name
    total = hashlib.sha256()
    try:
        file = path.open("wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    with file:
        for chunk in chunks:
            file.write(chunk)
            total.update(chunk)
    return total.hexdigest()


@dataclass(frozen=True)
class Archived:
    """The result of one address: the digest of each file, and the links of its page that its
    process has not reported before.

    Tables and the search index have no address.
    """

    address: str
    sums: dict[str, str] = field(default_factory=dict)
    links: frozenset[str] = frozenset()
    statics: frozenset[str] = frozenset()
    #: The status of an address without a page.
    fault: int = 0


class _Process:
    """A worker process that requests addresses and writes the responses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.visitor = pages.Visitor()
        #: Pages and static files that this process has already reported: most are linked from many
        #: pages.
        self.reported: set[str] = set()

    def do(self, job: Job) -> list[Archived]:
        """Run a job with cleanup."""
        name, argument = job
        try:
            done: list[Archived] = getattr(self, name)(argument)
            return done
        finally:
            # See `_undisturbed`: objects that outlive a job are frozen for the garbage collector.
            gc.collect()
            gc.freeze()

    def take(self, addresses: list[str]) -> list[Archived]:
        """Write the pages or files at some addresses."""
        pages.read_ahead(addresses)
        return [self._taken(address) for address in addresses]

    def package(self, tables: str) -> list[Archived]:
        """Write the tables as CSV, with their description."""
        with translation.override("en"):
            description = about(title_of(tables), "en")
            return [self._beside(f"data/{name}", chunks) for name, chunks in members(description)]

    def table(self, name: str) -> list[Archived]:
        """Write a table as JSON."""
        return [self._beside(f"data/{name}.json", chunks_of(name, "json", "en"))]

    def search(self, files: Files) -> list[Archived]:
        """Write the files of the search."""
        return [self._beside(f"search/{name}", [made]) for name, made in files(pages.file_of)]

    def _beside(self, name: str, chunks: Iterable[bytes]) -> Archived:
        return Archived("", {name: _write(self.folder, name, chunks)})

    def _taken(self, address: str) -> Archived:
        if same := pages.same_page(address):
            page = pages.leading_on(address, same)
            return Archived(address, self._written(address, page.text.encode()), frozenset({same}))
        status, kind, content, leads_to = self.visitor.get(address)
        if status in {301, 302} and pages.belongs_in_archive(leads_to):
            page = pages.leading_on(address, leads_to)
        elif kind == "text/html":
            page = pages.rewrite(content.decode(), address)
        elif status == 200:
            return Archived(address, self._written(address, content))
        else:
            return Archived(address, fault=status)
        # A withdrawn record gives its reason with status 410.
        return Archived(
            address,
            self._written(address, page.text.encode()),
            self._new(page.links),
            self._new(page.statics),
            0 if status in {200, 301, 302, 410} else status,
        )

    def _new(self, names: set[str]) -> frozenset[str]:
        new = frozenset(names - self.reported)
        self.reported |= new
        return new

    def _written(self, address: str, content: bytes) -> dict[str, str]:
        name = pages.file_of(address)
        return {name: _write(self.folder, name, [content])}


_process: _Process | None = None


def _begin(folder: Path, join: Callable[[], None], working: ExitStack) -> None:
    global _process
    # The parent process ends its workers, also when both get a signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    join()
    working.enter_context(_undisturbed())
    _process = _Process(folder)


def _end_with_parent() -> None:
    """Ends this worker when the parent process is killed."""
    wait([cast(BaseProcess, multiprocessing.parent_process()).sentinel])
    os._exit(1)


@contextmanager
def _set_aside() -> Iterator[None]:
    """Freeze the existing objects for the garbage collector, also for processes that are forked
    here, to which it would otherwise copy them."""
    was_aside = gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        if not was_aside:
            gc.unfreeze()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Cache what is read, and collect garbage only between pages, because Python would otherwise
    spend a third of the time on scanning all objects while it makes a page."""
    with _set_aside(), reading_once(), keeping():
        gc.disable()
        try:
            yield
        finally:
            gc.enable()


def _do(job: Job) -> list[Archived]:
    assert _process is not None
    return _process.do(job)


@contextmanager
def _processes(
    folder: Path, count: int, join: Callable[[], None]
) -> Iterator[Callable[[list[Job]], Iterable[Archived]]]:
    """Run `jobs` in that many processes, in this process if it is one; each of several calls `join`
    first."""
    if count == 1:
        process = _Process(folder)
        with _undisturbed():
            yield lambda jobs: chain.from_iterable(map(process.do, jobs))
        return
    # A connection to the database belongs to one process.
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, fork, _begin, (folder, join, ExitStack()))
    try:
        # Forked by the first job, before this process opens its own connection.
        with _set_aside():
            pool.submit(int).result()
        join()
        yield lambda jobs: chain.from_iterable(
            future.result() for future in as_completed([pool.submit(_do, job) for job in jobs])
        )
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Built:
    """The result of a build: pages, files, the digest of the list of digests, and dead links."""

    pages: int
    files: int
    digest: str
    faults: tuple[tuple[str, int], ...]


def build(
    target: Path,
    seeds: Iterable[str],
    files: Files,
    *,
    processes: int = 1,
    progress: Callable[[int, int], object] = lambda done, known: None,
) -> Built:
    """Write an archive to `target`, replacing the one that is there.

    `seeds` are the addresses to begin with; links of their pages follow. `progress` gets the
    numbers of addresses that are done and known. The whole archive shows one state of the database.
    Raises InvalidData if `target` is not an archive or cannot be written, for example because a
    worker ran out of memory; the existing archive is then unchanged.
    """
    refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_away(target)
        with work_folder(target.parent, f".{target.name}.") as work:
            state = work / "state"
            state.mkdir()
            with consistent_snapshot(state) as join, folded():
                built = _fill(Folder(work), seeds, files, processes, progress, join)
            shutil.rmtree(state)
            work.chmod(0o755)
            os.sync()
            _replace_directory(work, target)
    except (OSError, BrokenProcessPool) as error:
        raise InvalidData([Fault(str(target), "not-written", {"why": str(error)})]) from error
    return built


def _clear_away(target: Path) -> None:
    """Remove what killed builds left, and restore an archive that one of them had moved away."""
    unfinished = re.compile(rf"\.{re.escape(target.name)}\.\w{{8}}(?P<old>\.old)?")
    for path in sorted(target.parent.iterdir()):
        match = unfinished.fullmatch(path.name)
        if match is None:
            continue
        if match["old"] and not target.exists():
            path.rename(target)
            continue
        clear([path])


def refuse_foreign(target: Path) -> None:
    """Raise InvalidData if `target` contains something that is not an archive."""
    if not target.exists():
        return
    if not target.is_dir() or (any(target.iterdir()) and not (target / FACTS).is_file()):
        raise InvalidData([Fault(str(target), "not-an-archive")])


def _replace_directory(work: Path, target: Path) -> None:
    old = work.with_name(f"{work.name}.old")
    if target.exists():
        target.rename(old)
    try:
        work.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _fill(
    folder: Folder,
    seeds: Iterable[str],
    files: Files,
    processes: int,
    progress: Callable[[int, int], object],
    join: Callable[[], None],
) -> Built:
    pages.forget()
    known = {f"/{language}/" for language, _name in settings.LANGUAGES}
    known |= {seed for seed in seeds if pages.belongs_in_archive(seed)}
    # The slowest jobs come first, so that no process waits for another at the end.
    waiting: list[Job] = [
        ("package", EVERYTHING),
        ("search", files),
        *(("table", table) for table in TABLES),
        *_in_batches(known),
    ]
    statics = {"archive.js", "archive.css"}
    faults: list[tuple[str, int]] = []
    done = 0
    with _processes(folder.path, processes, join) as take:
        while waiting:
            new_links: set[str] = set()
            for archived in take(waiting):
                folder.sums |= archived.sums
                statics |= archived.statics
                new_links |= archived.links - known
                done += bool(archived.address)
                if archived.fault:
                    faults.append((archived.address, archived.fault))
                progress(done, len(known) + len(new_links))
            waiting = _in_batches(new_links)
            known |= new_links
    count = sum(name.endswith(".html") for name in folder.sums)
    for language, _name in settings.LANGUAGES:
        search_page = pages.own_page("opendata/archive/find.html", language, pages.FIND, {})
        folder.write(f"{language}/{pages.FIND}.html", [search_page.text.encode()])
        statics |= search_page.statics
    for name in sorted(statics):
        if (path := pages.static_file(name)) is not None:
            place = name if name.startswith("archive.") else f"static/{name}"
            folder.write(place, [path.read_bytes()])
    facts = _facts(count)
    front = render_to_string("opendata/archive/index.html", facts | {"languages": _languages()})
    folder.write("index.html", [front.encode()])
    folder.write(FACTS, [json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"])
    sums = "".join(f"{folder.sums[name]}  {name}\n" for name in sorted(folder.sums)).encode()
    (folder.path / SUMS).write_bytes(sums)
    (folder.path / signing.SIGNATURE).write_bytes(signing.sign(sums))
    return Built(
        count, len(folder.sums) + 2, hashlib.sha256(sums).hexdigest(), tuple(sorted(faults))
    )


def _in_batches(addresses: Iterable[str]) -> list[Job]:
    """The addresses of a record in each language are in one batch."""
    ordered = sorted(addresses, key=lambda address: (languages.split(address)[1], address))
    return [("take", ordered[start : start + BATCH]) for start in range(0, len(ordered), BATCH)]


def _facts(count: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "network": settings.NETWORK_NAME,
        "address": settings.BASE_URL,
        "as_of": clock.today().isoformat(),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "software": f"Alliance platform {__version__}",
        "key": signing.public_key(),
        "pages": count,
    }


def _languages() -> list[dict[str, str]]:
    """The texts of the front page in each language."""
    entries = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            entries.append(
                {
                    "code": code,
                    "name": name,
                    "what": _(
                        "Everything published by %(network)s as of %(day)s. Opens without "
                        "a server or an internet connection."
                    )
                    % {
                        "network": settings.NETWORK_NAME,
                        "day": formatted_day(clock.today()),
                    },
                    "read": _("Start reading"),
                    "search": _("Search"),
                    "data": _("Tables (CSV and JSON)"),
                }
            )
    return entries
