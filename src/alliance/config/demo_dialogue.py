"""A made-up dialogue with made-up people and votes, which says so, to see its pages with."""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.config.demo_process import DAY, prepared
from alliance.dialogues.models import Vote
from alliance.participation.enums import AgeBand, Channel, PhaseKind, ProcessKind, Sex
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import processes
from alliance.participation.services.contributions import Words, add_own

TITLE = "Synthetic example: what should change on our streets?"
NOTE = "Made up for the demonstration: no wish of the city, and nobody’s votes."
PUBLIC_ID = "synthetic-dialogue"
#: Each statement with how likely three made-up groups agree, 0 to 1.
STATEMENTS = (
    ("There should be a raised crossing outside every school.", (0.95, 0.9, 0.85)),
    ("The path to the square should be lit at night.", (0.9, 0.9, 0.95)),
    ("Buses should run every ten minutes on Sundays, too.", (0.9, 0.7, 0.8)),
    ("Fewer parking places at the square, more trees.", (0.9, 0.1, 0.4)),
    ("Parking in the centre should cost money.", (0.8, 0.05, 0.3)),
    ("The speed limit should be 30 on all streets where people live.", (0.9, 0.3, 0.7)),
    ("Cars should have the square back.", (0.05, 0.85, 0.2)),
    ("Playgrounds matter more to me than roads.", (0.6, 0.2, 0.95)),
    ("There should be more benches for old people.", (0.7, 0.8, 0.9)),
    ("Delivery vans should come in the morning only.", (0.7, 0.3, 0.5)),
)
SIZES = (60, 45, 25)
_BY_HAND = 12


def make_demo_dialogue(*, at: dt.datetime) -> Process:
    """Make it if it is missing, in the name of the demo editor of Göteborg; the same each time.

    Raises InvalidData in production, or where the demo accounts are missing.
    """
    team, actor = demo_team("demo dialogue", at=at)
    present = Process.objects.filter(organisation=team, title=TITLE).first()
    if present is not None:
        return present
    with transaction.atomic():
        summary = f"{NOTE} It shows how residents are asked. It takes two minutes."
        question = processes.Question(ProcessKind.DIALOGUE, TITLE, "en", summary)
        phase = processes.PhaseWords(PhaseKind.BOTH, at - DAY, at + 30 * DAY)
        ground = processes.Ground(background=NOTE, phases=[phase])
        process = prepared(team, question, ground, PUBLIC_ID, actor=actor, at=at)
        process = processes.open_process(process, actor=actor, at=at)
        statements = [
            add_own(process, Words(text, "en"), actor=actor, at=at) for text, _ in STATEMENTS
        ]
        _vote(process, statements, at)
    return process


def _vote(process: Process, statements: list[Contribution], at: dt.datetime) -> None:
    """Made-up people of three groups, each of whom votes on most statements."""
    chance = random.Random(20_261_128)  # noqa: S311 - made-up figures that anybody can make again
    groups = [group for group, size in enumerate(SIZES) for _ in range(size)]
    people = Participant.objects.bulk_create(
        Participant(
            process=process,
            language="en",
            made_at=at,
            channel=Channel.PAPER if number < _BY_HAND else Channel.ONLINE,
            age_band=chance.choice(AgeBand.values),
            sex=chance.choice(Sex.values),
        )
        for number in range(len(groups))
    )
    Vote.objects.bulk_create(
        Vote(
            participant=person,
            statement=statement,
            value=0 if chance.random() < 0.08 else (1 if chance.random() < agree[group] else -1),
            at=at,
        )
        for person, group in zip(people, groups, strict=True)
        for statement, (_text, agree) in zip(statements, STATEMENTS, strict=True)
        if chance.random() < 0.85
    )
