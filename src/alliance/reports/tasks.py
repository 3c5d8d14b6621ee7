"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.core.tasks import Periodic
from alliance.reports import services


@task
def make_brief(kind: str, public_id: str, language: str, digest: str) -> str:
    """Set the brief of a case or solution and keep it; the digest of the edition made.

    It may be another than the one asked for (`digest`), where the record changed meanwhile, and
    it is empty where the record is no longer public.
    """
    try:
        return services.make(kind, public_id, language).digest
    except NotFound:
        return ""


@task
def remove_stale_briefs() -> int:
    """Remove briefs that are out of date or that nobody has read for 90 days; how many."""
    return services.remove_stale(at=clock.now())


PERIODIC = (Periodic(remove_stale_briefs, every=dt.timedelta(days=1)),)
