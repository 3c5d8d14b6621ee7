"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.conf import settings
from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import OUTGOING, Periodic
from alliance.evidence.services import panels
from alliance.writing.models import CaseFile
from alliance.writing.services import case_imports, freshness, kept_copies, source_checks


@task
def end_old_panels() -> int:
    """Let the rule speak again where the time of a panel is over; how many verdicts there were."""
    return panels.end_old_panels(at=clock.now())


@task
def remind_teams() -> int:
    """Ask teams whether cases that are due for review still hold; how many letters were written."""
    return freshness.remind_teams(at=clock.now())


@task(queue_name=OUTGOING)
def check_sources() -> dict[str, int | bool]:
    """Ask whether the sources of cases are still there, where the operator allows it."""
    if not settings.CHECK_SOURCES:
        return {"asked": 0, "off": True}
    night = source_checks.check_sources(at=clock.now())
    return {
        "asked": night.asked,
        "alive": night.alive,
        "gone": night.gone,
        "unclear": night.unclear,
        "no_network": night.no_network,
    }


@task
def keep_copies() -> dict[str, int | bool]:
    """Keep what the sources of cases say where they permit it, and the operator that they are
    asked."""
    if not settings.CHECK_SOURCES:
        return {"read": 0, "off": True}
    return asdict(kept_copies.store_copies(at=clock.now()))


@task
def check_case_file(public_id: str) -> str:
    """Check an uploaded table of cases, row by row; the state it is in."""
    return case_imports.check_staged(public_id, at=clock.now())


@task
def record_case_file(public_id: str) -> str:
    """Make drafts of a table of cases that somebody said yes to; the state it is in."""
    return case_imports.record_staged(public_id, at=clock.now())


@task
def forget_staged_tables() -> int:
    """Delete uploaded tables of cases that nobody took over in time; how many there were."""
    return CaseFile.drop_old(at=clock.now())


PERIODIC = (
    Periodic(end_old_panels, every=dt.timedelta(days=1)),
    Periodic(remind_teams, every=dt.timedelta(days=1)),
    Periodic(check_sources, every=dt.timedelta(days=1)),
    Periodic(keep_copies, every=dt.timedelta(days=7)),
    Periodic(forget_staged_tables, every=dt.timedelta(hours=6)),
)
