import re

import pytest
import structlog

from alliance.web import measuring


def count(text, **labels):
    """The value of alliance_requests_total with these labels, 0 if it is not there."""
    for line in text.splitlines():
        found = re.fullmatch(r"alliance_requests_total\{(.*)\} ([\d.]+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1])) == labels:
            return float(found[2])
    return 0.0


def test_requests_are_counted_by_view_and_status(client):
    labels = {"method": "GET", "view": "web:about", "status": "200"}
    before = count(client.get("/metrics").text, **labels)
    client.get("/sv/about/")
    client.get("/fr/about/")
    text = client.get("/metrics").text
    assert count(text, **labels) == before + 2
    assert 'alliance_request_seconds_bucket{le="0.1",view="web:about"}' in text


def test_addresses_that_do_not_exist_and_odd_methods_share_a_label(client):
    labels = {"method": "other", "view": "unmatched", "status": "404"}
    before = count(client.get("/metrics").text, **labels)
    client.generic("BREW", "/en/no-such-page-1")
    client.generic("STIR", "/en/no-such-page-2")
    text = client.get("/metrics").text
    assert count(text, **labels) == before + 2
    assert "no-such-page" not in text and "BREW" not in text


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8"])
def test_this_machine_may_read_the_counters(client, address):
    response = client.get("/metrics", REMOTE_ADDR=address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "environment",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
def test_nobody_else_may_read_the_counters(client, environment):
    assert client.get("/metrics", **environment).status_code == 404


def test_the_browser_is_told_how_long_it_took(client):
    timing = client.get("/en/about/").headers["Server-Timing"]
    assert re.fullmatch(r'app;dur=[\d.]+, db;dur=0\.0;desc="0 queries"', timing)


@pytest.mark.django_db
def test_queries_are_counted():
    from django.db import connection
    from django.http import HttpResponse
    from django.test import RequestFactory

    from alliance.web.middleware import RequestMetrics

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        return HttpResponse()

    response = RequestMetrics(view)(RequestFactory().get("/"))
    assert 'desc="2 queries"' in response.headers["Server-Timing"]


def test_a_slow_request_is_logged_without_its_query(client, monkeypatch):
    monkeypatch.setattr(measuring, "SLOW_SECONDS", 0.0)
    with structlog.testing.capture_logs() as lines:
        client.get("/en/find?q=secret", REMOTE_ADDR="192.0.2.7")
    (line,) = [line for line in lines if line["event"] == "slow request"]
    assert line["route"] == "en/find" and line["status"] == 200 and line["view"] == "find"
    assert "secret" not in str(line) and "192.0.2.7" not in str(line)


def test_a_fast_request_is_not_logged(client):
    with structlog.testing.capture_logs() as lines:
        client.get("/en/about/")
    assert lines == []


def test_latency_is_a_duration_that_was_measured(monkeypatch):
    monkeypatch.setattr(measuring, "_RECENT", measuring.deque(maxlen=2000))
    assert measuring.latency() is None
    for milliseconds in range(1, 101):
        measuring.record("GET", "find", 200, milliseconds / 1000)
    measuring.record("GET", "unmatched", 404, 60)
    latency = measuring.latency()
    assert latency.count == 100
    assert latency.median_ms == pytest.approx(50, abs=1)
    assert latency.p95_ms == pytest.approx(95, abs=1)
