"""Requests of the server itself: no way of writing an address leads into its own network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alliance.cases.models import StoredCopy
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.network import outside
from alliance.network.outside import Refused, ask
from alliance.opendata import subscriptions
from alliance.writing.services.kept_copies import store_copies
from tests.factories.knowledge import a_source, lay_ground, make_case
from tests.factories.people import NOW

INSIDE = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "64:ff9b:1::8.8.8.8",
    "2002:7f00:1::",
    "2001::1",
    "fc00::1",
    "fe80::1%eth0",
    # Which of them are public is told in other ways by other versions of Python.
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "::ffff:192.0.0.192",
    "64:ff9b::c058:6301",
    "2001:db8::1",
    "3fff::1",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_carry_a_private_one_are_not_public(address: str) -> None:
    with pytest.raises(Refused, match="is not a public address"):
        ask("GET", "https://example.org/", resolve=lambda _host, _port: [address])


@pytest.mark.parametrize(
    "url",
    ["http://[::ffff:a9fe:a9fe]/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/"],
)
def test_other_ways_of_writing_an_address_do_not_help(url: str) -> None:
    with pytest.raises(Refused):
        ask("GET", url)


@pytest.mark.parametrize("port", [0, 25, 1023])
def test_services_other_than_the_web_are_not_asked(port: int) -> None:
    with pytest.raises(Refused, match="none of the web"):
        ask("GET", f"https://example.org:{port}/", resolve=lambda _host, _port: ["93.184.216.34"])


#: Where a server of the internet sends who asks it: private by number, within another, by name.
TARGETS = (
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://localhost/",
)
PUBLIC = "http://8.8.8.8"


@pytest.fixture
def leading(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """A public server that sends everybody to an address; the addresses that were connected to."""

    def lead(target: str) -> list[str]:
        connected: list[str] = []

        def one(_method: str, where: str, *_more: Any) -> tuple[int, dict[str, str], bytes]:
            connected.append(where)
            if where.endswith((".txt", ".json")):
                return 404, {}, b""
            return 302, {"location": target}, b""

        monkeypatch.setattr(outside, "_send_request", one)
        return connected

    return lead


@pytest.mark.parametrize("target", TARGETS)
def test_a_redirect_leads_nowhere_inside(leading: Callable[[str], list[str]], target: str) -> None:
    connected = leading(target)
    with pytest.raises(Refused):
        ask("GET", f"{PUBLIC}/")
    assert connected == [f"{PUBLIC}/"]


def test_a_cited_source_and_another_network_lead_nowhere_inside(
    db: None, leading: Callable[[str], list[str]]
) -> None:
    lay_ground()
    make_case("Lund", sources=(a_source("The report", f"{PUBLIC}/report"),))
    for target in TARGETS:
        StoredCopy.objects.all().delete()
        connected = leading(target)
        assert store_copies(at=NOW, pause=lambda _: None).read == 1
        assert StoredCopy.objects.get().why_not == "failed"
        for address in (PUBLIC, target.rstrip("/")):
            with pytest.raises(InvalidData):
                subscriptions.subscribe(address, actor=COMMAND_LINE, at=NOW)
        assert {one[: len(PUBLIC) + 1] for one in connected} == {f"{PUBLIC}/"}
