"""Background jobs of the indicators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django_tasks import task

from alliance.core import audit, clock
from alliance.core.tasks import OUTGOING, Periodic, enqueue_once
from alliance.indicators import services
from alliance.indicators.exports import downloads
from alliance.indicators.models import FigureFile
from alliance.indicators.services import drawing, readings, uploads


@task
def make_release(public_id: str) -> str:
    """Freeze, compute and publish a release that was asked for; the state it is in."""
    return services.make_release(public_id, at=clock.now()).state


@task
def draw_charts() -> int:
    """Draw the charts of all indicators anew where figures, meanings or the release have changed;
    how many drawings were made."""
    return drawing.draw_charts()


@task
def make_download(what: str, **asked: Any) -> str:
    """Make a file of many figures for the present state of the data and keep it; its name."""
    return downloads.make(what, **asked).name


@task
def check_figure_file(public_id: str) -> str:
    """Check an uploaded file of figures, cell by cell; the state it is in."""
    return uploads.check_upload(public_id, at=clock.now())


@task
def record_figure_file(public_id: str) -> str:
    """Write the figures of an uploaded file that somebody said yes to; the state it is in."""
    return uploads.record_upload(public_id, at=clock.now())


@task
def forget_figure_files() -> int:
    """Delete uploaded files of figures that nobody took over in time; how many."""
    return FigureFile.drop_old(at=clock.now())


@task(queue_name=OUTGOING)
def read_publisher(public_id: str) -> str:
    """Put a question to a publisher and keep the answer for a look at it; the state it is in."""
    return readings.run_reading(public_id, at=clock.now())


@task
def read_recipes() -> int:
    """Have the publishers of all recipes asked, each by a job of its own; how many. None where the
    operator has not said that publishers may be asked."""
    if not settings.READ_PUBLISHERS:
        return 0
    made = readings.read_all(actor=audit.Actor(label="worker", is_system=True), at=clock.now())
    for row in made:
        enqueue_once(
            read_publisher.module_path, f"publisher:{row.public_id}", public_id=row.public_id
        )
    return len(made)


PERIODIC = (
    Periodic(read_recipes, every=dt.timedelta(days=1)),
    Periodic(draw_charts, every=dt.timedelta(minutes=10)),
    Periodic(forget_figure_files, every=dt.timedelta(hours=6)),
)
