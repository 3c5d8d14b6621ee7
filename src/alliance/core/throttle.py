"""How often something may be done: counts in the database, so that all nodes share them.

A window opens with the first try and closes after its length; tries beyond the limit are refused
until then. What is counted is named by a key, such as an address or a person; only a digest of it
is kept. Digests are made with a random key of the day, which all nodes share: on the next day it is
deleted with all counts, and windows open anew. Neither is in any backup (`core.backups.LEFT_OUT`),
so that nobody finds there from which address somebody took part or voted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import HttpRequest

from alliance.core.models import SharedCacheEntry, ThrottleCount, ThrottleKey, WriteCount

# The part of an IPv6 address that one household or office has for itself.
_IPV6_PREFIX = 64


@dataclass(frozen=True)
class Limit:
    """At most `most` tries of one key in a `window`; `name` keeps limits apart."""

    name: str
    most: int
    window: dt.timedelta


class Throttled(Exception):
    """Too many attempts. `retry_after` is the number of seconds until the next may be made."""

    def __init__(self, limit: Limit, retry_after: int):
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(f"{limit.name}: too many tries, again in {retry_after} s")


def take(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Count one try; Throttled, and nothing counted, where the limit is reached.

    Call it before the work it protects, so that tries made at the same time are counted too, and
    outside of a transaction that may be rolled back, which would undo the count.
    """
    digest, opening = _digest(limit, key, at), _opening(at)
    with transaction.atomic():
        row, _ = ThrottleCount.objects.select_for_update().get_or_create(
            key_digest=digest, defaults={"opened_at": opening, "tries": 0}
        )
        is_set_back = row.opened_at > opening
        if is_set_back:
            # The clock was: what was tried stays counted, for one window from now.
            row.opened_at = opening
        elif at >= row.opened_at + limit.window:
            row.opened_at, row.tries = opening, 0
        is_refused = row.tries >= limit.most
        row.tries += not is_refused
        if is_set_back or not is_refused:
            row.save(update_fields=["opened_at", "tries"])
    if is_refused:
        wait = row.opened_at + limit.window - at
        raise Throttled(limit, max(1, math.ceil(wait.total_seconds())))


def _opening(at: dt.datetime) -> dt.datetime:
    """When a window opens whose first try is made at `at`: 5 to 15 seconds before, and never at a
    full hour, which is what is kept of when somebody took part (`clock.hour_of`)."""
    return at.replace(microsecond=0) - dt.timedelta(seconds=5 + at.second % 10)


def give_back(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Take one try off the count, for one that turned out to be rightful."""
    ThrottleCount.objects.filter(key_digest=_digest(limit, key, at)).update(
        tries=Greatest(F("tries") - 1, 0)
    )


def forget(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Start anew for this key."""
    ThrottleCount.objects.filter(key_digest=_digest(limit, key, at)).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Delete counts and shared cache entries whose time is over; how many there were."""
    counts = 0 if _keys(at) else _forget_days()
    expired, _ = SharedCacheEntry.objects.filter(expires__lt=at).delete()
    return counts + expired


def digests_of(keys: Iterable[str], *, at: dt.datetime) -> dict[str, str]:
    """What is kept of each key on this day, by the key."""
    secret = _key_of_day(at).encode()
    return {key: hmac.new(secret, key.encode(), hashlib.sha256).hexdigest() for key in keys}


def _digest(limit: Limit, key: object, at: dt.datetime) -> str:
    named = f"{limit.name}:{key}"
    return digests_of([named], at=at)[named]


def _keys(at: dt.datetime) -> list[str]:
    # Tomorrow's counts for today: where the clock was set back, or is ahead on another node.
    today = at.astimezone(dt.UTC).date()
    rows = ThrottleKey.objects.filter(day__in=[today, today + dt.timedelta(days=1)])
    return list(rows.order_by("-day").values_list("key", flat=True))


def _key_of_day(at: dt.datetime) -> str:
    """The key of the day. Whoever asks first makes it and deletes what other days left.

    It is read each time: in the memory of a process it could outlive the table.
    """
    if keys := _keys(at):
        return keys[0]
    with transaction.atomic():
        made, is_new = ThrottleKey.objects.get_or_create(
            day=at.astimezone(dt.UTC).date(), defaults={"key": secrets.token_hex(32)}
        )
        if is_new:
            _forget_days(but=made)
    return made.key


def _forget_days(*, but: ThrottleKey | None = None) -> int:
    """Delete the keys of other days and all counts, which nobody finds without them; how many."""
    days = [] if but is None else [but.day]
    ThrottleKey.objects.exclude(day__in=days).delete()
    n = 0
    for model in (ThrottleCount, WriteCount):
        # One that another process still counts on goes the next day: none waits for the other.
        free = model._default_manager.select_for_update(skip_locked=True).values("pk")
        n += model._default_manager.filter(pk__in=free).delete()[0]
    return n


def client_address(request: HttpRequest) -> str:
    """The network address a request came from, of IPv6 the network it lies in.

    Behind proxies it is the one that the outermost of our own proxies saw; what a client writes
    into X-Forwarded-For itself stands further left and is not believed.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        address = forwarded[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - the address that means "unknown", nothing listens on it
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        network = ipaddress.IPv6Network((parsed, _IPV6_PREFIX), strict=False)
        return str(network.network_address)
    return str(parsed)
