"""Rate limits: counts in the database, so that all nodes share them.

A window opens with the first attempt and closes after its length; attempts beyond the limit are
refused until then. What is counted is identified by a key, such as an address or a person, of which
only a digest is stored. Digests are made with a random key of the day, which all nodes share; on
the next day it is deleted with all counts, and new windows open. Backups contain neither
(`core.backups.LEFT_OUT`), so that nobody learns from them from which address somebody took part or
voted.
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

# The part of an IPv6 address that identifies a household or office.
_IPV6_PREFIX = 64


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts with one key in a `window`; `name` separates limits."""

    name: str
    most: int
    window: dt.timedelta


class Throttled(Exception):
    """Too many attempts. `retry_after` is the number of seconds until the next is allowed."""

    def __init__(self, limit: Limit, retry_after: int):
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(f"{limit.name}: too many tries, again in {retry_after} s")


def take(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Count one attempt; raises Throttled, without counting, if the limit is reached.

    Call it before the work it protects, so that simultaneous attempts are counted too, and outside
    of a transaction that may be rolled back, which would undo the count.
    """
    digest, opening = _digest(limit, key, at), _opening(at)
    with transaction.atomic():
        row, _ = ThrottleCount.objects.select_for_update().get_or_create(
            key_digest=digest, defaults={"opened_at": opening, "tries": 0}
        )
        is_set_back = row.opened_at > opening
        if is_set_back:
            # The clock was set back: attempts stay counted for one window from now.
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
    """When a window opens whose first attempt is at `at`: 5 to 15 seconds before, and never at a
    full hour, which is all that is stored of when somebody took part (`clock.hour_of`)."""
    return at.replace(microsecond=0) - dt.timedelta(seconds=5 + at.second % 10)


def give_back(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Subtract one attempt that turned out to be legitimate."""
    ThrottleCount.objects.filter(key_digest=_digest(limit, key, at)).update(
        tries=Greatest(F("tries") - 1, 0)
    )


def forget(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Reset the count of this key."""
    ThrottleCount.objects.filter(key_digest=_digest(limit, key, at)).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Delete expired counts and shared cache entries; returns their number."""
    counts = 0 if _keys(at) else _forget_days()
    expired, _ = SharedCacheEntry.objects.filter(expires__lt=at).delete()
    return counts + expired


def digests_of(keys: Iterable[str], *, at: dt.datetime) -> dict[str, str]:
    """The digest of each key on this day."""
    secret = _key_of_day(at).encode()
    return {key: hmac.new(secret, key.encode(), hashlib.sha256).hexdigest() for key in keys}


def _digest(limit: Limit, key: object, at: dt.datetime) -> str:
    named = f"{limit.name}:{key}"
    return digests_of([named], at=at)[named]


def _keys(at: dt.datetime) -> list[str]:
    # Counts dated tomorrow: the clock was set back, or is ahead on another node.
    today = at.astimezone(dt.UTC).date()
    rows = ThrottleKey.objects.filter(day__in=[today, today + dt.timedelta(days=1)])
    return list(rows.order_by("-day").values_list("key", flat=True))


def _key_of_day(at: dt.datetime) -> str:
    """The key of the day; the first call of a day creates it and deletes those of other days.

    It is read each time: cached in a process, it could outlive the table.
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
    """Delete the keys of other days and all counts, which are useless without them; returns the
    number."""
    days = [] if but is None else [but.day]
    ThrottleKey.objects.exclude(day__in=days).delete()
    n = 0
    for model in (ThrottleCount, WriteCount):
        # A row that another process is still counting on is deleted the next day: nobody waits for
        # a lock.
        free = model._default_manager.select_for_update(skip_locked=True).values("pk")
        n += model._default_manager.filter(pk__in=free).delete()[0]
    return n


def client_address(request: HttpRequest) -> str:
    """The network address of a request; for IPv6 its network.

    Behind proxies it is the address that the outermost of our own proxies saw; what a client writes
    into X-Forwarded-For itself is further left and is ignored.
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
