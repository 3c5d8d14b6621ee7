"""What a release says of itself agrees everywhere."""

from __future__ import annotations

import re
import subprocess

import pytest

from alliance import __version__
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("publiccode.yml", r"^softwareVersion: (.+)$"),
        ("CITATION.cff", r"^version: (.+)$"),
        ("CHANGELOG.md", r"^## (\S+)"),
        ("src/alliance/locale/fr/LC_MESSAGES/django.po", r"Alliance platform ([\d.]+)"),
        ("src/alliance/locale/sv/LC_MESSAGES/django.po", r"Alliance platform ([\d.]+)"),
    ],
)
def test_versions_agree(name: str, line: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(line, text, re.M)[0] == __version__


def test_dates_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (date,) = re.findall(r"^date-released: (.+)$", citation, re.M)
    assert f"## {__version__} – {date}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_release_needs_the_address_of_the_project() -> None:
    script = [str(ROOT / "script" / "release")]
    environment = {"PATH": "/usr/bin:/bin", "PROJECT_URL": "file:///srv/project"}
    result = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "PROJECT_URL=https://" in result.stderr
