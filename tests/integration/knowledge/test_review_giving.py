"""Giving a review: approving, asking for changes, conflicts of interest, differences."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.knowledge import writing_rules
from alliance.knowledge.enums import CaseStatus, DraftState, ReviewState
from alliance.knowledge.models import CaseStudy, Draft, Review, ReviewComment
from alliance.knowledge.selectors.reviews_public import reviewed
from alliance.knowledge.services import drafts, reviews, withdrawals
from tests.factories.drafts import document
from tests.factories.knowledge import effect as effect_record
from tests.factories.knowledge import make_case
from tests.factories.pages import one_line, page, page_text, words
from tests.factories.people import NOW, acting, join, person
from tests.factories.review_pages import EFFECT, address, browser, judgement, send, take
from tests.factories.reviews import (
    LATER,
    approve,
    ask_for_changes,
    hand_in_again,
    handed_in,
    published,
)

pytestmark = pytest.mark.django_db


def test_two_people_take_approve_and_publish_through_the_pages(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    source = page(browser(by.rosa), address(draft))
    for meaning in ("0: No source is given for the results.", "3: Many cities have the need"):
        assert meaning in words(source)
    send(by.rosa, draft, act="approve", **judgement())
    assert CaseStudy.objects.count() == 0
    take(by.ravi, draft)
    client = browser(by.ravi)
    response = client.post(address(draft), {"act": "approve", **judgement()}, follow=True)
    case = CaseStudy.objects.get()
    assert case.status == CaseStatus.PUBLISHED
    source = response.content.decode()
    assert "Both reviewers have approved the case, and it has been published." in source
    assert f'href="/en/cases/{case.public_id}/"' in source
    # Pressed once more.
    assert client.post(address(draft), {"act": "approve", **judgement()}).status_code == 302
    assert CaseStudy.objects.get().revision == 1


@pytest.mark.parametrize(
    ("change", "anchor"),
    [
        ({"evidence_score": ""}, "id_evidence_score"),
        ({"evidence_score": "7"}, "id_evidence_score"),
        ({"relevance_reason": ""}, "id_relevance_reason"),
        ({"no_conflict": ""}, "id_no_conflict"),
        ({"note": "<script>x</script>"}, "id_note"),
    ],
)
def test_an_approval_that_lacks_something_is_refused_and_kept(by, change, anchor):
    draft = handed_in(by)
    take(by.rosa, draft)
    form = {"transferability_reason": "Told with costs.", "remark:cost": "And staff?"}
    source = send(by.rosa, draft, status=422, act="approve", **judgement(**{**form, **change}))
    assert f'href="#{anchor}' in source
    assert f'id="{anchor}' in source
    assert "Told with costs." in source and "And staff?" in source
    assert Review.objects.get().state == ReviewState.TAKEN
    assert ReviewComment.objects.get().text == "And staff?"
    assert "Your comments have been saved, but nothing else" in source
    assert "And staff?</textarea>" not in source, "it would be sent a second time"


def test_changes_are_asked_for_with_words(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    source = send(by.rosa, draft, status=422, act="ask", **judgement())
    assert "Ask for changes" in source
    # A remark says it as well as the note does; scores and declarations are for approvals.
    send(by.rosa, draft, act="ask", **{"remark:cost": "How much?"})
    assert Draft.objects.get().state == DraftState.CHANGES_ASKED
    review = Review.objects.get()
    assert (review.state, review.has_conflict) == (ReviewState.CHANGES_ASKED, None)


def test_who_judged_before_begins_with_those_scores_but_not_with_the_note(by):
    draft = ask_for_changes(handed_in(by), by.rosa, "Which year?")
    draft = hand_in_again(by, draft, end_year=2023)
    again, other = (
        reviews.take_review(draft, actor=actor, at=LATER) for actor in (by.rosa, by.ravi)
    )
    assert again.criteria["evidence"]["reason"] == "Reason for evidence."
    assert (again.state, again.note, other.criteria) == (ReviewState.TAKEN, "", {})
    assert "Reason for evidence.</textarea>" in page(browser(by.rosa), address(draft))


def test_what_is_typed_can_be_kept_to_go_on_later(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    send(
        by.rosa, draft, act="save", relevance_score="2", relevance_reason="Many ask.", note="So far"
    )
    review = Review.objects.get()
    assert review.criteria["relevance"] == {"score": 2, "reason": "Many ask."}
    assert review.criteria["evidence"] == {"score": None, "reason": ""}
    source = page(browser(by.rosa), address(draft))
    assert "Many ask.</textarea>" in source and "So far</textarea>" in source
    assert re.search(r'name="relevance_score" value="2"[^>]* checked', source)
    assert "Many ask." not in page(browser(by.ravi), address(draft))
    assert "Many ask." not in page(browser(by.editor), address(draft))
    send(
        by.rosa, draft, act="save", relevance_score="2", relevance_reason="Many ask.", note="So far"
    )
    assert AuditEvent.objects.filter(verb="save review").count() == 1
    # A remark alone takes nothing of it away.
    source = send(by.rosa, draft, status=422, act="save", relevance_score="9")
    assert Review.objects.get().criteria["relevance"]["score"] == 2


def test_who_may_still_judge_sees_no_score_of_the_other(by):
    draft = handed_in(by)
    approve(draft, by.rosa)
    third = acting(person("Tara Vik", "reviewer"))
    take(by.ravi, draft)
    for actor in (by.ravi, third):
        said = page_text(browser(actor), address(draft))
        assert "Rosa Petit: approved" in said
        assert "Reason for evidence." not in said
    for actor in (by.rosa, by.editor, by.secretariat):
        assert "Reason for evidence." in page_text(browser(actor), address(draft))


def test_a_conflict_of_interest_is_declared_and_known_to_the_secretariat_alone(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    source = send(by.rosa, draft, status=422, act="give-back", **{"back-why": "conflict"})
    assert 'href="#id_back-note"' in source
    form = {"back-why": "conflict", "back-note": "I sold them the gates.", "remark:cost": "Hm."}
    assert send(by.rosa, draft, act="give-back", **form) == "/en/review/"
    assert ReviewComment.objects.count() == 1
    assert "I sold them the gates." in page_text(browser(by.secretariat), address(draft))
    for actor in (by.ravi, by.editor):
        said = page_text(browser(actor), address(draft))
        assert "gates" not in said and "Rosa Petit: given back" not in said
    said = page_text(browser(by.rosa), address(draft))
    assert "You have declared a conflict of interest." in said
    assert "Review draft" not in said
    send(by.rosa, draft, status=403, act="take")


def test_without_time_a_review_is_given_back_and_can_be_taken_again(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    send(by.rosa, draft, act="give-back", **{"back-why": "time"})
    assert take(by.rosa, draft).state == ReviewState.TAKEN


def test_the_own_team_and_a_third_person_are_told_why_not(by):
    draft = handed_in(by)
    join(by.rosa.user, by.umea, "member")
    assert "your own team wrote it" in page_text(browser(by.rosa), address(draft))
    said = send(by.rosa, draft, status=403, act="take")
    assert (
        "Reviewers can only review drafts that are waiting for review and come "
        "from a team they do not belong to."
    ) in said
    for name in ("Tara Vik", "Ulf Sand"):
        take(acting(person(name, "reviewer")), draft)
    assert "Two people are already reviewing it." in page_text(browser(by.ravi), address(draft))
    assert "2 people are already reviewing this draft." in send(
        by.ravi, draft, status=403, act="take"
    )


def test_whoever_wrote_on_the_draft_does_not_review_it_after_leaving_the_team(by):
    draft = handed_in(by)
    by.editor.user.memberships.update(ended_at=NOW)
    by.editor.user.grants.create(role="reviewer", given_at=NOW)
    with pytest.raises(NotAllowed):
        reviews.take_review(draft, actor=acting(by.editor.user), at=LATER)


def test_a_refusal_keeps_what_was_typed_and_tells_the_rule(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    by.rosa.user.grants.update(ended_at=NOW)
    join(by.rosa.user, by.umea, "member")
    form = judgement(**{"remark:cost": "And staff?"})
    source = send(by.rosa, draft, status=403, act="approve", **form)
    assert "You cannot submit this review at the moment." in source
    assert (
        "Your comments have been saved." in source and "Reason for evidence.</textarea>" in source
    )
    assert ReviewComment.objects.get().text == "And staff?"


def test_when_the_team_took_the_draft_back_the_words_of_the_reviewer_are_given_back(by):
    draft = handed_in(by)
    take(by.rosa, draft)
    drafts.take_back_draft(draft, actor=by.editor, at=LATER)
    form = judgement(**{"remark:cost": "And staff?"})
    source = send(by.rosa, draft, status=403, act="approve", **form)
    assert (
        "The team has withdrawn the draft to continue editing. Your review was not saved." in source
    )
    assert "And staff?</textarea>" in source and "Reason for evidence.</textarea>" in source
    assert browser(by.rosa).get(address(draft)).status_code == 404
    assert browser(by.ravi).post(address(draft), form).status_code == 404


def test_an_approval_of_an_earlier_submission_does_not_count(by):
    draft = handed_in(by)
    approve(draft, by.rosa)
    draft = drafts.take_back_draft(draft, actor=by.editor, at=LATER)
    draft = hand_in_again(by, draft, end_year=2023)
    assert approve(draft, by.ravi) is None
    assert CaseStudy.objects.count() == 0


def test_nothing_is_published_when_the_case_no_longer_holds_to_the_rules(by):
    draft = handed_in(by)
    approve(draft, by.rosa)
    take(by.ravi, draft)
    Draft.objects.filter(pk=draft.pk).update(content={**draft.content, "solution": "gone"})
    source = send(by.ravi, draft, status=422, act="approve", **judgement())
    assert "This case cannot be published as it is:" in source
    assert Review.objects.get(reviewer=by.ravi.user).state == ReviewState.TAKEN
    assert Draft.objects.get().state == DraftState.IN_REVIEW


def test_a_change_does_not_bring_a_withdrawn_case_back(by):
    case = published(by)
    change = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=LATER, case=case)
    change = drafts.submit_draft(change, expected_revision=1, actor=by.editor, at=LATER)
    approve(change, by.rosa)
    withdrawals.withdraw_case(case, reason="Wrong street.", actor=by.editor, at=LATER)
    take(by.ravi, change)
    source = send(by.ravi, change, status=403, act="approve", **judgement())
    assert "This case has been withdrawn." in source
    case.refresh_from_db()
    assert case.status == CaseStatus.WITHDRAWN


def test_published_reasons_do_not_name_a_hidden_city(by):
    draft = handed_in(by, is_masked=True)
    take(by.rosa, draft)
    form = judgement(evidence_reason="As seen in UMEA itself.")
    source = send(by.rosa, draft, status=422, act="approve", **form)
    assert "The text names the city you want to hide. Remove the name." in words(
        source
    ) and "Umeå" not in words(source)
    assert Review.objects.get().state == ReviewState.TAKEN


# -- the secretariat ---------------------------------------------------------------------------


def test_the_secretariat_asks_a_reviewer_who_may(by):
    draft = handed_in(by)
    take(by.ravi, draft)
    join(person("Team Mate", "reviewer"), by.umea, "member")
    gone = person("Gone Long", "reviewer")
    gone.grants.update(ended_at=NOW)
    client = browser(by.secretariat)
    source = page(client, address(draft, "name"))
    assert re.findall(r"<option value=\"[^\"]+\">([^<]+)", source) == [
        "Rosa Petit – 0 open reviews"
    ]
    chosen = by.rosa.user.public_id
    assert client.post(address(draft, "name"), {"reviewer": chosen}).status_code == 302
    assert Review.objects.get(reviewer=by.rosa.user).state == ReviewState.TAKEN
    assert "Ask for a review" not in page_text(client, address(draft))
    assert client.post(address(draft, "name"), {"reviewer": gone.public_id}).status_code == 422


def test_only_the_secretariat_asks_others(by):
    draft = handed_in(by)
    chosen = {"reviewer": by.rosa.user.public_id}
    for actor in (by.ravi, by.editor):
        assert browser(actor).post(address(draft, "name"), chosen).status_code == 403
        send(actor, draft, status=403, act="give-back", **{"back-why": "time"})
    assert Review.objects.count() == 0


def test_the_secretariat_frees_a_review_that_nobody_gives(by):
    draft = handed_in(by)
    review = take(by.rosa, draft)
    send(by.ravi, draft, status=403, act=f"free:{review.pk}")
    send(by.secretariat, draft, act=f"free:{review.pk}")
    review.refresh_from_db()
    assert review.state == ReviewState.WITHDRAWN and review.has_conflict is None


# -- what changed ------------------------------------------------------------------------------


def test_what_changed_since_the_last_submission_is_shown_word_by_word(by):
    draft = ask_for_changes(handed_in(by), by.rosa, "Which year?")
    draft = hand_in_again(by, draft, end_year=2023)
    source = page(browser(by.ravi), address(draft))
    row = re.search(r'<div id="at-end-year">.*?</div>', source, re.DOTALL)
    assert row and "changed" in row[0]
    other = re.search(r'<div id="at-start-year">.*?</div>', source, re.DOTALL)
    assert other and "changed" not in other[0]
    assert "changes?since=1&amp;to=2" in source
    diff = page(browser(by.ravi), address(draft, "changes?since=1&to=2"))
    assert "<del>2022</del><ins>2023</ins>" in one_line(diff)
    assert "1 field has changed." in words(diff)
    said = words(source)
    assert "Earlier reviews Rosa Petit: changes requested" in said and "Which year?" in said


def test_what_changed_since_the_published_version(by):
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
    said = page_text(browser(by.rosa), address(change, "changes?since=published"))
    assert "Changes from published version 1 to submission 1" in said
    assert "1 field has changed." in said and "Did not work Mixed" in said
    # Once it is published, it is still held against what it started from.
    approve(change, by.rosa)
    approve(change, by.ravi)
    assert "1 field has changed." in page_text(
        browser(by.rosa), address(change, "changes?since=published")
    )


def _changed(by, case, **words):
    """A change of the Swedish text of a case, submitted."""
    change = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=LATER, case=case)
    texts = {**change.content["texts"], "sv": {**change.content["texts"]["sv"], **words}}
    change = drafts.save_draft(
        change, content={**change.content, "texts": texts}, expected_revision=1,
        actor=by.editor, at=LATER,
    )  # fmt: skip
    return drafts.submit_draft(change, expected_revision=2, actor=by.editor, at=LATER)


SUMMARY = (
    "Staden tog ut en avgift av bilar i centrum under ett år och trafiken minskade med 12 procent."
)


def test_a_minor_change_needs_one_reviewer_who_sees_the_difference_alone(by):
    texts = {"sv": {**document()["texts"]["sv"], "summary": SUMMARY}}
    case = published(by, texts=texts)
    minor = _changed(by, case, summary=SUMMARY.replace("bilar", "fordon"))
    assert minor.is_minor
    take(by.ravi, minor)
    source = page(browser(by.ravi), address(minor))
    assert "Minor change: one reviewer is enough" in source
    assert 'id="at-texts-sv-summary"' in source and 'id="at-texts-sv-title"' not in source
    assert "at-start-year" not in source
    assert "Someone is already reviewing this draft." in send(
        by.rosa, minor, status=403, act="take"
    )
    client = browser(by.ravi)
    response = client.post(address(minor), {"act": "approve", **judgement()}, follow=True)
    assert "You have approved the change, and it has been published." in response.content.decode()
    case.refresh_from_db()
    assert case.revision == 2
    assert {one.reviewer_name for one in reviewed(case)} == {"Rosa Petit", "Ravi Lind"}


@pytest.mark.parametrize(
    "summary",
    [
        SUMMARY.replace("12", "21"),
        SUMMARY.replace("bilar i centrum under ett år", "lastbilar som körde in på nätterna"),
        "",
    ],
)
def test_other_numbers_many_other_words_and_emptied_texts_are_no_minor_change(by, summary):
    texts = {"sv": {**document()["texts"]["sv"], "summary": SUMMARY}}
    before = {"texts": texts, "outcome": "mixed"}
    after = {"texts": {"sv": {**texts["sv"], "summary": summary}}, "outcome": "mixed"}
    assert not writing_rules.is_minor_change(before, after)
    assert not writing_rules.is_minor_change(before, before)
    reworded = {"texts": {"sv": {**texts["sv"], "summary": SUMMARY.replace("bilar", "fordon")}}}
    assert writing_rules.is_minor_change(before, {**before, **reworded})
    assert not writing_rules.is_minor_change(before, {**reworded, "outcome": "worked"})


def test_differences_do_not_give_a_hidden_city_away(by):
    draft = handed_in(by, is_masked=True)
    draft = ask_for_changes(draft, by.rosa, "Where exactly?")
    draft = hand_in_again(
        by, draft, is_masked=True, place={"name": "Umeå centrum", "country": "SE", "city": "umea"}
    )
    said = page_text(browser(by.ravi), address(draft, "changes?since=1&to=2"))
    assert "Ume" not in said and "The two versions are identical." in said
    assert "centrum" in page_text(browser(by.editor), address(draft, "changes?since=1&to=2"))


@pytest.mark.parametrize(
    "query", ["", "?since=", "?since=2", "?since=x", "?since=published", "?since=1&to=9",
              "?since=1&to=x", "?since=99999999999999999999"],
)  # fmt: skip
def test_a_submission_that_is_not_there_is_not_found(by, query):
    assert browser(by.rosa).get(address(handed_in(by), f"changes{query}")).status_code == 404


def test_the_page_needs_few_queries(by, django_assert_max_num_queries):
    others = tuple(effect_record(-float(n), qualifier=f"part {n}") for n in range(1, 8))
    make_case("Lund", effects=others)
    effects = [{**EFFECT, "qualifier": f"part {n}"} for n in range(30)]
    draft = ask_for_changes(handed_in(by, effects=effects), by.rosa, "More.")
    draft = hand_in_again(by, draft, effects=effects[:20], adapted_from="lund")
    for number in range(20):
        reviews.remark(draft, field="cost", text=f"R{number}", actor=by.ravi, at=LATER)
    for actor in (by.ravi, by.secretariat, by.editor):
        client = browser(actor)
        with django_assert_max_num_queries(15):
            page(client, address(draft))
    with django_assert_max_num_queries(15):
        page(client, address(draft, "changes?since=1&to=2"))


def test_a_very_long_draft_keeps_its_form_within_bounds(by):
    effects = [{**EFFECT, "qualifier": f"part {n}"} for n in range(200)]
    source = page(browser(by.rosa), address(handed_in(by, effects=effects)))
    assert 200 < source.count("<textarea") < 1_000
    assert 'name="remark:effects[199]"' in source


def test_pages_are_kept_nowhere(by):
    draft = handed_in(by)
    assert browser(by.rosa).get(address(draft)).headers["Cache-Control"] == "private, no-store"
    assert browser(by.rosa).get("/en/review/").headers["Cache-Control"] == "private, no-store"


def test_the_owner_is_set_by_the_command_line_too(by):
    # A case of the starter content that its municipality changes becomes the team's own.
    case = make_case("Umeå", actor=COMMAND_LINE)
    change = drafts.start_draft(by.umea, language="en", actor=by.editor, at=LATER, case=case)
    change = drafts.submit_draft(change, expected_revision=1, actor=by.editor, at=LATER)
    approve(change, by.rosa, at=LATER + dt.timedelta(hours=1))
    assert approve(change, by.ravi, at=LATER + dt.timedelta(hours=2)).owner == by.umea
