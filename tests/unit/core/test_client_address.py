"""The network address that tries are counted by."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from alliance.core.throttle import client_address


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "192.0.2.7", None, "192.0.2.7"),
        (0, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (1, "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        # What the client wrote itself stands further left.
        (1, "127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "127.0.0.1", "10.9.9.9, 198.51.100.1, 192.0.2.200", "198.51.100.1"),
        # Fewer than there should be: somebody came past the outer proxy.
        (2, "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        (1, "127.0.0.1", "nonsense", "0.0.0.0"),
        (0, "", None, "0.0.0.0"),
        # A household has a whole network of them.
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::"),
        (0, "::ffff:192.0.2.7", None, "192.0.2.7"),
    ],
)
def test_it_is_the_one_that_our_outermost_proxy_saw(settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=remote)
    assert client_address(request) == address
