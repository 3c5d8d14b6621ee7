"""Background jobs of the indicators."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.indicators import services
from alliance.indicators.services import drawing


@task
def make_release(public_id: str) -> str:
    """Freeze, compute and publish a release that was asked for; the state it is in."""
    return services.make_release(public_id, at=clock.now()).state


@task
def draw_charts() -> int:
    """Draw the charts of all indicators anew where figures, meanings or the release have changed;
    how many drawings were made."""
    return drawing.draw_charts()


PERIODIC = (Periodic(draw_charts, every=dt.timedelta(minutes=10)),)
