"""Permission-checked getters of groups and what belongs to them. Hidden looks like missing."""

from __future__ import annotations

from functools import partial

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.groups import rules
from alliance.groups.models import ActionItem, Deliverable, GroupDocument, Minutes, TopicGroup


def get_group(public_id: str) -> TopicGroup:
    """A group; all groups are public. Raises NotFound."""
    return get_by_public_id(TopicGroup.objects.all(), "topic group", public_id)


def get_group_to_join(actor: Actor, public_id: str) -> TopicGroup:
    """An active group, for people of the network. Raises NotFound."""
    return get_by_public_id(
        TopicGroup.objects.all(), "topic group", public_id, partial(rules.may_join, actor)
    )


def get_group_to_run(actor: Actor, public_id: str) -> TopicGroup:
    """A group, for its leads and the secretariat. Raises NotFound."""
    return get_by_public_id(
        TopicGroup.objects.all(), "topic group", public_id, partial(rules.may_run, actor)
    )


def get_group_to_end(actor: Actor, public_id: str) -> TopicGroup:
    """A group, for the secretariat. Raises NotFound."""
    rows = TopicGroup.objects.filter(ended_at=None)
    return get_by_public_id(rows, "topic group", public_id, lambda _group: rules.may_start(actor))


def get_deliverable_to_change(actor: Actor, public_id: str) -> Deliverable:
    """A deliverable, for those who run its group. Raises NotFound."""
    rows = Deliverable.objects.select_related("group")
    may = partial(rules.may_run, actor)
    return get_by_public_id(
        rows, "deliverable", public_id, lambda deliverable: may(deliverable.group)
    )


def get_text(public_id: str) -> Deliverable:
    """A text deliverable, which is public. Raises NotFound."""
    rows = Deliverable.objects.select_related("group").exclude(texts=None).distinct()
    return get_by_public_id(rows, "deliverable", public_id)


def get_document_to_remove(actor: Actor, public_id: str) -> GroupDocument:
    """A document, for its author and those who run its group. Raises NotFound."""

    def may(group_document: GroupDocument) -> bool:
        is_own = actor.user is not None and group_document.added_by_id == actor.user.pk
        return is_own or rules.may_run(actor, group_document.group)

    rows = GroupDocument.objects.select_related("group")
    return get_by_public_id(rows, "document", public_id, may)


def get_document_file(public_id: str) -> GroupDocument:
    """A document that is a file, which is public. Raises NotFound."""
    return get_by_public_id(GroupDocument.objects.exclude(sha256=""), "document", public_id)


def get_minutes(actor: Actor, public_id: str) -> Minutes:
    """Minutes that the actor may read. Raises NotFound."""
    rows = Minutes.objects.select_related("group", "organisation")
    return get_by_public_id(rows, "minutes", public_id, partial(rules.may_read_minutes, actor))


def get_minutes_to_write(actor: Actor, public_id: str) -> Minutes:
    """Minutes that the actor may change. Raises NotFound."""
    minutes = get_minutes(actor, public_id)
    if not rules.may_write_minutes(actor, minutes):
        raise NotFound("minutes", public_id)
    return minutes


def get_action(actor: Actor, public_id: str) -> ActionItem:
    """An action item that the actor may complete or reassign. Raises NotFound."""
    rows = ActionItem.objects.select_related(
        "minutes__group", "minutes__organisation", "organisation", "owner"
    )
    return get_by_public_id(rows, "action item", public_id, partial(rules.may_settle, actor))
