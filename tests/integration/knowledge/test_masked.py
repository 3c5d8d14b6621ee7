"""A failure whose city is hidden: nothing that anybody else can read gives the city away."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pypdf import PdfReader

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.text import fold
from alliance.knowledge.imports import import_cases, read_cases
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.services import questions
from alliance.knowledge.services.attachments import attach
from alliance.knowledge.services.drafts import start_draft, submit_draft
from alliance.knowledge.services.freshness import confirm_case
from alliance.knowledge.services.withdrawals import withdraw_case
from alliance.network.enums import WebhookEvent
from alliance.network.models import City, WebhookDelivery
from alliance.network.services import save_organisation
from alliance.network.services.webhooks import make_deliveries, make_webhook
from alliance.reports import jobs
from alliance.search.services import rebuild
from tests.factories.drafts import document
from tests.factories.knowledge import make_case
from tests.factories.pages import page, told
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.reviews import LATER, Review, approve, handed_in, lay_review, published
from tests.factories.translations import make_method, translate
from tests.integration.rights.addresses import operations, pages

pytestmark = pytest.mark.django_db
LATEST = LATER + dt.timedelta(days=1)
#: What would tell where it was: folded and in small letters.
PLACE = ("umea", "63.82", "20.25", "elvestadens", "elin berg", "elin.berg")
SOURCES = ("rapport.example", "slutrapport fran gatukontoret")
EFFECT = {
    "measure": "traffic volume", "unit": "percent change", "value": -1.5, "low": -3.0,
    "high": 0.5, "design": "before-after", "direction": "lower-is-better",
    "qualifier": "morgontrafik",
}  # fmt: skip
MASKED: dict[str, Any] = {
    "is_masked": True,
    "place": {"name": "Umeå", "country": "SE", "city": "umea"},
    "effects": [EFFECT],
    "sources": [
        {
            "title": "Slutrapport från gatukontoret",
            "url": "https://rapport.example/7731",
            "kind": "public-body",
        }
    ],
    "cost": {"amount": 120000.0, "currency": "SEK", "price_year": 2021},
    "actors": ["municipality"],
}
ENGLISH = {
    "title": "A road charge on trial",
    "summary": "The charge was taken on one street for a year. Traffic did not fall.",
    "what_did_not": "The cars took the next street.",
}


class Things(dict[tuple[str, str], Callable[[], object]]):
    """What stands for the parameters of addresses; "none" where nothing is said."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: tuple[str, str]) -> Callable[[], object]:
        return lambda: 1 if key[1] in {"number", "pk", "remark"} else "none"


def things(**told_here: object) -> Things:
    """The records of the ground, with a case, a draft and a question where there are some."""
    case = told_here.get("case", "none")
    found: dict[tuple[str, str], object] = {
        ("cases", "public_id"): case,
        ("cases", "id"): case,
        ("related", "kind"): "case",
        ("related", "public_id"): case,
        ("versions", "number"): told_here.get("version", 1),
        ("write", "public_id"): told_here.get("draft", "none"),
        ("review", "public_id"): told_here.get("draft", "none"),
        ("drafts", "id"): told_here.get("draft", "none"),
        ("questions", "id"): told_here.get("question", "none"),
        ("files", "id"): told_here.get("file", "none"),
        ("questions", "public_id"): told_here.get("question", "none"),
        ("files", "file_id"): told_here.get("file", "none"),
        ("write", "step"): "sources",
        ("translate", "to"): "fr",
        ("solutions", "public_id"): "road-pricing",
        ("solutions", "id"): "road-pricing",
        ("topics", "code"): "innovation-gateways",
        ("cities", "public_id"): "umea",
        ("cities", "id"): "umea",
        ("organisations", "public_id"): "umea-municipality",
        ("organisations", "id"): "umea-municipality",
        ("methods", "public_id"): "hearing",
        ("methods", "id"): "hearing",
        ("feeds", "kind"): told_here.get("feed", "new"),
        ("export", "table"): told_here.get("table", "cases"),
        ("export", "format"): told_here.get("format", "json"),
    }
    return Things({key: lambda value=value: value for key, value in found.items()})


