"""Who asks universities, who words a question, who answers it, and who accepts the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules, rules
from alliance.network.enums import HelpAnswer, HelpReply
from alliance.research.enums import QuestionState

if TYPE_CHECKING:
    from alliance.research.models import Collaboration, Researcher, ResearchQuestion


def speaks_for(actor: Actor, question: ResearchQuestion) -> bool:
    """Those who act for the city that asks: editors of its municipality."""
    return needs_offers_rules.may_speak_for(actor, question.organisation)


def may_change(actor: Actor, question: ResearchQuestion) -> bool:
    """Change what is asked, before it is worded: the city."""
    return _is_open(question) and not question.wording and speaks_for(actor, question)


def may_withdraw(actor: Actor, question: ResearchQuestion) -> bool:
    """Withdraw a question that is open: the city and the secretariat."""
    return _is_open(question) and (speaks_for(actor, question) or rules.is_secretariat(actor))


def may_word(actor: Actor, question: ResearchQuestion, own: Researcher | None) -> bool:
    """Word an open question so that it can be answered: researchers and the secretariat."""
    return _is_open(question) and (own is not None or rules.is_secretariat(actor))


def may_ask(actor: Actor, question: ResearchQuestion) -> bool:
    """Ask one researcher more: the city and the secretariat, once the question is worded."""
    return bool(question.wording) and may_withdraw(actor, question)


def may_take_on(question: ResearchQuestion, own: Researcher | None) -> bool:
    """Offer to answer: any researcher with a profile, once the question is worded."""
    return own is not None and _is_open(question) and bool(question.wording)


def is_agreed(work: Collaboration) -> bool:
    """Whether city and researcher work together."""
    return work.answer == HelpAnswer.CAN and work.reply == HelpReply.TAKEN_UP


def is_own(work: Collaboration, own: Researcher | None) -> bool:
    """Whether the researcher is the one of the collaboration."""
    return own is not None and work.researcher_id == own.pk


def _is_open(question: ResearchQuestion) -> bool:
    return question.state == QuestionState.OPEN
