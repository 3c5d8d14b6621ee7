"""The weekly digest: what it tells whom, sent once, and turned off by one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import DigestSubscription, User
from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE, STARTER
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.enums import Origin
from alliance.news import services as service
from alliance.news.digest import stop_token, week_of
from alliance.writing.models import Question
from alliance.writing.services import drafts, questions, reviews, withdrawals
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground, make_case, text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
# NOW is a Tuesday. Subscribed the week before, told first on the Monday after.
BEFORE = NOW - dt.timedelta(days=7)
MONDAY = week_of(NOW + dt.timedelta(days=7))
CRITERIA = {
    name: {"score": 2, "reason": "Clear."}
    for name in ("relevance", "participation", "evidence", "transferability")
}


@pytest.fixture(autouse=True)
def _ground() -> None:
    lay_ground()


def subscribe(user: User, language: str = "en") -> User:
    service.start_digest(user, language=language, actor=acting(user), at=NOW)
    return user


def letters(run_jobs: Any, at: dt.datetime = MONDAY) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    service.send_digests(at=at)
    run_jobs()
    return list(mail.outbox)


def later(hours: int) -> dt.datetime:
    return NOW + dt.timedelta(hours=hours)


# -- what it tells --------------------------------------------------------------------------


def test_a_case_is_told_once_with_all_that_happened_to_it(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    make_case("Lund", outcome="did-not-work", reasons=("no-effect",))
    for hours in (1, 2):
        make_case(
            "Lund",
            outcome="did-not-work",
            reasons=("no-effect",),
            start_year=2010 + hours,
            at=later(hours),
        )
    (letter,) = letters(run_jobs)
    assert letter.subject.endswith("1 new case: it did not work")
    assert letter.body.count("Pricing the roads") == 1
    assert "– Did not work (no effect)\n  Published. Changed 2 times.\n" in letter.body
    assert "Drivers pay by the hour.\n" in letter.body and "Traffic fell" not in letter.body
    assert "http://127.0.0.1:8000/en/cases/lund/" in letter.body


def test_saving_the_same_again_is_no_change(run_jobs: Any) -> None:
    make_case("Lund")
    CaseStudy.objects.update(published_at=BEFORE - dt.timedelta(days=30))
    AuditEvent.objects.update(at=BEFORE - dt.timedelta(days=30))
    CaseStudy.objects.get().versions.update(at=BEFORE - dt.timedelta(days=30))
    subscribe(person("Rita Reader"))
    make_case("Lund", at=later(1))
    assert letters(run_jobs) == []


def test_newest_first_and_starter_content_last(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    for hours, name in ((2, "Newer"), (1, "Older"), (3, "Loaded")):
        loaded = name == "Loaded"
        make_case(
            name,
            texts=(text(title=f"Case {name}"),),
            actor=STARTER if loaded else COMMAND_LINE,
            at=later(hours),
            origin=Origin.STARTER if loaded else Origin.MEMBERS,
        )
    (letter,) = letters(run_jobs)
    places = [letter.body.index(f"Case {name}") for name in ("Newer", "Older", "Loaded")]
    assert places == sorted(places)
    assert letter.subject.endswith("2 new cases"), "starter content is nobody's news"


def test_no_more_items_than_a_letter_holds_but_their_number(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    for number in range(23):
        make_case(f"Place {number}")
    (letter,) = letters(run_jobs)
    assert letter.body.count("/en/cases/") == 20
    assert "3 more not shown here." in letter.body


def test_a_withdrawn_case_is_told_with_its_reason(run_jobs: Any) -> None:
    case = make_case("Lund")
    CaseStudy.objects.update(published_at=BEFORE - dt.timedelta(days=30))
    subscribe(person("Rita Reader"))
    secretary = person("Sven Berg", "secretariat")
    withdrawals.withdraw_case(
        case, reason="Figures were wrong.", actor=acting(secretary), at=later(1), language="en"
    )
    (letter,) = letters(run_jobs)
    assert "== Withdrawn cases ==" in letter.body and "Figures were wrong." in letter.body


def test_answers_to_questions_are_told(run_jobs: Any) -> None:
    case = make_case("Lund")
    CaseStudy.objects.update(published_at=BEFORE - dt.timedelta(days=30))
    editor = person("Lena Alm")
    join(editor, team("lund"))
    question = _ask(case, at=NOW)
    questions.answer(
        question, text="Two million.", language="en", actor=acting(editor), at=later(1)
    )
    subscribe(person("Rita Reader"))
    (letter,) = letters(run_jobs)
    assert "== Answers to questions ==" in letter.body
    assert "“What did it cost?” – Two million." in letter.body


def _ask(case: CaseStudy, *, at: dt.datetime) -> Question:
    asker = User.objects.filter(name="Ada Ask").first() or person("Ada Ask")
    return questions.ask(
        case,
        text="What did it cost?",
        language="en",
        show_name=False,
        actor=acting(asker),
        at=at,
    )


def test_editors_are_told_what_waits_for_their_team_alone(run_jobs: Any) -> None:
    lund, umea = team("lund"), team("umea")
    editor, other = subscribe(person("Lena Alm", language="sv"), "sv"), person("Elin Berg")
    member = subscribe(person("Nils Member"))
    join(editor, lund)
    join(member, lund, "member")
    join(other, umea)
    case = make_case("Lund")
    CaseStudy.objects.update(published_at=BEFORE - dt.timedelta(days=30))
    AuditEvent.objects.all().delete()
    _ask(case, at=later(1))
    draft = drafts.start_draft(
        lund, language="sv", actor=acting(editor), at=NOW, content=document()
    )
    draft = drafts.submit_draft(draft, expected_revision=1, actor=acting(editor), at=NOW)
    reviewer = person("Rosa Petit", "reviewer")
    review = reviews.take_review(draft, actor=acting(reviewer), at=NOW)
    reviews.remark(draft, field="", text="Shorter.", actor=acting(reviewer), at=later(1))
    reviews.give_review(
        review,
        approve=False,
        criteria=CRITERIA,
        no_conflict=True,
        note="Shorter.",
        actor=acting(reviewer),
        at=later(2),
    )
    CaseStudy.objects.update(review_by=(MONDAY + dt.timedelta(days=29)).date())
    (letter,) = letters(run_jobs)
    assert letter.to == [editor.email], "a member who only reads has no news"
    assert letter.body.count("Vägavgift på prov") == 1
    for address in (f"/sv/review/{draft.public_id}/", "/sv/questions/", "/sv/cases/lund/"):
        assert address in letter.body, address


def test_reviewers_are_told_of_drafts_they_may_take(run_jobs: Any) -> None:
    lund = team("lund")
    editor = person("Lena Alm")
    join(editor, lund)
    reviewer, own = person("Rosa Petit", "reviewer"), person("Olle Ek", "reviewer")
    join(own, lund, "member")
    busy = person("Bo Busy", "reviewer")
    for user in (reviewer, own, busy):
        subscribe(user)
    draft = drafts.start_draft(
        lund, language="sv", actor=acting(editor), at=NOW, content=document(is_masked=True)
    )
    drafts.submit_draft(draft, expected_revision=1, actor=acting(editor), at=later(1))
    reviews.take_review(draft, actor=acting(busy), at=later(1))
    (letter,) = letters(run_jobs)
    assert letter.to == [reviewer.email]
    assert "== Drafts waiting for a reviewer ==" in letter.body
    assert "City of Lund" not in letter.body, "a hidden city names no team"


def test_what_waits_since_before_is_no_news_but_told_beside_news(run_jobs: Any) -> None:
    lund = team("lund")
    editor = subscribe(person("Lena Alm"))
    join(editor, lund)
    case = make_case("Lund")
    CaseStudy.objects.update(published_at=BEFORE - dt.timedelta(days=30))
    AuditEvent.objects.all().delete()
    _ask(case, at=BEFORE - dt.timedelta(days=3))
    assert letters(run_jobs) == []
    make_case("Umeå")
    CaseStudy.objects.filter(public_id="umea").update(published_at=MONDAY + dt.timedelta(days=1))
    (letter,) = letters(run_jobs, MONDAY + dt.timedelta(days=7))
    assert "1 older question for your team is still waiting for an answer." in letter.body


def test_each_letter_is_in_the_language_of_the_subscription(run_jobs: Any) -> None:
    subscribe(person("Rita Reader", language="sv"), "fr")
    make_case("Lund")
    (letter,) = letters(run_jobs)
    assert "/fr/cases/lund/" in letter.body and letter.body.startswith("Bonjour")


# -- once a week ----------------------------------------------------------------------------


def test_nothing_new_no_letter(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    assert letters(run_jobs) == []
    assert DigestSubscription.objects.get().told_until == MONDAY


def test_nobody_gets_a_letter_who_did_not_ask_or_left(run_jobs: Any) -> None:
    person("Quiet Person")
    gone = subscribe(person("Gone Person"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_case("Lund")
    assert letters(run_jobs) == []


def test_not_before_monday_and_not_twice(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    make_case("Lund")
    assert letters(run_jobs, MONDAY - dt.timedelta(seconds=1)) == []
    assert len(letters(run_jobs, MONDAY)) == 1
    assert letters(run_jobs, MONDAY + dt.timedelta(days=3)) == []
    assert letters(run_jobs, MONDAY + dt.timedelta(days=7)) == []


def test_a_worker_killed_midway_writes_to_nobody_twice(monkeypatch: Any) -> None:
    for name in ("Ada One", "Bea Two", "Cia Three"):
        subscribe(person(name))
    make_case("Lund")
    write, written = service.write_letter, []

    def killed_at_the_second(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        written.append(args[1].name)
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(service, "write_letter", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        service.send_digests(at=MONDAY)
    monkeypatch.setattr(service, "write_letter", write)
    assert service.send_digests(at=MONDAY + dt.timedelta(hours=1)) == 2
    queued = [job.args_kwargs["kwargs"]["to"] for job in DBTaskResult.objects.all()]
    assert sorted(queued) == [f"{name}@example.org" for name in ("ada.one", "bea.two", "cia.three")]


def test_a_week_that_was_missed_is_told_in_the_next_letter(run_jobs: Any) -> None:
    subscribe(person("Rita Reader"))
    make_case("Lund")
    (letter,) = letters(run_jobs, MONDAY + dt.timedelta(days=14))
    assert "Pricing the roads" in letter.body


def test_turned_off_and_on_again_no_week_comes_twice(run_jobs: Any) -> None:
    user = subscribe(person("Rita Reader"))
    make_case("Lund")
    assert len(letters(run_jobs)) == 1
    at = MONDAY + dt.timedelta(hours=2)
    service.stop_digest(user, actor=acting(user), at=at)
    service.start_digest(user, language="en", actor=acting(user), at=at)
    assert letters(run_jobs, at) == []


def test_every_kind_of_task_that_began_to_wait_is_in_the_letter(run_jobs: Any) -> None:
    editor = subscribe(person("Lova Lund"))
    join(editor, team("lund"))
    subscribe(person("Rita Reader"))
    case = make_case("Lund", review_by=(NOW + dt.timedelta(days=300)).date())
    case.texts.create(
        language="sv", title="Vägavgift", summary="Ett år.", status="translated", source_revision=1
    )
    case.texts.filter(language=case.original_language).update(revision=2)
    CaseStudy.objects.update(edited_at=later(1))
    bodies = {letter.to[0]: letter.body for letter in letters(run_jobs)}
    assert "Update a translation" in bodies[editor.email]
    assert "/en/cases/lund/translate/sv" in bodies[editor.email]
    assert sum("translate/sv" in body for body in bodies.values()) == 1


def test_many_people_are_told_in_few_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        subscribe(person(f"Reader {number}"), ("en", "fr", "sv")[number % 3])
    make_case("Lund")
    # Read once: about twenty queries; then for each person the claim and the job, in a savepoint.
    with django_assert_max_num_queries(25 + 12 * 5):
        assert service.send_digests(at=MONDAY) == 12


# -- on and off -----------------------------------------------------------------------------


def test_a_person_turns_it_on_and_off_by_the_page(client: Client) -> None:
    user = person("Rita Reader")
    client.force_login(user)
    assert (
        "You do not receive the digest. Turn it on below."
        in client.get("/en/digest/").content.decode()
    )
    answer = client.post("/en/digest/", {"on": "yes", "language": "sv"})
    assert answer.status_code == 302
    assert DigestSubscription.objects.get().language == "sv"
    client.post("/en/digest/", {"on": "yes", "language": "fr"})
    assert DigestSubscription.objects.get().language == "fr"
    client.post("/en/digest/", {"language": "fr"})
    assert not DigestSubscription.objects.exists()
    assert list(
        AuditEvent.objects.filter(verb__contains="digest").values_list("verb", flat=True)
    ) == ["start digest", "change digest", "stop digest"]


def test_a_language_that_is_none_is_refused_with_words(client: Client) -> None:
    user = person("Rita Reader")
    client.force_login(user)
    answer = client.post("/en/digest/", {"on": "yes", "language": "xx"})
    assert answer.status_code == 422 and "“xx” is not in the list." in answer.content.decode()
    with pytest.raises(InvalidData):
        service.start_digest(user, language="", actor=acting(user), at=NOW)


def test_nobody_turns_it_on_for_somebody_else() -> None:
    user, other = person("Rita Reader"), person("Sven Berg", "secretariat")
    with pytest.raises(NotAllowed):
        service.start_digest(user, language="en", actor=acting(other), at=NOW)


def test_letters_carry_the_headers_of_one_click(run_jobs: Any) -> None:
    user = subscribe(person("Rita Reader"))
    make_case("Lund")
    (letter,) = letters(run_jobs)
    message = letter.message()
    stop = message["List-Unsubscribe"]
    assert (
        stop.startswith("<http") and "/en/digest/stop/" in stop and stop.strip("<>") in letter.body
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/en/digest/stop/" + stop.strip("<>").partition("/en/digest/stop/")[2]
    # A mail program: no cookie, no token of ours, no sign-in.
    program = Client(enforce_csrf_checks=True)
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not DigestSubscription.objects.filter(user=user).exists()
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200, "and again"


def test_looking_at_the_link_turns_nothing_off(client: Client) -> None:
    user = subscribe(person("Rita Reader"))
    path = f"/en/digest/stop/{stop_token(user.public_id)}/"
    page = client.get(path)
    assert b"Turn off the weekly digest?" in page.content
    assert user.email not in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    assert DigestSubscription.objects.exists()
    assert b"The weekly digest is off" in client.post(path).content
    assert not DigestSubscription.objects.exists()


def test_the_button_of_the_page_is_guarded_as_all_forms() -> None:
    user = subscribe(person("Rita Reader"))
    path = f"/en/digest/stop/{stop_token(user.public_id)}/"
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert DigestSubscription.objects.exists()


def test_a_link_that_is_not_ours_leads_nowhere(client: Client) -> None:
    subscribe(person("Rita Reader"))
    for token in ("nonsense", stop_token("nobody")):
        assert client.get(f"/en/digest/stop/{token}/").status_code == 404
        path = f"/en/digest/stop/{token}/"
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert DigestSubscription.objects.exists()
