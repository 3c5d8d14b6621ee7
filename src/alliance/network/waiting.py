"""Tasks of the network: help with needs, peer reviews, invitations, drafts, reported posts,
organisations that ask to join, members who ask to become editors, emails that did not arrive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.selectors import failed_letters
from alliance.core.waiting import NEWS_FOR, Asked, Provider, Row, Turn, Waiting, start_of
from alliance.network.access import in_force, still_open
from alliance.network.enums import (
    DraftState,
    HelpAnswer,
    NeedState,
    PeerReviewState,
    StatementKind,
    TeamRole,
)
from alliance.network.models import (
    FollowUp,
    Invitation,
    JoinRequest,
    Membership,
    ModerationAct,
    NeedHelp,
    PeerReviewer,
    Post,
    Report,
    StatementDraft,
)
from alliance.network.services.joining import ANSWER_WITHIN
from alliance.network.services.peer_reviews import REMIND_BEFORE

#: How long before it expires an open invitation becomes a task of its team.
INVITATION_ENDS = dt.timedelta(days=3)

#: How long failed emails are a task of the secretariat, and how many addresses are shown.
LOOK_AFTER, SHOWN = dt.timedelta(days=7), 3

#: The page of each action, with the arguments of its address.
_PAGES: dict[str, tuple[str, Callable[[Row], tuple[str | int, ...]]]] = {
    "need-match": ("network:need", lambda row: (row.public_id,)),
    "help-offered": ("network:need", lambda row: (row.public_id,)),
    "peer-review-report": ("network:peer-review-report", lambda row: (row.public_id,)),
    "follow-up": ("network:peer-review-follow-up", lambda row: (row.public_id, int(row.part))),
    # The link itself is stored nowhere: the team can only ask, or send another.
    "invitation": ("network:team", lambda row: (row.team,)),
    "need-draft": ("network:statement-draft", lambda row: (row.public_id,)),
    "offer-draft": ("network:statement-draft", lambda row: (row.public_id,)),
    "post-report": ("network:post-moderate", lambda row: (row.public_id,)),
    "join-request": ("network:join-request", lambda row: (row.public_id,)),
    "editor-request": ("network:team-member", lambda row: (row.part, row.public_id)),
    "post-appeal": ("network:appeal", lambda row: (row.public_id,)),
}
#: The role that has to act, where no team does.
_ROLES = {"post-report": NetworkRole.MODERATOR, "post-appeal": NetworkRole.MODERATOR}


def _names(of: str, column: str) -> dict[str, Any]:
    """A name in its languages, as columns that begin with `column`."""
    return {f"{column}{language}": f"{of}{language}" for language in ("", "_fr", "_sv")}


def _asked_to_join() -> QuerySet[JoinRequest]:
    """The first open request to join of each organisation."""
    rows = JoinRequest.objects.filter(confirmed_at__isnull=False, decided_at=None)
    before = rows.filter(
        Q(confirmed_at__lt=OuterRef("confirmed_at"))
        | Q(confirmed_at=OuterRef("confirmed_at"), pk__lt=OuterRef("pk")),
        group=OuterRef("group"),
    )
    return rows.filter(~Exists(before))


def _asked_to_edit(asked: Asked) -> QuerySet[Membership]:
    """Members who ask to become editors, with the `team` that decides: empty if it has no editor,
    so that the secretariat decides."""
    editors = Membership.objects.filter(
        in_force(asked.at),
        organisation=OuterRef("organisation"),
        role=TeamRole.EDITOR,
        user__is_active=True,
    )
    theirs = asked.of_team("organisation__public_id") & Q(has_editor=True)
    if asked.has_role(NetworkRole.SECRETARIAT):
        theirs |= Q(has_editor=False)
    members = Membership.objects.filter(in_force(asked.at), asked_editor_at__isnull=False)
    team = Case(When(has_editor=True, then=F("organisation__public_id")), default=Value(""))
    return members.annotate(has_editor=Exists(editors), team=team).filter(theirs)


def _failed(asked: Asked) -> QuerySet[Any]:
    """Emails that could not be sent: all for the secretariat, for others those to themselves."""
    letters = failed_letters()
    if asked.people is None or asked.has_role(NetworkRole.SECRETARIAT):
        return letters
    return letters.filter(person__in=list(asked.people))


def _of_failed(rows: list[Row], asked: Asked) -> Iterator[Waiting]:
    """One task for the secretariat for all, since many fail at once if the mail server is down; and
    one for each person whose email failed recently, to check the address."""
    if rows and asked.has_role(NetworkRole.SECRETARIAT):
        since = min(row.since or asked.at for row in rows)
        named = sorted({row.title for row in rows})
        title = ", ".join(named[:SHOWN]) + (" …" if named[SHOWN:] else "")
        yield Waiting(
            kind="email-failed",
            public_id="emails",
            turn=Turn(role=NetworkRole.SECRETARIAT),
            since=since,
            by=(since + LOOK_AFTER).date(),
            route="knowledge:desk-emails",
            titles=dict.fromkeys(("en", "fr", "sv"), title),
            n=len(rows),
        )
    of_late: dict[int, Row] = {}
    for row in rows:
        if row.part and (row.since or asked.at) >= asked.at - NEWS_FOR:
            of_late.setdefault(int(row.part), row)
    for person, row in of_late.items():
        yield Waiting(
            kind="email-address",
            public_id="email",
            turn=Turn(person=person),
            since=row.since or asked.at,
            route="account_email",
            titles=dict.fromkeys(("en", "fr", "sv"), row.title),
        )


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is None or asked.teams:
        yield from _of_teams(asked)
    is_secretariat = asked.has_role(NetworkRole.SECRETARIAT)
    if asked.teams is None or asked.teams or is_secretariat:
        of_member = {
            "public_id": "user__public_id",
            "team": "team",
            "part": "organisation__public_id",
            "since": "asked_editor_at",
            "title": "user__name",
        }
        yield (
            "editor-request",
            _asked_to_edit(asked),
            of_member | _names("organisation__name", "note"),
        )
    if is_secretariat:
        of_asker = {"public_id": "group", "since": "confirmed_at", "title": "name"}
        of_asker |= {"note_language": "language", "note": "purpose"}
        yield "join-request", _asked_to_join(), of_asker
    if asked.has_role(NetworkRole.MODERATOR):
        reported = Report.objects.filter(settled_at=None, post=OuterRef("pk")).order_by("at")
        posts = Post.objects.annotate(reported_at=Subquery(reported.values("at")[:1]))
        yield (
            "post-report",
            posts.filter(reported_at__isnull=False),
            {"since": "reported_at", "language": "language", "title": "text"},
        )
        # Undecided objections of authors.
        yield (
            "post-appeal",
            ModerationAct.objects.filter(appealed_at__isnull=False, appeal_decided_at=None),
            {"since": "appealed_at", "language": "post__language", "title": "post__text"},
        )
    if asked.people is None or asked.people or is_secretariat:
        of_letter = {"public_id": Cast("id", CharField()), "part": Cast("person", CharField())}
        yield "email-failed", _failed(asked), of_letter | {"since": "finished_at", "title": "to"}


def _of_teams(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    today = asked.at.date()
    # Needs that match an offer wait for its city, then help waits for the city of the need.
    help_ = NeedHelp.objects.filter(need__state=NeedState.OPEN, reply="")
    of_need: dict[str, Any] = {
        "public_id": "need__public_id",
        "by": "need__deadline",
        "language": "need__language",
        "title": "need__title",
    }
    yield (
        "need-match",
        help_.filter(asked.of_team("organisation__public_id"), answer=""),
        of_need | {"team": "organisation__public_id", "since": "asked_at"},
    )
    yield (
        "help-offered",
        help_.filter(asked.of_team("need__organisation__public_id")).exclude(
            answer__in=("", HelpAnswer.CANNOT)
        ),
        of_need
        | {"team": "need__organisation__public_id", "since": "answered_at"}
        | _names("city__name", "note"),
    )
    # Peer reviews whose visit is over without a report, and their follow-ups.
    of_review: dict[str, Any] = {
        "public_id": "review__public_id",
        "language": "review__language",
        "title": "review__title",
    }
    yield (
        "peer-review-report",
        PeerReviewer.objects.filter(
            asked.of_team("organisation__public_id"),
            review__state=PeerReviewState.PLANNED,
            review__ends_on__lt=today,
        ),
        of_review | {"team": "organisation__public_id", "day": "review__ends_on"},
    )
    months = Cast("months", TextField())
    yield (
        "follow-up",
        FollowUp.objects.filter(
            asked.of_team("review__host__public_id"),
            published_at=None,
            due_on__lte=today + REMIND_BEFORE,
        ),
        of_review
        | {"team": "review__host__public_id", "part": months, "day": "due_on", "by": "due_on"},
    )
    of_guest: dict[str, Any] = {"team": "organisation__public_id", "since": "made_at"}
    yield (
        "invitation",
        Invitation.objects.filter(
            asked.of_team("organisation__public_id"),
            still_open(asked.at),
            expires_at__lte=asked.at + INVITATION_ENDS,
        ),
        of_guest | {"by": Cast("expires_at", DateField())} | _names("organisation__name", "title"),
    )
    # Needs and offers that editors drafted for a city.
    drafts = StatementDraft.objects.filter(
        asked.of_team("organisation__public_id"), state=DraftState.OPEN
    )
    of_draft = {"team": "organisation__public_id", "since": "created_at"}
    for kind in StatementKind.values:
        yield f"{kind}-draft", drafts.filter(kind=kind), of_draft | _names("title", "title")


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Items from the rows of `_reads`."""
    failed: list[Row] = []
    for row in rows:
        if row.kind == "email-failed":
            failed.append(row)
            continue
        route, args = _PAGES[row.kind]
        since = row.since or start_of(row.day or asked.at.date())
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team)
            if row.team
            else Turn(role=_ROLES.get(row.kind, NetworkRole.SECRETARIAT)),
            since=since - REMIND_BEFORE if row.kind == "follow-up" else since,
            route=route,
            args=args(row),
            by=(since + ANSWER_WITHIN).date() if row.kind == "join-request" else row.by,
            titles=row.titles,
            notes=row.notes,
        )
    yield from _of_failed(failed, asked)


