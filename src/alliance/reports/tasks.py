"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.core.tasks import Periodic
from alliance.reports.services import briefs, reports


@task
def make_brief(kind: str, public_id: str, language: str, digest: str) -> str:
    """Set the brief of a case or solution and keep it; the digest of the edition made.

    It may be another than the one asked for (`digest`), where the record changed meanwhile, and
    it is empty where the record is no longer public.
    """
    try:
        return briefs.make(kind, public_id, language).digest
    except NotFound:
        return ""


@task
def build_report(public_id: str) -> str:
    """Build an edition of a report in all languages, with its files; the state it is in then."""
    return reports.build(public_id)


@task
def remove_stale_briefs() -> int:
    """Remove briefs that are out of date or that nobody has read for 90 days; how many."""
    return briefs.remove_stale(at=clock.now())


PERIODIC = (Periodic(remove_stale_briefs, every=dt.timedelta(days=1)),)
