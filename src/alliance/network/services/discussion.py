"""Saying something about a record, reporting what others said, and moderating it."""

from __future__ import annotations

import datetime as dt
import math

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.network import rules
from alliance.network.addresses import page_address
from alliance.network.enums import DiscussedKind, Language
from alliance.network.models import Post, Report
from alliance.network.text_checks import choice_faults, text_faults

KIND = "post"
LONGEST_POST = 3_000
LONGEST_REASON = 300
#: Posts that one person may write, and reports that she may send.
WRITING = throttle.Limit("write-post", most=20, window=dt.timedelta(days=1))
REPORTING = throttle.Limit("report-post", most=20, window=dt.timedelta(days=1))


def write_post(
    kind: str, record_id: str, *, text: str, language: str, actor: audit.Actor, at: dt.datetime
) -> Post:
    """Say something about a record that came through its door. The same again is the one there.

    Raises InvalidData naming `text` or `language`, NotAllowed.
    """
    if actor.user is None:
        raise NotAllowed(_("Sign in to take part in a discussion."))
    faults = text_faults("text", text, required=True, longest=LONGEST_POST)
    faults += choice_faults("language", language, Language.values)
    if faults:
        raise InvalidData(faults)
    given = {"kind": kind, "record_id": record_id, "text": text.strip(), "author": actor.user}
    present = Post.objects.filter(**given, hidden_at=None).first()
    if present is not None:
        return present
    _take(WRITING, actor.user.pk, "text", at)
    with transaction.atomic():
        post = Post(**given, language=language, author_name=actor.user.name, at=at)
        post.full_clean(validate_constraints=False)
        post.save()
        _note(post, "write", actor=actor, at=at)
    return post


def report_post(post: Post, *, reason: str, actor: audit.Actor, at: dt.datetime) -> Report:
    """Report a post to the moderators, once until they have settled it.

    Raises InvalidData naming `reason`, NotAllowed.
    """
    if actor.user is None:
        raise NotAllowed(_("Sign in to report a post."))
    faults = text_faults("reason", reason, required=True, longest=LONGEST_REASON)
    if faults:
        raise InvalidData(faults)
    present = post.reports.filter(reported_by=actor.user, settled_at=None).first()
    if present is not None:
        return present
    _take(REPORTING, actor.user.pk, "reason", at)
    with transaction.atomic():
        report = Report.objects.create(
            post=post, reason=reason.strip(), reported_by=actor.user, at=at
        )
        _note(post, "report", actor=actor, at=at)
    return report


def moderate_post(
    post: Post, *, hide: bool, reason: str, actor: audit.Actor, at: dt.datetime
) -> Post:
    """Hide a post with a reason, or leave or put it back; that settles what was reported of it.

    Its author gets a letter where it was hidden or put back. Raises InvalidData naming `reason`,
    NotAllowed.
    """
    if not rules.is_moderator(actor):
        raise NotAllowed(_("Only moderators hide posts."))
    faults = text_faults("reason", reason, required=hide, longest=LONGEST_REASON)
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        current = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        changed = (current.hidden_at is not None) != hide
        if changed:
            current.hidden_at = at if hide else None
            current.hidden_because = reason.strip() if hide else ""
            current.save(update_fields=["hidden_at", "hidden_because"])
        settled = current.reports.filter(settled_at=None).update(settled_at=at)
        if changed or settled:
            verb = ("hide" if hide else "show again") if changed else "keep"
            _note(current, verb, actor=actor, at=at, reason=reason.strip(), reports=settled)
        if changed:
            _notify_author(current)
    return current


def _notify_author(post: Post) -> None:
    if post.author is not None:
        route = f"network:{DiscussedKind(post.kind).value}"
        write_letter(
            "post_moderated",
            post.author,
            is_hidden=post.hidden_at is not None,
            reason=post.hidden_because,
            text=post.text,
            url=page_address(route, post.author.language, post.record_id) + "#discussion",
        )


def _take(limit: throttle.Limit, person: int, where: str, at: dt.datetime) -> None:
    try:
        throttle.take(limit, person, at=at)
    except throttle.Throttled as error:
        hours = max(1, math.ceil(error.retry_after / 3600))
        raise InvalidData([Fault(where, "too-often", {"most": limit.most, "n": hours})]) from error


def _note(post: Post, verb: str, *, actor: audit.Actor, at: dt.datetime, **more: str | int) -> None:
    audit.record(
        actor=actor,
        at=at,
        verb=verb,
        kind=KIND,
        public_id=post.public_id,
        record=f"{post.kind} {post.record_id}",
        **more,
    )
