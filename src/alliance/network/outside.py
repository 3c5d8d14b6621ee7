"""Asking other servers, at addresses that people gave: only public ones, briefly, and politely.

An address may point into the machine's own network, by itself, by its name, or by a redirect. So
each host is resolved here, every address it has must be public, and the connection is made to the
address that was looked at, under the name that was asked for.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

MOST_REDIRECTS = 5
SECONDS = 15.0
# Of IPv6, what was given to networks of the internet, and the gateways from there to IPv4.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """No answer was got. `is_network` tells a machine without a network from a server at fault."""

    def __init__(self, rule: str, *, is_network: bool = False):
        self.rule = rule
        self.is_network = is_network
        super().__init__(rule)


class Refused(ValueError):
    """The address is none that may be asked; nothing was sent."""


@dataclass(frozen=True)
class Answer:
    """What a server answered. `url` is the last address after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that `host` has now. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        raise Unreachable(f"the name {host} cannot be resolved", is_network=temporary) from error
    except UnicodeError as error:
        raise Refused(f"{host!r} is not the name of a host") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found in _NAT64:
        # Leads wherever the address of the old kind in its last part leads.
        found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    if isinstance(found, ipaddress.IPv6Address):
        return found in _UNICAST and found.sixtofour is None and found.is_global
    return found.is_global and not found.is_multicast


def names_inside(host: str) -> bool:
    """Whether the name alone tells that it leads into this machine's network, without asking."""
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _target(
    url: str, allow: Callable[[str], bool], resolve: Callable[[str, int], list[str]]
) -> tuple[str, str, str]:
    """The address to connect to, the host to ask for, and the name for TLS."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"{url!r} is not an address") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused(f"{url!r} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a user name in it is not asked")
    found = resolve(host, port or (443 if parts.scheme == "https" else 80))
    if not found or not all(allow(address) for address in found):
        raise Refused(f"{host} is not a public address")
    literal = f"[{found[0]}]" if ":" in found[0] else found[0]
    netloc = literal if port is None else f"{literal}:{port}"
    name = f"[{host}]" if ":" in host else host
    asked = name if port is None else f"{name}:{port}"
    where = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return where, asked, host


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    most_bytes: int = 0,
    follow: bool = True,
    allow: Callable[[str], bool] = _is_public,
    resolve: Callable[[str, int], list[str]] = addresses_of,
) -> Answer:
    """Ask a server of the public network.

    At most `most_bytes` of its answer are read. `allow` says which addresses may be connected to.
    Raises Refused before anything is sent, Unreachable where no answer comes.
    """
    for _hop in range(MOST_REDIRECTS + 1):
        where, host, name = _target(url, allow, resolve)
        try:
            with (
                httpx.Client(timeout=SECONDS, trust_env=False, verify=True) as client,
                client.stream(
                    method,
                    where,
                    headers={**(headers or {}), "host": host},
                    content=content,
                    extensions={"sni_hostname": name},
                ) as response,
            ):
                body = b""
                if most_bytes:
                    for chunk in response.iter_bytes():
                        body += chunk
                        if len(body) >= most_bytes:
                            break
                answer = Answer(url, response.status_code, response.headers, body[:most_bytes])
        except httpx.TimeoutException as error:
            raise Unreachable("did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"cannot be reached: {type(error).__name__}") from error
        target = answer.headers.get("location")
        if not (follow and answer.status in {301, 302, 303, 307, 308} and target):
            return answer
        url = urljoin(url, target)
        if answer.status == 303:
            method, content = "GET", None
    raise Unreachable(f"leads on more than {MOST_REDIRECTS} times")
