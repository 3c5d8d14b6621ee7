"""Background tasks of reports."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.core.tasks import Periodic
from alliance.reports.services import briefs, reports


@task
def make_brief(kind: str, public_id: str, language: str, digest: str) -> str:
    """Typesets and caches the brief of a case or solution; returns the digest of its edition.

    It may differ from the requested `digest` if the record has changed in the meantime, and is
    empty if the record is no longer public.
    """
    try:
        return briefs.make(kind, public_id, language).digest
    except NotFound:
        return ""


@task
def build_report(public_id: str) -> str:
    """Builds an edition of a report in all languages, with its files; returns its state."""
    return reports.build(public_id)


@task
def remove_stale_briefs() -> int:
    """Removes briefs that are outdated or that nobody has read for 90 days; returns how many."""
    return briefs.remove_stale(at=clock.now())


PERIODIC = (Periodic(remove_stale_briefs, every=dt.timedelta(days=1)),)
