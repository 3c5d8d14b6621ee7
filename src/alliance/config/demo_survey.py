"""A synthetic survey on a map, in French, labelled as such."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.config.demo_process import DAY, prepared
from alliance.participation.enums import AgeBand, Channel, PhaseKind, ProcessKind, Sex
from alliance.participation.models import Participant, Process
from alliance.participation.places import as_geojson, point_in_words
from alliance.participation.services import processes
from alliance.participation.services.issuing import issue
from alliance.surveys.models import Response, Version
from alliance.surveys.questions import Question
from alliance.surveys.services.ground import make_ground
from alliance.surveys.services.questions import set_questions

TITLE = "Exemple synthétique : à vélo dans la ville"
NOTE = "Inventé pour la démonstration : aucune demande de la ville, aucune réponse réelle."
PUBLIC_ID = "synthetic-survey"
OFTEN = Question(
    "single",
    "À quelle fréquence allez-vous à vélo ?",
    options=("Tous les jours", "Parfois", "Jamais"),
    is_required=True,
)
WHY_NOT = Question(
    "several",
    "Qu’est-ce qui vous en empêche ?",
    options=("La circulation", "Pas de piste cyclable", "Pas de vélo"),
    if_key=OFTEN.key,
    if_values=(1, 2),
)
SAFE = Question(
    "scale",
    "Vous sentez-vous en sécurité à vélo ?",
    low=1,
    high=5,
    low_label="pas du tout",
    high_label="tout à fait",
)
WHERE = Question("point", "Où est-ce dangereux à vélo ?", high=3)
WHAT = Question(
    "single", "Qu’est-ce qui ne va pas ici ?", options=("Trop vite", "Trop étroit", "Trop sombre"),
    if_key=WHERE.key,
)  # fmt: skip
WORDS = Question("text", "Que faut-il changer ?")
QUESTIONS = (OFTEN, SAFE, WHY_NOT, WHERE, WHAT, WORDS)
KM = 5
PEOPLE, _BY_HAND = 140, 15
#: The probabilities of three answers, and where places cluster: offsets in degrees from the city.
_OFTEN, _CROWDS = (0.35, 0.4, 0.25), ((0.0, 0.0), (0.012, 0.02), (-0.015, -0.01))


def make_demo_survey(*, at: dt.datetime) -> Process:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo survey", at=at)
    present = Process.objects.filter(public_id=PUBLIC_ID).first()
    if present is not None:
        return present
    with transaction.atomic():
        summary = f"{NOTE} Cinq minutes, sur une carte ou sans carte."
        question = processes.Question(ProcessKind.SURVEY, TITLE, "fr", summary)
        phase = processes.PhaseData(PhaseKind.BOTH, at - DAY, at + 30 * DAY)
        ground = processes.Preparation(background=NOTE, phases=[phase])
        process = prepared(team, question, ground, PUBLIC_ID, actor=actor, at=at)
        make_ground(process, None, KM)
        version = set_questions(process, QUESTIONS, actor=actor, at=at)
        process = processes.open_process(process, actor=actor, at=at)
        _answer(process, version, at)
        issue(process, at=at)
    return process


def _answer(process: Process, version: Version, at: dt.datetime) -> None:
    """Synthetic people with answers and places."""
    chance = random.Random(20_261_129)  # noqa: S311 - made-up figures that anybody can make again
    people = Participant.objects.bulk_create(
        Participant(
            process=process,
            language="fr",
            made_at=at,
            channel=Channel.PAPER if number < _BY_HAND else Channel.ONLINE,
            age_band=chance.choice(AgeBand.values),
            sex=chance.choice(Sex.values),
        )
        for number in range(PEOPLE)
    )
    Response.objects.bulk_create(
        Response(
            participant=person,
            version=version,
            answers=_made_up(process, chance),
            started_at=at,
            changed_at=at,
            sent_at=at,
        )
        for person in people
    )


def _made_up(process: Process, chance: random.Random) -> dict[str, Any]:
    often = chance.choices(range(3), _OFTEN)[0]
    answers: dict[str, Any] = {OFTEN.key: often, SAFE.key: min(5, max(1, 4 - often))}
    if often:
        answers[WHY_NOT.key] = sorted(chance.sample(range(3), chance.randint(1, 2)))
    north, east = process.city.latitude or 0.0, process.city.longitude or 0.0
    crowd = chance.choice(_CROWDS)
    cells = process.survey_ground.parts
    at = point_in_words(
        f"{north + crowd[0] + chance.gauss(0, 0.002):.5f},"
        f" {east + crowd[1] + chance.gauss(0, 0.002):.5f}"
    )
    inside = [cell.code for cell in cells if cell.shape.intersects(at)]
    if inside:
        answers[WHERE.key] = [
            {
                "geometry": as_geojson(at),
                "place": "",
                "cells": inside[:1],
                "answers": {WHAT.key: chance.randrange(3)},
            }
        ]
    return answers
