"""Subscriptions to other networks: the decisions of editors, and the fetching by the worker."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.cases.enums import NetworkWithdrawal
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound, refuse
from alliance.core.ids import get_by_public_id
from alliance.network import outside
from alliance.network.rules import is_secretariat
from alliance.opendata.models import RecordState, Subscription, SubscriptionState
from alliance.opendata.upstream_feed import Ask, Page, Silent, checked, page_of
from alliance.opendata.upstream_records import apply, let_go, take, withdraw

_note = audit.noting("subscription", address="address")
#: The secretariat is notified if a network does not answer for this long.
SILENT_FOR = dt.timedelta(days=1)
_TITLES = 10


def _may(actor: audit.Actor) -> None:
    if not (actor.is_system or is_secretariat(actor)):
        raise NotAllowed(_("Only the secretariat can do this."))


def get_subscription_for(actor: audit.Actor, public_id: str) -> Subscription:
    """The subscription of that id, for the secretariat. Raises NotFound if it is hidden or
    missing."""
    if not is_secretariat(actor):
        raise NotFound("subscription", public_id)
    return get_by_public_id(Subscription.objects.all(), "subscription", public_id)


def subscribe(
    address: str, *, actor: audit.Actor, at: dt.datetime, ask: Ask = outside.ask
) -> Subscription:
    """Fetch the key of a network and a preview; nothing is imported before `confirm`, and until
    then the preview can be repeated.

    Raises InvalidData naming `address`, NotAllowed.
    """
    _may(actor)
    address = address.strip().rstrip("/")
    refuse(list(_address_faults(address)))
    try:
        page, key = page_of(address, 0, ask)
    except Silent as error:
        raise InvalidData([Fault("address", "feed-silent")]) from error
    except InvalidData as error:
        raise InvalidData(
            [Fault("address", fault.code, fault.params) for fault in error.faults]
        ) from error
    with transaction.atomic():
        existing = Subscription.objects.filter(address=address).first()
        open_states = {SubscriptionState.NEW, SubscriptionState.ENDED}
        if existing is not None and existing.state not in open_states:
            raise InvalidData([Fault("address", "subscribed-already")])
        subscription = existing or Subscription(address=address)
        subscription.name, subscription.key, subscription.state = (
            page.network,
            key,
            SubscriptionState.NEW,
        )
        subscription.last_number, subscription.last_digest, subscription.last_at = 0, "", None
        subscription.fault = subscription.failing_since = None
        subscription.made_by, subscription.made_at = actor.user, at
        try:
            checked(page, key, subscription, at)
        except InvalidData as error:
            faults = [Fault("address", fault.code, fault.params) for fault in error.faults]
            raise InvalidData(faults) from error
        subscription.save()
        subscription.preview = _preview(subscription, page, at)
        subscription.save(update_fields=["preview"])
        _note(subscription, "create", actor=actor, at=at)
    return subscription


def _address_faults(address: str) -> Iterable[Fault]:
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        yield Fault("address", "not-network-address")
    elif len(address) > 300:
        yield Fault("address", "long-address", {"most": 300})
    elif address == settings.BASE_URL:
        yield Fault("address", "own-address")


def _preview(subscription: Subscription, page: Page, at: dt.datetime) -> dict[str, Any]:
    """The number of records on the first page, imported in a transaction that is rolled back."""
    with transaction.atomic():
        apply(subscription, page.entries, at)
        counts = Counter(subscription.records.values_list("state", flat=True))
        rows = subscription.records.exclude(state=RecordState.WITHDRAWN)
        titles = [str(row) for row in rows[:_TITLES]]
        transaction.set_rollback(True)
    return {"counts": counts, "titles": titles, "n": page.head.number}


def confirm(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Begin to fetch, after a person has compared the key."""
    _move(subscription, "confirm", {SubscriptionState.NEW}, SubscriptionState.ACTIVE, actor, at)


