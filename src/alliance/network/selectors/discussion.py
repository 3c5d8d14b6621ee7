"""Discussions of records, and getters of posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.network import rules
from alliance.network.enums import AppealResult, DiscussedKind, ModerationDecision
from alliance.network.localise import Localised, localised
from alliance.network.models import ModerationAct, Post
from alliance.web.paging import page_of

POSTS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Discussion:
    """The posts on a record, oldest first, each with its text as the reader may see it.

    `page`: a page of a long discussion, newest post first; None if all posts are here.
    """

    kind: str
    posts: tuple[tuple[Post, Localised], ...]
    may_moderate: bool
    may_write: bool
    page: Page[Post] | None = None


def discussion_of(
    kind: str, record_id: str, actor: Actor, language: str, *, number: int | None = None
) -> Discussion:
    """The discussion of a record that a getter has checked. One query; with the `number` of a page
    two, newest first. Raises Http404 for a missing page.

    The reason for hiding a post is public, its text is for moderators.
    """
    may_moderate = rules.is_moderator(actor)
    posts = Post.objects.filter(kind=kind, record_id=record_id)
    page = page_of(Paginator(posts.order_by("-id"), POSTS_ON_A_PAGE), number) if number else None
    rows = page if page is not None else posts.order_by("id")
    return Discussion(
        kind,
        tuple(
            (
                post,
                localised(post.text, post.language, language)
                if post.hidden_at is None or may_moderate
                else Localised(""),
            )
            for post in rows
        ),
        may_moderate,
        rules.is_signed_in(actor),
        page,
    )


def get_post_to_report(actor: Actor, public_id: str) -> Post:
    """A visible post; what it is about is public. Raises NotFound.

    Of questions about cases only answered ones are visible.
    """
    posts = Post.objects.filter(hidden_at=None, answers=None)
    return get_by_public_id(posts.exclude(kind=DiscussedKind.CASE, answer=None), "post", public_id)


def get_post_to_moderate(actor: Actor, public_id: str) -> Post:
    """Any post except answers, for moderators. Raises NotFound, also without permission."""
    posts = Post.objects.filter(answers=None).select_related("author", "answer")
    return get_by_public_id(posts, "post", public_id, lambda post: rules.is_moderator(actor))


def get_own_hidden_post(actor: Actor, public_id: str) -> Post:
    """A hidden post of the actor. Raises NotFound."""
    posts = Post.objects.filter(author=actor.user).exclude(hidden_at=None)
    return get_by_public_id(posts, "post", public_id, lambda post: actor.user is not None)


def get_appeal(actor: Actor, public_id: str) -> ModerationAct:
    """A decision to which the author objected, for moderators. Raises NotFound."""
    rows = ModerationAct.objects.exclude(appealed_at=None).select_related("post")
    return get_by_public_id(rows, "objection", public_id, lambda act: rules.is_moderator(actor))


def moderation_log() -> QuerySet[ModerationAct]:
    """All decisions, newest first."""
    return ModerationAct.objects.order_by("-id")


@dataclass(frozen=True)
class ModerationFigures:
    """Statistics of decisions: hours are the median from report (else post) to decision."""

    n: int
    n_hidden: int
    median_hours: float | None
    n_appeals: int
    n_reversed: int


def moderation_figures(record_id: str = "") -> ModerationFigures:
    """The statistics of the log, or of one record in it. One query."""
    rows = ModerationAct.objects.filter(record_id=record_id) if record_id else moderation_log()
    acts = list(rows.values_list("decision", "since", "at", "appeal_result"))
    hours = [(at - since).total_seconds() / 3600 for _, since, at, _ in acts]
    decided = [result for *_, result in acts if result]
    return ModerationFigures(
        n=len(acts),
        n_hidden=sum(decision == ModerationDecision.HIDE for decision, *_ in acts),
        median_hours=median(hours) if hours else None,
        n_appeals=len(decided),
        n_reversed=sum(result == AppealResult.REVERSED for result in decided),
    )


#: Columns of the log as a table.
LOG_COLUMNS = (
    "id", "kind", "record", "decision", "rule", "reason", "role", "since", "at", "hours",
    "appealed_at", "appeal_result", "appeal_decided_at",
)  # fmt: skip


def log_row(act: ModerationAct) -> tuple[str, ...]:
    """A decision as a row of the table."""

    def time(at: dt.datetime | None) -> str:
        return at.isoformat(timespec="seconds") if at else ""

    hours = (act.at - act.since).total_seconds() / 3600
    return (
        act.public_id, act.kind, act.record_id, act.decision, act.rule, act.reason,
        act.role, time(act.since), time(act.at), f"{hours:.2f}", time(act.appealed_at),
        act.appeal_result, time(act.appeal_decided_at),
    )  # fmt: skip
