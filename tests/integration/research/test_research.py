"""A question of a city from everyday words to the answer on the case, and what is refused."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alliance.core import clock
from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.waiting import Asked, items
from alliance.network.services.helping import ask_matching
from alliance.network.services.waiting_letters import send_letters
from alliance.news.selectors.digest import Window, research_sections
from alliance.research import own_data
from alliance.research.documents import documents
from alliance.research.models import Collaboration, Researcher, ResearchQuestion
from alliance.research.selectors.matches import researchers_for
from alliance.research.selectors.pages import speed
from alliance.research.services import questions, working
from alliance.thread.selectors.walk import thread_of
from alliance.thread.services import refresh_relations
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.masked import MASKED
from tests.factories.needs_offers import make_need
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.research import (
    DAY,
    ORCID,
    make_question,
    make_researcher,
    offer,
    period,
    send,
    university,
    word,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lund asks about a case of its own; Rut of Umeå University can answer."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    found = SimpleNamespace(case=make_case("Lund"), lund=team("lund"), university=university())
    for name, role in (("editor", ""), ("rut", ""), ("siv", "secretariat")):
        setattr(found, name, person(name.capitalize(), *([role] if role else [])))
    join(found.editor, found.lund)
    join(found.rut, found.university, "member")
    found.city, found.by, found.office = map(acting, (found.editor, found.rut, found.siv))
    return found


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waits(at: dt.datetime = NOW) -> set[str]:
    return {one.kind for one in items(Asked(at)) if one.kind.startswith("research-")}


def test_a_question_becomes_an_answer_that_stands_on_the_case(there: Any) -> None:
    rut = make_researcher(there.rut, there.university)
    # Asked on the case, by its editor, in French.
    editor, address = browser(there.editor), f"/fr/research/ask?case={there.case.public_id}"
    assert f"?case={there.case.public_id}" in page(Client(), f"/fr/cases/{there.case.public_id}/")
    typed = {
        "title": "Le péage réduit-il le bruit ?",
        "text": "Dorment-ils mieux ?",
        "language": "fr",
        "deadline": (NOW.date() + 200 * DAY).isoformat(),
        "themes": ["mobility"],
    }
    assert f"/fr/cases/{there.case.public_id}/" in page(editor, address)
    refused = editor.post(address, typed | {"deadline": "2020-01-01"})
    assert refused.status_code == 422 and "Dorment-ils mieux" in refused.text
    assert editor.post(address, typed).status_code == 302
    question = ResearchQuestion.objects.get()
    at = f"/en/research/questions/{question.public_id}/"
    assert waits() == {"research-word"}
    # The secretariat words it; Rut, whom it fits, is asked.
    office = browser(there.siv)
    wording = {"wording": "By how many decibels?", "wording_language": "en"}
    assert office.post(f"{at}word", wording).status_code == 302
    assert waits() == {"research-asked"}
    seen = page_text(editor, at)
    assert "Rut" in seen and "Same theme Mobility" in seen and "A common language" in seen
    assert "Students choose their subjects in time (master’s" in seen
    # She offers a thesis with steps; the city agrees.
    own = browser(there.rut)
    assert "Offer to answer" in page_text(own, at)
    assert "Questions for you" in page_text(own, "/en/research/")
    today = NOW.date()
    plan = {
        "plan": "Before and after.",
        "language": "en",
        "level": "master",
        "answer_by": (today + 90 * DAY).isoformat(),
        "steps-0-title": "Send the counts",
        "steps-0-side": "city",
        "steps-0-due_on": (today + 10 * DAY).isoformat(),
    }
    late = own.post(f"{at}take-on", plan | {"answer_by": (today + 300 * DAY).isoformat()})
    assert late.status_code == 422 and "The city needs the answer by" in late.text
    assert own.post(f"{at}take-on", plan).status_code == 302
    assert waits() == {"research-offered"}
    # Nothing asks her again; she can change what she offered until the city answers.
    assert "Questions for you" not in page_text(own, "/en/research/")
    assert "Change your offer" in page_text(own, at)
    assert "The city has not replied to your offer yet. A new offer replaces it." in page_text(
        own, f"{at}take-on"
    )
    work = Collaboration.objects.get()
    assert editor.post(f"{at}work/{work.public_id}/reply", {"agree": "1"}).status_code == 302
    assert waits() == {"research-step", "research-answer", "research-news"}
    step = f"{at}work/{work.public_id}/steps/1/done"
    assert own.post(step, {"done": "1"}).status_code == 403
    assert editor.post(step, {"done": "1"}).status_code == 302
    # The first answer lacks something; the second one is accepted.
    answer = {"title": "Oui, un peu.", "text": "Deux décibels.", "language": "fr", "url": ""}
    assert own.post(f"{at}answer", answer).status_code == 302
    assert "Deux décibels" not in page_text(Client(), at)
    assert "Deux décibels" in page_text(editor, at)
    assert editor.post(f"{at}missing", {"missing": ""}).status_code == 422
    assert editor.post(f"{at}missing", {"missing": "La nuit ?"}).status_code == 302
    assert "research-missing" in waits()
    assert "Deux décibels" in page(own, f"{at}answer")
    assert own.post(f"{at}answer", answer | {"text": "Deux la nuit."}).status_code == 302
    assert editor.post(f"{at}accept").status_code == 302
    assert waits() == {"research-news"}
    for language, more in (("fr", ""), ("en", "in French")):
        seen = page_text(Client(), f"/{language}/cases/{there.case.public_id}/")
        assert "Oui, un peu." in seen and "Deux la nuit." in seen and more in seen
        assert "ORCID 0000-0002-1825-0097" in seen and "Umeå University" in seen
    assert "This answer has not been translated yet." in seen
    assert question.title in page_text(Client(), f"/en/research/people/{rut.public_id}/")
    assert "Oui, un peu." in page_text(Client(), "/sv/research/?state=answered")


def test_who_is_in_several_teams_says_for_which_she_asks(there: Any) -> None:
    umea = team("umea")
    join(there.editor, umea)
    editor, address = browser(there.editor), "/en/research/ask"
    assert "Which city are you asking for?" in page_text(editor, address)
    typed = {
        "title": "Why?", "text": "Because.", "language": "en", "themes": ["mobility"],
        "deadline": (NOW.date() + 200 * DAY).isoformat(),
    }  # fmt: skip
    assert editor.post(address, typed | {"team": "nobody"}).status_code == 422
    assert editor.post(address, typed | {"team": umea.public_id}).status_code == 302
    assert ResearchQuestion.objects.get().organisation == umea
    need = make_need(umea, acting(there.editor))
    about = f"{address}?need={need.public_id}"
    assert "Which city are you asking for?" not in page_text(editor, about)
    assert (
        "Umeå. A researcher or student answers in plain language. The answer will appear on the"
        in page_text(editor, about)
    )


def test_nothing_but_an_accepted_answer_closes_a_question(there: Any) -> None:
    make_researcher(there.rut, there.university)
    question = word(make_question(there.lund, there.city), there.office)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResearchQuestion.objects.update(state="answered", ended_at=NOW)
    with pytest.raises(NotAllowed):
        working.accept(question, actor=there.city, at=NOW)
    offer(question, there.by)
    with pytest.raises(NotAllowed):
        send(question, there.by)
    working.reply(
        question, question.collaborations.get().public_id, agrees=True, actor=there.city, at=NOW
    )
    with pytest.raises(NotAllowed):
        send(question, there.city)
    first, second = send(question, there.by), send(question, there.by, at=NOW + DAY)
    assert first.pk == second.pk
    with pytest.raises(NotAllowed):
        working.accept(question, actor=there.by, at=NOW)
    working.accept(question, actor=there.city, at=NOW)
    question.refresh_from_db()
    assert (question.state, question.accepted_id) == ("answered", first.pk)
    with pytest.raises(NotAllowed):
        questions.withdraw(question, reason="No.", actor=there.city, at=NOW)


def test_the_median_counts_first_answers_and_those_who_still_wait(there: Any) -> None:
    assert speed() == type(speed())(None, 0, 0)
    assert "not known yet" in page_text(Client(), "/en/research/")
    make_researcher(there.rut, there.university)
    for days in (10, 30):
        question = word(make_question(there.lund, there.city, title=str(days)), there.office)
        work = offer(question, there.by)
        working.reply(question, work.public_id, agrees=True, actor=there.city, at=NOW)
        send(question, there.by, at=NOW + days * DAY)
    make_question(there.lund, there.city, title="Waits")
    withdrawn = make_question(there.lund, there.city, title="Withdrawn")
    questions.withdraw(withdrawn, reason="Solved.", actor=there.city, at=NOW)
    assert (speed().median_days, speed().n, speed().waiting) == (20, 2, 1)
    seen = page_text(Client(), "/en/research/")
    assert "First answer after 20 days (median of 2 questions)" in seen
    assert "1 question is waiting for a first answer" in seen


def test_researchers_match_by_the_matter_then_language_then_calendar(there: Any) -> None:
    def of(name: str, **changes: Any) -> Researcher:
        user = person(name)
        join(user, there.university, "member")
        return make_researcher(user, there.university, **changes)

    english = of("English", languages=("en",))
    french = of("French", periods=())
    students = of("Students")
    of("Health", themes=("health",))
    late = NOW.date() + 300 * DAY
    after = of("Late", periods=[period(late, late + DAY)])
    found = researchers_for(make_question(there.lund, there.city), at=NOW)
    assert found[0].researcher == students and found[0].period is not None
    assert {one.researcher for one in found[1:3]} == {french, after}
    assert found[1].period is None and found[3].researcher == english


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"orcid": "0000-0002-1825-0098"}, "orcid", "orcid-digit"),
        ({"themes": ()}, "themes", "no-interest"),
        ({"languages": ()}, "languages", "no-languages"),
        ({"agreed": False}, "agreed", "no-consent"),
        ({"organisation": "lund-municipality"}, "organisation", "not-your-university"),
        ({"about": "x" * 2_001}, "about", "too-long"),
        (
            {"periods": [period(NOW.date() - 9 * DAY, NOW.date() - DAY)]},
            "periods[0].ends_on",
            "day-over",
        ),
    ],
)
def test_a_profile_says_what_is_wrong_with_it(
    there: Any, changes: dict[str, Any], where: str, code: str
) -> None:
    with pytest.raises(InvalidData) as refused:
        make_researcher(there.rut, there.university, **changes)
    assert [(one.where, one.code) for one in refused.value.faults] == [(where, code)]
    assert not Researcher.objects.exists()
    with pytest.raises(NotAllowed):
        make_researcher(there.editor, there.university)


def test_a_day_that_cannot_be_read_hides_no_other_fault_of_a_profile(there: Any) -> None:
    typed = {
        "about": "Heat",
        "orcid": "0000-0002-1825-0098",
        "periods-0-level": "master",
        "periods-0-starts_on": "soon",
    }
    page = browser(there.rut).post("/en/research/profile", typed)
    form = page.context["form"]
    assert page.status_code == 422 and {"orcid", "languages", "agreed"} <= form.errors.keys()
    assert "starts_on" in next(iter(form.row_forms())).errors and not Researcher.objects.exists()


def test_who_leaves_takes_the_profile_along_and_the_credit_stays_as_chosen(there: Any) -> None:
    rut = make_researcher(there.rut, there.university)
    for title in ("Answered", "Begun"):
        question = word(make_question(there.lund, there.city, title=title), there.office)
        work = offer(question, there.by)
        working.reply(question, work.public_id, agrees=True, actor=there.city, at=NOW)
        if title == "Answered":
            send(question, there.by)
            working.accept(question, actor=there.city, at=NOW)
    told = own_data.own_data(there.rut)
    assert told["researcher_page"][0]["orcid"] and len(told["research_answered"]) == 2
    # By the institution alone, from now on.
    make_researcher(there.rut, there.university, credit="institution")
    own = browser(there.rut)
    assert own.post("/en/research/profile/delete").status_code == 302
    assert Client().get(f"/en/research/people/{rut.public_id}/").status_code == 404
    assert "Rut" not in page_text(Client(), "/en/research/?state=answered")
    done, begun = Collaboration.objects.order_by("question__title")
    assert (done.question.title, done.researcher, done.credit_name) == ("Answered", None, "")
    seen = page_text(Client(), f"/en/research/questions/{done.question.public_id}/")
    assert "Umeå University" in seen and "Rut" not in seen
    # The city that counted on her is told; of what she began stays that she stopped.
    assert (begun.question.title, begun.answer, begun.plan) == ("Begun", "cannot", "")
    assert not begun.steps.exists() and "research-left" in waits()
    seen = page_text(Client(), f"/en/research/questions/{begun.question.public_id}/")
    assert "Umeå University Stopped working on it" in seen and "Rut" not in seen
    own_data.forget(there.rut, at=NOW)


def test_hand_overs_are_told_by_mail(there: Any, run_jobs: Any, mailoutbox: Any) -> None:
    make_researcher(there.rut, there.university)
    question = word(make_question(there.lund, there.city), there.office)
    for told, act in (
        ("rut@", lambda: offer(question, there.by)),
        ("editor@", lambda: working.reply(
            question, question.collaborations.get().public_id, agrees=True,
            actor=there.city, at=NOW)),
        ("rut@", lambda: send(question, there.by)),
        ("editor@", lambda: working.accept(question, actor=there.city, at=NOW)),
        ("rut@", lambda: None),
    ):  # fmt: skip
        mailoutbox.clear()
        assert send_letters(at=NOW)
        run_jobs()
        assert any(one.to[0].startswith(told) for one in mailoutbox), told
        act()


def test_a_question_is_about_what_is_there_and_hides_no_city(there: Any) -> None:
    masked = make_case("Hidden", outcome="did-not-work", **MASKED)
    for subject in (
        {"need": "none"},
        {"case": masked.public_id},
        {"solution": "none", "outcome": "air"},
        {"case": there.case.public_id, "need": "x"},
    ):
        with pytest.raises(InvalidData):
            make_question(there.lund, there.city, **subject)
    solution = there.case.solution.public_id
    make_question(there.lund, there.city, solution=solution, outcome="air")
    assert "Air quality" in page_text(Client(), "/en/evidence/map")


def test_an_answer_is_translated_as_cases_are_and_read_in_the_language_of_the_page(
    there: Any,
) -> None:
    make_researcher(there.rut, there.university)
    case = there.case.public_id
    question = word(make_question(there.lund, there.city, case=case), there.office)
    work = offer(question, there.by)
    working.reply(question, work.public_id, agrees=True, actor=there.city, at=NOW)
    answer = send(question, there.by)
    translate = f"/en/research/answers/{answer.public_id}/translate/sv"
    editor = browser(there.editor)
    assert editor.get(translate).status_code == 404
    working.accept(question, actor=there.city, at=NOW)
    own = page(editor, f"/fr/research/questions/{question.public_id}/")
    assert translate.replace("/en/", "/fr/") in own
    assert "Answer from research" in page_text(editor, "/en/translations/")
    assert browser(there.rut).get(translate).status_code == 403
    typed = {"title": "Ja, lite.", "text": "Två decibel.", "revision": "0", "source": "1"}
    saved = editor.post(translate, typed)
    assert saved.status_code == 302
    assert saved.headers["Location"] == f"/sv/research/answers/{answer.public_id}/"
    led = Client().get(saved.headers["Location"])
    assert led.headers["Location"] == f"/sv/research/questions/{question.public_id}/#answer"
    seen = page_text(Client(), f"/sv/cases/{case}/")
    assert "Ja, lite." in seen and "översatt från franska" in seen


def test_a_question_is_in_the_search_the_api_the_thread_of_its_need_and_the_digest(
    there: Any,
) -> None:
    make_researcher(there.rut, there.university)
    need = make_need(there.lund, there.city, title="Less noise")
    question = make_question(there.lund, there.city, need=need.public_id)
    (found,) = documents("research-question")
    assert (found.language, found.title) == ("fr", question.title)
    work = offer(word(question, there.office), there.by)
    working.reply(question, work.public_id, agrees=True, actor=there.city, at=NOW)
    send(question, there.by)
    working.accept(question, actor=there.city, at=NOW)
    by_language = {one.language: one for one in documents("research-question")}
    assert by_language["fr"].summary == "Oui, un peu : deux décibels la nuit."
    assert "décibels" in by_language["fr"].body and "How people" not in by_language["fr"].body
    told = Client().get("/api/v1/research-questions?state=answered").json()["items"]
    assert [one["need"] for one in told] == [need.public_id]
    assert told[0]["answer"]["orcid"] == ORCID and told[0]["answer"]["name"] == "Rut"
    assert Client().get(f"/api/v1/research-questions/{question.public_id}").json() == told[0]
    refresh_relations(at=NOW)
    thread = thread_of(VISITOR, "need", need.public_id, language="en")
    assert ("research-question", question.public_id) in thread.by_key
    assert "answered" in page_text(Client(), f"/en/thread/need/{need.public_id}/")
    (section,) = research_sections(Window(NOW - DAY, NOW), "en")
    assert section.items[0].title == "Oui, un peu : deux décibels la nuit."
    assert question.title in section.items[0].happened
    assert not research_sections(Window(NOW, NOW + DAY), "en")


def test_a_university_offers_a_joint_thesis_in_its_own_name(there: Any) -> None:
    there.university.city = there.lund.city
    there.university.save()
    join(there.editor, there.university)
    editor, own = browser(there.editor), there.university.public_id
    assert f"team={own}" in page(editor, "/en/research/")
    typed = {
        "title": "A thesis with Lyon",
        "text": "Noise in two cities.",
        "language": "en",
        "kinds": ["joint-thesis"],
        "themes": ["mobility"],
        "until": "2020-01-01",
    }
    form = f"/en/offers/new?team={own}"
    assert "You represent Umeå University" in page_text(editor, form)
    assert editor.post(form, typed).status_code == 422
    last = NOW.date() + 90 * DAY
    made = editor.post(form, typed | {"until": last.isoformat()})
    assert made.status_code == 302
    seen = page_text(Client(), made.headers["Location"])
    assert "An offer from Umeå University, Lund" in seen and "a joint thesis" in seen
    assert "A thesis with Lyon" in page_text(Client(), "/en/research/")
    # A member of the team who is no editor does not; and nobody asks a university for help.
    assert browser(there.rut).get(form).status_code == 404
    umea, uma = team("umea"), person("Uma")
    join(uma, umea)
    make_need(umea, acting(uma), title="Less noise")
    assert ask_matching(at=NOW) == 0
