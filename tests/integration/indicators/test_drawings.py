"""Drawings of charts: made by the worker, shown by pages, never made on a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from alliance.config import assets
from alliance.indicators import drawings
from alliance.indicators.services.drawing import draw_charts
from alliance.network.models import City
from tests.factories.indicators import (
    make_city,
    make_definition,
    make_release,
    make_score,
    record,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Path:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def indicator() -> None:
    definition = make_definition()
    release = make_release()
    for place in range(6):
        city = make_city(f"city-{place}", is_member=place < 2)
        record(city, definition, {"2020": 40.0 + place, "2021": 50.0 + place})
        make_score(release, city, definition, value=50.0 + place)


def test_a_page_shows_summary_and_table_before_anything_is_drawn(
    indicator: None, client: Client, home: Path
) -> None:
    text = client.get("/en/indicators/green/").text
    assert "6 cities: from 50.0 to 55.0, median 52.5." in text
    assert "<picture>" not in text
    assert not list(home.glob("charts/*.svg"))


def test_what_the_worker_drew_stands_on_the_page(
    indicator: None, client: Client, home: Path
) -> None:
    # Two charts in three languages and two themes.
    assert draw_charts() == 12
    text = client.get("/en/indicators/green/").text
    addresses = re.findall(r'src(?:set)?="([^"]+\.svg)"', text)
    assert len(addresses) == 4
    for address in addresses:
        answer = client.get(address)
        svg = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert svg.startswith(b"<svg")


def test_nothing_is_drawn_again_until_something_has_changed(indicator: None) -> None:
    assert draw_charts() == 12
    assert draw_charts() == 0
    record(City.objects.get(public_id="city-0"), make_definition(), {"2019": 12.5})
    assert draw_charts() == 6


def test_the_data_of_a_chart_lie_in_the_page_for_the_script(
    indicator: None, client: Client
) -> None:
    text = client.get("/fr/indicators/green/").text
    (data,) = re.findall(
        r'<script id="series-1-data" type="application/json">(.*?)</script>', text, re.DOTALL
    )
    told = json.loads(data)
    assert told["spec"]["width"] == "container"
    assert set(told["themes"]) == {"light", "dark"}
    assert told["locale"]["decimal"] == ","


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", "0" * 32 + "-blue", "0" * 32 + "-dark"])
def test_only_drawings_are_given_out(name: str, client: Client) -> None:
    assert client.get(f"/en/indicators/charts/{name}.svg").status_code == 404


def test_unused_drawings_are_deleted_after_a_month(home: Path) -> None:
    drawings.folder().mkdir()
    path = drawings.folder() / "old.svg"
    path.write_text("<svg/>")
    now = path.stat().st_mtime
    assert drawings.remove_unused(now=now + 29 * 86_400) == 0
    assert drawings.remove_unused(now=now + 31 * 86_400) == 1


def test_the_bundle_is_built_once_and_keeps_its_names_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets.env, "home", lambda: tmp_path)
    assert assets.build_bundle()
    assert not assets.build_bundle()
    first, second = (tmp_path / "assets" / "vega.js").read_text("utf-8").split("\n", 2)[:2]
    assert first.startswith("/* vl-convert")
    assert second.startswith("(function(){")
    found = assets.BuiltFiles().find("vega.js")
    assert found == str(tmp_path / "assets" / "vega.js")
    assert [path for path, _storage in assets.BuiltFiles().list(None)] == ["vega.js"]
