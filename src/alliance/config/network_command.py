"""The command for other networks that this one subscribes to."""

from __future__ import annotations

from typing import Any

import click


@click.group()
def network() -> None:
    """Other networks whose published cases are shown here, under their name."""
    import django

    django.setup()


@network.command("subscribe")
@click.argument("address")
@click.option("--key", default="", help="The key that it must have. Without it, it is asked for.")
def subscribe(address: str, key: str) -> None:
    """Subscribe to the network at ADDRESS, once its key is confirmed."""
    from alliance.core import audit, clock
    from alliance.core.errors import Fault, InvalidData
    from alliance.opendata import subscriptions
    from alliance.opendata.archive.signing import bare

    by: dict[str, Any] = {"actor": audit.COMMAND_LINE, "at": clock.now()}
    subscription = subscriptions.subscribe(address, **by)
    click.echo(
        f"{subscription.name}: {subscription.preview['n']:,} entries. Its key:\n"
        f"{subscription.spaced_key}"
    )
    if key and bare(key) != subscription.key:
        subscriptions.end(subscription, **by)
        raise InvalidData([Fault("--key", "signed-by-another", {"key": subscription.key})])
    if key or click.confirm("Is this the key that its secretariat told you?"):
        subscriptions.confirm(subscription, **by)
        click.echo("Its records come within the hour; alliance network fetch brings them now.")
    else:
        subscriptions.end(subscription, **by)


@network.command("fetch")
def fetch() -> None:
    """Fetch the new entries of the networks that this one subscribes to."""
    from alliance.core import clock
    from alliance.opendata import subscriptions
    from alliance.opendata.models import Subscription, SubscriptionState

    for subscription in Subscription.objects.filter(state=SubscriptionState.ACTIVE):
        _print_subscription(subscriptions.fetch(subscription, at=clock.now()))


@network.command("list")
def list_() -> None:
    """List each network, how far its feed was read, and its errors."""
    from alliance.opendata.models import Subscription, SubscriptionState

    for subscription in Subscription.objects.exclude(state=SubscriptionState.ENDED):
        _print_subscription(subscription)


def _print_subscription(subscription: object) -> None:
    from alliance.opendata.models import RecordState, Subscription

    assert isinstance(subscription, Subscription)
    states = subscription.state_counts()
    summary = "".join(f", {states[code]:,} {code.label}" for code in RecordState if code in states)
    click.echo(
        f"{subscription.name} ({subscription.address}): {subscription.get_state_display()}{summary}"
    )
    if subscription.fault_message:
        click.echo(f"  {subscription.fault_message}")
