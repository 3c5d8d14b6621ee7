"""Pages for visitors that are kept in memory, with real pages and a real audit trail."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from alliance.accounts.models import User
from alliance.config.page_state import SEARCH, page_state
from alliance.core import audit, clock
from alliance.core.models import AuditEvent
from alliance.equity.models import AreaSet
from alliance.network.models import ApiToken, Invitation, JoinRequest, StatementDraft, Webhook
from alliance.search.store import store
from alliance.web import page_cache
from alliance.writing.models import DraftRevision
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.equity import make_areas, make_figures
from tests.factories.knowledge import NOW, lay_ground, make_case, text
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db

PAGE = "/en/cases/lund/"
SOLUTION = "/en/solutions/road-pricing/"
AREAS = "areasoflund"


@pytest.fixture(autouse=True)
def _kept(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.PAGE_CACHE_BYTES = 10_000_000
    monkeypatch.setattr(page_cache, "SECONDS_STATE_HOLDS", 0.0)
    store.forget()
    yield
    store.forget()


def uncached(address: str) -> HttpResponse:
    """The page as a new process makes it."""
    return Client().get(address)


def event(**fields: object) -> AuditEvent:
    return AuditEvent.objects.create(
        at=NOW, actor_label="test", verb="saved", kind="note", public_id="x", **fields
    )


@pytest.mark.parametrize(
    "address", ["/en/", "/sv/find?q=road", PAGE, "/fr/solutions/", "/en/data/", "/sv/about/"]
)
def test_a_kept_page_is_the_page(address: str, client: Client, django_assert_num_queries):
    lay_ground()
    make_case()
    first = client.get(address)
    client.get(address)  # the search index is loaded, so its state settles
    kept = client.get(address)
    assert kept.status_code == 200
    assert kept.headers["ETag"] == first.headers["ETag"]
    assert kept.content == uncached(address).content
    with django_assert_num_queries(2):
        client.get(address)


def test_a_change_shows_at_once_after_the_state_was_read(client: Client):
    lay_ground()
    make_case()
    before = client.get(PAGE)
    assert "Pricing the roads" in before.text
    make_case(texts=(text(title="Tolls by the hour"),))
    after = client.get(PAGE)
    assert "Tolls by the hour" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    assert client.get(PAGE, headers={"if-none-match": before.headers["ETag"]}).status_code == 200


def test_what_teams_write_leaves_the_pages_of_visitors_as_they_are(client: Client):
    lay_ground()
    case = make_case()
    umea, elin = team("umea"), person("Elin Berg")
    join(elin, umea)
    writer = acting(elin)
    # The index takes in what was acted so far.
    client.get("/en/find")
    before = page_state()
    draft = drafts.start_draft(umea, language="sv", actor=writer, at=NOW, content=document())
    drafts.drop_draft(draft, actor=writer, at=NOW)
    assert page_state() == before
    audit.record("draft", draft, "publish", actor=writer, at=NOW, case=case.public_id)
    assert page_state() != before


@pytest.mark.parametrize("address", ["/en/", "/en/find", PAGE, "/en/solutions/", "/en/cities/"])
def test_pages_of_visitors_read_no_table_whose_acts_do_not_count(address: str, client: Client):
    """Of drafts they read published ones at most, and those change by an act that counts."""
    lay_ground()
    make_case()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    for sql in (one["sql"] for one in queries):
        for model in UNSEEN:
            assert model._meta.db_table not in sql, sql
        assert "writing_draft" not in sql or "'published'" in sql, sql


#: What teams write before it is published, and what lets programs and new members in.
UNSEEN = (DraftRevision, StatementDraft, ApiToken, Webhook, Invitation, JoinRequest)
#: The acts that change what stands in a table, by how its name begins; the longest counts.
CHANGED_BY = {
    "adoption_adoption": {"agreement"},
    # What the worker keeps is no act; pages show it within five minutes.
    "adoption_thing": set(),
    "adoption_tie": set(),
    "cases_sourcecheck": set(),
    "cases_storedcopy": set(),
    "equity": {"areas"},
    "equity_distributioncheck": {"check"},
    "equity_testimony": {"check"},
    "evidence": {"solution"},
    "indicators_indicator": {"indicator"},
    "writing_attachment": {"case", "draft"},
    "cases_case": {"case"},
    "cases_dispute": {"solution"},
    "writing_draft": {"draft"},
    "cases_effect": {"case"},
    "cases_method": {"method"},
    "cases_measure": {"measure"},
    "cases_nationalscheme": {"solution"},
    "cases_nullresult": {"case"},
    "writing_review": {"draft"},
    "cases_solution": {"solution"},
    "cases_source": {"case"},
    "cases_unit": {"unit"},
    "network_city": {"city"},
    "network_need": {"need"},
    "network_offer": {"offer"},
    "network_organisation": {"organisation"},
    "network_peerreview": {"peer review"},
    "network_post": {"post", "question"},
    "research": {"research-question"},
    "research_researchanswer": {"research-question", "research answer"},
    "research_researcher": {"researcher"},
    "testbeds_answer": {"challenge answer"},
    "testbeds_challenge": {"challenge"},
    "testbeds_pilot": {"pilot"},
    "testbeds_testbed": {"testbed"},
    "thread_link": {"thread link"},
    "thread_step": {"thread step"},
    "workshops": {"workshop", "registration"},
}
#: A page of each view that declares what it shows.
DECLARED = {
    "web:about": "/en/about/",
    "web:privacy": "/en/privacy/",
    "web:accessibility": "/en/accessibility/",
    "equity:areas": f"/en/equity/areas/{AREAS}/",
    "equity:cities": "/en/equity/",
    "knowledge:case": PAGE,
    "knowledge:city-list": "/en/cities/",
    "knowledge:methods": "/en/methods/",
    "knowledge:organisations": "/en/organisations/",
    "knowledge:solutions": "/en/solutions/",
    "knowledge:topics": "/en/topics/",
    "network:needs": "/en/needs/",
    "network:offers": "/en/offers/",
    "testbeds:businesses": "/en/businesses/",
    "testbeds:challenges": "/en/challenges/",
    "testbeds:pilots": "/en/pilots/",
    "testbeds:testbeds": "/en/testbeds/",
    "workshops:workshops": "/en/workshops/",
}


def declared(
    patterns: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, frozenset[str]]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from declared(one.url_patterns, one.namespace or namespace)
        elif hasattr(one.callback, "shown_kinds"):
            yield f"{namespace}:{one.name}", one.callback.shown_kinds


def test_views_declare_the_acts_on_all_tables_that_they_read(
    settings, monkeypatch: pytest.MonkeyPatch
):
    lay_ground()
    make_case()
    lund, lea = team("lund"), person("Lea Lund")
    join(lea, lund)
    areas = make_figures(make_areas(lund, acting(lea)), acting(lea))
    AreaSet.objects.filter(pk=areas.pk).update(public_id=AREAS)
    found = dict(declared(get_resolver().url_patterns))
    assert found.keys() == DECLARED.keys()
    # So the search is asked by views alone.
    settings.PAGE_CACHE_BYTES = 0
    client, current, asked = Client(), store.current, []
    monkeypatch.setattr(store, "current", lambda **given: asked.append(1) or current(**given))
    for name, address in DECLARED.items():
        asked.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.resolver_match.view_name == name
        sql = " ".join(one["sql"] for one in queries)
        for table in set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)):
            kinds = CHANGED_BY[max(filter(table.startswith, CHANGED_BY), key=len)]
            assert kinds <= found[name], (name, table)
        assert not asked or SEARCH in found[name], name


#: Pages with parts that people who have signed in read as they were kept.
WITH_PARTS = (
    "/en/",
    "/en/find?q=pricing",
    "/en/find?q=does+road+pricing+work",
    "/en/problems/car-traffic/",
    PAGE,
    "/en/solutions/",
    "/en/solutions/road-pricing/",
    "/en/solutions/road-pricing/fit?city=umea",
    "/en/evidence/map",
    "/en/topics/equity/",
    "/en/cities/lund/",
)


def test_parts_declare_the_acts_on_all_tables_that_they_read(monkeypatch: pytest.MonkeyPatch):
    lay_ground()
    make_case()
    read: list[tuple[object, frozenset[str], str]] = []

    def noted(reading, kinds, key, make):
        with CaptureQueriesContext(connection) as queries:
            made = make()
        sql = " ".join(one["sql"] for one in queries)
        if kinds is not None and SEARCH not in kinds:
            read.extend((key, kinds, one) for one in re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return made

    monkeypatch.setattr(page_cache.Reading, "cached", noted)
    client = Client()
    for address in WITH_PARTS:
        assert client.get(address).status_code == 200, address
    assert read
    for key, kinds, table in read:
        changed_by = CHANGED_BY[max(filter(table.startswith, CHANGED_BY), key=len)]
        assert changed_by <= kinds, (key, table)


@pytest.mark.parametrize("address", WITH_PARTS)
def test_a_part_that_others_made_is_the_one_that_would_be_made(address: str, settings):
    """Whoever was first: nothing that the secretariat or a team alone sees is in a part."""
    lay_ground()
    make_case()
    lund, elin, reader = team("lund"), person("Elin"), person("Reader")
    clerk = person("Clerk", "secretariat", "reviewer")
    join(elin, lund)

    def read(client: Client, who: User) -> str:
        client.force_login(who)
        answer = client.get(address)
        assert answer.status_code == 200
        return re.sub(r'"csrfmiddlewaretoken" value="\w+"', "", answer.text)

    shared = Client()
    found = [read(shared, who) for who in (clerk, elin, reader, clerk)]
    settings.PAGE_CACHE_BYTES = 0
    anew = Client()
    assert found == [read(anew, who) for who in (clerk, elin, reader, clerk)]


def test_an_act_shows_at_once_to_who_has_signed_in_on_any_machine(monkeypatch):
    """Each client has a memory of its own, as each process has; the act goes by none of them."""
    monkeypatch.setattr(page_cache, "SECONDS_STATE_HOLDS", 3_600.0)
    lay_ground()
    make_case()
    readers = [Client(), Client()]
    for reader in readers:
        reader.force_login(person(f"Reader {id(reader)}"))
        assert "Pricing the roads" in reader.get(SOLUTION).text
    make_case(texts=(text(title="Tolls by the hour"),))
    for reader in readers:
        assert "Tolls by the hour" in reader.get(SOLUTION).text


def test_a_page_is_left_alone_by_acts_that_its_view_does_not_show(client: Client):
    lay_ground()
    make_case()
    client.get(PAGE)
    before = page_state()
    event()
    after = page_state()
    assert after.of(None) != before.of(None)
    assert after.of(frozenset({"case"})) == before.of(frozenset({"case"}))
    make_case(texts=(text(title="Tolls by the hour"),))
    assert page_state().of(frozenset({"case"})) != after.of(frozenset({"case"}))


def test_a_record_found_later_changes_a_kept_search(client: Client):
    lay_ground()
    make_case()
    assert "Umeå" not in client.get("/en/find?q=pricing").text
    make_case("Umeå")
    assert "Umeå" in client.get("/en/find?q=pricing").text


@pytest.mark.slow
def test_an_act_of_another_process_is_seen(shared_environment: dict[str, str], client: Client):
    lay_ground()
    make_case()
    first = client.get(PAGE)
    reader = Client()
    reader.force_login(person("Reader"))
    assert "Pricing the roads" in reader.get(SOLUTION).text
    before = page_state()
    code = (
        "from alliance.core import audit, clock\n"
        "audit.record(actor=audit.WORKER, at=clock.now(), verb='update', kind='case',"
        " public_id='lund')\n"
        "from alliance.cases.models import CaseText\n"
        "CaseText.objects.update(title='Told elsewhere')\n"
    )
    subprocess.run(
        [sys.executable, "-m", "alliance.config.cli", "django", "shell", "-v", "0", "-c", code],
        env=shared_environment,
        check=True,
    )
    assert page_state() != before
    assert "Told elsewhere" not in first.text
    assert "Told elsewhere" in client.get(PAGE).text
    assert "Told elsewhere" in reader.get(SOLUTION).text


@pytest.mark.django_db(transaction=True)
def test_an_act_of_another_connection_is_seen():
    event()
    before = page_state()

    def act() -> None:
        event()
        connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    assert page_state() != before


def test_an_act_that_appears_behind_a_newer_one_is_seen():
    first = event()
    event(id=first.id + 2)
    before = page_state()
    event(id=first.id + 1)
    after = page_state()
    assert audit.last_id() == first.id + 2 == after.acts["note"][0] == before.acts["note"][0]
    assert after != before


def test_the_state_of_an_empty_network():
    assert page_state().acts == {}
    event()
    assert page_state().acts["note"][1] == 1


def test_pages_are_made_anew_on_another_day(monkeypatch: pytest.MonkeyPatch):
    before = page_state()
    assert page_state() == before
    tomorrow = clock.today() + dt.timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert page_state() != before


def test_another_search_index_is_another_state():
    lay_ground()
    make_case()
    before = page_state()
    assert page_state() == before
    store.forget()
    assert page_state() != before


def test_who_has_signed_in_gets_no_kept_page(client: Client):
    lay_ground()
    make_case()
    kept = client.get(PAGE)
    assert "ETag" in kept.headers
    reader = Client()
    reader.force_login(User.objects.create_user("ada@example.org", name="Ada"))
    own = reader.get(PAGE)
    assert own.status_code == 200
    assert "ETag" not in own.headers
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in own.headers["Vary"]


def test_a_visitor_gets_no_session(client: Client):
    lay_ground()
    make_case()
    for _ in range(3):
        assert not client.get(PAGE).cookies


def test_pages_about_the_moment_are_not_kept(client: Client):
    lay_ground()
    for address in ("/en/status/", "/healthz", "/readyz", "/metrics", "/api/v1/cases"):
        assert client.get(address).headers.get("Cache-Control") != "private, no-cache", address
