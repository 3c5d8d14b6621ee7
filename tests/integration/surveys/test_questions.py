"""Questions of a survey: checked, one version until it opens, then a new one for each change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.core.errors import InvalidData, NotAllowed
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process
from alliance.participation.services.processes import open_process
from alliance.surveys.questions import Question, asked, pages
from alliance.surveys.services.questions import latest_version, set_questions
from tests.factories.people import acting, person
from tests.factories.surveys import KM, OFTEN, QUESTIONS, SAFE, WHY_NOT, WORDS, make_survey

pytestmark = pytest.mark.django_db


def test_until_it_opens_there_is_one_version_and_then_one_for_each_change(process, lea, now):
    Process.objects.filter(pk=process.pk).update(state=ProcessState.DRAFT)
    by = {"actor": acting(lea), "at": now}
    assert set_questions(process, [OFTEN], **by).number == 1
    assert set_questions(process, QUESTIONS, **by).number == 1
    first = latest_version(process)
    Process.objects.filter(pk=process.pk).update(state=ProcessState.OPEN)
    assert set_questions(process, QUESTIONS, **by).number == 1
    second = set_questions(process, [OFTEN, WORDS], **by)
    assert second.number == 2
    first.refresh_from_db()
    # What people answer does not change under their hands.
    assert first.asked == list(QUESTIONS) and second.asked == [OFTEN, WORDS]
    Process.objects.filter(pk=process.pk).update(state=ProcessState.CLOSED)
    with pytest.raises(InvalidData, match="closed"):
        set_questions(process, [OFTEN], **by)
    with pytest.raises(NotAllowed):
        set_questions(process, [OFTEN], actor=acting(person("Otto Other")), at=now)


@pytest.mark.parametrize(
    ("questions", "where", "code"),
    [
        ([], "questions", "missing"),
        ([replace(OFTEN, options=("Yes",))], "questions[0].options", "question-options"),
        ([replace(OFTEN, options=("Yes", "Yes"))], "questions[0].options", "question-options"),
        ([replace(SAFE, high=30)], "questions[0].low", "question-scale"),
        ([replace(SAFE, high=None)], "questions[0].low", "question-scale"),
        ([replace(KM, low=5, high=1)], "questions[0].low", "question-bounds"),
        ([OFTEN, OFTEN], "questions[1].text", "question-twice"),
        # It depends on what comes after it, or on an answer that is none.
        ([WHY_NOT, OFTEN], "questions[0].if_number", "question-condition"),
        ([OFTEN, replace(WHY_NOT, if_values=(3,))], "questions[1].if_number", "question-condition"),
        ([OFTEN, replace(WHY_NOT, if_values=())], "questions[1].if_number", "question-condition"),
        ([KM, replace(SAFE, if_key=KM.key, if_values=(1,))], "questions[1].if_number",
         "question-condition"),
        ([replace(WORDS, text="")], "questions[0].text", "missing"),
    ],
)  # fmt: skip
def test_what_is_at_fault_is_named_by_its_row(process, lea, now, questions, where, code) -> None:
    with pytest.raises(InvalidData) as refused:
        set_questions(process, questions, actor=acting(lea), at=now)
    assert (where, code) in [(one.where, one.code) for one in refused.value.faults]


def test_a_survey_without_questions_does_not_open(process, lea, now) -> None:
    empty = make_survey(process.organisation, [], state=ProcessState.DRAFT)
    empty.survey_versions.all().delete()
    with pytest.raises(InvalidData, match="at least one question"):
        open_process(empty, actor=acting(lea), at=now)
    set_questions(empty, [OFTEN], actor=acting(lea), at=now)
    assert open_process(empty, actor=acting(lea), at=now).state == ProcessState.OPEN


def test_a_question_is_the_same_as_long_as_what_is_asked_of_whom_is() -> None:
    assert replace(OFTEN, help="Think of last week.", is_required=False).key == OFTEN.key
    others = [
        replace(OFTEN, text="How often do you walk?"),
        replace(OFTEN, options=OFTEN.options[:2]),
        replace(WHY_NOT, if_values=(2,)),
        replace(SAFE, high=7),
    ]
    assert len({one.key for one in others} | {OFTEN.key, WHY_NOT.key, SAFE.key}) == 7
    assert Question.from_data(WHY_NOT.as_data()) == WHY_NOT


def test_a_question_that_depends_on_an_answer_comes_on_a_later_page() -> None:
    assert pages([OFTEN, WHY_NOT, SAFE]) == [[OFTEN], [WHY_NOT, SAFE]]
    many = [replace(KM, text=f"Number {n}") for n in range(11)]
    assert [len(page) for page in pages(many)] == [5, 5, 1]


def test_nothing_depends_on_an_answer_to_what_was_not_asked() -> None:
    then = replace(SAFE, if_key=WHY_NOT.key, if_values=(0,))
    questions = [OFTEN, WHY_NOT, then]
    assert asked(questions, {OFTEN.key: 2, WHY_NOT.key: [0]}) == questions
    # She went back and cycles every day: what she said before of reasons is not asked any more.
    assert asked(questions, {OFTEN.key: 0, WHY_NOT.key: [0]}) == [OFTEN]
    assert asked(questions, {OFTEN.key: 1, WHY_NOT.key: [1, 2]}) == [OFTEN, WHY_NOT]


def test_the_team_sets_questions_by_a_form(client, process, lea, now) -> None:
    client.force_login(lea)
    form = {
        "questions-0-text": "How often do you cycle?",
        "questions-0-kind": "single",
        "questions-0-options": "Every day\n Sometimes \n\nNever",
        "questions-0-is_required": "on",
        "questions-1-text": "What keeps you from it?",
        "questions-1-kind": "several",
        "questions-1-options": "Traffic\nNo lane\nNo bicycle",
        "questions-1-if_number": "1",
        "questions-1-if_answers": "sometimes; Never",
        "questions-2-text": "How safe do you feel?",
        "questions-2-kind": "scale",
        "questions-2-low": "1",
        "questions-2-high": "5",
        "questions-2-low_label": "not at all",
    }
    address = f"/en/take-part/{process.public_id}/questions"
    assert client.post(address, form).url == address
    made = latest_version(process)
    assert made.number == 2 and made.asked == [OFTEN, WHY_NOT, SAFE]
    page = client.get(address).content.decode()
    assert 'value="Sometimes; Never"' in page and "version" in page
    # An answer that is none is named beside its field, and nothing is lost.
    refused = client.post(address, form | {"questions-1-if_answers": "Seldom"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert (
        "Enter an earlier question with answer options, and at least one of its answers." in page
        and 'value="Seldom"' in page
    )
    assert process.survey_versions.count() == 2
