"""The made-up survey says that it is, and is the same each time."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.config.demo_survey import PEOPLE, PUBLIC_ID, make_demo_survey
from alliance.core.errors import InvalidData
from alliance.network.models import City
from alliance.surveys import selectors
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


def test_it_is_refused_in_production(settings, now) -> None:
    settings.PRODUCTION = True
    with pytest.raises(InvalidData):
        make_demo_survey(at=now)


def test_it_says_that_it_is_made_up(monkeypatch, now) -> None:
    lay_ground()
    from alliance.config import demo_survey
    from tests.factories.people import acting, join, person, team

    City.objects.filter(public_id="lund").update(latitude=55.7, longitude=13.19)
    lund, editor = team("lund"), person("Lea Lund")
    join(editor, lund)
    monkeypatch.setattr(demo_survey, "demo_team", lambda what, at: (lund, acting(editor)))
    process = make_demo_survey(at=now)
    assert make_demo_survey(at=now) == process and process.public_id == PUBLIC_ID
    found = selectors.standing(process)
    assert found.n == PEOPLE
    on_map = found.questions[3]
    # Some squares are full enough to be shown, some are not.
    assert any(cell.n for cell in on_map.cells) and any(cell.n is None for cell in on_map.cells)
    page = page_text(Client(), f"/fr/take-part/{PUBLIC_ID}/results/")
    assert "Exemple synthétique" in page and "réponses fictives" in page
