"""Queries of topic groups for pages and the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from alliance.accounts.models import User
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.groups import rules
from alliance.groups.models import (
    ActionItem,
    Decision,
    Deliverable,
    DeliverableText,
    GroupMember,
    Lesson,
    Minutes,
    TopicGroup,
)
from alliance.groups.services.minutes import PERSON, TEAM
from alliance.knowledge.selectors.methods import method_lines
from alliance.network.access import in_force, memberships_of
from alliance.network.enums import OrganisationKind, Topic
from alliance.network.localise import local_name
from alliance.network.models import Membership, Organisation

METHODS_SHOWN, MINUTES_SHOWN, LINES_SHOWN = 8, 10, 20


def _order() -> Case:
    """The four topics in their order, then the others."""
    return Case(
        *(When(topic=code, then=place) for place, code in enumerate(Topic.values)), default=9
    )


def group_lines() -> QuerySet[TopicGroup]:
    """Active groups, each with its number of members, organisations, deliverables and delivered
    ones."""
    return (
        TopicGroup.objects.filter(ended_at=None)
        .annotate(
            n_members=Count("members", distinct=True),
            n_organisations=Count("members__organisation", distinct=True),
            n_deliverables=Count("deliverables", distinct=True),
            n_delivered=Count(
                "deliverables", filter=Q(deliverables__delivered_on__isnull=False), distinct=True
            ),
        )
        .order_by(_order(), "title", "pk")
    )


def group_of_topic(code: str) -> TopicGroup | None:
    """The group of one of the four topics, with its counts."""
    return group_lines().filter(topic=code).first()


def readable_minutes(actor: Actor) -> QuerySet[Minutes]:
    """Minutes that the actor may read."""
    rows = Minutes.objects.all()
    return rows if rules.is_in_network(actor) else rows.filter(is_public=True)


def action_items(actor: Actor, at: dt.datetime) -> QuerySet[ActionItem]:
    """Action items in minutes that the actor may read, with `owner_left`; open ones first, by due
    date."""
    rows = ActionItem.objects.filter(minutes__in=readable_minutes(actor))
    return (
        with_owner_left(rows, at)
        .select_related("minutes__group", "minutes__organisation", "organisation", "owner")
        .order_by(F("done_at").asc(nulls_first=True), "due_on", "pk")
    )


def with_owner_left(rows: QuerySet[ActionItem], at: Any) -> QuerySet[Any]:
    """Action items with `owner_left`: whether the owner has left the team or the platform."""
    there = Membership.objects.filter(
        in_force(at), user=OuterRef("owner"), organisation=OuterRef("organisation")
    )
    gone = Q(had_owner=True) & (
        Q(owner__isnull=True)
        | Q(owner__is_active=False)
        | Q(organisation__isnull=False) & ~Exists(there)
    )
    return rows.annotate(owner_left=Case(When(gone, then=True), default=False))


def with_rights(items: Iterable[ActionItem], actor: Actor) -> list[ActionItem]:
    """Action items, each with whether the actor `may_settle` it. One query."""
    actions = list(items)
    led = set(rules.groups_led(actor).values_list("group_id", flat=True)) if actor.user else set()
    for action in actions:
        is_lead = action.minutes.group_id in led
        action.may_settle = rules.may_settle(actor, action, is_lead=is_lead)  # type: ignore[attr-defined]
    return actions


def leads_of(group: TopicGroup, at: dt.datetime) -> list[User]:
    """The leads of a group."""
    return [member.user for member in group.members.leading(at).select_related("user")]


def lessons_of(group: TopicGroup | None, actor: Actor) -> QuerySet[Lesson]:
    """Lessons from meetings (of one group), for reports; newest first."""
    rows = Lesson.objects.filter(minutes__in=readable_minutes(actor))
    rows = rows.filter(minutes__group=group) if group else rows
    return rows.select_related("minutes").order_by("-minutes__held_on", "-minutes_id", "number")


def decisions_of(group: TopicGroup | None, actor: Actor) -> QuerySet[Decision]:
    """Decisions of meetings (of one group), newest first."""
    rows = Decision.objects.filter(minutes__in=readable_minutes(actor))
    rows = rows.filter(minutes__group=group) if group else rows
    return rows.select_related("minutes").order_by("-minutes__held_on", "-minutes_id", "number")


def decisions_of_city(city: str) -> QuerySet[Decision]:
    """Decisions that involve the municipality of a city: of meetings it held, of its topic groups,
    and of minutes with an action item for it. No synthetic ones."""
    ours = Organisation.objects.filter(
        city__public_id=city, kind=OrganisationKind.MUNICIPALITY
    ).values("pk")
    mine = Q(minutes__organisation__in=ours) | Q(minutes__actions__organisation__in=ours)
    mine |= Q(minutes__group__members__organisation__in=ours)
    return Decision.objects.filter(mine).exclude(minutes__group__is_synthetic=True)


def decision_of(public_id: str) -> Decision:
    """A decision that a getter has checked, with its minutes."""
    return Decision.objects.select_related("minutes__group").get(public_id=public_id)


def deliverables_of(group: TopicGroup, language: str) -> list[Deliverable]:
    """The deliverables of a group by due date; texts with their title in the reader's language.
    `is_compiled`: compiled by the starter's editors and not edited since."""
    texts = DeliverableText.objects.filter(deliverable=OuterRef("pk"))
    rows = group.deliverables.annotate(
        is_text=Exists(texts),
        is_compiled=Exists(texts) & ~Exists(texts.filter(is_starter=False)),
        own_title=Subquery(texts.filter(language=language).values("title")[:1]),
    )
    deliverables: list[Any] = list(rows.prefetch_related("partners").order_by("due_on", "pk"))
    for deliverable in deliverables:
        if deliverable.own_title:
            deliverable.title, deliverable.language = deliverable.own_title, language
    return deliverables


