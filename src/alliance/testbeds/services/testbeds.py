"""Testbeds: describing, changing, closing and reopening."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.ids import by_id
from alliance.network.enums import Language, Topic
from alliance.network.models import City, Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds import testbed_rules as rules
from alliance.testbeds.enums import BookingState, PermitState, TestbedKind, TestbedState
from alliance.testbeds.models import Testbed, TestbedData, TestbedPermit
from alliance.testbeds.row_checks import address_faults, most_faults, range_faults
from alliance.testbeds.slots import Period, Span, first_full

_note = audit.noting("testbed", city="city.public_id")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE, LONGEST_NAME = 160, 5_000, 300, 160
LONGEST_WORDS, LONGEST_SHORT = 2_000, 80
MOST_ROWS, MOST_CAPACITY, MOST_DAYS = 20, 200, 3_650


@dataclass(frozen=True)
class PermitData:
    """A permit as entered. `days` is None if the processing time is unknown."""

    name: str
    granted_by: str = ""
    state: str = PermitState.UNKNOWN.value
    days: int | None = None


@dataclass(frozen=True)
class DatasetData:
    """Data measured in a testbed, as entered."""

    what: str
    how_often: str = ""
    since: dt.date | None = None
    url: str = ""
    licence: str = ""


@dataclass(frozen=True)
class TestbedWords:
    """The fields of a testbed that a team enters; None or empty if not recorded.
    `owner_organisation` is a public id.
    """

    title: str
    text: str
    language: str
    kind: str
    place: str
    owner: str = ""
    owner_organisation: str = ""
    topic: str = ""
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
    capacity_words: str = ""
    conditions: str = ""
    cost: str = ""
    permits: tuple[PermitData, ...] = ()
    data: tuple[DatasetData, ...] = ()


def _faults(words: TestbedWords, owner: Organisation | None) -> list[Fault]:
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    faults += choice_faults("topic", words.topic, Topic.values) if words.topic else []
    faults += choice_faults("kind", words.kind, TestbedKind.values)
    faults += text_faults("place", words.place, required=True, longest=LONGEST_PLACE)
    faults += _place_faults(words.latitude, words.longitude)
    faults += text_faults("owner", words.owner, longest=LONGEST_NAME)
    if words.owner_organisation and owner is None:
        faults.append(Fault("owner_organisation", "not-an-organisation"))
    elif not words.owner.strip() and owner is None:
        faults.append(Fault("owner", "no-owner"))
    faults += range_faults("capacity", words.capacity, 1, MOST_CAPACITY)
    for name in ("capacity_words", "conditions", "cost"):
        faults += text_faults(name, getattr(words, name), longest=LONGEST_WORDS)
    return faults + _permit_faults(words.permits) + _data_faults(words.data)


def _place_faults(latitude: float | None, longitude: float | None) -> list[Fault]:
    faults = range_faults("latitude", latitude, -90, 90)
    faults += range_faults("longitude", longitude, -180, 180)
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        faults.append(Fault(missing, "half-position"))
    return faults


def _permit_faults(rows: Sequence[PermitData]) -> list[Fault]:
    faults = most_faults("permits", rows, MOST_ROWS)
    for place, row in enumerate(rows):
        where = f"permits[{place}]"
        faults += text_faults(f"{where}.name", row.name, required=True, longest=LONGEST_NAME)
        faults += text_faults(f"{where}.granted_by", row.granted_by, longest=LONGEST_NAME)
        faults += choice_faults(f"{where}.state", row.state, PermitState.values)
        faults += range_faults(f"{where}.days", row.days, 0, MOST_DAYS)
    return faults


def _data_faults(rows: Sequence[DatasetData]) -> list[Fault]:
    faults = most_faults("data", rows, MOST_ROWS)
    for place, row in enumerate(rows):
        where = f"data[{place}]"
        faults += text_faults(f"{where}.what", row.what, required=True, longest=LONGEST_NAME)
        faults += text_faults(f"{where}.how_often", row.how_often, longest=LONGEST_SHORT)
        faults += address_faults(f"{where}.url", row.url)
        faults += text_faults(f"{where}.licence", row.licence, longest=LONGEST_SHORT)
    return faults


def describe_testbed(
    organisation: Organisation, words: TestbedWords, *, actor: audit.Actor, at: dt.datetime
) -> Testbed:
    """Creates a testbed in the city of a team. The same content again returns the existing testbed.

    Raises InvalidData, NotAllowed.
    """
    if not rules.may_edit_for(actor, organisation):
        raise NotAllowed(
            _("To add a testbed, you need to be an editor of a city’s municipality or university.")
        )
    owner = by_id(Organisation.objects.all(), words.owner_organisation)
    faults = _faults(words, owner)
    refuse(faults)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        same = Testbed.objects.filter(
            organisation=organisation, title=words.title.strip(), text=words.text.strip()
        ).first()
        if same is not None:
            return same
        testbed = Testbed(
            organisation=organisation,
            city=City.objects.get(organisations=organisation),
            stated_by=actor.user,
            stated_at=at,
        )
        return _save(testbed, words, owner, actor=actor, at=at)


def change_testbed(
    testbed: Testbed, words: TestbedWords, *, actor: audit.Actor, at: dt.datetime
) -> Testbed:
    """Replaces the description of a testbed. Its capacity must cover the accepted bookings.

    Raises InvalidData, NotAllowed.
    """
    owner = by_id(Organisation.objects.all(), words.owner_organisation)
    with transaction.atomic():
        current = locked(testbed)
        if not rules.may_change(actor, current):
            raise _not_its_team()
        faults = _faults(words, owner)
        if words.capacity is not None and not faults:
            faults += _overbooked(current, words.capacity, at.date())
        refuse(faults)
        return _save(current, words, owner, actor=actor, at=at)


def _not_its_team() -> NotAllowed:
    return NotAllowed(
        _(
            "To change this testbed, you need to be an editor of its team or "
            "work at the secretariat."
        )
    )


def _overbooked(testbed: Testbed, capacity: int, today: dt.date) -> list[Fault]:
    spans = accepted_spans(testbed, Span(today, dt.date.max - dt.timedelta(days=1)))
    if not spans:
        return []
    full = first_full(spans, Span(today, max(span.last for span in spans)), capacity + 1)
    if full is None:
        return []
    return [Fault("capacity", "overbooked", {**days_of(full), "n": full.taken})]


def days_of(period: Period) -> dict[str, dt.date]:
    """The first and last day of a period, as parameters of a fault."""
    return {"first": period.first, "last": period.last}


def accepted_spans(testbed: Testbed, window: Span, *, but: int | None = None) -> list[Span]:
    """The accepted bookings that overlap `window`, except the booking with the key `but`."""
    rows = testbed.bookings.filter(
        state=BookingState.ACCEPTED, ends_on__gte=window.first, starts_on__lte=window.last
    )
    if but is not None:
        rows = rows.exclude(pk=but)
    return [Span(*days) for days in rows.values_list("starts_on", "ends_on")]


def locked(testbed: Testbed) -> Testbed:
    """The testbed, locked until the transaction ends so that its slots are assigned one at a
    time."""
    rows = Testbed.objects.select_for_update(of=("self",)).select_related("organisation", "city")
    return rows.get(pk=testbed.pk)


_PLAIN = ("language", "topic", "kind", "latitude", "longitude", "capacity")
_TEXTS = ("title", "text", "place", "owner", "capacity_words", "conditions", "cost")


def _save(
    testbed: Testbed,
    words: TestbedWords,
    owner: Organisation | None,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Testbed:
    """Saves the data with an entry in the audit trail; unchanged data change nothing."""
    verb = "update" if testbed.pk else "create"
    values: dict[str, Any] = {name: getattr(words, name) for name in _PLAIN}
    values |= {name: getattr(words, name).strip() for name in _TEXTS}
    values["owner_organisation"] = owner
    changed = sorted(name for name, value in values.items() if getattr(testbed, name) != value)
    for name, value in values.items():
        setattr(testbed, name, value)
    rows = _rows(words)
    if verb == "update":
        changed += [name for name, new in rows.items() if _rows_of(testbed, name) != new]
        if not changed:
            return testbed
    testbed.changed_at = at
    testbed.full_clean(validate_constraints=False)
    testbed.save()
    models: dict[str, type[Any]] = {"permits": TestbedPermit, "data": TestbedData}
    for name, model in models.items():
        if verb == "create" or name in changed:
            model.objects.filter(testbed=testbed).delete()
            model.objects.bulk_create(
                model(testbed=testbed, number=number, **row)
                for number, row in enumerate(rows[name], start=1)
            )
    _note(testbed, verb, actor=actor, at=at, **({"changed": changed} if verb == "update" else {}))
    return testbed


def _rows(words: TestbedWords) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            {
                key: value.strip() if isinstance(value, str) else value
                for key, value in vars(row).items()
            }
            for row in getattr(words, name)
        ]
        for name in ("permits", "data")
    }


def _rows_of(testbed: Testbed, name: str) -> list[dict[str, Any]]:
    rows = getattr(testbed, name).order_by("number").values()
    return [
        {k: v for k, v in row.items() if k not in {"id", "testbed_id", "number"}} for row in rows
    ]


def set_testbed_state(
    testbed: Testbed, *, state: str, reason: str, actor: audit.Actor, at: dt.datetime
) -> Testbed:
    """Closes a testbed with a reason, or reopens it. Accepted trials remain.

    Raises InvalidData naming `state` or `reason`, NotAllowed.
    """
    faults = choice_faults("state", state, TestbedState.values)
    if state == TestbedState.CLOSED:
        faults += text_faults("reason", reason, required=True, longest=LONGEST_WORDS)
    with transaction.atomic():
        current = locked(testbed)
        if not rules.may_change(actor, current):
            raise _not_its_team()
        refuse(faults)
        closed_because = reason.strip() if state == TestbedState.CLOSED else ""
        if (current.state, current.closed_because) == (state, closed_because):
            return current
        current.state, current.closed_because = state, closed_because
        current.closed_at = at if closed_because else None
        current.save(update_fields=["state", "closed_because", "closed_at"])
        _note(current, "set state", actor=actor, at=at, state=state)
    return current
