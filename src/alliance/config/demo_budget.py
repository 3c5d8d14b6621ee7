"""Synthetic budgets with synthetic people, labelled as such: one is counted, one is open for
voting."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from functools import partial

import shapely
from django.db import transaction

from alliance.budgeting.enums import BallotKind, Voters
from alliance.budgeting.models import Ballot, BallotEntry, Budget, Project
from alliance.budgeting.services import counting, preparing
from alliance.config.demo_people import demo_team
from alliance.config.demo_process import DAY, prepared
from alliance.core import audit
from alliance.network.models import Organisation
from alliance.participation.enums import (
    AgeBand,
    Channel,
    ContributionKind,
    FirstTime,
    PhaseKind,
    ProcessKind,
    Sex,
    Trait,
)
from alliance.participation.models import CensusCount, Participant, Process
from alliance.participation.services import evaluating, processes
from alliance.participation.services.contributions import ContributionData, contribute, point_faults
from alliance.participation.services.issuing import issue

NOTE = "Made up for the demonstration: no money of the city, and nobody’s votes."
COUNTED_ID, OPEN_ID = "synthetic-budget", "synthetic-ballot"
#: Title, category, part of the city, cost in kronor, and how likely four groups choose it.
PROJECTS = (
    (
        "Raised crossing outside the school",
        "Streets",
        "Hammarkullen",
        340_000,
        (0.8, 0.3, 0.4, 0.3),
    ),
    ("Lights on the path to the square", "Streets", "Hjällbo", 210_000, (0.3, 0.8, 0.5, 0.4)),
    ("Bicycle parking at the station", "Streets", "Hjällbo", 160_000, (0.5, 0.4, 0.2, 0.1)),
    ("Twenty trees along the avenue", "Green", "Hammarkullen", 260_000, (0.6, 0.3, 0.6, 0.2)),
    ("Garden plots behind the library", "Green", "Hjällbo", 90_000, (0.2, 0.5, 0.6, 0.3)),
    ("Skating ground on the square", "Meeting", "Hjällbo", 480_000, (0.2, 0.4, 0.1, 0.8)),
    ("Open-air stage on the square", "Meeting", "Hjällbo", 390_000, (0.1, 0.3, 0.4, 0.6)),
    ("Benches with arm rests", "Meeting", "Hammarkullen", 70_000, (0.5, 0.6, 0.8, 0.1)),
)
SQUARE = "the square"
#: Positions of the projects, in degrees north and east, in the order above.
POINTS = (
    (57.7755, 12.0405), (57.7650, 12.0360), (57.7618, 12.0290), (57.7772, 12.0472),
    (57.7682, 12.0262), (57.7649, 12.0368), (57.7651, 12.0352), (57.7739, 12.0361),
)  # fmt: skip
SIZES = (50, 40, 30, 25)
_BY_HAND = 15
#: Synthetic residents by age and by sex.
RESIDENTS = {
    AgeBand.UNDER_18: 3_600,
    AgeBand.YOUNG: 3_000,
    AgeBand.MIDDLE: 4_400,
    AgeBand.OLDER: 2_700,
    AgeBand.OLD: 2_300,
}
BY_SEX = {Sex.WOMAN: 8_000, Sex.MAN: 8_000}
MONEY = 1_000_000


def make_demo_budgets(*, at: dt.datetime) -> list[Process]:
    """Create those that are missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo budget", at=at)
    budgets = []
    for public_id, title, age in (
        (COUNTED_ID, "Synthetic example: a budget that was counted", 60 * DAY),
        (OPEN_ID, "Synthetic example: vote on a budget", 21 * DAY),
    ):
        present = Process.objects.filter(public_id=public_id).first()
        if present is None:
            with transaction.atomic():
                present = _make(team, actor, public_id, title, start=at - age)
                if public_id == COUNTED_ID:
                    _vote(present, at - 35 * DAY)
                    processes.close(present, at=at, actor=actor)
                    issue(present, at=at)
                    present.refresh_from_db()
                    issue(present, at=at)
                    counting.count(present, actor=actor, at=at)
                    _evaluate(present, actor, at)
        budgets.append(present)
    return budgets


