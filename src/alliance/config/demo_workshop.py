"""A fictitious workshop with participants, labelled as such."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.db import transaction

from alliance.config.demo_people import demo_team
from alliance.network.enums import Theme
from alliance.network.models import City
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Registration, Workshop
from alliance.workshops.services import meeting, preparing

PUBLIC_ID = "synthetic-workshop"
TITLES = {
    "en": "Synthetic example: two days on moving people without cars",
    "fr": "Exemple inventé : deux jours pour se déplacer sans voiture",
    "sv": "Påhittat exempel: två dagar om att resa utan bil",
}
#: Start, end, room, speakers and title by language.
PROGRAMME = (
    ("09:00", "09:30", "1", "", ("Welcome", "Accueil", "Välkomna")),
    (
        *("09:30", "10:30", "1", "N. N."),
        ("Three failures, ten minutes each", "Trois échecs, dix minutes chacun", "Tre misstag"),
    ),
    (
        *("11:00", "12:30", "A", "A. A."),
        ("Buses that can take those who come", "Des bus à la hauteur", "Bussar som räcker"),
    ),
    (
        *("11:00", "12:30", "B", "B. B."),
        ("Owners who vote for renovation", "Des copropriétaires qui votent", "Ägare som röstar"),
    ),
)
NAMES = ("Ada", "Bo", "Cleo", "Dag", "Ebba", "Finn", "Gro", "Hugo", "Ines", "Jon")
CITIES = (
    "la-rochelle", "umea", "grenoble", "boras", "dunkerque", "goteborg", "malmo", "lund",
    "linkoping",
)  # fmt: skip
PLACES, PEOPLE = 40, 41


def make_demo_workshop(*, at: dt.datetime) -> Workshop:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo workshop", at=at)
    present = Workshop.objects.filter(public_id=PUBLIC_ID).first()
    if present is not None:
        return present
    first = at.date() + dt.timedelta(days=30)
    facts: dict[str, Any] = {
        "title": TITLES["en"],
        "language": "en",
        "summary": "Made up for the demonstration. Nobody who is named here exists.",
        "city": City.objects.filter(public_id="la-rochelle").first(),
        "place": "Hôtel de ville",
        "zone": "Europe/Paris",
        "first_day": first,
        "last_day": first + dt.timedelta(days=1),
        "capacity": PLACES,
        "sign_up_by": first,
        "cost": "Free",
        "spoken": ["fr", "sv", "en"],
    }
    with transaction.atomic():
        made = preparing.start(team, **facts, actor=actor, at=at)
        Workshop.objects.filter(pk=made.pk).update(
            public_id=PUBLIC_ID, is_synthetic=True, titles=TITLES
        )
        made.refresh_from_db()
        slots = [
            {
                "title": titles[0],
                "day": first,
                "starts": dt.time.fromisoformat(starts),
                "ends": dt.time.fromisoformat(ends),
                "room": room,
                "speakers": speakers,
            }
            for starts, ends, room, speakers, titles in PROGRAMME
        ]
        sessions = preparing.set_programme(made, sessions=slots, actor=actor, at=at)
        for session, row in zip(sessions, PROGRAMME, strict=True):
            session.titles = dict(zip(("en", "fr", "sv"), row[-1], strict=True))
            session.save(update_fields=["titles"])
        made = preparing.announce(made, actor=actor, at=at)
        _sign_up(made, at)
        meeting.suggest(made, at=at)
        return meeting.seat(made, size=6, rounds=3, actor=actor, at=at)


def _sign_up(workshop: Workshop, at: dt.datetime) -> None:
    """Fictitious people with what they want to learn and can share; the last one is on the waiting
    list."""
    chance = random.Random(20_261_128)  # noqa: S311 - made-up people that anybody can make again
    cities = list(City.objects.filter(public_id__in=CITIES).order_by("public_id"))
    Registration.objects.bulk_create(
        Registration(
            workshop=workshop,
            name=f"{NAMES[n % 10]} (made up {n + 1})",
            email=f"made-up-{n + 1}@demo.example",
            language=("en", "fr", "sv")[n % 3],
            zone="Europe/Paris",
            city=cities[n % len(cities)] if cities else None,
            state=SeatState.IN if n < PLACES else SeatState.WAITING,
            number=n + 1,
            made_at=at,
            in_at=at if n < PLACES else None,
            may_meet=n % 8 != 0,
            learns=chance.sample(Theme.values, 2),
            tells=chance.sample(Theme.values, 2),
        )
        for n in range(PEOPLE)
    )
