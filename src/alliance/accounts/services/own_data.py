"""A person's own data: export to one file, deletion, and a report of what is left.

Each app with data about people has a module `own_data` with two functions:

    own_data(user) -> dict[str, Any]      its data about the person, as JSON values forget(user, *,
    at) -> None           delete them, or unlink them from the person

The highest apps come first, so that what refers to an account is deleted before the account. The
report of what is left does not use the apps: it searches every table and the mail folder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, StrIndex

from alliance.accounts.enums import NetworkRole
from alliance.accounts.letters import write_letter
from alliance.accounts.models import Grant, User
from alliance.accounts.selectors import in_force
from alliance.core import audit, rooms
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent

#: Replaces the name of a person who left.
FORMER_MEMBER = "a former member"


def _rooms() -> Iterator[ModuleType]:
    """The modules `own_data` of all apps, the highest layer first."""
    return reversed(rooms.modules("own_data"))


def collect(user: User) -> dict[str, Any]:
    """All data of the platform about a person, by app."""
    data: dict[str, Any] = {}
    for room in _rooms():
        data |= room.own_data(user)
    return data


@dataclass(frozen=True)
class Leftover:
    """A place that still names a person: a column of a table, or a folder."""

    where: str
    what: str
    count: int


@dataclass(frozen=True)
class Traces:
    """What identifies a person."""

    key: int
    public_id: str
    email: str
    name: str


def erase(user: User, *, actor: audit.Actor, at: dt.datetime) -> tuple[Leftover, ...]:
    """Delete a person's account and data; returns what is left, by table and column.

    Cases and drafts stay with their team, whose work they are, without the person's name. Raises
    NotAllowed for the last person of the secretariat: nobody could admit others any more.
    """
    traces = traces_of(user)
    by_herself = actor.user is not None and actor.user.pk == user.pk
    secretariat = Grant.objects.filter(
        in_force(at), role=NetworkRole.SECRETARIAT, user__is_active=True
    )
    with transaction.atomic():
        mine = secretariat.filter(user=user).exists()
        if mine and not secretariat.exclude(user=user).exists():
            raise NotAllowed("the last member of the secretariat hands the role on first")
        for room in _rooms():
            room.forget(user, at=at)
        user.delete()
        audit.record(
            "person", "", "erase", actor=audit.Actor(FORMER_MEMBER) if by_herself else actor, at=at
        )
    return leftovers(traces)


def traces_of(user: User) -> Traces:
    """What identifies `user`, for a search after the account is deleted."""
    return Traces(user.pk, user.public_id, user.email, user.name)


def leftovers(traces: Traces) -> tuple[Leftover, ...]:
    """Every place that still names a person: all columns of all tables, and emails in files.

    A single-word name is not searched for in texts: it is too common to be significant.
    """
    needles = {"e-mail address": traces.email, "id": traces.public_id}
    if " " in traces.name.strip():
        needles["name"] = traces.name
    result = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or not model._default_manager.exists():
            continue
        for field in model._meta.concrete_fields:
            result += _in_column(model, field, traces, needles)
    return tuple(result + _in_letters(traces.email))


def _in_column(
    model: type[models.Model],
    field: models.Field[Any, Any],
    traces: Traces,
    needles: dict[str, str],
) -> list[Leftover]:
    where = f"{model._meta.label}.{field.name}"
    rows = model._default_manager
    if field.is_relation and field.related_model is User:
        count = rows.filter(**{field.attname: traces.key}).count() if traces.key else 0
        return [Leftover(where, "account", count)] if count else []
    if not isinstance(field, models.CharField | models.TextField | models.JSONField):
        return []
    result = []
    for what, needle in needles.items():
        if not needle:
            continue
        # As text, whatever the type of the column, so that JSON is searched too.
        holds = StrIndex(Cast(field.name, TextField()), Value(needle))
        count = rows.annotate(_at=holds).filter(_at__gt=0).count()
        if count:
            result.append(Leftover(where, what, count))
    return result


def _in_letters(email: str) -> list[Leftover]:
    count = sum(1 for path in _letters() if email.encode() in path.read_bytes())
    return [Leftover("mail", "e-mail address", count)] if count else []


def _letters() -> Iterator[Path]:
    folder = Path(settings.EMAIL_FILE_PATH)
    return (path for path in folder.glob("*") if path.is_file())


def forget_letters(email: str) -> int:
    """Delete the emails in the mail folder that name an address; returns their number."""
    count = 0
    for path in list(_letters()):
        if email.encode() in path.read_bytes():
            path.unlink(missing_ok=True)
            count += 1
    return count


IDLE_AFTER = dt.timedelta(days=3 * 365)
#: The time between the warning and the deletion, in which signing in once is enough to stay.
NOTICE = dt.timedelta(days=30)
_WARNED = "warn of deletion"


def forget_idle_accounts(*, at: dt.datetime) -> tuple[int, int]:
    """Warn people who have not signed in for three years less a month, and delete after three.

    Nobody is deleted without an email `NOTICE` before. Returns how many were warned and deleted.
    """
    seen = Coalesce(F("last_login"), F("joined_at"))
    idle = User.objects.annotate(seen=seen).filter(seen__lt=at - IDLE_AFTER + NOTICE)
    warned = deleted = 0
    for user in idle.order_by("pk"):
        warning = (
            AuditEvent.objects.filter(
                kind="person",
                public_id=user.public_id,
                verb=_WARNED,
                # Only the day of signing in is known.
                at__gte=user.seen + dt.timedelta(days=1),
            )
            .order_by("-id")
            .first()
        )
        if warning is None:
            write_letter("idle", user, ends_on=(at + NOTICE).date())
            audit.record("person", user, _WARNED, actor=audit.WORKER, at=at)
            warned += 1
        elif at - warning.at >= NOTICE:
            try:
                erase(user, actor=audit.WORKER, at=at)
            except NotAllowed:
                # The last member of the secretariat: the network must not be left without one.
                continue
            deleted += 1
    return warned, deleted
