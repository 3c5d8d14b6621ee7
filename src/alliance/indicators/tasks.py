"""Background tasks of the indicators."""

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
from alliance.indicators.services import readings, uploads


@task
def make_release(public_id: str) -> str:
    """Freezes, computes and publishes a requested release; returns its state."""
    return services.make_release(public_id, at=clock.now()).state


@task
def make_download(what: str, **asked: Any) -> str:
    """Makes and caches a file of many figures for the present state of the data; returns its
    name."""
    return downloads.make(what, **asked).name


@task
def check_figure_file(public_id: str) -> str:
    """Checks an uploaded file of figures, cell by cell; returns its state."""
    return uploads.check_upload(public_id, at=clock.now())


@task
def record_figure_file(public_id: str) -> str:
    """Writes the figures of an approved file; returns its state."""
    return uploads.record_upload(public_id, at=clock.now())


@task
def forget_figure_files() -> int:
    """Deletes uploaded files of figures that were not imported in time; returns how many."""
    return FigureFile.drop_old(at=clock.now())


@task(queue_name=OUTGOING)
def read_publisher(public_id: str) -> str:
    """Runs a query to a publisher and stores the response for review; returns its state."""
    return readings.run_reading(public_id, at=clock.now())


@task
def read_recipes() -> int:
    """Requests queries for all recipes, each as its own job; returns how many. None unless the
    operator has allowed queries to publishers.
    """
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
    Periodic(forget_figure_files, every=dt.timedelta(hours=6)),
)
