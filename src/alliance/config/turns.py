"""Requests whose bodies dribble in, or whose readers are slow, keep nobody else waiting.

The server has many threads, which cost next to nothing while they wait for a client; pages are made
in a few of their own, which get a request once all of it is there and are free again once the
answer is made.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import BoundedSemaphore
from typing import IO, Any

#: Threads of a server process that wait for clients. One that waits takes no processor.
WAITING = 512
#: What of a body or an answer is kept in memory; the rest lies in a file without a name.
_IN_MEMORY = 65_536
#: Bodies of more bytes than this are taken a few at a time, so that they fill no disk.
_LARGE = 2_500_000
_MOST_LARGE = 32
#: Of a body that is too large so much is read: its first fields, and the beginning of its file.
_BEGINNING = 262_144

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class InTurns:
    """A WSGI application that makes pages in `threads` threads, in which nobody is waited for.

    Of a body of more than `most` bytes, which the application refuses, only the beginning is read.
    """

    def __init__(self, application: Application, *, threads: int, most: int):
        self._application = application
        self._most = most
        self._makers = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._large = BoundedSemaphore(_MOST_LARGE)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = environ.get("CONTENT_LENGTH") or ""
        length = int(told) if told.isdecimal() else 0
        length = length if length <= self._most else _BEGINNING
        with self._large if length > _LARGE else nullcontext():
            if length:
                environ["wsgi.input"] = _all_of(environ["wsgi.input"], length)
            return self._makers.submit(self._made, environ, start_response).result()

    def _made(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The whole answer, so that whoever reads it slowly keeps no thread that makes pages."""
        answer = self._application(environ, start_response)
        if getattr(answer, "file_to_stream", None) is not None:
            return answer
        try:
            if not getattr(answer, "streaming", True):
                return [b"".join(answer)]
            kept = _paper()
            kept.writelines(answer)
            kept.seek(0)
            return _pieces(kept)
        finally:
            if close := getattr(answer, "close", None):
                close()


def _paper() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _all_of(source: Any, length: int) -> IO[bytes]:
    """The body, once it is there."""
    body = _paper()
    while length and (piece := source.read(min(length, _IN_MEMORY))):
        body.write(piece)
        length -= len(piece)
    body.seek(0)
    return body


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while piece := kept.read(_IN_MEMORY):
            yield piece
