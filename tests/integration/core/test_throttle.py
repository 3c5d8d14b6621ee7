"""Limits on tries, counted in the database."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.cache import cache
from django.db import connection

from alliance.core import throttle
from alliance.core.models import SharedCacheEntry, ThrottleCount
from alliance.core.throttle import Limit, Throttled

pytestmark = pytest.mark.django_db
LIMIT = Limit("posting", most=3, window=dt.timedelta(minutes=10))


def test_a_try_beyond_the_limit_is_refused_until_the_window_closes(now: dt.datetime):
    for minute in range(3):
        throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=minute))
    with pytest.raises(Throttled) as refusal:
        throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=9, milliseconds=100))
    assert refusal.value.retry_after == 60
    assert refusal.value.limit is LIMIT
    throttle.take(LIMIT, "kim", at=now + dt.timedelta(minutes=10))


def test_a_refused_try_does_not_make_the_wait_longer(now: dt.datetime):
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now)
    for minute in range(10):
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
    throttle.give_back(LIMIT, "kim")
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now)
    throttle.give_back(LIMIT, "kim")
    throttle.take(LIMIT, "kim", at=now)
    with pytest.raises(Throttled):
        throttle.take(LIMIT, "kim", at=now)
    throttle.forget(LIMIT, "kim")
    throttle.give_back(LIMIT, "kim")
    throttle.take(LIMIT, "kim", at=now)
    assert ThrottleCount.objects.get().tries == 1


def test_a_clock_that_stood_wrong_locks_nobody_out(now: dt.datetime):
    for _ in range(3):
        throttle.take(LIMIT, "kim", at=now + dt.timedelta(days=400))
    throttle.take(LIMIT, "kim", at=now)


def test_the_key_itself_is_not_kept(now: dt.datetime):
    throttle.take(LIMIT, "192.0.2.7", at=now)
    assert "192.0.2.7" not in str(ThrottleCount.objects.values_list())


def test_old_counts_are_forgotten(now: dt.datetime):
    throttle.take(LIMIT, "kim", at=now - dt.timedelta(days=8))
    throttle.take(LIMIT, "ida", at=now)
    SharedCacheEntry.objects.create(
        cache_key="old", value="", expires=now - dt.timedelta(minutes=1)
    )
    assert throttle.forget_old(at=now) == 2
    assert ThrottleCount.objects.count() == 1


def test_the_cache_is_shared_through_the_database():
    cache.set("key", [1, 2], 60)
    assert cache.add("key", "other", 60) is False
    assert SharedCacheEntry.objects.filter(cache_key__endswith=":key").exists()
    assert cache.get("key") == [1, 2]
    cache.delete("key")
    assert not SharedCacheEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(now: dt.datetime):
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
