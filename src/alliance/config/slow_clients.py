"""Slow clients must not delay others: bodies that arrive slowly, responses that are read slowly.

The server has many threads, which cost little while they wait for a client; pages are rendered in a
few separate threads, which get a request once it is complete and are free again once the response
is rendered.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Condition
from typing import IO, Any

#: Threads of a server process that wait for clients. A waiting thread takes no CPU.
WAITING = 512
#: How much of a body or a response is in memory; the rest is in an unnamed file.
_IN_MEMORY = 65_536
#: Bodies in transit at once from one address. A proxy has one for all, and waits itself.
_MOST_PER_ADDRESS = 128
#: Larger bodies, in bytes, are received a few at a time, so that they do not fill the disk.
_LARGE = 2_500_000
_MOST_LARGE, _LARGE_PER_ADDRESS = 32, 8
#: Seconds that a large body waits for its turn.
_PATIENCE = 20.0
#: Larger bodies, in bytes, contain a file, which may take long to read: half of the threads that
#: render pages are reserved for others.
_FILE = 65_536
#: How much of a body that is too large is read: its first fields, and the beginning of its file.
_BEGINNING = 262_144

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class BufferedApplication:
    """A WSGI application that renders pages in `threads` threads, which never wait for clients.

    Of a body of more than `most` bytes, which the application refuses, only the beginning is read.
    """

    def __init__(self, application: Application, *, threads: int, most: int):
        self._application = application
        self._most = most
        self._makers = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._with_files = BoundedSemaphore(max(1, threads // 2))
        self._bodies = _Places(WAITING, _MOST_PER_ADDRESS, 0)
        self._large = _Places(_MOST_LARGE, _LARGE_PER_ADDRESS, _PATIENCE)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        content_length = environ.get("CONTENT_LENGTH") or ""
        length = int(content_length) if content_length.isdecimal() else 0
        length = length if length <= self._most else _BEGINNING
        address = environ.get("REMOTE_ADDR", "")
        with ExitStack() as held:
            if length:
                places = [self._bodies, *([self._large] if length > _LARGE else [])]
                with ExitStack() as taken:
                    if not all(taken.enter_context(place.taken_by(address)) for place in places):
                        return _come_again(start_response)
                    environ["wsgi.input"] = _all_of(environ["wsgi.input"], length)
                    # Until the page is rendered, so that waiting bodies do not fill the disk.
                    if length > _LARGE:
                        held.enter_context(taken.pop_all())
            if length > _FILE:
                held.enter_context(self._with_files)
            return self._makers.submit(self._made, environ, start_response).result()

    def _made(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The whole response, so that a slow reader does not block a thread that renders pages."""
        answer = self._application(environ, start_response)
        if getattr(answer, "file_to_stream", None) is not None:
            return answer
        try:
            if not getattr(answer, "streaming", True):
                return [b"".join(answer)]
            file = _paper()
            file.writelines(answer)
            file.seek(0)
            return _pieces(file)
        finally:
            if close := getattr(answer, "close", None):
                close()


class _Places:
    """A limit on simultaneous bodies: in all, and from one address."""

    def __init__(self, most: int, per_address: int, patience: float) -> None:
        self._most, self._per_address, self._patience = most, per_address, patience
        self._by_address: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def taken_by(self, address: str) -> Iterator[bool]:
        """A slot while inside; False if none is free for the address in time."""

        def is_free() -> bool:
            own, all_ = self._by_address[address], self._by_address.total()
            return own < self._per_address and all_ < self._most

        with self._changed:
            is_taken = self._changed.wait_for(is_free, self._patience)
            self._by_address[address] += is_taken
        try:
            yield is_taken
        finally:
            with self._changed:
                self._by_address[address] -= is_taken
                # Addresses without a slot are dropped.
                self._by_address += Counter()
                self._changed.notify_all()


def _come_again(start_response: Callable[..., Any]) -> list[bytes]:
    kind = ("Content-Type", "text/plain; charset=utf-8")
    start_response("503 Service Unavailable", [kind, ("Retry-After", "30")])
    return [
        "Too many uploads at once. Try again in half a minute.\n"
        "Trop d’envois à la fois. Réessayez dans une demi-minute.\n"
        "För många uppladdningar på en gång. Försök igen om en halv minut.\n".encode()
    ]


def _paper() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _all_of(source: Any, length: int) -> IO[bytes]:
    """The complete body."""
    body = _paper()
    while length and (piece := source.read(min(length, _IN_MEMORY))):
        body.write(piece)
        length -= len(piece)
    body.seek(0)
    return body


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_IN_MEMORY):
            yield piece
