"""Reports as of a day: the same twice, superseded by a correction, refused by name."""

from __future__ import annotations

import datetime as dt
import errno
import io
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, TestCase
from django.utils import translation
from pypdf import PdfReader

from alliance.cases.models import CaseStudy, Solution, SolutionClassification
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.files import write_whole
from alliance.core.tasks import Worker
from alliance.network.models import City, Need
from alliance.reports.enums import EditionState
from alliance.reports.models import Report, ReportEdition
from alliance.reports.selectors.reports import chapters_of, places_of, superseded
from alliance.reports.services import reports
from tests.factories.knowledge import effect, lay_ground, make_case, text
from tests.factories.needs_offers import make_need
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.reports import make_report
from tests.factories.waiting import waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def ground(db: None) -> None:
    """Two cases on equity, approved on the day before the report."""
    lay_ground()
    make_case("Lund", at=NOW)
    make_case("Umeå", at=NOW, outcome="did-not-work", reasons=["stopped"], effects=(effect(4.0),))


def equity(as_of: dt.date | None = None, at: dt.datetime = NOW + DAY, **changes: Any) -> Report:
    """The report on equity, asked for."""
    given: dict[str, Any] = {
        "kind": "topic", "topic": "equity", "as_of": as_of or at.date(), "language": "en",
        "actor": COMMAND_LINE, "at": at,
    }  # fmt: skip
    return reports.start(**given | changes)


def built(report: Report) -> ReportEdition:
    """Its edition in work, once built."""
    edition = report.editions.order_by("-number")[0]
    assert reports.build(edition.public_id, at=NOW + DAY) == EditionState.BUILT
    edition.refresh_from_db()
    return edition


def test_the_same_report_built_twice_has_the_same_bytes(ground: None):
    edition = built(equity())
    first = {name: reports.read(edition, name) for name in edition.files}
    assert set(first) == {"annex.zip", "report-en.pdf", "report-fr.pdf", "report-sv.pdf"}
    again = built(edition.report)
    assert {name: reports.read(again, name) for name in again.files} == first


def test_the_same_report_built_on_another_day_has_the_same_bytes(ground: None):
    edition = built(equity())
    again = equity(as_of=edition.as_of, at=NOW + 40 * DAY).editions.get()
    assert reports.build(again.public_id, at=NOW + 41 * DAY) == EditionState.BUILT
    again.refresh_from_db()
    assert again.files == edition.files


def test_a_full_disk_in_the_middle_leaves_what_was_built_before(
    ground: None, monkeypatch: pytest.MonkeyPatch
):
    edition = built(equity())
    before = {name: reports.read(edition, name) for name in edition.files}
    report = edition.report
    reports.write(
        report, chapter="next", text="More.", language="en", actor=COMMAND_LINE, at=NOW + DAY
    )
    done: list[Any] = []

    def write(path: Any, content: bytes) -> None:
        if len(done) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(path)
        write_whole(path, content)

    monkeypatch.setattr(reports, "write_whole", write)
    equity()
    assert reports.build(edition.public_id) == EditionState.FAILED
    edition.refresh_from_db()
    assert [one["code"] for one in edition.faults] == ["report-not-written"]
    assert {name: reports.read(edition, name) for name in edition.files} == before
    monkeypatch.undo()
    again = built(equity())
    assert again.files != edition.files
    assert len([*reports.folder(again).iterdir()]) == len(again.files)


def test_a_day_to_come_is_refused(ground: None):
    with pytest.raises(InvalidData) as refused:
        equity(as_of=NOW.date() + 2 * DAY)
    assert [one.code for one in refused.value.faults] == ["in-future"]


def test_each_figure_cites_the_version_it_came_from_and_the_annex_lists_it(ground: None):
    edition = built(equity())
    told = edition.content["en"]
    (failure,) = [
        line
        for chapter in told["chapters"]
        if chapter["code"] == "failures"
        for block in chapter["blocks"]
        if block["type"] == "items"
        for line in block["lines"]
    ]
    assert failure["cites"][0]["url"].endswith("/en/cases/umea/versions/1/")
    archive = zipfile.ZipFile(io.BytesIO(reports.read(edition, "annex.zip") or b""))
    assert "umea" in archive.read("records.csv").decode()
    assert edition.reads.get(kind="case", record_id="umea").version == "1"


