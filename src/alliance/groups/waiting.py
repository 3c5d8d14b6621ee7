"""Tasks in topic groups: action items, those whose owner has left, deliverables; and news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Row, Turn, Waiting, start_of
from alliance.groups.enums import GroupRole
from alliance.groups.models import ActionItem, GroupMember
from alliance.groups.selectors.groups import with_owner_left
from alliance.network.enums import DiscussedKind, Language, Topic
from alliance.network.models import Membership, Post

OPEN, OVERDUE, LEFT, DELIVER = "action-item", "action-overdue", "action-left", "deliverable-due"
MINUTES, POSTS = "group-minutes", "group-post"
#: How long before its due date a deliverable becomes a task of the leads.
AHEAD = dt.timedelta(days=30)


def _whole(column: str) -> ExpressionWrapper:
    """A primary key as an integer."""
    return ExpressionWrapper(F(column), output_field=IntegerField())


def _for_people(rows: QuerySet[Any], asked: Asked, column: str) -> QuerySet[Any]:
    """Rows with `who`, the person in `column`, for the people asked for."""
    rows = rows.annotate(who=_whole(column))
    return rows if asked.people is None else rows.filter(who__in=list(asked.people))


def _group_name() -> dict[str, Any]:
    """The name of a group by language: its own title, or its topic."""

    def named(language: str) -> Case:
        with translation.override(language):
            labels = [
                When(group__topic=code, then=Value(str(Topic(code).label))) for code in Topic.values
            ]
        title = Cast(F("group__title"), CharField())
        return Case(When(~Q(group__title=""), then=title), *labels, output_field=CharField())

    return {f"title_{language}": named(language) for language in Language.values}


#: The person who has to act.
_WHO = {"part": Cast("who", CharField())}


def _of_group(what: str, day: str, **columns: str) -> dict[str, Any]:
    """The columns of a group's related objects, read from its members."""
    plain = {"public_id": "public_id", "language": "language", "title": "title", **columns}
    if day:
        plain["day"] = day
    return {name: f"group__{what}__{column}" for name, column in plain.items()}


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    is_secretariat = asked.has_role(NetworkRole.SECRETARIAT)
    if asked.people is not None and not asked.people and not asked.teams and not is_secretariat:
        return
    today = asked.at.date()
    items = with_owner_left(ActionItem.objects.filter(done_at=None), asked.at)
    of_line = {
        "by": "due_on",
        "language": "minutes__language",
        "title": "text",
        "note_language": "minutes__language",
        "note": "minutes__title",
    }
    of_item = of_line | {"since": "given_at"}
    held = items.filter(owner_left=False)
    for kind, days in ((OPEN, {"due_on__gte": today}), (OVERDUE, {"due_on__lt": today})):
        own = _for_people(held.filter(owner__isnull=False, **days), asked, "owner")
        yield kind, own, of_item | _WHO
        of_team = held.filter(asked.of_team("organisation__public_id"), owner__isnull=True, **days)
        yield kind, of_team, of_item | {"team": "organisation__public_id"}
    left = items.filter(owner_left=True)
    ended = Membership.objects.filter(
        user=OuterRef("owner"), organisation=OuterRef("organisation"), ended_at__isnull=False
    ).order_by("-ended_at")
    # If the account is deleted, since then; if the membership ended, since that day.
    since = Case(
        When(owner__isnull=True, then=F("given_at")), default=Subquery(ended.values("ended_at")[:1])
    )
    leads = GroupMember.objects.leading(asked.at)
    # Each lead gets the task; the first to act completes it for all.
    led = _for_people(
        left.filter(minutes__group__members__in=leads), asked, "minutes__group__members__user"
    )
    yield LEFT, led, of_line | {"since": since} | _WHO
    if is_secretariat:
        some = leads.filter(group=OuterRef("minutes__group"))
        yield LEFT, left.exclude(Exists(some)), of_line | {"since": since}
    members = _for_people(GroupMember.objects.in_team(asked.at), asked, "user")
    due = members.filter(
        role=GroupRole.LEAD,
        group__ended_at=None,
        group__deliverables__delivered_on=None,
        group__deliverables__due_on__lte=today + AHEAD,
    )
    yield DELIVER, due, _of_group("deliverables", "due_on", by="due_on") | _WHO
    # News for members.
    written = (
        members.filter(group__minutes__written_at__gt=asked.at - NEWS_FOR)
        .annotate(by=_whole("group__minutes__written_by"))
        .exclude(by=F("who"))
    )
    yield MINUTES, written, _of_group("minutes", "", since="written_at") | _WHO
    posts = Post.objects.filter(
        kind=DiscussedKind.GROUP, record_id=OuterRef("group__public_id"), hidden_at=None
    ).exclude(author=OuterRef("user"))
    speakers = members.filter(role=GroupRole.MEMBER).annotate(
        said_at=Subquery(posts.order_by("-at").values("at")[:1])
    )
    yield (
        POSTS,
        speakers.filter(said_at__gt=asked.at - NEWS_FOR),
        {"public_id": "group__public_id", "since": "said_at"} | _group_name() | _WHO,
    )


_ROUTES = {
    OPEN: "groups:action-done",
    OVERDUE: "groups:action-done",
    LEFT: "groups:action-hand-over",
    DELIVER: "groups:deliverable",
    MINUTES: "groups:minutes",
    POSTS: "groups:group",
}


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Items from the rows of `_reads`."""
    for row in rows:
        since = row.since or (start_of(row.day) - AHEAD if row.day else asked.at)
        if row.kind == OVERDUE and row.by:
            since = max(since, start_of(row.by + dt.timedelta(days=1)))
        if row.part:
            turn = Turn(person=int(row.part))
        else:
            turn = Turn(team=row.team) if row.team else Turn(role=NetworkRole.SECRETARIAT)
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=turn,
            since=since,
            by=row.by,
            route=_ROUTES[row.kind],
            args=(row.public_id,),
            titles=row.titles,
            notes=row.notes,
        )


PROVIDERS = (
    Provider(
        {
            OPEN: _("Complete your action item or hand it over"),
            OVERDUE: _("Report on an overdue action item or hand it over"),
            LEFT: _("Hand over an action item whose owner has left"),
            DELIVER: _("Complete your topic group’s deliverable"),
        },
        _all,
        reads=_reads,
        news={
            MINUTES: _("Your topic group has new minutes"),
            POSTS: _("New post in your topic group"),
        },
        of_people=frozenset({OPEN, OVERDUE, LEFT, DELIVER, MINUTES, POSTS}),
    ),
)
