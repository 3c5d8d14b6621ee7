"""Background jobs of downloads and feeds."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.files import generated
from alliance.core.tasks import Periodic
from alliance.opendata import feed, subscriptions
from alliance.opendata.about import state
from alliance.opendata.models import Subscription, SubscriptionState
from alliance.opendata.write import chunks_of


@task
def make_download(table: str, form: str, language: str) -> str:
    """Make and store a large download of the current data; returns the name of its file."""
    what, now = f"{table}-{language}", state(table, form, language)
    path = generated.path_of(what, now, form)
    if not path.exists():
        generated.store(what, now, form, chunks_of(table, form, language))
    return path.name


@task
def publish_feed() -> int:
    """Add to the feed what was published, corrected or withdrawn; returns the number of entries."""
    return feed.publish(at=clock.now())


@task
def fetch_networks() -> dict[str, str]:
    """Fetch new entries of the networks that we subscribe to; returns the state of each."""
    states: dict[str, str] = {}
    broken: list[Exception] = []
    for subscription in Subscription.objects.filter(state=SubscriptionState.ACTIVE):
        try:
            states[subscription.address] = subscriptions.fetch(subscription, at=clock.now()).state
        except Exception as error:
            # An error of one network does not stop the others; the job fails at its end.
            broken.append(error)
    if broken:
        raise broken[0]
    return states


PERIODIC = (
    Periodic(publish_feed, every=dt.timedelta(minutes=10)),
    Periodic(fetch_networks, every=dt.timedelta(hours=1)),
)
