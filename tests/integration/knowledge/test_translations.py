"""Writing, confirming and reviewing translations: by whom, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import chosen_text
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import Conflict, InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.writing.services.translations import confirm_translation, review_translation
from tests.factories.knowledge import lay_ground, make_case, text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import SWEDISH, translate

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def case():
    lay_ground()
    return make_case()


@pytest.fixture
def editor(case):
    """An editor of Umeå's team, which has no part in the case of Lund."""
    user = person("Elin Berg", language="sv")
    join(user, team("umea"))
    return acting(user)


@pytest.fixture
def reviewer(case):
    return acting(person("Rosa Petit", "reviewer"))


def swedish(record):
    return record.texts.get(language="sv")


def review(record, actor, *, expected=1, language="sv"):
    return review_translation(
        record, language=language, expected_revision=expected, actor=actor, at=LATER
    )


def confirm(record, actor, *, expected=1, source=2, language="sv"):
    return confirm_translation(
        record,
        language=language,
        expected_revision=expected,
        source_revision=source,
        actor=actor,
        at=LATER,
    )


def edit_original(**changes):
    """Change the English text and leave the others as they are."""
    case = CaseStudy.objects.get(public_id="lund")
    others = tuple(
        text(
            row.language,
            status=row.status,
            **{name: getattr(row, name) for name in ("title", "summary", "problem",
                                                     "what_worked", "what_did_not")},
        )
        for row in case.texts.exclude(language="en")
    )  # fmt: skip
    return make_case(texts=(text(**changes), *others))


def test_an_editor_of_any_team_translates_and_it_is_kept(case, editor):
    translate(case, editor)
    row = swedish(case)
    assert (row.title, row.status, row.revision, row.source_revision) == (
        "Vägar med pris",
        "translated",
        1,
        1,
    )
    case.refresh_from_db()
    assert case.edited_at == NOW
    assert case.revision == 2
    newest = case.versions.get(number=2)
    assert newest.snapshot["texts"]["sv"]["title"] == "Vägar med pris"
    assert newest.actor_label == editor.label
    act = AuditEvent.objects.get(verb="translate")
    assert (act.kind, act.public_id, act.actor) == ("case", "lund", editor.user)
    assert act.details == {"language": "sv", "revision": 1, "source_revision": 1, "version": 2}


@pytest.mark.parametrize("role", ["reviewer", "secretariat"])
def test_so_do_reviewers_and_the_secretariat(case, role):
    assert translate(case, acting(person("Somebody", role))).revision == 1


def test_members_citizens_moderators_operators_and_programs_do_not(case, editor):
    member = person("Mia")
    join(member, team("umea"), "member")
    for actor in (
        acting(member),
        acting(person("Citizen")),
        acting(person("Moderator", "moderator")),
        acting(person("Operator", "operator")),
        dataclasses.replace(editor, user=None, scopes=frozenset({"drafts:write"})),
        COMMAND_LINE,
    ):
        with pytest.raises(NotAllowed):
            translate(case, actor)
    assert case.texts.count() == 1


def test_nobody_translates_into_the_language_of_the_original_or_an_unknown_one(case, editor):
    for language in ("en", "de"):
        with pytest.raises(NotAllowed):
            translate(case, editor, language=language)
    assert case.texts.get().title == "Pricing the roads"


def test_a_second_original_is_not_written_over(case, editor):
    make_case(texts=(text(), text("sv", title="Egen text", status="original")))
    with pytest.raises(NotAllowed):
        translate(case, editor, expected=1)
    assert swedish(case).title == "Egen text"


def test_an_unpublished_case_is_not_translated(case, editor):
    case.status = "withdrawn"
    case.save()
    with pytest.raises(NotAllowed):
        translate(case, editor)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": " "}, "title", "untranslated"),
        ({"summary": ""}, "summary", "untranslated"),
        # The Swedish page would say that no failure is recorded.
        ({"what_did_not": ""}, "what_did_not", "untranslated"),
        ({"equity_notes": "Ny utsaga"}, "equity_notes", "not-in-original"),
        ({"title": "<b>Vägar</b>"}, "title", "markup"),
        ({"problem": "Köer\u202e varje"}, "problem", "turns-direction"),
        ({"title": "a" * 201}, "title", "too-long"),
        ({"summary": "a" * 20_001}, "summary", "too-long"),
    ],
)
def test_what_is_refused_is_named_by_field_and_nothing_is_written(
    case, editor, changes, field, code
):
    with pytest.raises(InvalidData) as caught:
        translate(case, editor, texts=SWEDISH | changes)
    (fault,) = caught.value.faults
    assert fault.where == field
    assert fault.code == code
    assert case.texts.count() == 1
    assert not AuditEvent.objects.filter(verb="translate").exists()


def test_of_two_who_save_at_once_the_second_is_told(case, editor, reviewer):
    translate(case, editor)
    with pytest.raises(Conflict) as caught:
        translate(case, reviewer, texts=SWEDISH | {"title": "Annan titel"})
    assert caught.value.current == 1
    assert swedish(case).title == "Vägar med pris"
    translate(case, reviewer, texts=SWEDISH | {"title": "Annan titel"}, expected=1)
    assert swedish(case).title == "Annan titel"


def test_the_same_words_again_change_nothing(case, editor):
    translate(case, editor)
    translate(case, editor, expected=1, texts=SWEDISH | {"title": "  Vägar  med pris "})
    # As a form does that is sent twice.
    translate(case, editor, expected=0)
    assert swedish(case).revision == 1
    assert AuditEvent.objects.filter(verb="translate").count() == 1
    assert case.versions.count() == 2


