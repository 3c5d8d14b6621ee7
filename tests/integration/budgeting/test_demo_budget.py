"""Made-up budgets to look at."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.budgeting.models import Count, Project
from alliance.config.cli import cli
from alliance.config.demo_budget import COUNTED_ID, OPEN_ID, PROJECTS, make_demo_budgets
from alliance.config.demo_people import make_demo_people
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.network.models import City, Organisation
from alliance.network.services import save_city
from alliance.participation.models import Process
from tests.factories.pages import page_text
from tests.factories.translations import make_method

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities() -> None:
    save_city("goteborg", name="Göteborg", country="SE", actor=COMMAND_LINE, at=clock.now())
    for public_id in ("goteborgs-stad", "ville-de-grenoble"):
        Organisation.objects.create(
            public_id=public_id, name=public_id, kind="municipality", city=City.objects.get()
        )


def test_they_are_made_once_and_say_that_they_are_made_up(cities, settings) -> None:
    with pytest.raises(InvalidData, match="demo accounts"):
        make_demo_budgets(at=clock.now())
    make_demo_people(at=clock.now())
    make_method("participatory-budget")
    for _run in range(2):
        run = CliRunner().invoke(cli, ["demo", "budget"])
        assert run.exit_code == 0, run.output
    assert Process.objects.filter(is_synthetic=True).count() == 2
    assert Project.objects.filter(number__isnull=False).count() == 2 * len(PROJECTS)
    for page in (f"{COUNTED_ID}/results/", f"{OPEN_ID}/", f"{OPEN_ID}/ballot"):
        text = page_text(Client(), f"/en/take-part/{page}")
        assert "ynthetic example" in text or "made-up" in text
    count = Count.objects.get()
    # Of the two projects on the square at most one is chosen.
    chosen = {one["number"] for one in count.result["rounds"]}
    square = Project.objects.filter(budget=count.budget_id, only_one_of="the square")
    assert len(chosen & set(square.values_list("number", flat=True))) <= 1 < len(chosen)
    assert count.file
    # The one that was counted is a result of its method, which says that it is made up.
    method = page_text(Client(), "/en/methods/participatory-budget/")
    assert "Cost per participant Cities 0 All cities Göteborg (fictional): 1,710 SEK" in method
    assert "First-time participants, of those who answered" in method and "women" in method
    settings.PRODUCTION = True
    with pytest.raises(InvalidData):
        make_demo_budgets(at=clock.now())
