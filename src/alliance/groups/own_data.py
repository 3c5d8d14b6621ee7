"""Topic groups' data about a person: her groups, what she wrote, her action items."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.core import audit
from alliance.groups.models import (
    ActionItem,
    DeliverableText,
    GroupDocument,
    GroupMember,
    Minutes,
    TopicGroup,
)

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Groups, minutes written, documents added, and action items."""
    return {
        "topic_groups": [
            {
                "id": group_member.group.public_id,
                "role": group_member.role,
                "since": group_member.since.isoformat(),
            }
            for group_member in GroupMember.objects.filter(user=user).select_related("group")
        ],
        "topic_groups_started": [
            {"id": topic_group.public_id, "at": topic_group.started_at.isoformat()}
            for topic_group in TopicGroup.objects.filter(started_by=user)
        ],
        "minutes_written": [
            {"id": minutes.public_id, "title": minutes.title, "at": minutes.written_at.isoformat()}
            for minutes in Minutes.objects.filter(written_by=user)
        ],
        "deliverable_texts": [
            {
                "id": deliverable_text.deliverable.public_id,
                "version": deliverable_text.number,
                "language": deliverable_text.language,
                "at": deliverable_text.written_at.isoformat(),
            }
            for deliverable_text in DeliverableText.objects.filter(written_by=user).select_related(
                "deliverable"
            )
        ],
        "group_documents": [
            {
                "id": group_document.public_id,
                "title": group_document.title,
                "at": group_document.added_at.isoformat(),
            }
            for group_document in GroupDocument.objects.filter(added_by=user)
        ],
        "action_items": [
            {
                "id": action_item.public_id,
                "text": action_item.text,
                "until": action_item.due_on.isoformat(),
                "ended_at": action_item.done_at.isoformat() if action_item.done_at else None,
            }
            for action_item in ActionItem.objects.filter(owner=user)
            | ActionItem.objects.filter(done_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Memberships are deleted with the account. Her open action items lose her name, and the leads
    have to reassign them; minutes, documents and completed items remain without the name too."""
    open_items = list(ActionItem.objects.filter(owner=user, done_at=None))
    ActionItem.objects.filter(pk__in=[open_item.pk for open_item in open_items]).update(given_at=at)
    audit.record_all("action item", open_items, "owner left", actor=audit.WORKER, at=at)