def text_page(
    deliverable: Deliverable, actor: Actor, language: str, number: int | None
) -> dict[str, Any]:
    """A text deliverable: a version in the reader's language, else in the original language, and
    all versions. Raises NotFound for a missing version."""
    rows = list(deliverable.texts.all())
    wanted = rows[0].number if number is None else number
    by_language = {row.language: row for row in rows if row.number == wanted}
    if not by_language:
        raise NotFound("version", str(wanted))
    return {
        "deliverable": deliverable,
        "group": deliverable.group,
        "text": by_language.get(language) or by_language[deliverable.language],
        "newest": rows[0].number,
        "versions": [row for row in rows if row.language == deliverable.language],
        "may_run": rules.may_run(actor, deliverable.group),
    }


def own_teams(actor: Actor, at: dt.datetime) -> list[Organisation]:
    """The teams for which a person can join a group."""
    if actor.user is None:
        return []
    return [membership.organisation for membership in memberships_of(actor.user, at)]


def group_page(
    group: TopicGroup, actor: Actor, *, language: str, at: dt.datetime
) -> dict[str, Any]:
    """The context of the page of a group, in at most 13 queries. Members are visible to the
    network."""
    members = members_of(group, at)
    own = next(
        (member for member in members if actor.user and member.user_id == actor.user.pk), None
    )
    may_run = rules.may_run(actor, group)
    items = action_items(actor, at).filter(minutes__group=group, done_at=None)[:LINES_SHOWN]
    deliverables: list[Any] = deliverables_of(group, language)
    methods = method_lines(actor, language, group.topic) if group.topic else []
    tried = sorted(methods, key=lambda line: -line.tally.total)  # type: ignore[attr-defined]
    teams = {
        member.organisation_id: member.organisation for member in members if member.organisation
    }
    return {
        "group": group,
        "members": members if rules.is_in_network(actor) else [],
        "n_members": len(members),
        "organisations": sorted(
            teams.values(), key=lambda organisation: local_name(organisation, language)
        ),
        "own": own,
        "own_teams": own_teams(actor, at) if own is None else [],
        "may_join": own is None and rules.may_join(actor, group),
        "may_run": may_run,
        "may_end": rules.may_start(actor) and group.ended_at is None,
        "is_in_network": rules.is_in_network(actor),
        "due": [deliverable for deliverable in deliverables if deliverable.delivered_on is None],
        "delivered": [
            deliverable
            for deliverable in deliverables
            if deliverable.delivered_on and not deliverable.is_compiled
        ],
        "compiled": [
            deliverable
            for deliverable in deliverables
            if deliverable.delivered_on and deliverable.is_compiled
        ],
        "documents": list(group.documents.all()),
        "minutes": list(
            readable_minutes(actor)
            .filter(group=group)
            .annotate(n_decisions=Count("decisions", distinct=True))[:MINUTES_SHOWN]
        ),
        "decisions": list(decisions_of(group, actor)[:LINES_SHOWN]),
        "lessons": list(lessons_of(group, actor)[:LINES_SHOWN]),
        "actions": with_rights(items, actor),
        "methods": tried[:METHODS_SHOWN],
        "n_methods": len(methods),
        "today": at.date(),
    }


