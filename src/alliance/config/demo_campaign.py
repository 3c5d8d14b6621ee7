"""A synthetic campaign in fictitious blocks with figures, labelled as such."""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction

from alliance.campaigns import services
from alliance.campaigns.enums import Chosen, Did, UnitKind
from alliance.campaigns.models import Pledge
from alliance.config.demo_people import demo_team
from alliance.participation.models import Participant, Process
from alliance.participation.services import evaluating, processes
from alliance.participation.services.issuing import issue

TITLE = "Synthetic example: less in the bin"
NOTE = "Made up for the demonstration, in a made-up city like Borås: no figures of the city."
PUBLIC_ID = "synthetic-campaign"
DAY = dt.timedelta(days=1)
PARTS = ("Norrby", "Hestra", "Sjöbo", "Trandared")
#: The effect of the campaign on residual waste in kilograms, and the number of pledges.
CHANGE, PLEDGES = -0.8, 64


def make_demo_campaign(*, at: dt.datetime) -> Process:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo campaign", at=at)
    present = Process.objects.filter(public_id=PUBLIC_ID).first()
    if present is not None:
        return present
    chance = random.Random(20_261_128)  # noqa: S311 - made-up figures that anybody can make again
    start = at - 190 * DAY
    with transaction.atomic():
        doing = services.Doing(
            title=TITLE,
            language="en",
            summary=f"{NOTE} Food waste becomes gas for buses; what is burnt is lost. Sort it.",
            step="Fetch a basket for food waste",
            step_place="Recycling house of your block",
            step_when="Any day from 7 to 21",
        )
        process = services.start(team, doing, actor=actor, at=start)
        Process.objects.filter(pk=process.pk).update(is_synthetic=True, public_id=PUBLIC_ID)
        process = Process.objects.get(pk=process.pk)
        # Its salt is fixed, so that the example is the same everywhere.
        process.campaign.salt = PUBLIC_ID
        process.campaign.save(update_fields=["salt"])
        measuring = services.Measuring(
            outcome="residual waste",
            unit="kg per household and week",
            before="the half year before",
            starts_on=(start + DAY).date(),
            ends_on=(at - 10 * DAY).date(),
            result_by=(at + 20 * DAY).date(),
            decides_what="Nothing: synthetic example.",
            decides_who="nobody: synthetic example",
        )
        services.measure(process, measuring, actor=actor, at=start)
        before = {f"Block {n:02d}": round(chance.gauss(7, 1.1), 2) for n in range(1, 81)}
        lines = [f"{name},{was},{PARTS[n % 4]}" for n, (name, was) in enumerate(before.items())]
        table = "\n".join(["block,before,part of the city", *lines])
        units = services.set_units(
            process,
            kind=UnitKind.AREA,
            chosen=Chosen.RANDOM,
            n=40,
            content=table.encode(),
            name="blocks.csv",
            actor=actor,
            at=start,
        )
        process = services.begin(process, actor=actor, at=start)
        _pledge(process, chance, start + 20 * DAY)
        processes.close(process, at=at, actor=actor)
        issue(Process.objects.get(pk=process.pk), at=at)
        inside = dict(zip(units.columns["unit"], units.columns["treated"], strict=True))
        lines = [
            f"{name},{was - 0.1 + CHANGE * inside[name] + chance.gauss(0, 0.6):.2f}"
            for name, was in before.items()
        ]
        services.add_outcome(
            Process.objects.get(pk=process.pk),
            content="\n".join(["block,value", *lines]).encode(),
            name="after.csv",
            actor=actor,
            at=at,
        )
        made = Process.objects.get(pk=process.pk)
        evaluating.store_process_result(made, actor=actor, at=at)
    return made


def _pledge(process: Process, chance: random.Random, at: dt.datetime) -> None:
    """Synthetic people who pledge; most of them report that they did it."""
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=at) for _ in range(PLEDGES)
    )
    Pledge.objects.bulk_create(
        Pledge(
            participant=person, at=at, did=Did.YES if chance.random() < 0.7 else Did.NO, did_at=at
        )
        for person in people
    )
