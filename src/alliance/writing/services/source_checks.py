"""Asking at night whether the sources that published records cite are still there."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, SourceCheck, StoredCopy
from alliance.cases.sources import cited_addresses
from alliance.core import audit
from alliance.network import outside

#: A source is asked for once in this time; one that failed, the next night.
EVERY = dt.timedelta(days=30)
AGAIN = dt.timedelta(hours=20)
#: Failed nights in a row before a link is called dead.
DEAD_AFTER = 3
#: Seconds between two questions to one host, and addresses in one night.
PAUSE = 5.0
MOST_IN_A_NIGHT = 500
#: Hosts that must fail by the network itself before the night is given up.
NO_NETWORK_AFTER = 5
Ask = Callable[..., outside.Answer]
#: A row about an address.
Named = TypeVar("Named", "SourceCheck", "StoredCopy")
# The page is not there. Others, such as 401, 403 and 429, speak of the asker.
_GONE = frozenset({404, 410})


@dataclass
class Night:
    """What a night of checks found."""

    asked: int = 0
    alive: int = 0
    gone: int = 0
    unclear: int = 0
    no_network: bool = False
    turned: list[str] = field(default_factory=list)


def user_agent() -> str:
    """How the worker names itself to those it asks."""
    contact = f"; {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""
    return f"{settings.NETWORK_NAME} source check (+{settings.BASE_URL}{contact})"


def enrol(*, at: dt.datetime) -> int:
    """Note each address that a published record cites and none was noted of; how many."""
    new = cited_addresses().difference(SourceCheck.objects.values_list("url", flat=True))
    rows = [SourceCheck(url=url, due_at=at) for url in sorted(new)]
    SourceCheck.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def check_sources(
    *,
    at: dt.datetime,
    ask: Ask = outside.ask,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Night:
    """Ask for the addresses that are due, host after host, each host at most every `PAUSE` s.

    Where the machine has no network nothing is asked, marked or counted against a source.
    """
    enrol(at=at)
    cited = cited_addresses()
    waiting = SourceCheck.objects.filter(due_at__lte=at).order_by("due_at", "url")
    due = [check for check in waiting if check.url in cited]
    night = Night()
    asking = politely(ask, pause, clock)
    silent: set[str] = set()
    for check in host_by_host(due[:MOST_IN_A_NIGHT]):
        is_alive, code, fault, by_network = _look(check.url, asking)
        if by_network:
            silent.add(urlsplit(check.url).hostname or "")
            if night.alive == night.gone == 0 and len(silent) >= NO_NETWORK_AFTER:
                night.no_network = True
                return night
            continue
        night.asked += 1
        night.turned += _save_check(check, is_alive, code, fault, at)
        night.alive += is_alive is True
        night.gone += is_alive is False
        night.unclear += is_alive is None
    return night


def politely(ask: Ask, pause: Callable[[float], object], clock: Callable[[], float]) -> Ask:
    """Asks as `ask` does, and waits `PAUSE` seconds between two questions to one host."""
    last: dict[str, float] = {}

    def asking(method: str, url: str, **options: Any) -> outside.Answer:
        host = urlsplit(url).hostname or ""
        wait = last.get(host, float("-inf")) + PAUSE - clock()
        if wait > 0:
            pause(wait)
        try:
            return ask(method, url, **options)
        finally:
            last[host] = clock()

    return asking


def host_by_host(checks: Iterable[Named]) -> Iterator[Named]:
    """One of each host in turn, so that no host is asked twice at once and little time is lost."""
    queues: dict[str, deque[Named]] = defaultdict(deque)
    for check in checks:
        queues[urlsplit(check.url).hostname or ""].append(check)
    while queues:
        for host in list(queues):
            yield queues[host].popleft()
            if not queues[host]:
                del queues[host]


def _look(url: str, ask: Ask) -> tuple[bool | None, int | None, str, bool]:
    """Is the page there (None: cannot be told), its status, the fault, and did the network fail."""
    headers = {"user-agent": user_agent(), "accept": "*/*"}
    try:
        answer = ask("HEAD", url, headers=headers)
        if answer.status >= 400:
            # Many servers know no HEAD, or answer it wrongly.
            answer = ask("GET", url, headers=headers, most_bytes=1)
    except outside.Refused as error:
        return None, None, str(error)[:200], False
    except outside.Unreachable as error:
        return False, None, error.rule[:200], error.is_network
    if answer.status < 400:
        return True, answer.status, "", False
    if answer.status in _GONE or answer.status >= 500:
        return False, answer.status, "", False
    return None, answer.status, "", False


def _save_check(
    check: SourceCheck, is_alive: bool | None, code: int | None, fault: str, at: dt.datetime
) -> list[str]:
    """Note what was found; the address where a live link died or a dead one came back."""
    was_dead = check.failures >= DEAD_AFTER
    check.checked_at, check.status_code, check.fault = at, code, fault
    if is_alive is None:
        check.is_alive, check.failures = None, 0
    elif is_alive:
        check.is_alive, check.failures, check.last_alive_at = True, 0, at
    else:
        check.failures = min(check.failures + 1, 1_000)
        check.is_alive = False if check.failures >= DEAD_AFTER else check.is_alive
    failing = 0 < check.failures < DEAD_AFTER
    check.due_at = at + (AGAIN if failing else EVERY)
    is_dead = check.failures >= DEAD_AFTER
    with transaction.atomic():
        check.save()
        if is_dead == was_dead:
            return []
        # The cases that stand on it are ranked and shown anew.
        record_source(check.url, "source died" if is_dead else "source came back", at=at)
    return [check.url]


def record_source(url: str, verb: str, *, at: dt.datetime) -> None:
    """Add an act on each case that cites an address, else one on the source: pages that say what
    became of it are made anew."""
    cases = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED, sources__url=url).order_by()
    ids = list(cases.values_list("public_id", flat=True).distinct())
    kind = "case" if ids else "source"
    audit.record_all(kind, ids or [""], verb, actor=audit.WORKER, at=at, url=url)
