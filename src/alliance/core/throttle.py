"""How often something may be done: counts in the database, so that all nodes share them.

A window opens with the first try and closes after its length; tries beyond the limit are refused
until then. What is counted is named by a key, such as an address or a person; only a digest of the
key is kept, and the row is deleted some time after its window has closed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import math
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import HttpRequest

from alliance.core.models import SharedCacheEntry, ThrottleCount

# The part of an IPv6 address that one household or office has for itself.
_IPV6_PREFIX = 64
_LONGEST_WINDOW = dt.timedelta(days=7)


@dataclass(frozen=True)
class Limit:
    """At most `most` tries of one key in a `window`; `name` keeps limits apart."""

    name: str
    most: int
    window: dt.timedelta


class Throttled(Exception):
    """Too many tries. `retry_after` is the whole number of seconds until the next may be made."""

    def __init__(self, limit: Limit, retry_after: int):
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(f"{limit.name}: too many tries, again in {retry_after} s")


def take(limit: Limit, key: object, *, at: dt.datetime) -> None:
    """Count one try; Throttled, and nothing counted, where the limit is reached.

    Call it before the work it protects, so that tries made at the same time are counted too, and
    outside of a transaction that may be rolled back, which would undo the count.
    """
    with transaction.atomic():
        row, _ = ThrottleCount.objects.select_for_update().get_or_create(
            name=limit.name, key_digest=digest_of(key), defaults={"opened_at": at, "tries": 0}
        )
        closes_at = row.opened_at + limit.window
        # A window that opens later than now was counted by a clock that stood wrong.
        if not row.opened_at <= at < closes_at:
            row.opened_at, row.tries = at, 0
        elif row.tries >= limit.most:
            raise Throttled(limit, max(1, math.ceil((closes_at - at).total_seconds())))
        row.tries += 1
        row.save(update_fields=["opened_at", "tries"])


def give_back(limit: Limit, key: object) -> None:
    """Take one try off the count, for one that turned out to be rightful."""
    ThrottleCount.objects.filter(name=limit.name, key_digest=digest_of(key)).update(
        tries=Greatest(F("tries") - 1, 0)
    )


def forget(limit: Limit, key: object) -> None:
    """Start anew for this key."""
    ThrottleCount.objects.filter(name=limit.name, key_digest=digest_of(key)).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Delete counts and shared cache entries whose time is over; how many there were."""
    old, _ = ThrottleCount.objects.filter(opened_at__lt=at - _LONGEST_WINDOW).delete()
    expired, _ = SharedCacheEntry.objects.filter(expires__lt=at).delete()
    return old + expired


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


def digest_of(key: object) -> str:
    """What is kept of a key."""
    # Salted with the installation's own secret: an address is easily guessed from a plain digest.
    return hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()
