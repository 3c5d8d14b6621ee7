"""Give and take for everybody, and pairs of cities that could help each other."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.adoption.selectors.give_and_take import city_balance, give_and_take
from alliance.adoption.services import adoptions
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.twins import twin_page
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.models import City
from alliance.network.services import needs_offers, save_city
from alliance.thread.services import refresh_relations, state_link
from tests.factories.equity import pass_check
from tests.factories.knowledge import a_place, lay_ground, make_case, make_question
from tests.factories.needs_offers import make_agreement, make_need, make_offer
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities(monkeypatch):
    """Lund and Umeå in Sweden, Arras in France, with an editor each; the first two are members."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    save_city("arras", name="Arras", country="FR", actor=COMMAND_LINE, at=NOW)
    City.objects.filter(public_id__in=["lund", "umea"]).update(is_member=True)
    found = {}
    for number, public_id in enumerate(("lund", "umea", "arras")):
        user = person(f"Editor {number}")
        organisation = team(public_id)
        join(user, organisation)
        found[public_id] = (organisation, acting(user))
    return found


def counts(public_id, at=NOW):
    refresh_relations(at=at)
    line = city_balance(City.objects.get(public_id=public_id), at=at)
    parts = (*line["given"], *line["taken"], *line["waiting"])
    told_of = {name: (year, every) for name, year, every in parts}
    return told_of, line["last_heard"]


def test_a_city_that_did_nothing_has_no_figure_at_all(cities):
    assert counts("umea") == ({}, None)


def test_what_is_given_taken_and_waiting_is_counted(cities):
    lund, umea = cities["lund"], cities["umea"]
    case = make_case("Lund", outcome="did-not-work", reasons=("stopped",))
    make_case("Umeå", adapted_from="lund")
    make_case("Malmö", place=a_place("Malmö", "SE"), adapted_from="lund")
    CaseStudy.objects.filter(public_id="umea").update(published_at=NOW - dt.timedelta(days=400))
    for text, answer in (("Why?", "So."), ("When?", "")):
        make_question(case, text, answer=answer, at=NOW)
    need = make_need(*umea)
    make_need(*umea, title="Another")
    needs_offers.set_need_state(need, state="answered", outcome="Lund.", actor=umea[1], at=NOW)
    make_offer(*lund)
    agreement = make_agreement(umea[0], lund[0], umea[1], case=case)
    assert "helps" not in counts("lund")[0], "what only one side agreed to is not public"
    steps = [adoptions.StepData("Talk", "both", NOW.date() - dt.timedelta(days=1))]
    terms = {"aim": "Less.", "language": "en", "steps": steps}
    adoptions.change_terms(agreement, **terms, actor=umea[1], at=NOW)
    adoptions.agree(agreement, revision=2, actor=lund[1], at=NOW)
    assert counts("lund")[0] == {
        "cases": (1, 1),
        "failures": (1, 1),
        "adapted": (1, 2),
        "answered": (1, 1),
        "unanswered": (None, 1),
        "offers": (1, 1),
        "helps": (1, 1),
        "steps_overdue": (None, 1),
    }
    assert counts("umea")[0] == {
        "cases": (0, 1),
        "adapting": (0, 1),
        "adopts": (1, 1),
        "needs_open": (None, 1),
        "needs_answered": (1, 1),
        "steps_overdue": (None, 1),
    }
    assert counts("lund")[1] == NOW.date()


def test_who_answered_a_need_has_the_credit(cities):
    lund, umea, arras = cities["lund"], cities["umea"], cities["arras"]
    case = make_case("Lund")
    need = make_need(*umea)
    terms = {"case": case, "need": need, "at": NOW}
    agreement = make_agreement(umea[0], lund[0], umea[1], **terms)
    adoptions.agree(agreement, revision=1, actor=lund[1], at=NOW)
    assert "needs_of_others" not in counts("lund")[0], "helped, and nothing came of it yet"
    pass_check(agreement, umea[1])
    adoptions.end(agreement, state="adopted", outcome="Done.", actor=umea[1], at=NOW)
    assert counts("lund")[0]["needs_of_others"] == (1, 1)
    # The same need once, whatever else its city links to it; another city for what it gave.
    for kind, public_id in (("case", "lund"), ("offer", make_offer(*arras).public_id)):
        here, there = ("need", need.public_id), (kind, public_id)
        said = {"reason": "It helped.", "language": "en", "actor": umea[1], "at": NOW}
        state_link(umea[0], here, there, **said)
    assert counts("lund")[0]["needs_of_others"] == (1, 1)
    assert counts("arras")[0] == {"offers": (1, 1), "needs_of_others": (1, 1)}
    assert "needs_of_others" not in counts("umea")[0]
    assert "Needs of other cities met: 1" in page_text(
        Client(), "/en/cities/lund/give-and-take/"
    ).replace(" :", ":")


