"""Registers answers to cities for translation, like cases."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.core.audit import Actor
from alliance.knowledge.translation_fields import Kind, TextField
from alliance.research.enums import AnswerState
from alliance.research.models import ResearchAnswer, ResearchAnswerText
from alliance.research.selectors.access import get_answer


def _get_answer(actor: Actor, public_id: str) -> ResearchAnswer:
    return get_answer(public_id)


def _accepted() -> QuerySet[ResearchAnswer]:
    return ResearchAnswer.objects.filter(state=AnswerState.ACCEPTED)


TRANSLATED = (
    Kind(
        "research answer",
        ResearchAnswer,
        ResearchAnswerText,
        "answer",
        (
            TextField("title", _("The answer in one sentence"), 200),
            TextField("text", _("Answer")),
        ),
        page="research:answer-page",
        translate_page="research:answer-translate",
        getter=_get_answer,
        label=_("Answer from research"),
        records=_accepted,
    ),
)
