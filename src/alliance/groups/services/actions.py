"""Action items: completing one, with its result, and reassigning one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.groups import rules
from alliance.groups.models import ActionItem
from alliance.groups.services.minutes import LONGEST_AHEAD, give_to, people_of
from alliance.network.text_checks import text_faults

_note = audit.noting("action item")
LONGEST_RESULT = 2_000


def settle(item: ActionItem, *, result: str, actor: audit.Actor, at: dt.datetime) -> ActionItem:
    """Mark an action item as done, with its result. Repeating it changes only the result.

    Raises InvalidData naming `result`, NotAllowed.
    """
    _must(actor, item)
    refuse(text_faults("result", result, required=True, longest=LONGEST_RESULT))
    with transaction.atomic():
        current = _locked(item)
        if current.done_at is None:
            current.done_at = at
            current.done_by_id = actor.user.pk if actor.user else None
        current.result = result.strip()
        current.save(update_fields=["done_at", "done_by", "result"])
        _note(current, "done", actor=actor, at=at)
    return current


def hand_over(
    item: ActionItem, *, who: str, due_on: dt.date | None, actor: audit.Actor, at: dt.datetime
) -> ActionItem:
    """Reassign an action item to another person or team, optionally with another due date. They get
    an email.

    Raises InvalidData naming `who` or `due_on`, NotAllowed.
    """
    _must(actor, item)
    people, faults = people_of([who])
    faults = [Fault("who", fault.code) for fault in faults]
    if item.done_at is not None:
        faults.append(Fault("who", "done-already"))
    if due_on is None:
        faults.append(Fault("due_on", "missing"))
    elif due_on != item.due_on and due_on < at.date():
        faults.append(Fault("due_on", "day-over"))
    elif due_on > at.date() + LONGEST_AHEAD:
        faults.append(Fault("due_on", "due-far-off"))
    refuse(faults)
    with transaction.atomic():
        current = _locked(item)
        assert due_on is not None, "its fault was found"
        current.due_on = due_on
        give_to(current, who, people, group=item.minutes.group, at=at)
        current.full_clean(validate_constraints=False)
        current.save()
        _note(current, "hand over", actor=actor, at=at)
    return current


def _locked(item: ActionItem) -> ActionItem:
    return ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)


def _must(actor: audit.Actor, item: ActionItem) -> None:
    if not rules.may_settle(actor, item):
        raise NotAllowed(_("Only the owner of an action item and the group’s leads can do this."))
