"""`alliance brief`: a brief without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.core.errors import NotFound
from alliance.reports.commands import brief
from tests.factories.knowledge import lay_ground, make_case
from tests.integration.reports.conftest import printed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case()


def test_it_writes_the_file_it_is_told_to(tmp_path: Path):
    file = tmp_path / "brief.pdf"
    result = CliRunner().invoke(brief, ["case", "lund", "--lang", "sv", "--output", str(file)])
    assert result.exit_code == 0
    assert str(file) in result.output
    assert "Vägavgifter" in printed(file.read_bytes())


def test_the_file_is_named_by_record_and_language(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(brief, ["solution", "road-pricing"]).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["road-pricing-en.pdf"]


def test_it_can_write_to_standard_output():
    result = CliRunner().invoke(brief, ["case", "lund", "--output", "-"])
    assert result.stdout_bytes.startswith(b"%PDF-")


def test_an_unknown_record_is_told():
    result = CliRunner().invoke(brief, ["case", "nowhere"])
    assert isinstance(result.exception, NotFound)


def test_an_unknown_language_is_refused():
    result = CliRunner().invoke(brief, ["case", "lund", "--lang", "de"])
    assert result.exit_code == 2
    assert "--lang" in result.output