FINDER = (
    "", "?q=Ume%C3%A5", "?q=v%C3%A4gavgift", "?country=ZZ", "?country=SE", "?city=umea",
    "?outcome=did-not-work", "?size=unknown", "?climate=unknown", "?actor=municipality",
)  # fmt: skip
TABLES = ("cases", "effects", "sources", "solutions", "cities", "organisations", "measures")


def addresses(*languages: str, **told_here: object) -> Iterator[str]:
    """The addresses of pages in these languages and of operations: all that need no record that is
    not there."""
    here, case = things(**told_here), told_here.get("case", "none")
    every = [
        *(one.path(here).replace("/en/", f"/{code}/", 1) for one in pages() for code in languages),
        *(one.path(here) for one in operations()),
    ]
    for language in languages:
        every.append(f"/{language}/compare?case={case}&case=lund")
        every.append(f"/{language}/write/new?adapted_from={case}")
        every.append(f"/{language}/cases/{case}/versions/2/")
        every.append(f"/{language}/cases/{case}/versions/diff?old=1&new=3")
    return (address for address in every if "none" not in address)


def searches(*languages: str) -> Iterator[str]:
    """Addresses that answer every reader alike: the finder, feeds, lists and downloads."""
    for language, query in product(languages, FINDER):
        yield f"/{language}/find{query}"
        yield f"/{language}/find/points{query}"
        yield f"/api/v1/search{query or '?'}&lang={language}"
    for language in languages:
        yield f"/{language}/feeds/failures.atom?topic=innovation-gateways"
    for query in ("country=ZZ", "country=SE", "city=umea", "limit=50&offset=0"):
        yield f"/api/v1/cases?{query}"
    for table, form in product(TABLES, ("csv", "xlsx")):
        yield f"/api/v1/export/{table}.{form}"


