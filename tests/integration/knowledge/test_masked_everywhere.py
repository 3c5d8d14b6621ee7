"""Nothing that anybody else can read gives the city of a masked case away."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE
from alliance.network.enums import WebhookEvent
from alliance.network.models import WebhookDelivery
from alliance.network.services.webhooks import make_deliveries, make_webhook
from alliance.reports import jobs
from alliance.search.services import rebuild
from alliance.writing.services import questions
from alliance.writing.services.attachments import attach
from alliance.writing.services.drafts import start_draft, submit_draft
from alliance.writing.services.freshness import confirm_case
from tests.factories.drafts import document
from tests.factories.masked import (
    LATEST,
    MASKED,
    PLACE,
    SOURCES,
    counted,
    folded,
    lay_masked_ground,
)
from tests.factories.pages import by_turn
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.reviews import LATER, Review, approve
from tests.factories.translations import translate
from tests.integration.rights.addresses import operations, pages

pytestmark = pytest.mark.django_db
ENGLISH = {
    "title": "A road charge on trial",
    "summary": "The charge was taken on one street for a year. Traffic did not fall.",
    "what_did_not": "The cars took the next street.",
}

NOT_CHOSEN = re.compile(
    r'<option value="[^"]*">[^<]*</option>'
    r'|<a class="chip" href="\?[^"]*city=[^"]*" rel="nofollow">[^<]*<span class="note">[^<]*</span>'
)
#: Its letters are drawn, and now and then make a word.
DRAWN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def by() -> Review:
    return lay_masked_ground()


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
        ("thread", "kind"): "case",
        ("thread", "public_id"): case,
        ("thread", "id"): case,
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
        ("problems", "code"): "car-traffic",
        ("cities", "public_id"): "umea",
        ("cities", "id"): "umea",
        ("organisations", "public_id"): "umea-municipality",
        ("organisations", "id"): "umea-municipality",
        ("methods", "public_id"): "hearing",
        ("methods", "id"): "hearing",
        ("feeds", "kind"): told_here.get("feed", "new"),
        ("map", "form"): "csv",
        ("export", "table"): told_here.get("table", "cases"),
        ("export", "format"): told_here.get("format", "json"),
    }
    return Things({key: lambda value=value: value for key, value in found.items()})


FINDER = (
    "", "?q=Ume%C3%A5", "?q=v%C3%A4gavgift", "?country=ZZ", "?country=SE", "?city=umea",
    "?outcome=did-not-work", "?size=unknown", "?climate=unknown", "?actor=municipality",
)  # fmt: skip
TABLES = (
    *("cases", "effects", "nulls", "amounts", "sources", "solutions", "cities", "organisations"),
    "measures",
)


def addresses(name: str, *languages: str, **told_here: object) -> Iterator[str]:
    """The addresses of pages in these languages and of operations: all that need no record that is
    not there.

    Before a change lands, a page is read in one of the languages, by turns; by a visitor and the
    editor of another team each address, and by the other readers every second one.
    """
    here, case = things(**told_here), told_here.get("case", "none")
    every = [
        *(
            one.path(here).replace("/en/", f"/{code}/", 1)
            for one in pages()
            if has_turn(name, one.key)
            for code in by_turn(languages, one.key)
        ),
        *(one.path(here) for one in operations() if has_turn(name, one.key)),
    ]
    for language in languages:
        every.append(f"/{language}/compare?case={case}&case=lund")
        every.append(f"/{language}/write/new?adapted_from={case}")
        every.append(f"/{language}/cases/{case}/versions/2/")
        every.append(f"/{language}/cases/{case}/versions/diff?old=1&new=3")
    return (address for address in every if "none" not in address)


def has_turn(name: str, key: str) -> bool:
    return name in {"visitor", "foreign editor"} or name in by_turn(("citizen", "reviewer"), key)


def searches(*languages: str) -> Iterator[str]:
    """Addresses that answer every reader alike: the finder, feeds, lists and downloads."""
    for language, query in product(by_turn(languages, "find"), FINDER):
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
        return folded(f"{text} {reader.metadata}")
    return folded(content.decode(errors="replace"))


def read(client: Client, address: str, run_jobs: Callable[[], int]) -> str:
    """What an address answers; a brief is waited for."""
    response = client.get(address)
    if response.status_code == 202:
        run_jobs()
        response = client.get(address)
        assert response.status_code == 200, address
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return readable(content) + folded(headers)


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


def shown(client: Client, address: str, run_jobs: Callable[[], int]) -> str:
    """What an address says. A list to choose a city from holds all; one that is chosen counts."""
    return NOT_CHOSEN.sub("", DRAWN.sub("", read(client, address, run_jobs)))


@pytest.mark.slow
@pytest.mark.long
def test_no_page_feed_brief_answer_or_download_gives_the_city_away(by, run_jobs, monkeypatch):
    # The worker runs when a brief is not there yet, not while it is asked for.
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    readers, seen = everybody(by), 0
    found: dict[tuple[str, str], Counter[str]] = {}
    # What stands there without the case is read afterwards, and only where a word was found.
    with transaction.atomic():
        here = published_with_all_that_follows(by)
        for name, (client, languages, needles) in readers.items():
            alike = searches(*languages) if name == "visitor" else ()
            # The same addresses as before, and those of the case.
            same, own = addresses(name, *languages), addresses(name, *languages, **here)
            for address in dict.fromkeys([*same, *alike, *own]):
                text = shown(client, address, run_jobs)
                seen += str(here["case"]) in text
                told = counted(text, needles)
                if name == "reviewer" and str(here["draft"]) in address:
                    # Evidence cannot be judged without its sources: reviewers are bound to silence.
                    told = Counter({key: n for key, n in told.items() if key in PLACE})
                if told:
                    found[name, address] = told
        transaction.set_rollback(True)
    # It was looked for where it stands.
    assert seen > 60
    rebuild(at=NOW)
    told_more = []
    for (name, address), told in found.items():
        client, languages, needles = readers[name]
        # A page of a form holds the list of all cities, whatever its case.
        was_there = {*addresses(name, *languages)}
        if name == "visitor":
            was_there |= {*searches(*languages)}
        before = address if address in was_there else address.split("?")[0]
        known: Counter[str] = Counter()
        if before in was_there:
            text = shown(client, before, run_jobs)
            assert str(here["case"]) not in text, "nothing may be left of it"
            known = counted(text, needles)
        if told - known:
            told_more.append(f"{name} {address}: {dict(told - known)}")
    assert not told_more, "\n".join(told_more)


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
