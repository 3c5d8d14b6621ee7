"""Answering a survey: page by page without scripts, sent as a whole, on paper, changed, deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import own
from alliance.surveys.models import Response, Version
from alliance.surveys.services.answering import answer_faults, enter_form
from alliance.surveys.services.questions import set_questions
from tests.factories.pages import page_text
from tests.factories.people import acting, person
from tests.factories.surveys import KM, LINES, OFTEN, QUESTIONS, RANKED, SAFE, WHY_NOT, WORDS

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def home(process: Process) -> str:
    return f"/en/take-part/{process.public_id}/"


def send_page(client: Client, process: Process, page: int, **fields: object):
    return client.post(f"{home(process)}survey/?page={page}", fields)


def answer_all(client: Client, process: Process, often: int = 1) -> None:
    send_page(client, process, 1, **{OFTEN.field: often, SAFE.field: 4})
    fields = {
        WHY_NOT.field: [0, 1], KM.field: "3.5", WORDS.field: "More lanes, please.",
        f"{RANKED.field}_0": 2, f"{RANKED.field}_1": 1, f"{RANKED.field}_2": 3,
        f"{LINES.field}_0": 3,
    }  # fmt: skip
    send_page(client, process, 2, **fields)
    send_page(client, process, 3)


def test_from_the_first_page_to_the_receipt_without_scripts(process, client) -> None:
    page = page_text(client, home(process))
    assert "7 questions." in page and "Start" in page
    first = client.get(f"{home(process)}survey/").content.decode()
    assert OFTEN.text in first and "Page 1 of 2" in first and WHY_NOT.text not in first
    assert "<script" not in first.split('class="write"', 1)[1].split("</form")[0]
    # Who only looks takes no part.
    assert not Participant.objects.exists()
    refused = send_page(client, process, 1, **{SAFE.field: 4})
    assert refused.status_code == 422
    refused = refused.content.decode()
    assert "Answer this question." in refused and 'value="4"' in refused
    nxt = send_page(client, process, 1, **{OFTEN.field: 1, SAFE.field: 4})
    assert nxt.url.endswith("?page=2")
    one = Response.objects.get()
    assert one.sent_at is None and one.answers == {} and one.draft[OFTEN.key] == 1
    answer_all(client, process)
    one.refresh_from_db()
    assert one.sent_at and one.draft == {}
    assert one.answers == {
        OFTEN.key: 1, SAFE.key: 4, WHY_NOT.key: [0, 1], KM.key: 3.5, RANKED.key: [1, 0, 2],
        LINES.key: [3, None],
    }  # fmt: skip
    # The text is a contribution: moderated, grouped and answered like all others.
    text = Contribution.objects.get()
    assert (text.title, text.post.text) == (WORDS.text, "More lanes, please.")
    assert text.open_answer.key == WORDS.key and text.kind == "answer"
    mine = page_text(client, f"{home(process)}mine/")
    assert one.participant.receipt in mine and "Lights; Lanes; Racks" in mine
    # Answers write no act into the log.
    assert not AuditEvent.objects.filter(verb__in=["answer", "send"]).exists()


def test_nothing_is_voted_on_in_a_survey(process, client, lea) -> None:
    assert "write and vote" not in page_text(client, home(process))
    client.force_login(lea)
    Process.objects.filter(pk=process.pk).update(state="draft", opened_at=None)
    step = page_text(client, f"/en/take-part/{process.public_id}/prepare")
    assert "First day of phase 1" in step and "Activity in phase" not in step


def test_a_page_on_which_nothing_is_asked_is_left_out(process, client, lea, now) -> None:
    set_questions(process, [OFTEN, WHY_NOT], actor=acting(lea), at=now)
    assert send_page(client, process, 1, **{OFTEN.field: 0}).url.endswith("?page=3")
    assert client.get(f"{home(process)}survey/?page=2").url.endswith("?page=3")
    other = Client()
    assert send_page(other, process, 1, **{OFTEN.field: 2}).url.endswith("?page=2")


def test_what_was_sent_counts_until_the_change_is_sent(process, client) -> None:
    answer_all(client, process)
    send_page(client, process, 1, **{OFTEN.field: 0, SAFE.field: 1})
    one = Response.objects.get()
    assert one.answers[OFTEN.key] == 1 and one.draft[OFTEN.key] == 0
    fields = {WORDS.field: "Lights, please.", KM.field: ""}
    send_page(client, process, 2, **fields)
    assert page_text(client, home(process)).count("Change your answers") == 1
    check = client.get(f"{home(process)}survey/?page=3").content.decode()
    assert "Lights, please." in check and WHY_NOT.text not in check
    send_page(client, process, 3)
    one.refresh_from_db()
    # Who cycles every day was not asked what keeps her from it, and a number taken back is gone.
    assert one.answers == {OFTEN.key: 0, SAFE.key: 1}
    assert [row.post.text for row in Contribution.objects.all()] == ["Lights, please."]


def test_who_began_goes_on_with_her_version_and_is_told_so(process, client, lea, now) -> None:
    send_page(client, process, 1, **{OFTEN.field: 1, SAFE.field: 4})
    asked_anew = replace(SAFE, text="How safe do you feel at night?")
    set_questions(process, [OFTEN, asked_anew], actor=acting(lea), at=now)
    page = page_text(client, f"{home(process)}survey/?page=1")
    assert "2 is for people who start now." in page and SAFE.text in page
    assert (
        "is for people who start now. Your answers are counted with all others "
        "where the question is the same."
    ) not in page_text(Client(), f"{home(process)}survey/")
    send_page(client, process, 3)
    assert Response.objects.get().version.number == 1
    other = Client()
    send_page(other, process, 1, **{OFTEN.field: 0, asked_anew.field: 2})
    send_page(other, process, 2)
    assert Response.objects.get(version__number=2).answers == {OFTEN.key: 0, asked_anew.key: 2}


@pytest.mark.parametrize(
    ("question", "value", "code"),
    [
        (OFTEN, 3, "answer-none-of"),
        (OFTEN, True, "answer-none-of"),
        (OFTEN, None, "answer-needed"),
        (WHY_NOT, [0, 7], "answer-none-of"),
        (SAFE, 6, "answer-none-of"),
        (KM, 201, "answer-number"),
        (KM, float("nan"), "answer-number"),
        (RANKED, [0, 0, 1], "answer-ranking"),
        (LINES, [1], "answer-none-of"),
        (WORDS, "x" * 2001, "too-long"),
    ],
)
def test_an_answer_that_is_none_is_refused(question, value, code) -> None:
    assert [one.code for one in answer_faults(question, value)] == [code]


def test_the_wrong_answer_stands_beside_its_question_with_what_was_typed(process, client) -> None:
    send_page(client, process, 1, **{OFTEN.field: 1})
    fields = {f"{RANKED.field}_0": 1, f"{RANKED.field}_1": 1, KM.field: "900"}
    refused = send_page(client, process, 2, **fields)
    page = refused.content.decode()
    assert refused.status_code == 422 and "Use each rank only once." in page
    assert "Enter a number between 0 and 200." in page and 'value="900"' in page


def test_before_and_after_its_time_nothing_is_taken(process, client) -> None:
    Process.objects.filter(pk=process.pk).update(state=ProcessState.CLOSED)
    assert send_page(client, process, 1, **{OFTEN.field: 1}).url == home(process)
    assert not Participant.objects.exists()


def test_the_page_of_the_process_takes_no_text_beside_the_questions(process, client) -> None:
    sent = client.post(home(process), {"text": "More lanes.", "language": "en"})
    assert sent.status_code == 422 and not Contribution.objects.exists()


def test_a_program_that_fills_in_every_field_is_refused(process, client) -> None:
    sent = send_page(client, process, 1, **{OFTEN.field: 1, "homepage": "https://spam.example"})
    assert sent.status_code == 422 and not Response.objects.exists()


def test_a_form_on_paper_is_typed_in_and_marked(process, client, lea) -> None:
    member = client
    member.force_login(lea)
    assert member.get(f"{home(process)}enter").url == f"{home(process)}survey/paper"
    fields = {
        "channel": "paper", "language": "en", "age_band": "65+", OFTEN.field: 0,
        # The form says why, though who cycles every day is not asked: it is left out.
        WHY_NOT.field: [0], WORDS.field: "Benches.", "area": "",
    }  # fmt: skip
    said = member.post(f"{home(process)}survey/paper", fields, follow=True).content.decode()
    one = Response.objects.get()
    assert one.participant.receipt in said
    assert (one.participant.channel, one.participant.age_band) == ("paper", "65+")
    assert one.sent_at and one.answers == {OFTEN.key: 0}
    text = Contribution.objects.get()
    assert text.channel == "paper" and text.open_answer.response_id == one.pk
    assert "Benches." in page_text(Client(), f"{home(process)}results/")


def test_an_empty_form_is_none(process, lea, now) -> None:
    version = Version.objects.get()
    with pytest.raises(InvalidData):
        enter_form(version, {}, language="en", channel="desk", actor=acting(lea), at=now)
    assert not Participant.objects.exists()


def test_her_data_is_hers(process, client) -> None:
    answer_all(client, process)
    one = Response.objects.get()
    file = client.get(f"{home(process)}mine/data.json").json()
    assert {"question": OFTEN.text, "answer": "Sometimes"} in file["survey"]["answers"]
    assert file["survey"]["version"] == 1 and file["contributions"][0]["title"] == WORDS.text
    own.delete(one.participant)
    assert not Response.objects.exists() and not Contribution.objects.exists()


def test_the_form_on_paper_has_the_questions(process, client, lea) -> None:
    from alliance.participation.services.papers import words_of

    questions = words_of(process, is_form=True)["questions"]
    assert questions[0]["text"] == OFTEN.text and questions[0]["answers"] == list(OFTEN.options)
    assert len(questions) == len(QUESTIONS) + 1
    client.force_login(lea)
    assert client.get(f"{home(process)}form.pdf").content.startswith(b"%PDF")


def test_only_the_team_types_in(process, client) -> None:
    client.force_login(person("Otto Other"))
    assert client.get(f"{home(process)}survey/paper").status_code == 404
    assert client.get(f"{home(process)}survey/answers.csv").status_code == 404
