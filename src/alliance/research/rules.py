"""Permissions for asking, wording and answering questions and for accepting answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules, rules
from alliance.network.enums import HelpAnswer, HelpReply
from alliance.research.enums import QuestionState

if TYPE_CHECKING:
    from alliance.research.models import Collaboration, Researcher, ResearchQuestion


def speaks_for(actor: Actor, question: ResearchQuestion) -> bool:
    """Whether the actor is an editor of the municipality that asks."""
    return needs_offers_rules.may_speak_for(actor, question.organisation)


def may_change(actor: Actor, question: ResearchQuestion) -> bool:
    """Whether the actor may change the question: the city, until it is worded."""
    return _is_open(question) and not question.wording and speaks_for(actor, question)


def may_withdraw(actor: Actor, question: ResearchQuestion) -> bool:
    """Whether the actor may withdraw an open question: the city and the secretariat."""
    return _is_open(question) and (speaks_for(actor, question) or rules.is_secretariat(actor))


def may_word(actor: Actor, question: ResearchQuestion, own: Researcher | None) -> bool:
    """Whether the actor may word an open question: researchers and the secretariat."""
    return _is_open(question) and (own is not None or rules.is_secretariat(actor))


def may_ask(actor: Actor, question: ResearchQuestion) -> bool:
    """Whether the actor may invite another researcher: the city and the secretariat, after
    wording."""
    return bool(question.wording) and may_withdraw(actor, question)


def may_take_on(question: ResearchQuestion, own: Researcher | None) -> bool:
    """Whether the researcher may offer to answer: anyone with a profile, after wording."""
    return own is not None and _is_open(question) and bool(question.wording)


def is_agreed(work: Collaboration) -> bool:
    """Whether the city has accepted the researcher's offer."""
    return work.answer == HelpAnswer.CAN and work.reply == HelpReply.TAKEN_UP


def is_own(work: Collaboration, own: Researcher | None) -> bool:
    """Whether the collaboration belongs to the researcher."""
    return own is not None and work.researcher_id == own.pk


def _is_open(question: ResearchQuestion) -> bool:
    return question.state == QuestionState.OPEN
