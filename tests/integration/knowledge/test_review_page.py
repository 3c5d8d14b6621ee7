"""The page of a review: reading and remarking, and what each may see."""

from __future__ import annotations

import re

import pytest

from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.writing.models import Review, ReviewComment
from alliance.writing.selectors.reviews import review_page
from alliance.writing.services import drafts, reviews
from tests.factories.knowledge import a_place, make_case
from tests.factories.knowledge import effect as effect_record
from tests.factories.pages import page, page_text, words
from tests.factories.people import NOW, acting, person
from tests.factories.review_pages import EFFECT, address, browser, send
from tests.factories.reviews import (
    LATER,
    approve,
    ask_for_changes,
    hand_in_again,
    handed_in,
    published,
)

pytestmark = pytest.mark.django_db


def test_the_draft_is_read_field_by_field_with_what_is_missing(by):
    draft = handed_in(by, effects=[EFFECT])
    said = page_text(browser(by.rosa), address(draft))
    for part in (
        "Vägavgift på prov", "City of Umeå", "Bilarna valde gatan bredvid.", "Road pricing",
        "Effect: traffic volume", "Slutrapport", "https://example.org/slutrapport",
        "before-and-after comparison", "Cost not known",
    ):  # fmt: skip
        assert part in said, part
    assert "Licence" not in said


def test_the_words_of_the_draft_bear_their_language(by):
    source = page(browser(by.rosa), address(handed_in(by)))
    assert '<div lang="sv"><p>Bilarna valde gatan bredvid.</p>' in source
    assert '<span lang="sv">Vägavgift på prov</span>' in source


def test_the_grade_is_the_one_that_the_case_then_gets(by):
    make_case("Lund", effects=(effect_record(-12.0, se=1.0),))
    make_case("Ystad", place=a_place("Ystad", "SE"), effects=(effect_record(-9.0, se=1.0),))
    independent = {
        "title": "Utvärdering",
        "url": "https://example.org/utv",
        "independent": True,
    }
    clear = EFFECT | {"low": -30, "high": -2}
    draft = handed_in(by, effects=[clear], sources=[independent])
    foreseen = review_page(draft, by.rosa, language="en").grade
    approve(draft, by.rosa)
    case = approve(draft, by.ravi)
    assert case.evidence_points == foreseen.points == 4
    assert [line["met"] for line in case.evidence_lines] == [line.met for line in foreseen.lines]


def test_a_late_plan_and_results_without_a_number_are_in_the_grade_that_reviewers_see(by):
    null = {
        "measure": "traffic volume",
        "sentence": "Ingen skillnad.",
        "design": "quasi-experiment",
    }
    other = published(by, effects=[EFFECT], nulls=[null])
    assert other.has_nulls
    late = EFFECT | {"design": "rct", "has_late_plan": True}
    draft = handed_in(by, effects=[late], nulls=[null])
    foreseen = review_page(draft, by.rosa, language="en").grade
    approve(draft, by.rosa)
    case = approve(draft, by.ravi)
    assert case.evidence_points == foreseen.points == 2
    assert [(line["code"], line["met"]) for line in case.evidence_lines] == [
        (line.code, line.met) for line in foreseen.lines
    ]


def test_the_grade_of_a_change_does_not_count_the_case_twice(by):
    case = published(by, effects=[EFFECT])
    change = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=LATER, case=case)
    change = drafts.submit_draft(change, expected_revision=1, actor=by.editor, at=LATER)
    foreseen = review_page(change, by.rosa, language="en").grade
    assert foreseen.points == case.evidence_points
    replicated = next(line for line in foreseen.lines if line.code == "replicated")
    assert "has been measured in 1 place " in replicated.sentence


def test_without_effects_nothing_is_graded(by):
    assert "Not graded: no effects recorded. This is different from a grade of 0." in page_text(
        browser(by.rosa), address(handed_in(by))
    )


