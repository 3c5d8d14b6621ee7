"""What tests of briefs share."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import pytest
from django.utils import translation
from pypdf import PdfReader

from alliance.reports.selectors.cases import case_brief
from alliance.reports.selectors.content import Brief
from alliance.reports.selectors.editions import edition_of, record_for
from alliance.reports.selectors.solutions import solution_brief
from alliance.reports.services import briefs


@pytest.fixture(autouse=True)
def empty_folder() -> None:
    """No brief of an earlier test is there."""
    shutil.rmtree(briefs.folder(), ignore_errors=True)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are in English, whatever a test before this one left active."""
    with translation.override("en"):
        yield


def brief_of(kind: str, public_id: str, language: str = "en") -> Brief:
    """The words of a brief, before it is set."""
    with translation.override(language):
        record = record_for(None, kind, public_id)
        edition = edition_of(None, kind, record, language)
        return (case_brief if kind == "case" else solution_brief)(None, record, edition)


def printed(content: bytes) -> str:
    """All text of the first page of a PDF, in one line, without marks where words may break."""
    reader = PdfReader(io.BytesIO(content))
    text = reader.pages[0].extract_text()
    return " ".join(text.replace("\u00ad", "").replace("\u2060", "").split())
