"""A city checks its cases fact by fact, and readers see that it has."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from alliance.cases.models import CaseStudy
from alliance.core.errors import Conflict, NotAllowed
from alliance.core.waiting import Asked, items
from alliance.network.models import City
from alliance.reports.selectors.editions import edition_of
from alliance.writing.models import FactCheck
from alliance.writing.selectors.fact_checks import facts_of, teams_with_cases
from alliance.writing.services import fact_checks
from alliance.writing.services.cases import save_version
from tests.factories.knowledge import effect, lay_ground, make_case
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> CaseStudy:
    lay_ground()
    return make_case(public_id="lund-toll", effects=(effect(-10.0),))


@pytest.fixture
def lena(case):
    user = person("Lena Alm", language="sv")
    join(user, team("lund"))
    return user


@pytest.fixture
def page(lena, client: Client) -> Client:
    client.force_login(lena)
    return client


def answers(case: CaseStudy, answer: str = "right", **others: str) -> dict[str, tuple[str, str]]:
    given = {fact.code: (answer, "") for fact in facts_of(case, "en")}
    return given | {code: (word, "More") for code, word in others.items()}


def check(case: CaseStudy, user, given: dict[str, tuple[str, str]]) -> CaseStudy:
    case.refresh_from_db()
    return fact_checks.check_facts(case, given, revision=case.revision, actor=acting(user), at=NOW)


def test_a_case_is_checked_once_all_facts_are_answered_and_none_is_wrong(case, lena):
    codes = [fact.code for fact in facts_of(case, "en")]
    assert codes[:6] == ["years", "running", "outcome", "cost", "gained", "paid"]
    assert len(codes) == 7 and codes[6].startswith("effect.")
    assert check(case, lena, {"cost": ("right", "")}).city_checked_on is None
    assert check(case, lena, answers(case, paid="wrong")).city_checked_on is None
    assert check(case, lena, {"paid": ("unknown", "")}).city_checked_on == NOW.date()
    assert check(case, lena, answers(case, "unknown")).city_checked_on is None, "none is right"


def test_a_fact_that_changes_is_asked_about_again(case, lena):
    check(case, lena, answers(case))
    case.refresh_from_db()
    case.start_year = 2001
    case.save()
    save_version(case, actor=acting(lena), at=NOW + dt.timedelta(days=1))
    case.refresh_from_db()
    assert case.city_checked_on is None
    open_facts = [fact.code for fact in facts_of(case, "en") if fact.check is None]
    assert open_facts == ["years"]


def test_other_people_and_answers_to_an_older_case_are_refused(case, lena):
    outsider = person("Olle Ek")
    with pytest.raises(NotAllowed):
        check(case, outsider, answers(case))
    with pytest.raises(Conflict):
        fact_checks.check_facts(
            case, answers(case), revision=case.revision - 1, actor=acting(lena), at=NOW
        )
    assert not FactCheck.objects.exists()


def test_the_newest_of_two_officials_who_disagree_stands_and_the_trail_has_both(case, lena):
    otto = person("Otto Berg")
    join(otto, team("lund"), "member")
    check(case, lena, {"paid": ("right", "")})
    check(case, otto, {"paid": ("wrong", "Nobody")})
    row = FactCheck.objects.get()
    assert (row.answer, row.note, row.checked_by) == ("wrong", "Nobody", otto)


def test_the_page_takes_answers_and_says_what_is_missing(case, page):
    address = "/sv/cases/lund-toll/facts"
    shown = page.get(address)
    assert shown.status_code == 200
    revision = CaseStudy.objects.get().revision
    faulty = page.post(address, {"revision": revision, "paid": "wrong", "cost": "right"})
    assert faulty.status_code == 422
    assert "Skriv vad som är rätt." in faulty.content.decode()
    assert not FactCheck.objects.exists()
    good = dict.fromkeys(answers(case), "right")
    assert page.post(address, {"revision": revision, **good}).status_code == 302
    read = Client().get("/sv/cases/lund-toll/").content.decode()
    assert "Kontrollerat av Lund" in re.sub(r"\s+", " ", read)
    City.objects.filter(public_id="lund").update(is_member=True)
    assert "1 case has been checked by its city." in page_text(Client(), "/en/")
    summary = Client().get("/api/v1/cases/lund-toll").json()
    assert summary["city_checked_on"]


def test_the_brief_is_made_anew(case, lena):
    def brief() -> str:
        row = CaseStudy.objects.select_related("solution").get()
        return edition_of(None, "case", row, "en").digest

    before = brief()
    check(case, lena, answers(case))
    assert brief() != before


def test_the_secretariat_asks_a_city_once_and_its_team_finds_it_under_my_work(
    case, lena, run_jobs, django_capture_on_commit_callbacks
):
    secretariat = acting(person("Siri Lind", "secretariat"))
    lund = team("lund")
    with django_capture_on_commit_callbacks(execute=True):
        assert fact_checks.ask_team(lund, actor=secretariat, at=NOW) == 1
        assert fact_checks.ask_team(lund, actor=secretariat, at=NOW) == 0
    run_jobs()
    (letter,) = mail.outbox
    assert "/sv/team/lund-municipality/facts" in letter.body

    def waiting() -> list[str]:
        return [item.kind for item in items(Asked(NOW, teams={lund.public_id}))]

    assert "facts" in waiting()
    (row,) = teams_with_cases()
    assert (row["n"], row["n_checked"], row["asked_at"]) == (1, 0, NOW)
    check(case, lena, answers(case))
    assert "facts" not in waiting()


def test_a_city_sees_its_own_cases_alone(case, page):
    assert page.get("/en/team/lund-municipality/facts").status_code == 200
    stranger = Client()
    stranger.force_login(person("Olle Ek"))
    assert stranger.get("/en/team/lund-municipality/facts").status_code == 404
    assert stranger.get("/en/cases/lund-toll/facts").status_code == 404
