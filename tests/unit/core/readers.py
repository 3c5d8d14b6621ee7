"""Readers that a child runs in tests of `contained`: each does one thing a bad file could cause."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

from alliance.core.files.rows import Limits


def environment(content: bytes, *, limits: Limits) -> Iterator[Any]:
    yield sorted(os.environ)
    yield [name for name in sys.modules if name.startswith("django")]


def length(content: bytes, *, limits: Limits, times: int) -> Iterator[Any]:
    yield len(content) * times


def hoard(content: bytes, *, limits: Limits) -> Iterator[Any]:
    yield "begun"
    kept = []
    while True:
        kept.append(bytes(1_000_000))


def spin(content: bytes, *, limits: Limits) -> Iterator[Any]:
    while True:
        pass


def flood(content: bytes, *, limits: Limits) -> Iterator[Any]:
    while True:
        yield "x" * 1_000_000


def wait(content: bytes, *, limits: Limits) -> Iterator[Any]:
    signal.pause()
    yield


def fail(content: bytes, *, limits: Limits) -> Iterator[Any]:
    raise KeyError("no such part")
    yield


def be_killed(content: bytes, *, limits: Limits) -> Iterator[Any]:
    yield "begun"
    os.kill(os.getpid(), signal.SIGKILL)


def be_interrupted(content: bytes, *, limits: Limits) -> Iterator[Any]:
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    yield "still here"
