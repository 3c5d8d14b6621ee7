"""While one process makes a release others write: all stay on one database, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Release
from tests.factories.indicators import NOW, make_city, make_definition, record
from tests.factories.processes import StartWorker, wait_until
from tests.integration.core import jobs

pytestmark = pytest.mark.slow


def is_done(job_id: str) -> bool:
    return DBTaskResult.objects.get(id=job_id).status == TaskResultStatus.SUCCESSFUL


def begin_anew() -> None:
    """As a server that stops and starts again."""
    connection.close()
    assert not is_broken()


def is_broken() -> bool:
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return cursor.fetchall() != [("ok",)]


@pytest.mark.all
def test_what_a_worker_acknowledges_after_a_release_is_there_for_all(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    definition = make_definition()
    for place, name in enumerate("abcdef"):
        record(make_city(f"city-{name}"), definition, {"2021": 10.0 + 15 * place})
    release = services.start_release(actor=COMMAND_LINE, at=NOW + dt.timedelta(days=1), year=2021)
    worker = start_worker()
    wait_until(lambda: Release.objects.get(pk=release.pk).state == ReleaseState.DONE)

    begin_anew()
    told = tmp_path / "told"
    job_ids = [jobs.tell.enqueue(path=str(told), line=str(number)).id for number in range(3)]
    wait_until(lambda: all(map(is_done, job_ids)), seconds=60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    begin_anew()
    assert all(map(is_done, job_ids)) and told.read_text().split() == ["0", "1", "2"]
    assert Release.objects.get(pk=release.pk).scores.count() > 0


MILLION = """
import datetime as dt, os, signal, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from tests.bench import imports

call_command("migrate", verbosity=0)
path = Path(sys.argv[1])
imports.CITIES, imports.DEFINITIONS, imports.YEARS = 5_000, 20, range(2010, 2020)
imports.write_csv(path)
imports.lay_ground()
imports.take(path)
at = imports.NOW + dt.timedelta(days=1)
release = services.start_release(actor=COMMAND_LINE, at=at, by_worker=False)
services.make_release(release.public_id, at=at)
os.kill(os.getpid(), signal.SIGKILL)
"""
COUNTED = """
import json
import django
django.setup()
from django.db import connection
from alliance.indicators.models import Observation, Release

with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    is_whole = cursor.fetchall() == [("ok",)]
release = Release.objects.get()
told = {"is_whole": is_whole, "state": release.state, "scores": release.scores.count()}
print(json.dumps(told | {"figures": Observation.objects.count(), **release.manifest}))
"""


@pytest.mark.all
def test_a_million_figures_are_laid_and_released_by_a_process_that_then_dies(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    """On SQLite, whatever the tests run on. The scores are more than the index of the log of writes
    holds in its first part: a process that has lost its place there dies of SIGBUS.
    """

    def run(code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "figures.csv")],
            env=process_environment,
            capture_output=True,
            text=True,
            timeout=1_800,
            check=False,
        )

    Path(process_environment["ALLIANCE_HOME"]).mkdir()
    laid = run(MILLION)
    assert laid.returncode == -signal.SIGKILL, laid.stderr
    counted = run(COUNTED)
    assert counted.returncode == 0, counted.stderr
    told = json.loads(counted.stdout)
    assert told["is_whole"] and told["state"] == ReleaseState.DONE
    assert told["figures"] == 1_000_000 and told["scores"] > 100_000
