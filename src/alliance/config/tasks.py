"""Background jobs of the whole installation."""

from __future__ import annotations

import datetime as dt

import structlog
from django_tasks import task

from alliance.config import env
from alliance.config.backup import verify_backup
from alliance.config.headline_check import differences
from alliance.core import backups
from alliance.core.tasks import Periodic

log = structlog.get_logger(__name__)


@task
def verify_newest_backup() -> int:
    """Restore the newest backup into a scratch folder; returns its file count, 0 without one."""
    archive = backups.newest(env.home())
    return verify_backup(archive)[1] if archive else 0


@task
def check_headlines() -> int:
    """Compare the numbers in headlines on pages with the API; how many sentences differ."""
    differing = differences()
    for difference in differing:
        log.error("headline differs", where=str(difference))
    return len(differing)


PERIODIC = (
    Periodic(verify_newest_backup, every=dt.timedelta(days=7)),
    Periodic(check_headlines, every=dt.timedelta(days=1)),
)
