"""Questions to those who answer for a case: asking, answering once, hiding, and privacy."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from alliance.cases.models import CaseStudy
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.core.throttle import Throttled
from alliance.network.models import Post
from alliance.network.services.discussion import moderate_post
from alliance.writing.models import Question
from alliance.writing.selectors.questions import answered_by
from alliance.writing.services import questions
from tests.factories.knowledge import make_case, make_question
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team
from tests.factories.reviews import LATER, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(by):
    return acting(person("Cia Citizen", language="fr"))


@pytest.fixture
def case(by) -> CaseStudy:
    return published(by)


@pytest.fixture
def moderator(by):
    return acting(person("Mo Derator", "moderator"))


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def ask(case, actor, text="Hur mycket kostade grindarna?", **options) -> Question:
    options = {"language": "sv", "show_name": False, "at": LATER, **options}
    return questions.ask(case, text=text, actor=actor, **options)


def answer(question, actor, text="Omkring en miljon kronor.", language="sv") -> Question:
    return questions.answer(question, text=text, language=language, actor=actor, at=LATER)


def test_a_question_is_public_once_it_is_answered(by, case, reader, client):
    form = {"text": "What did the gates cost?", "language": "en"}
    response = browser(reader).post(f"/fr/cases/{case.public_id}/ask", form)
    question = Question.objects.get()
    assert response.url == f"/fr/questions/{question.public_id}/"
    address = f"/en/cases/{case.public_id}/"
    assert "What did the gates cost?" not in page(client, address)
    assert f"{address}ask" in page(client, address)
    form = {"text": "Omkring en miljon kronor.", "language": "sv"}
    response = browser(by.editor).post(f"/en/questions/{question.public_id}/answer", form)
    assert response.url == f"{address}#questions"
    source = page(client, address)
    assert '<p lang="sv">Omkring en miljon kronor.</p>' in source
    assert "<h3>What did the gates cost?</h3>" in source
    assert '<h3 lang="en">What did the gates cost?</h3>' in page(
        client, f"/sv/cases/{case.public_id}/"
    )
    said = page_text(client, address)
    assert "a reader , 25 November 2026" in said or "a reader, 25 November 2026" in said
    assert "City of Umeå, 25 November 2026" in said
    verbs = list(AuditEvent.objects.filter(kind="question").values_list("verb", flat=True))
    assert verbs == ["ask", "answer"]


def test_who_asked_is_named_only_if_she_wants_it(by, case, reader):
    hidden = ask(case, reader)
    assert hidden.author_name == ""
    shown = ask(case, reader, "Och sedan?", show_name=True)
    for question in (hidden, shown):
        answer(question, by.editor)
    said = page_text(Client(), f"/en/cases/{case.public_id}/")
    assert said.count("Cia Citizen") == 1 and said.count("a reader") == 1
    assert "Cia" not in page_text(browser(by.editor), f"/en/questions/{hidden.public_id}/")
    assert "Elin Berg" not in said, "the team answers, not a person"


def test_editors_get_a_letter_and_so_does_who_asked(
    by, case, reader, run_jobs, django_capture_on_commit_callbacks
):
    join(person("Mats Ek"), by.umea, "member")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        question = ask(case, reader)
    run_jobs()
    [letter] = mail.outbox
    assert letter.to == [by.editor.user.email]
    assert "Hur mycket kostade grindarna?" in letter.body
    assert f"/sv/questions/{question.public_id}/" in letter.body
    assert "Cia" not in letter.body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer(question, by.editor)
    run_jobs()
    [letter] = mail.outbox
    assert letter.to == [reader.user.email]
    assert f"/fr/cases/{case.public_id}/#questions" in letter.body


@pytest.mark.parametrize("has_team", [False, True])
def test_without_an_editor_the_secretariat_is_asked(
    by, reader, run_jobs, django_capture_on_commit_callbacks, has_team
):
    case = make_case("Lund")
    if has_team:
        team("lund")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        question = ask(case, reader)
    run_jobs()
    [letter] = mail.outbox
    assert letter.to == [by.secretariat.user.email]
    answered = answer(question, by.secretariat, "About a million.", "en")
    assert answered_by(answered) == "The secretariat"


def test_the_municipality_answers_for_cases_of_its_city(by, reader):
    case = make_case("Umeå")
    question = ask(case, reader)
    assert "1 question is waiting for your team" in page_text(browser(by.editor), "/en/questions/")
    assert answered_by(answer(question, by.editor)) == "City of Umeå"


def test_an_answer_stays_as_it_is(by, case, reader):
    question = answer(ask(case, reader), by.editor)
    with pytest.raises(
        NotAllowed, match=r"This question has been answered. Answers cannot be changed."
    ):
        answer(question, by.editor, "Nej, två.")
    response = browser(by.editor).post(
        f"/en/questions/{question.public_id}/answer", {"text": "Nej, två.", "language": "sv"}
    )
    assert response.status_code == 403
    question = Question.objects.get()
    assert question.answer.text == "Omkring en miljon kronor."
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(answers=question).update(text="")


def test_only_those_who_answer_for_it_answer(by, case, reader, moderator, client):
    question = ask(case, reader)
    member, stranger = person("Mats Ek"), person("Lena Alm")
    join(member, by.umea, "member")
    join(stranger, team("lund"))
    form = {"text": "x", "language": "sv"}
    address = f"/en/questions/{question.public_id}/"
    for actor in (reader, moderator, acting(member), acting(stranger), by.rosa):
        assert browser(actor).post(f"{address}answer", form).status_code == 404
        with pytest.raises(NotAllowed):
            answer(question, actor)
    for actor, status in ((reader, 200), (moderator, 200), (acting(stranger), 404)):
        assert browser(actor).get(address).status_code == status
    assert client.get(address).status_code == 302
    assert Question.objects.get().reply is None


def test_a_sixth_question_of_a_day_is_refused_and_kept(by, case, reader):
    for number in range(5):
        ask(case, reader, f"Fråga {number}?")
    with pytest.raises(Throttled):
        ask(case, reader, "Fråga 6?")
    form = {"text": "Fråga 7?", "language": "sv"}
    response = browser(reader).post(f"/en/cases/{case.public_id}/ask", form)
    source = response.content.decode()
    assert response.status_code == 429
    assert "You have asked 5 questions in 24 hours. You can ask again in 24 hours." in source
    assert "Fråga 7?</textarea>" in source
    assert Question.objects.count() == 5
    ask(case, acting(person("Olle Ek")), "Min fråga?")
    ask(case, reader, "Fråga 8?", at=LATER + dt.timedelta(days=1))


def test_the_same_question_twice_is_one(by, case, reader):
    assert ask(case, reader) == ask(case, reader)
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"text": " "}, {"text": "<img src=x>"}, {"text": "a" * 2_001}, {"language": "de"}],
)
def test_what_is_no_question_is_refused_beside_its_field(by, case, reader, change):
    form = {"text": "Hur då?", "language": "sv", **change}
    response = browser(reader).post(f"/en/cases/{case.public_id}/ask", form)
    assert response.status_code == 422
    field = next(iter(change))
    assert f'href="#id_{field}"' in response.content.decode()
    assert Question.objects.count() == 0
    with pytest.raises(InvalidData):
        ask(case, reader, **{"text": "Hur då?", **change})


def test_visitors_sign_in_to_ask(case, client):
    response = client.get(f"/en/cases/{case.public_id}/ask")
    assert response.status_code == 302
    assert response.url.endswith(f"?next=/en/cases/{case.public_id}/ask")
    assert "Ask the team responsible for this case" in page(client, f"/en/cases/{case.public_id}/")


def test_a_moderator_hides_a_question_with_a_reason_and_shows_it_again(
    by, case, reader, moderator, client
):
    question = answer(ask(case, reader), by.editor)
    address, case_page = f"/en/questions/{question.public_id}/", f"/en/cases/{case.public_id}/"
    assert "Moderate" in page(browser(moderator), case_page)
    assert "Moderate" not in page(browser(by.editor), case_page)
    desk, hide = f"/en/posts/{question.public_id}/moderate", {"hide": "yes", "reason": "An insult."}
    assert browser(moderator).post(desk, hide | {"reason": ""}).status_code == 422
    for actor in (by.editor, reader):
        assert browser(actor).post(desk, hide).status_code == 404
    assert question.text in page(client, case_page)
    assert "Omkring en miljon" in page(browser(moderator), desk)
    assert browser(moderator).post(desk, hide).url == f"{case_page}#questions"
    assert question.text not in page(client, case_page)
    for actor in (reader, by.editor):
        assert "An insult." in page_text(browser(actor), address)
    assert browser(moderator).post(desk, {"hide": "no"}).status_code == 302
    assert question.text in page(client, case_page)
    verbs = list(AuditEvent.objects.filter(kind="question").values_list("verb", flat=True))
    assert verbs == ["ask", "answer", "hide", "show again"]


def test_a_hidden_question_is_not_answered(by, case, reader, moderator):
    question = ask(case, reader)
    moderate_post(question, hide=True, reason="Spam.", actor=moderator, at=LATER)
    with pytest.raises(NotAllowed, match="hidden"):
        answer(question, by.editor)
    assert "No questions waiting for an answer." in page_text(browser(by.editor), "/en/questions/")


def test_the_secretariat_sees_how_many_wait_and_for_whom(by, case, reader):
    ask(case, reader)
    ask(make_case("Lund"), reader, "Why?", language="en")
    answer(ask(case, reader, "Tredje?"), by.editor)
    said = page_text(browser(by.secretariat), "/en/questions/")
    assert "2 questions in the network are waiting for an answer" in said
    assert "to be answered by City of Umeå" in said
    assert "to be answered by the secretariat" in said
    said = page_text(browser(by.editor), "/en/questions/")
    assert "1 question is waiting for your team" in said and "Why?" not in said
    said = page_text(browser(reader), "/en/questions/")
    assert "waits for your team" not in said and said.count("not answered yet") == 2


def test_nothing_gives_a_hidden_city_away(
    by, reader, moderator, run_jobs, django_capture_on_commit_callbacks
):
    case = published(by, is_masked=True)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        question = ask(case, reader, "Är det Umeå?")
    run_jobs()
    assert "Ume" not in mail.outbox[0].body + mail.outbox[0].subject
    with pytest.raises(InvalidData, match="names the hidden city"):
        answer(question, by.editor)
    other = ask(case, reader, "Vilken gata?")
    with pytest.raises(InvalidData, match=r"Umeå”, which you want to hide. Remove the name."):
        answer(other, by.editor, "Storgatan i Umeå.")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answered = answer(other, by.editor, "En lång gata.")
    assert answered_by(answered) == "Denna stads grupp" or "Ume" not in answered_by(answered)
    run_jobs()
    assert "Ume" not in mail.outbox[0].body
    moderate_post(question, hide=True, reason="Guesses.", actor=moderator, at=LATER)
    for actor in (reader, moderator):
        assert "Ume" not in page_text(browser(actor), f"/en/questions/{other.public_id}/")
    listed = page_text(browser(moderator), "/en/questions/") + page_text(
        Client(), f"/en/cases/{case.public_id}/"
    )
    assert "Ume" not in listed


def test_pages_need_few_queries(by, case, reader, django_assert_max_num_queries):
    for number in range(30):
        row = {"language": "sv", "author": reader.user, "at": LATER}
        make_question(case, f"Fråga {number}?", **row)
        make_question(case, f"Svarad {number}?", answer="Ja.", **row)
    for number in range(10):
        make = make_case(f"Town {number}", status="published")
        make_question(make, **row)
    for actor in (by.secretariat, by.editor, reader):
        client = browser(actor)
        with django_assert_max_num_queries(15):
            page(client, "/en/questions/")
    assert client.get("/en/questions/?page=2").status_code == 404
    waiting = Question.objects.filter(answer=None).first()
    client = browser(by.editor)
    with django_assert_max_num_queries(15):
        page(client, f"/en/questions/{waiting.public_id}/")
    with django_assert_max_num_queries(15):
        page(Client(), f"/en/cases/{case.public_id}/")
