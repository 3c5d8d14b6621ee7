"""Challenges and answers for tests. All of them are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from alliance.accounts.models import User
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import NotFound
from alliance.network.models import Organisation
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.selectors.access import get_answer_for, get_challenge_for
from alliance.testbeds.selectors.challenges import challenge_page
from alliance.testbeds.services import answers, challenges, decisions
from alliance.testbeds.services.answers import AnswerData, ClaimData, ConflictData
from alliance.testbeds.services.challenges import ChallengeData
from alliance.testbeds.services.decisions import Selection
from tests.factories.people import NOW, acting, person

NO_CONFLICT = ConflictData(False, "Frida Firm")
CONFLICT = ConflictData(True, "Frida Firm", "My brother works for the city.")
ANSWER = AnswerData(
    title="Sweepers that whisper",
    text="Twelve electric sweepers for one winter.",
    language="en",
    conflict=NO_CONFLICT,
    claims=(ClaimData("Half as loud", "https://evidence.example.org/noise"),),
)


def challenge_words(today: dt.date, **changes: Any) -> ChallengeData:
    """A challenge that is open from `today` for 30 days, with `changes`."""
    words = ChallengeData(
        title="Quiet streets at night",
        text="Sweeping wakes people. Who can do it without noise?",
        language="en",
        opens_on=today,
        closes_on=today + dt.timedelta(days=30),
        criteria=("Noise at the window", "Cost a kilometre"),
        topic="innovation-gateways",
        offers_place="Two streets.",
    )
    return dataclasses.replace(words, **changes)


def make_challenge(
    team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any
) -> Challenge:
    """A challenge of the team's city."""
    words = challenge_words(at.date(), **changes)
    return challenges.state_challenge(team, words, actor=actor, at=at)


def hand_in(
    challenge: Challenge, team: Organisation, actor: Actor, *, at: dt.datetime = NOW, **changes: Any
) -> Answer:
    """An answer of a team, with `changes` to `ANSWER`."""
    words = dataclasses.replace(ANSWER, **changes)
    return answers.hand_in_answer(challenge, team, words, actor=actor, at=at)


def decide(
    challenge: Challenge, actor: Actor, *chosen: Answer, at: dt.datetime, **changes: Any
) -> Challenge:
    """The challenge decided: these answers are chosen, all others are not."""
    ids = {one.public_id for one in chosen}
    rows = challenge.answers.filter(state="handed-in")
    verdicts = {one.public_id: Selection(one.public_id in ids, "By the criteria.") for one in rows}
    given: dict[str, Any] = {
        "outcome": "Quiet enough to try.",
        "conflict": ConflictData(False, "Eva Editor"),
        **changes,
    }
    return decisions.decide(challenge, verdicts, **given, actor=actor, at=at)


def make_example_challenge() -> None:
    """A decided challenge of a made-up city, for the examples of the API."""
    asks = Organisation.objects.get(public_id="exampleby-municipality")
    answering = Organisation.objects.get(public_id="exempleville-municipality")
    by, other = (
        _editor(name, one)
        for name, one in (("Made Up", asks), ("Invented Person", answering))
    )  # fmt: skip
    past = NOW - dt.timedelta(days=40)
    challenge = make_challenge(asks, by, at=past)
    answer = hand_in(challenge, answering, other, at=past)
    decide(challenge, by, answer, at=NOW)
    Challenge.objects.filter(pk=challenge.pk).update(public_id="example-challenge")
    Answer.objects.filter(pk=answer.pk).update(public_id="example-answer")


def _editor(name: str, team: Organisation) -> Actor:
    user: User = person(name)
    return Actor(name, user=user, teams={team.public_id: "editor"})


def everybody(editor: Actor, firm: Actor) -> dict[str, Actor]:
    secretary = acting(person("Sara Secretariat", "secretariat"))
    return {
        "visitor": VISITOR,
        "city": editor,
        "secretariat": secretary,
        "elevated": dataclasses.replace(editor, elevated=True),
        "reader": acting(person("Rita Reader")),
        "own": firm,
        "own token of another scope": Actor(
            "token", teams=firm.teams, scopes=frozenset({"drafts:read"})
        ),
    }


def readers(answer: Answer, actors: dict[str, Actor], today: dt.date) -> set[str]:
    """Who can read an answer by its door, and sees it on the page of the challenge."""
    found = set()
    for name, actor in actors.items():
        challenge = get_challenge_for(actor, answer.challenge.public_id)
        page = challenge_page(challenge, actor, "en", today)
        on_page = answer.public_id in {one.public_id for one in page["answers"]}
        try:
            get_answer_for(actor, challenge, answer.public_id, today)
        except NotFound:
            assert not on_page, name
        else:
            assert on_page, name
            found.add(name)
    return found
