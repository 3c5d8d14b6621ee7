"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import OUTGOING, Periodic
from alliance.network.services import (
    helping,
    joining,
    peer_reviews,
    waiting_letters,
    webhooks,
)


@task(queue_name=OUTGOING)
def tell_webhooks() -> dict[str, int]:
    """Tell other systems what happened since the last time, and again what did not arrive."""
    at = clock.now()
    return {"made": webhooks.make_deliveries(at=at), "arrived": webhooks.send_due(at=at)}


@task
def forget_old_deliveries() -> int:
    """Delete what was told to other systems more than 30 days ago; how many."""
    return webhooks.forget_old(at=clock.now())


@task
def remind_of_follow_ups() -> int:
    """Write to hosts of peer reviews whose follow-up is due soon or overdue; how many."""
    return peer_reviews.remind_of_follow_ups(at=clock.now())


@task
def ask_matching_cities() -> int:
    """Ask cities whose offers match a new need whether they can help; how many."""
    return helping.ask_matching(at=clock.now())


@task
def write_of_waiting() -> int:
    """Write to people of what waits for them since a short while, or is due; how many letters."""
    return waiting_letters.send_letters(at=clock.now())


@task
def forget_join_requests() -> int:
    """Delete requests to join that were not confirmed in time or decided long ago; how many."""
    return joining.forget_old(at=clock.now())


PERIODIC = (
    Periodic(write_of_waiting, every=dt.timedelta(minutes=5)),
    Periodic(ask_matching_cities, every=dt.timedelta(minutes=5)),
    Periodic(tell_webhooks, every=dt.timedelta(minutes=1)),
    Periodic(forget_join_requests, every=dt.timedelta(days=1)),
    Periodic(forget_old_deliveries, every=dt.timedelta(days=1)),
    Periodic(remind_of_follow_ups, every=dt.timedelta(days=1)),
)
