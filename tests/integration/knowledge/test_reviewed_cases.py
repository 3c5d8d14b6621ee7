"""What readers are told of a review, and the letters that go with it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from alliance.writing.models import Review
from alliance.writing.own_data import forget
from alliance.writing.services import drafts, reviews
from tests.factories.knowledge import make_case
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person
from tests.factories.reviews import (
    CRITERIA,
    LATER,
    approve,
    ask_for_changes,
    handed_in,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(run_jobs, django_capture_on_commit_callbacks):
    """`sent(act)` are the letters that follow from an act."""

    def letters(act) -> list:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        run_jobs()
        return mail.outbox

    return letters


def test_readers_are_told_who_reviewed_a_case_and_how(by, client):
    case = published(by)
    said = page_text(client, f"/en/cases/{case.public_id}/")
    assert "Reviewed by Rosa Petit and Ravi Lind." in said
    assert "25 November 2026" in said
    assert (
        "Scores from 0 to 3 rate how well the case is documented, not how well "
        "the action worked. Each reviewer has declared that they have no "
        "conflict of interest."
    ) in said
    for part in (
        ("Relevance 0 It is unclear whether other cities have this need. Reason for relevance."),
        "Transferability 3 The case also explains what another city would need to change",
    ):
        assert said.count(part) == 2, part
    assert "reviewed by Rosa Petit, Ravi Lind" in page_text(
        client, f"/en/cases/{case.public_id}/versions/"
    )


def test_the_note_to_the_team_is_not_published(by, client):
    draft = handed_in(by)
    approve(draft, by.rosa)
    review = reviews.take_review(draft, actor=by.ravi, at=LATER)
    case = reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True, note="Between us: well done.",
        actor=by.ravi, at=LATER,
    )  # fmt: skip
    assert "Between us" not in page(client, f"/en/cases/{case.public_id}/")


def test_only_the_reviews_of_what_stands_now_are_told(by, client):
    case = published(by)
    change = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=LATER, case=case)
    change = drafts.save_draft(
        change,
        content={**change.content, "outcome": "mixed"},
        expected_revision=1,
        actor=by.editor,
        at=LATER,
    )
    change = drafts.submit_draft(change, expected_revision=2, actor=by.editor, at=LATER)
    tara = acting(person("Tara Vik", "reviewer"))
    approve(change, tara)
    assert "Tara" not in page(client, f"/en/cases/{case.public_id}/"), "not before it is published"
    approve(change, by.ravi)
    said = page_text(client, f"/en/cases/{case.public_id}/")
    assert "Reviewed by Tara Vik and Ravi Lind." in said and "Rosa" not in said
    versions = page_text(client, f"/en/cases/{case.public_id}/versions/")
    assert "reviewed by Tara Vik, Ravi Lind" in versions
    assert "reviewed by Rosa Petit, Ravi Lind" in versions


def test_a_reviewer_who_left_is_not_named_but_the_judgement_stays(by, client):
    case = published(by)
    forget(by.rosa.user, at=LATER)
    said = page_text(client, f"/en/cases/{case.public_id}/")
    assert "Rosa" not in said
    assert "Reviewed by Ravi Lind and a former member." in said
    assert said.count("Reason for evidence.") == 2
    by.rosa.user.delete()
    assert Review.objects.count() == 2


def test_a_case_that_nobody_reviewed_says_nothing_of_it(by, client):
    make_case("Lund")
    assert "Reviewed" not in page_text(client, "/en/cases/lund/")


def test_who_is_asked_to_review_gets_a_letter_and_who_takes_it_none(by, sent):
    draft = handed_in(by)
    assert sent(lambda: reviews.take_review(draft, actor=by.ravi, at=LATER)) == []
    [letter] = sent(
        lambda: reviews.take_review(draft, actor=by.secretariat, reviewer=by.rosa.user, at=LATER)
    )
    assert letter.to == [by.rosa.user.email]
    assert letter.subject == "Relecture demandée\u00a0: «\u00a0Vägavgift på prov\u00a0»"
    assert f"/fr/review/{draft.public_id}/" in letter.body


def test_the_team_is_told_of_changes_and_of_the_publication(by, sent):
    join(person("Mats Ek"), by.umea, "member")
    draft = handed_in(by)
    reviews.remark(draft, field="cost", text="How much?", actor=by.rosa, at=LATER)
    [letter] = sent(lambda: ask_for_changes(draft, by.rosa, "Tell of the cost."))
    assert letter.to == [by.editor.user.email]
    assert "Rosa Petit" in letter.body
    assert f"/sv/review/{draft.public_id}/" in letter.body
    other = handed_in(by)
    assert sent(lambda: approve(other, by.rosa)) == [], "the first approval is no news yet"
    [letter] = sent(lambda: approve(other, by.ravi))
    assert letter.to == [by.editor.user.email]
    other.refresh_from_db()
    assert f"/sv/cases/{other.case.public_id}/" in letter.body
    assert "Rosa Petit" in letter.body and "Ravi Lind" in letter.body


def test_those_who_suit_a_draft_best_are_asked_to_review_it_and_nobody_else(by, sent):
    person("Anna Unread", "reviewer", language="fr")
    svea = person("Svea Holm", "reviewer", language="sv")
    published(by, start_year=2019)
    letters = sent(lambda: handed_in(by))
    # Ravi and Rosa have read Swedish drafts of its theme; of the others Svea reads Swedish.
    assert {to for letter in letters for to in letter.to} == {
        by.rosa.user.email, by.ravi.user.email,
    }  # fmt: skip
    for start_year in (2017, 2018):
        other = handed_in(by, start_year=start_year)
        reviews.take_review(other, actor=by.ravi, at=LATER)
    letters = sent(lambda: handed_in(by, start_year=2016))
    [first, second] = [letter.to[0] for letter in letters]
    assert {first, second} == {by.rosa.user.email, svea.email}
    [french] = [letter for letter in letters if letter.to == [by.rosa.user.email]]
    assert "Vägavgift på prov" in french.subject and "/fr/review/" in french.body


def test_no_letter_tells_a_hidden_city(by, sent):
    draft = handed_in(by, is_masked=True)
    ask = {"actor": by.secretariat, "reviewer": by.rosa.user, "at": LATER}
    letters = list(sent(lambda: reviews.take_review(draft, **ask)))
    letters += sent(lambda: ask_for_changes(draft, by.ravi, "What of Umeå's buses?"))
    again = drafts.submit_draft(
        type(draft).objects.get(pk=draft.pk), expected_revision=1, actor=by.editor, at=LATER
    )
    approve(again, by.rosa)
    letters += sent(lambda: approve(again, by.ravi))
    assert len(letters) == 3
    for letter in letters:
        assert "Ume" not in letter.subject + letter.body, letter.subject


def test_a_failed_act_sends_no_letter(by, sent):
    draft = handed_in(by)
    review = reviews.take_review(draft, actor=by.rosa, at=LATER)

    def refused() -> None:
        with pytest.raises(ValueError):
            reviews.give_review(
                review, approve=False, criteria={}, no_conflict=True, actor=by.rosa, at=LATER
            )

    assert sent(refused) == []


def test_the_page_of_a_case_is_the_same_for_every_visitor(by):
    case = published(by)
    first, second = (page(Client(), f"/en/cases/{case.public_id}/") for _ in range(2))
    assert first == second and "csrf" not in first
