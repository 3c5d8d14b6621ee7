"""A fictitious researcher at a fictitious university with an answer, all labelled as such."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from alliance.accounts.models import User
from alliance.cases.selectors.access import visible_cases
from alliance.config.demo_people import demo_team, make_demo_person
from alliance.core.audit import COMMAND_LINE
from alliance.network.access import actor_for
from alliance.network.enums import OrganisationKind
from alliance.network.services import give_membership, save_organisation
from alliance.research.models import Researcher, ResearchQuestion
from alliance.research.services import profiles, questions, working

TITLE = "Synthetic example: do people sleep better beside slower streets?"
NOTE = "Made up for the demonstration: no question of the city, no study, no result."
UNIVERSITY, RESEARCHER = "synthetic-university", "researcher"
DAY = dt.timedelta(days=1)


def make_demo_research(*, at: dt.datetime) -> ResearchQuestion:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, city = demo_team("demo research", at=at)
    present = ResearchQuestion.objects.filter(organisation=team, title=TITLE).first()
    if present is not None:
        return present
    start, today = at - 60 * DAY, at.date()
    with transaction.atomic():
        researcher = _researcher(at=at)
        by = actor_for(researcher.user, at=at)
        case = visible_cases(None).filter(city=team.city, is_masked=False).order_by("public_id")
        question = questions.ask(
            team,
            title=TITLE,
            text=NOTE,
            language="en",
            deadline=today + 90 * DAY,
            themes=("mobility", "health"),
            case=getattr(case.first(), "public_id", ""),
            actor=city,
            at=start,
        )
        wording = "Synthetic: by how many decibels did noise at night change on 10 streets?"
        questions.word(question, wording=wording, wording_language="en", actor=by, at=start + DAY)
        step = {"title": "Synthetic: compare ten streets", "side": "researcher"}
        work = working.take_on(
            question,
            plan=NOTE,
            language="en",
            answer_by=today + 40 * DAY,
            level="master",
            steps=[step | {"due_on": today + 30 * DAY}],
            actor=by,
            at=start + 3 * DAY,
        )
        working.reply(question, work.public_id, agrees=True, actor=city, at=start + 5 * DAY)
        working.set_step_done(question, work.public_id, 1, done=True, actor=by, at=at - 9 * DAY)
        answer = {"title": "Synthetic example: nobody measured anything.", "text": NOTE}
        working.answer(question, **answer, language="en", actor=by, at=at - 8 * DAY)
        working.accept(question, actor=city, at=at - 7 * DAY)
    return ResearchQuestion.objects.get(pk=question.pk)


def _researcher(*, at: dt.datetime) -> Researcher:
    """The page of a demo person at a university that does not exist."""
    university = save_organisation(
        UNIVERSITY,
        actor=COMMAND_LINE,
        at=at,
        name="Synthetic University (does not exist)",
        kind=OrganisationKind.UNIVERSITY,
        country="SE",
    )
    user = User.objects.get(email=make_demo_person(RESEARCHER, "Rut Researcher", at=at).email)
    give_membership(university, user=user, role="member", actor=COMMAND_LINE, at=at)
    return profiles.save_profile(
        organisation=UNIVERSITY,
        about=NOTE,
        language="en",
        languages=("en", "sv", "fr"),
        themes=("mobility", "health"),
        agreed=True,
        periods=[{"level": "master", "starts_on": at.date(), "ends_on": at.date() + 60 * DAY}],
        actor=actor_for(user, at=at),
        at=at,
    )
