"""The page of related records: neighbours by words, by meaning only where that is in use."""

from __future__ import annotations

import pytest

from alliance.search import semantic, services
from tests.factories.knowledge import NOW, lay_ground, make_case, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(db: None) -> None:
    lay_ground()
    make_case("Lund", texts=(text(title="A ferry", summary="A ferry on the water."),))
    make_case("Umeå", texts=(text(title="The ferry boat", summary="A ferry on the river."),))
    make_case("Visby", texts=(text(title="A tram", summary="On rails."),))
    for name, words in (("Boden", "Compost"), ("Kiruna", "Insulation"), ("Eslöv", "Library")):
        make_case(name, texts=(text(title=words, summary=f"{words} in town."),))
    services.refresh(at=NOW)


def test_the_nearest_stand_first_and_the_record_itself_does_not(content, client):
    page = client.get("/en/find/related/case/lund/")
    assert page.status_code == 200
    first = page.text.partition('class="hits"')[2].partition("</li>")[0]
    assert "The ferry boat" in first
    assert page.text.count('href="/en/cases/lund/"') == 1
    assert "By meaning" not in page.text


def test_meaning_stands_apart_where_it_is_in_use(content, client, settings, monkeypatch):
    settings.SEMANTIC = True
    monkeypatch.setattr(semantic, "nearest", lambda kind, public_id, limit: ["visby"])
    text_after = client.get("/en/find/related/case/lund/").text.partition('id="meaning"')[2]
    assert "A tram" in text_after
    assert "The ferry boat" not in text_after


@pytest.mark.parametrize("path", ["case/nowhere", "sorcery/lund", "case/%F0%9F%98%80"])
def test_unknown_records_are_not_found(content, client, path):
    assert client.get(f"/sv/find/related/{path}/").status_code == 404
