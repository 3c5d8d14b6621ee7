"""Background jobs of the whole installation."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.config import env
from alliance.config.backup import verify_backup
from alliance.core import backups
from alliance.core.tasks import Periodic


@task
def verify_newest_backup() -> int:
    """Restore the newest backup into a scratch folder; returns its file count, 0 without one."""
    archive = backups.newest(env.home())
    return verify_backup(archive)[1] if archive else 0


PERIODIC = (Periodic(verify_newest_backup, every=dt.timedelta(days=7)),)
