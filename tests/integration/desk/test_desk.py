"""The secretariat's desk: what waits, what is stale, who gives and takes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import Elevation, Grant
from alliance.cases.models import CaseStudy, SourceCheck
from alliance.core import backups
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.desk.selectors.balance import COUNTED, balance
from alliance.desk.selectors.desk import about_backups, desk, installation, waiting
from alliance.desk.selectors.stale import stale
from alliance.desk.services import settle_letters
from alliance.network.enums import Origin
from alliance.network.models import City, Membership
from alliance.writing.models import Draft, Question
from alliance.writing.services import drafts, freshness, reviews
from tests.factories.accounts import fail_letter
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground, make_case, make_question
from tests.factories.pages import page
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
PAGES = (
    "/en/desk/",
    "/en/desk/people/",
    "/en/desk/organisations/",
    "/en/desk/waiting/",
    "/en/desk/stale/",
    "/en/desk/stale/cases?team=lund-municipality",
    "/en/desk/stale/cases?team=none",
    "/en/desk/emails/",
    "/en/desk/content/",
    "/en/desk/cities/",
    "/en/desk/server/",
    "/en/desk/audit/",
)
CRITERIA = {
    name: {"score": 2, "reason": "Clear."}
    for name in ("relevance", "participation", "evidence", "transferability")
}


def ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.core.clock.now", lambda: NOW)


@pytest.fixture
def secretary() -> Any:
    return person("Sven Berg", "secretariat")


@pytest.fixture
def network(secretary: Any) -> dict[str, Any]:
    """A network in which something of each kind waits."""
    lay_ground()
    lund, umea = team("lund"), team("umea")
    editor, reviewer = person("Lena Alm"), person("Rosa Petit", "reviewer")
    join(editor, lund)
    join(person("Nils Member"), umea, "member")
    draft = drafts.start_draft(
        lund, language="sv", actor=acting(editor), at=ago(30), content=document(is_masked=True)
    )
    drafts.submit_draft(draft, expected_revision=1, actor=acting(editor), at=ago(20))
    late = make_case("Lund", review_by=ago(40).date())
    left = make_case("Elsewhere", review_by=ago(60).date())
    make_question(late, at=ago(15))
    Grant.objects.filter(user=reviewer).update(expires_at=NOW + dt.timedelta(days=9))
    SourceCheck.objects.create(
        url="https://example.org/report", is_alive=False, failures=3, status_code=404,
        checked_at=NOW, last_alive_at=ago(90),
    )  # fmt: skip
    return {
        "lund": lund, "umea": umea, "editor": editor, "reviewer": reviewer,
        "draft": draft, "late": late, "left": left,
    }  # fmt: skip


# -- the first page -------------------------------------------------------------------------


def test_what_needs_doing_comes_with_number_date_and_page(network: Any) -> None:
    tasks = {task.text: task for task in desk(at=NOW)["tasks"]}
    expected = {
        ("Only one reviewer has been appointed; two must approve a case before it is published"): (
            "/en/desk/people/",
            None,
        ),
        "1 draft has been waiting for review for more than 14 days": ("/en/desk/waiting/", ago(20)),
        "1 submitted draft has no reviewer": ("/en/desk/waiting/", ago(20)),
        "1 question has been unanswered for more than 14 days": ("/en/questions/", ago(15)),
        "1 participating organisation has no editor": (
            "/en/desk/organisations/?show=no-editor",
            None,
        ),
        "1 role in the network ends within 30 days": ("/en/desk/people/?role=ending", None),
        "1 case is overdue for an update check but has no responsible team": (
            "/en/desk/stale/cases?team=none",
            ago(60),
        ),
        "1 case with a responsible team is overdue for an update check": (
            "/en/desk/stale/",
            ago(40),
        ),
        "1 source is no longer available": ("/en/desk/stale/#sources", None),
    }
    assert list(tasks) == list(expected)
    for words, (href, since) in expected.items():
        assert tasks[words].href == href
        assert tasks[words].since == (since.date() if since else None)


def test_what_is_in_order_is_not_listed(secretary: Any) -> None:
    lay_ground()
    join(person("Lena Alm"), team("lund"))
    for name in ("Rosa Petit", "Ruth Lind"):
        person(name, "reviewer")
    assert desk(at=NOW)["tasks"] == []


def test_a_new_network_is_told_how_to_begin(secretary: Any) -> None:
    words = [task.text for task in desk(at=NOW)["tasks"]]
    assert words == [
        ("No reviewers have been appointed yet; two must approve a case before it is published"),
        "No organisations have joined yet: invite the first editor for a city",
    ]


def test_what_is_not_late_yet_is_not_told(network: Any) -> None:
    Draft.objects.update(submitted_at=ago(14))
    Question.objects.update(at=ago(14))
    words = " ".join(task.text for task in desk(at=NOW)["tasks"])
    assert "14 days" not in words


def test_a_reviewer_who_gave_back_is_none(network: Any) -> None:
    review = reviews.take_review(network["draft"], actor=acting(network["reviewer"]), at=NOW)
    words = "1 submitted draft has no reviewer"
    assert words not in {task.text for task in desk(at=NOW)["tasks"]}
    reviews.give_back_review(
        review, conflict=False, note="", actor=acting(network["reviewer"]), at=NOW
    )
    assert words in {task.text for task in desk(at=NOW)["tasks"]}


def test_the_network_is_told_in_numbers(network: Any) -> None:
    City.objects.filter(public_id="lund").update(is_member=True)
    figures = {label: n for label, n, _href in desk(at=NOW)["figures"]}
    assert figures == {
        "People": 4,
        "Reviewers": 1,
        "Participating organisations": 2,
        "Member cities": 1,
        "Cases from members": 2,
    }


# -- who may see it -------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_the_secretariat_and_cost_few_queries(
    network: Any, secretary: Any, client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(secretary)
    with django_assert_max_num_queries(15):
        page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["reviewer", "moderator", None])
def test_for_all_others_the_desk_is_not_there(
    network: Any, client: Client, path: str, role: str | None
) -> None:
    client.force_login(person("Olle Ek", *([role] if role else [])))
    assert client.get(path).status_code == 404


def test_operators_read_the_log_alone_until_they_take_rights(network: Any, client: Client) -> None:
    operator = person("Olle Ek", "operator")
    client.force_login(operator)
    codes = {path: client.get(path).status_code for path in PAGES}
    assert [path for path, code in codes.items() if code == 200] == ["/en/desk/audit/"]
    Elevation.objects.create(
        user=operator, reason="repair", at=NOW, expires_at=NOW + dt.timedelta(minutes=30)
    )
    assert {client.get(path).status_code for path in PAGES} == {200}


def test_operators_read_nothing_of_who_wrote_what(network: Any, client: Client) -> None:
    """Who acted on a draft whose city is hidden would tell the city."""
    client.force_login(person("Olle Ek", "operator"))
    text = b"".join(client.get("/en/desk/audit/audit.csv"))
    assert b"submit" not in text and b",draft," not in text
    client.force_login(person("Sara Ny", "secretariat"))
    assert b"submit" in b"".join(client.get("/en/desk/audit/audit.csv"))


def test_visitors_are_led_to_sign_in(network: Any, client: Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 302 and "/accounts/sign-in/" in answer.headers["Location"]


# -- what waits -----------------------------------------------------------------------------


def test_drafts_wait_by_state_the_longest_first(
    network: Any, secretary: Any, client: Client
) -> None:
    editor, lund = network["editor"], network["lund"]
    second = drafts.start_draft(
        lund, language="sv", actor=acting(editor), at=ago(3), content=document()
    )
    drafts.submit_draft(second, expected_revision=1, actor=acting(editor), at=ago(2))
    drafts.start_draft(lund, language="sv", actor=acting(editor), at=ago(1))
    reviews.take_review(second, actor=acting(network["reviewer"]), at=ago(1))
    found = waiting("", number=1, at=NOW)
    assert [
        ((NOW - draft.since).days, draft.since < found["late"], draft.n_missing)
        for draft in found["page"]
    ] == [(20, True, 2), (2, False, 1)]
    assert [one.reviewer_name for one in found["page"][1].held] == ["Rosa Petit"]
    assert {state: n for state, _label, n in found["states"]} == {
        "in-review": 2,
        "writing": 1,
    }
    client.force_login(secretary)
    html = client.get("/en/desk/waiting/").content.decode()
    assert "20 days" in html and html.count("badge overdue") == 1 and "Rosa Petit" in html
    html = client.get("/en/desk/waiting/?state=writing").content.decode()
    assert "Case without a title" in html and "not submitted" in html
    assert "Name a reviewer" not in html


def test_the_page_leads_to_naming_reviewers(network: Any, secretary: Any, client: Client) -> None:
    client.force_login(secretary)
    html = client.get("/en/desk/waiting/").content.decode()
    assert f"/en/review/{network['draft'].public_id}/name" in html
    assert "Name 2 reviewers" in html and "city hidden from readers" in html


# -- what is stale --------------------------------------------------------------------------


def test_stale_cases_stand_by_their_teams(network: Any) -> None:
    make_case("Umeå", review_by=(NOW + dt.timedelta(days=10)).date())
    found = stale(number=1, language="en", at=NOW)
    assert [
        (one["team"].name, one["n_past"], one["n_soon"], one["n_editors"]) for one in found["teams"]
    ] == [("City of Lund", 1, 0, 1), ("City of Umeå", 0, 1, 0)]
    assert [one["since"] for one in found["teams"]] == [ago(40).date(), None]
    assert found["n_left"] == 1
    (source,) = found["sources"]
    assert source["check"].status_code == 404 and len(source["records"]) == 3


def test_a_source_that_no_published_case_names_is_not_told(network: Any) -> None:
    CaseStudy.objects.update(status="withdrawn")
    assert stale(number=1, language="en", at=NOW)["sources"] == []


def test_the_city_of_a_hidden_case_is_told_to_the_secretariat(
    network: Any, secretary: Any, client: Client
) -> None:
    lund = City.objects.get(public_id="lund")
    CaseStudy.objects.filter(pk=network["late"].pk).update(
        is_masked=True,
        city=None,
        masked_city=lund,
        owner=network["lund"],
        place_name="City not disclosed",
    )
    client.force_login(secretary)
    html = client.get("/en/desk/stale/cases?team=lund-municipality").content.decode()
    assert "<td>Lund <span" in html and "city hidden from readers" in html


def test_one_team_is_reminded_now_and_not_twice_a_day(
    network: Any,
    secretary: Any,
    client: Client,
    run_jobs: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    make_case("Umeå", review_by=ago(5).date())
    join(person("Elin Berg"), network["umea"])
    with django_capture_on_commit_callbacks(execute=True):
        freshness.remind_teams(at=ago(3))
    run_jobs()
    mail.outbox.clear()
    client.force_login(secretary)
    path = "/en/desk/organisations/lund-municipality/remind"
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(path, follow=True)
    run_jobs()
    (letter,) = mail.outbox
    assert letter.to == [network["editor"].email] and "/en/confirm/" in letter.body
    assert "1 email is on its way." in page.content.decode()
    note = AuditEvent.objects.get(verb="remind")
    assert note.public_id == "lund-municipality" and note.details == {"cases": 1, "letters": 1}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(path, follow=True)
    run_jobs()
    assert (
        mail.outbox == []
        and (
            "No emails were sent: the team has already been reminded today, has no "
            "editor, or has nothing to check."
        )
        in page.content.decode()
    )
    # The team was asked by hand: the round that comes by itself leaves it alone.
    assert freshness.remind_teams(at=NOW + dt.timedelta(days=50)) == 0
    assert client.get(path).status_code == 405


def test_only_the_secretariat_reminds(network: Any) -> None:
    with pytest.raises(NotAllowed):
        freshness.remind_team(network["lund"], actor=acting(network["editor"]), at=NOW)


# -- who gives and takes --------------------------------------------------------------------


def lines(sort: str = "") -> dict[str, Any]:
    found = balance(sort=sort, number=1, language="en", at=NOW)
    return {line["name"]: line for line in found["page"]}


def counted(line: dict[str, Any], name: str) -> tuple[int, int]:
    pair: tuple[int, int] = line["cells"][COUNTED.index(name)]
    return pair


def test_what_a_team_gave_and_took_is_counted(network: Any) -> None:
    CaseStudy.objects.filter(public_id="lund").update(published_at=ago(500))
    make_case("Umeå", adapted_from="lund", adaptation_changes="Other hours.")
    make_case(
        "Lund", public_id="failed", outcome="did-not-work", reasons=("no-effect",),
        adapted_from="lund", adaptation_changes="Again.",
    )  # fmt: skip
    found = lines()
    lund, umea = found["City of Lund"], found["City of Umeå"]
    assert counted(lund, "cases") == (1, 2) and counted(lund, "failures") == (1, 1)
    assert counted(lund, "adapted") == (1, 1), "what it adapts from itself is no gift"
    assert counted(lund, "adapting") == (0, 0)
    assert counted(umea, "adapting") == (1, 1) and counted(umea, "adapted") == (0, 0)
    assert counted(lund, "unanswered") == (1, 1) and counted(lund, "answered") == (0, 0)
    assert lund["last"].date() == NOW.date()


def test_starter_content_was_given_by_nobody_but_can_be_adapted(network: Any) -> None:
    CaseStudy.objects.filter(public_id="lund").update(origin=Origin.STARTER)
    make_case("Umeå", adapted_from="lund", adaptation_changes="Other hours.")
    lund = lines()["City of Lund"]
    assert counted(lund, "cases") == (0, 0) and counted(lund, "adapted") == (1, 1)


def test_a_review_counts_for_the_team_of_that_time(network: Any) -> None:
    reviewer = network["reviewer"]
    membership = join(reviewer, network["umea"])
    Membership.objects.filter(pk=membership.pk).update(since=ago(100), ended_at=ago(5))
    draft = network["draft"]
    drafts.take_back_draft(draft, actor=acting(network["editor"]), at=ago(12))
    drafts.submit_draft(draft, expected_revision=1, actor=acting(network["editor"]), at=ago(12))
    review = reviews.take_review(draft, actor=acting(reviewer), at=ago(11))
    reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True,
        actor=acting(reviewer), at=ago(10),
    )  # fmt: skip
    assert counted(lines()["City of Umeå"], "reviews") == (1, 1)
    Membership.objects.filter(pk=membership.pk).update(ended_at=ago(11))
    assert "City of Umeå" not in lines()


def test_who_never_acted_is_counted_and_cities_without_a_team_are_listed(
    network: Any, secretary: Any, client: Client
) -> None:
    City.objects.create(public_id="kiruna", name="Kiruna", country="SE", is_member=True)
    assert "Kiruna" not in lines()
    make_case("Elsewhere", public_id="told")
    CaseStudy.objects.filter(public_id="told").update(city=City.objects.get(public_id="kiruna"))
    client.force_login(secretary)
    html = client.get("/en/desk/cities/").content.decode()
    assert "1 has not started." in html and "city without a team" in html
    assert "1 editor" in html and "no editor" in html


def test_the_order_is_the_alphabet_unless_a_column_is_chosen(network: Any) -> None:
    make_case("Umeå")
    make_case("Umeå", public_id="second")
    assert list(lines()) == ["City of Lund", "City of Umeå"]
    assert list(lines("cases")) == ["City of Umeå", "City of Lund"]
    assert list(lines("nonsense")) == ["City of Lund", "City of Umeå"]


def test_a_page_that_does_not_exist_is_404(network: Any, secretary: Any, client: Client) -> None:
    client.force_login(secretary)
    for path in ("people", "organisations", "waiting", "stale", "cities"):
        assert client.get(f"/en/desk/{path}/?page=99").status_code == 404
    assert client.get("/en/desk/stale/cases?team=nothing").status_code == 404


def test_before_others_rely_on_it_the_desk_says_what_is_missing(
    secretary: Any, client: Client, run_jobs: Any, settings: Any, tmp_path: Path
) -> None:
    client.force_login(secretary)
    settings.HOME, settings.CONTACT_EMAIL, settings.EMAIL_HOST = tmp_path, "", ""
    settings.NETWORK_IS_NAMED, settings.LEGAL_CHECKED = False, ago(366).date()
    only_starter, more = {"n": 3, "starter": 3}, {"n": 4, "starter": 3}
    assert [task.text for task in installation(NOW, only_starter)] == [
        "Emails reach no one",
        "No backup has passed a restore test in the last 30 days",
        "No contact address",
        "The pages on privacy and accessibility have not been checked",
        "The network still has the name and logo that came with the software",
        "All cases were compiled by the editors",
    ]
    assert "ALLIANCE_" not in page(client, "/en/desk/"), "words, not names of settings"
    server = page(client, "/en/desk/server/")
    assert "<code>alliance backup</code>" in server and "ALLIANCE_CONTACT_EMAIL" in server
    assert "Emails are not sent yet" in page(client, "/en/desk/emails/")
    told = client.post("/en/desk/emails/", {"act": "try"}, follow=True).text
    assert "will be saved in this server’s folder “mail”." in told and "on its way" not in told
    run_jobs()
    mail.outbox.clear()
    AuditEvent.objects.filter(kind="email").delete()
    settings.CONTACT_EMAIL, settings.EMAIL_HOST = "office@example.org", "mail.example.org"
    settings.NETWORK_IS_NAMED, settings.LEGAL_CHECKED = True, ago(365).date()
    settings.KEEP_STARTER = True
    backups.record_look(tmp_path, tmp_path / "kept.tar.gz", at=ago(29), is_whole=True)
    assert "Email has not been tested yet" in page(client, "/en/desk/")
    client.post("/en/desk/emails/", {"act": "try"})
    run_jobs()
    assert [one.to for one in mail.outbox] == [[secretary.email]]
    assert list(installation(NOW, more)) == list(installation(NOW, only_starter)) == []
    assert "Before others start using this server" not in page(client, "/en/desk/")


def test_the_desk_tells_of_a_backup_that_cannot_be_relied_on(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    folder = tmp_path / backups.FOLDER

    def told() -> str:
        return about_backups(tmp_path, NOW)

    backups.record_look(tmp_path, folder / "old.tar.gz", at=ago(9), is_whole=True)
    archive = folder / "new.tar.gz"
    archive.touch()
    for days, words in (
        (7, ""),
        (9, "The latest backup has not had a restore test"),
    ):
        os.utime(archive, (ago(days).timestamp(),) * 2)
        assert told() == words
    backups.record_look(tmp_path, archive, at=ago(2), is_whole=False)
    assert told() == ("The latest backup failed its restore test")
    backups.record_look(tmp_path, folder / "old.tar.gz", at=ago(1), is_whole=True)
    assert told() == ("The latest backup failed its restore test")
    backups.record_look(tmp_path, archive, at=ago(1), is_whole=True)
    assert told() == ""
    backups.record_look(tmp_path, folder / "old.tar.gz", at=ago(0), is_whole=False)
    assert told() == "The backup old.tar.gz failed its restore test"


def test_emails_that_did_not_arrive_are_sent_again_or_given_up(
    secretary: Any,
    client: Client,
    run_jobs: Any,
    settings: Any,
    django_assert_max_num_queries: Any,
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    client.force_login(secretary)
    reader = person("Rita Reader")
    for number in range(4):
        fail_letter(reader.email if number else "gone@example.org", at=NOW)
    gone = DBTaskResult.objects.get(args_kwargs__kwargs__to="gone@example.org")
    assert "4 emails were not delivered" in page(client, "/en/desk/")
    with django_assert_max_num_queries(15):
        source = page(client, "/en/desk/emails/")
    assert "Rita Reader" in source and "The mail server refused the address" in source
    client.post("/en/desk/emails/", {"act": "drop", "job": str(gone.id)})
    client.post("/en/desk/emails/", {"act": "drop", "job": "no such job"})
    assert DBTaskResult.objects.filter(status="FAILED").count() == 3
    client.post("/en/desk/emails/")
    run_jobs()
    assert [one.to for one in mail.outbox] == [[reader.email]] * 3
    assert "All emails have been sent" in page(client, "/en/desk/emails/")
    verbs = AuditEvent.objects.filter(kind="email").order_by("id")
    assert list(verbs.values_list("verb", "details__n")) == [("drop", 1), ("send again", 3)]
    fail_letter(reader.email, at=NOW)
    with pytest.raises(NotAllowed):
        settle_letters("", again=True, actor=acting(reader), at=NOW)
