"""Topic groups: starting, changing and ending them, joining, leads, deliverables, documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alliance.adoption.services.links import address_faults
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.groups import rules
from alliance.groups.enums import DeliverableKind, Funded, GroupRole
from alliance.groups.models import (
    Deliverable,
    DeliverableText,
    GroupDocument,
    GroupMember,
    TopicGroup,
)
from alliance.network.enums import Language, Topic
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults

_note = audit.noting("topic-group")
_note_part = audit.noting("topic-group", about="group.public_id")
LONGEST_NAME, LONGEST_MANDATE, LONGEST_TITLE, LONGEST_CALL = 120, 4_000, 160, 200
LONGEST_TEXT, LONGEST_CHANGED = 20_000, 300


def start(
    *,
    topic: str,
    title: str,
    mandate: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> TopicGroup:
    """Start a group, of one of the four topics or of a new one. The same title again is the group
    that is there. Raises InvalidData, NotAllowed."""
    if not (rules.may_start(actor) or actor.is_system):
        raise NotAllowed(_("Topic groups are started by the secretariat."))
    with transaction.atomic():
        same = TopicGroup.objects.filter(topic=topic, title=title.strip(), ended_at=None).first()
        if same is not None:
            return same
        group = TopicGroup(started_at=at, started_by=actor.user)
        return _write(group, "start", topic, title, mandate, language, actor=actor, at=at)


def change(
    group: TopicGroup,
    *,
    topic: str,
    title: str,
    mandate: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> TopicGroup:
    """Change what a group is for. Raises InvalidData, NotAllowed."""
    _must_run(actor, group)
    with transaction.atomic():
        current = TopicGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        return _write(current, "update", topic, title, mandate, language, actor=actor, at=at)


def _write(
    group: TopicGroup,
    verb: str,
    topic: str,
    title: str,
    mandate: str,
    language: str,
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> TopicGroup:
    faults = choice_faults("topic", topic, Topic.values) if topic else []
    faults += text_faults("title", title, longest=LONGEST_NAME)
    faults += text_faults("mandate", mandate, longest=LONGEST_MANDATE)
    if not topic and not title.strip():
        faults.append(Fault("title", "no-name"))
    if not mandate.strip():
        faults.append(Fault("mandate", "no-mandate"))
    faults += choice_faults("language", language, Language.values)
    others = TopicGroup.objects.filter(topic=topic, ended_at=None).exclude(pk=group.pk)
    if topic and others.exists():
        faults.append(Fault("topic", "topic-has-group"))
    refuse(faults)
    group.topic, group.title, group.mandate = topic, title.strip(), mandate.strip()
    group.language, group.changed_at = language, at
    group.full_clean(validate_constraints=False)
    group.save()
    _note(group, verb, actor=actor, at=at)
    return group


def end(group: TopicGroup, *, actor: audit.Actor, at: dt.datetime) -> TopicGroup:
    """End a group: its pages stay, nobody joins any more. Raises NotAllowed."""
    if not rules.may_start(actor):
        raise NotAllowed(_("Topic groups are ended by the secretariat."))
    with transaction.atomic():
        if TopicGroup.objects.filter(pk=group.pk, ended_at=None).update(ended_at=at):
            _note(group, "end", actor=actor, at=at)
    group.refresh_from_db()
    return group


# -- who takes part ----------------------------------------------------------------------------


def join(
    group: TopicGroup, *, team: Organisation | None, actor: audit.Actor, at: dt.datetime
) -> GroupMember:
    """Take part, once, for `team` or for none. Raises NotAllowed."""
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
    """Take part no more."""
    with transaction.atomic():
        gone, _models = GroupMember.objects.filter(group=group, user=actor.user).delete()
        if gone:
            _note(group, "leave", actor=actor, at=at)


def choose_leads(
    group: TopicGroup, *, leads: Sequence[str], actor: audit.Actor, at: dt.datetime
) -> TopicGroup:
    """Say which members lead, by the ids of persons. Raises InvalidData naming `leads`."""
    _must_run(actor, group)
    with transaction.atomic():
        members = list(group.members.select_related("user"))
        if not {one.user.public_id for one in members} & set(leads):
            raise InvalidData([Fault("leads", "no-lead")])
        for one in members:
            role = GroupRole.LEAD if one.user.public_id in leads else GroupRole.MEMBER
            if one.role != role:
                one.role = role
                one.save(update_fields=["role"])
        _note(group, "choose leads", actor=actor, at=at)
    return group


# -- what it delivers --------------------------------------------------------------------------


@dataclass(frozen=True)
class DeliverableWords:
    """What is promised by a day, and what was delivered. `call`, `partners` (public ids) and
    `funded` are for proposals for funding alone."""

    kind: str
    title: str
    language: str
    due_on: dt.date | None
    call: str = ""
    partners: Sequence[str] = ()
    delivered_on: dt.date | None = None
    result: str = ""
    url: str = ""
    funded: str = ""


def write_deliverable(
    group: TopicGroup,
    words: DeliverableWords,
    *,
    deliverable: Deliverable | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Deliverable:
    """Add a deliverable, or change one. The same title again is the one that is there.

    Raises InvalidData, NotAllowed.
    """
    _must_run(actor, group)
    kept = deliverable.due_on if deliverable else None
    refuse(_deliverable_faults(words, at.date(), kept))
    is_funding = words.kind == DeliverableKind.FUNDING
    with transaction.atomic():
        TopicGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        title = words.title.strip()
        row = deliverable or group.deliverables.filter(title=title).first()
        row = row or Deliverable(group=group, stated_at=at)
        given: dict[str, Any] = {
            "kind": words.kind,
            "title": title,
            "language": words.language,
            "due_on": words.due_on,
            "delivered_on": words.delivered_on,
            "result": words.result.strip(),
            "url": words.url.strip(),
            "call": words.call.strip() if is_funding else "",
            "funded": words.funded if is_funding else "",
            "changed_at": at,
        }
        for name, value in given.items():
            setattr(row, name, value)
        row.full_clean(validate_constraints=False)
        row.save()
        partners = list(words.partners) if is_funding else []
        row.partners.set(Organisation.objects.filter(public_id__in=partners))
        verb = "deliver" if words.delivered_on else "plan"
        _note_part(row, verb, actor=actor, at=at, deliverable=row.public_id)
    return row


def _deliverable_faults(
    words: DeliverableWords, today: dt.date, kept: dt.date | None
) -> list[Fault]:
    """`kept`: the day that it has already, which stays however late it is."""
    faults = choice_faults("kind", words.kind, DeliverableKind.values)
    faults += text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += choice_faults("language", words.language, Language.values)
    faults += text_faults("result", words.result, longest=LONGEST_MANDATE)
    faults += text_faults("call", words.call, longest=LONGEST_CALL)
    faults += address_faults(words.url.strip())
    if words.due_on is None:
        faults.append(Fault("due_on", "missing"))
    elif words.due_on < today and words.delivered_on is None and words.due_on != kept:
        faults.append(Fault("due_on", "day-over"))
    if words.delivered_on and words.delivered_on > today:
        faults.append(Fault("delivered_on", "delivered-to-come"))
    if words.kind == DeliverableKind.FUNDING:
        if not words.call.strip():
            faults.append(Fault("call", "no-call"))
        faults += choice_faults("funded", words.funded, ["", *Funded.values])
        known = Organisation.objects.filter(public_id__in=list(words.partners)).count()
        if known != len(set(words.partners)):
            faults.append(Fault("partners", "not-an-organisation"))
    else:
        faults += [
            Fault(name, "only-for-funding") for name in ("call", "funded") if getattr(words, name)
        ]
    return faults


@dataclass(frozen=True)
class TextWords:
    """A text in one language; `changed`: what is new since the version before. `seen`: the number
    of the version that was read before writing, 0 for none."""

    title: str
    body: str
    language: str
    changed: str = ""
    seen: int = 0


def write_text(
    deliverable: Deliverable, words: TextWords, *, actor: audit.Actor, at: dt.datetime
) -> DeliverableText:
    """Write the next version of a deliverable that is a text, in the language of the deliverable;
    in another one what the newest version says there. The same again is the one that is there.

    Raises InvalidData, NotAllowed.
    """
    _must_run(actor, deliverable.group)
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("body", words.body, required=True, longest=LONGEST_TEXT)
    faults += text_faults("changed", words.changed, longest=LONGEST_CHANGED)
    faults += choice_faults("language", words.language, Language.values)
    given: dict[str, Any] = {"title": words.title.strip(), "body": words.body.strip()}
    is_original = words.language == deliverable.language
    with transaction.atomic():
        Deliverable.objects.select_for_update(no_key=True, of=("self",)).get(pk=deliverable.pk)
        rows = deliverable.texts.all()
        last = rows.aggregate(last=Max("number"))["last"] or 0
        same = rows.filter(number=last, language=words.language).first()
        if same is not None and all(getattr(same, name) == it for name, it in given.items()):
            return same
        if words.seen != last:
            faults.append(Fault("body", "text-newer", {"n": last}))
        elif not is_original and not last:
            faults.append(Fault("language", "text-original-first"))
        elif is_original and last and not words.changed.strip():
            faults.append(Fault("changed", "text-what-changed"))
        refuse(faults)
        given |= {"changed": words.changed.strip(), "written_by": actor.user, "written_at": at}
        given["is_starter"] = actor == audit.STARTER
        row, _is_new = DeliverableText.objects.update_or_create(
            deliverable=deliverable,
            number=last + 1 if is_original else last,
            language=words.language,
            defaults=given,
        )
        _note_part(
            deliverable, "write text", actor=actor, at=at,
            deliverable=deliverable.public_id, version=row.number, language=row.language,
        )  # fmt: skip
    return row


def add_document(
    group: TopicGroup,
    *,
    title: str,
    url: str,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> GroupDocument:
    """Add a document by its address: every member of the group may. Raises InvalidData."""
    is_member = actor.user and GroupMember.objects.filter(group=group, user=actor.user).exists()
    if not (is_member or rules.may_run(actor, group)):
        raise NotAllowed(_("Join the group first: its members add documents."))
    faults = text_faults("title", title, required=True, longest=LONGEST_TITLE)
    faults += address_faults(url.strip()) if url.strip() else [Fault("url", "no-address")]
    faults += choice_faults("language", language, Language.values)
    refuse(faults)
    with transaction.atomic():
        TopicGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        present = group.documents.filter(url=url.strip()).first()
        if present is not None:
            if present.title == title.strip():
                return present
            raise InvalidData([Fault("url", "document-there")])
        row = GroupDocument(
            group=group,
            title=title.strip(),
            url=url.strip(),
            language=language,
            added_by=actor.user,
            added_at=at,
        )
        row.full_clean(validate_constraints=False)
        row.save()
        _note_part(row, "add document", actor=actor, at=at)
    return row


def remove_document(document: GroupDocument, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Take a document away: who added it, and those who run the group. Raises NotAllowed."""
    is_own = actor.user is not None and document.added_by_id == actor.user.pk
    if not (is_own or rules.may_run(actor, document.group)):
        raise NotAllowed(_("You can remove documents that you added."))
    with transaction.atomic():
        document.delete()
        _note_part(document, "remove document", actor=actor, at=at)


def _must_run(actor: audit.Actor, group: TopicGroup) -> None:
    if not rules.may_run(actor, group):
        raise NotAllowed(_("Those who lead the group and the secretariat do this."))