def minutes_page(minutes: Minutes, actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """The context of the page of minutes, in at most six queries."""
    rows = with_owner_left(minutes.actions.all(), at)
    rows = rows.order_by(F("done_at").asc(nulls_first=True), "number", "pk")
    related = ("owner", "organisation", "minutes__group", "minutes__organisation")
    actions = with_rights(rows.select_related(*related), actor)
    return {
        "minutes": minutes,
        "decisions": list(minutes.decisions.all()),
        "lessons": list(minutes.lessons.all()),
        "actions": actions,
        "n_done": sum(action.done_at is not None for action in actions),
        "may_write": rules.may_write_minutes(actor, minutes),
        "is_in_network": rules.is_in_network(actor),
        "today": at.date(),
    }


def owner_choices(
    group: TopicGroup | None,
    organisation: Organisation | None,
    language: str,
    *,
    also: QuerySet[User] | None = None,
    at: dt.datetime,
) -> list[tuple[str, str]]:
    """The possible owners of an action item: people of the group, or of the team that held the
    meeting, `also` others such as participants; then their teams."""
    people: dict[str, str] = {}
    teams: dict[str, str] = {}

    def add(user: User, team: Organisation | None) -> None:
        name = f"{user.name} ({local_name(team, language)})" if team else user.name
        people.setdefault(f"{PERSON} {user.public_id}", name)
        if team:
            teams[f"{TEAM} {team.public_id}"] = local_name(team, language)

    if group is not None:
        rows = group.members.filter(user__is_active=True)
        for row in rows.select_related("user", "organisation"):
            add(row.user, row.organisation)
    members = Membership.objects.filter(in_force(at), user__is_active=True)
    members = members.select_related("user", "organisation")
    others = Q(user__in=also.order_by().values("pk")) if also is not None else Q(pk=None)
    for member in members.filter(Q(organisation=organisation) | others):
        add(member.user, member.organisation)
    if organisation is not None:
        teams[f"{TEAM} {organisation.public_id}"] = local_name(organisation, language)
    by_name = lambda pair: pair[1].casefold()  # noqa: E731
    return [*sorted(people.items(), key=by_name), *sorted(teams.items(), key=by_name)]


def members_of(group: TopicGroup, at: dt.datetime) -> list[Any]:
    """The members of a group, leads first, each with whether she `has_left` her team."""
    there = Exists(GroupMember.objects.in_team(at).filter(pk=OuterRef("pk")))
    rows = group.members.annotate(has_left=~there).order_by("has_left", "role", "pk")
    return list(rows.select_related("user", "organisation"))
