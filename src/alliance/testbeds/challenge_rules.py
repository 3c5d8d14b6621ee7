"""Permissions and phases of challenges and their answers."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules
from alliance.network import rules as network
from alliance.network.enums import Scope
from alliance.network.models import Organisation
from alliance.testbeds.enums import AnswerState, ChallengePhase, ChallengeState
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.testbed_rules import may_speak_for

#: An undecided challenge is listed as waiting after this many days.
WAITING_DAYS = 60


def phase(challenge: Challenge, today: dt.date) -> ChallengePhase:
    """The phase of a challenge on a day."""
    if challenge.state != ChallengeState.PUBLISHED:
        return ChallengePhase(challenge.state)
    if today < challenge.opens_on:
        return ChallengePhase.UPCOMING
    return ChallengePhase.OPEN if today <= challenge.closes_on else ChallengePhase.CLOSED


def days_waiting(challenge: Challenge, today: dt.date) -> int:
    """Days since the last day of a closed, undecided challenge; else 0."""
    closed = phase(challenge, today) == ChallengePhase.CLOSED
    return (today - challenge.closes_on).days if closed else 0


def may_state(actor: Actor, organisation: Organisation) -> bool:
    """Editors of a municipality with a recorded city may state a challenge."""
    return needs_offers_rules.may_speak_for(actor, organisation)


def may_change(actor: Actor, challenge: Challenge) -> bool:
    """Whoever may state the challenge may change or withdraw it until it has ended."""
    open_ = challenge.state == ChallengeState.PUBLISHED
    return open_ and may_state(actor, challenge.organisation)


def may_answer(
    actor: Actor, organisation: Organisation, challenge: Challenge, today: dt.date
) -> bool:
    """Editors of any organisation but the asking one may answer while the challenge is open.

    Extended rights do not count: a sealed answer belongs to its team alone.
    """
    own = organisation.pk == challenge.organisation_id
    is_open = phase(challenge, today) == ChallengePhase.OPEN
    edits = network.is_editor_of(actor, organisation) and network.has_scope(actor, Scope.EXCHANGE)
    return is_open and not own and edits


def may_read_answer(actor: Actor, answer: Answer, today: dt.date) -> bool:
    """Its own team may always read it, the city's team and the secretariat once the challenge is
    closed, and everybody once it is decided.

    A withdrawn answer, or one to a withdrawn challenge, stays sealed. Extended rights do not open
    it.
    """
    scoped = network.has_scope(actor, Scope.EXCHANGE)
    if scoped and network.is_member_of(actor, answer.organisation):
        return True
    if answer.state != AnswerState.HANDED_IN:
        return False
    stands = phase(answer.challenge, today)
    if stands == ChallengePhase.DECIDED:
        return True
    if stands != ChallengePhase.CLOSED:
        return False
    asks = network.is_member_of(actor, answer.challenge.organisation)
    return (asks and scoped) or network.is_secretariat(actor)


def may_write_answer(actor: Actor, answer: Answer, today: dt.date) -> bool:
    """Editors of its team may change or withdraw an answer while the challenge is open."""
    handed_in = answer.state == AnswerState.HANDED_IN
    return handed_in and may_answer(actor, answer.organisation, answer.challenge, today)


def may_decide(actor: Actor, challenge: Challenge, today: dt.date) -> bool:
    """A person who edits for the city's municipality may decide once the challenge is closed."""
    closed = phase(challenge, today) == ChallengePhase.CLOSED
    return closed and actor.user is not None and may_state(actor, challenge.organisation)


def may_name_pilot(actor: Actor, answer: Answer) -> bool:
    """Editors of the city's or the answering team may name the pilot of a chosen answer."""
    teams = (answer.organisation, answer.challenge.organisation)
    return answer.is_chosen is True and any(may_speak_for(actor, team) for team in teams)
