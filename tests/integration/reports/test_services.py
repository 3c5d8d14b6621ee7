"""Files of briefs: whole or not there, one for each record and language, cleared when stale."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.reports.services import briefs
from alliance.reports.tasks import PERIODIC, make_brief, remove_stale_briefs
from tests.factories.knowledge import lay_ground, make_case, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case()


def names() -> list[str]:
    return sorted(path.name for path in briefs.folder().iterdir())


def test_the_same_version_twice_gives_the_same_bytes():
    first, second = (briefs.compose(None, "case", "lund", "sv") for _ in range(2))
    assert first == second


def test_a_brief_is_made_once(monkeypatch: pytest.MonkeyPatch):
    edition = briefs.make("case", "lund", "en")
    content = briefs.read(edition)
    assert content is not None and content.startswith(b"%PDF-")
    monkeypatch.setattr(briefs, "typeset", lambda brief: pytest.fail("set a second time"))
    assert briefs.make("case", "lund", "en") == edition


def test_a_new_edition_takes_the_place_of_the_old_one_in_its_language_only():
    briefs.make("case", "lund", "en")
    swedish = briefs.make("case", "lund", "sv")
    make_case(texts=(text(summary="Drivers pay by the day."),))
    edition = briefs.make("case", "lund", "en")
    assert names() == sorted(briefs.path_of(one).name for one in (edition, swedish))


def test_a_failure_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    def broken(*_paths: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(briefs.os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        briefs.make("case", "lund", "en")
    assert names() == []


def test_what_was_not_made_is_not_read():
    edition, _content = briefs.compose(None, "case", "lund", "en")
    assert briefs.read(edition) is None


def test_stale_files_are_removed_and_present_ones_stay():
    briefs.make("solution", "road-pricing", "en")
    stale = briefs.path_of(briefs.make("case", "lund", "en"))
    present = briefs.path_of(briefs.make("case", "lund", "sv"))
    make_case(texts=(text(summary="Drivers pay by the day."),))
    present = briefs.path_of(briefs.make("case", "lund", "sv"))
    stranger = briefs.folder() / "notes.pdf"
    stranger.write_bytes(b"")
    assert stale.exists()
    assert briefs.remove_stale(at=clock.now()) == 3
    assert names() == [present.name]


def test_the_brief_of_a_withdrawn_case_is_removed():
    briefs.make("case", "lund", "en")
    CaseStudy.objects.update(status=CaseStatus.WITHDRAWN)
    assert briefs.remove_stale(at=clock.now()) == 1
    with pytest.raises(NotFound):
        briefs.make("case", "lund", "en")


def test_what_nobody_reads_goes_and_reading_keeps_it():
    read, unread = briefs.make("case", "lund", "en"), briefs.make("case", "lund", "sv")
    old = (clock.now() - briefs.UNREAD_RETENTION - dt.timedelta(hours=1)).timestamp()
    for edition in (read, unread):
        os.utime(briefs.path_of(edition), (old, old))
    assert briefs.read(read) is not None
    assert remove_stale_briefs.call() == 1
    assert names() == [briefs.path_of(read).name]


def test_half_written_files_go_after_an_hour():
    briefs.folder().mkdir()
    fresh, old = (briefs.folder() / name for name in (".a.part", ".b.part"))
    for path in (fresh, old):
        path.write_bytes(b"%PDF-")
    two_hours_ago = (clock.now() - dt.timedelta(hours=2)).timestamp()
    os.utime(old, (two_hours_ago, two_hours_ago))
    assert briefs.remove_stale(at=clock.now()) == 1
    assert names() == [".a.part"]


def test_nothing_to_clear_is_no_fault():
    assert briefs.remove_stale(at=clock.now()) == 0


def test_the_job_makes_the_present_edition_whatever_was_asked_for():
    made = make_brief.call(kind="case", public_id="lund", language="fr", digest="0" * 64)
    assert names() == [f"case.lund.fr.{made}.pdf"]


def test_the_job_of_a_record_that_is_gone_ends_without_a_file():
    assert make_brief.call(kind="case", public_id="gone", language="fr", digest="0" * 64) == ""
    assert not briefs.folder().exists()


def test_stale_briefs_are_cleared_once_a_day():
    assert [(one.task, one.every) for one in PERIODIC] == [
        (remove_stale_briefs, dt.timedelta(days=1))
    ]