def test_starter_content_and_hidden_and_withdrawn_cases_count_for_nobody(cities):
    make_case("Lund")
    CaseStudy.objects.update(origin="starter")
    assert counts("lund")[0] == {}
    CaseStudy.objects.update(origin="members", status=CaseStatus.WITHDRAWN)
    assert counts("lund")[0] == {}
    lund = City.objects.get(public_id="lund")
    CaseStudy.objects.update(
        status=CaseStatus.PUBLISHED, is_masked=True, city=None, masked_city=lund,
        owner=cities["lund"][0],
    )  # fmt: skip
    assert counts("lund")[0] == {}


def test_adapting_a_case_of_ones_own_is_neither_given_nor_taken(cities):
    make_case("Lund")
    again = a_place("Lund", "SE", city="lund")
    make_case("Lund again", place=again, adapted_from="lund")
    assert counts("lund")[0] == {"cases": (2, 2)}


def test_members_stand_by_name_and_quiet_ones_are_told_without_blame(cities):
    make_need(*cities["umea"], at=NOW - dt.timedelta(days=500))
    found = give_and_take(number=1, language="en", at=NOW)
    assert [line["city"].name for line in found["lines"]] == ["Lund", "Umeå"]
    seen = page_text(Client(), "/en/give-and-take/")
    assert "Not a league table" in seen
    assert "no activity yet" in seen and "no activity for over a year" in seen
    assert "sort=" not in page(Client(), "/en/give-and-take/")
    own = page_text(Client(), "/en/cities/umea/give-and-take/")
    assert "Own open needs: 1" in own.replace(" :", ":")
    assert "not a member of the network" in page_text(Client(), "/en/cities/arras/give-and-take/")
    page(Client(), "/en/cities/nowhere/give-and-take/", status=404)
    given = Client().get("/api/v1/cities/umea/give-and-take").json()
    assert given["waiting"] == [{"what": "needs_open", "in_twelve_months": None, "in_all": 1}]


def test_the_page_asks_no_more_for_more_cities(cities, django_assert_max_num_queries):
    for number in range(60):
        save_city(
            f"town-{number}", name=f"Town {number}", country="SE", is_member=True,
            actor=COMMAND_LINE, at=NOW,
        )  # fmt: skip
    with django_assert_max_num_queries(15):
        page(Client(), "/en/give-and-take/?page=2")
    page(Client(), "/en/give-and-take/?page=3", status=404)


def test_twins_need_both_sides_and_tell_why(cities):
    lund, umea, arras = cities["lund"], cities["umea"], cities["arras"]
    assert "No pairs to suggest yet" in page_text(Client(), "/sv/twins/".replace("sv", "en"))
    noise = make_need(*lund)
    make_need(*umea)
    make_offer(*umea)
    heat = {"topic": "", "themes": ("energy",), "sdg_targets": ()}
    make_need(*arras, title="Heat", **heat)
    offer = make_offer(*arras)
    assert twin_page(at=NOW)["pairs"] == [], "Lund has nothing on energy yet"
    make_case("Lund", themes=("energy",))
    ((first, second),) = twin_page(at=NOW)["pairs"]
    assert (first["city"].public_id, second["city"].public_id) == ("arras", "lund")
    (given,) = first["gives"]
    assert given["need"] == noise and given["reasons"] == ["Mobility"]
    assert [gift for gift, _theme in given["gifts"]] == [offer]
    (taken,) = second["gives"]
    assert taken["gifts"] == [(None, "energy")]
    seen = page_text(Client(), "/en/twins/")
    assert "Arras and Lund" in seen and "Energy: cases in Lund" in seen
    (item,) = Client().get("/api/v1/twins").json()["items"]
    assert item["second"]["could_give"][0]["by"] == [{"offer": None, "cases_on_theme": "energy"}]
    # An answered need asks for nothing any more.
    needs_offers.set_need_state(noise, state="answered", outcome="Arras.", actor=lund[1], at=NOW)
    assert twin_page(at=NOW)["pairs"] == []


def test_twins_ask_little(cities, django_assert_max_num_queries):
    for number in range(10):
        make_need(*cities["lund"], title=f"Need {number}")
        make_offer(*cities["arras"], title=f"Offer {number}")
    with django_assert_max_num_queries(12):
        page(Client(), "/en/twins/")
