"""A server on this machine that answers as the publishers' documentation says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from alliance.indicators.connectors.asking import Asker
from alliance.network.outside import ask


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]


@dataclass
class Publisher:
    """`answers` maps a path to what is answered: data, bytes, or a function of the request.

    `failures` are statuses that are answered first, one after the other.
    """

    address: str
    answers: dict[str, Any] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def asker(self, name: str = "Publisher") -> Asker:
        """An asker that may reach this machine, and does not really pause."""
        return Asker(
            name,
            report=self.said.append,
            ask=partial(ask, allow=lambda address: address == "127.0.0.1"),
            sleep=self.paused.append,
        )


@contextmanager
def publisher() -> Iterator[Publisher]:
    """The server, for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            parts = urlsplit(self.path)
            request = Request(
                self.command,
                parts.path,
                parse_qs(parts.query),
                json.loads(body) if body else None,
                {name.lower(): value for name, value in self.headers.items()},
            )
            served.requests.append(request)
            status, content = 404, b"no such table"
            if served.failures:
                status, content = served.failures.pop(0), b"busy"
            elif request.path in served.answers:
                told = served.answers[request.path]
                told = told(request) if isinstance(told, Callable) else told
                status = 200
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Publisher(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