def test_an_edit_of_the_original_leaves_the_translation_behind(case, editor):
    translate(case, editor)
    edit_original(summary="Drivers pay by the day. Traffic fell at once.")
    edit_original(summary="Drivers pay by the day. Traffic fell slowly.")
    found = chosen_text(case.texts.all(), "sv", "en")
    assert (found.edits_behind, found.stale, found.is_reviewed) == (2, True, False)
    assert swedish(case).source_revision == 1


def test_a_translation_of_what_was_read_is_behind_where_the_original_was_edited_meanwhile(
    case, editor
):
    edit_original(summary="Drivers pay by the day.")
    translate(case, editor, source_revision=1)
    assert chosen_text(case.texts.all(), "sv", "en").edits_behind == 1
    for wrong in (0, 3):
        with pytest.raises(InvalidData):
            translate(case, editor, expected=1, source_revision=wrong)


def test_a_translation_is_never_taken_back_to_an_older_original(case, editor):
    edit_original(summary="Drivers pay by the day.")
    translate(case, editor)
    with pytest.raises(InvalidData):
        translate(case, editor, expected=1, source_revision=1, texts=SWEDISH | {"title": "Annan"})
    assert swedish(case).source_revision == 2


def test_confirming_takes_over_the_revision_without_a_word(case, editor, reviewer):
    translate(case, editor)
    review(case, reviewer)
    edit_original(summary="Drivers pay by the hour. The traffic fell at once.")
    versions = case.versions.count()
    confirm(case, editor, expected=2)
    row = swedish(case)
    assert (row.source_revision, row.revision, row.status) == (2, 2, "reviewed")
    assert case.versions.count() == versions
    act = AuditEvent.objects.get(verb="confirm translation")
    assert act.details == {"language": "sv", "revision": 2, "source_revision": 2}
    confirm(case, editor, expected=2)
    assert AuditEvent.objects.filter(verb="confirm translation").count() == 1


def test_confirming_holds_for_the_original_that_was_read(case, editor):
    translate(case, editor)
    edit_original(summary="Drivers pay by the day.")
    edit_original(summary="Drivers pay by the week.")
    confirm(case, editor, source=2)
    assert chosen_text(case.texts.all(), "sv", "en").edits_behind == 1


def test_confirming_asks_for_a_translation_its_revision_and_the_right(case, editor):
    with pytest.raises(NotAllowed):
        confirm(case, editor, source=1)
    translate(case, editor)
    edit_original(summary="Drivers pay by the day.")
    with pytest.raises(Conflict):
        confirm(case, editor, expected=5)
    with pytest.raises(NotAllowed):
        confirm(case, acting(person("Citizen")))


def test_another_person_than_the_author_reviews(case, editor, reviewer):
    translate(case, editor)
    review(case, reviewer)
    assert swedish(case).status == "reviewed"
    case.refresh_from_db()
    assert case.versions.get(number=case.revision).snapshot["texts"]["sv"]["status"] == "reviewed"
    assert AuditEvent.objects.get(verb="review translation").actor == reviewer.user
    review(case, reviewer, expected=2)
    assert AuditEvent.objects.filter(verb="review translation").count() == 1


def test_the_author_does_not_review_and_neither_do_others_who_wrote_since(case, reviewer):
    second = acting(person("Ravi Lind", "reviewer"))
    translate(case, reviewer)
    translate(case, second, expected=1, texts=SWEDISH | {"title": "Pris på vägar"})
    for actor in (reviewer, second):
        with pytest.raises(NotAllowed, match=r"You cannot review your own translation."):
            review(case, actor, expected=2)
    third = acting(person("Sara", "secretariat"))
    review(case, third, expected=2)
    # After that, only who writes anew is the author.
    translate(case, third, expected=3, texts=SWEDISH | {"title": "Vägpris"})
    assert swedish(case).status == "translated"
    assert review(case, reviewer, expected=4).status == "reviewed"


def test_of_teams_only_the_one_that_answers_for_the_case_reviews(case, editor, reviewer):
    translate(case, reviewer)
    with pytest.raises(NotAllowed):
        review(case, editor)
    own = person("Lena Alm")
    join(own, team("lund"))
    assert review(case, acting(own)).status == "reviewed"


def test_what_is_behind_or_was_saved_meanwhile_is_not_reviewed(case, editor, reviewer):
    with pytest.raises(NotAllowed):
        review(case, reviewer)
    translate(case, editor)
    with pytest.raises(Conflict):
        review(case, reviewer, expected=7)
    edit_original(summary="Drivers pay by the day.")
    with pytest.raises(
        NotAllowed, match=r"The translation is older than the original. Update it first."
    ):
        review(case, reviewer)


def test_a_settled_translation_is_corrected_by_those_who_may_review_it(case, editor, reviewer):
    translate(case, editor)
    review(case, reviewer)
    better = SWEDISH | {"title": "Pris på vägar"}
    with pytest.raises(
        NotAllowed,
        match=r"The translation has been reviewed and is up to date.",
    ):
        translate(case, editor, expected=2, texts=better)
    translate(case, reviewer, expected=2, texts=better)
    assert swedish(case).status == "translated"


def test_once_it_is_behind_any_editor_brings_it_up_to_date(case, editor, reviewer):
    translate(case, editor)
    review(case, reviewer)
    edit_original(summary="Drivers pay by the day.")
    translate(case, editor, expected=2, texts=SWEDISH | {"summary": "Bilister betalar per dag."})
    row = swedish(case)
    assert (row.status, row.source_revision, row.revision) == ("translated", 2, 3)
