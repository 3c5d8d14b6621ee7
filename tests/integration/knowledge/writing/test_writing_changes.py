"""Changing a published case: one change at a time, and what others published meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from alliance.cases.models import CaseStudy
from alliance.writing.models import Draft
from alliance.writing.services import drafts, reviews
from tests.factories.knowledge import a_place, make_case
from tests.factories.pages import text_of
from tests.factories.people import NOW, acting, person, team
from tests.factories.writing import Writer, fields_on, page_of, send

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
ACTS = ("submit", "take-back", "drop", "reopen", "rebase", "merge", "remarks/1/resolve")


@pytest.fixture
def anna(umea):
    return Writer("Anna Ek", umea)


# -- two writers --------------------------------------------------------------------------------


@pytest.fixture
def case(umea):
    """A published case of Umeå."""
    return make_case("Umeå", place=a_place("Umeå", "SE", city="umea"))


def change_of(client: Client, case: CaseStudy):
    return client.post(reverse("knowledge:case-change", args=[case.public_id]))


def test_the_page_of_a_case_offers_what_its_reader_may_do(umea, elin, case):
    page = text_of(elin.get("/en/cases/umea/"))
    assert 'action="/en/cases/umea/change"' in page
    assert "/en/write/new?adapted_from=umea" in page
    other = text_of(Writer("Lena Alm", team("lund")).get("/en/cases/umea/"))
    assert "cases/umea/change" not in other
    assert "/en/write/new?adapted_from=umea" in other
    for client in (Client(), Writer("Olle Ek")):
        page = text_of(client.get("/en/cases/umea/"))
        assert "cases/umea/change" not in page and "write/new" not in page


def test_a_change_starts_from_the_published_case_and_there_is_one_at_a_time(elin, anna, case):
    answer = change_of(elin, case)
    found = Draft.objects.get()
    assert answer.url == page_of(found)
    assert found.case == case
    assert found.content["texts"]["en"]["title"] == "Pricing the roads"
    assert change_of(anna, case).url == answer.url


def test_only_the_team_that_answers_for_a_case_changes_it(umea, case):
    other = Writer("Lena Alm", team("lund"))
    answer = change_of(other, case)
    assert answer.status_code == 403
    assert "Only editors on the team" in text_of(answer)
    assert other.get("/en/cases/umea/change").status_code == 403
    assert not Draft.objects.exists()
    visitor = Client().get("/en/cases/umea/change")
    assert visitor.status_code == 302 and "next=/en/cases/umea/change" in visitor.url


def test_a_link_in_a_letter_leads_to_the_page_that_starts_the_change(elin, case):
    page = elin.get("/en/cases/umea/change")
    assert page.status_code == 200 and "Start editing" in text_of(page)
    assert not Draft.objects.exists()


def published_again(case: CaseStudy, **changes) -> None:
    make_case("Umeå", at=LATER, **changes)


def test_what_was_published_since_is_taken_over_before_handing_in(elin, case):
    change_of(elin, case)
    found = Draft.objects.get()
    send(elin, page_of(found, "outcome"), outcome="mixed", reasons=["stopped"])
    published_again(case, end_year=2024)
    page = text_of(elin.get(page_of(found, "check", "en")))
    assert (
        "Others have changed the case since you started this draft. Add their "
        "changes to your draft first."
    ) in page
    rebase = reverse("knowledge:draft-rebase", args=[found.public_id])
    assert elin.post(rebase, fields_on(page, rebase).dict()).url == page_of(found)
    now = Draft.objects.get()
    assert (now.content["end_year"], now.content["outcome"]) == (2024, "mixed")
    assert (
        "Others have changed the case since you started this draft. Add their "
        "changes to your draft first."
    ) not in text_of(elin.get(page_of(found, "check", "en")))


def test_where_the_draft_and_the_published_case_differ_one_is_chosen(elin, case):
    change_of(elin, case)
    found = Draft.objects.get()
    send(elin, page_of(found, "outcome"), outcome="mixed", reasons=["stopped"])
    published_again(case, outcome="did-not-work", reasons=("harm",))
    rebase = reverse("knowledge:draft-rebase", args=[found.public_id])
    page = text_of(elin.post(rebase, {"revision": str(Draft.objects.get().revision)}))
    assert (
        "Fields that only others changed have been updated. Where you both "
        "changed a field, your version applies until you choose."
    ) in page
    assert Draft.objects.get().content["outcome"] == "mixed"
    merge = reverse("knowledge:draft-merge", args=[found.public_id])
    chosen = {"keep-outcome": "theirs", "keep-reasons": "both"}
    elin.post(merge, {**fields_on(page, merge).dict(), **chosen})
    now = Draft.objects.get().content
    assert (now["outcome"], now["reasons"]) == ("did-not-work", ["stopped", "harm"])


def test_reviewers_who_ask_for_changes_are_read_on_the_draft(elin, draft):
    drafts.submit_draft(draft, expected_revision=1, actor=acting(elin.user), at=NOW)
    rosa = acting(person("Rosa Petit", "reviewer"))
    review = reviews.take_review(Draft.objects.get(), actor=rosa, at=NOW)
    criteria = {
        name: {"score": 1, "reason": ""}
        for name in ("relevance", "participation", "evidence", "transferability")
    }
    reviews.give_review(
        review,
        approve=False,
        criteria=criteria,
        no_conflict=True,
        note="Say by how much.",
        actor=rosa,
        at=NOW,
    )
    page = text_of(elin.get(page_of(draft)))
    assert "Rosa Petit" in page and "Say by how much." in page
    assert elin.get(page_of(draft, "story")).status_code == 200
