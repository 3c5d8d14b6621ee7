"""What was said about a record, and the way to one post."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.core.audit import Actor
from alliance.core.ids import one_by_id
from alliance.network import rules
from alliance.network.enums import DiscussedKind
from alliance.network.localise import Localised, localised
from alliance.network.models import Post


@dataclass(frozen=True)
class Discussion:
    """The posts on a record, the oldest first, each with its text as the reader may see it."""

    kind: str
    posts: tuple[tuple[Post, Localised], ...]
    may_moderate: bool
    may_write: bool


def discussion_of(kind: str, record_id: str, actor: Actor, language: str) -> Discussion:
    """What was said about a record that came through its door. One query.

    Of a hidden post everybody reads why it was hidden, moderators the text, too.
    """
    may_moderate = rules.is_moderator(actor)
    rows = Post.objects.filter(kind=kind, record_id=record_id).order_by("id")
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
    )


def get_post_to_report(actor: Actor, public_id: str) -> Post:
    """A post that readers see; what it is about, all may read. Raises NotFound.

    Of questions about cases they see those that are answered.
    """
    posts = Post.objects.filter(hidden_at=None, answers=None)
    return one_by_id(posts.exclude(kind=DiscussedKind.CASE, answer=None), "post", public_id)


def get_post_to_moderate(actor: Actor, public_id: str) -> Post:
    """Any post but answers, for moderators. Raises NotFound, also where that is not so."""
    posts = Post.objects.filter(answers=None).select_related("author", "answer")
    return one_by_id(posts, "post", public_id, lambda post: rules.is_moderator(actor))
