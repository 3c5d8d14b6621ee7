"""Dialogues for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from django.db.models import Max

from alliance.core.ids import new_secret
from alliance.dialogues.models import Vote
from alliance.network.enums import DiscussedKind
from alliance.network.models import Post
from alliance.participation.enums import Author, ContributionKind
from alliance.participation.models import CensusCount, Contribution, Participant, Process
from alliance.participation.services.issuing import issue
from tests.factories.participation import make_process
from tests.factories.people import NOW, team


def make_statements(
    process: Process, texts: Sequence[str], *, is_shown: bool = True, at: dt.datetime = NOW
) -> list[Contribution]:
    """Statements of the city that everybody reads, or that wait."""
    posts = [
        Post.objects.create(
            kind=DiscussedKind.PROCESS,
            record_id=process.public_id,
            text=text,
            language=process.language,
            at=at,
        )
        for text in texts
    ]
    start = Contribution.objects.filter(process=process).aggregate(n=Max("number"))["n"] or 0
    return Contribution.objects.bulk_create(
        Contribution(
            post=post,
            number=number,
            process=process,
            kind=ContributionKind.STATEMENT,
            author=Author.OFFICIAL,
            shown_at=at if is_shown else None,
        )
        for number, post in enumerate(posts, start=start + 1)
    )


def make_people(process: Process, n: int, *, at: dt.datetime = NOW) -> list[Participant]:
    """People who take part, each from a browser of their own that no test has."""
    return Participant.objects.bulk_create(
        Participant(process=process, token_digest=new_secret(), language="en", made_at=at)
        for _ in range(n)
    )


def make_two_sides(
    process: Process, *, people: int = 40, statements: int = 10, at: dt.datetime = NOW
) -> tuple[list[Contribution], list[Participant]]:
    """All agree on the first statement; odd people think the other way on the others."""
    made = make_statements(process, [f"Statement {place}" for place in range(statements)], at=at)
    voters = make_people(process, people, at=at)
    random = np.random.default_rng(1)
    votes = []
    for place, voter in enumerate(voters):
        for column, statement in enumerate(made):
            side = 1 if not column or place % 2 == column % 2 else -1
            kept = not column or random.random() < 0.9
            votes.append(
                Vote(participant=voter, statement=statement, value=side if kept else 0, at=at)
            )
    Vote.objects.bulk_create(votes)
    return made, voters


def make_example_dialogue() -> Process:
    """An open dialogue of a made-up city that has results, for the examples of the API."""
    process = make_process(team("exampleby"), public_id="example-process", area="The old harbour")
    statements, _voters = make_two_sides(process)
    Post.objects.filter(pk=statements[0].pk).update(public_id="example-statement")
    for sex, people in (("woman", 20), ("man", 20)):
        CensusCount.objects.create(process=process, trait="sex", category=sex, people=people)
    voters = list(process.participants.values_list("pk", flat=True))
    process.participants.filter(pk__in=voters[:25]).update(sex="woman")
    process.participants.filter(pk__in=voters[25:]).update(sex="man")
    issue(process, at=NOW)
    return process
