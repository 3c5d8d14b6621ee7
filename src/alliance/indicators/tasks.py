"""Background jobs of the indicators."""

from __future__ import annotations

from django_tasks import task

from alliance.core import clock
from alliance.indicators import services


@task
def make_release(public_id: str) -> str:
    """Freeze, compute and publish a release that was asked for; the state it is in."""
    return services.make_release(public_id, at=clock.now()).state
