"""Requests of the server itself: no way of writing an address leads into its own network."""

from __future__ import annotations

import pytest

from alliance.network.outside import Refused, ask

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
    "64:ff9b:1::1",
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