def pause(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Stop fetching for now; imported records stay."""
    states = {SubscriptionState.ACTIVE, SubscriptionState.STOPPED}
    _move(subscription, "pause", states, SubscriptionState.PAUSED, actor, at)


def resume(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Continue to fetch from the last entry."""
    states = {SubscriptionState.PAUSED, SubscriptionState.STOPPED}
    _move(subscription, "resume", states, SubscriptionState.ACTIVE, actor, at)


def end(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """End the subscription and withdraw the records imported from it."""
    states = {state for state in SubscriptionState if state != SubscriptionState.ENDED}
    with transaction.atomic():
        _move(subscription, "end", states, SubscriptionState.ENDED, actor, at)
        for record in subscription.records.filter(state=RecordState.TAKEN):
            withdraw(record, NetworkWithdrawal.UNFOLLOWED.value, at)
            record.save()
        # Records that wait for a decision belong to the other network, so they are not kept.
        waiting = (RecordState.CONFLICT, RecordState.HELD)
        subscription.records.filter(state__in=waiting).delete()
        let_go(subscription, at)


def _move(
    subscription: Subscription,
    verb: str,
    states: Iterable[SubscriptionState],
    to: SubscriptionState,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    _may(actor)
    with transaction.atomic():
        if not Subscription.objects.filter(pk=subscription.pk, state__in=list(states)).update(
            state=to, fault=None, failing_since=None
        ):
            raise NotAllowed(
                _(
                    "Someone else has changed this since you opened the page. "
                    "Reload it and try again."
                )
            )
        _note(subscription, verb, actor=actor, at=at)
    subscription.refresh_from_db()


def choose(
    subscription: Subscription,
    public_id: str,
    *,
    kind: str,
    theirs: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Replace our version of a record by theirs, or keep ours until they change theirs.

    Raises InvalidData if theirs cannot be imported, NotAllowed, NotFound.
    """
    _may(actor)
    with transaction.atomic():
        record = (
            subscription.records.select_for_update()
            .filter(kind=kind, public_id=public_id, state=RecordState.CONFLICT)
            .first()
        )
        if record is None:
            raise NotFound("record", public_id)
        if theirs:
            take([record], at, over_ours=True)
            refuse([Fault(**fault) for fault in record.faults])
        else:
            record.wait(RecordState.OURS, None)
            record.save()
        verb = "take theirs" if theirs else "keep ours"
        _note(subscription, verb, actor=actor, at=at, record=public_id)


def fetch(subscription: Subscription, *, at: dt.datetime, ask: Ask = outside.ask) -> Subscription:
    """Import new entries page by page; each page is imported completely or not at all.

    The error is stored in `fault`. A feed that cannot be trusted stops the subscription.
    """
    while subscription.state == SubscriptionState.ACTIVE:
        try:
            page, key = page_of(subscription.address, subscription.last_number, ask)
            checked(page, key, subscription, at)
        except Silent:
            fault = {"where": "feed", "code": "feed-silent", "params": {}}
            since = subscription.failing_since or at
            _save_fields(subscription, fault=fault, failing_since=since, fetched_at=at)
            return subscription
        except InvalidData as error:
            first_fault = error.faults[0]
            fault = {"where": "feed", "code": first_fault.code, "params": dict(first_fault.params)}
            stopped = SubscriptionState.STOPPED
            _save_fields(subscription, fault=fault, failing_since=at, fetched_at=at, state=stopped)
            _note(subscription, "stop", actor=audit.WORKER, at=at)
            return subscription
        with transaction.atomic():
            if not _go_on(subscription, page, at):
                return subscription
    return subscription


def _go_on(subscription: Subscription, page: Page, at: dt.datetime) -> bool:
    """Import a page in the current transaction; returns whether there is more to fetch."""
    current = Subscription.objects.select_for_update().get(pk=subscription.pk)
    is_ours = current.last_number == subscription.last_number
    if current.state != SubscriptionState.ACTIVE or not is_ours:
        # The subscription was paused, or another worker fetched it first.
        subscription.refresh_from_db()
        return False
    apply(subscription, page.entries, at)
    is_end = not page.entries or page.entries[-1].number == page.head.number
    if is_end:
        # The records that it needs may have arrived.
        take(list(subscription.records.filter(state=RecordState.HELD)), at)
    last = page.entries[-1] if page.entries else None
    _save_fields(
        subscription,
        name=page.network,
        last_number=last.number if last else subscription.last_number,
        last_digest=last.digest if last else subscription.last_digest,
        last_at=page.moment,
        fetched_at=at,
        fault=None,
        failing_since=None,
    )
    return not is_end


def _save_fields(subscription: Subscription, **values: Any) -> None:
    for name, value in values.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(values))
