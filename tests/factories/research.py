"""Researchers and questions of cities for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import User
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import Organisation
from alliance.network.services import save_organisation
from alliance.research.models import Collaboration, ResearchAnswer, Researcher, ResearchQuestion
from alliance.research.services import profiles, questions, working
from tests.factories.people import NOW, acting

DAY = dt.timedelta(days=1)
#: That of the person who does not exist, as ORCID itself uses it in examples.
ORCID = "0000-0002-1825-0097"


def university(public_id: str = "umea-university", name: str = "Umeå University") -> Organisation:
    return save_organisation(
        public_id,
        actor=COMMAND_LINE,
        at=NOW,
        name=name,
        kind=OrganisationKind.UNIVERSITY,
        country="SE",
    )


def make_researcher(
    user: User, team: Organisation, *, at: dt.datetime = NOW, **changes: Any
) -> Researcher:
    """The page of a person in the team of a university, with students in spring."""
    words: dict[str, Any] = {
        "organisation": team.public_id,
        "about": "How people get about in winter.",
        "language": "en",
        "languages": ["en", "fr"],
        "themes": ["mobility"],
        "orcid": ORCID,
        "agreed": True,
        "periods": [period(at.date() + 5 * DAY, at.date() + 40 * DAY)],
    }
    return profiles.save_profile(**words | changes, actor=acting(user), at=at)


def period(starts_on: dt.date, ends_on: dt.date) -> dict[str, Any]:
    """Days on which students look for the subject of a master's thesis."""
    return {"level": "master", "starts_on": starts_on, "ends_on": ends_on}


def make_question(
    team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any
) -> ResearchQuestion:
    """A question of the team's city, in French."""
    words = {
        "title": "Le péage réduit-il le bruit ?",
        "text": "Nous voulons savoir si les riverains dorment mieux.",
        "language": "fr",
        "deadline": at.date() + 200 * DAY,
        "themes": ["mobility"],
    }
    return questions.ask(team, **words | changes, actor=actor, at=at)


def word(question: ResearchQuestion, actor: Actor, *, at: dt.datetime = NOW) -> ResearchQuestion:
    """As the secretariat words it."""
    return questions.word(
        question,
        wording="By how many decibels did noise at night fall where roads were priced?",
        wording_language="en",
        actor=actor,
        at=at,
    )


def offer(question: ResearchQuestion, actor: Actor, *, at: dt.datetime = NOW) -> Collaboration:
    """As a researcher offers to answer, with a step for each side."""
    today = at.date()
    plan = {"plan": "Before and after.", "language": "en", "level": "master"}
    steps = [
        {"title": "Send the counts of noise", "side": "city", "due_on": today + 10 * DAY},
        {"title": "Compare ten streets", "side": "researcher", "due_on": today + 60 * DAY},
    ]
    by = {"actor": actor, "at": at}
    return working.take_on(question, **plan, answer_by=today + 90 * DAY, steps=steps, **by)


def send(question: ResearchQuestion, actor: Actor, *, at: dt.datetime = NOW) -> ResearchAnswer:
    """The answer, in French."""
    words = {
        "title": "Oui, un peu : deux décibels la nuit.",
        "text": "Le bruit a baissé dans huit rues sur dix.",
        "language": "fr",
        "url": "https://thesis.example/noise",
    }
    return working.answer(question, **words, actor=actor, at=at)


def make_example_question() -> None:
    """A worded question of a city, for the description of the API."""
    team = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).order_by("public_id")[0]
    by = Actor(
        "system",
        roles=frozenset({NetworkRole.SECRETARIAT}),
        teams={team.public_id: TeamRole.EDITOR},
    )
    made = word(make_question(team, by), by)
    ResearchQuestion.objects.filter(pk=made.pk).update(public_id="example-question")
