"""Definitions read by their recipes from a server that answers as documented."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.config.import_command import import_
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.connectors.recipes import read_recipe
from alliance.indicators.enums import CodeScheme, ReadingState
from alliance.indicators.models import (
    CityCode,
    Definition,
    Observation,
    PublisherReading,
    Recipe,
)
from alliance.indicators.services import readings
from alliance.indicators.tasks import read_recipes
from alliance.indicators.values import observations_at
from alliance.network.outside import Unreachable
from tests.factories.indicators import NOW, make_city, make_definition, record
from tests.factories.people import person
from tests.factories.publishers import Publisher, Request, publisher

pytestmark = pytest.mark.django_db
TABLE = "/statistics/1.0/data/urb_percep"


def cube(request: Request) -> dict[str, Any]:
    """The cities and codes asked for, in two years: "very" and "rather" satisfied, and all."""
    values = {
        ("PS1V", "SE003C"): [30.0, 31.0], ("PS1V", "FR001C"): [40.0, 41.0],
        ("PS2V", "SE003C"): [50.0, 51.0], ("PS2V", "FR001C"): [45.0, None],
        ("DE1V", "SE003C"): [200.0, 200.0], ("DE1V", "FR001C"): [100.0, 100.0],
    }  # fmt: skip
    codes, cities = request.query["indic_ur"], request.query["cities"]
    found = [value for code in codes for city in cities for value in values[code, city]]
    return {
        "class": "dataset", "label": "Perception survey",
        "id": ["freq", "indic_ur", "cities", "time"], "size": [1, len(codes), len(cities), 2],
        "dimension": {
            "freq": {"category": {"index": {"A": 0}}},
            "indic_ur": {"category": {"index": {code: n for n, code in enumerate(codes)}}},
            "cities": {"category": {"index": {city: n for n, city in enumerate(cities)}}},
            "time": {"category": {"index": {"2019": 0, "2023": 1}}},
        },
        "value": {str(n): value for n, value in enumerate(found) if value is not None},
    }  # fmt: skip


@pytest.fixture
def served() -> Iterator[Publisher]:
    with publisher() as running:
        running.answers[TABLE] = cube
        yield running


@pytest.fixture
def definition() -> Definition:
    for name, country, code in (("malmo", "SE", "SE003C"), ("paris", "FR", "FR001C")):
        CityCode.objects.create(
            city=make_city(name, country=country), scheme=CodeScheme.URAU2021, code=code
        )
    return make_definition("QOL_PT", "EU_PT", valid_max=None, decimals=1)


def make_recipe(definition: Definition, served: Publisher, **values: Any) -> Recipe:
    query = {
        "dataset": "urb_percep", "filters": {"indic_ur": ["PS1V", "PS2V"]}, "added": ["indic_ur"],
        "address": served.address, **values.pop("query", {}),
    }  # fmt: skip
    return Recipe.objects.create(definition=definition, publisher="eurostat", query=query, **values)


def rows(recipe: Recipe, served: Publisher) -> set[tuple[str, ...]]:
    fetched, _options = read_recipe(recipe, asker=served.asker())
    head, *lines = fetched.content.decode().splitlines()
    place = (
        [head.split(",").index(name) for name in ("city", "period", "value", "boundary")]
        if head
        else []
    )
    return {tuple(line.split(",")[at] for at in place) for line in lines}


def test_values_are_added_and_a_sum_that_lacks_a_part_is_none(definition, served):
    assert rows(make_recipe(definition, served), served) == {
        ("malmo", "2019", "80.0", "municipality"), ("malmo", "2023", "82.0", "municipality"),
        ("paris", "2019", "85.0", "municipality"),
    }  # fmt: skip


def test_values_are_divided_and_multiplied(definition, served):
    recipe = make_recipe(
        definition, served, factor=100.0, options={"boundary": "other"},
        per={"filters": {"indic_ur": ["DE1V"]}, "added": []},
    )  # fmt: skip
    assert rows(recipe, served) == {
        ("malmo", "2019", "40.0", "other"), ("malmo", "2023", "41.0", "other"),
        ("paris", "2019", "85.0", "other"),
    }  # fmt: skip


def test_cities_share_the_figure_of_their_region(definition, served):
    make_city("lund")
    recipe = make_recipe(definition, served, cities={"SE003C": ["malmo", "lund", "nowhere"]})
    found = rows(recipe, served)
    assert {city for city, *_rest in found} == {"malmo", "lund"}
    assert served.requests[0].query["cities"] == ["SE003C"], "only regions with a city here"


def test_only_what_is_new_or_differs_is_left_in_the_area_of_the_series(definition, served):
    malmo = CityCode.objects.get(code="SE003C").city
    paris = CityCode.objects.get(code="FR001C").city
    record(malmo, definition, {"2019": 80.04, "2023": 70.0})
    record(paris, definition, {"2015": 84.0}, boundary="metropole")
    assert rows(make_recipe(definition, served), served) == {
        ("malmo", "2023", "82.0", "municipality"), ("paris", "2019", "85.0", "metropole"),
    }  # fmt: skip


def test_what_is_read_waits_for_the_secretariat_and_what_was_known_is_kept(definition, served):
    malmo = CityCode.objects.get(code="SE003C").city
    record(malmo, definition, {"2019": 80.0, "2023": 70.0})
    make_recipe(definition, served)
    for _night in range(2):
        (row,) = readings.read_all(actor=COMMAND_LINE, at=NOW)
        assert (
            readings.run_reading(row.public_id, at=NOW, asker=served.asker()) == ReadingState.READ
        )
    row.refresh_from_db()
    assert PublisherReading.objects.count() == 1, "the next night takes the place of the last"
    assert row.figure_file is not None
    assert (row.figure_file.report["added"], row.figure_file.report["revised"]) == (1, 1)
    assert observations_at(None).count() == 2, "nothing is written before the yes"
    secretariat = Client()
    secretariat.force_login(person("sekreterare", NetworkRole.SECRETARIAT))
    page = f"/en/figures/files/{row.figure_file.public_id}/"
    assert secretariat.post(page).status_code == 422, "a reason is asked for"
    secretariat.post(page, {"reason": "The wave of 2023 was published."})
    values = {(one.series.city.public_id, one.period): one.value for one in observations_at(None)}
    assert values == {("malmo", "2019"): 80.0, ("malmo", "2023"): 82.0, ("paris", "2019"): 85.0}
    assert Observation.objects.filter(superseded_at__isnull=False).get().value == 70.0
    (again,) = readings.read_all(actor=COMMAND_LINE, at=NOW)
    assert readings.run_reading(again.public_id, at=NOW, asker=served.asker()) == ReadingState.SAME


def test_the_worker_asks_at_night_only_where_it_may(definition, served, monkeypatch):
    make_recipe(definition, served)
    assert read_recipes.call() == 0
    monkeypatch.setattr(settings, "READ_PUBLISHERS", True)
    assert read_recipes.call() == 1
    assert PublisherReading.objects.get().state == ReadingState.WAITING


def test_the_command_says_where_there_is_no_network_and_nothing_changes(
    definition, served, monkeypatch
):
    from alliance.indicators.connectors.asking import Asker

    make_recipe(definition, served)

    def unreachable(*args: object, **kwargs: object) -> None:
        raise Unreachable("no route", is_network=True)

    monkeypatch.setattr(
        "alliance.indicators.connectors.recipes.Asker",
        partial(Asker, ask=unreachable, sleep=lambda seconds: None),
    )
    told = CliRunner().invoke(import_, ["recipes", "EU_PT"])
    assert "EU_PT: failed" in told.output
    assert "no network" in told.output
    assert PublisherReading.objects.get().state == ReadingState.FAILED
    assert not Observation.objects.exists()


def test_an_answer_that_is_not_as_documented_is_refused_whole(definition, served):
    served.answers[TABLE] = {"id": ["cities"]}
    with pytest.raises(InvalidData):
        read_recipe(make_recipe(definition, served), asker=served.asker())


def test_the_page_says_from_where_figures_can_be_read(definition, served):
    page = "/en/indicators/qol-pt/"
    assert "Available from the server of" not in Client().get(page).content.decode()
    make_recipe(definition, served)
    shown = Client().get(page).content.decode()
    assert "Available from the server of Eurostat, table urb_percep." in " ".join(shown.split())
    assert (
        "The codes come from general knowledge and have not yet been confirmed by a response."
    ) in shown
