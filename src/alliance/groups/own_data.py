"""What topic groups keep about a person: groups she is in, what she wrote, what she is to do."""

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
            {"id": one.group.public_id, "role": one.role, "since": one.since.isoformat()}
            for one in GroupMember.objects.filter(user=user).select_related("group")
        ],
        "topic_groups_started": [
            {"id": one.public_id, "at": one.started_at.isoformat()}
            for one in TopicGroup.objects.filter(started_by=user)
        ],
        "minutes_written": [
            {"id": one.public_id, "title": one.title, "at": one.written_at.isoformat()}
            for one in Minutes.objects.filter(written_by=user)
        ],
        "deliverable_texts": [
            {
                "id": one.deliverable.public_id,
                "version": one.number,
                "language": one.language,
                "at": one.written_at.isoformat(),
            }
            for one in DeliverableText.objects.filter(written_by=user).select_related("deliverable")
        ],
        "group_documents": [
            {"id": one.public_id, "title": one.title, "at": one.added_at.isoformat()}
            for one in GroupDocument.objects.filter(added_by=user)
        ],
        "action_items": [
            {
                "id": one.public_id,
                "text": one.text,
                "until": one.due_on.isoformat(),
                "ended_at": one.done_at.isoformat() if one.done_at else None,
            }
            for one in ActionItem.objects.filter(owner=user)
            | ActionItem.objects.filter(done_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """She leaves her groups with the account. Her open action items stay without her name, and are
    the leads' to hand over; minutes, documents and what was done go on without it, too."""
    open_items = list(ActionItem.objects.filter(owner=user, done_at=None))
    ActionItem.objects.filter(pk__in=[one.pk for one in open_items]).update(given_at=at)
    audit.record_all("action item", open_items, "owner left", actor=audit.WORKER, at=at)
