"""Personal data of the research app: the profile, questions and answers of a person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.research.models import Collaboration, Researcher, ResearchQuestion
from alliance.research.services.profiles import remove

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """The person's profile, the questions they asked or worded, and their collaborations."""
    return {
        "researcher_page": [
            {
                "id": researcher.public_id,
                "organisation": researcher.organisation.name,
                "text": researcher.about,
                "themes": researcher.themes,
                "languages": researcher.languages,
                "orcid": researcher.orcid,
                "at": researcher.agreed_at.isoformat(),
            }
            for researcher in Researcher.objects.filter(user=user).select_related("organisation")
        ],
        "research_questions": [
            {
                "id": research_question.public_id,
                "title": research_question.title,
                "at": research_question.stated_at.isoformat(),
            }
            for research_question in ResearchQuestion.objects.filter(stated_by=user)
        ],
        "research_questions_worded": [
            {
                "id": research_question.public_id,
                "text": research_question.wording,
                "at": (research_question.worded_at or research_question.stated_at).isoformat(),
            }
            for research_question in ResearchQuestion.objects.filter(worded_by=user)
        ],
        "research_answered": [
            {
                "question": collaboration.question.public_id,
                "state": collaboration.reply or collaboration.answer,
                "text": collaboration.plan,
                "at": collaboration.asked_at.isoformat(),
            }
            for collaboration in Collaboration.objects.filter(researcher__user=user).select_related(
                "question"
            )
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Delete the person's profile; their answers stay, credited as they chose."""
    for researcher in Researcher.objects.filter(user=user):
        remove(researcher, at=at)
