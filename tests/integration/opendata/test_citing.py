"""Each kind of the register is cited on a page, in files and by the API; what is hidden is not."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from alliance.core import citations
from alliance.core.audit import VISITOR
from alliance.indicators.models import Indicator
from alliance.opendata.names import CITATION_FORMATS
from alliance.research.services import working
from tests.factories.indicators import make_definition, make_release
from tests.factories.knowledge import effect, make_case
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import lay_pilots, registered
from tests.factories.reports import make_report
from tests.factories.research import make_question, make_researcher, offer, send, university, word

pytestmark = pytest.mark.django_db
#: A room that adds a kind adds what is cited of it in `cited` below.
KINDS = (
    *("case", "solution", "verdict", "pool", "indicator", "release", "pilot", "dialogue"),
    *("research-answer", "report"),
)


def _answer(at: dt.datetime) -> str:
    """The public id of an answer that its city accepted."""
    lund, rut = team("lund"), person("Rut")
    editor, own = person("Edith"), university()
    join(editor, lund)
    join(rut, own, "member")
    make_researcher(rut, own)
    by = {"actor": acting(editor), "at": at}
    question = word(make_question(lund, acting(editor)), acting(person("Siv", "secretariat")))
    work = offer(question, acting(rut))
    working.reply(question, work.public_id, agrees=True, **by)
    send(question, acting(rut))
    return working.accept(question, **by).public_id


@pytest.fixture
def cited() -> dict[str, str]:
    """One public id of each kind."""
    actor = lay_pilots()
    case = make_case("Lund")
    for n, name in enumerate(("Borås", "Visby", "Lyon")):
        make_case(name, effects=(effect(-10.0 - n),))
    make_definition()
    solution, umea = case.solution.public_id, team("umea")
    return {
        "case": case.public_id,
        **dict.fromkeys(("solution", "verdict", "pool"), solution),
        "indicator": Indicator.objects.get().public_id,
        "release": make_release().public_id,
        "pilot": registered(actor).public_id,
        "dialogue": make_process(umea).public_id,
        "research-answer": _answer(NOW),
        "report": make_report("umea", umea, NOW).public_id,
    }


def test_each_kind_is_cited_on_a_page_in_files_and_by_the_api(cited: dict[str, str]) -> None:
    assert set(KINDS) <= set(citations.kinds())
    client = Client()
    for code in KINDS:
        public_id = cited[code]
        told: dict[str, Any] = client.get(f"/api/v1/citations/{code}/{public_id}?lang=sv").json()
        assert told["title"] and told["authors"] and told["text"].endswith(told["url"]), code
        page = f"/sv/cite/{code}/{public_id}/"
        assert told["title"].rstrip(".") in page_text(client, page), code
        for form, (_name, media_type) in CITATION_FORMATS.items():
            answer = client.get(f"{page}cite.{form}")
            assert answer.status_code == 200 and answer.headers["Content-Type"] == media_type
            assert told["url"] in answer.text, (code, form)
        # The stable address leads to the record, in any language.
        there = told["url"].split("/sv/")[1].split("#")[0]
        assert client.get(f"/fr/{there}").status_code in (200, 302), code
    answer = client.get(f"/api/v1/citations/research-answer/{cited['research-answer']}").json()
    assert answer["authors"][0]["orcid"] == "0000-0002-1825-0097"
    assert "Umeå University" in answer["bibtex"]


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_each_format_holds_title_year_version_and_address_of_each_kind(
    cited: dict[str, str], language: str
) -> None:
    for code in KINDS:
        with translation.override(language):
            kind, said = citations.cite(VISITOR, code, cited[code], language)
        item = citations.csl(said, kind.csl)
        tags = dict(
            line.split("  - ", 1) for line in citations.ris(said, kind.ris).splitlines() if line
        )
        entry = citations.bibtex(said)
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.M))
        assert re.match(rf"@misc\{{{re.escape(item['id'])},\n", entry) and entry.endswith("\n}\n")
        # What other programs key references by takes letters, digits and hyphens alone.
        assert re.fullmatch(r"[A-Za-z0-9-]+", item["id"]), code
        year = str(said.at.year)
        in_tex = re.sub(r"\\([&%_#$])", r"\1", fields["title"][1:-1])
        in_tex = in_tex.replace(r"\,", "\u202f").replace("~", "\u00a0")
        assert {tags["TI"], item["title"], in_tex} == {said.title.strip()}, code
        assert {tags["PY"], fields["year"], str(item["issued"]["date-parts"][0][0])} == {year}
        assert {tags["UR"], fields["url"], item["URL"]} == {said.url}, code
        assert f"/{language}/" in said.url and tags["TY"] == kind.ris and item["type"] == kind.csl
        if said.version:
            assert tags["ET"] == f"Version {said.version}" and item["version"] == said.version
            assert f"Version {said.version}" in fields["note"], code
        assert [one["literal"] for one in item["author"]] == [one.name for one in said.by], code
        for one in said.authors:
            assert one.name in fields["author"], code
            if one.orcid:
                assert all(one.orcid in told for told in (fields["note"], tags["N1"], item["note"]))


def test_what_is_hidden_or_unknown_is_not_cited(cited: dict[str, str]) -> None:
    client = Client()
    draft = make_process(team("lund"), state="draft")
    for path in (
        f"dialogue/{draft.public_id}/",
        "case/none/",
        "nothing/lund/",
        f"case/{cited['case']}/cite.doc",
    ):
        assert client.get(f"/en/cite/{path}").status_code == 404, path
    assert client.get(f"/api/v1/citations/nothing/{cited['case']}").status_code == 404
