"""Links that work once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from alliance.accounts.models import OneTimeLink
from alliance.accounts.services import LinkRefused, make_link, peek_link, use_link

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def make(at: dt.datetime) -> str:
    return make_link(
        purpose="confirm-record", lasts=HOUR, at=at, record_kind="case", record_id="milan-area-c"
    )


def reason(call, **arguments) -> str:
    with pytest.raises(LinkRefused) as refusal:
        call(**arguments)
    return str(refusal.value.reason)


def test_it_does_its_one_thing_once(now: dt.datetime):
    secret = make(now)
    here = {"purpose": "confirm-record", "secret": secret, "at": now}
    assert peek_link(**here).record_id == "milan-area-c"
    assert use_link(**here).used_at == now
    assert reason(use_link, **here) == reason(peek_link, **here) == "used"


def test_it_ends(now: dt.datetime):
    here = {"purpose": "confirm-record", "secret": make(now)}
    assert reason(use_link, at=now + HOUR, **here) == "expired"
    assert use_link(at=now + HOUR - dt.timedelta(seconds=1), **here)


def test_it_does_nothing_else(now: dt.datetime):
    secret = make(now)
    assert reason(use_link, purpose="first-account", secret=secret, at=now) == "unknown"
    assert reason(use_link, purpose="confirm-record", secret=secret + "x", at=now) == "unknown"


def test_the_secret_is_not_kept(now: dt.datetime):
    secret = make(now)
    assert len(secret) >= 40
    assert secret not in str(OneTimeLink.objects.values_list())


def test_what_fails_leaves_it_good(now: dt.datetime):
    here = {"purpose": "confirm-record", "secret": make(now), "at": now}
    with pytest.raises(RuntimeError), transaction.atomic():
        use_link(**here)
        raise RuntimeError
    assert use_link(**here)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_succeeds(now: dt.datetime):
    secret = make(now)
    start = threading.Barrier(8)
    said: list[str] = []

    def use() -> None:
        try:
            start.wait(20)
            use_link(purpose="confirm-record", secret=secret, at=now)
            said.append("used")
        except LinkRefused as refusal:
            said.append(f"refused: {refusal.reason}")
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["refused: used"] * 7 + ["used"]
