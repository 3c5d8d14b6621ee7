"""The replication plan inherits what the case recorded, and says what it did not."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.adoption.selectors.adoptions import get_adoption_for
from alliance.adoption.selectors.plan import handed_down
from alliance.adoption.services import adoptions
from alliance.cases.models import CaseStudy, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.network.models import City
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, cost, effect, lay_ground, make_case
from tests.factories.needs_offers import make_agreement
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(db):
    """Umeå adopts from Lund; both agreed."""
    lay_ground()
    texts = (SolutionTextRecord("en", "Road pricing", prerequisites=("A national law",)),)
    record = SolutionRecord("road-pricing", "approach", texts)
    save_solution(record, actor=COMMAND_LINE, at=NOW)
    effects = (effect(-12.0, check_again="copy"),)
    case = make_case("Lund", cost=cost("1000000", "EUR", 2020), effects=effects)
    lund, umea = team("lund"), team("umea")
    knows, adopts = person("Lova"), person("Ulf")
    join(knows, lund)
    join(adopts, umea)
    made = make_agreement(umea, lund, acting(adopts), case=case)
    return adoptions.agree(made, revision=1, actor=acting(knows), at=NOW)


def address(agreement):
    return f"/en/adoptions/{agreement.public_id}/plan/"


def test_it_inherits_the_case_and_tells_what_is_not_recorded(agreement):
    seen = page_text(Client(), address(agreement))
    assert "Queues every morning." in seen and "Bypass roads grew busier." in seen
    assert "A national law" in seen
    assert "traffic volume Before not known Result −12 %" in seen
    assert "needs to be checked again: a source is a copy of the first publication" in seen
    assert "before-and-after comparison, lower is better" in seen
    assert "Country Sweden Sweden yes" in seen
    assert "Residents 100,000 not known not known" in seen
    assert "Same cost per resident in Umeå not known" in seen


def test_the_cost_is_scaled_by_inhabitants_where_both_are_recorded(agreement):
    City.objects.filter(public_id="umea").update(population=50_000, population_year=2020)
    actor = acting(person("Reader"))
    plan = handed_down(get_adoption_for(actor, agreement.public_id), language="en")
    assert plan["inherited"] is not None and plan["inherited"].cost.converted is not None
    half = plan["inherited"].cost.converted.value / 2
    assert plan["inherited"].scaled == pytest.approx(half, abs=1)


def test_it_shows_what_the_adopting_city_says_of_itself(agreement):
    said = {"kind": "law", "text": "Lagen finns", "source": "Fullmäktige", "language": "sv"}
    City.objects.filter(public_id="umea").update(conditions=[said | {"on": "2026-05-02"}])
    Solution.objects.update(prerequisite_kinds=["law"])
    seen = page_text(Client(), address(agreement))
    assert "A national law. Umeå: Lagen finns Fullmäktige, 2 May 2026" in seen
    assert "Ask your city’s lawyers." not in seen


def test_where_the_adopting_city_says_nothing_it_names_whom_to_ask(agreement):
    Solution.objects.update(prerequisite_kinds=["law"])
    assert "A national law. Ask your city’s lawyers." in page_text(Client(), address(agreement))


def test_a_withdrawn_case_hands_down_nothing(agreement):
    CaseStudy.objects.update(status="withdrawn")
    seen = page_text(Client(), address(agreement))
    assert "No case to build on" in seen and "Queues" not in seen


def test_it_asks_little(agreement, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page(Client(), address(agreement))
