"""Reading uploaded files in a child process, under limits of memory and time.

A small file can unpack to gigabytes or keep its reader busy for hours. The reader here is a child
process without Django, secrets or the database; if it takes too much, only the child ends. It has
ended before the first item is yielded: a caller that stops half-way keeps nothing running. Small
texts, whose reader takes resources in proportion to their size, need no child.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.conf import settings

from alliance.core.errors import Fault, InvalidData
from alliance.core.files.rows import Broken, Limits, TooMuch, of_json

#: How many child processes one process runs at once; further files wait.
_TURNS = threading.BoundedSemaphore(2)
#: Seconds of wall-clock time that a child may take beyond four times its CPU time.
_GRACE = 30.0
#: The environment variables of a child: no settings, no secrets.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_MILLION = 1_000_000
_CODES = {
    "rows": "file-of-many-rows",
    "columns": "file-of-many-columns",
    "cells": "file-of-many-cells",
    "text": "file-of-much-text",
    "memory": "file-takes-memory",
    "seconds": "file-takes-time",
}


class LimitReached(InvalidData):
    """A file is not read because of a limit. `limit` is a field of `Limits`, `most` its value."""

    def __init__(self, error: TooMuch):
        self.limit, self.most = error.limit, error.most
        most = self.most // _MILLION if self.limit in {"text", "memory"} else self.most
        super().__init__([Fault("file", _CODES[self.limit], {"most": most})])


class Unreadable(ValueError):
    """A reader could not read a file; the message is its own, in English."""


def read_contained(reader: str, content: bytes, *, limits: Limits, **options: Any) -> Iterator[Any]:
    """The output of a reader for a file, item by item: JSON values, dates and times.

    `reader` names a generator function as module:function; it receives the content, `limits` and
    the options, and never more resources than the settings allow. Raises LimitReached, Broken,
    Unreadable, and RuntimeError if the child failed by itself.
    """
    limits = _allowed(limits)
    job = json.dumps({"reader": reader, "limits": asdict(limits), "options": options})
    command = [sys.executable, "-W", "ignore", "-m", "alliance.core.files.worker_process", job]
    # An unnamed file: the output waits there, however slowly it is read, or if it never is.
    with TemporaryFile() as answer:
        # CPU time is the limit; this ends a child that gets or uses none.
        latest = 4 * limits.seconds + _GRACE
        try:
            with _TURNS:
                child = subprocess.run(
                    command, input=content, stdout=answer, env=_environment(), timeout=latest
                )
        except subprocess.TimeoutExpired as error:
            raise LimitReached(TooMuch("seconds", limits.seconds)) from error
        answer.seek(0)
        yield from _items(answer, child.returncode, limits)


def _allowed(limits: Limits) -> Limits:
    """The limits, at most those of the settings."""
    return replace(
        limits,
        cells=min(limits.cells, settings.FILE_CELLS),
        memory=min(limits.memory, settings.FILE_MEMORY_MB * _MILLION),
        seconds=min(limits.seconds, settings.FILE_SECONDS),
    )


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Each thread of a numerical library would reserve address space.
    return inherited | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _items(answer: BinaryIO, code: int, limits: Limits) -> Iterator[Any]:
    """The items that a child wrote before it ended with an exit code."""
    for line in answer:
        if not line.endswith(b"\n"):
            break
        item = json.loads(line[1:], object_hook=None if line[:1] == b"x" else of_json)
        match line[:1]:
            case b"+":
                yield item
            case b".":
                return
            case b"x":
                raise Broken(item[0], **item[1])
            case b"!":
                raise LimitReached(TooMuch(*item))
            case _:
                raise Unreadable(item)
    raise _why(code, limits)


def _why(code: int, limits: Limits) -> Exception:
    """Why a child ended without a message, by its exit code."""
    if code == -signal.SIGXCPU:
        return LimitReached(TooMuch("seconds", limits.seconds))
    if code in {
        -signal.SIGKILL,
        -signal.SIGABRT,
        -signal.SIGSEGV,
        -signal.SIGBUS,
        -signal.SIGXFSZ,
    }:
        # Killed by the system, which was out of memory, or by itself, when it got none.
        return LimitReached(TooMuch("memory", limits.memory))
    return RuntimeError(f"the reader of a file ended with code {code}")