def test_the_evidence_map_names_what_nobody_has_measured(ground: None):
    solution = Solution.objects.get()
    SolutionClassification.objects.create(solution=solution, scheme="theme", code="water")
    told = built(equity()).content["en"]
    (chapter,) = [one for one in told["chapters"] if one["code"] == "map"]
    (cells,) = [row["cells"] for block in chapter["blocks"] for row in block.get("rows", [])]
    assert [one["text"] for one in cells] == ["2·"]
    lines = chapter["blocks"][-1]["lines"]
    assert [one["text"]["value"] for one in lines] == ["Water"]
    assert lines[0]["url"].endswith(f"/pilots/new?solution={solution.public_id}&outcome=water")
    assert lines[0]["cites"]


def test_a_correction_supersedes_places_and_an_earlier_day_still_reads_the_earlier_version(
    ground: None, django_assert_max_num_queries: Any, client: Client
):
    report = equity()
    edition = built(report)
    before = edition.files
    assert superseded([edition]) == {edition.pk: []}
    make_case(
        "Umeå", at=NOW + 2 * DAY, outcome="did-not-work", reasons=["too-costly"],
        effects=(effect(9.0),),
    )  # fmt: skip
    with django_assert_max_num_queries(4):
        (changed,) = superseded([edition])[edition.pk]
    assert (changed["record_id"], changed["version"], changed["now"]) == ("umea", "1", "2")
    n = len(places_of([changed]))
    assert n > 1
    client.force_login(person("Siv Secretary", "secretariat"))
    page = client.get(f"/en/reports/{report.public_id}/").content.decode()
    assert f"Out of date in {n} places" in page
    cited = [f'<a href="#{at}">{i}</a>' for i, at in enumerate(changed["places"], 1)]
    assert ", ".join(cited) in page
    # Built again as of the day before, it says what it said.
    assert built(report).files == before


def test_a_text_that_names_an_unapproved_record_is_refused_by_name(ground: None, client: Client):
    report = equity()
    draft = make_case("Arras", status="draft", public_id="arras")
    row = reports.write(
        report, chapter="introduction", language="en", actor=COMMAND_LINE, at=NOW + DAY,
        text=f"See [the trial in Arras]({settings.BASE_URL}/en/cases/arras/), and elsewhere "
        "[one of Bergen](https://cities.example/en/cases/bergen/).",
    )  # fmt: skip
    with pytest.raises(InvalidData) as refused:
        equity()
    (fault,) = refused.value.faults
    assert fault.code == "report-unapproved"
    assert fault.params["name"] == "the trial in Arras"
    siv = person("Siv Secretary", "secretariat", language="sv")
    edition = report.editions.get()
    report.editions.update(asked_by=siv)
    assert reports.build(edition.public_id) == EditionState.FAILED
    edition.refresh_from_db()
    assert edition.faults[0]["params"]["name"] == "the trial in Arras"
    client.force_login(siv)
    page = client.get(f"/sv/reports/{report.public_id}/write").content.decode()
    assert "Texten i ”Inledning” nämner" in page
    assert '/sv/cases/arras/" rel="nofollow">' in page
    # Whoever asked is told by mail; a case that she may read by then has its title.
    CaseStudy.objects.update(status="published")
    with TestCase.captureOnCommitCallbacks(execute=True):
        reports.build(edition.public_id)
    Worker(until_empty=True).run()
    letter = mail.outbox[-1]
    title = draft.texts.get(language="en").title
    assert "kunde inte skapas" in letter.subject
    address = f"{settings.BASE_URL}/sv/cases/arras/"
    assert f"{title} ({address})" in " ".join(letter.body.split())
    assert report.texts.get() == row
    assert draft.status == "draft"


def test_a_day_before_anything_was_approved_names_the_first_day(ground: None):
    with pytest.raises(InvalidData) as refused:
        equity(as_of=NOW.date() - DAY)
    assert [one.code for one in refused.value.faults] == ["report-nothing-approved"]
    assert refused.value.faults[0].params["day"] == NOW.date()