def test_sources_of_a_case_that_hides_its_city_count_for_nothing(by):
    independent = {"title": "U", "url": "https://example.org/u", "independent": True}
    draft = handed_in(by, is_masked=True, effects=[EFFECT], sources=[independent])
    foreseen = review_page(draft, by.rosa, language="en").grade
    approve(draft, by.rosa)
    assert approve(draft, by.ravi).evidence_points == foreseen.points


def test_reviewers_do_not_see_the_hidden_city_but_the_sources(by):
    draft = handed_in(by, is_masked=True)
    reviews.remark(draft, field="start_year", text="From spring.", actor=by.editor, at=LATER)
    said = page_text(browser(by.rosa), address(draft))
    assert "Ume" not in said
    assert "Elin Berg" not in said and "From spring." in said
    assert "City not disclosed" in said
    assert "https://example.org/slutrapport" in said
    assert (
        "You can see the sources because the evidence cannot be judged without "
        "them. Keep what they reveal confidential: do not name any city in "
        "comments, reasons or notes."
    ) in said
    for actor in (by.secretariat, by.editor):
        assert "Umeå" in page_text(browser(actor), address(draft))


def test_hiding_the_city_later_hides_it_in_what_was_handed_in_before(by):
    draft = ask_for_changes(handed_in(by), by.rosa, "Hide it?")
    assert "Umeå" in page_text(browser(by.rosa), address(draft))
    drafts.save_draft(
        draft,
        content={**draft.content, "is_masked": True},
        expected_revision=1,
        actor=by.editor,
        at=LATER,
    )
    assert "Ume" not in page_text(browser(by.rosa), address(draft))


def test_what_the_team_writes_after_changes_were_asked_for_is_not_shown(by):
    draft = ask_for_changes(handed_in(by), by.rosa, "Tell more.")
    drafts.save_draft(
        draft,
        content={**draft.content, "adaptation_changes": "Halvskrivet"},
        expected_revision=1,
        actor=by.editor,
        at=LATER,
    )
    said = page_text(browser(by.rosa), address(draft))
    assert "Halvskrivet" not in said
    assert "The team is changing the draft. You see the last version it submitted." in said


def test_a_draft_that_was_never_handed_in_has_no_review(by):
    draft = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=NOW)
    for actor in (by.editor, by.rosa, by.secretariat):
        assert browser(actor).get(address(draft)).status_code == 404


def test_strangers_find_nothing_and_visitors_sign_in(by, client):
    draft = handed_in(by)
    stranger = acting(person("Olle Ek"))
    for rest in ("", "changes?since=published"):
        assert browser(stranger).get(address(draft, rest)).status_code == 404
        assert client.get(address(draft, rest)).status_code == 302
    assert browser(stranger).post(address(draft), {"act": "take"}).status_code == 404
    assert Review.objects.count() == 0


# -- remarks -----------------------------------------------------------------------------------


def test_remarks_stand_at_their_field_and_are_saved_together(by):
    draft = handed_in(by, effects=[EFFECT])
    url = send(
        by.rosa,
        draft,
        act="save",
        **{
            "remark:texts.sv.summary": "By how much?",
            "remark:effects[0].value": "Measured where?",
            "remark:effects[0]": "Name the years.",
            "remark:": "Well told.",
            "remark:cost": "  ",
        },
    )
    assert url.endswith("#at-texts-sv-summary")
    assert ReviewComment.objects.count() == 4
    source = page(browser(by.ravi), address(draft))
    row = re.search(r'<div id="at-effects-0-value">.*?</div>', source, re.DOTALL)
    assert row and "Measured where?" in row[0] and "Rosa Petit" in row[0]
    assert "4 open comments" in words(source)


