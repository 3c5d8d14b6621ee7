"""Limits on tries, counted in the database."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import threading

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from alliance.core import throttle
from alliance.core.models import SharedCacheEntry, ThrottleCount, ThrottleKey, WriteCount
from alliance.core.throttle import Limit, Throttled

pytestmark = pytest.mark.django_db
LIMIT = Limit("posting", most=3, window=dt.timedelta(minutes=10))


def test_a_try_beyond_the_limit_is_refused_until_the_window_closes(now: dt.datetime):
    for minute in range(3):
        throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=minute))
    with pytest.raises(Throttled) as refusal:
        throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=9, milliseconds=100))
    # A window opens up to 15 seconds before its first try.
    assert 45 <= refusal.value.retry_after <= 55
    assert refusal.value.limit is LIMIT
    throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=10))


def test_a_refused_try_does_not_make_the_wait_longer(now: dt.datetime):
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now)
    for minute in range(1, 9):
        with pytest.raises(Throttled):
            throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=minute))
    throttle.take(LIMIT, "kim", at=now + LIMIT.window)


def test_keys_and_limits_are_counted_apart(now: dt.datetime):
    other = Limit("voting", most=1, window=LIMIT.window)
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now)
    throttle.take(LIMIT, "ida", at=now)
    throttle.take(other, "kim", at=now)
    with pytest.raises(Throttled):
        throttle.take(LIMIT, "kim", at=now)


def test_a_try_can_be_given_back(now: dt.datetime):
    throttle.give_back(LIMIT, "kim", at=now)
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now)
    throttle.give_back(LIMIT, "kim", at=now)
    throttle.take(LIMIT, "kim", at=now)
    with pytest.raises(Throttled):
        throttle.take(LIMIT, "kim", at=now)
    throttle.forget(LIMIT, "kim", at=now)
    throttle.give_back(LIMIT, "kim", at=now)
    throttle.take(LIMIT, "kim", at=now)
    assert ThrottleCount.objects.get().tries == 1


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=1), dt.timedelta(days=400)])
def test_a_clock_that_is_set_back_locks_nobody_out(now: dt.datetime, ahead: dt.timedelta):
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now + ahead)
    with contextlib.suppress(Throttled):
        throttle.take(LIMIT, "kim", at=now)
    # No longer than anybody waits.
    throttle.take(LIMIT, "kim", at=now + LIMIT.window)


@pytest.mark.parametrize("hour", [12, 0])
def test_a_clock_that_is_set_back_opens_no_count_anew(hour: int):
    """By an hour, over midnight too."""
    before = dt.datetime(2026, 3, 2, hour, 20, tzinfo=dt.UTC)
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=before)
    for minutes in (0, 5, 9):
        with pytest.raises(Throttled) as refusal:
            throttle.take(LIMIT, "kim", at=before + dt.timedelta(hours=-1, minutes=minutes))
        assert refusal.value.retry_after <= LIMIT.window.total_seconds()


def test_nothing_in_a_count_leads_to_its_key_or_to_a_full_hour():
    """Whoever took part has the full hour kept: no count has the same time."""
    hour = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    for seconds in range(60):
        throttle.take(
            Limit("posting", 99, LIMIT.window), seconds, at=hour + dt.timedelta(seconds=seconds)
        )
    opened = ThrottleCount.objects.values_list("opened_at", flat=True)
    assert hour not in opened and len(set(opened)) < 10
    throttle.take(LIMIT, "192.0.2.7", at=hour)
    rows = str(ThrottleCount.objects.values_list())
    assert "192.0.2.7" not in rows
    for message in ("192.0.2.7", "posting:192.0.2.7"):
        plain = hashlib.sha256(f"{settings.SECRET_KEY}:{message}".encode()).hexdigest()
        keyed = hmac.new(settings.SECRET_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()
        assert plain not in rows and keyed not in rows


def test_counts_end_with_the_key_of_their_day(now: dt.datetime):
    day = dt.timedelta(days=1)
    noon = now.replace(hour=12)
    throttle.take(LIMIT, "kim", at=noon)
    (old,) = ThrottleKey.objects.values_list("key", flat=True)
    WriteCount.objects.create(key_digest="x", opened_at=0, saves=1, size=0, files=0)
    assert throttle.forget_old(at=noon) == 0
    throttle.take(LIMIT, "ida", at=noon + day)
    (key,) = ThrottleKey.objects.values_list("key", flat=True)
    assert key != old
    assert ThrottleCount.objects.count() == 1
    assert not WriteCount.objects.exists()
    # Also where nobody comes on the next day.
    SharedCacheEntry.objects.create(cache_key="old", value="", expires=noon)
    assert throttle.forget_old(at=noon + 2 * day) == 2
    assert not ThrottleKey.objects.exists()


def test_the_cache_is_shared_through_the_database():
    cache.set("key", [1, 2], 60)
    assert cache.add("key", "other", 60) is False
    assert SharedCacheEntry.objects.filter(cache_key__endswith=":key").exists()
    assert cache.get("key") == [1, 2]
    cache.delete("key")
    assert not SharedCacheEntry.objects.filter(cache_key__endswith=":key").exists()


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(now: dt.datetime):
    """Also the first ones of a day, which make its key."""
    start = threading.Barrier(12)
    said: list[bool] = []

    def attempt() -> None:
        try:
            start.wait(20)
            throttle.take(LIMIT, "kim", at=now)
            said.append(True)
        except Throttled:
            said.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 9 + [True] * 3
