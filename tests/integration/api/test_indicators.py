"""Indicators in the API: catalogue, figures as known on a day, comparison with its guard."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from tests.factories.indicators import NOW, make_city, make_definition, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=6)


@pytest.fixture
def figures() -> None:
    lund, umea, lyon = make_city("lund"), make_city("umea"), make_city("lyon", country="FR")
    green = make_definition()
    record(lund, green, {"2020": 40.0, "2021": 41.0})
    record(umea, green, {"2021": 44.0}, standard_error=0.1)
    record(lyon, green, {"2021": 50.0}, boundary="urban-area")
    record(lund, green, {"2021": 43.0}, at=LATER, reason="recount", standard_error=0.1)


def answer(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_figures_are_given_as_known_at_a_moment(figures: None, client: Client) -> None:
    now = answer(client, "indicators/green/figures?city=lund")
    assert [(one["period"], one["value"]) for one in now["items"]] == [
        ("2020", 40.0),
        ("2021", 43.0),
    ]
    moment = (NOW + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    then = answer(client, f"indicators/green/figures?city=lund&as_of={moment}")
    assert [one["value"] for one in then["items"]] == [40.0, 41.0]
    assert {one["unit"] for one in then["items"]} == {"% of residents"}
    assert {one["licence"] for one in then["items"]} == {"CC0"}


def test_the_catalogue_names_definitions_as_known_at_a_moment(
    figures: None, client: Client
) -> None:
    def keys(query: str) -> list[list[str]]:
        return [one["definitions"] for one in answer(client, f"indicators{query}")["items"]]

    before = (NOW - dt.timedelta(days=900)).strftime("%Y-%m-%d")
    assert len(keys("")[0]) == 1
    assert keys(f"?as_of={before}") == [[]]
    assert keys(f"?as_of={LATER:%Y-%m-%dT%H:%M:%SZ}") == keys("")


@pytest.mark.parametrize("wrong", ["soon", "2026-13-01", "2999-01-01", "0"])
def test_a_moment_that_is_none_is_refused_by_name(
    figures: None, client: Client, wrong: str
) -> None:
    told = answer(client, f"indicators/green/figures?as_of={wrong}", 422)
    assert [error["field"] for error in told["errors"]] == ["as_of"]


def test_like_figures_are_ranked(figures: None, client: Client) -> None:
    found = answer(client, "indicators/green/comparison?city=lund&city=umea")
    assert [(one["city"], one["rank"], one["period"]) for one in found["figures"]] == [
        ("lund", 2, "2021"),
        ("umea", 1, "2021"),
    ]


def test_what_does_not_compare_is_answered_409_with_both_values(
    figures: None, client: Client
) -> None:
    told = answer(client, "indicators/green/comparison?city=lund&city=lyon", 409)
    assert [error["field"] for error in told["errors"]] == ["boundary"]
    assert [(one["city"], one["value"], one["rank"]) for one in told["figures"]] == [
        ("lund", 43.0, None),
        ("lyon", 50.0, None),
    ]
    assert told["differences"] == [
        {"clause": "boundary", "left": "municipality", "right": "urban-area"}
    ]
    french = answer(client, "indicators/green/comparison?city=lund&city=lyon&lang=fr", 409)
    assert french["errors"][0]["rule"] != told["errors"][0]["rule"]


def test_a_city_without_a_figure_is_no_last_place(figures: None, client: Client) -> None:
    make_city("boras")
    told = answer(client, "indicators/green/comparison?city=lund&city=boras", 409)
    assert [error["field"] for error in told["errors"]] == ["no-data"]
    assert told["figures"][1]["value"] is None


@pytest.mark.parametrize("query", ["city=lund", "city=lund&city=lund", "city=lund&city=x1&city=x2"])
def test_a_comparison_names_two_to_five_cities(figures: None, client: Client, query: str) -> None:
    response = client.get(f"/api/v1/indicators/green/comparison?{query}")
    assert response.status_code in {404, 422}


def test_revisions_tell_old_and_new_value_and_why(figures: None, client: Client) -> None:
    found = answer(client, "revisions?indicator=green")
    assert found["count"] == 1
    line = found["items"][0]
    assert (line["old_value"], line["new_value"], line["reason"]) == (41.0, 43.0, "recount")


def test_an_indicator_tells_all_versions_of_its_definitions(figures: None, client: Client) -> None:
    found = answer(client, "indicators/green")
    assert found["definitions"][0]["key"] == "TEST_GREEN"
    assert found["definitions"][0]["current"]["unit"] == "percent"
    assert [one["number"] for one in found["definitions"][0]["versions"]] == [1]
    assert answer(client, "indicators/green?as_of=2020-01-01")["definitions"] == []


def test_close_opinions_share_a_rank(client: Client) -> None:
    cities = [make_city(name) for name in ("lund", "umea", "boras")]
    said = make_definition("AIR", "EU_AIR", nature="opinion", least_difference=4.0)
    for city, value in zip(cities, (80.0, 77.0, 75.0), strict=True):
        record(city, said, {"2023": value})
    found = answer(client, "indicators/air/comparison?city=lund&city=umea&city=boras")
    assert [one["rank"] for one in found["figures"]] == [1, 1, 2]