def _make(
    team: Organisation, actor: audit.Actor, public_id: str, title: str, *, start: dt.datetime
) -> Process:
    """Opened at `start`: ten days for proposals, ten for costs, twenty for voting."""
    summary = f"{NOTE} It shows how residents decide on a budget."
    question = processes.Question(ProcessKind.BUDGET, title, "en", summary)
    phases = [
        processes.PhaseData(PhaseKind.WRITE, start, start + 10 * DAY),
        processes.PhaseData(PhaseKind.VOTE, start + 20 * DAY, start + 40 * DAY),
    ]
    ground = processes.Preparation(background=NOTE, is_strict=False, phases=phases)
    process = prepared(team, question, ground, public_id, days=90, actor=actor, at=start)
    process = processes.open_process(process, actor=actor, at=start)
    terms = preparing.Terms(
        Decimal(MONEY), "SEK", ballot=BallotKind.APPROVAL, most_projects=4, voters=Voters.ACCOUNT
    )
    preparing.set_terms(process, terms, actor=actor, at=start)
    person = Participant.objects.create(process=process, language="en", made_at=start)
    later = start + 12 * DAY
    for (name, category, area, cost, _likely), (north, east) in zip(PROJECTS, POINTS, strict=True):
        words = ContributionData(
            f"{name}. {NOTE}", "en", kind=ContributionKind.PROPOSAL, title=name, place=area
        )
        proposal = contribute(process, person, words, at=start + DAY)
        point = partial(shapely.Point, east, north)
        # If the city has other areas, the projects have no point.
        is_inside = not point_faults(process, "latitude", point)
        estimate = preparing.Estimate(
            title=name,
            language="en",
            cost=Decimal(cost),
            cost_basis="A made-up price.",
            text=NOTE,
            category=category,
            area=area,
            latitude=north if is_inside else None,
            longitude=east if is_inside else None,
            only_one_of=SQUARE if SQUARE in name else "",
        )
        project = preparing.estimate(process, proposal, estimate, actor=actor, at=later)
        reason = "It can be built on land of the city. Made up."
        preparing.decide(project, eligible="yes", reason=reason, actor=actor, at=later)
    preparing.declare(process, actor=actor, at=start + 15 * DAY)
    return process


def _vote(process: Process, at: dt.datetime) -> None:
    """Synthetic people of four groups, each of whom chooses up to four projects."""
    chance = random.Random(20_261_128)  # noqa: S311 - made-up figures that anybody can make again
    likely = {name: odds for name, _category, _area, _cost, odds in PROJECTS}
    who = random.Random(20_261_130)  # noqa: S311
    projects = list(Project.objects.filter(budget=Budget.objects.get(process=process)))
    groups = [group for group, size in enumerate(SIZES) for _ in range(size)]
    people = Participant.objects.bulk_create(
        Participant(
            process=process,
            language="en",
            made_at=at,
            channel=Channel.PAPER if number < _BY_HAND else Channel.ONLINE,
            sex=who.choices((Sex.WOMAN, Sex.MAN, ""), (0.5, 0.35, 0.15))[0],
            age_band=who.choices((*RESIDENTS, ""), (0.2, 0.14, 0.24, 0.16, 0.12, 0.14))[0],
            first_time=who.choices((FirstTime.YES, FirstTime.NO, ""), (0.5, 0.3, 0.2))[0],
        )
        for number in range(len(groups))
    )
    ballots = Ballot.objects.bulk_create(
        Ballot(
            process=process,
            participant=person,
            voter_digest=f"made up {number}",
            channel=person.channel,
            at=at,
        )
        for number, person in enumerate(people)
    )
    entries = []
    for ballot, group in zip(ballots, groups, strict=True):
        liked = [project for project in projects if chance.random() < likely[project.title][group]]
        chosen = chance.sample(liked, min(len(liked), 4)) or [chance.choice(projects)]
        entries += [BallotEntry(ballot=ballot, project=project, value=1) for project in chosen]
    BallotEntry.objects.bulk_create(entries)


def _evaluate(process: Process, actor: audit.Actor, at: dt.datetime) -> None:
    """Synthetic residents and costs, for the page of the method."""
    CensusCount.objects.bulk_create(
        CensusCount(process=process, trait=trait, category=category, people=people)
        for trait, counts in ((Trait.AGE, RESIDENTS), (Trait.SEX, BY_SEX))
        for category, people in counts.items()
    )
    method = evaluating.method_of(process)
    if method is not None:
        known = evaluating.EvaluationData(
            hours=Decimal(420), rate=Decimal(450), other_costs=Decimal(60_000), currency="SEK"
        )
        evaluating.evaluate(process, method, known, actor=actor, at=at)