def readable(content: bytes) -> str:
    """All words of an answer, of whatever kind, folded and in small letters."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(readable(archive.read(name)) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        text = " ".join(one.extract_text() for one in reader.pages)
        return fold(f"{text} {reader.metadata}").lower()
    return fold(content.decode(errors="replace")).lower()


def read(client: Client, address: str, run_jobs: Callable[[], int]) -> str:
    """What an address answers; a brief is waited for."""
    response = client.get(address)
    if response.status_code == 202:
        run_jobs()
        response = client.get(address)
        assert response.status_code == 200, address
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return readable(content) + fold(headers).lower()


def counted(text: str, needles: tuple[str, ...]) -> Counter[str]:
    return Counter({needle: text.count(needle) for needle in needles if needle in text})


@pytest.fixture
def by() -> Review:
    """A team whose city, people and sources bear names that nothing else does."""
    found = lay_review()
    City.objects.filter(public_id="umea").update(
        latitude=63.8258, longitude=20.2534, population=91_916, population_year=2023
    )
    save_organisation(
        "umea-municipality",
        actor=COMMAND_LINE,
        at=NOW,
        name="Elvestadens kommun",
        kind="municipality",
        city=City.objects.get(public_id="umea"),
        country="SE",
    )
    make_case("Lund")
    make_method()
    rebuild(at=NOW)
    return found


def everybody(by: Review) -> dict[str, tuple[Client, tuple[str, ...], tuple[str, ...]]]:
    """Each kind of reader with the languages that are read and what may not be found."""
    foreign = person("Fred Autre")
    join(foreign, team("lund"))
    readers = {"foreign editor": foreign, "citizen": person("Cia Borg"), "reviewer": by.rosa.user}
    clients = {}
    for name, user in readers.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        clients[name] = (client, ("en",), (*PLACE, *SOURCES))
    visitor = Client(raise_request_exception=False)
    return {"visitor": (visitor, ("en", "fr", "sv"), (*PLACE, *SOURCES)), **clients}


def published_with_all_that_follows(by: Review) -> dict[str, object]:
    """The case after a question, an answer, a translation and a confirmation by its team."""
    draft = start_draft(by.umea, language="sv", actor=by.editor, at=NOW, content=document(**MASKED))
    file = attach(
        draft,
        title="Räkning på gatan",
        name="gata.csv",
        content=b"gata,bilar\nStorgatan,9\n",
        actor=by.editor,
        at=NOW,
    )
    draft = submit_draft(draft, expected_revision=draft.revision, actor=by.editor, at=NOW)
    approve(draft, by.rosa)
    case = approve(draft, by.ravi)
    assert case is not None and case.masked_city.public_id == "umea"
    asked = questions.ask(
        case,
        text="Hur bred var gatan?",
        language="sv",
        show_name=False,
        actor=acting(person("Rut Ask")),
        at=LATER,
    )
    questions.answer(asked, text="Sju meter.", language="sv", actor=by.editor, at=LATER)
    confirm_case(case, actor=by.editor, at=LATEST)
    translate(case, by.editor, texts=ENGLISH, language="en", at=LATEST)
    assert CaseStudy.objects.get(pk=case.pk).revision == 3
    rebuild(at=LATEST)
    return {
        "case": case.public_id,
        "draft": draft.public_id,
        "question": asked.public_id,
        "file": file.public_id,
        "version": 3,
        "feed": "failures",
        "format": "csv",
    }


@pytest.mark.slow
def test_no_page_feed_brief_answer_or_download_gives_the_city_away(by, run_jobs, monkeypatch):
    # The worker runs when a brief is not there yet, not while it is asked for.
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    before: dict[tuple[str, str], Counter[str]] = {}
    readers = everybody(by)
    for name, (client, languages, needles) in readers.items():
        alike = searches(*languages) if name == "visitor" else ()
        for address in (*addresses(*languages), *alike):
            before[name, address] = counted(read(client, address, run_jobs), needles)
    here = published_with_all_that_follows(by)
    told_more, seen = [], 0
    for name, (client, languages, needles) in readers.items():
        own = addresses(*languages, **here)
        # The same addresses as before, and those of the case.
        same = [address for reader, address in before if reader == name]
        for address in dict.fromkeys([*same, *own]):
            text = read(client, address, run_jobs)
            seen += str(here["case"]) in text
            found = counted(text, needles)
            if name == "reviewer" and str(here["draft"]) in address:
                # Evidence cannot be judged without its sources: reviewers are bound to silence.
                found = Counter({key: n for key, n in found.items() if key in PLACE})
            # A page of a form holds the list of all cities, whatever its case.
            known = before.get((name, address)) or before.get((name, address.split("?")[0]))
            if found - (known or Counter()):
                told_more.append(f"{name} {address}: {dict(found - (known or Counter()))}")
    assert not told_more, "\n".join(told_more)
    # It was looked for where it stands.
    assert seen > 60


def test_no_letter_and_no_message_to_others_gives_the_city_away(
    by, run_jobs, django_capture_on_commit_callbacks
):
    foreign = team("lund")
    make_webhook(
        foreign,
        url="https://hooks.example/x",
        events=WebhookEvent.values,
        actor=COMMAND_LINE,
        at=NOW,
    )
    with django_capture_on_commit_callbacks(execute=True):
        published_with_all_that_follows(by)
    run_jobs()
    make_deliveries(at=LATEST)
    assert WebhookDelivery.objects.exists()
    for body in WebhookDelivery.objects.values_list("body", flat=True):
        assert not counted(readable(body.encode()), (*PLACE, *SOURCES))
    known = {by.editor.user.email, by.secretariat.user.email}
    letters = [one for one in mail.outbox if not known & set(one.to)]
    assert letters
    for letter in letters:
        assert not counted(readable(f"{letter.subject}\n{letter.body}".encode()), PLACE)


def test_the_page_says_that_it_hides_the_city_and_so_its_sources(by, client):
    case = published(by, **MASKED)
    said = told(client, f"/en/cases/{case.public_id}/")
    assert "City not disclosed" in said and "City not disclosed, country" not in said
    assert "Those who tell this case keep its city to themselves" in said
    sources = said.split("Sources")[-1].split("Questions and answers")[0]
    assert "not recorded" not in sources
    assert "they would name the city" in sources
    assert "keep its city" not in told(client, "/en/cases/lund/")


def test_places_are_counted_without_hidden_ones_which_are_told_in_sum(by, client):
    published(by, **MASKED)
    said = told(client, "/en/solutions/road-pricing/")
    assert "Worked in 1 of 2 cases in 1 place" in said
    assert "1 case does not disclose its city and is counted among no places" in said
    published(by, **MASKED | {"outcome": "mixed", "reasons": ["harm"]})
    said = told(client, "/en/solutions/road-pricing/")
    assert "Worked in 1 of 3 cases in 1 place" in said
    assert "2 cases do not disclose their cities" in said


def test_the_hidden_country_is_one_choice_and_no_country_of_the_network(by, client):
    for outcome in ("mixed", "did-not-work"):
        published(by, **MASKED | {"outcome": outcome})
    rebuild(at=LATEST)
    assert "3 cases from 1 countries," in told(client, "/en/")
    found = told(client, "/en/find?country=ZZ&kind=case")
    assert "2 cases" in found and "country not disclosed" in found
    for query in ("city=umea", "country=SE", "member=no"):
        said = page(client, f"/en/find?kind=case&{query}")
        assert "City not disclosed" not in said
    points = client.get("/en/find/points?country=ZZ")
    assert "City not disclosed" not in points.content.decode()


def test_words_around_the_figures_may_not_name_the_city_either(by):
    telling = {
        "case.adaptation_changes": {"adaptation_changes": "Som i Umeå, men dyrare."},
        "case.effects[0].qualifier": {"effects": [EFFECT | {"qualifier": "Umeå centrum"}]},
        "case.effects[0].note": {"effects": [EFFECT | {"note": "Mätt vid UMEÅ station."}]},
        "case.new_solution.summary": {
            "solution": "",
            "new_solution": {
                "name": "Gatuavgift",
                "summary": "Som den togs ut i Umeå.",
                "kind": "approach",
            },
        },
    }
    for where, changes in telling.items():
        with pytest.raises(InvalidData) as caught:
            handed_in(by, **MASKED | changes)
        assert [fault.where for fault in caught.value.faults] == [where]
        assert "names Umeå" in caught.value.faults[0].rule


def test_a_city_that_a_published_version_names_cannot_be_hidden_any_more(by):
    case = published(by)
    change = start_draft(
        by.umea,
        language="sv",
        actor=by.editor,
        at=LATEST,
        case=case,
        content=document(**MASKED),
    )
    with pytest.raises(InvalidData) as caught:
        submit_draft(change, expected_revision=change.revision, actor=by.editor, at=LATEST)
    (fault,) = caught.value.faults
    assert fault.where == "case.is_masked" and "published version names its city" in fault.rule


def test_a_hidden_city_can_be_shown_later(by, client):
    case = published(by, **MASKED)
    change = start_draft(
        by.umea,
        language="sv",
        actor=by.editor,
        at=LATEST,
        case=case,
        content=document(**MASKED | {"is_masked": False}),
    )
    draft = submit_draft(change, expected_revision=change.revision, actor=by.editor, at=LATEST)
    approve(draft, by.rosa, LATEST)
    approve(draft, by.ravi, LATEST)
    said = told(client, f"/en/cases/{case.public_id}/")
    assert "Umeå" in said and "keep its city" not in said
    assert "Umeå" not in told(client, f"/en/cases/{case.public_id}/versions/1/")


def test_a_withdrawn_case_still_hides_its_city(by, client):
    case = published(by, **MASKED)
    withdraw_case(case, reason="Siffrorna var fel.", language="sv", actor=by.editor, at=LATEST)
    text = readable(client.get(f"/en/cases/{case.public_id}/").content)
    assert "siffrorna var fel" in text and not counted(text, (*PLACE, *SOURCES))


def download(client, tmp_path):
    path = tmp_path / "cases.json"
    path.write_bytes(b"".join(client.get("/api/v1/export/cases.json").streaming_content))
    return path


def test_a_download_with_a_hidden_city_is_taken_over_without_it(by, client, tmp_path):
    case = published(by, **MASKED)
    path = download(client, tmp_path)
    again = import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert (again.created, again.updated, again.unchanged, again.left_out) == (0, 0, 2, 0)
    # As another installation has it, which knows nothing of the case.
    path.write_text(path.read_text().replace(case.public_id, "from-elsewhere"))
    elsewhere = import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert (elsewhere.created, elsewhere.left_out) == (0, 1)


def test_no_import_unmasks_a_case(by, client, tmp_path):
    published(by, **MASKED)
    path = download(client, tmp_path)
    path.write_text(path.read_text().replace("Trafiken minskade inte", "Trafiken ökade"))
    with pytest.raises(InvalidData, match="its city is hidden here"):
        import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert CaseStudy.objects.get(is_masked=True).masked_city.public_id == "umea"
