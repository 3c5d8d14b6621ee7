"""Emails about tasks: at once when one begins, again when it is nearly due; people can turn kinds
off."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.accounts.models import Grant, LetterOff, User, WaitingLetter
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.waiting import Asked, Waiting, items, labels, letters, urgency
from alliance.network.access import in_force
from alliance.network.addresses import page_address
from alliance.network.enums import TeamRole
from alliance.network.models import Membership
from alliance.network.selectors.waiting import in_language
from alliance.web import formatting

#: What has waited for longer is not announced; a worker that was down catches up on this much.
FRESH = dt.timedelta(days=2)
#: How long before the due date a reminder is sent, and how long after it at the latest.
REMIND_BEFORE, REMIND_UNTIL = dt.timedelta(days=3), dt.timedelta(days=30)
#: Nobody gets another email about the same record sooner, even if it waits again or changes.
AGAIN = dt.timedelta(days=60)
#: Actions whose apps send reminders themselves, with links that answer at once.
_REMINDED = frozenset({"case-check", "follow-up"})


@dataclass(frozen=True)
class EmailTask:
    """A task in an email."""

    title: str
    note: str
    by: str
    url: str


def send_letters(*, at: dt.datetime) -> int:
    """Email people about new and due tasks of their own, their team or their role; returns the
    number of emails.

    One email for each kind. Actions about which an app itself sends emails are left to it. Of a
    task for anybody with a role, only those are reminded who were notified. The number of queries
    is fixed; a second run sends nothing twice.
    """
    sent_letters = set(
        WaitingLetter.objects.filter(at__gt=at - AGAIN).values_list(
            "user", "kind", "record_id", "is_reminder"
        )
    )
    people = _People(at)
    wanted: dict[tuple[int, str, bool], list[Waiting]] = defaultdict(list)
    for item in items(Asked(at)):
        for is_reminder in _occasions(item, at):
            for person in people.whose_turn(item):
                asked = (person, item.kind, item.public_id, False) in sent_letters
                if asked or not (is_reminder and item.turn.role):
                    wanted[person, item.kind, is_reminder].append(item)
    users = User.objects.in_bulk({person for person, _kind, _reminder in wanted})
    n = 0
    for (person, kind, is_reminder), waiting in wanted.items():
        new = [
            item
            for item in waiting
            if (person, kind, item.public_id, is_reminder) not in sent_letters
        ]
        if new and person in users:
            _write(users[person], kind, new, is_reminder=is_reminder, at=at)
            n += 1
    WaitingLetter.objects.filter(at__lt=at - AGAIN).delete()
    return n


class _People:
    """The editors of each team, and the people with each role. Two queries."""

    def __init__(self, at: dt.datetime) -> None:
        self.teams: dict[int, set[str]] = defaultdict(set)
        self.editors: dict[str, list[int]] = defaultdict(list)
        self.with_role: dict[str, list[int]] = defaultdict(list)
        members = Membership.objects.filter(in_force(at), user__is_active=True).order_by("user_id")
        for team, user, role in members.values_list("organisation__public_id", "user", "role"):
            self.teams[user].add(team)
            if role == TeamRole.EDITOR:
                self.editors[team].append(user)
        grants = Grant.objects.filter(in_force(at), user__is_active=True).order_by("user_id")
        for role, user in grants.values_list("role", "user"):
            self.with_role[role].append(user)

    def whose_turn(self, item: Waiting) -> list[int]:
        """The people who have to act."""
        turn = item.turn
        if turn.person is not None:
            return [turn.person]
        if turn.team:
            return self.editors[turn.team]
        return [
            user
            for user in self.with_role[turn.role]
            if turn.holds(user, writes_for=(), roles={turn.role}, teams=self.teams[user])
        ]


def _occasions(item: Waiting, at: dt.datetime) -> Iterable[bool]:
    """Whether to notify (False: it is new) or remind (True: it is due)."""
    if item.kind not in letters().values() and at - FRESH <= item.since <= at:
        yield False
    elif (
        item.by is not None
        and item.kind not in _REMINDED
        and item.by - REMIND_BEFORE <= at.date() <= item.by + REMIND_UNTIL
    ):
        yield True


def _write(
    user: User, kind: str, waiting: list[Waiting], *, is_reminder: bool, at: dt.datetime
) -> None:
    language = user.language
    lines = [
        EmailTask(
            title=in_language(item.titles, language).value,
            note=in_language(item.notes, language).value,
            by=formatting.day(item.by, language=language) if item.by else "",
            url=page_address(item.route, language, *item.args),
        )
        for item in sorted(waiting, key=urgency)
    ]
    with translation.override(language):
        label = str(labels()[kind])
    with transaction.atomic():
        WaitingLetter.objects.bulk_create(
            [
                WaitingLetter(
                    user=user, kind=kind, record_id=record_id, is_reminder=is_reminder, at=at
                )
                for record_id in sorted({item.public_id for item in waiting})
            ],
            update_conflicts=True,
            unique_fields=["user", "kind", "record_id", "is_reminder"],
            update_fields=["at"],
        )
        write_letter(
            "waiting", user, act=kind, at_once=True, label=label, lines=lines,
            is_reminder=is_reminder, is_news=waiting[0].is_news,
        )  # fmt: skip


def choose_letters(user: User, off: Iterable[str], *, actor: audit.Actor, at: dt.datetime) -> None:
    """Turn emails of these kinds off, and all others on; by the person, or by a link in an email.

    Raises NotAllowed, InvalidData for an unknown kind.
    """
    if actor.user != user:
        raise NotAllowed(_("Only you can choose which emails you get."))
    wanted = set(off)
    if unknown := wanted - labels().keys():
        raise InvalidData([Fault("off", "unknown", {"value": min(unknown)})])
    with transaction.atomic():
        present = set(user.letters_off.values_list("kind", flat=True))
        if present == wanted:
            return
        user.letters_off.exclude(kind__in=wanted).delete()
        LetterOff.objects.bulk_create(
            (LetterOff(user=user, kind=kind, since=at) for kind in sorted(wanted - present)),
            ignore_conflicts=True,
        )
        audit.record("person", user, "choose emails", actor=actor, at=at, off=sorted(wanted))


def stop_letters(user: User, kind: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Turn emails of one kind off, by a link in an email; repeating it changes nothing."""
    off = set(user.letters_off.values_list("kind", flat=True))
    choose_letters(user, {*off, kind} & labels().keys(), actor=actor, at=at)
