"""What the page of a case offers to those who answer for it, and to nobody else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from alliance.cases.models import CaseStudy
from alliance.core import clock
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.pages import page
from tests.factories.people import join, person, team
from tests.factories.writing import fields_on

pytestmark = pytest.mark.django_db

ADDRESS = "/en/cases/lund/"
ACTS = {
    "change": 'action="/en/cases/lund/change"',
    "confirm": 'action="/en/cases/lund/confirm"',
    "adapt": 'href="/en/write/new?adapted_from=lund"',
    "withdraw": 'href="/en/cases/lund/withdraw"',
    "translate": 'href="/en/cases/lund/translate/sv"',
}


@pytest.fixture(autouse=True)
def lund():
    lay_ground()
    make_case("Lund")
    return team("lund")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def offered(source: str) -> set[str]:
    return {name for name, mark in ACTS.items() if mark in source}


def test_each_reader_is_offered_what_the_reader_may_do(lund):
    editor, foreign, member = person("Lena Alm"), person("Fred Autre"), person("Max Li")
    join(editor, lund)
    join(member, lund, "member")
    join(foreign, team("umea"))
    expected = {
        editor: set(ACTS),
        foreign: {"adapt", "translate"},
        member: set(),
        person("Cia Borg"): set(),
        person("Rosa Petit", "reviewer"): {"translate"},
        # The secretariat leaves the words of a case to the team that answers for it.
        person("Sara Ny", "secretariat"): {"confirm", "withdraw", "translate"},
    }
    for user, acts in expected.items():
        assert offered(page(signed_in(user), ADDRESS)) == acts, user.name


@pytest.mark.parametrize("city", ["lund", "umea"])
def test_the_page_of_an_editor_needs_few_queries(city, django_assert_max_num_queries):
    make_case("Umeå", adapted_from="lund")
    editor = person("Lena Alm")
    join(editor, team(city))
    client = signed_in(editor)
    with django_assert_max_num_queries(15):
        page(client, ADDRESS)


def test_the_team_says_with_one_button_that_its_case_still_holds(lund):
    editor = person("Lena Alm")
    join(editor, lund)
    client = signed_in(editor)
    sent = fields_on(page(client, ADDRESS), f"{ADDRESS}confirm")
    response = client.post(f"{ADDRESS}confirm", sent, follow=True)
    assert response.redirect_chain == [(ADDRESS, 302)]
    assert (
        "Thank you. The case is still correct. We will ask again in a year."
        in response.content.decode()
    )
    assert CaseStudy.objects.get().checked_on == clock.today()


def test_the_page_of_visitors_has_neither_forms_nor_cookies(settings):
    settings.PAGE_CACHE_BYTES = 1_000_000
    response = Client().get(ADDRESS)
    source = response.content.decode()
    assert offered(source) == set()
    assert "csrf" not in source and not response.cookies and "ETag" in response.headers
    assert not re.search(r"<form[^>]*post", source)
