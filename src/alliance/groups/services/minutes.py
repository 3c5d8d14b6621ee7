"""Writing minutes in one act: what was said, decisions, action items and lessons line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.groups import rules
from alliance.groups.models import ActionItem, Decision, GroupMember, Lesson, Minutes, TopicGroup
from alliance.network.access import memberships_of
from alliance.network.enums import Language
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults

_note = audit.noting("minutes")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINE = 160, 20_000, 300
#: Of each kind of lines a meeting has so many at most.
MOST_LINES = 40
#: A day further off than this was typed wrong.
LONGEST_AHEAD = dt.timedelta(days=5 * 366)
#: How the owner of an action item is named in forms: a person or a team, by public id.
PERSON, TEAM = "person", "team"

#: One line as it was typed: `text`, `id` of the line it changes or "", and of action items `who`
#: ("person ID", "team ID") and `due_on`.
Line = Mapping[str, Any]


@dataclass(frozen=True)
class MinutesWords:
    """What is written of a meeting. A line without `text` whose `id` is known is taken away."""

    title: str
    held_on: dt.date | None
    language: str
    text: str = ""
    is_public: bool = False
    decisions: Sequence[Line] = ()
    actions: Sequence[Line] = ()
    lessons: Sequence[Line] = ()


def write(
    words: MinutesWords,
    *,
    minutes: Minutes | None = None,
    group: TopicGroup | None = None,
    organisation: Organisation | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Minutes:
    """Write the minutes of a meeting of a group or of a team, or change those that are there.

    The same title on the same day is the same meeting. Action items that are done stay as they are.
    Raises InvalidData naming `title`, `held_on` … or `actions[2].due_on`, NotAllowed.
    """
    given = minutes or Minutes(group=group, organisation=organisation)
    if not rules.may_write_minutes(actor, given):
        raise NotAllowed(_("Minutes are written by those who lead the group, and the secretariat."))
    people: dict[str, User] = {}
    refuse([*_faults(words, at), *_owner_faults(words.actions, people)])
    assert words.held_on is not None, "its fault was found"
    with transaction.atomic():
        if minutes is None:
            if group is not None:
                TopicGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
            same = Minutes.objects.filter(
                group=group,
                organisation=organisation,
                title=words.title.strip(),
                held_on=words.held_on,
            ).first()
            given = same or given
        else:
            given = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk)
        verb = "update" if given.pk else "create"
        if not given.pk:
            given.written_by_id, given.written_at = actor.user.pk if actor.user else None, at
        given.title, given.held_on = words.title.strip(), words.held_on
        given.text, given.language = words.text.strip(), words.language
        given.is_public, given.changed_at = words.is_public, at
        given.full_clean(validate_constraints=False)
        given.save()
        _write_lines(Decision, given, words.decisions)
        _write_lines(Lesson, given, words.lessons)
        _write_actions(given, words.actions, people, at)
        _note(given, verb, actor=actor, at=at, group=given.group.public_id if given.group else "")
        audit.record_all("decision", given.decisions.all(), verb, actor=actor, at=at)
    return given


def _faults(words: MinutesWords, at: dt.datetime) -> list[Fault]:
    today = at.date()
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    if words.held_on is None:
        faults.append(Fault("held_on", "missing"))
    elif words.held_on > today:
        faults.append(Fault("held_on", "meeting-to-come"))
    for group in ("decisions", "actions", "lessons"):
        lines: Sequence[Line] = getattr(words, group)
        if len(lines) > MOST_LINES:
            faults.append(Fault(group, "too-many", {"most": MOST_LINES}))
        for place, line in enumerate(lines):
            # What is there already may be emptied, and goes.
            faults += text_faults(
                f"{group}[{place}].text",
                line["text"],
                required=not line.get("id"),
                longest=LONGEST_LINE,
            )
    for place, line in enumerate(words.actions):
        due = line.get("due_on")
        if not line["text"].strip():
            continue
        if due is None:
            faults.append(Fault(f"actions[{place}].due_on", "missing"))
        elif words.held_on is not None and due < words.held_on:
            faults.append(Fault(f"actions[{place}].due_on", "due-before-meeting"))
        elif due > today + LONGEST_AHEAD:
            faults.append(Fault(f"actions[{place}].due_on", "due-far-off"))
    return faults


def _owner_faults(lines: Sequence[Line], people: dict[str, User]) -> list[Fault]:
    """What is wrong with the owners; fills `people` with persons by their public id."""
    written = [(n, line) for n, line in enumerate(lines) if line["text"].strip()]
    found, faults = people_of([str(line.get("who") or "") for _n, line in written])
    people.update(found)
    return [
        Fault(f"actions[{written[int(one.where)][0]}].who", one.code, one.params) for one in faults
    ]


def people_of(named: Sequence[str]) -> tuple[dict[str, User], list[Fault]]:
    """The active persons among owners by public id, and what is wrong with each, by its number."""
    of = {kind: {one[len(kind) + 1 :] for one in named if one.startswith(f"{kind} ")}
          for kind in (PERSON, TEAM)}  # fmt: skip
    people = {
        one.public_id: one for one in User.objects.filter(public_id__in=of[PERSON], is_active=True)
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
    """Write the lines in their order; those that are not among them go."""
    rows: Any = model._default_manager.filter(minutes=minutes)
    present = {one.public_id: one for one in rows}
    for number, line in enumerate((one for one in lines if one["text"].strip()), start=1):
        row = present.pop(line.get("id") or "", None) or model(minutes=minutes)
        row.number, row.text = number, line["text"].strip()
        row.full_clean(validate_constraints=False)
        row.save()
    for row in present.values():
        row.delete()


def _write_actions(
    minutes: Minutes, lines: Sequence[Line], people: Mapping[str, User], at: dt.datetime
) -> None:
    present = {one.public_id: one for one in minutes.actions.all()}
    for number, line in enumerate((one for one in lines if one["text"].strip()), start=1):
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
    """Make it the turn of a person or a team; nothing happens where it is hers already."""
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
