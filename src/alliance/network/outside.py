"""Requests to other servers, at addresses that people entered: only public ones, short and polite.

An address may point into the machine's own network, by itself, by its name, or by a redirect. So
each host is resolved here, all its addresses must be public, and the connection is made to the
address that was checked, under the original host name.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

MOST_REDIRECTS = 5
#: The total time limit, with all redirects.
SECONDS = 15.0
# Of IPv6, what is allocated to networks of the internet. Gateways to IPv4 (NAT64: 64:ff9b::/96 and
# 64:ff9b:1::/48) are outside of it: the network that runs one decides where it leads.
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Special-purpose blocks that some versions of Python take for public: protocol assignments, relays
# to IPv6, benchmarking, documentation.
_SPECIAL = tuple(
    ipaddress.ip_network(block)
    for block in (
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


class Unreachable(Exception):
    """There was no response. `is_network` distinguishes a machine without a network from a failing
    server."""

    def __init__(self, rule: str, *, is_network: bool = False):
        self.rule = rule
        self.is_network = is_network
        super().__init__(rule)


class Refused(ValueError):
    """The address must not be requested; nothing was sent."""


@dataclass(frozen=True)
class Answer:
    """The response of a server. `url` is the last address after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of `host`. Raises Unreachable."""
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        raise Unreachable(f"the name {host} cannot be resolved", is_network=temporary) from error
    except UnicodeError as error:
        raise Refused(f"{host!r} is not the name of a host") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def _is_public(address: str) -> bool:
    ip_address = ipaddress.ip_address(address.split("%")[0])
    if any(ip_address in block for block in _SPECIAL):
        return False
    if isinstance(ip_address, ipaddress.IPv6Address):
        return ip_address in _UNICAST and ip_address.sixtofour is None and ip_address.is_global
    return ip_address.is_global and not ip_address.is_multicast


def is_system_port(port: int | None) -> bool:
    """Whether a port belongs to another service than the web, such as email: 0 to 1023 except 80
    and 443. A request there could be read as commands."""
    return port is not None and port < 1024 and port not in {80, 443}


def names_inside(host: str) -> bool:
    """Whether the name alone shows, without a query, that it is in this machine's network."""
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _target(
    url: str, allow: Callable[[str], bool], resolve: Callable[[str, int], list[str]]
) -> tuple[str, str, str]:
    """The address to connect to, the Host header, and the name for TLS."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"{url!r} is not an address") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused(f"{url!r} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a user name in it is not asked")
    if is_system_port(port):
        raise Refused(f"port {port} is none of the web")
    addresses = resolve(host, port or (443 if parts.scheme == "https" else 80))
    if not addresses or not all(allow(address) for address in addresses):
        raise Refused(f"{host} is not a public address")
    literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    netloc = literal if port is None else f"{literal}:{port}"
    name = f"[{host}]" if ":" in host else host
    asked = name if port is None else f"{name}:{port}"
    where = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return where, asked, host


class _Deadline:
    """Closes the connection of a request when its time is over: a server that sends a byte now and
    then never times out by itself."""

    def __init__(self, seconds: float):
        self.is_over = False
        self._connections: list[socket.socket] = []
        self._watch = threading.Timer(seconds, self._end)
        self._watch.daemon = True
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(self._ends - time.monotonic(), 0.001)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._watch.cancel()
        for connection in self._connections:
            connection.close()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """A trace callback of httpx: records each connection, before TLS begins."""
        if event == "connection.connect_tcp.complete":
            connection = info["return_value"].get_extra_info("socket").dup()
            self._connections.append(connection)
            if self.is_over:
                self._end()

    def _end(self) -> None:
        self.is_over = True
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    most_bytes: int = 0,
    seconds: float = 0,
    follow: bool = True,
    allow: Callable[[str], bool] = _is_public,
    resolve: Callable[[str, int], list[str]] = addresses_of,
) -> Answer:
    """Request an address of the public network.

    At most `most_bytes` of the response are read, within `seconds` in all, by default SECONDS.
    `allow` decides which IP addresses may be connected to. Raises Refused before anything is sent,
    Unreachable if there is no response.
    """
    with _Deadline(seconds or SECONDS) as deadline:
        for _hop in range(MOST_REDIRECTS + 1):
            where, host, name = _target(url, allow, resolve)
            try:
                sent = {"headers": {**(headers or {}), "host": host}, "content": content}
                answer = Answer(
                    url, *_send_request(method, where, sent, name, most_bytes, deadline)
                )
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                if deadline.is_over or isinstance(error, httpx.TimeoutException):
                    raise Unreachable("did not answer in time") from error
                raise Unreachable(f"cannot be reached: {type(error).__name__}") from error
            if deadline.is_over:
                raise Unreachable("did not answer in time")
            target = answer.headers.get("location")
            if not (follow and answer.status in {301, 302, 303, 307, 308} and target):
                return answer
            url = next_address(url, target)
            if answer.status == 303:
                method, content = "GET", None
    raise Unreachable(f"leads on more than {MOST_REDIRECTS} times")


def next_address(url: str, target: str) -> str:
    """The target of a redirect. Raises Unreachable if it is no address."""
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise Unreachable("leads on to no address") from error


def _send_request(
    method: str,
    where: str,
    sent: Mapping[str, Any],
    name: str,
    most_bytes: int,
    deadline: _Deadline,
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of one response; redirects are not followed."""
    extensions = {"sni_hostname": name, "trace": deadline.trace}
    with (
        httpx.Client(timeout=min(SECONDS, deadline.left), trust_env=False, verify=True) as client,
        client.stream(method, where, **sent, extensions=extensions) as response,
    ):
        body = bytearray()
        if most_bytes:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) >= most_bytes:
                    break
        return response.status_code, response.headers, bytes(body[:most_bytes])
