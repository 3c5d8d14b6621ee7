"""Starter content is taken away by one command; what people changed or use stays."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from alliance.cases.models import CaseStudy, Effect, Solution
from alliance.core import audit
from alliance.network.enums import Origin
from alliance.network.models import City
from alliance.starter import commands
from alliance.starter.remove import remove_starter
from tests.factories.indicators import make_definition, record
from tests.factories.knowledge import NOW, lay_ground, make_case
from tests.factories.people import acting, person
from tests.factories.translations import make_method

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def shipped() -> None:
    lay_ground()
    make_case("Lund")
    make_case("Umeå")
    make_method()
    for model in (CaseStudy, Solution, City):
        model.objects.update(origin=Origin.STARTER, edited_at=None)


def test_a_look_says_what_would_go_and_removes_nothing(shipped) -> None:
    said = CliRunner().invoke(commands.remove, []).output
    assert "cases: 2 removed, 0 stay" in said and "Nothing was removed" in said
    assert CaseStudy.objects.count() == 2


def test_what_nobody_changed_goes_with_all_its_parts(shipped) -> None:
    said = CliRunner().invoke(commands.remove, ["--yes"]).output
    assert "cases: 2 removed, 0 stay" in said
    assert not CaseStudy.objects.exists() and not Effect.objects.exists()
    assert not City.objects.filter(public_id="lund").exists()


def test_what_people_changed_or_use_stays(shipped) -> None:
    lea = person("Lea")
    CaseStudy.objects.filter(public_id="lund").update(edited_at=NOW)
    audit.record("case", "umea", "confirm", actor=acting(lea), at=NOW)
    record(City.objects.get(public_id="umea"), make_definition(), {"2024": 5.0})
    found = remove_starter(at=NOW)
    assert (found.gone["cases"], found.stay["cases"]) == (0, ["lund", "umea"])
    assert "cases: 0 removed, 2 stay (lund, umea)" in str(found)
    assert Solution.objects.filter(cases__public_id="lund").exists()
    assert City.objects.filter(public_id__in=("lund", "umea")).count() == 2
    assert remove_starter(at=NOW).gone.total() == 0
