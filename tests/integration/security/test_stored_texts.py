"""Texts that try to become code: refused where they hold markup, and shown as text everywhere else.

Each goes the whole way: written into a draft, handed in, approved by two, and then read in every
page, feed, download and letter that shows a case.
"""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from alliance.accounts.letters import write_letter
from alliance.accounts.services import elevate, end_role, give_role
from alliance.accounts.services.people import save_profile
from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.text import markup_fault
from alliance.network.services import make_token, save_city, save_organisation
from alliance.search.services import rebuild
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.knowledge import make_case
from tests.factories.people import NOW, acting, person
from tests.factories.reviews import Review, lay_review, published

#: Refused: markup, and signs that no reader sees.
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</textarea><svg onload=alert(1)>",
    "<!--",
    "<?php",
    "JaVaScRiPt:alert(1)",
    "a\x00b",
    "a\x1b[31mb",
    "a\u202eb",
    "a\u2066b",
)
#: Kept as they are: plain text, which must never end an attribute, a tag or a string.
PLAIN = (
    """" onmouseover="zq()" x=\"""",
    "' autofocus onfocus='zq()",
    "&lt;script&gt;zq()&lt;/script&gt;",
    "&#60;script&#62;zq()",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "%(secret)s {0.__class__} ${7*7} #{7*7}",
    "]]> & 5 < 6 && 7 > 3",
    "\\u003cscript\\u003ezq()",
    "=HYPERLINK(zq)",
    "'; DROP TABLE cases_casestudy; --",
)
TEXT = " ".join(PLAIN)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every text in a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    elif isinstance(value, str):
        yield path


def with_text(content: dict[str, Any], path: tuple[Any, ...], text: str) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = text
    return changed


def full(**changes: Any) -> dict[str, Any]:
    """A document with a text in every field that takes one."""
    body = ("title", "summary", "problem", "what_worked", "what_did_not", "equity_notes")
    effect = {
        "measure": "traffic volume",
        "qualifier": "on one street",
        "unit": "percent change",
        "value": -1.5,
        "design": "before-after",
        "direction": "lower-is-better",
        "note": "counted by hand",
    }
    source = {"title": "Report", "url": "https://example.org/r", "seen": "report", "kind": "city"}
    return document(
        texts={"sv": {"status": "original", **dict.fromkeys(body, "Text.")}},
        place={"name": "Umeå", "name_fr": "Umeå", "name_sv": "Umeå", "country": "SE"},
        effects=[effect],
        sources=[source],
        **changes,
    )


@pytest.fixture
def by(db: None) -> Review:
    return lay_review()


@pytest.mark.parametrize("path", list(leaves(full())), ids=lambda path: ".".join(map(str, path)))
def test_markup_is_refused_in_every_field_of_a_case(by: Review, path: tuple[Any, ...]) -> None:
    draft = drafts.start_draft(by.umea, language="sv", actor=by.editor, at=NOW, content=full())
    for text in MARKUP:
        with pytest.raises(InvalidData) as caught:
            drafts.save_draft(
                draft,
                content=with_text(full(), path, text),
                expected_revision=draft.revision,
                actor=by.editor,
                at=NOW,
            )
        assert str(path[-1] if isinstance(path[-1], str) else path[-2]) in str(caught.value)
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize("name", [text for text in MARKUP if not text.startswith("Ja")])
def test_markup_is_refused_in_the_name_of_a_person(by: Review, name: str) -> None:
    user = person("Kim Lund")
    with pytest.raises((InvalidData, ValidationError)):
        save_profile(actor=COMMAND_LINE, user=user, name=name, language="en", at=NOW)


@pytest.mark.parametrize("reason", MARKUP)
def test_markup_is_refused_in_the_reason_for_a_role_or_for_extended_rights(
    by: Review, reason: str
) -> None:
    user = person("Kim Lund", "secretariat")
    given = {"actor": acting(user), "reason": f"because {reason}", "at": NOW}
    for act in (
        lambda: elevate(**given),
        lambda: give_role(user=person("Ida Holm"), role="reviewer", **given),
        lambda: end_role(user=user, role="secretariat", **given),
    ):
        with pytest.raises(InvalidData, match="The text contains"):
            act()


