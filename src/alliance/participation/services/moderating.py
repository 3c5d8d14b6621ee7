"""Moderation of contributions, before or after they are public, by the mechanism for all posts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.clock import hour_of
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.addresses import page_address
from alliance.network.enums import AppealResult, ModerationDecision, ModerationRule
from alliance.network.models import ModerationAct
from alliance.network.rules import is_moderator
from alliance.network.services import discussion
from alliance.network.text_checks import choice_faults
from alliance.participation import rules
from alliance.participation.models import Contribution, Participant

RELEASE, HIDE, SHOW = "release", "hide", "show"
TEAM = "team"


def moderate(
    contribution: Contribution,
    *,
    decision: str,
    rule: str = "",
    reason: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Contribution:
    """Release, hide or show again; that resolves the reports. By the city's team in its processes,
    and by moderators of the network.

    The author can read the reason, and gets it by email if she gave an address. A hidden text that
    is released is shown again. Raises InvalidData naming `decision`, `rule` or `reason`,
    NotAllowed.
    """
    if not rules.may_moderate(actor, contribution.process):
        raise NotAllowed(_("Only the city’s team and moderators can do this."))
    faults = choice_faults("decision", decision, (RELEASE, HIDE, SHOW))
    if decision == HIDE and not rule:
        faults.append(Fault("rule", "not-chosen"))
    refuse(faults)
    role = discussion.role_of(actor) if is_moderator(actor) else TEAM
    with transaction.atomic():
        current = Contribution.objects.select_for_update(of=("self",)).get(pk=contribution.pk)
        post = discussion.settle(
            current.post,
            hide=decision == HIDE,
            reason=reason,
            rule=rule,
            role=role,
            actor=actor,
            at=at,
        )
        if decision != HIDE and current.shown_at is None:
            release = ModerationDecision.RELEASE
            discussion.log_act(post, release, role=role, since=post.at, at=at)
            audit.record("contribution", post, "release", actor=actor, at=at)
        if current.shown_at is None:
            # A person has read it: a hidden text is public again if an objection succeeds.
            current.shown_at = at
            current.save(update_fields=["shown_at"])
        if decision == HIDE:
            _notify_author(current, "contribution_hidden", rule=rule, reason=reason.strip())
    return current


def notify_objection_decided(act: ModerationAct) -> None:
    """Email the author of a hidden text the decision on her objection."""
    contribution = Contribution.objects.filter(post=act.post).first()
    if contribution is not None:
        is_shown = act.appeal_result == AppealResult.REVERSED
        _notify_author(
            contribution, "objection_decided", is_shown=is_shown, reason=act.appeal_reason
        )


def _notify_author(
    contribution: Contribution, letter: str, *, rule: str = "", **words: Any
) -> None:
    participant = contribution.participant
    if participant is None or participant.email_confirmed_at is None:
        return
    with translation.override(participant.language):
        broken = str(ModerationRule(rule).label) if rule else ""
    write_letter(
        letter,
        participant.email,
        language=participant.language,
        title=str(contribution.process.localised_text("title", participant.language)),
        text=contribution.post.text,
        rule=broken,
        code=participant.receipt,
        url=page_address(
            "participation:mine", participant.language, contribution.process.public_id
        ),
        **words,
    )


def report(contribution: Contribution, *, reason: str, address: str, at: dt.datetime) -> None:
    """Report a contribution, without an account. Raises InvalidData naming `reason`."""
    discussion.report_by_guest(contribution.post, reason=reason, address=address, at=hour_of(at))


def object_to(
    contribution: Contribution, participant: Participant, *, text: str, at: dt.datetime
) -> None:
    """Object to the hiding of one's own contribution. Raises InvalidData naming `text`."""
    if contribution.participant_id != participant.pk:
        raise InvalidData([Fault("text", "nothing-to-appeal")])
    discussion.object_to(contribution.post, text=text, actor=audit.VISITOR, at=hour_of(at))
