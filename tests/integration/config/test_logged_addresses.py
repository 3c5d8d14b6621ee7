"""Addresses that are secrets stand in no log; the patterns that they met do."""

from __future__ import annotations

import pytest
import structlog
from django.conf import settings
from django.test import Client

from alliance.network.views import invitations
from alliance.web import measuring

pytestmark = pytest.mark.django_db

SECRET = "Gx7-not-for-the-log"
ADDRESSES_WITH_SECRETS = {
    f"/en/invitations/{SECRET}/": "en/invitations/<str:secret>/",
    f"/fr/confirm/{SECRET}/": "fr/confirm/<str:secret>/",
    f"/sv/accounts/first/{SECRET}/": "sv/accounts/first/<str:secret>/",
    f"/en/accounts/email/confirm/{SECRET}/": "en/accounts/email/confirm/<str:key>/",
    f"/en/accounts/password/reset/key/1-{SECRET}/": None,
    f"/en/no-such-page/{SECRET}/": "unmatched",
}


@pytest.mark.parametrize("address", ADDRESSES_WITH_SECRETS)
def test_a_slow_request_is_logged_by_its_pattern_and_not_by_an_address_that_is_a_secret(
    client, monkeypatch, address
):
    monkeypatch.setattr(measuring, "SLOW_SECONDS", 0.0)
    with structlog.testing.capture_logs() as lines:
        client.get(address)
    slow = [line for line in lines if line["event"] == "slow request"]
    assert slow and SECRET not in str(lines)
    expected = ADDRESSES_WITH_SECRETS[address]
    if expected is not None:
        assert slow[0]["route"] == expected


def test_what_django_logs_of_a_request_holds_its_pattern_too(client, monkeypatch, caplog):
    def fail(request, public_id):
        raise RuntimeError("for the test")

    monkeypatch.setattr(invitations, "get_invitation_by_secret", fail)
    monkeypatch.setattr(client, "raise_request_exception", False)
    caplog.handler.addFilter(measuring.RoutesForAddresses())
    address = f"/en/invitations/{SECRET}/"
    assert client.get(address).status_code == 500
    refused = Client(enforce_csrf_checks=True).post(address)
    assert refused.status_code == 403
    told = [record.getMessage() for record in caplog.records]
    assert "Internal Server Error: en/invitations/<str:secret>/" in told
    assert any(line.startswith("Forbidden") and line.endswith("<str:secret>/") for line in told)
    assert SECRET not in caplog.text


def test_every_line_of_the_log_goes_through_that_filter():
    filters = settings.LOGGING["handlers"]["stderr"]["filters"]
    assert settings.LOGGING["filters"][filters[0]]["()"].endswith(".RoutesForAddresses")
    assert list(settings.LOGGING["handlers"]) == ["stderr"]