def test_what_cannot_be_reported_is_refused_with_what_to_do(ground: None):
    year: dict[str, Any] = {"kind": "network", "topic": ""}
    for given, where, code in (
        (year | {"year": 2025}, "year", "report-needs-year"),
        (year | {"year": 2026, "as_of": dt.date(2025, 12, 31)}, "as_of", "report-before-its-year"),
    ):
        with pytest.raises(InvalidData) as refused:
            equity(**given)
        assert [(one.where, one.code) for one in refused.value.faults] == [(where, code)]
    report = equity()
    by: dict[str, Any] = {"chapter": "next", "language": "en", "actor": COMMAND_LINE, "at": NOW}
    for words, code in (("x" * 20_001, "too-long"), ("<script>", "markup")):
        with pytest.raises(InvalidData) as refused:
            reports.write(report, text=words, **by)
        assert [one.code for one in refused.value.faults] == [code]
    CaseStudy.objects.update(status="withdrawn")
    with pytest.raises(InvalidData, match="there is nothing to report"):
        equity()


def test_a_topic_without_cases_says_so_and_names_none_above(ground: None):
    told = reports.compose(equity(topic="indicators"), 1, NOW.date() + DAY, NOW + DAY, "en")[0]
    assert [one["text"]["value"] for one in told["summary"]] == [
        "No cases on this topic had been approved by that date."
    ]
    chapters = {one["code"]: one["blocks"] for one in told["chapters"]}
    assert "failures" not in chapters
    assert "The cases above" not in str(chapters)


def test_texts_are_kept_never_overwritten_and_stand_in_the_edition(ground: None):
    report = equity()
    edition = built(report)
    by: dict[str, Any] = {"chapter": "introduction", "language": "sv", "actor": COMMAND_LINE}
    first = reports.write(report, text="Hej.\n\n- En sak", at=NOW + 2 * DAY, **by)
    with pytest.raises(InvalidData, match="Someone else has edited"):
        reports.write(report, text="Annat", at=NOW + 2 * DAY, before=first.pk + 1, **by)
    with pytest.raises(InvalidData, match="Texts have changed"):
        reports.publish(edition, actor=COMMAND_LINE, at=NOW + 2 * DAY)
    reports.write(report, text="Hej igen.", at=NOW + 3 * DAY, before=first.pk, **by)
    assert report.texts.count() == 2
    reports.build(edition.public_id, at=NOW + 4 * DAY)
    edition.refresh_from_db()
    assert edition.content["sv"]["opening"][0]["text"] == "Hej igen."
    assert edition.content["en"]["opening"][0]["lang"] == "sv"


@pytest.mark.parametrize("kind", ["topic", "city", "network"])
def test_what_editors_wrote_stands_also_in_chapters_that_a_program_left_empty(
    ground: None, kind: str
):
    City.objects.update(is_member=True)
    of: dict[str, Any] = {"topic": {}, "city": {"city": "lund"}, "network": {"year": NOW.year}}
    report = equity(kind=kind, **({} if kind == "topic" else {"topic": ""}), **of[kind])
    codes = list(chapters_of(report))
    for code in codes:
        reports.write(
            report, chapter=code, text=f"About {code}.", language="fr", actor=COMMAND_LINE, at=NOW
        )
    for told in built(report).content.values():
        own = [*told["opening"], *told["credits"]]
        own += [chapter["blocks"][0] for chapter in told["chapters"]]
        assert {one["text"] for one in own} == {f"About {code}." for code in codes}
        assert [one["code"] for one in told["chapters"]] == codes[1:-1]


def test_only_those_who_write_it_publish_and_the_next_build_is_a_new_edition(
    ground: None, client: Client
):
    own, stranger = person("Elin Berg"), person("Cia Citizen")
    client.force_login(own)
    join(own, team("lund"))
    City.objects.update(is_member=True)
    mine: dict[str, Any] = {"kind": "city", "topic": "", "city": "lund"}
    with pytest.raises(NotAllowed):
        equity(actor=acting(stranger), **mine)
    report = equity(actor=acting(own), **mine)
    edition = built(report)
    who: Actor = acting(own, NOW + DAY)
    lines = waiting_for(who, at=NOW + DAY, language="en")
    assert [line.item.kind for line in lines] == ["report-publish"]
    with pytest.raises(NotAllowed):
        reports.publish(edition, actor=acting(stranger), at=NOW + DAY)
    reports.publish(edition, actor=who, at=NOW + DAY)
    assert waiting_for(who, at=NOW + DAY, language="en") == ()
    # A second press of the button finds it published.
    assert client.post(f"/en/reports/{report.public_id}/publish").status_code == 302
    reports.write(report, chapter="next", text="More.", language="en", actor=who, at=NOW + 2 * DAY)
    page = client.get(f"/en/reports/{report.public_id}/write").text
    assert "Your texts have changed since the report was published" in page
    assert reports.build(edition.public_id) == EditionState.PUBLISHED
    again = equity(actor=acting(own), **mine)
    assert [one.number for one in again.editions.order_by("number")] == [1, 2]


