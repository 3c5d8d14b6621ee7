"""Surveys for tests. All answers are made up."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from alliance.equity.enums import AreaKind
from alliance.equity.models import Area, AreaSet
from alliance.network.models import Organisation
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.services.issuing import issue
from alliance.surveys.models import Response, Version
from alliance.surveys.questions import Question
from alliance.surveys.services.ground import make_ground
from tests.factories.equity import grid
from tests.factories.participation import make_process
from tests.factories.people import NOW, team

OFTEN = Question(
    "single",
    "How often do you cycle?",
    options=("Every day", "Sometimes", "Never"),
    is_required=True,
)
WHY_NOT = Question(
    "several",
    "What keeps you from it?",
    options=("Traffic", "No lane", "No bicycle"),
    if_key=OFTEN.key,
    if_values=(1, 2),
)
SAFE = Question("scale", "How safe do you feel?", low=1, high=5, low_label="not at all")
KM = Question("number", "How many kilometres is your way to work?", low=0, high=200)
RANKED = Question("ranking", "What should come first?", options=("Lanes", "Lights", "Racks"))
LINES = Question("matrix", "How good is …?", options=("the lane", "the light"), low=1, high=3)
WORDS = Question("text", "What should change?")
QUESTIONS = (OFTEN, SAFE, WHY_NOT, KM, RANKED, LINES, WORDS)


def make_survey(
    organisation: Organisation,
    questions: Iterable[Question] = QUESTIONS,
    *,
    at: dt.datetime = NOW,
    **options: Any,
) -> Process:
    """A survey that is open, with its first version."""
    process = make_process(organisation, kind=ProcessKind.SURVEY, at=at, **options)
    data = [one.as_data() for one in questions]
    Version.objects.create(process=process, number=1, questions=data, made_at=at)
    return process


def fill(
    version: Version,
    answers: Mapping[str, Any],
    n: int = 1,
    *,
    at: dt.datetime = NOW,
    **person: Any,
) -> list[Response]:
    """`n` people who sent the same answers; `person`: columns of each."""
    people = Participant.objects.bulk_create(
        Participant(process=version.process, language="en", made_at=at, **person) for _ in range(n)
    )
    return Response.objects.bulk_create(
        Response(
            participant=one,
            version=version,
            answers=dict(answers),
            started_at=at,
            changed_at=at,
            sent_at=at,
        )
        for one in people
    )


def make_drawn_areas(organisation: Organisation) -> AreaSet:
    """25 square areas with shapes, A00 to A24, as from a file that a child process has read."""
    made = AreaSet.objects.create(
        organisation=organisation, city=organisation.city, kind=AreaKind.OWN, name="Areas 2025",
        language="en", year=2025, source="Made up", licence="CC0 1.0", made_at=NOW, changed_at=NOW,
        crs=4326, width=500, height=500,
    )  # fmt: skip
    Area.objects.bulk_create(
        Area(
            area_set=made,
            number=number,
            code=f"A{number:02d}",
            name=f"Area {number}",
            shape=json.dumps(one["geometry"]),
            outline=f"M{number // 5 * 100} {(4 - number % 5) * 100}h100v100h-100z",
        )
        for number, one in enumerate(grid())
    )
    return made


def make_example_survey() -> Process:
    """A survey on a map of a made-up city that 12 answered, for the examples of the API."""
    organisation = team("exampleby")
    where = Question("point", "Where is it dangerous?")
    process = make_survey(organisation, (OFTEN, where), public_id="example-survey")
    make_ground(process, make_drawn_areas(organisation))
    place = {"geometry": None, "place": "", "cells": ["A00"], "answers": {}}
    fill(process.survey_versions.get(), {OFTEN.key: 0, where.key: [place]}, 12)
    issue(process, at=NOW)
    return process
