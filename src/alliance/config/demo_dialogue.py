"""A synthetic dialogue with people and votes, labelled as such."""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.config.demo_process import DAY, prepared, promises_in
from alliance.core.audit import Actor
from alliance.dialogues.models import Vote
from alliance.participation.enums import AgeBand, Channel, PhaseKind, ProcessKind, Sex, Tenure
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import processes
from alliance.participation.services.census import take_census
from alliance.participation.services.contributions import ContributionData, add_own
from alliance.participation.services.translating import translate

TITLE = "Synthetic example: what should change on our streets?"
NOTE = "Made up for the demonstration: no wish of the city, and nobody’s votes."
PUBLIC_ID = "synthetic-dialogue"
EASY = (
    "This is a made-up example. The streets around the square are to change. You say what you "
    "think. Agree or disagree with each sentence. Nothing is decided here."
)
BACKGROUND = (
    "Made up: 4 million is there for the streets around the square. 2,300 cars pass it on a "
    "weekday, and 31 people were hurt there in five years. None of these figures is real."
)
#: Inhabitants, fictitious like everything here.
CENSUS = """age_band,0-17,5200
age_band,18-29,4100
age_band,30-49,7000
age_band,50-64,4400
age_band,65+,4300
sex,woman,12600
sex,man,12400
tenure,rents,15500
tenure,owns,9500
"""
#: The texts above and the statements in the other languages.
IN_LANGUAGES = {
    "sv": {
        "title": "Syntetiskt exempel: vad ska ändras på våra gator?",
        "summary": "Påhittat för demonstrationen: ingen önskan från staden och ingens röster. Det "
        "visar hur invånare tillfrågas. Det tar två minuter.",
        "easy_read": "Det här är ett påhittat exempel. Gatorna runt torget ska ändras. Du säger "
        "vad du tycker. Håll med eller håll inte med om varje mening. Inget bestäms här.",
        "background": "Påhittat: det finns 4 miljoner till gatorna runt torget. 2 300 bilar "
        "passerar en vardag, och 31 personer skadades där på fem år. Ingen av siffrorna "
        "är verklig.",
        "statements": (
            "Det ska finnas ett upphöjt övergångsställe utanför varje skola.",
            "Gångvägen till torget ska vara upplyst på natten.",
            "Bussarna ska gå var tionde minut även på söndagar.",
            "Färre parkeringsplatser på torget, fler träd.",
            "Det ska kosta att parkera i centrum.",
            "Det ska vara 30 km/h på alla gator där människor bor.",
            "Bilarna ska få tillbaka torget.",
            "Lekplatser är viktigare för mig än vägar.",
            "Det ska finnas fler bänkar för äldre.",
            "Varutransporter ska bara komma på morgonen.",
        ),
    },
    "fr": {
        "title": "Exemple synthétique : que faut-il changer dans nos rues ?",
        "summary": "Inventé pour la démonstration : aucun souhait de la ville, aucun vote réel. "
        "L’exemple montre comment les habitants sont consultés. Cela prend deux minutes.",
        "easy_read": "Ceci est un exemple inventé. Les rues autour de la place vont changer. Vous "
        "dites ce que vous pensez. Dites oui ou non à chaque phrase. Rien n’est décidé ici.",
        "background": "Inventé : 4 millions sont prévus pour les rues autour de la place. "
        "2 300 voitures y passent un jour de semaine, et 31 personnes y ont été blessées en cinq "
        "ans. Aucun de ces chiffres n’est réel.",
        "statements": (
            "Il faut un passage piéton surélevé devant chaque école.",
            "Le chemin vers la place doit être éclairé la nuit.",
            "Les bus doivent passer toutes les dix minutes, même le dimanche.",
            "Moins de stationnement sur la place, plus d’arbres.",
            "Le stationnement au centre doit être payant.",
            "Il faut limiter à 30 km/h toutes les rues habitées.",
            "Il faut rendre la place aux voitures.",
            "Les aires de jeux comptent plus pour moi que les routes.",
            "Il faut plus de bancs pour les personnes âgées.",
            "Les livraisons ne doivent avoir lieu que le matin.",
        ),
    },
}
#: Each statement with the probability that three groups agree, 0 to 1.
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
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo dialogue", at=at)
    present = Process.objects.filter(organisation=team, title=TITLE).first()
    if present is not None:
        return present
    with transaction.atomic():
        summary = f"{NOTE} It shows how residents are asked. It takes two minutes."
        question = processes.Question(ProcessKind.DIALOGUE, TITLE, "en", summary, EASY)
        phase = processes.PhaseData(PhaseKind.BOTH, at - DAY, at + 30 * DAY)
        ground = processes.Preparation(background=BACKGROUND, phases=[phase])
        process = prepared(team, question, ground, PUBLIC_ID, actor=actor, at=at)
        process = processes.open_process(process, actor=actor, at=at)
        statements = [
            add_own(process, ContributionData(text, "en"), actor=actor, at=at)
            for text, _ in STATEMENTS
        ]
        _translate(process, statements, actor, at)
        take_census(process, CENSUS, actor=actor, at=at)
        _vote(process, statements, at)
    process.refresh_from_db()
    return process


def _translate(
    process: Process, statements: list[Contribution], actor: Actor, at: dt.datetime
) -> None:
    for language, translated in IN_LANGUAGES.items():
        texts = {f"process-{name}": str(text) for name, text in translated.items()}
        for statement, text in zip(statements, translated["statements"], strict=True):
            texts[f"statement-{statement.public_id}"] = text
        translate(process, language, texts | promises_in(language), actor=actor, at=at)


def _vote(process: Process, statements: list[Contribution], at: dt.datetime) -> None:
    """Synthetic people of three groups, each of whom votes on most statements."""
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
            tenure=chance.choice(Tenure.values),
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