REPLACES = {
    "en": "This edition replaces edition 1 (data as of 24 November 2026).",
    "fr": "Cette édition remplace l’édition 1 (données au 24 novembre 2026).",
    "sv": "Den här utgåvan ersätter utgåva 1 (läget den 24 november 2026).",
}


def test_an_edition_that_replaces_another_says_so_in_page_and_pdf(ground: None, client: Client):
    report = make_report("lund", team("lund"), NOW)
    second = built(report)
    before = second.files
    assert built(report).files == before
    for language, told in REPLACES.items():
        pdf = PdfReader(io.BytesIO(reports.read(second, f"report-{language}.pdf") or b""))
        assert told in pdf.pages[0].extract_text().replace("\u00a0", " ").replace("\n", " ")
    page = f"/en/reports/{report.public_id}/editions/"
    assert "has been replaced" not in client.get(f"{page}1/").text
    reports.publish(second, actor=COMMAND_LINE, at=NOW + DAY)
    assert "has been replaced" in client.get(f"{page}1/").text
    newest = client.get(f"{page}2/").text
    assert f'{page}1/">{REPLACES["en"]}</a>' in newest
    assert "replaced by edition 2" in newest and "has been replaced" not in newest


def languages(node: Any) -> set[str]:
    """The languages that tags of a PDF name."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return {one for child in node for one in languages(child)}
    return {node.get("/Lang")} | languages(node.get("/K")) if isinstance(node, dict) else set()


def test_open_needs_are_cited_and_marked_with_their_language(ground: None):
    own = person("Elin Berg")
    join(own, team("lund"))
    need = make_need(team("lund"), acting(own), title="Cyklar på vintern", language="sv")
    edition = built(equity(kind="network", topic="", year=NOW.year))
    content = edition.content["en"]
    (record,) = [one for one in content["records"] if one["code"] == "need"]
    assert record["title"] == {"value": need.title, "lang": "sv"}
    (line,) = [
        one
        for one in content["chapters"][-1]["blocks"][-1]["lines"]
        if one["label"]["value"] == "City needs"
    ]
    assert [one["n"] for one in line["cites"]] == [record["n"]]
    # Screen readers are told the language in the PDF, too.
    pdf = PdfReader(io.BytesIO(reports.read(edition, "report-en.pdf") or b""))
    assert "sv" in languages(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])
    Need.objects.update(changed_at=NOW + 2 * DAY)
    assert [one["kind"] for one in superseded([edition])[edition.pk]] == ["need"]


def test_what_came_with_the_platform_is_not_new_in_the_report_of_its_year(ground: None):
    year = equity(kind="network", topic="", year=NOW.year)
    CaseStudy.objects.filter(place_name="Lund").update(origin="starter")
    told = built(year).content["en"]
    assert told["figures"][0] == {"label": "New cases", "value": "1"}
    said = [one["text"]["value"] for one in told["summary"]]
    assert said[0].startswith("Cities published 1 new case in 2026: 1 did not work")
    assert said[1].startswith("1 case came with the platform")
    # What did not happen is said once, in the summary, and makes no empty chapter.
    assert "No verdicts on solutions changed." in said
    assert {one["code"] for one in told["chapters"]}.isdisjoint({"verdicts", "exchange"})


@pytest.mark.django_db(transaction=True)
def test_the_worker_builds_it_and_writes_to_who_asked():
    lay_ground()
    make_case("Lund", texts=(text(), text("sv", title="Avgift", status="translated")))
    asked = person("Siv Secretary", "secretariat")
    report = equity(actor=acting(asked), kind="network", topic="", year=NOW.year)
    Worker(until_empty=True).run()
    edition = report.editions.get()
    assert (edition.state, edition.progress) == (EditionState.BUILT, 100)
    (letter,) = mail.outbox
    assert "The network in 2026" in letter.subject
    assert report.public_id in letter.body
    with translation.override("sv"):
        assert edition.content["sv"]["title"] == "Nätverket 2026"
