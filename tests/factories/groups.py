"""Topic groups and minutes for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.accounts.models import User
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.groups.enums import GroupRole
from alliance.groups.models import Deliverable, GroupMember, Minutes, TopicGroup
from alliance.groups.services import groups, minutes
from alliance.network.models import Organisation, Post
from tests.factories.people import NOW


def make_group(*, topic: str = "equity", title: str = "", **values: Any) -> TopicGroup:
    """A topic group without members."""
    return TopicGroup.objects.create(
        topic=topic,
        title=title,
        mandate="Who gains and who pays.",
        language="en",
        started_at=NOW,
        changed_at=NOW,
        **values,
    )


def take_in(
    group: TopicGroup,
    user: User,
    organisation: Organisation | None = None,
    role: str = GroupRole.MEMBER,
) -> GroupMember:
    """The person as a member of the group."""
    return GroupMember.objects.create(
        group=group, user=user, organisation=organisation, role=role, since=NOW
    )


def action(text: str, who: User | Organisation, due_on: dt.date, public_id: str = "") -> dict:
    """A line of an action item as the form sends it."""
    kind = "person" if isinstance(who, User) else "team"
    return {"id": public_id, "text": text, "who": f"{kind} {who.public_id}", "due_on": due_on}


def line(text: str, public_id: str = "") -> dict:
    """A line of a decision or a lesson as the form sends it."""
    return {"id": public_id, "text": text}


def promised(title: str, due_on: dt.date, kind: str = "report", **more: Any) -> dict[str, Any]:
    """A deliverable as the form sends it."""
    return {"kind": kind, "title": title, "language": "en", "due_on": due_on, **more}


def make_minutes(
    group: TopicGroup, actor: Actor, *, at: dt.datetime = NOW, **words: Any
) -> Minutes:
    """Minutes of a meeting of the group."""
    given: dict[str, Any] = {"title": "Meeting", "held_on": at.date(), "language": "en", **words}
    return minutes.write(Minutes(group=group), **given, actor=actor, at=at)


def make_example_group() -> None:
    """A topic group with public minutes, whose ids the examples of the API name."""
    system = COMMAND_LINE
    team = Organisation.objects.order_by("public_id").first()
    assert team is not None
    group = make_group(topic="", title="Example group", public_id="example-group")
    report = promised("Report", NOW.date() + dt.timedelta(days=90))
    groups.write_deliverable(Deliverable(group=group), **report, actor=system, at=NOW)
    made = make_minutes(
        group,
        system,
        is_public=True,
        decisions=[line("One map for all.")],
        lessons=[line("Ask tenants first.")],
        actions=[action("Draw the map", team, NOW.date() + dt.timedelta(days=30))],
    )
    Minutes.objects.filter(pk=made.pk).update(public_id="example-minutes")
    made.decisions.update(public_id="example-decision")


def make_discussed_group(posts: int) -> TopicGroup:
    """A topic group with so many posts, and public minutes with forty action items."""
    team = Organisation.objects.order_by("public_id").first()
    assert team is not None
    group = make_group(topic="", title="Discussed", public_id="bench-group")
    Post.objects.bulk_create(
        Post(kind="topicgroup", record_id=group.public_id, text="We tried it. " * 20,
             language="en", author_name="Elin Berg", at=NOW)
        for _ in range(posts)
    )  # fmt: skip
    lines = [action(f"Item {n}", team, NOW.date()) for n in range(40)]
    make_minutes(group, COMMAND_LINE, is_public=True, actions=lines)
    return group