def test_a_refused_remark_keeps_everything_that_was_typed(by):
    draft = handed_in(by)
    typed = {"remark:texts.sv.summary": "<b>bold</b>", "remark:cost": "How much?"}
    source = send(by.rosa, draft, status=422, act="save", **typed)
    assert [one.text for one in ReviewComment.objects.all()] == ["How much?"]
    assert "&lt;b&gt;bold&lt;/b&gt;</textarea>" in source
    assert "How much?" in source and "How much?</textarea>" not in source
    assert '<a href="#t-at-texts-sv-summary">Action taken: The text contains HTML' in source
    assert 'aria-describedby="e-at-texts-sv-summary"' in source


@pytest.mark.parametrize("path", ["no field", "a" * 121, "texts.sv.title<", "x[9999]", "../x"])
def test_a_remark_names_a_field_of_the_document(by, path):
    draft = handed_in(by)
    with pytest.raises(InvalidData):
        reviews.remark(draft, field=path, text="x", actor=by.rosa, at=LATER)
    assert "This field does not exist in the case." in send(
        by.rosa, draft, status=422, act="save", **{f"remark:{path}": "x"}
    )


def test_the_same_remark_twice_is_one(by):
    draft = handed_in(by)
    for _ in range(2):
        send(by.rosa, draft, act="save", **{"remark:cost": "How much?"})
    assert ReviewComment.objects.count() == 1
    assert AuditEvent.objects.filter(verb="remark").count() == 1


def test_the_team_answers_remarks_and_marks_them_as_dealt_with(by):
    draft = handed_in(by)
    send(by.rosa, draft, act="save", **{"remark:cost": "How much?"})
    remark = ReviewComment.objects.get()
    send(by.ravi, draft, status=403, act=f"resolve:{remark.pk}")
    send(by.editor, draft, act=f"resolve:{remark.pk}", **{"remark:cost": "Not known to us."})
    remark.refresh_from_db()
    assert remark.resolved_by_name == "Elin Berg"
    assert ReviewComment.objects.filter(author=by.editor.user).exists()
    said = page_text(browser(by.rosa), address(draft))
    assert "How much? dealt with: Elin Berg" in said and "1 open comment" in said


def test_a_remark_of_another_draft_is_out_of_reach(by):
    draft, other = handed_in(by), handed_in(by)
    remark = reviews.remark(other, field="", text="x", actor=by.editor, at=LATER)
    assert (
        browser(by.editor).post(address(draft), {"act": f"resolve:{remark.pk}"}).status_code == 404
    )
    remark.refresh_from_db()
    assert remark.resolved_at is None


def test_remarks_on_what_is_gone_are_still_told(by):
    draft = handed_in(by, effects=[EFFECT])
    reviews.remark(draft, field="effects[0].value", text="Where?", actor=by.rosa, at=LATER)
    draft = ask_for_changes(draft, by.rosa, "")
    draft = hand_in_again(by, draft)
    said = page_text(browser(by.rosa), address(draft))
    assert "Comments on deleted content" in said
    assert "effects[0].value" in said and "Where?" in said


# -- judging -----------------------------------------------------------------------------------


def test_remarks_and_reasons_that_were_typed_and_not_saved_come_back(by):
    draft = handed_in(by)
    reviews.take_review(draft, actor=by.rosa, at=LATER)
    client = browser(by.rosa)
    (mark,) = re.findall(r'name="typing" value="([^"]+)"', page(client, address(draft)))
    half = {"remark:start_year": "Half a remark", "note": "Half a note", "typing": mark}
    assert client.post(address(draft), {**half, "typing_only": "1"}).status_code == 204
    source = page(client, address(draft))
    assert "Half a remark</textarea>" in source and "Half a note</textarea>" in source
    assert not ReviewComment.objects.exists()
    # A remark that was saved though the act was refused is not typed any more.
    send(by.rosa, draft, status=422, act="approve", **half)
    source = page(client, address(draft))
    assert ReviewComment.objects.get().text == "Half a remark"
    assert "Half a remark</textarea>" not in source and "Half a note</textarea>" in source
    send(by.rosa, draft, act="save", note="A note", typing=mark)
    assert "and have not saved it yet." not in page(client, address(draft))
