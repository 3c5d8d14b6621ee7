"""Pilots and releases as results of their methods, from the records of each city."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alliance.adoption.models import Adoption
from alliance.adoption.services.method_results import DAYS_OF_MONTH, save_ended_results
from alliance.cases.models import Method
from alliance.evidence.models import MethodResult
from alliance.indicators.models import Release
from alliance.network.models import Need
from alliance.testbeds.models import Answer, Challenge, Pilot
from tests.factories.indicators import make_city, make_definition, make_release, make_score
from tests.factories.knowledge import lay_ground
from tests.factories.needs_offers import make_need
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def method(public_id: str, name: str) -> Method:
    made = Method.objects.create(
        public_id=public_id, cost_level="low", iap2_level="involve", mode="both"
    )
    made.texts.create(language="en", name=name, description="It is one.")
    return made


def tried(need: Need, months: int, ending: str = "", **changes: Any) -> Pilot:
    """A public adoption of a need whose pilot had its result so many months after it."""
    begun, said = need.stated_at, need.stated_at + months * DAYS_OF_MONTH * DAY + DAY / 24
    pilot = Pilot.objects.create(
        organisation=need.organisation, language="en", title="Trial", design="did",
        started_at=begun, saved_at=begun, frozen_at=begun, starts_on=begun.date(),
        result_due=said.date(), **({"state": "reported", "reported_at": said} | changes),
    )  # fmt: skip
    Adoption.objects.create(
        adopter=need.organisation, adopting_city=need.city, need=need, aim="Less.", language="en",
        pilot=pilot, started_at=begun, changed_at=begun, public_at=begun, ending=ending,
        outcome="So." if ending else "", ended_at=said if ending else None,
    )  # fmt: skip
    return pilot


@pytest.fixture
def needs() -> list[Need]:
    lay_ground()
    lund = team("lund")
    eva = person("Eva Editor")
    join(eva, lund)
    return [make_need(lund, acting(eva), title=f"Need {at}") for at in range(5)]


def kept(name: str) -> dict[str, Any]:
    return {one["measure"]: one for one in MethodResult.objects.get(method=name).measures}


def test_the_pilots_of_a_city_are_a_result_of_their_method(needs, client):
    agile = method("agile-piloting", "Agile piloting")
    tried(needs[0], 4, "adopted")
    assert save_ended_results(at=NOW) == 1
    # One pilot has no interval of its time.
    assert set(kept(agile)) == {"adopted"}
    tried(needs[1], 9, "stopped")
    tried(needs[2], 6)
    assert save_ended_results(at=NOW) == 1
    found = kept(agile)
    assert (found["adopted"]["value"], found["adopted"]["n"]) == (0.5, 2)
    assert found["months"]["value"] == pytest.approx(6, rel=0.02) and found["months"]["n"] == 3
    said = page_text(client, "/en/methods/agile-piloting/")
    assert "3 completed pilots; no decision yet: 1" in said
    swedish = page_text(client, "/sv/methods/agile-piloting/")
    assert "3 avslutade pilotprojekt" in swedish and "completed" not in swedish
    assert "months" in said and "50 %" in said
    Adoption.objects.update(public_at=None, ending="", ended_at=None, outcome="")
    assert save_ended_results(at=NOW) == 0 and not MethodResult.objects.exists()


def test_a_pilot_that_runs_is_no_result(needs):
    method("agile-piloting", "Agile piloting")
    tried(needs[0], 4, state="registered", reported_at=None)
    assert save_ended_results(at=NOW) == 0
    # Ended, and nothing is decided: no share, and with one pilot no time.
    tried(needs[1], 4)
    assert save_ended_results(at=NOW) == 0


def test_a_chosen_answer_makes_it_a_result_of_challenges(needs):
    agile, prize = method("agile-piloting", "Agile"), method("challenge-prize", "Prize")
    lund = needs[0].organisation
    challenge = Challenge.objects.create(
        city=lund.city, organisation=lund, title="Heat", text="How?", language="en",
        stated_at=NOW, changed_at=NOW, opens_on=NOW.date(), closes_on=NOW.date(),
    )  # fmt: skip
    answer = Answer.objects.create(
        challenge=challenge, organisation=lund, title="So", text="So.", language="en",
        handed_in_at=NOW, is_chosen=True, reason="Best.", has_conflict=False,
        declared_name="Eva", declared_at=NOW,
        pilot=tried(needs[0], 4, "adopted"),
    )  # fmt: skip
    assert save_ended_results(at=NOW) == 1 and kept(prize)["adopted"]["value"] == 1
    Answer.objects.filter(pk=answer.pk).update(pilot=None)
    assert save_ended_results(at=NOW) == 1 and kept(agile)["adopted"]["value"] == 1
    assert not MethodResult.objects.filter(method=prize).exists()


def test_figures_no_older_than_two_years_are_a_result_of_the_index(client):
    index = method("composite-index", "Composite index")
    cities = [make_city(name) for name in ("aby", "boby", "ceby")]
    definitions = [make_definition(f"SDG-11-{at}") for at in range(4)]
    assert save_ended_results(at=NOW) == 0
    release = make_release()
    for city in cities:
        for age, definition in zip((0, 2, 3, None), definitions, strict=True):
            value = None if age is None else 41.0
            make_score(release, city, definition, age=age, value=value)
    assert save_ended_results(at=NOW) == 3
    (one,) = MethodResult.objects.get(city=cities[0]).measures
    assert (one["measure"], one["value"], one["n"]) == ("current", 0.5, 4)
    assert "50 %" in page_text(client, "/en/methods/composite-index/")
    Release.objects.update(published_at=None)
    assert save_ended_results(at=NOW) == 0 and not index.results.exists()
