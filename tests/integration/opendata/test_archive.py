"""The network as a folder: what is in it, what is not, and that it can be checked."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import re
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from alliance.cases.models import CaseStudy, CaseText, Solution, StoredCopy
from alliance.cases.records import COST_COLUMNS, SolutionRecord, SolutionTextRecord
from alliance.config.archive_command import archive
from alliance.core import audit, clock
from alliance.core.errors import InvalidData
from alliance.core.files.leftovers import work_folder
from alliance.opendata.archive import build as building
from alliance.opendata.archive import pages
from alliance.opendata.archive.build import FACTS, SUMS, Built, build
from alliance.opendata.archive.signing import SIGNATURE
from alliance.opendata.archive.verify import faults_of, signer
from alliance.search import offline
from alliance.search.services import rebuild
from alliance.writing.services import save_solution
from alliance.writing.solution_imports import importable_solutions
from tests.factories.dialogues import make_statements
from tests.factories.indicators import make_definition, record
from tests.factories.knowledge import a_source, lay_ground, make_case
from tests.factories.masked import (
    LATEST,
    MASKED,
    PLACE,
    SOURCES,
    counted,
    folded,
    lay_masked_ground,
)
from tests.factories.participation import make_process
from tests.factories.people import NOW, team
from tests.factories.processes import PATIENCE
from tests.factories.reports import make_report
from tests.factories.reviews import published
from tests.integration.rights.table import IN, read

pytestmark = pytest.mark.django_db
CABLE_CARS = SolutionRecord(
    "cable-cars",
    "approach",
    (
        SolutionTextRecord("en", "Cable cars", "Over the roofs.", prerequisites=("A hill",)),
        SolutionTextRecord("fr", "Téléphériques", status="translated"),
        SolutionTextRecord("sv", "Linbanor", status="translated"),
    ),
    costs=(
        COST_COLUMNS
        | {
            "kind": "investment", "low": 2.5, "currency": "EUR", "price_year": 2024, "per": "km",
            "source_title": "A report", "source_url": "https://example.org/r", "read": "full-text",
        },
    ),
)  # fmt: skip


@pytest.fixture
def small(monkeypatch) -> None:
    """Archives of few pages, where it is not the pages that matter."""
    monkeypatch.setattr(pages, "ARCHIVED_ROUTES", frozenset({"search:home", "web:about"}))


def built(folder: Path) -> Built:
    return build(folder, offline.addresses(), offline.script_files)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_only_what_visitors_may_read_is_asked_for():
    table = read("pages")
    for route in pages.ARCHIVED_ROUTES - pages.COPIES:
        assert table.right(route, "GET", "visitor", is_api=False) == {IN}, route


def test_the_route_of_an_address_is_the_one_that_the_site_takes():
    addresses = {
        "/en/cases/lund/": "knowledge:case",
        "/sv/cases/new/": "knowledge:case",
        "/sv/write/x/files/": "knowledge:draft-files",
        "/fr/cases/lund/versions/2/": "knowledge:case-version",
        "/fr/cases/lund/versions/x/": "",
        "/en/reports/x/editions/1/report.pdf": "reports:pdf",
        "/en/cities/": "knowledge:city-list",
        "/en/cities": "",
        "/xx/cities/": "",
        "/en/": "search:home",
        "/en/cases/lund/\n": "",
    }
    assert {one: pages.route_of(one) for one in addresses} == addresses


@pytest.mark.parametrize(
    ("online", "kept"),
    [
        ('<a class="button" href="/en/compare">Compare</a> <b>Lund</b>', "<b>Lund</b>"),
        ('as <a href="/en/compare">other cities</a> do', "as <a>other cities</a> do"),
        ('<h3><a href="/en/people/x/">Rut</a></h3>', "<h3><a>Rut</a></h3>"),
        (
            '<footer><ul><li><a href="/en/api/">API</a></li>\n'
            '<li><a href="/en/about/">About</a></li></ul>',
            '<footer><ul><li><a href="../../en/about.html">About</a></li></ul>',
        ),
        (
            '<section class="panel"><h2 id="take">Files</h2>\n<ul>\n'
            '<li><a href="/en/x.csv">CSV</a></li>\n<li><a href="/en/y">XLSX</a>\n</li></ul>'
            "</section>.",
            ".",
        ),
        ('1<br><a class="note no-print" href="/en/x">Challenge</a> 2', "12"),
        (
            '<a href="/en/cities/lund/indicators/?as_of=2026-11-24">1</a>',
            '<a href="../../en/cities/lund/indicators.html">1</a>',
        ),
        (
            '<script src="/static/charts.js" data-vega="/static/vega.0123456789ab.js"></script>',
            '<script src="../../static/charts.js" data-vega="../../static/vega.js"></script>',
        ),
        ('<p class="actions no-print"><a class="button" href="/en/x">Vote</a>\n</p>.', "."),
        ('<ul id="hits"></ul>', '<ul id="hits"></ul>'),
        ('<p class="note"><a href="/en/x.csv">CSV</a> ·\n<a href="/en/y">JSON</a></p>.', "."),
        (
            '<p><a href="/en/x.csv">CSV</a> · <a href="/en/about/">About</a>\n'
            '· <a href="/x">X</a></p>',
            '<p><a href="../../en/about.html">About</a></p>',
        ),
        (
            '<li><a class="chip" href="?x=y" aria-current="page">Open</a></li>\n'
            '<li><a class="chip" href="?x=z">Closed</a></li>.',
            '<li><a class="chip" aria-current="page">Open</a></li>\n.',
        ),
    ],
)
def test_words_of_a_dead_link_stay_within_a_sentence_and_go_with_what_holds_nothing_else(
    online, kept
):
    assert pages.rewrite(online, "/en/cases/lund/").text == kept


def test_lists_by_state_have_a_page_for_each():
    made = pages.rewrite('<a href="?show=results">With results</a>', "/sv/pilots/")
    assert made.links == {"/sv/pilots/?show=results"}
    assert made.text == '<a href="../sv/pilots.results.html">With results</a>'
    assert not pages.belongs_in_archive("/sv/pilots/?show=results&city=lund")


def test_an_archive_made_later_of_the_same_records_is_the_same_and_asks_nobody_to_act(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(pages, "ARCHIVED_ROUTES", frozenset({"participation:take-part"}))
    lay_ground()
    dialogue = make_process(team("lund"))
    make_statements(dialogue, [f"Statement {n}" for n in range(40)])
    record(dialogue.city, make_definition(), {"2024": 40.0})
    audit.record("process", dialogue, "open", actor=audit.WORKER, at=NOW)
    rebuild(at=LATEST)
    now = clock.now()
    first = built(tmp_path / "one")
    # Which statement a resident is asked first is drawn by lot; who reads an archive is not asked.
    later = min(now + dt.timedelta(hours=1), now.replace(hour=23, minute=59))
    monkeypatch.setattr(clock, "now", lambda: later)
    assert built(tmp_path / "two") == first
    made = contents(tmp_path / "one")
    assert contents(tmp_path / "two") == made
    assert "2026-11-24T" in made["data/figures.csv"].decode()
    page = made[f"en/take-part/{dialogue.public_id}.html"].decode()
    assert "The street by the school" in page
    for words in ("Your turn", "Agree or disagree", "Statement 1 of", "Come back with"):
        assert words not in page


@pytest.mark.all
def test_a_whole_network_in_a_folder(tmp_path, client):
    """One archive, looked at in all ways: the pages of one take seconds."""
    by = lay_masked_ground()
    case = published(by, **MASKED)
    report = make_report("lund", team("lund"), LATEST).public_id
    rebuild(at=LATEST)
    first = built(tmp_path / "one")
    assert first.faults == ()
    found = contents(tmp_path / "one")
    told = f"en/cases/{case.public_id}.html"
    assert {"index.html", "en/cases/lund.html", "sv/find.html", "fr/index.html"} <= found.keys()
    assert told in found
    editions = f"en/reports/{report}/editions"
    assert {f"en/reports/{report}.html", f"{editions}/1/report.pdf"} <= found.keys()
    assert not [name for name in found if name.startswith(f"{editions}/2")]
    cited = found["sv/cite/solution/road-pricing.html"].decode()
    # Files for reference managers need a server; the line to copy does not.
    assert "/sv/solutions/road-pricing/" in cited and "BibTeX" not in cited
    assert {"data/cases.csv", "data/cases.json", "data/datapackage.json"} <= found.keys()
    assert found["data/cases.json"] == client.get("/api/v1/export/cases.json").getvalue()
    _links_lead_to_files(found)
    _nothing_tells_the_hidden_city(found, case.public_id)
    # Other pages come first, in processes that order sets otherwise.
    assert build(tmp_path / "two", reversed([*offline.addresses()]), offline.script_files) == first
    assert contents(tmp_path / "two") == found


def _links_lead_to_files(found: dict[str, bytes]) -> None:
    for name, content in found.items():
        if not name.endswith(".html"):
            continue
        source = content.decode()
        assert "csrfmiddlewaretoken" not in source
        for link in re.findall(r'(?:href|src|srcset|action)="([^"]*)"', source):
            if re.match(r"https?:|mailto:|#|data:", link):
                continue
            assert not link.startswith("/"), (name, link)
            path = os.path.normpath(os.path.join(os.path.dirname(name), re.split("[?#]", link)[0]))
            assert path in found, (name, link)


def _nothing_tells_the_hidden_city(found: dict[str, bytes], case: str) -> None:
    of_many = re.compile(r"SHA256SUMS|search/records-")
    told = {name: folded(content.decode(errors="replace")) for name, content in found.items()}
    with_it = [name for name, text in told.items() if case in text and not of_many.search(name)]
    assert {f"en/cases/{case}.html", "data/cases.csv", "data/effects.csv"} <= set(with_it)
    for name in with_it:
        assert not counted(told[name], (*PLACE, *SOURCES)), name
    assert not [name for name, text in told.items() if counted(text, SOURCES)]
    listed = json.loads(told["search/records-en.js"].removeprefix("archiverecords(")[:-3])
    number = [record[1] for record in listed["records"]].index(f"en/cases/{case}.html")
    assert not counted(json.dumps(listed["records"][number]), PLACE)
    words = json.loads("[" + told["search/words-um.js"].removeprefix("archivewords(")[:-3] + "]")
    places = [int(entry[:-1], 36) for entry in words[1]["umea"].split()]
    assert number not in accumulate(places)


def test_a_file_that_is_missing_changed_or_foreign_is_named(small, tmp_path):
    folder = tmp_path / "one"
    built(folder)
    assert list(faults_of(folder)) == []
    (folder / "en/index.html").write_text("something else")
    (folder / "data/cases.csv").unlink()
    (folder / "en/more.html").write_text("more")
    # What never comes to an end is not opened.
    (folder / "archive.css").unlink()
    (folder / "archive.css").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    result = CliRunner().invoke(archive, ["verify", str(folder)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "archive.css: This file has changed since the archive was created.",
        "data/cases.csv: This file is missing.",
        "en/index.html: This file has changed since the archive was created.",
        "en/more.html: This file is not part of the archive.",
        "pipe: This file is not part of the archive.",
        "Error: This is not the archive that was made. Copy it again.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "SHA256SUMS",
            b"\xff\xfe\0",
            "SHA256SUMS:1: This line is not a checksum followed by a file name.",
        ),
        ("SHA256SUMS", b"", "The list of checksums was changed after it was signed."),
        ("SHA256SUMS.sig", b"\xff", "SHA256SUMS.sig: This is not a signature."),
        ("archive.json", b'{"format": "alliance-archive-9"}', "Update this installation."),
        ("archive.json", b"[]", "archive.json: This file has changed"),
    ],
)
def test_a_damaged_list_signature_or_head_is_told_in_a_line(small, tmp_path, name, content, said):
    folder = tmp_path / "one"
    built(folder)
    key = signer(folder)
    in_fours = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    assert signer(folder, in_fours.upper()) == key
    (folder / name).write_bytes(content)
    result = CliRunner().invoke(archive, ["verify", str(folder)])
    assert result.exit_code == 1
    assert said in f"{result.output}{result.exception}"


def test_a_folder_with_other_things_is_not_replaced(small, tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(InvalidData, match="This folder is not an archive"):
        built(tmp_path)
    assert (tmp_path / "letters.txt").read_text() == "mine"
    with pytest.raises(InvalidData, match="This folder is not an archive"):
        list(faults_of(tmp_path))


def test_where_the_disk_is_full_the_earlier_archive_stays(small, tmp_path, monkeypatch):
    folder = tmp_path / "one"
    built(folder)
    before = contents(folder)
    write = building._write

    def full(place: Path, name: str, chunks: object) -> str:
        if name == "data/cases.csv":
            raise OSError(28, "No space left on device")
        return write(place, name, chunks)

    monkeypatch.setattr(building, "_write", full)
    with pytest.raises(InvalidData, match="No space left on device"):
        built(folder)
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_copies_of_sources_are_kept_where_their_licence_lets_everybody_read_them(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(pages, "ARCHIVED_ROUTES", pages.COPIES | {"knowledge:case"})
    lay_ground()
    for place, licence in (("Lund", "CC-BY-4.0"), ("Umeå", "")):
        url = f"https://example.org/{place}"
        make_case(place, sources=(a_source("Report", url, kind="research-report"),))
        StoredCopy.objects.create(
            url=url, due_at=NOW, fetched_at=NOW, digest="0" * 64, warc="0" * 64,
            text="Less traffic.", licence=licence,
        )  # fmt: skip
    rebuild(at=LATEST)
    assert built(tmp_path / "one").faults == ()
    kept = [name for name in contents(tmp_path / "one") if "/sources/" in name]
    assert sorted(kept) == [f"{code}/cases/lund/sources/0.html" for code in ("en", "fr", "sv")]


@pytest.mark.django_db(transaction=True)
def test_several_processes_write_what_one_writes(small, tmp_path, monkeypatch):
    monkeypatch.setattr(
        pages, "ARCHIVED_ROUTES", pages.ARCHIVED_ROUTES | {"knowledge:case", "knowledge:cite"}
    )
    monkeypatch.setattr(building, "BATCH", 4)
    lay_ground()
    make_case("Lund")
    make_case("Umeå")
    rebuild(at=LATEST)
    one = built(tmp_path / "one")
    assert build(tmp_path / "two", offline.addresses(), offline.script_files, processes=2) == one
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert one.faults == ()


@pytest.mark.django_db(transaction=True)
def test_a_build_ends_where_one_of_its_processes_is_killed(small, tmp_path, monkeypatch):
    monkeypatch.setattr(building._Process, "do", lambda _process, _job: os._exit(9))
    with pytest.raises(InvalidData, match="terminated abruptly"):
        build(tmp_path / "one", offline.addresses(), offline.script_files, processes=2)
    assert list(tmp_path.iterdir()) == []


def test_a_process_ends_with_the_build_that_was_killed(tmp_path):
    """One that went on would keep its memory, and what was half built, for ever."""
    fork = multiprocessing.get_context("fork")
    told, tell = fork.Pipe(duplex=False)

    def page_maker() -> None:
        building._begin(tmp_path, lambda: None, ExitStack())
        tell.send(os.getpid())
        time.sleep(2 * PATIENCE)

    def killed_build() -> None:
        fork.Process(target=page_maker).start()
        time.sleep(2 * PATIENCE)

    build_process = fork.Process(target=killed_build)
    build_process.start()
    maker = os.pidfd_open(told.recv())
    build_process.kill()
    assert select.select([maker], [], [], PATIENCE)[0]
    build_process.join()
    os.close(maker)


@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_in_none_of_the_files(small, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ARCHIVED_ROUTES", pages.ARCHIVED_ROUTES | {"knowledge:case"})
    lay_ground()
    make_case("Lund")
    rebuild(at=LATEST)
    other = connection.copy()

    def seeds() -> Iterator[str]:
        yield from offline.addresses()
        with other.cursor() as cursor:
            cursor.execute("UPDATE cases_casetext SET title = 'Otherwise'")

    build(tmp_path / "one", seeds(), offline.script_files, processes=2)
    other.close()
    assert set(CaseText.objects.values_list("title", flat=True)) == {"Otherwise"}
    found = contents(tmp_path / "one")
    assert not [name for name, content in found.items() if b"Otherwise" in content]
    assert "en/cases/lund.html" in found and not [name for name in found if "sqlite" in name]


def test_a_build_that_is_ended_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    def ended() -> Iterator[str]:
        signal.raise_signal(signal.SIGTERM)
        yield ""

    monkeypatch.setattr(offline, "addresses", ended)
    monkeypatch.setenv("ALLIANCE_PAGE_CACHE_MB", "0")
    before = signal.getsignal(signal.SIGTERM)
    try:
        result = CliRunner().invoke(archive, ["build", str(tmp_path / "one"), "--processes", "1"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == 1
    assert result.output == "Error: The build was ended. What was there before stays.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("status", "code"), [(500, 1), (404, 0)])
def test_a_page_that_could_not_be_made_gives_exit_code_1(tmp_path, monkeypatch, status, code):
    found = Built(1, 1, "sum", (("/en/cases/lund/", status),))
    monkeypatch.setattr(building, "build", lambda *_given, **_more: found)
    monkeypatch.setenv("ALLIANCE_PAGE_CACHE_MB", "0")
    before = signal.getsignal(signal.SIGTERM)
    try:
        result = CliRunner().invoke(archive, ["build", str(tmp_path / "one"), "--processes", "1"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == code
    assert f"/en/cases/lund/ was answered with {status}" in result.output


def test_what_a_killed_build_left_is_cleared_away_by_the_next(small, tmp_path):
    target = tmp_path / "one"
    built(target)
    # Killed when the earlier archive was out of its place.
    target.rename(tmp_path / ".one.abcd1234.old")
    (tmp_path / ".one.abcd1234").mkdir()
    (tmp_path / ".one.abcd1234/half.html").write_text("half")
    (tmp_path / ".one.backup").mkdir()
    building._clear_away(target)
    assert {path.name for path in tmp_path.iterdir()} == {"one", ".one.backup"}
    with work_folder(tmp_path, ".one.") as work:
        building._clear_away(target)
        assert work.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"one", ".one.backup"}


def test_it_tells_of_itself_what_it_is(small, tmp_path):
    made = built(tmp_path / "one")
    facts = json.loads((tmp_path / "one" / FACTS).read_text())
    assert facts["format"] == "alliance-archive-1"
    assert facts["pages"] == made.pages
    assert (tmp_path / "one" / SUMS).read_text().count("\n") == made.files - 2


def test_its_cases_are_taken_over_once_every_file_is_as_it_was_signed(small, tmp_path):
    lay_ground()
    make_case("Lund")
    folder = tmp_path / "one"
    built(folder)
    key = json.loads((folder / FACTS).read_text())["key"]
    CaseStudy.objects.all().delete()

    def taken(key: str) -> str:
        result = CliRunner().invoke(archive, ["import", str(folder), "--key", key])
        return result.output or str(result.exception)

    assert "Signed with a different key:" in taken("0" * 64)
    table = folder / "data/cases.json"
    whole = table.read_bytes()
    table.write_bytes(whole.replace(b"Pricing", b"Raising"))
    assert "data/cases.json: This file has changed" in taken(key)
    assert not CaseStudy.objects.exists()
    table.write_bytes(whole)
    assert taken(key).startswith("1 new, 0 changed")
    assert taken(key).startswith("0 new, 0 changed, 1 the same")
    # Somebody here has changed it since, or withdrawn it.
    CaseText.objects.update(title="Ours")
    CaseStudy.objects.update(edited_at=NOW)
    assert "0 changed, 0 the same, 1 kept as they are here\nlund differs" in taken(key)
    CaseStudy.objects.update(status="withdrawn")
    assert "1 kept as they are here" in taken(key) and CaseText.objects.get().title == "Ours"


def test_its_cases_keep_their_licence_and_bring_the_solutions_that_are_missing(
    small, tmp_path, client, settings
):
    lay_ground()
    save_solution(CABLE_CARS, actor=audit.COMMAND_LINE, at=NOW)
    make_case("Lund")
    make_case("Umeå", solution="cable-cars")
    CaseStudy.objects.filter(public_id="lund").update(licence="CC0-1.0")
    Solution.objects.filter(public_id="cable-cars").update(licence="CC0-1.0")
    settings.NETWORK_NAME = "Nordic cities"
    told = importable_solutions(["cable-cars"], NOW.date())
    folder = tmp_path / "one"
    built(folder)
    settings.NETWORK_NAME = "Our network"

    def taken(*more: str) -> str:
        result = CliRunner().invoke(
            archive, ["import", str(folder), "--key", signer(folder), *more]
        )
        return result.output or str(result.exception)

    def licences() -> dict[str, str]:
        return dict(CaseStudy.objects.values_list("public_id", "licence"))

    CaseStudy.objects.all().delete()
    Solution.objects.filter(public_id="cable-cars").delete()
    assert "2 new" in (checked := taken("--check"))
    assert "New solutions: cable-cars" in checked
    assert not licences() and Solution.objects.get().public_id == "road-pricing"
    assert "New solutions: cable-cars" in taken()
    assert licences() == {"lund": "CC0-1.0", "umea": "CC-BY-4.0"}
    assert importable_solutions(["cable-cars"], NOW.date()) == told
    solution = Solution.objects.get(public_id="cable-cars")
    assert (solution.from_network, solution.licence) == ("Nordic cities", "CC0-1.0")
    page = client.get("/en/solutions/cable-cars/").content.decode()
    assert "First published by Nordic cities. It is now corrected here." in page
    # A case that lost its licence gets it back; what is the same stays.
    CaseStudy.objects.update(licence="CC-BY-4.0")
    assert taken() == "0 new, 1 changed, 1 the same\n"
    assert licences()["lund"] == "CC0-1.0" and "2 the same" in taken()


def test_what_does_not_permit_it_or_comes_from_a_third_network_is_refused(small, tmp_path):
    lay_ground()
    save_solution(CABLE_CARS, actor=audit.COMMAND_LINE, at=NOW)
    make_case("Lund", solution="cable-cars")

    def refused(**solution: str) -> str:
        Solution.objects.filter(public_id="cable-cars").update(**solution)
        built(tmp_path / "one")
        key = signer(tmp_path / "one")
        with transaction.atomic():
            CaseStudy.objects.all().delete()
            Solution.objects.filter(public_id="cable-cars").delete()
            result = CliRunner().invoke(archive, ["import", str(tmp_path / "one"), "--key", key])
            assert not CaseStudy.objects.exists() and Solution.objects.count() == 1
            transaction.set_rollback(True)
        return str(result.exception)

    no = "The licence CC-BY-NC-4.0 does not allow us to publish it here"
    assert f"cable-cars: {no}" in refused(licence="CC-BY-NC-4.0")
    assert "lund: case.solution" in refused(licence="CC-BY-4.0", origin="network")
    CaseStudy.objects.update(licence="CC-BY-NC-4.0")
    assert f"lund: {no}" in refused()


def test_an_archive_of_a_newer_version_is_refused(small, tmp_path, monkeypatch):
    folder = tmp_path / "one"
    monkeypatch.setattr(building, "FORMAT", "alliance-archive-9")
    built(folder)
    with pytest.raises(InvalidData, match="format alliance-archive-9"):
        list(faults_of(folder))
    result = CliRunner().invoke(archive, ["import", str(folder), "--key", signer(folder)])
    assert "alliance-archive-9" in str(result.exception)


def test_an_archive_that_was_changed_or_comes_from_a_stranger_is_refused(small, tmp_path):
    folder = tmp_path / "one"
    built(folder)
    key = json.loads((folder / FACTS).read_text())["key"]
    assert signer(folder) == signer(folder, key.upper()) == key
    with pytest.raises(InvalidData, match=f"Signed with a different key: {key}"):
        signer(folder, "0" * 64)
    sums = (folder / SUMS).read_text()
    (folder / SUMS).write_text(sums.replace("0", "1"))
    with pytest.raises(InvalidData, match="changed after it was signed"):
        signer(folder)
    (folder / SUMS).write_text(sums[: len(sums) // 2])
    with pytest.raises(InvalidData, match="changed after"):
        signer(folder)
    (folder / SIGNATURE).write_text("ed25519 half")
    with pytest.raises(InvalidData, match="This is not a signature"):
        signer(folder)
    (folder / SIGNATURE).unlink()
    with pytest.raises(InvalidData, match="missing"):
        signer(folder)
