"""Posting about a record, reporting posts, and moderating them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from alliance.accounts.enums import NetworkRole
from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network import rules
from alliance.network.addressees import editors_or_secretariat, secretariat, with_role
from alliance.network.addresses import DISCUSSED, page_address
from alliance.network.enums import (
    AppealResult,
    DiscussedKind,
    Language,
    ModerationDecision,
    ModerationRule,
)
from alliance.network.models import ModerationAct, Organisation, Post, Report
from alliance.network.text_checks import choice_faults, text_faults

KIND = "post"
#: A post on a case in the audit trail: its author is visible to the secretariat only, as with the
#: case.
QUESTION = "question"
LONGEST_POST = 3_000
LONGEST_REASON = 300
LONGEST_APPEAL = 1_000
#: How many posts a person may write, and reports she may send.
POST_LIMIT = throttle.Limit("write-post", most=20, window=dt.timedelta(days=1))
REPORT_LIMIT = throttle.Limit("report-post", most=20, window=dt.timedelta(days=1))


def write_post(
    record: Any,
    *,
    text: str,
    language: str,
    teams: Collection[Organisation] = (),
    people: Collection[User] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Post:
    """Post about a record that the author may read. The same text again returns the existing post.

    `people` get an email; if None, the editors of `teams`, or of the record's own team. Raises
    InvalidData naming `text` or `language`, NotAllowed.
    """
    if actor.user is None:
        raise NotAllowed(_("Sign in to take part in a discussion."))
    faults = text_faults("text", text, required=True, longest=LONGEST_POST)
    faults += choice_faults("language", language, Language.values)
    refuse(faults)
    about = {"kind": record._meta.model_name, "record_id": record.public_id}
    fields: dict[str, Any] = {**about, "text": text.strip(), "author": actor.user}
    present = Post.objects.filter(**fields, hidden_at=None).first()
    if present is not None:
        return present
    _take(POST_LIMIT, actor.user.pk, "text", at)
    with transaction.atomic():
        fields |= {"language": language, "author_name": actor.user.name, "at": at}
        post = save_post(Post(**fields), "write", actor=actor)
        if people is None:
            asked = teams or [record.organisation]
            editors = [editors_or_secretariat(team, at=at)[0] for team in asked]
            people = list(dict.fromkeys(person for some in editors for person in some))
        for person in people:
            if person != actor.user:
                url = _address(post, person.language)
                write_letter(
                    "post_written", person, author=post.author_name, text=post.text, url=url
                )
    return post


def save_post(post: Post, verb: str, *, actor: audit.Actor) -> Post:
    """Save a new post that its service has validated, with an audit entry."""
    post.full_clean(validate_constraints=False)
    post.save()
    _note(post.answers or post, verb, actor=actor, at=post.at)
    return post


def report_post(post: Post, *, reason: str, actor: audit.Actor, at: dt.datetime) -> Report:
    """Report a post to the moderators; one open report for each person and post.

    Raises InvalidData naming `reason`, NotAllowed.
    """
    if actor.user is None:
        raise NotAllowed(_("Sign in to report a post."))
    faults = text_faults("reason", reason, required=True, longest=LONGEST_REASON)
    refuse(faults)
    present = post.reports.filter(reported_by=actor.user, settled_at=None).first()
    if present is not None:
        return present
    _take(REPORT_LIMIT, actor.user.pk, "reason", at)
    with transaction.atomic():
        is_first = not post.reports.filter(settled_at=None).exists()
        report, is_new = Report.objects.get_or_create(
            post=post,
            reported_by=actor.user,
            settled_at=None,
            defaults={"reason": reason.strip(), "at": at},
        )
        if is_new:
            _note(post, "report", actor=actor, at=at)
        if is_new and is_first:
            for person in with_role(NetworkRole.MODERATOR, at=at) or secretariat(at=at):
                url = page_address("network:post-moderate", person.language, post.public_id)
                write_letter("post_reported", person, reason=report.reason, text=post.text, url=url)
    return report


def report_by_guest(post: Post, *, reason: str, address: str, at: dt.datetime) -> Report:
    """As `report_post`, by somebody without an account; limited by network address."""
    refuse(text_faults("reason", reason, required=True, longest=LONGEST_REASON))
    _take(REPORT_LIMIT, f"guest {address}", "reason", at)
    with transaction.atomic():
        report = Report.objects.create(post=post, reason=reason.strip(), at=at)
        _note(post, "report", actor=audit.VISITOR, at=at)
    return report


def moderate_post(
    post: Post, *, hide: bool, reason: str, rule: str = "", actor: audit.Actor, at: dt.datetime
) -> Post:
    """Hide a post with a reason, or leave or restore it; that resolves the reports about it.

    An answer is hidden with its question. The author gets an email if the post was hidden or
    restored. Raises InvalidData naming `reason` or `rule`, NotAllowed.
    """
    if not rules.is_moderator(actor):
        raise NotAllowed(_("Only moderators can hide posts."))
    return settle(
        post, hide=hide, reason=reason, rule=rule, role=role_of(actor), actor=actor, at=at
    )


def role_of(actor: audit.Actor) -> str:
    """The role in which a moderator decides, for the log."""
    is_moderator = NetworkRole.MODERATOR in actor.roles
    return (NetworkRole.MODERATOR if is_moderator else NetworkRole.SECRETARIAT).value


def settle(
    post: Post,
    *,
    hide: bool,
    reason: str,
    rule: str = "",
    role: str,
    actor: audit.Actor,
    at: dt.datetime,
) -> Post:
    """Do what `moderate_post` does, for apps with rules of their own; `role` is recorded in the
    log."""
    faults = text_faults("reason", reason, required=hide, longest=LONGEST_REASON)
    faults += choice_faults("rule", rule, ["", *ModerationRule.values])
    refuse(faults)
    with transaction.atomic():
        current = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        because = reason.strip() if hide else ""
        is_moved = (current.hidden_at is not None) != hide
        changed = is_moved or current.hidden_because != because
        if changed:
            current.hidden_at = (current.hidden_at or at) if hide else None
            current.hidden_because = because
            current.save(update_fields=["hidden_at", "hidden_because"])
        reported = current.reports.filter(settled_at=None).order_by("at")
        since = reported.values_list("at", flat=True).first() or current.at
        settled = reported.update(settled_at=at)
        if changed or settled:
            decision = ModerationDecision.HIDE if hide else ModerationDecision.SHOW
            log_act(
                current,
                decision if changed else ModerationDecision.NO_CHANGE,
                rule=rule if hide else "",
                reason=reason,
                role=role,
                since=since,
                at=at,
            )
            verb = ("hide" if hide else "show again") if changed else "keep"
            _note(current, verb, actor=actor, at=at, reason=reason.strip(), reports=settled)
        if is_moved:
            _notify_author(current)
    return current


def log_act(
    post: Post,
    decision: ModerationDecision,
    *,
    rule: str = "",
    reason: str = "",
    role: str,
    since: dt.datetime,
    at: dt.datetime,
) -> ModerationAct:
    """Add a decision to the public log."""
    return ModerationAct.objects.create(
        post=post,
        kind=post.kind,
        record_id=post.record_id,
        decision=decision,
        rule=rule,
        reason=reason.strip(),
        role=role,
        since=since,
        at=at,
    )


def act_to_appeal(post: Post) -> ModerationAct | None:
    """The decision by which a post is hidden, if nobody has objected to it."""
    hides = post.moderation.filter(decision=ModerationDecision.HIDE).order_by("-id")
    act = hides.first() if post.hidden_at is not None else None
    return act if act is not None and act.appealed_at is None else None


def object_to(post: Post, *, text: str, actor: audit.Actor, at: dt.datetime) -> ModerationAct:
    """Object to the hiding of one's own post, once; a moderator decides. The caller has checked the
    author. Raises InvalidData naming `text`."""
    refuse(text_faults("text", text, required=True, longest=LONGEST_APPEAL))
    with transaction.atomic():
        act = act_to_appeal(Post.objects.select_for_update(of=("self",)).get(pk=post.pk))
        if act is None:
            raise InvalidData([Fault("text", "nothing-to-appeal")])
        act.appeal, act.appealed_at = text.strip(), at
        act.save(update_fields=["appeal", "appealed_at"])
        _note(post, "object", actor=actor, at=at)
    return act


def decide_appeal(
    act: ModerationAct, *, reverse: bool, reason: str, actor: audit.Actor, at: dt.datetime
) -> ModerationAct:
    """Decide on an objection: the post is shown again, or stays hidden. The author gets an email if
    the address is known. Raises InvalidData naming `reason`, NotAllowed."""
    if not rules.is_moderator(actor):
        raise NotAllowed(_("Only moderators can decide on objections."))
    refuse(text_faults("reason", reason, required=True, longest=LONGEST_REASON))
    with transaction.atomic():
        current = ModerationAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
        if current.appealed_at is None or current.appeal_decided_at is not None:
            return current
        result = AppealResult.REVERSED if reverse else AppealResult.UPHELD
        current.appeal_result, current.appeal_reason = result, reason.strip()
        current.appeal_decided_at = at
        current.save(update_fields=["appeal_result", "appeal_reason", "appeal_decided_at"])
        if current.post is not None:
            if reverse:
                settle(
                    current.post, hide=False, reason=reason, role=role_of(actor), actor=actor, at=at
                )
            if notifier := DISCUSSED[current.kind].objection_notifier:
                import_string(notifier)(current)
            _note(current.post, "decide objection", actor=actor, at=at, result=result.value)
    return current


def _notify_author(post: Post) -> None:
    if post.author is not None:
        write_letter(
            "post_moderated",
            post.author,
            is_hidden=post.hidden_at is not None,
            reason=post.hidden_because,
            text=post.text,
            url=_address(post, post.author.language),
        )


def _address(post: Post, language: str) -> str:
    kind = DISCUSSED[post.kind]
    return page_address(kind.page, language, post.record_id) + kind.anchor


def _take(limit: throttle.Limit, person: object, where: str, at: dt.datetime) -> None:
    try:
        throttle.take(limit, person, at=at)
    except throttle.Throttled as error:
        raise InvalidData([Fault(where, "too-often", {"most": limit.most})]) from error


def _note(post: Post, verb: str, *, actor: audit.Actor, at: dt.datetime, **more: str | int) -> None:
    audit.record(
        QUESTION if post.kind == DiscussedKind.CASE else KIND,
        post,
        verb,
        actor=actor,
        at=at,
        record=f"{post.kind} {post.record_id}",
        **more,
    )
