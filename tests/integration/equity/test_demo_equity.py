"""A made-up city of 300 areas to look at."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.config.cli import cli
from alliance.config.demo_equity import make_demo_equity
from alliance.config.demo_people import make_demo_people
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.equity.models import AreaSet, DistributionCheck
from alliance.network.models import City, Organisation
from alliance.network.services import save_city
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities() -> None:
    save_city("goteborg", name="Göteborg", country="SE", actor=COMMAND_LINE, at=clock.now())
    for public_id in ("goteborgs-stad", "ville-de-grenoble"):
        Organisation.objects.create(
            public_id=public_id, name=public_id, kind="municipality", city=City.objects.get()
        )


def test_it_is_made_once_and_says_that_it_is_made_up(cities, settings) -> None:
    with pytest.raises(InvalidData, match="demo accounts"):
        make_demo_equity(at=clock.now())
    make_demo_people(at=clock.now())
    for _run in range(2):
        run = CliRunner().invoke(cli, ["demo", "equity"])
        assert run.exit_code == 0, run.output
    made = AreaSet.objects.get()
    assert made.is_synthetic and made.has_shapes and made.remarks == []
    assert made.areas.count() == 300 and made.exposures.count() == 6
    areas, check = ("/" + one.split("/", 3)[3] for one in run.output.split())
    said = page_text(Client(), check)
    assert "synthetic: invented for the demonstration" in said and "Complete" in said
    assert "the city makes a partial change" in said and DistributionCheck.objects.count() == 1
    said = page_text(Client(), areas)
    assert "synthetic: invented for the demonstration" in said
    assert "Data is missing for 9" in said and "more Nitrogen dioxide than other residents" in said
    settings.PRODUCTION = True
    with pytest.raises(InvalidData):
        make_demo_equity(at=clock.now())
