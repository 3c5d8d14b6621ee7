"""Requests that wait for their clients keep no thread that makes pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore, current_thread
from typing import Any

import pytest

from alliance.config import slow_clients
from alliance.config.slow_clients import BufferedApplication


class Slow(io.RawIOBase):
    """A body of which the last byte comes late."""

    def __init__(self) -> None:
        self.rest, self.is_asked = Event(), Semaphore(0)

    def read(self, size: int = -1) -> bytes:
        self.is_asked.release()
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


def ask(
    application: BufferedApplication,
    body: Any = b"",
    length: int | None = None,
    address: str = "192.0.2.1",
) -> bytes:
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    told = len(body) if length is None else length
    environ = {"CONTENT_LENGTH": str(told) if told else "", "wsgi.input": source}
    return b"".join(application(environ | {"REMOTE_ADDR": address}, lambda *_given: None))


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    return [environ["wsgi.input"].read()]


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_who_sends_slowly_keeps_nobody_waiting(others: ThreadPoolExecutor) -> None:
    application, slow = BufferedApplication(echo, threads=1, most=1_000), Slow()
    waiting = [others.submit(ask, application, slow, 3) for _number in range(3)]
    assert ask(application, b"said") == b"said"
    assert not any(one.done() for one in waiting)
    slow.rest.set()
    assert [one.result(20) for one in waiting] == [b"xxx"] * 3


@pytest.mark.parametrize(
    ("name", "length"), [("_MOST_PER_ADDRESS", 3), ("_LARGE_PER_ADDRESS", 3_000_000)]
)
def test_one_address_takes_no_more_than_its_share(
    others: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, name: str, length: int
) -> None:
    monkeypatch.setattr(slow_clients, name, 2)
    monkeypatch.setattr(slow_clients, "_PATIENCE", 0.01)
    application, slow = BufferedApplication(echo, threads=2, most=5_000_000), Slow()
    waiting = [others.submit(ask, application, slow, length) for _number in range(2)]
    assert all(slow.is_asked.acquire(timeout=20) for _one in waiting)
    body = b"x" * length
    assert ask(application, body).startswith(b"Too many uploads at once.")
    assert ask(application) == b""
    assert ask(application, body, address="192.0.2.2") == body
    slow.rest.set()
    assert [len(one.result(20)) >= length for one in waiting] == [True, True]
    assert ask(application, body) == body


def test_who_waits_too_long_for_a_turn_is_told_to_come_again(
    others: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "_MOST_LARGE", 1)
    monkeypatch.setattr(slow_clients, "_PATIENCE", 0.01)
    application, slow = BufferedApplication(echo, threads=2, most=5_000_000), Slow()
    waiting = others.submit(ask, application, slow, 3_000_000)
    assert slow.is_asked.acquire(timeout=20)
    body = b"x" * 3_000_000
    assert ask(application, body, address="192.0.2.2").startswith(b"Too many uploads at once.")
    slow.rest.set()
    waiting.result(20)
    assert ask(application, body, address="192.0.2.2") == body


def test_files_that_take_long_leave_threads_for_pages(others: ThreadPoolExecutor) -> None:
    go_on = Event()

    def read(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["CONTENT_LENGTH"]:
            go_on.wait(20)
        return [b"made"]

    application = BufferedApplication(read, threads=2, most=300_000)
    files = [others.submit(ask, application, b"x" * 100_000) for _number in range(3)]
    assert ask(application) == b"made"
    assert not any(one.done() for one in files)
    go_on.set()
    assert [one.result(20) for one in files] == [b"made"] * 3


def test_of_a_body_that_is_too_large_the_beginning_is_read() -> None:
    application = BufferedApplication(echo, threads=1, most=300_000)
    assert len(ask(application, b"x" * 300_000)) == 300_000
    assert len(ask(application, b"x" * 300_001)) == 262_144


def test_an_answer_in_pieces_is_made_before_it_is_sent() -> None:
    made_in = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"a", b"b" * 100_000):
            made_in.append(current_thread().name)
            yield piece

    answer = Streamed(pieces())
    sent = ask(BufferedApplication(lambda _environ, _start: answer, threads=1, most=1))
    assert sent == b"a" + b"b" * 100_000
    assert answer.is_closed
    assert all(name.startswith("page") for name in made_in)


def test_an_error_reaches_the_server() -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raise KeyError("broken")

    with pytest.raises(KeyError):
        ask(BufferedApplication(broken, threads=1, most=1))
