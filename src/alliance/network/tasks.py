"""Background jobs of this app."""

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
    """Notify other systems of new events, and retry failed deliveries."""
    at = clock.now()
    return {"made": webhooks.make_deliveries(at=at), "arrived": webhooks.send_due(at=at)}


@task
def forget_old_deliveries() -> int:
    """Delete deliveries that ended more than 30 days ago; returns their number."""
    return webhooks.forget_old(at=clock.now())


@task
def remind_of_follow_ups() -> int:
    """Email hosts of peer reviews whose follow-up is due soon or overdue; returns the number."""
    return peer_reviews.remind_of_follow_ups(at=clock.now())


@task
def ask_matching_cities() -> int:
    """Ask cities whose offers match a new need whether they can help; returns the number."""
    return helping.ask_matching(at=clock.now())


@task
def write_of_waiting() -> int:
    """Email people about new and due tasks; returns the number of emails."""
    return waiting_letters.send_letters(at=clock.now())


@task
def forget_join_requests() -> int:
    """Delete requests to join that were not confirmed in time or decided long ago; returns the
    number."""
    return joining.forget_old(at=clock.now())


PERIODIC = (
    Periodic(write_of_waiting, every=dt.timedelta(minutes=5)),
    Periodic(ask_matching_cities, every=dt.timedelta(minutes=5)),
    Periodic(tell_webhooks, every=dt.timedelta(minutes=1)),
    Periodic(forget_join_requests, every=dt.timedelta(days=1)),
    Periodic(forget_old_deliveries, every=dt.timedelta(days=1)),
    Periodic(remind_of_follow_ups, every=dt.timedelta(days=1)),
)
