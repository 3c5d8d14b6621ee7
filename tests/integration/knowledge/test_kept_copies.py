"""Kept copies: read where the source permits it, shown where its licence does."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import translation
from warcio.archiveiterator import ArchiveIterator

from alliance.cases.models import CaseStudy, Solution, SolutionCost, SourceCheck, StoredCopy
from alliance.cases.models.kept_copies import WARCS
from alliance.cases.sources import all_citing
from alliance.core.audit import Actor
from alliance.core.models import AuditEvent
from alliance.desk.selectors.stale import stale
from alliance.knowledge.views.solutions import SHOWN, solution
from alliance.network.outside import Answer, Unreachable
from alliance.network.selectors.waiting import items_for
from alliance.network.services.waiting_letters import send_letters
from alliance.reports.models import Report
from alliance.testbeds.models import PilotNote
from alliance.testbeds.services import pilots
from alliance.web.page_cache import keeping
from alliance.writing.services import kept_copies
from alliance.writing.services.source_checks import enrol, record_source
from alliance.writing.tasks import keep_copies as job
from tests.factories.knowledge import a_source, lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import FROZEN, lay_pilots, planned, registered
from tests.factories.reports import make_report

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
URL = "https://source.example/report"
PAGE = (
    '<html lang="sv"><head><title>Trängselskatt</title>{head}</head><body><nav>Meny</nav>'
    "<main><h1>Resultat</h1><p>Trafiken\nföll med 12 %.</p></main></body></html>"
)
FREE = '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'


def page(head: str = "", **headers: str) -> Answer:
    """The page of the source, with what its head and its headers say."""
    told = {"content-type": "text/html; charset=utf-8", "set-cookie": "a=b"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(URL, 200, told, PAGE.format(head=head).encode())


def of(body: bytes, content_type: str) -> Answer:
    """A file at the address of the source."""
    return Answer(URL, 200, {"content-type": content_type}, body)


def keep(
    answer: Answer | Exception, at: dt.datetime = NOW, asked: list[str] | None = None, **files: str
) -> kept_copies.Round:
    """One run of the worker; `files` are `robots` and `tdm` of the site."""

    def ask(_method: str, url: str, **_options: Any) -> Answer:
        if asked is not None:
            asked.append(url)
        for name, path in {"robots": "/robots.txt", "tdm": "/.well-known/tdmrep.json"}.items():
            if url.endswith(path):
                found = files.get(name)
                return Answer(url, 200 if found else 404, {}, (found or "").encode())
        if isinstance(answer, Exception):
            raise answer
        return answer

    return kept_copies.store_copies(at=at, ask=ask, pause=lambda _: None)


@pytest.fixture
def case(db: None) -> CaseStudy:
    """A published case with one source."""
    lay_ground()
    return make_case("Lund", public_id="lund", sources=(a_source("Rapporten", URL),))


def read(case: CaseStudy, client: Client) -> str:
    """The page of the copy; empty where there is none for the reader."""
    answer = client.get(f"/en/cases/{case.public_id}/sources/{case.sources.get().position}/")
    return answer.content.decode() if answer.status_code == 200 else ""


def test_text_digest_and_web_archive_record_are_kept_once_in_half_a_year(case: CaseStudy):
    done = keep(page(FREE))
    assert (done.read, done.stored) == (1, 1)
    copy = StoredCopy.objects.get()
    assert (copy.title, copy.text) == ("Trängselskatt", "Resultat\n\nTrafiken föll med 12 %.")
    assert (copy.language, copy.licence, copy.status_code) == ("sv", "CC BY", 200)
    record = next(iter(ArchiveIterator(io.BytesIO(WARCS.read(copy.warc)))))
    assert record.rec_headers.get_header("WARC-Target-URI") == URL
    assert record.rec_headers.get_header("WARC-Date") == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert record.http_headers.get_header("set-cookie") is None
    assert record.content_stream().read() == page(FREE).body
    assert keep(page(), at=NOW + dt.timedelta(days=7)).read == 0
    assert keep(page(), at=NOW + dt.timedelta(days=200)).stored == 1
    assert StoredCopy.objects.get().licence == ""


@pytest.mark.parametrize(
    ("answer", "files", "why"),
    [
        (page(), {"robots": "User-agent: *\nDisallow: /"}, "robots"),
        (page('<meta name="ROBOTS" content="index, noarchive">'), {}, "noarchive"),
        (page(x_robots_tag="noarchive"), {}, "noarchive"),
        (page('<meta name="tdm-reservation" content="1">'), {}, "reserved"),
        (page(tdm_reservation="1"), {}, "reserved"),
        (page(), {"tdm": '[{"location": "/rep*", "tdm-reservation": 1}]'}, "reserved"),
        (of(b"PK", "application/zip"), {}, "format"),
        (of(b"x" * 5_000_001, "text/plain"), {}, "size"),
        (of(b"no pdf", "application/pdf"), {}, "empty"),
        (of(b" ", "text/plain"), {}, "empty"),
        (Answer(URL, 503, {}, b""), {}, "failed"),
        (Unreachable("did not answer in time"), {}, "failed"),
    ],
)
def test_nothing_is_kept_against_the_terms_of_a_source_and_why_is_said(
    case: CaseStudy, answer: Any, files: dict[str, str], why: str
):
    assert keep(answer, **files).stored == 0
    copy = StoredCopy.objects.get()
    assert (copy.why_not, copy.text, copy.warc) == (why, "", "")
    assert copy.due_at > NOW


def test_a_site_that_forbids_it_is_not_read_behind_a_redirect(case: CaseStudy):
    asked: list[str] = []
    moved = Answer(URL, 301, {"location": "https://source.example/private/report"}, b"")
    keep(moved, asked=asked, robots="User-agent: *\nDisallow: /private/")
    assert StoredCopy.objects.get().why_not == "robots"
    assert [one for one in asked if "/report" in one] == [URL]


def test_what_a_server_sends_oddly_keeps_no_other_source_from_being_read(case: CaseStudy):
    odd = page(content_disposition="inline; filename=rapport_é.html")
    assert keep(odd).stored == 1
    record = next(iter(ArchiveIterator(io.BytesIO(WARCS.read(StoredCopy.objects.get().warc)))))
    told = record.http_headers.get_header("content-disposition")
    assert told == "inline; filename=rapport_%C3%A9.html"
    assert record.content_stream().read() == odd.body
    later = NOW + dt.timedelta(days=200)
    assert keep(Answer(URL, 301, {"location": "http://[x"}, b""), at=later).read == 1
    assert StoredCopy.objects.get().why_not == "failed"
    assert kept_copies._storable("a\0b\ud835c") == "abc"


@pytest.mark.parametrize(
    "head",
    [
        FREE + '<a rel="license" href="https://creativecommons.org/licenses/by-nc/4.0/">',
        '<link rel="license" href="/terms">' + FREE,
    ],
)
def test_a_page_that_names_a_licence_that_does_not_permit_it_is_not_shown(
    case: CaseStudy, head: str
):
    assert keep(page(head)).stored == 1
    assert StoredCopy.objects.get().licence == ""


def test_a_text_stays_when_its_source_dies_and_goes_when_nothing_cites_it(case: CaseStudy):
    keep(page())
    keep(Answer(URL, 404, {}, b""), at=NOW + dt.timedelta(days=200))
    copy = StoredCopy.objects.get()
    assert copy.why_not == "failed"
    assert copy.text
    SourceCheck.objects.create(url=URL, is_alive=False, due_at=NOW)
    assert keep(page(), at=NOW + dt.timedelta(days=400)).read == 0
    case.sources.all().delete()
    assert keep(page(), at=NOW + dt.timedelta(days=401)).forgotten == 1
    assert not WARCS.path_of(copy.warc).exists()


def test_without_a_network_nothing_is_marked(case: CaseStudy):
    done = keep(Unreachable("no name", is_network=True))
    assert (done.read, StoredCopy.objects.count()) == (0, 0)


def test_it_is_off_where_the_worker_asks_no_other_servers(case: CaseStudy, settings: Any):
    settings.CHECK_SOURCES = False
    assert job.call() == {"read": 0, "off": True}


@pytest.mark.parametrize(
    ("head", "readers"), [("", {"owner", "reviewer", "secretariat"}), (FREE, None)]
)
def test_a_text_is_shown_to_all_by_its_licence_else_to_those_who_answer_for_or_check_the_case(
    case: CaseStudy, client: Client, head: str, readers: set[str] | None
):
    keep(page(head))
    lund = team("lund")
    CaseStudy.objects.update(owner=lund)
    people = {
        "owner": person("Elin Berg"), "citizen": person("Cia Citizen"),
        "reviewer": person("Rut Reviewer", "reviewer"),
        "secretariat": person("Siv Secretary", "secretariat"),
    }  # fmt: skip
    join(people["owner"], lund)
    assert bool(read(case, client)) is (readers is None)
    for role, who in people.items():
        client.force_login(who)
        may = readers is None or role in readers
        assert ("Trafiken föll med 12 %." in read(case, client)) is may, role
        assert ("Archived copy from when we read it" in shown(case, client)) is may, role


def shown(case: CaseStudy, client: Client) -> str:
    """The page of the case."""
    return client.get(f"/en/cases/{case.public_id}/").content.decode()


def test_a_case_that_hides_its_city_shows_no_copies(case: CaseStudy, client: Client):
    keep(page(FREE))
    CaseStudy.objects.update(is_masked=True, city=None)
    assert read(case, client) == ""


@pytest.mark.django_db
def test_what_pilots_and_reports_cite_is_kept_too_once_everybody_may_read_it():
    actor = lay_pilots()
    said = "Measured in [Gent](https://source.example/gent), see https://source.example/pilot."
    pilot = planned(actor, known=said)
    report = Report.objects.create(kind="topic", topic="equity", language="en", made_at=NOW)
    written = {"chapter": "introduction", "language": "en", "written_at": NOW}
    report.texts.create(text=f"[Source]({URL})", **written)
    edition = report.editions.create(number=1, as_of=NOW.date(), asked_at=NOW)
    assert keep(page()).read == 0
    pilots.freeze(pilot, expected_revision=pilot.revision, actor=actor, at=FROZEN)
    edition.state, edition.published_at = "published", NOW
    edition.save()
    # What is written later stands in no edition yet.
    written["written_at"] = NOW + dt.timedelta(days=1)
    report.texts.create(text="https://source.example/later", **written)
    assert keep(page()).stored == 3
    assert {one.url for one in StoredCopy.objects.all()} == {
        URL, "https://source.example/gent", "https://source.example/pilot",
    }  # fmt: skip
    # The nightly check asks for them, too.
    assert enrol(at=NOW) == 3


@pytest.mark.parametrize(("head", "by_team"), [("", True), (FREE, False)])
def test_pages_of_pilots_reports_and_costs_say_what_is_gone_and_what_it_said(
    client: Client, head: str, by_team: bool
):
    actor = lay_pilots()
    pilot = registered(actor, known=f"See {URL}.")
    report = make_report("lund", pilot.organisation, NOW)
    edition = report.editions.get(number=1)
    edition.content["en"]["opening"] = [{"type": "words", "text": f"See {URL}.", "lang": ""}]
    edition.save()
    road = Solution.objects.get(public_id="road-pricing")
    named = {"source_title": "Costs", "source_url": URL, "read": "full-text"}
    SolutionCost.objects.create(solution=road, position=1, kind="running", high=1.0, **named)
    assert keep(page(head)).stored == 1
    SourceCheck.objects.create(url=URL, is_alive=False, last_alive_at=NOW, checked_at=NOW)
    copy = StoredCopy.objects.get().pk
    copies = {
        f"/en/pilots/{pilot.public_id}/": f"sources/{copy}/",
        f"/en/reports/{report.public_id}/editions/1/": f"sources/{copy}/",
        "/en/solutions/road-pricing/": "costs/1/source/",
    }
    # Costs have no team that answers for them.
    teams = {one for one in copies if "solutions" not in one} if by_team else set(copies)
    readers = {None: set() if by_team else set(copies), actor.user: teams}
    readers[person("Siv Secretary", "secretariat")] = set(copies)
    for who, may_read in readers.items():
        if who is not None:
            client.force_login(who)
        for address, end in copies.items():
            html = " ".join(client.get(address).content.decode().split())
            assert 'It last worked on <time datetime="2026-11-24">' in html, address
            assert (f'href="{address}{end}"' in html) is (address in may_read), (who, address)
            answer = client.get(address + end)
            told = " ".join(answer.content.decode().split())
            assert ("Trafiken föll med 12 %." in told) is (address in may_read), (who, address)
            assert ("The link no longer works. It last worked on" in told) is (
                address in may_read
            ), (who, address)
    assert client.get(f"/en/pilots/{pilot.public_id}/sources/{10**30}/").status_code == 404


def test_sources_that_are_gone_are_listed_whatever_cites_them_and_the_team_that_can_act_is_asked(
    case: CaseStudy, client: Client, run_jobs: Any, django_assert_max_num_queries: Any
):
    secretary = person("Siv Secretary", "secretariat")
    actor = lay_pilots()
    CaseStudy.objects.filter(pk=case.pk).update(owner=team("lund"))
    pilot = registered(actor, known=f"See {URL}.")
    report = make_report("lund", pilot.organisation, NOW)
    written = {"chapter": "introduction", "language": "en", "written_at": NOW}
    text = report.texts.create(text=f"[Source]({URL})", **written)
    road = Solution.objects.get(public_id="road-pricing")
    named = {"source_title": "Costs", "source_url": URL, "read": "full-text"}
    SolutionCost.objects.create(solution=road, position=1, kind="running", high=1.0, **named)
    # The address of a part of the site that is not gone.
    PilotNote.objects.create(
        pilot=pilot, kind="note", language="en", text=f"{URL}/annex", noted_at=NOW
    )
    assert keep(page()).stored
    copy = StoredCopy.objects.get(url=URL).pk
    SourceCheck.objects.create(url=URL, is_alive=False, checked_at=NOW, failures=3)
    client.force_login(secretary)
    with django_assert_max_num_queries(15):
        assert "1 source is no longer available" in client.get("/en/desk/").content.decode()
    with django_assert_max_num_queries(15):
        found = stale(number=1, language="en", at=NOW)["sources"]
    assert [one["check"].url for one in found] == [URL]
    assert {href for _title, href in found[0]["records"]} == {
        f"/en/cases/{case.public_id}/", "/en/solutions/road-pricing/",
        f"/en/pilots/{pilot.public_id}/", f"/en/reports/{report.public_id}/editions/1/",
    }  # fmt: skip
    last = [one.copy_href(StoredCopy(pk=copy)) for one in all_citing([URL])]
    assert {one for one in last if "/reports/" in one or "/pilots/" in one} == {
        f"/en/pilots/{pilot.public_id}/sources/{copy}/",
        f"/en/reports/{report.public_id}/editions/1/sources/{copy}/",
    }

    def works(who: Actor) -> set[tuple[str, str]]:
        found = items_for(who, at=NOW)
        return {(one.kind, one.public_id) for one in found if "source" in one.kind}

    theirs = {("source-gone", case.public_id), ("source-gone", report.public_id)}
    assert works(actor) == theirs
    assert works(acting(secretary)) == {("sources-gone", "sources")}
    send_letters(at=NOW)
    run_jobs()
    assert {one.subject for one in mail.outbox} >= {"Replace a source that is no longer available"}
    # A text that is written anew does not wait, though the edition stays as it is.
    report.texts.create(text="Better.", **written)
    assert works(actor) == theirs - {("source-gone", report.public_id)}
    assert text.text


def test_pages_that_say_what_became_of_a_source_are_made_anew(case: CaseStudy):
    record_source(URL, "source died", at=NOW)
    record_source("https://cost.example/", "source died", at=NOW)
    acts = AuditEvent.objects.filter(verb="source died").order_by("id")
    assert list(acts.values_list("kind", "public_id")) == [("case", case.public_id), ("source", "")]
    for name in ("knowledge:solution", "testbeds:pilot", "reports:report"):
        view = resolve(reverse(name, args=["one"])).func
        assert "source" in getattr(view, "shown_kinds", {"source"}), name
    assert "source" in SHOWN


def test_a_link_to_a_copy_that_reviewers_read_is_not_kept_for_visitors(
    client: Client, rf: RequestFactory
):
    lay_ground()
    road = Solution.objects.get(public_id="road-pricing")
    named = {"source_title": "Costs", "source_url": URL, "read": "full-text"}
    SolutionCost.objects.create(solution=road, position=1, kind="running", high=1.0, **named)
    keep(page())
    found = []
    with keeping():
        for who in (person("Rut Reviewer", "reviewer"), AnonymousUser()):
            request = rf.get("/en/solutions/road-pricing/")
            request.user, request.LANGUAGE_CODE = who, "en"
            with translation.override("en"):
                found.append("costs/1/source/" in solution(request, "road-pricing").text)
    assert found == [True, False]
