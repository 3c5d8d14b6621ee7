"""The logo of the network: a picture that is safe to show, beside its name on every page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from alliance.config import assets
from alliance.config.setting_values import logo


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("logo.svg", b"<svg><script>alert(1)</script></svg>", "without scripts"),
        ("logo.png", b"<svg></svg>", "must be a picture"),
        ("logo.gif", b"GIF89a", "must be a picture"),
        ("logo.png", b"\x89PNG" + bytes(200_000), "200 kB"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=why):
        logo(str(path))
    with pytest.raises(ValueError, match="cannot be read"):
        logo(str(tmp_path / "none.svg"))


@pytest.mark.django_db
def test_it_stands_beside_the_name(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.svg"
    path.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    settings.LOGO = logo(str(path))
    assert '/static/logo.svg" alt="">' in client.get("/en/about/").content.decode()
    monkeypatch.setenv("ALLIANCE_LOGO", str(path))
    monkeypatch.setattr(assets, "folder", lambda: tmp_path / "assets")
    assets.copy_logo()
    assert [name for name, _storage in assets.BuiltFiles().list([])] == ["logo.svg"]
    assert assets.BuiltFiles().find("logo.svg") == str(tmp_path / "assets" / "logo.svg")
    assert not finders.find("no-such-file.js")
