"""What waits for review: in which order, for whom, and what is told of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.network.models import Organisation
from alliance.writing.models import Draft, Review
from alliance.writing.selectors.reviews_queue import QueueFilter, queue_of
from alliance.writing.services import reviews
from tests.factories.drafts import document
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.reviews import LATER, approve, handed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/en/review/"


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def titled(title: str, **changes) -> dict:
    texts = {"sv": {"title": title, "summary": "Kort."}}
    return {
        "texts": texts,
        "sources": [{"title": title, "url": "https://example.org/x"}],
        **changes,
    }


def lines(actor, *, number: int = 1, **wanted):
    queue = queue_of(actor, QueueFilter(**wanted), number=number, language="en", at=LATER)
    return queue["lines"]


def test_the_longest_waiting_comes_first_with_what_a_reviewer_needs(by):
    handed_in(by, at=NOW, **titled("Second"))
    handed_in(by, at=NOW - dt.timedelta(days=3), **titled("First"))
    said = page_text(browser(by.rosa), ADDRESS)
    assert said.index("First") < said.index("Second")
    assert "2 drafts waiting" in said
    assert "waiting for 4 days ( 21 November 2026 )" in said
    for part in ("City of Umeå", "Swedish", "Road pricing", "No reviewers yet."):
        assert part in said


def test_it_says_who_reviews_and_what_is_mine(by):
    draft = handed_in(by)
    reviews.take_review(draft, actor=by.rosa, at=LATER)
    assert "Yours to review" in page_text(browser(by.rosa), ADDRESS)
    said = page_text(browser(by.ravi), ADDRESS)
    assert "Rosa Petit: being reviewed" in said
    assert "One more reviewer is needed." in said
    assert "0 of 1 waiting draft" in page_text(browser(by.ravi), f"{ADDRESS}?mine=1")
    assert "Yours to review" in page_text(browser(by.rosa), f"{ADDRESS}?mine=1")
    approve(draft, by.ravi)
    third = acting(person("Tara Vik", "reviewer"))
    assert "Two people are already reviewing it." in page_text(browser(third), ADDRESS)


def test_a_review_that_was_given_back_leaves_its_place_free(by):
    draft = handed_in(by)
    review = reviews.take_review(draft, actor=by.rosa, at=LATER)
    reviews.give_back_review(review, conflict=True, note="Kin.", actor=by.rosa, at=LATER)
    assert "No reviewers yet." in page_text(browser(by.ravi), ADDRESS)


def test_drafts_of_the_own_team_are_shown_as_not_reviewable(by):
    handed_in(by)
    join(by.rosa.user, by.umea, "member")
    assert "You cannot review this because your own team wrote it." in page_text(
        browser(by.rosa), ADDRESS
    )


def test_a_hidden_city_is_not_given_away_by_its_team(by):
    handed_in(by, is_masked=True, outcome="mixed")
    said = page_text(browser(by.rosa), ADDRESS)
    assert "team not named because the city is hidden" in said
    assert "Ume" not in said
    assert "City of Umeå" in page_text(browser(by.secretariat), ADDRESS)
    join(by.rosa.user, by.umea, "member")
    assert "City of Umeå" in page_text(browser(by.rosa), ADDRESS)


def test_filters_by_language_and_theme(by):
    handed_in(by, **titled("Svensk"))
    english = {
        "original_language": "en",
        "texts": {"en": {"title": "English", "summary": "Short."}},
        "themes": ["energy", "water"],
    }
    other = handed_in(by, **english)
    Draft.objects.filter(pk=other.pk).update(language="en")
    for wanted, found in (
        ({"language": "en"}, ["English"]),
        ({"language": "fr"}, []),
        ({"theme": "water"}, ["English"]),
        ({"theme": "mobility"}, ["Svensk"]),
        ({"language": "sv", "theme": "water"}, []),
    ):
        assert [line["title"].value for line in lines(by.rosa, **wanted)] == found, wanted
    said = page_text(browser(by.rosa), f"{ADDRESS}?theme=water")
    assert "1 of 2 waiting drafts" in said
    assert "Water (1)" in said and "Mobility (1)" in said
    assert browser(by.rosa).get(f"{ADDRESS}?theme=sorcery").status_code == 404
    assert "No drafts match the filters" in page_text(browser(by.rosa), f"{ADDRESS}?theme=waste")


def test_a_new_solution_is_told_by_its_name(by):
    new = {"name": "Bilfri söndag", "summary": "En dag utan bilar.", "kind": "approach"}
    handed_in(by, solution="", new_solution=new)
    assert "Bilfri söndag (new)" in page_text(browser(by.rosa), ADDRESS)


def test_only_reviewers_and_the_secretariat_see_it(by, client):
    response = client.get(ADDRESS)
    assert response.status_code == 302 and "next=/en/review/" in response.url
    for actor in (by.editor, acting(person("Cia Citizen"))):
        said = page_text(browser(actor), ADDRESS, status=403)
        assert "Only reviewers and the secretariat can see cases awaiting review." in said
    said = page_text(browser(by.editor), "/fr/review/", status=403)
    assert "Seuls les relecteurs et le secrétariat voient les cas en attente de relecture." in said
    handed_in(by)
    assert "Reviewers are needed." in page_text(browser(by.secretariat), ADDRESS)


def test_an_empty_queue_says_so(by):
    assert "No drafts waiting for review" in page_text(browser(by.rosa), ADDRESS)


def many(by, n: int) -> None:
    Draft.objects.bulk_create(
        Draft(
            public_id=f"draft-{number:04}",
            organisation=by.umea,
            language="sv",
            state="in-review",
            content=document(**titled(f"Fall {number}"), effects=[{"note": "x" * 200}] * 20),
            revision=1,
            submission=1,
            started_at=NOW,
            saved_at=NOW,
            submitted_at=NOW + dt.timedelta(minutes=number),
        )
        for number in range(n)
    )


def test_a_thousand_drafts_come_page_by_page_in_few_queries(by, django_assert_max_num_queries):
    many(by, 1_000)
    for draft in Draft.objects.order_by("submitted_at")[:25]:
        Review.objects.create(
            draft=draft, submission=1, reviewer=by.ravi.user, reviewer_name="Ravi", taken_at=NOW
        )
    client = browser(by.rosa)
    with django_assert_max_num_queries(15):
        first = page(client, ADDRESS)
    assert "1,000 drafts waiting" in first
    assert first.count("<h3>") == 25
    assert "Fall 999" in page(client, f"{ADDRESS}?page=40")
    assert client.get(f"{ADDRESS}?page=41").status_code == 404


def test_a_team_of_another_city_is_told_in_the_language_of_the_page(by):
    Organisation.objects.filter(pk=by.umea.pk).update(name_fr="Ville d'Umeå")
    handed_in(by)
    assert "Ville d'Umeå" in page_text(browser(by.rosa), "/fr/review/")
    assert team("lund").name not in page_text(browser(by.rosa), ADDRESS)
