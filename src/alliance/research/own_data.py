"""What this room keeps about a person: her page as a researcher, questions, and answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.research.models import Collaboration, Researcher, ResearchQuestion
from alliance.research.services.profiles import remove

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Her page, the questions she asked for her city or worded, and what she works on."""
    return {
        "researcher_page": [
            {
                "id": one.public_id,
                "organisation": one.organisation.name,
                "text": one.about,
                "themes": one.themes,
                "languages": one.languages,
                "orcid": one.orcid,
                "at": one.agreed_at.isoformat(),
            }
            for one in Researcher.objects.filter(user=user).select_related("organisation")
        ],
        "research_questions": [
            {"id": one.public_id, "title": one.title, "at": one.stated_at.isoformat()}
            for one in ResearchQuestion.objects.filter(stated_by=user)
        ],
        "research_questions_worded": [
            {
                "id": one.public_id,
                "text": one.wording,
                "at": (one.worded_at or one.stated_at).isoformat(),
            }
            for one in ResearchQuestion.objects.filter(worded_by=user)
        ],
        "research_answered": [
            {
                "question": one.question.public_id,
                "state": one.reply or one.answer,
                "text": one.plan,
                "at": one.asked_at.isoformat(),
            }
            for one in Collaboration.objects.filter(researcher__user=user).select_related(
                "question"
            )
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Her page goes; answers she gave stay, with the credit that she chose for them."""
    for one in Researcher.objects.filter(user=user):
        remove(one, at=at)
