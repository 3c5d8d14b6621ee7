"""A failure whose city is hidden, and words that would tell where it was."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from alliance.core.audit import COMMAND_LINE
from alliance.core.text import fold
from alliance.network.models import City
from alliance.network.services import save_organisation
from alliance.search.services import rebuild
from tests.factories.knowledge import make_case
from tests.factories.people import NOW
from tests.factories.reviews import LATER, Review, lay_review
from tests.factories.translations import make_method

LATEST = LATER + dt.timedelta(days=1)
#: What would tell where it was: folded and in small letters.
PLACE = ("umea", "63.82", "20.25", "elvestadens", "elin berg", "elin.berg")
SOURCES = ("rapport.example", "slutrapport fran gatukontoret")
EFFECT = {
    "measure": "traffic volume", "unit": "percent change", "value": -1.5, "low": -3.0,
    "high": 0.5, "design": "before-after", "direction": "lower-is-better",
    "qualifier": "morgontrafik",
}  # fmt: skip
MASKED: dict[str, Any] = {
    "is_masked": True,
    "place": {"name": "Umeå", "country": "SE", "city": "umea"},
    "effects": [EFFECT],
    "sources": [
        {
            "title": "Slutrapport från gatukontoret",
            "url": "https://rapport.example/7731",
            "kind": "public-body",
        }
    ],
    "cost": {"amount": 120000.0, "currency": "SEK", "price_year": 2021},
    "amounts": [
        {"amount": 5000.0, "currency": "SEK", "source": "https://rapport.example/7731"},
    ],
    "actors": ["municipality"],
}


def folded(text: str) -> str:
    """Text as `PLACE` and `SOURCES` are written."""
    return fold(text).lower()


def counted(text: str, needles: tuple[str, ...]) -> Counter[str]:
    """How often each of `needles` stands in a folded text, those alone that do."""
    return Counter({needle: text.count(needle) for needle in needles if needle in text})


def lay_masked_ground() -> Review:
    """A team whose city, people and sources bear names that nothing else does."""
    found = lay_review()
    City.objects.filter(public_id="umea").update(
        latitude=63.8258, longitude=20.2534, population=91_916, population_year=2023
    )
    save_organisation(
        "umea-municipality",
        actor=COMMAND_LINE,
        at=NOW,
        name="Elvestadens kommun",
        kind="municipality",
        city=City.objects.get(public_id="umea"),
        country="SE",
    )
    make_case("Lund")
    make_method()
    rebuild(at=NOW)
    return found
