"""A withdrawn case: what its addresses tell, where it no longer stands, and its return."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from alliance.cases.enums import CaseStatus
from alliance.cases.exports import rows_of
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import get_case_for
from alliance.core.audit import WORKER
from alliance.core.errors import Gone, InvalidData
from alliance.core.models import AuditEvent
from alliance.writing.services import withdrawals
from tests.factories.knowledge import a_place, effect, make_case
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.reviews import LATER, published

pytestmark = pytest.mark.django_db
REASON = "Siffrorna gällde en annan gata."


@pytest.fixture
def case(by) -> CaseStudy:
    return published(by)


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def withdraw(case: CaseStudy, actor, *, status: int = 302, **form: str) -> str:
    response = browser(actor).post(
        f"/en/cases/{case.public_id}/withdraw", {"reason": REASON, "language": "sv", **form}
    )
    assert response.status_code == status
    return response.content.decode()


def test_its_team_withdraws_it_with_a_reason_that_everybody_reads(by, case, client):
    withdraw(case, by.editor)
    for language in ("en", "fr", "sv"):
        source = page(client, f"/{language}/cases/{case.public_id}/", status=410)
        assert REASON in source
        assert f'href="/{language}/solutions/road-pricing/"' in source
        assert ('<span lang="sv">' + REASON in source) == (language != "sv")
    said = page_text(client, f"/en/cases/{case.public_id}/", status=410)
    assert "25 November 2026" in said and "Road pricing" in said
    assert "Vägavgift på prov" not in said, "what it said is not told any more"
    act = AuditEvent.objects.get(verb="withdraw")
    assert act.actor == by.editor.user and act.details == {"language": "sv"}


def test_all_that_belongs_to_it_is_gone_too(by, case, client):
    withdraw(case, by.editor)
    for rest in (
        "versions/", "versions/1/", "versions/diff?old=1&new=1", "cite.bib", "cite.ris",
        "brief.pdf",
    ):  # fmt: skip
        assert client.get(f"/en/cases/{case.public_id}/{rest}").status_code == 410, rest
    assert browser(by.rosa).get(f"/en/cases/{case.public_id}/ask").status_code == 410
    assert browser(by.editor).get(f"/en/cases/{case.public_id}/withdraw").status_code == 410


def test_the_api_tells_it_as_a_problem(by, case, client):
    withdraw(case, by.editor)
    for rest in ("", "/versions", "/versions/1"):
        response = client.get(f"/api/v1/cases/{case.public_id}{rest}")
        assert response.status_code == 410
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == 410
        assert REASON in response.json()["detail"]
    assert client.get("/api/v1/cases/nowhere").status_code == 404
    listed = client.get("/api/v1/cases").json()
    assert listed["count"] == 0
    schema = client.get("/api/v1/openapi.json").json()["paths"]
    assert "410" in schema["/api/v1/cases/{id}"]["get"]["responses"]
    assert "410" not in schema["/api/v1/solutions/{id}"]["get"]["responses"]


def test_it_leaves_lists_feeds_search_and_downloads(by, case, client):
    address = f"cases/{case.public_id}/"
    places = (
        "/en/find?kind=case", "/en/feeds/new.atom", "/en/feeds/failures.atom",
        "/en/solutions/road-pricing/", "/en/cities/umea/", "/en/topics/innovation-gateways/",
        "/en/organisations/umea-municipality/",
    )  # fmt: skip
    listed = [place for place in places if address in page(client, place)]
    assert len(listed) >= 5, listed
    assert case.public_id in exported()
    withdraw(case, by.editor)
    for place in places:
        assert address not in page(client, place), place
    assert exported() == set()


def exported() -> set[str]:
    return {row["id"] for row in rows_of("cases", LATER.date())}


def test_its_effects_count_no_more_for_its_siblings(by):
    places = ("Lund", "Ystad", "Kalmar")
    cases = [
        make_case(
            name,
            effects=(effect(se=1.0),),
            **({} if name == "Lund" else {"place": a_place(name, "SE")}),
        )
        for name in places
    ]
    cases[0].refresh_from_db()
    before = cases[0].evidence_points
    withdrawals.withdraw_case(cases[2], reason="x", actor=by.secretariat, at=LATER)
    cases[0].refresh_from_db()
    assert cases[0].evidence_points == before - 1
    withdrawals.restore_case(cases[2], actor=by.secretariat, at=LATER)
    cases[0].refresh_from_db()
    assert cases[0].evidence_points == before


@pytest.mark.parametrize("form", [{"reason": "  "}, {"reason": "<b>x</b>"}, {"language": "de"}])
def test_without_a_reason_in_words_nothing_happens(by, case, form):
    source = withdraw(case, by.editor, status=422, **form)
    assert "The form could not be saved" in source
    if "language" in form:
        assert REASON in source, "what was typed is kept"
    case.refresh_from_db()
    assert case.status == CaseStatus.PUBLISHED


def test_others_neither_see_the_form_nor_withdraw(by, case, client):
    address = f"/en/cases/{case.public_id}/withdraw"
    assert client.get(address).status_code == 302
    member = person("Mats Ek")
    join(member, by.umea, "member")
    stranger = person("Lena Alm")
    join(stranger, team("lund"))
    for actor in (by.rosa, acting(member), acting(stranger)):
        assert browser(actor).get(address).status_code == 404
        withdraw(case, actor, status=404)
        assert "Withdraw this case" not in page(browser(actor), f"/en/cases/{case.public_id}/")
    assert "Withdraw this case" not in page(client, f"/en/cases/{case.public_id}/")
    for actor in (by.editor, by.secretariat):
        assert "Withdraw this case" in page(browser(actor), f"/en/cases/{case.public_id}/")
    case.refresh_from_db()
    assert case.status == CaseStatus.PUBLISHED


def test_the_secretariat_puts_it_back_as_it_was(by, case, client):
    withdraw(case, by.secretariat)
    address = f"/en/cases/{case.public_id}/"
    for actor in (by.editor, by.rosa):
        assert "Restore the case" not in page(browser(actor), address, status=410)
        assert browser(actor).post(f"{address}restore").status_code == 403
    assert client.post(f"{address}restore").status_code == 302
    assert "Restore the case" in page(browser(by.secretariat), address, status=410)
    assert browser(by.secretariat).post(f"{address}restore").url == address
    assert "Vägavgift på prov" in page(client, address)
    case.refresh_from_db()
    assert case.withdrawn_because == "" and case.versions.count() == 1
    assert browser(by.secretariat).post(f"{address}restore").status_code == 404


def test_the_rest_of_the_team_gets_a_letter_in_its_language(
    by, case, run_jobs, django_capture_on_commit_callbacks
):
    other = person("Sven Alm", language="fr")
    join(other, by.umea)
    join(person("Mats Ek"), by.umea, "member")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        withdrawals.withdraw_case(case, reason=REASON, actor=by.editor, at=LATER)
    run_jobs()
    [letter] = mail.outbox
    assert letter.to == [other.email]
    assert REASON in letter.body and "Elin Berg" in letter.body
    assert f"/fr/cases/{case.public_id}/" in letter.body


def test_the_reason_does_not_name_a_hidden_city(by):
    case = published(by, is_masked=True)
    for told_by in ("Umeå", "i UMEÅ:s centrum", "umea"):
        with pytest.raises(InvalidData, match=r"”, which you want to hide. Remove the name."):
            withdrawals.withdraw_case(case, reason=told_by, actor=by.editor, at=LATER)
    withdrawals.withdraw_case(case, reason="Fel gata.", actor=by.editor, at=LATER)


def test_the_door_tells_a_withdrawn_case_from_one_that_never_was(by, case):
    withdrawals.withdraw_case(case, reason=REASON, actor=by.editor, at=LATER)
    with pytest.raises(Gone) as caught:
        get_case_for(None, case.public_id)
    assert caught.value.because == REASON
    make_case("Lund", status="withdrawn")
    assert case.public_id != "lund"
    client = Client()
    assert "not known" in page_text(client, "/en/cases/lund/", status=410)
    for status in ("draft", "in-review"):
        CaseStudy.objects.filter(public_id="lund").update(status=status)
        assert client.get("/en/cases/lund/").status_code == 404


def test_an_act_of_withdrawing_is_not_repeated(by, case):
    withdraw(case, by.editor)
    withdraw(case, by.editor, status=410)
    assert AuditEvent.objects.filter(verb="withdraw").count() == 1
    assert CaseStudy.objects.get(pk=case.pk).edited_at == LATER
    assert NOW < LATER


def test_a_reason_of_the_platform_is_read_in_the_language_of_the_reader(case, client):
    CaseStudy.objects.update(from_network="Nordic cities")
    withdrawals.withdraw_case(case, reason="no-longer-followed", actor=WORKER, at=LATER)
    said = "Nous ne suivons plus les publications du réseau Nordic cities."
    assert said in page(client, f"/fr/cases/{case.public_id}/", status=410)
    answer = client.get(f"/api/v1/cases/{case.public_id}?lang=sv")
    assert "Vi följer inte längre" in answer.json()["detail"]