@pytest.mark.parametrize("text", [text for text in MARKUP if "\x00" not in text])
def test_markup_is_refused_in_names_of_tokens_organisations_and_cities(
    by: Review, text: str
) -> None:
    name = f"Lund {text}"
    token = {"scopes": ["drafts:read"], "expires_at": NOW + dt.timedelta(days=1)}
    with pytest.raises(InvalidData, match="The text contains"):
        make_token(by.umea, name=name, actor=by.editor, at=NOW, **token)
    for save, more in ((save_organisation, {"kind": "municipality"}), (save_city, {})):
        with pytest.raises(InvalidData, match="The text contains"):
            save("somewhere", name=name, country="SE", actor=COMMAND_LINE, at=NOW, **more)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize(
    "where", ["title", "case.title.sv", "rows[2].name", "name_fr", "declared_name", "email"]
)
def test_what_reaches_a_header_is_one_line(where: str, end: str) -> None:
    fault = markup_fault(where, f"Umeå{end}Bcc: everybody@example.org")
    assert fault is not None and fault.where == where
    assert markup_fault(where, f" Umeå{end}") is None or end == "\x0b", "what is cut off is none"
    assert end == "\x0b" or markup_fault("text", f"Umeå{end}Lund") is None


class _Tags(HTMLParser):
    """Names of attributes in a page, as a browser reads them, and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attributes}
        self.in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script:
            self.scripts.append(data)


def body_of(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def case(by: Review) -> CaseStudy:
    """A published case whose every text is made of signs that mean something somewhere."""
    texts = {"title": TEXT[:180], "summary": TEXT, "what_did_not": TEXT, "equity_notes": TEXT}
    content = full()
    content["texts"]["sv"] |= texts
    content["effects"][0] |= {"qualifier": PLAIN[0], "note": TEXT}
    content["sources"][0] |= {"title": TEXT[:200]}
    content["place"]["name"] = """Å' onclick='zq() " """.strip()
    content["texts"]["sv"]["what_worked"] = PLAIN[-2]
    make_case("Lund")
    published_case = published(by, **content)
    rebuild(at=NOW)
    return published_case


def test_a_case_is_shown_as_text_on_every_page(case: CaseStudy, client: Client) -> None:
    own = f"cases/{case.public_id}"
    for path in (
        f"{own}/",
        f"{own}/versions/",
        f"{own}/versions/1/",
        f"compare?case={case.public_id}&case=lund",
        "find?q=zq",
        "",
        "solutions/road-pricing/",
        "topics/innovation-gateways/",
        "feeds/",
        "organisations/umea-municipality/",
    ):
        for language in ("en", "sv"):
            html = body_of(client, f"/{language}/{path}").decode()
            page = _Tags()
            page.feed(html)
            odd = {name for name in page.attributes if name.startswith("on")}
            assert not odd and "autofocus" not in page.attributes, (path, odd)
            for script in page.scripts:
                assert not script or json.loads(script), path
            assert "zq()</script" not in html.lower(), path
            assert not re.search(r"SECRET_KEY\s*=|&amp;amp;lt;", html), path
    page = body_of(client, f"/sv/{own}/").decode()
    # Not cleaned away either: what was written can be read.
    assert "{{ settings.SECRET_KEY }}" in page and "5 &lt; 6 &amp;&amp; 7 &gt; 3" in page


def test_feeds_and_citations_hold_it_whole(case: CaseStudy, client: Client) -> None:
    feed = ET.fromstring(body_of(client, "/sv/feeds/failures.atom"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}entry/{atom}summary") == TEXT
    ris = body_of(client, f"/sv/cases/{case.public_id}/cite.ris").decode()
    assert all(re.match(r"[A-Z][A-Z0-9]  - |$", line) for line in ris.splitlines())
    bib = body_of(client, f"/sv/cases/{case.public_id}/cite.bib").decode()
    assert bib.count("\n@") == 0 and bib.startswith("@")


def test_downloads_hold_it_whole_and_run_nothing(case: CaseStudy, client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(body_of(client, "/api/v1/export/cases.csv").decode())))
    row = next(row for row in rows if row["id"] == case.public_id)
    assert TEXT in row.values()
    assert f"'{PLAIN[-2]}" in row.values() and PLAIN[-2] not in row.values()
    for value in (cell for row in rows for cell in row.values()):
        assert value[:1] not in set("=+@\t\r") and not re.match(r"-\D", value), value
    answer = json.loads(body_of(client, f"/api/v1/cases/{case.public_id}?lang=sv"))
    assert TEXT in json.dumps(answer, ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")


def test_a_letter_is_one_letter(
    db: None, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any, run_jobs: Any
) -> None:
    reader = person("Kim Lund")
    name = "Umeå\r\nBcc: everybody@example.org\r\n\r\nHello"
    with django_capture_on_commit_callbacks(execute=True):
        write_letter(
            "invitation",
            reader.email,
            organisation=name,
            role="editor",
            inviter=name,
            link="https://example.org/x",
            expires_at=NOW,
        )
    run_jobs()
    assert len(mailoutbox) == 1
    letter = mailoutbox[0]
    assert letter.recipients() == [reader.email]
    assert "\n" not in letter.subject and letter.message()["Bcc"] is None
