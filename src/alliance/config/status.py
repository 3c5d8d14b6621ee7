"""The state of the running installation: for monitoring as JSON, for readers as a page.

`/healthz` tells whether this process answers, `/readyz` whether it has what it needs to serve.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import REGISTRY

from alliance import __version__
from alliance.accounts.selectors import failed_letters
from alliance.cases.exports import count_of
from alliance.config import health
from alliance.config.health import LONG_WAIT
from alliance.core import backups, clock
from alliance.core.models import AuditEvent, TaskState
from alliance.core.tasks.queue import waiting, waits_since
from alliance.opendata.write import title_of
from alliance.search.store import Store
from alliance.web import measuring

COUNTED = ("cases", "effects", "sources", "solutions", "methods", "cities", "organisations")
FINDER_VIEW = "search:find"


@dataclass(frozen=True)
class Worker:
    """The state of the worker by the queue. `last_job_at` is None if no job ever ended.

    `state` is `working`, `late` (jobs have waited too long), `idle` or `not seen`.
    """

    state: str
    last_job_at: dt.datetime | None
    waiting: int


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


@cache
def _replaced() -> frozenset[tuple[str, str]]:
    """The migrations of former versions that those that ship stand for."""
    migrations = MigrationLoader(None).disk_migrations.values()
    return frozenset(name for migration in migrations for name in migration.replaces)


def outstanding_migrations() -> int:
    """The number of shipped migrations that the database lacks. Raises DatabaseError."""
    return len(_shipped() - set(MigrationRecorder(connection).applied_migrations()))


def unknown_migrations() -> list[str]:
    """The names of what a newer version has done to the database. Raises DatabaseError."""
    unknown = set(MigrationRecorder(connection).applied_migrations()) - _shipped() - _replaced()
    return sorted(".".join(migration) for migration in unknown)


def worker(at: dt.datetime) -> Worker:
    """The state of the worker at `at`, in three queries."""
    jobs = waiting(at)
    count = jobs.count()
    last = DBTaskResult.objects.aggregate(last=Max("finished_at"))["last"]
    if TaskState.objects.filter(expires_at__gte=at).exists():
        state = "working"
    elif count and jobs.filter(enqueued_at__lt=at - LONG_WAIT).exists():
        state = "late"
    else:
        state = "idle" if last else "not seen"
    return Worker(state, last, count)


def _seconds(since: dt.datetime | None, at: dt.datetime) -> int | None:
    """Whole seconds from `since` to `at`; None without `since`."""
    return None if since is None else round((at - since).total_seconds())


def _backup(at: dt.datetime) -> dict[str, object]:
    """The newest archive: its age, and whether its trial restore succeeded; and the result of the
    last trial restore of any archive. None is unknown."""
    look = backups.look_at_newest(settings.HOME)
    looks = backups.looks(settings.HOME)
    return {
        "seconds_since_made": _seconds(backups.made_at(settings.HOME), at),
        "seconds_since_verified": _seconds(look.at if look and look.is_whole else None, at),
        "newest_is_whole": look.is_whole if look else None,
        "seconds_since_last_trial": _seconds(looks[-1].at if looks else None, at),
        "last_trial_failed": not looks[-1].is_whole if looks else None,
    }


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200: this process is alive. Nothing else can make it look dead."""
    return JsonResponse({"status": "ok", "version": __version__})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve: 200, or 503 with what is wrong. Contains no details.

    A process that cannot write cannot serve: a test row and a test file are written. A nearly full
    disk, a late worker, an outdated index and unsent emails do not prevent pages from being served,
    so they are no 503; monitoring reads them here.
    """
    space, home = health.disk()
    checks: dict[str, object] = {
        "disk": "ok" if space.is_well else "nearly full",
        "home": health.OK if home.is_well else health.CANNOT,
    }
    well = home.is_well
    at = clock.now()
    try:
        missing = outstanding_migrations()
        checks["database"] = health.OK if missing else health.database.state()
        checks["migrations"] = "ok" if not missing else f"{missing} outstanding"
        if missing:
            well = False
        else:
            loaded = AuditEvent.objects.filter(actor_label="starter").exists()
            wanted = settings.LOAD_STARTER
            checks["starter"] = "ok" if loaded else "missing" if wanted else "not wanted"
            well = well and (loaded or not wanted) and checks["database"] != health.CANNOT
            worker_state = worker(at)
            checks["worker"] = {
                "state": worker_state.state,
                "seconds_since_last_job": _seconds(worker_state.last_job_at, at),
                "waiting_jobs": worker_state.waiting,
                "oldest_job_seconds": _seconds(waits_since(at), at),
            }
            checks["index"] = {"acts_behind": max(0, Store.look()[1])}
            checks["backup"] = _backup(at)
            checks["mail"] = {"undelivered": failed_letters().count()}
    except DatabaseError:
        checks["database"] = "unreachable"
        well = False
    body = {"status": "ok" if well else "failing", "version": __version__, "checks": checks}
    return JsonResponse(body, status=200 if well else 503)


def within_ms(view: str, share: float = 0.95) -> tuple[float, int] | None:
    """The time within which `share` of the requests to a view were answered, and their number.

    Milliseconds, rounded up to the next histogram bucket; None before the first request and if it
    took longer than the highest bucket.
    """
    buckets = []
    for metric in REGISTRY.collect():
        if metric.name == "alliance_request_seconds":
            buckets = [
                (float(sample.labels["le"]), sample.value)
                for sample in metric.samples
                if sample.name.endswith("_bucket") and sample.labels["view"] == view
            ]
    total = max((value for _limit, value in buckets), default=0)
    for limit, value in sorted(buckets):
        if total and limit != float("inf") and value >= share * total:
            return limit * 1000, int(total)
    return None


def _state_in_words(state: str) -> str:
    return {
        "working": _("a job is running"),
        "idle": _("no jobs are overdue"),
        "late": _("jobs are waiting but no worker is running them"),
        "not seen": _("no jobs have run yet"),
    }[state]


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The state of this installation for readers: version, counts, worker, speed."""
    at = clock.now()
    worker_state = worker(at)
    looks = backups.looks(settings.HOME)
    return render(
        request,
        "knowledge/status.html",
        {
            "at": at,
            "version": __version__,
            "counts": [(title_of(table), count_of(table)) for table in COUNTED],
            "changed_at": AuditEvent.objects.order_by("-id").values_list("at", flat=True).first(),
            "worker": worker_state,
            "worker_words": _state_in_words(worker_state.state),
            "latency": measuring.latency(),
            "finder": within_ms(FINDER_VIEW),
            "outstanding": outstanding_migrations(),
            "undelivered": failed_letters().count(),
            "kept_at": backups.made_at(settings.HOME),
            "newest_look": backups.look_at_newest(settings.HOME),
            "last_look": looks[-1] if looks else None,
        },
    )
