"""Writing minutes in one call: the text, decisions, action items and lessons line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.groups import rules
from alliance.groups.models import ActionItem, Decision, GroupMember, Lesson, Minutes, TopicGroup
from alliance.network.access import memberships_of
from alliance.network.models import Organisation
from alliance.network.text_checks import assign_fields, text_faults

_note = audit.noting("minutes")
LONGEST_TEXT, LONGEST_LINE = 20_000, 300
#: The maximum number of lines of each kind.
MOST_LINES = 40
#: A date further ahead than this is a typing error.
LONGEST_AHEAD = dt.timedelta(days=5 * 366)
#: The prefix of an action item's owner in forms: a person or a team, by public id.
PERSON, TEAM = "person", "team"

#: A line as entered: `text`, `id` of the line it changes or "", and for action items `who` ("person
#: ID", "team ID") and `due_on`.
Line = Mapping[str, Any]


def write(
    minutes: Minutes,
    *,
    decisions: Sequence[Line] = (),
    actions: Sequence[Line] = (),
    lessons: Sequence[Line] = (),
    actor: audit.Actor,
    at: dt.datetime,
    **fields: Any,
) -> Minutes:
    """Write the minutes of a meeting of a group or a team, or change existing ones.

    The same title on the same date is the same meeting. A line with a known `id` and no `text` is
    deleted; completed action items are not changed. Raises InvalidData naming `title`, `held_on` …
    or `actions[2].due_on`, NotAllowed.
    """
    if not rules.may_write_minutes(actor, minutes):
        raise NotAllowed(_("Only the group’s leads and the secretariat can write minutes."))
    people: dict[str, User] = {}
    lines = {"decisions": decisions, "actions": actions, "lessons": lessons}
    faults = [*_faults(fields, lines, at), *_owner_faults(actions, people)]
    typed = [fields.get("text", ""), *(line["text"] for of in lines.values() for line in of)]
    # Completed action items are not changed, whatever is entered.
    stays = minutes.pk is not None and minutes.actions.exclude(done_at=None).exists()
    if not stays and not any(text.strip() for text in typed):
        faults.append(Fault("text", "minutes-empty"))
    refuse(faults)
    with transaction.atomic():
        row, verb = minutes, "update"
        if minutes.pk is None:
            if minutes.group is not None:
                TopicGroup.objects.select_for_update(no_key=True).get(pk=minutes.group.pk)
            same = Minutes.objects.filter(
                group=minutes.group,
                organisation=minutes.organisation,
                title=fields["title"].strip(),
                held_on=fields["held_on"],
            ).first()
            row, verb = same or minutes, "update" if same else "create"
        else:
            row = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk)
        if verb == "create":
            row.written_by_id, row.written_at = actor.user.pk if actor.user else None, at
        assign_fields(row, fields)
        row.changed_at = at
        row.full_clean(validate_constraints=False)
        row.save()
        _write_lines(Decision, row, decisions)
        _write_lines(Lesson, row, lessons)
        _write_actions(row, actions, people, at)
        _note(row, verb, actor=actor, at=at, group=row.group.public_id if row.group else "")
        audit.record_all("decision", row.decisions.all(), verb, actor=actor, at=at)
    return row


def _faults(
    data: Mapping[str, Any], lines: Mapping[str, Sequence[Line]], at: dt.datetime
) -> list[Fault]:
    today, held_on = at.date(), data["held_on"]
    faults = assign_fields(Minutes(), data, longest={"text": LONGEST_TEXT})
    if held_on is not None and held_on > today:
        faults.append(Fault("held_on", "meeting-to-come"))
    for group, of in lines.items():
        if len(of) > MOST_LINES:
            faults.append(Fault(group, "too-many", {"most": MOST_LINES}))
        for place, line in enumerate(of):
            # An existing line may be emptied, which deletes it.
            where, required = f"{group}[{place}].text", not line.get("id")
            faults += text_faults(where, line["text"], required=required, longest=LONGEST_LINE)
    for place, line in enumerate(lines["actions"]):
        due = line.get("due_on")
        if not line["text"].strip():
            continue
        if due is None:
            faults.append(Fault(f"actions[{place}].due_on", "missing"))
        elif held_on is not None and due < held_on:
            faults.append(Fault(f"actions[{place}].due_on", "due-before-meeting"))
        elif due > today + LONGEST_AHEAD:
            faults.append(Fault(f"actions[{place}].due_on", "due-far-off"))
    return faults


def _owner_faults(lines: Sequence[Line], people: dict[str, User]) -> list[Fault]:
    """The faults of owners; fills `people` with people by their public id."""
    written = [(n, line) for n, line in enumerate(lines) if line["text"].strip()]
    users, faults = people_of([str(line.get("who") or "") for _n, line in written])
    people.update(users)
    return [
        Fault(f"actions[{written[int(fault.where)][0]}].who", fault.code, fault.params)
        for fault in faults
    ]


def people_of(named: Sequence[str]) -> tuple[dict[str, User], list[Fault]]:
    """The active people among owners by public id, and the faults by index of the owner."""
    of = {kind: {owner[len(kind) + 1 :] for owner in named if owner.startswith(f"{kind} ")}
          for kind in (PERSON, TEAM)}  # fmt: skip
    people = {
        user.public_id: user
        for user in User.objects.filter(public_id__in=of[PERSON], is_active=True)
    }
    teams = set(
        Organisation.objects.filter(public_id__in=of[TEAM]).values_list("public_id", flat=True)
    )
    faults = []
    for number, who in enumerate(named):
        kind, _space, public_id = who.partition(" ")
        if kind == PERSON and public_id not in people:
            faults.append(Fault(str(number), "owner-left"))
        elif kind != PERSON and not (kind == TEAM and public_id in teams):
            faults.append(Fault(str(number), "nobody-named"))
    return people, faults


def _write_lines(model: type[Decision] | type[Lesson], minutes: Minutes, lines: Any) -> None:
    """Write the lines in their order; others are deleted."""
    rows: Any = model._default_manager.filter(minutes=minutes)
    present = {row.public_id: row for row in rows}
    for number, line in enumerate((line for line in lines if line["text"].strip()), start=1):
        row = present.pop(line.get("id") or "", None) or model(minutes=minutes)
        row.number, row.text = number, line["text"].strip()
        row.full_clean(validate_constraints=False)
        row.save()
    for row in present.values():
        row.delete()


def _write_actions(
    minutes: Minutes, lines: Sequence[Line], people: Mapping[str, User], at: dt.datetime
) -> None:
    present = {action.public_id: action for action in minutes.actions.all()}
    for number, line in enumerate((line for line in lines if line["text"].strip()), start=1):
        row = present.pop(line.get("id") or "", None) or ActionItem(minutes=minutes)
        row.number = number
        if row.done_at is None:
            row.text, row.due_on = line["text"].strip(), line["due_on"]
            give_to(row, str(line["who"]), people, group=minutes.group, at=at)
            row.full_clean(validate_constraints=False)
        row.save()
    for row in present.values():
        if row.done_at is None:
            row.delete()


def give_to(
    item: ActionItem,
    who: str,
    people: Mapping[str, User],
    *,
    group: TopicGroup | None,
    at: dt.datetime,
) -> None:
    """Assign an action item to a person or a team; nothing happens if they have it already."""
    kind, _space, public_id = who.partition(" ")
    before = (item.owner_id, item.organisation_id)
    if kind == PERSON:
        person = people[public_id]
        if item.pk and item.owner_id == person.pk:
            return
        member = GroupMember.objects.filter(group=group, user=person).first() if group else None
        first = memberships_of(person, at).first()
        item.owner, item.had_owner = person, True
        item.organisation_id = first.organisation_id if first else None
        if member and member.organisation_id:
            item.organisation_id = member.organisation_id
    else:
        item.owner, item.had_owner = None, False
        item.organisation = Organisation.objects.get(public_id=public_id)
    if (item.owner_id, item.organisation_id) != before or item.given_at is None:
        item.given_at = at
