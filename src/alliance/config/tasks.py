"""Background jobs on the installation as a whole."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.config import backup
from alliance.core.tasks import Periodic


@task
def verify_newest_backup() -> int:
    """Put the newest backup back into a scratch folder; how many files it holds, 0 without one."""
    archive = backup.newest()
    return backup.verify_backup(archive)[1] if archive else 0


PERIODIC = (Periodic(verify_newest_backup, every=dt.timedelta(days=7)),)
