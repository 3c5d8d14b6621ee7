"""A made-up testbed and a made-up challenge to look at."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.config.cli import cli
from alliance.config.demo_people import make_demo_people
from alliance.config.demo_testbeds import make_demo_testbeds
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.network.models import City, Organisation
from alliance.network.services import save_city
from alliance.testbeds import models
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities() -> None:
    save_city("goteborg", name="Göteborg", country="SE", actor=COMMAND_LINE, at=clock.now())
    for public_id in ("goteborgs-stad", "ville-de-grenoble"):
        Organisation.objects.create(
            public_id=public_id, name=public_id, kind="municipality", city=City.objects.get()
        )


def test_both_are_made_once_and_say_that_they_are_made_up(cities):
    with pytest.raises(InvalidData, match="demo accounts"):
        make_demo_testbeds(at=clock.now())
    make_demo_people(at=clock.now())
    for _run in range(2):
        run = CliRunner().invoke(cli, ["demo", "testbeds"])
        assert run.exit_code == 0, run.output
    assert (models.Testbed.objects.count(), models.Challenge.objects.count()) == (1, 1)
    for address in run.output.split():
        path = "/" + address.split("/", 3)[3]
        assert "Made up for the demonstration" in page_text(Client(), path)


def test_there_are_none_in_production(cities, settings):
    make_demo_people(at=clock.now())
    settings.PRODUCTION = True
    with pytest.raises(InvalidData):
        make_demo_testbeds(at=clock.now())
