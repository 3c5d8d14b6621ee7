"""Topic groups: starting, changing and ending them, joining, leads, deliverables, documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alliance.adoption.services.links import address_faults
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files import ContentStore
from alliance.groups import rules
from alliance.groups.enums import DeliverableKind, GroupRole
from alliance.groups.models import (
    Deliverable,
    DeliverableText,
    GroupDocument,
    GroupMember,
    TopicGroup,
)
from alliance.network.models import Organisation
from alliance.network.text_checks import assign_fields
from alliance.writing.file_checks import check_file, store_file

_note = audit.noting("topic-group")
_note_part = audit.noting("topic-group", about="group.public_id")
LONGEST_MANDATE, LONGEST_TEXT = 4_000, 20_000
FILES = ContentStore("groups")


def write(group: TopicGroup, *, actor: audit.Actor, at: dt.datetime, **fields: Any) -> TopicGroup:
    """Start a group for one of the four topics or a new one, or change its `topic`, `title`,
    `mandate` and `language`. Starting the same title again returns the existing group.

    Raises InvalidData, NotAllowed.
    """
    if group.pk:
        _must_run(actor, group)
    elif not (rules.may_start(actor) or actor.is_system):
        raise NotAllowed(_("Only the secretariat can start topic groups."))
    topic, title = fields["topic"], fields["title"].strip()
    with transaction.atomic():
        others = TopicGroup.objects.filter(topic=topic, ended_at=None).exclude(pk=group.pk)
        if not group.pk and (same := others.filter(title=title).first()):
            return same
        faults = assign_fields(TopicGroup(), fields, longest={"mandate": LONGEST_MANDATE})
        if not topic and not title:
            faults.append(Fault("title", "no-name"))
        if topic and others.exists():
            faults.append(Fault("topic", "topic-has-group"))
        refuse(faults)
        verb, current = "update", group
        if group.pk:
            current = TopicGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        else:
            verb, current.started_at = "start", at
            current.started_by_id = actor.user.pk if actor.user else None
        if current.mandate != fields["mandate"]:
            current.mandate_in = {}
        assign_fields(current, fields)
        current.changed_at = at
        current.full_clean(validate_constraints=False)
        current.save()
        _note(current, verb, actor=actor, at=at)
    return current


def end(group: TopicGroup, *, actor: audit.Actor, at: dt.datetime) -> TopicGroup:
    """End a group: its pages stay, nobody can join any more. Raises NotAllowed."""
    if not rules.may_start(actor):
        raise NotAllowed(_("Only the secretariat can end topic groups."))
    with transaction.atomic():
        if TopicGroup.objects.filter(pk=group.pk, ended_at=None).update(ended_at=at):
            _note(group, "end", actor=actor, at=at)
    group.refresh_from_db()
    return group


# -- members ----------------------------------------------------------------------------------


def join(
    group: TopicGroup, *, team: Organisation | None, actor: audit.Actor, at: dt.datetime
) -> GroupMember:
    """Join a group, once, for `team` or for none. Raises NotAllowed."""
    if actor.user is None or not rules.may_join(actor, group):
        raise NotAllowed(_("Topic groups are open to members of the network."))
    with transaction.atomic():
        member, is_new = GroupMember.objects.get_or_create(
            group=group, user=actor.user, defaults={"organisation": team, "since": at}
        )
        if is_new:
            _note(group, "join", actor=actor, at=at)
    return member


def leave(group: TopicGroup, *, actor: audit.Actor, at: dt.datetime) -> None:
    with transaction.atomic():
        gone, _models = GroupMember.objects.filter(group=group, user=actor.user).delete()
        if gone:
            _note(group, "leave", actor=actor, at=at)


def choose_leads(
    group: TopicGroup, *, leads: Sequence[str], actor: audit.Actor, at: dt.datetime
) -> TopicGroup:
    """Set the leads among the members, by the ids of people. Raises InvalidData naming `leads`."""
    _must_run(actor, group)
    with transaction.atomic():
        members = list(group.members.select_related("user"))
        there = group.members.in_team(at).values_list("user__public_id", flat=True)
        if not set(there) & set(leads):
            raise InvalidData([Fault("leads", "no-lead")])
        for member in members:
            role = GroupRole.LEAD if member.user.public_id in leads else GroupRole.MEMBER
            if member.role != role:
                member.role = role
                member.save(update_fields=["role"])
        _note(group, "choose leads", actor=actor, at=at)
    return group


# -- deliverables -----------------------------------------------------------------------------


def write_deliverable(
    deliverable: Deliverable,
    *,
    partners: Sequence[str] = (),
    actor: audit.Actor,
    at: dt.datetime,
    **fields: Any,
) -> Deliverable:
    """Add a deliverable, or change one; `partners` by public id. The same title again returns the
    existing one. Fields of funding proposals are cleared for other kinds.

    Raises InvalidData, NotAllowed.
    """
    group = deliverable.group
    _must_run(actor, group)
    refuse(_deliverable_faults(deliverable, fields, partners, at.date()))
    is_funding = fields["kind"] == DeliverableKind.FUNDING
    with transaction.atomic():
        TopicGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        row = deliverable
        if not row.pk:
            row.stated_at = at
            row = group.deliverables.filter(title=fields["title"].strip()).first() or row
        assign_fields(row, fields)
        row.changed_at = at
        row.full_clean(validate_constraints=False)
        row.save()
        named = Organisation.objects.filter(public_id__in=list(partners) if is_funding else [])
        row.partners.set(named)
        verb = "deliver" if row.delivered_on else "plan"
        _note_part(row, verb, actor=actor, at=at, deliverable=row.public_id)
    return row


def _deliverable_faults(
    row: Deliverable, data: Mapping[str, Any], partners: Sequence[str], today: dt.date
) -> list[Fault]:
    faults = assign_fields(Deliverable(), data, longest={"result": LONGEST_MANDATE})
    faults += address_faults(data.get("url", "").strip())
    due_on, delivered_on = data["due_on"], data.get("delivered_on")
    # Its present due date stays valid, however late it is.
    if due_on and due_on < today and delivered_on is None and due_on != row.due_on:
        faults.append(Fault("due_on", "day-over"))
    if delivered_on and delivered_on > today:
        faults.append(Fault("delivered_on", "delivered-to-come"))
    if data["kind"] == DeliverableKind.FUNDING:
        if not data.get("call", "").strip():
            faults.append(Fault("call", "no-call"))
        known = Organisation.objects.filter(public_id__in=list(partners)).count()
        if known != len(set(partners)):
            faults.append(Fault("partners", "not-an-organisation"))
    else:
        faults += [Fault(name, "only-for-funding") for name in ("call", "funded") if data.get(name)]
    return faults


def write_text(
    deliverable: Deliverable,
    *,
    seen: int | None = 0,
    actor: audit.Actor,
    at: dt.datetime,
    **fields: Any,
) -> DeliverableText:
    """Write the next version of a text deliverable, in its language; in another language, a
    translation of the newest version. `fields`: `title`, `body`, `language`, and `changed`, what is
    new since the previous version. The same text again returns the existing version.

    `seen`: the number of the version that the author had read, 0 for none. Raises InvalidData,
    NotAllowed.
    """
    _must_run(actor, deliverable.group)
    text = DeliverableText(deliverable=deliverable)
    faults = assign_fields(text, fields, longest={"body": LONGEST_TEXT})
    is_original = text.language == deliverable.language
    with transaction.atomic():
        Deliverable.objects.select_for_update(no_key=True, of=("self",)).get(pk=deliverable.pk)
        rows = deliverable.texts.all()
        last = rows.aggregate(last=Max("number"))["last"] or 0
        same = rows.filter(number=last, language=text.language).first()
        if same is not None and (same.title, same.body) == (text.title, text.body):
            return same
        if seen != last:
            faults.append(Fault("body", "text-newer", {"n": last}))
        elif not is_original and not last:
            faults.append(Fault("language", "text-original-first"))
        elif is_original and last and not text.changed:
            faults.append(Fault("changed", "text-what-changed"))
        refuse(faults)
        defaults = {name: getattr(text, name) for name in ("title", "body", "changed")}
        defaults |= {
            "written_by": actor.user,
            "written_at": at,
            "is_starter": actor == audit.STARTER,
        }
        row, _is_new = DeliverableText.objects.update_or_create(
            deliverable=deliverable,
            number=last + 1 if is_original else last,
            language=text.language,
            defaults=defaults,
        )
        _note_part(
            deliverable, "write text", actor=actor, at=at,
            deliverable=deliverable.public_id, version=row.number, language=row.language,
        )  # fmt: skip
    return row


def add_document(
    document: GroupDocument,
    *,
    name: str = "",
    content: bytes = b"",
    actor: audit.Actor,
    at: dt.datetime,
    **fields: Any,
) -> GroupDocument:
    """Add a document by its address, or as a file called `name`: every member of the group may.

    The same document again returns the existing one. Raises InvalidData, NotAllowed.
    """
    group, url = document.group, fields.get("url", "").strip()
    is_member = actor.user and GroupMember.objects.filter(group=group, user=actor.user).exists()
    if not (is_member or rules.may_run(actor, group)):
        raise NotAllowed(_("Join the group first to add documents."))
    faults = [*assign_fields(document, fields), *address_faults(url)]
    if bool(url) == bool(content):
        faults.append(Fault("url", "address-and-file" if url else "address-or-file"))
    refuse(faults)
    checked = check_file(content, name) if content else None
    with transaction.atomic():
        TopicGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        present = group.documents.all()
        document.added_by_id = actor.user.pk if actor.user else None
        document.added_at = at
        if checked is None:
            row = present.filter(url=url).first() or document
            if row is document:
                row.full_clean(validate_constraints=False)
                row.save()
        else:
            row = store_file(document, checked, FILES, name=name, among=present)
        if row is document:
            _note_part(row, "add document", actor=actor, at=at)
        elif row.title != document.title:
            raise InvalidData([Fault("url" if url else "file", "document-there")])
    return row


def remove_document(document: GroupDocument, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Remove a document: for its author, and those who run the group. Its file is deleted if no
    other group has it. Raises NotAllowed."""
    is_own = actor.user is not None and document.added_by_id == actor.user.pk
    if not (is_own or rules.may_run(actor, document.group)):
        raise NotAllowed(_("You can only remove documents you have added."))
    sha256 = document.sha256
    with transaction.atomic():
        document.delete()
        _note_part(document, "remove document", actor=actor, at=at)
        if sha256 and not GroupDocument.objects.filter(sha256=sha256).exists():
            transaction.on_commit(lambda: FILES.forget(sha256))


def _must_run(actor: audit.Actor, group: TopicGroup) -> None:
    if not rules.may_run(actor, group):
        raise NotAllowed(_("Only the group’s leads and the secretariat can do this."))