PROVIDERS = (
    Provider(
        {
            "email-failed": _("Deal with emails that were not delivered"),
            "email-address": _("Check your email address: an email did not reach you"),
            "post-report": _("Decide on a reported post"),
            "join-request": _("Decide on requests to join the network"),
            "editor-request": _("Decide whether a member can become an editor"),
            "post-appeal": _("Decide on an objection"),
            "need-match": _("Let a city know whether you can help with its need"),
            "help-offered": _("Accept or decline help from a city"),
            "peer-review-report": _("Write a peer review report"),
            "follow-up": _("Publish a peer review follow-up"),
            "invitation": _("Renew an invitation that is about to expire"),
            "need-draft": _("Confirm or reject a need found in your documents"),
            "offer-draft": _("Confirm or reject an offer found in your documents"),
        },
        _all,
        reads=_reads,
        letters={
            "post_reported": "post-report",
            "need_matched": "need-match",
            "help_offered": "help-offered",
            "peer_review_due": "follow-up",
            "peer_review_overdue": "follow-up",
            "help_declined": "help-declined",
            "post_written": "post",
            **dict.fromkeys(
                (
                    *("peer_review_joined", "peer_review_planned", "peer_review_cancelled"),
                    *("peer_review_reported", "peer_review_followed_up"),
                ),
                "peer-review-news",
            ),
        },
        news={
            "help-declined": _("A city declined the help you offered"),
            "post": _("New post on one of your team’s pages"),
            "peer-review-news": _("News about a peer review of your city"),
        },
        roles={
            **dict.fromkeys(("email-failed", "join-request"), NetworkRole.SECRETARIAT),
            **_ROLES,
        },
        of_people=frozenset({"email-address"}),
    ),
)
