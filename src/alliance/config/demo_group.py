"""A fictitious topic group with minutes, labelled as such."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.core.audit import COMMAND_LINE
from alliance.groups.enums import DeliverableKind, GroupRole
from alliance.groups.models import Deliverable, GroupMember, Minutes, TopicGroup
from alliance.groups.services import actions, groups, minutes

TITLE = "Synthetic example: warm homes"
NOTE = "Made up for the demonstration. No group of the network works on this."
PUBLIC_ID = "synthetic-group"
DAY = dt.timedelta(days=1)
#: The action items; the first nine are done.
ITEMS = (
    "List the streets with the oldest homes", "Ask tenants what they pay", "Share the form",
    "Translate the form", "Find a testbed", "Agree the indicators", "Name a contact in each city",
    "Write down what failed", "Book the next meeting", "Draft the proposal for funding",
    "Publish the guide",
)  # fmt: skip
DONE = 9


def make_demo_group(*, at: dt.datetime) -> TopicGroup:
    """Create it if it is missing, led by the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, editor = demo_team("demo group", at=at)
    present = TopicGroup.objects.filter(public_id=PUBLIC_ID).first()
    if present is not None:
        return present
    start, by = at - 120 * DAY, COMMAND_LINE
    with transaction.atomic():
        fields = {"topic": "", "title": TITLE, "mandate": NOTE, "language": "en"}
        group = groups.write(TopicGroup(), **fields, actor=by, at=start)
        TopicGroup.objects.filter(pk=group.pk).update(public_id=PUBLIC_ID, is_synthetic=True)
        group.refresh_from_db()
        assert editor.user is not None
        GroupMember.objects.create(
            group=group, user=editor.user, organisation=team, role=GroupRole.LEAD, since=start
        )
        groups.write_deliverable(
            Deliverable(group=group),
            kind=DeliverableKind.FUNDING,
            title="Proposal: warm homes in nine cities",
            language="en",
            due_on=(at + 60 * DAY).date(),
            call="A made-up call",
            partners=[team.public_id],
            actor=by,
            at=start,
        )
        held = (start + DAY).date()
        made = minutes.write(
            Minutes(group=group),
            title="Made-up meeting",
            held_on=held,
            language="en",
            text=NOTE,
            is_public=True,
            decisions=[{"text": "One form for all cities."}],
            lessons=[{"text": "Ask tenants before the owners."}],
            actions=[
                {
                    "text": text,
                    "who": f"team {team.public_id}",
                    "due_on": held + (30 + 9 * place) * DAY,
                }
                for place, text in enumerate(ITEMS)
            ],
            actor=by,
            at=start + DAY,
        )
        for item in made.actions.order_by("number")[:DONE]:
            done_at = start + (20 + 5 * item.number) * DAY
            actions.settle(item, result="Done, as made up.", actor=by, at=done_at)
    return group
