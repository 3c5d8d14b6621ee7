"""Reading another network along: its feed is fetched, checked and taken over page by page."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound, refuse, row_of
from alliance.core.ids import one_by_id
from alliance.core.strict_json import NotJson, kept_faults
from alliance.core.strict_json import read as read_json
from alliance.core.text import canonical_json, digest
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.imports import import_cases, parsed
from alliance.knowledge.models import CaseStudy, Draft
from alliance.knowledge.services.withdrawals import restore_case, withdraw_case
from alliance.network import outside
from alliance.network.enums import Origin
from alliance.network.models import City
from alliance.network.rules import is_secretariat
from alliance.network.text_checks import text_faults
from alliance.opendata.archive.signing import signer_of
from alliance.opendata.feed import CASE, FORMAT
from alliance.opendata.models import RecordState, Subscription, SubscriptionState, UpstreamRecord

Ask = Callable[..., outside.Answer]

_note = audit.noting("subscription", address="address")
#: Licences under which what others wrote may be shown, changed and passed on here with their name.
FIT = frozenset({"CC-BY-4.0", "CC0-1.0"})
#: A page of a feed: its entries, and whatever one large record holds.
MOST_BYTES = 32_000_000
SECONDS = 20.0
#: An answer that is older was recorded and is sent again; clocks are wrong by minutes.
FRESH = dt.timedelta(hours=6)
#: The secretariat is told of a network that does not answer for so long.
SILENT_FOR = dt.timedelta(days=1)
_TITLES = 10
_OF_CASE = re.compile(r"([\w-]+)(?:: |\.)")

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,80}$")]
_Sum = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
_Code = Annotated[str, StringConstraints(max_length=40)]
_Text = Annotated[str, StringConstraints(max_length=4_000)]


class _Shape(BaseModel):
    # A later version may tell more: the digest of an entry is of all that it tells.
    model_config = ConfigDict(strict=True, extra="allow")


class _Entry(_Shape):
    number: int
    kind: Annotated[str, StringConstraints(max_length=10)]
    id: _Id
    version: int
    licence: _Code
    withdrawn: bool
    because: _Text
    sha256: _Sum
    previous: _Sum
    digest: _Sum
    content: dict[str, Any] | None

    @property
    def is_whole(self) -> bool:
        """Whether it is what its digests say."""
        body = self.model_dump(exclude={"digest", "content"})
        is_content = self.content is None or digest(self.content) == self.sha256
        return digest(body) == self.digest and is_content


class _Head(_Shape):
    number: int
    digest: _Sum


class _Page(_Shape):
    format: str
    network: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    address: str
    key: str
    at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    after: int
    head: _Head
    entries: list[_Entry]

    @property
    def moment(self) -> dt.datetime:
        """When the page was told. ValueError where there is no such moment."""
        return dt.datetime.fromisoformat(self.at)


class Silent(Exception):
    """The other network gave no page of a feed: it may do so the next time."""


def _broken(code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault("feed", code, params)])


def _page_of(address: str, after: int, ask: Ask) -> tuple[_Page, str]:
    """A page of the feed at an address, and the key that signed it. Raises Silent, InvalidData."""
    url = f"{address}/api/v1/feed?after={after}"
    try:
        answer = ask("GET", url, most_bytes=MOST_BYTES, seconds=SECONDS, follow=False)
    except (outside.Unreachable, outside.Refused) as error:
        raise Silent(str(error)) from error
    if answer.status != 200:
        raise Silent(str(answer.status))
    try:
        told = read_json(answer.body)
        refuse(kept_faults(told))
        page = _Page.model_validate(told["page"])
        signature = f"{told['signature']}\n".encode()
    except (NotJson, InvalidData, ValidationError, TypeError, KeyError, ValueError) as error:
        raise _broken("feed-unreadable") from error
    if page.format != FORMAT:
        raise _broken("feed-newer", format=page.format[:40])
    try:
        key = signer_of(canonical_json(told["page"]).encode(), signature)
    except InvalidData as error:
        raise _broken("feed-changed") from error
    return page, key


def _checked(page: _Page, key: str, subscription: Subscription, at: dt.datetime) -> _Page:
    """The page, where it goes on from what was read. Raises InvalidData."""
    if key != subscription.key or page.key != key:
        raise _broken("feed-signed-by-another", key=key)
    if page.address != subscription.address:
        raise _broken("feed-elsewhere", address=page.address)
    known = subscription.last_at or page.moment
    if page.after != subscription.last_number or page.moment < max(known, at - FRESH):
        raise _broken("feed-sent-again")
    number, previous = subscription.last_number, subscription.last_digest
    for entry in page.entries:
        if entry.number != number + 1 or entry.previous != previous:
            raise _broken("feed-gap", number=number + 1)
        if not entry.is_whole:
            raise _broken("feed-changed")
        number, previous = entry.number, entry.digest
    is_end = number == page.head.number
    if page.head.number < number or (is_end and page.head.digest != previous):
        raise _broken("feed-another-past")
    if not page.entries and not is_end:
        raise _broken("feed-gap", number=number + 1)
    return page


# -- what people do ------------------------------------------------------------------------------


def _may(actor: audit.Actor) -> None:
    if not (actor.is_system or is_secretariat(actor)):
        raise NotAllowed(_("Only the secretariat may do this."))


def get_subscription_for(actor: audit.Actor, public_id: str) -> Subscription:
    """The subscription of that id, for the secretariat. Raises NotFound, hidden or missing."""
    if not is_secretariat(actor):
        raise NotFound("subscription", public_id)
    return one_by_id(Subscription.objects.all(), "subscription", public_id)


def subscribe(
    address: str, *, actor: audit.Actor, at: dt.datetime, ask: Ask = outside.ask
) -> Subscription:
    """Ask a network for its key and for what would come; nothing comes before `confirm`.

    Raises InvalidData naming `address`, NotAllowed.
    """
    _may(actor)
    address = address.strip().rstrip("/")
    refuse(list(_address_faults(address)))
    try:
        page, key = _page_of(address, 0, ask)
    except Silent as error:
        raise InvalidData([Fault("address", "feed-silent")]) from error
    except InvalidData as error:
        raise InvalidData(
            [Fault("address", one.code, one.params) for one in error.faults]
        ) from error
    with transaction.atomic():
        found = Subscription.objects.filter(address=address).first()
        if found is not None and found.state != SubscriptionState.ENDED:
            raise InvalidData([Fault("address", "subscribed-already")])
        one = found or Subscription(address=address)
        one.name, one.key, one.state = page.network, key, SubscriptionState.NEW
        one.last_number, one.last_digest, one.last_at = 0, "", None
        one.fault = one.failing_since = None
        one.made_by, one.made_at = actor.user, at
        try:
            _checked(page, key, one, at)
        except InvalidData as error:
            faults = [Fault("address", fault.code, fault.params) for fault in error.faults]
            raise InvalidData(faults) from error
        one.save()
        one.preview = _preview(one, page, at)
        one.save(update_fields=["preview"])
        _note(one, "create", actor=actor, at=at)
    return one


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


def _preview(subscription: Subscription, page: _Page, at: dt.datetime) -> dict[str, Any]:
    """What the first page would bring: it is taken over, counted, and given back."""
    with transaction.atomic():
        _apply(subscription, page.entries, at)
        counts = Counter(subscription.records.values_list("state", flat=True))
        rows = subscription.records.exclude(state=RecordState.WITHDRAWN)
        titles = [str(row) for row in rows[:_TITLES]]
        transaction.set_rollback(True)
    return {"counts": counts, "titles": titles, "n": page.head.number}


def confirm(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Begin to fetch: somebody has compared the key."""
    _move(subscription, "confirm", {SubscriptionState.NEW}, SubscriptionState.ACTIVE, actor, at)


