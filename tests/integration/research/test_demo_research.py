"""The made-up question to universities says that it is made up, and is made once."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.config.demo_people import make_demo_people
from alliance.config.demo_research import NOTE, make_demo_research
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.models import City, Organisation
from alliance.network.services import save_city
from alliance.research.models import ResearchQuestion
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


def test_the_example_says_that_it_is_one_and_is_made_once() -> None:
    save_city("goteborg", name="Göteborg", country="SE", actor=COMMAND_LINE, at=clock.now())
    for public_id in ("goteborgs-stad", "ville-de-grenoble"):
        Organisation.objects.create(
            public_id=public_id, name=public_id, kind="municipality", city=City.objects.get()
        )
    make_demo_people(at=clock.now())
    question = make_demo_research(at=clock.now())
    assert make_demo_research(at=clock.now()).pk == question.pk
    assert ResearchQuestion.objects.count() == 1
    seen = page_text(Client(), f"/en/research/questions/{question.public_id}/")
    assert NOTE in seen and "Synthetic example: nobody measured anything." in seen
