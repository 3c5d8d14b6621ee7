"""Requests that wait for their clients keep no thread that makes pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread
from typing import Any

import pytest

from alliance.config.turns import InTurns


class Slow(io.RawIOBase):
    """A body of which the last byte comes late."""

    def __init__(self) -> None:
        self.rest = Event()

    def read(self, size: int = -1) -> bytes:
        self.rest.wait(20)
        return b"x" * size


class Streamed:
    """An answer in pieces."""

    streaming = True

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.is_closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        self.is_closed = True


def ask(application: InTurns, body: Any = b"", length: int | None = None) -> bytes:
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    told = len(body) if length is None else length
    environ = {"CONTENT_LENGTH": str(told) if told else "", "wsgi.input": source}
    return b"".join(application(environ, lambda *_given: None))


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    return [environ["wsgi.input"].read()]


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_who_sends_slowly_keeps_nobody_waiting(others: ThreadPoolExecutor) -> None:
    application, slow = InTurns(echo, threads=1, most=1_000), Slow()
    waiting = [others.submit(ask, application, slow, 3) for _number in range(3)]
    assert ask(application, b"said") == b"said"
    assert not any(one.done() for one in waiting)
    slow.rest.set()
    assert [one.result(20) for one in waiting] == [b"xxx"] * 3


def test_of_a_body_that_is_too_large_the_beginning_is_read() -> None:
    application = InTurns(echo, threads=1, most=300_000)
    assert len(ask(application, b"x" * 300_000)) == 300_000
    assert len(ask(application, b"x" * 300_001)) == 262_144


def test_an_answer_in_pieces_is_made_before_it_is_sent() -> None:
    made_in = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"a", b"b" * 100_000):
            made_in.append(current_thread().name)
            yield piece

    answer = Streamed(pieces())
    sent = ask(InTurns(lambda _environ, _start: answer, threads=1, most=1))
    assert sent == b"a" + b"b" * 100_000
    assert answer.is_closed
    assert all(name.startswith("page") for name in made_in)


def test_an_error_reaches_the_server() -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raise KeyError("broken")

    with pytest.raises(KeyError):
        ask(InTurns(broken, threads=1, most=1))
