"""A draft from its first word to the published case, and who may do what on the way."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.cases.enums import CaseStatus, DraftState
from alliance.cases.models import CaseStudy, Measure, Solution, Unit
from alliance.core.audit import Actor
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.core.models import AuditEvent
from alliance.core.waiting import Asked, items
from alliance.evidence.selectors.effects import effects_of_case
from alliance.writing.draft_checks import faults_of_draft
from alliance.writing.models import Draft, DraftRevision
from alliance.writing.selectors.access import get_draft_for
from alliance.writing.selectors.leads import in_figures
from alliance.writing.selectors.reviews import review_page
from alliance.writing.services import drafts, reviews, save_measure, withdrawals
from alliance.writing.services.vocabulary import merge_words, upsert_measure
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
SECRETARIAT = Actor("Siv", roles=frozenset({"secretariat"}))
CRITERIA = {
    name: {"score": 2, "reason": "well told"}
    for name in ("relevance", "participation", "evidence", "transferability")
}


@pytest.fixture
def umea():
    lay_ground()
    return team("umea")


@pytest.fixture
def editor(umea):
    user = person("Elin Berg", language="sv")
    join(user, umea)
    return acting(user)


@pytest.fixture
def reviewers(umea):
    return [acting(person(name, "reviewer")) for name in ("Rosa Petit", "Ravi Lind")]


def start(umea, editor, **changes) -> Draft:
    return drafts.start_draft(
        umea, language="sv", actor=editor, at=NOW, content=document(**changes)
    )


def submit(draft, editor) -> Draft:
    return drafts.submit_draft(draft, expected_revision=draft.revision, actor=editor, at=NOW)


def approve(draft, reviewer, at=LATER):
    review = reviews.take_review(draft, actor=reviewer, at=at)
    return reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True, actor=reviewer, at=at
    )


def publish(draft, editor, reviewers) -> CaseStudy:
    submit(draft, editor)
    assert approve(draft, reviewers[0]) is None
    case = approve(draft, reviewers[1])
    assert case is not None
    return case


def test_two_approvals_publish_what_was_written(umea, editor, reviewers):
    case = publish(start(umea, editor), editor, reviewers)
    assert case.status == CaseStatus.PUBLISHED
    assert case.owner == umea
    assert case.city.public_id == "umea"
    assert case.texts.get().title == "Vägavgift på prov"
    assert case.checked_on == LATER.date()
    assert case.versions.count() == 1
    assert Draft.objects.get().state == DraftState.PUBLISHED
    verbs = list(AuditEvent.objects.filter(kind="draft").values_list("verb", flat=True))
    assert verbs == ["start", "submit", "take review", "approve", "take review", "approve",
                     "publish"]  # fmt: skip


def test_a_half_written_draft_is_saved_and_its_gaps_are_named_when_it_is_handed_in(umea, editor):
    draft = drafts.start_draft(umea, language="sv", actor=editor, at=NOW)
    saved = drafts.save_draft(
        draft,
        content={**draft.content, "outcome": "mixed", "effects": [{"measure": "turnout"}]},
        expected_revision=1,
        actor=editor,
        at=LATER,
    )
    assert saved.revision == 2
    with pytest.raises(InvalidData) as caught:
        submit(saved, editor)
    told = str(caught.value)
    for part in (
        "case.solution",
        "case.place.name: Fill this in",
        "case.effects[0].value",
        "case.texts",
    ):
        assert part in told
    assert Draft.objects.get().state == DraftState.WRITING


def test_of_two_who_save_at_once_the_second_is_told_and_nothing_is_lost(umea, editor):
    draft = start(umea, editor)
    mine = document(outcome="mixed")
    drafts.save_draft(
        draft, content=document(start_year=2020), expected_revision=1, actor=editor, at=LATER
    )
    with pytest.raises(Conflict) as caught:
        drafts.save_draft(draft, content=mine, expected_revision=1, actor=editor, at=LATER)
    assert caught.value.current == 2
    assert Draft.objects.get().content["start_year"] == 2020
    assert DraftRevision.objects.count() == 2


def test_the_same_save_twice_is_one(umea, editor):
    draft = start(umea, editor)
    for _ in range(2):
        drafts.save_draft(
            draft, content=document(outcome="mixed"), expected_revision=1, actor=editor, at=LATER
        )
    assert Draft.objects.get().revision == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({"titel": "x"}, "case.titel: This field does not exist."),
        ({"start_year": "2021"}, "case.start_year: Enter a whole number"),
        ({"effects": [{"value": "much"}]}, "case.effects[0].value: Enter a number"),
        (
            {"texts": {"sv": {"title": "<script>x</script>"}}},
            "case.texts.sv.title: The text contains",
        ),
        ({"effects": [{}] * 201}, "case.effects: Too many entries. Keep at most 200."),
        (
            {"texts": {"sv": {"summary": "a" * 1_000_001}}},
            "The case is longer than 1,000",
        ),
    ],
)
def test_what_has_no_right_shape_is_refused_by_field_and_rule(umea, editor, content, fault):
    draft = start(umea, editor)
    with pytest.raises(InvalidData) as caught:
        drafts.save_draft(draft, content=content, expected_revision=1, actor=editor, at=LATER)
    assert fault in str(caught.value)
    assert Draft.objects.get().revision == 1


def test_a_draft_is_hidden_from_all_but_its_team_its_reviewers_and_the_secretariat(
    umea, editor, reviewers
):
    draft = start(umea, editor)
    stranger = acting(person("Olle Ek"))
    other = person("Lena Alm")
    join(other, team("lund"))
    for actor in (stranger, acting(other), reviewers[0]):
        with pytest.raises(NotFound):
            get_draft_for(actor, draft.public_id)
    secretary = acting(person("Sara Ny", "secretariat"))
    for actor in (editor, secretary):
        assert get_draft_for(actor, draft.public_id) == draft
    submit(draft, editor)
    assert get_draft_for(reviewers[0], draft.public_id) == draft
    with pytest.raises(NotFound):
        get_draft_for(reviewers[0], draft.public_id, "edit")


def test_nobody_reviews_the_work_of_her_own_team(umea, editor):
    draft = submit(start(umea, editor), editor)
    both = person("Both Ways", "reviewer")
    join(both, umea, "member")
    with pytest.raises(NotAllowed):
        reviews.take_review(draft, actor=acting(both), at=LATER)


def test_who_declares_a_conflict_is_replaced_and_cannot_come_back(umea, editor, reviewers):
    draft = submit(start(umea, editor), editor)
    review = reviews.take_review(draft, actor=reviewers[0], at=LATER)
    with pytest.raises(InvalidData):
        reviews.give_back_review(review, conflict=True, note="", actor=reviewers[0], at=LATER)
    reviews.give_back_review(
        review, conflict=True, note="I sold them the gates.", actor=reviewers[0], at=LATER
    )
    with pytest.raises(NotAllowed):
        reviews.take_review(draft, actor=reviewers[0], at=LATER)
    third = acting(person("Tara Vik", "reviewer"))
    assert approve(draft, reviewers[1]) is None
    assert approve(draft, third) is not None


def test_one_reviewer_cannot_stand_for_two(umea, editor, reviewers):
    draft = submit(start(umea, editor), editor)
    approve(draft, reviewers[0])
    review = reviews.take_review(draft, actor=reviewers[0], at=LATER)
    with pytest.raises(NotAllowed):
        reviews.give_review(
            review,
            approve=True,
            criteria=CRITERIA,
            no_conflict=True,
            actor=reviewers[0],
            at=LATER,
        )
    assert Draft.objects.get().state == DraftState.IN_REVIEW


def test_changes_are_asked_for_in_words_and_a_new_submission_is_reviewed_anew(
    umea, editor, reviewers
):
    draft = submit(start(umea, editor), editor)
    approve(draft, reviewers[0])
    review = reviews.take_review(draft, actor=reviewers[1], at=LATER)
    ask = {"approve": False, "criteria": CRITERIA, "no_conflict": True, "actor": reviewers[1]}
    with pytest.raises(InvalidData) as caught:
        reviews.give_review(review, at=LATER, **ask)
    assert "note" in str(caught.value)
    comment = reviews.remark(
        draft, field="texts.sv.summary", text="By how much?", actor=reviewers[1], at=LATER
    )
    reviews.give_review(review, at=LATER, **ask)
    assert Draft.objects.get().state == DraftState.CHANGES_ASKED
    draft = drafts.save_draft(
        Draft.objects.get(),
        content=document(end_year=2023),
        expected_revision=1,
        actor=editor,
        at=LATER,
    )
    reviews.resolve_remark(comment, actor=editor, at=LATER)
    case = publish(draft, editor, reviewers)
    assert case.end_year == 2023


def test_an_editor_who_left_can_neither_save_nor_hand_in_but_the_work_stays(umea, editor):
    draft = start(umea, editor)
    editor.user.memberships.update(ended_at=LATER)
    gone = acting(editor.user, LATER)
    with pytest.raises(NotAllowed):
        drafts.save_draft(
            draft, content=document(outcome="mixed"), expected_revision=1, actor=gone, at=LATER
        )
    with pytest.raises(NotAllowed):
        submit(draft, gone)
    assert Draft.objects.get().content["outcome"] == "did-not-work"


def test_a_masked_failure_names_its_city_only_to_the_secretariat(umea, editor, reviewers):
    with pytest.raises(InvalidData) as caught:
        submit(start(umea, editor, is_masked=True, texts={
            "sv": {"title": "Avgift i Umeå", "summary": "Det blev inget."}}), editor)  # fmt: skip
    assert "names “Umeå”" in str(caught.value)
    case = publish(start(umea, editor, is_masked=True), editor, reviewers)
    assert case.city is None and case.country == "ZZ"
    assert case.masked_city.public_id == "umea"
    assert not case.sources.exists()
    assert "Ume" not in str(case.versions.get().snapshot)


def test_words_that_no_list_has_join_it_with_the_publication(umea, editor, reviewers):
    told = {"value": -3.0, "direction": "lower-is-better", "design": "before-after"}
    told |= {"measure": "bullernivå", "unit": "decibel"}
    draft = start(umea, editor, effects=[told])
    assert not Measure.objects.filter(name="bullernivå").exists()
    case = publish(draft, editor, reviewers)
    effect = case.effects.get()
    assert (effect.measure.slug, effect.measure.name_sv) == ("bullerniva", "bullernivå")
    assert (effect.unit.code, effect.unit.name_fr) == ("decibel", "")
    assert AuditEvent.objects.filter(kind__in=("measure", "unit"), verb="create").count() == 2


def test_a_measure_that_is_merged_while_a_draft_uses_it_is_the_one_that_was_kept(
    umea, editor, reviewers
):
    kept = Measure.objects.get(slug="traffic-volume")
    old = save_measure("car-counts", name="car counts", name_sv="antal bilar")
    told = {"value": -3.0, "direction": "lower-is-better", "design": "before-after"}
    told |= {"measure": "car counts", "unit": "percent change"}
    written, submitted = (start(umea, editor, effects=[told]) for _time in range(2))
    submit(submitted, editor)
    Solution.objects.update(
        main_measure_chosen=True, main_measure=old, main_unit=Unit.objects.first()
    )
    merge_words(old, kept, actor=SECRETARIAT, at=LATER)
    assert Solution.objects.get().main_measure == kept
    saved = drafts.save_draft(
        written, content=written.content, expected_revision=1, actor=editor, at=LATER
    )
    assert saved.content["effects"][0]["measure"] == "car counts", "nothing typed is lost"
    assert in_figures(saved.content["effects"][0], "en") == "traffic volume \u22123\u00a0%"
    approve(submitted, reviewers[0])
    for case in (approve(submitted, reviewers[1]), publish(saved, editor, reviewers)):
        assert case is not None and case.effects.get().measure == kept
    assert not Measure.objects.filter(name="car counts").exists()


@pytest.mark.parametrize("measure", ["x" * 121, "<b>noise</b>"])
def test_what_can_be_no_word_of_a_list_is_refused(umea, editor, measure):
    told = {"value": -3.0, "direction": "lower-is-better", "design": "before-after"}
    with pytest.raises(InvalidData) as caught:
        submit(
            start(umea, editor, effects=[told | {"measure": measure, "unit": "cars per day"}]),
            editor,
        )
    assert [one.where for one in caught.value.faults] == ["case.effects[0].measure"]


def test_a_change_starts_from_the_published_case_and_becomes_its_next_version(
    umea, editor, reviewers
):
    case = publish(start(umea, editor), editor, reviewers)
    change = drafts.start_draft(umea, language="sv", actor=editor, at=LATER, case=case)
    assert change.content["texts"]["sv"]["title"] == "Vägavgift på prov"
    assert drafts.start_draft(umea, language="sv", actor=editor, at=LATER, case=case) == change
    change = drafts.save_draft(
        change,
        content={**change.content, "outcome": "mixed"},
        expected_revision=1,
        actor=editor,
        at=LATER,
    )
    again = publish(change, editor, reviewers)
    assert again.pk == case.pk and again.outcome == "mixed" and again.revision == 2


def test_what_was_published_meanwhile_is_merged_field_by_field(umea, editor, reviewers):
    case = publish(start(umea, editor), editor, reviewers)
    change = drafts.start_draft(umea, language="sv", actor=editor, at=LATER, case=case)
    change = drafts.save_draft(
        change,
        content={**change.content, "outcome": "mixed"},
        expected_revision=1,
        actor=editor,
        at=LATER,
    )
    from alliance.cases.case_document import check_shape
    from alliance.cases.snapshots import document_of
    from alliance.core.audit import COMMAND_LINE
    from alliance.writing.services import save_case

    other = {**document_of(case), "start_year": 2019}
    save_case(check_shape(other), public_id=case.public_id, actor=COMMAND_LINE, at=LATER)
    change.refresh_from_db()
    with pytest.raises(InvalidData) as caught:
        submit(change, editor)
    assert (
        "Others have changed the case since you started this draft. Add their "
        "changes to your draft first."
    ) in str(caught.value)
    change, clashes = drafts.rebase_draft(change, expected_revision=2, actor=editor, at=LATER)
    assert clashes == ()
    assert change.content["outcome"] == "mixed" and change.content["start_year"] == 2019
    assert submit(change, editor).state == DraftState.IN_REVIEW


def test_a_draft_may_bring_its_own_solution(umea, editor, reviewers):
    new = {"name": "Bilfri söndag", "summary": "En dag utan bilar.", "kind": "approach"}
    case = publish(start(umea, editor, solution="", new_solution=new), editor, reviewers)
    assert case.solution.public_id == "bilfri-sondag"
    assert case.solution.texts.get().language == "sv"


def test_a_withdrawn_case_tells_why_and_counts_no_more(umea, editor, reviewers):
    case = publish(start(umea, editor), editor, reviewers)
    with pytest.raises(InvalidData):
        withdrawals.withdraw_case(case, reason=" ", actor=editor, at=LATER)
    with pytest.raises(NotAllowed):
        withdrawals.withdraw_case(case, reason="wrong", actor=reviewers[0], at=LATER)
    withdrawals.withdraw_case(
        case, reason="The figures were another street's.", actor=editor, at=LATER
    )
    case.refresh_from_db()
    assert case.status == CaseStatus.WITHDRAWN
    secretary = acting(person("Sara Ny", "secretariat"))
    withdrawals.restore_case(case, actor=secretary, at=LATER)
    case.refresh_from_db()
    assert case.status == CaseStatus.PUBLISHED


def test_no_team_can_call_its_own_translation_reviewed(umea, editor, reviewers):
    texts = document()["texts"]
    claimed = {"title": "A fee on trial", "summary": "Nothing changed.", "what_did_not": "Cars.",
               "status": "reviewed"}  # fmt: skip
    case = publish(start(umea, editor, texts={**texts, "en": claimed}), editor, reviewers)
    assert {text.language: text.status for text in case.texts.all()} == {
        "sv": "original",
        "en": "translated",
    }


def test_a_new_measure_is_a_request_that_the_secretariat_answers(umea, editor, reviewers):
    result = {
        "measure": "cykelstölder", "value": -12.0, "unit": "percent change",
        "direction": "lower-is-better", "design": "before-after", "is_main": True,
    }  # fmt: skip
    draft = start(umea, editor, effects=[result])
    submit(draft, editor)
    measure = Measure.objects.get(name="cykelstölder")
    (item,) = items(Asked(LATER), "measure")
    assert (item.turn.role, item.args) == ("secretariat", (measure.slug,))
    page = review_page(Draft.objects.get(), reviewers[0], language="en")
    (warning,) = page.warnings
    assert warning.startswith("“cykelstölder” is a new outcome measure.")
    approve(draft, reviewers[0])
    case = approve(draft, reviewers[1])
    shown = effects_of_case(case.effects.all(), "en")
    assert not shown.charts
    assert [row.excluded for row in shown.rows] == [
        "a new outcome measure, not yet named by the secretariat"
    ]
    names = {"name": "bicycle thefts", "name_fr": "vols de vélos", "name_sv": "cykelstölder"}
    by = {"actor": SECRETARIAT, "at": LATER}
    with pytest.raises(InvalidData) as caught:
        upsert_measure(measure, **names, **by)
    assert [fault.where for fault in caught.value.faults] == ["outcome_theme"]
    upsert_measure(measure, **names, outcome_theme="road-safety", **by)
    assert not list(items(Asked(LATER), "measure"))
    effect = case.effects.get()
    assert (effect.measure.name, effect.pool_exclusion) == ("bicycle thefts", "")
    assert case.versions.count() == 2
    # The author's word leads to it from now on.
    again = start(umea, editor, effects=[result])
    assert not faults_of_draft(again)
    submit(again, editor)
    assert not review_page(again, reviewers[0], language="en").warnings
    assert Measure.objects.filter(requested_at__isnull=False).count() == 0