def pause(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Fetch nothing more for now; what came stays."""
    states = {SubscriptionState.ACTIVE, SubscriptionState.STOPPED}
    _move(subscription, "pause", states, SubscriptionState.PAUSED, actor, at)


def resume(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Fetch again, from where we were."""
    states = {SubscriptionState.PAUSED, SubscriptionState.STOPPED}
    _move(subscription, "resume", states, SubscriptionState.ACTIVE, actor, at)


def end(subscription: Subscription, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Fetch nothing more, and withdraw here what came from there."""
    states = {state for state in SubscriptionState if state != SubscriptionState.ENDED}
    with transaction.atomic():
        _move(subscription, "end", states, SubscriptionState.ENDED, actor, at)
        with translation.override(settings.LANGUAGE_CODE):
            reason = _("We no longer follow what %(network)s publishes.")
        for record in subscription.records.filter(state=RecordState.TAKEN):
            _withdraw(subscription, record, reason % {"network": subscription.name}, at)
            record.save()
        # What waits for a choice is theirs, and not ours to keep.
        waiting = (RecordState.CONFLICT, RecordState.HELD)
        subscription.records.filter(state__in=waiting).delete()


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
            raise NotAllowed(_("Somebody else has changed this since you opened it."))
        _note(subscription, verb, actor=actor, at=at)
    subscription.refresh_from_db()


def choose(
    subscription: Subscription,
    public_id: str,
    *,
    theirs: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Take their version of a record in place of ours, or keep ours until they change theirs.

    Raises InvalidData where theirs cannot be taken, NotAllowed, NotFound.
    """
    _may(actor)
    with transaction.atomic():
        record = (
            subscription.records.select_for_update()
            .filter(public_id=public_id, state=RecordState.CONFLICT)
            .first()
        )
        if record is None:
            raise NotFound("record", public_id)
        if theirs:
            _take(subscription, [record], at, over_ours=True)
            refuse([Fault(**one) for one in record.faults])
        else:
            record.wait(RecordState.OURS, None)
            record.save()
        verb = "take theirs" if theirs else "keep ours"
        _note(subscription, verb, actor=actor, at=at, record=public_id)


# -- what the worker does ------------------------------------------------------------------------


def fetch(subscription: Subscription, *, at: dt.datetime, ask: Ask = outside.ask) -> Subscription:
    """Take over what is new, page by page: each wholly or not at all.

    What is wrong is kept in `fault`. A feed that cannot be trusted stops the subscription.
    """
    while subscription.state == SubscriptionState.ACTIVE:
        try:
            page, key = _page_of(subscription.address, subscription.last_number, ask)
            _checked(page, key, subscription, at)
        except Silent:
            fault = {"where": "feed", "code": "feed-silent", "params": {}}
            since = subscription.failing_since or at
            _keep(subscription, fault=fault, failing_since=since, fetched_at=at)
            return subscription
        except InvalidData as error:
            found = error.faults[0]
            fault = {"where": "feed", "code": found.code, "params": dict(found.params)}
            stopped = SubscriptionState.STOPPED
            _keep(subscription, fault=fault, failing_since=at, fetched_at=at, state=stopped)
            _note(subscription, "stop", actor=audit.WORKER, at=at)
            return subscription
        with transaction.atomic():
            if not _go_on(subscription, page, at):
                return subscription
    return subscription


def _go_on(subscription: Subscription, page: _Page, at: dt.datetime) -> bool:
    """Take a page over in the transaction at hand; whether there is more to fetch."""
    current = Subscription.objects.select_for_update().get(pk=subscription.pk)
    is_ours = current.last_number == subscription.last_number
    if current.state != SubscriptionState.ACTIVE or not is_ours:
        # Somebody paused it, or another worker was here first.
        subscription.refresh_from_db()
        return False
    _apply(subscription, page.entries, at)
    is_end = not page.entries or page.entries[-1].number == page.head.number
    if is_end:
        # What it lacked may be here by now.
        _take(subscription, list(subscription.records.filter(state=RecordState.HELD)), at)
    last = page.entries[-1] if page.entries else None
    _keep(
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


def _keep(subscription: Subscription, **values: Any) -> None:
    for name, value in values.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(values))


def _apply(subscription: Subscription, entries: Iterable[_Entry], at: dt.datetime) -> None:
    entries = list(entries)
    ids = {entry.id for entry in entries}
    known = {row.public_id: row for row in subscription.records.filter(public_id__in=ids)}
    to_take: dict[str, UpstreamRecord] = {}
    for entry in entries:
        record = known.setdefault(
            entry.id, UpstreamRecord(subscription=subscription, public_id=entry.id, state="")
        )
        if entry.withdrawn:
            to_take.pop(entry.id, None)
            _withdraw(subscription, record, _reason(entry.because, subscription.name), at)
        elif entry.content is None or (
            record.state in {RecordState.TAKEN, RecordState.OURS} and record.sha256 == entry.sha256
        ):
            continue
        else:
            record.content = entry.content
            to_take[entry.id] = record
        record.kind, record.version = entry.kind, entry.version
        record.sha256, record.licence, record.at = entry.sha256, entry.licence, at
        record.title = _title_of(entry.content) or record.title
        if entry.withdrawn:
            record.save()
    _take(subscription, list(to_take.values()), at)


def _title_of(content: dict[str, Any] | None) -> str:
    content = content or {}
    languages = (content.get("original_language"), "en", "fr", "sv")
    titles = (content.get(f"title_{language}") for language in languages)
    return next((title[:200] for title in titles if isinstance(title, str) and title), "")


def _reason(because: str, name: str) -> str:
    """Why a case from there is withdrawn here, in the language of the installation."""
    with translation.override(settings.LANGUAGE_CODE):
        if not because or text_faults("because", because):
            return _("%(network)s withdrew it.") % {"network": name}
        return _("%(network)s withdrew it: %(reason)s") % {"network": name, "reason": because}


def _withdraw(
    subscription: Subscription, record: UpstreamRecord, reason: str, at: dt.datetime
) -> None:
    """Withdraw here what came from there; ours stays, and so does what is hidden here."""
    if record.state == RecordState.TAKEN:
        case = CaseStudy.objects.filter(
            public_id=record.public_id,
            from_address=subscription.address,
            status=CaseStatus.PUBLISHED,
        ).first()
        if case is not None:
            withdraw_case(case, reason=reason, actor=audit.WORKER, at=at)
        else:
            record.state = RecordState.HIDDEN
    if record.state != RecordState.HIDDEN:
        record.state = RecordState.WITHDRAWN
    record.content, record.faults = None, []


def _take(
    subscription: Subscription,
    records: list[UpstreamRecord],
    at: dt.datetime,
    *,
    over_ours: bool = False,
) -> None:
    """Take records over where nothing is in the way, and say of each what became of it."""
    here = {
        case.public_id: case
        for case in CaseStudy.objects.filter(
            public_id__in=[one.public_id for one in records]
        ).annotate(has_drafts=Exists(Draft.objects.filter(case=OuterRef("pk"))))
    }
    open_ones = []
    for record in records:
        case = here.get(record.public_id)
        if faults := list(_unfit(record)):
            record.wait(RecordState.HELD, record.content, faults)
        elif case is None or over_ours:
            open_ones.append(record)
        elif case.from_address == subscription.address:
            if case.status == CaseStatus.PUBLISHED:
                open_ones.append(record)
            elif record.state == RecordState.WITHDRAWN:
                restore_case(case, actor=audit.WORKER, at=at)
                open_ones.append(record)
            else:
                record.wait(RecordState.HIDDEN, None)
        elif case.from_address or case.edited_at or case.owner_id or case.has_drafts:
            record.wait(RecordState.CONFLICT, record.content)
        else:
            # Starter content, or what was imported from there, which nobody here has changed.
            open_ones.append(record)
    _write(subscription, open_ones, at)
    for record in records:
        record.save()


def _unfit(record: UpstreamRecord) -> Iterable[Fault]:
    content = record.content if isinstance(record.content, dict) else {}
    if record.kind != CASE:
        yield Fault(record.public_id, "unknown-kind", {"kind": record.kind})
    elif content.get("id") != record.public_id:
        yield Fault(record.public_id, "feed-changed")
    elif record.licence not in FIT:
        licence = record.licence or _("none")
        yield Fault(record.public_id, "unfit-licence", {"licence": licence})


def _write(subscription: Subscription, records: list[UpstreamRecord], at: dt.datetime) -> None:
    """Import records, all of them but those that break a rule here."""
    contents: list[dict[str, Any]] = [one.content or {} for one in records]
    named = {one.get("city") for one in contents}
    cities = set(
        City.objects.filter(public_id__in=named - {None}).values_list("public_id", flat=True)
    )
    origins = {one.get("adapted_from") for one in contents} - {None}
    known = {one.public_id for one in records}
    known |= set(
        CaseStudy.objects.filter(public_id__in=origins).values_list("public_id", flat=True)
    )
    rows = [
        one
        | {"city": one.get("city") if one.get("city") in cities else None}
        | {"adapted_from": one.get("adapted_from") if one.get("adapted_from") in known else None}
        for one in contents
    ]
    cases, found = parsed(rows)
    faults: dict[str, list[Fault]] = {}
    for fault in found:
        place = row_of(".".join(fault.where.split(".")[:1]))
        faults.setdefault(records[place[1]].public_id if place else "", []).append(fault)
    while True:
        taken = [
            (public_id, document, Origin.NETWORK)
            for public_id, document, _origin in cases
            if public_id not in faults
        ]
        try:
            import_cases(taken, actor=audit.WORKER, at=at)
            break
        except InvalidData as error:
            before = len(faults)
            for fault in error.faults:
                match = _OF_CASE.match(fault.where)
                faults.setdefault(match[1] if match else "", []).append(fault)
            if len(faults) == before:
                raise
    for record in records:
        if record.public_id in faults:
            record.wait(RecordState.HELD, record.content, faults[record.public_id])
            continue
        record.wait(RecordState.TAKEN, None)
        # Beside what a case says: where it comes from, and under which licence.
        CaseStudy.objects.filter(public_id=record.public_id).update(
            from_network=subscription.name,
            from_address=subscription.address,
            from_version=record.version,
            licence=record.licence,
            edited_at=None,
        )
