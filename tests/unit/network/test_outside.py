"""Only public servers are asked, whatever an address, a name or a redirect says."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alliance.network.outside import Refused, Unreachable, ask


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.hosts.append(self.headers["host"])
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("location", self.path.removeprefix("/to?"))
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 1_000_000)

    do_HEAD = do_GET

    def log_message(self, *_arguments: object) -> None:
        pass


class Dripping(socketserver.BaseRequestHandler):
    """Sends a byte now and then, so that none of them is late: of the headers, or of the body."""

    before = b""

    def handle(self) -> None:
        self.request.recv(1_000)
        with suppress(OSError):
            self.request.sendall(self.before)
            for _byte in range(60):
                time.sleep(0.1)
                self.request.sendall(b"a")


@pytest.mark.parametrize("before", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_over(before):
    handler = type("Handler", (Dripping,), {"before": before})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{running.server_address[1]}/"
        with pytest.raises(Unreachable, match="did not answer in time"):
            ask("GET", url, most_bytes=1_000, seconds=0.5, allow=lambda _: True)
        running.shutdown()


@pytest.fixture
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    running.hosts = []
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def local(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://localhost:8000/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user:secret@example.org/",
        "http://",
        "nothing",
    ],
)
def test_addresses_that_lead_inside_or_nowhere_are_refused(url):
    with pytest.raises((Refused, Unreachable)):
        ask("GET", url)


def test_a_public_name_that_points_inside_is_refused():
    with pytest.raises(Refused) as caught:
        ask("GET", "http://example.org/", resolve=local)
    assert "example.org is not a public address" in str(caught.value)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(Refused):
        ask("GET", "http://example.org/", resolve=lambda *_: ["93.184.215.14", "10.0.0.1"])


def test_the_host_asked_for_is_the_one_named(server):
    port = server.server_port
    answer = ask(
        "GET",
        f"http://example.org:{port}/page",
        allow=lambda _: True,
        resolve=local,
        most_bytes=100,
    )
    assert answer.status == 200 and len(answer.body) == 100
    assert server.hosts == [f"example.org:{port}"]


def test_a_redirect_is_looked_at_like_any_address(server):
    port = server.server_port
    seen = []

    def allow(address: str) -> bool:
        seen.append(address)
        return len(seen) == 1

    with pytest.raises(Refused):
        ask("GET", f"http://a.example:{port}/to?http://b.example/", allow=allow, resolve=local)


def test_a_redirect_to_what_is_no_address_is_told(server):
    url = f"http://a.example:{server.server_port}/to?http://[x"
    with pytest.raises(Unreachable, match="no address"):
        ask("GET", url, allow=lambda _: True, resolve=local)


def test_a_circle_of_redirects_ends(server):
    port = server.server_port
    with pytest.raises(Unreachable) as caught:
        ask(
            "GET",
            f"http://a.example:{port}/to?/to?/to?/to?/to?/to?/to?/",
            allow=lambda _: True,
            resolve=local,
        )
    assert "leads on" in str(caught.value)
    assert len(server.hosts) == 6
