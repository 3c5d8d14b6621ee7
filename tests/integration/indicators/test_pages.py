"""Pages of the network, of an indicator, of a comparison and of revisions."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.indicators import services
from alliance.indicators.guard import Clause
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Indicator,
    IndicatorMeasure,
    Sibling,
)
from alliance.indicators.ordering import places_of
from alliance.indicators.selectors.city_table import (
    MOST_ROWS,
    CityTable,
    city_table,
    scores_of,
)
from alliance.indicators.selectors.compare import compare_page
from alliance.indicators.selectors.definitions import definitions_of
from alliance.indicators.selectors.network import network_page
from alliance.indicators.selectors.profile import ScoreShown
from alliance.indicators.selectors.side_by_side import comparisons
from alliance.network.models import City
from tests.factories.indicators import (
    NOW,
    make_city,
    make_definition,
    make_release,
    make_score,
    record,
)
from tests.factories.pages import one_line

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=6)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def cities() -> list[City]:
    return [
        make_city("lund", is_member=True),
        make_city("umea", name="Umeå", is_member=True),
        make_city("grenoble", country="FR", is_member=True),
    ]


@pytest.fixture
def green(cities: list[City]) -> Definition:
    definition = make_definition()
    for place, city in enumerate(cities):
        figures = {"2020": 40.0 + place, "2021": 50.0 + place}
        record(city, definition, figures, standard_error=0.1)
    return definition


def income() -> tuple[Definition, Definition]:
    """An indicator with two definitions, as the French and the Swedish income."""
    values = {"unit": "", "valid_max": None, "decimals": 0}
    swedish = make_definition("INCOME", "SE_TAXBASE", unit_label="SEK/inhabitant", **values)
    return swedish, make_definition("INCOME", "FR_MEDIAN", unit_label="EUR/unit", **values)


def test_the_overview_shows_the_best_and_the_last_member(
    cities: list[City], green: Definition, client: Client
) -> None:
    release = make_release()
    for rank, city in enumerate(cities, start=1):
        make_score(
            release, city, green, value=60.0 - 4 * rank, rank=rank, rank_high=rank, ranked_set=0,
            n_ranked=3,
        )  # fmt: skip
    make_score(release, make_city("oslo", country="NO"), green, value=70.0, ranked_set=0)
    page = network_page("en")
    ((_group, (row,)),) = page["groups"]
    assert (row.words, row.years, row.n_members) == (
        "Lund 56.0\u00a0%, Grenoble 48.0\u00a0%",
        "2021",
        3,
    )
    assert (page["n_compared"], page["newest"]) == (1, "2021")
    assert "3 of 3 members" in one_line(client.get("/en/indicators/").text)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([{"rank_high": 2}, {"rank": 1, "rank_high": 2}], "Too uncertain to order."),
        ([{"period": "2020"}, {}], "Different years: not ranked."),
        ([{}, {"ranked_set": None, "not_ranked": "too-old"}], "Some figures are too old to rank."),
    ],
)
def test_members_that_cannot_be_ordered_are_not(
    cities: list[City], green: Definition, scores: list[dict[str, object]], words: str
) -> None:
    release = make_release()
    for rank, (city, fields) in enumerate(zip(cities[:2], scores, strict=True), start=1):
        ranked = {"rank": rank, "rank_high": rank, "ranked_set": 0, "n_ranked": 2}
        make_score(release, city, green, value=60.0 - rank, **{**ranked, **fields})
    ((_group, (row,)),) = network_page("en")["groups"]
    assert row.words.endswith(words)


def test_what_no_member_compares_is_folded_with_the_reason(
    cities: list[City], green: Definition
) -> None:
    make_definition("NOISE", "TEST_NOISE")
    release = make_release()
    make_score(release, cities[0], green, not_ranked="boundary")
    page = network_page("en")
    assert [str(row.reason) for row in page["apart"]] == ["They cover different types of areas."]
    assert [row.indicator.public_id for row in page["waiting"]] == ["noise"]


def test_the_network_shows_only_what_a_measure_acts_on(green: Definition, client: Client) -> None:
    make_definition("NOISE", "TEST_NOISE")
    IndicatorMeasure.objects.create(indicator=green.indicator, measure="trees-planted")
    page = network_page("en", measure="trees-planted")
    assert [row.indicator.public_id for row in page["others"]] == ["green"]
    assert "trees planted" in client.get("/en/indicators/?measure=trees-planted").text
    assert client.get("/en/indicators/?measure=none-such").status_code == 200


def test_rows_stand_under_their_outermost_group(cities: list[City], green: Definition) -> None:
    top = services.save_group("env", actor=COMMAND_LINE, at=NOW, name="Environment")
    deep = services.save_group("air", actor=COMMAND_LINE, at=NOW, parent=top, name="Air")
    services.save_indicator("GREEN", actor=COMMAND_LINE, at=NOW, group=deep)
    make_score(make_release(), cities[0], green, ranked_set=0, rank=1, n_ranked=1)
    assert [name for name, _rows in network_page("en")["groups"]] == ["Environment"]


def test_the_page_of_an_indicator_tells_every_version_with_what_it_changed(
    green: Definition, client: Client
) -> None:
    record_ = DefinitionVersion(
        text="Green space within 200 m.", unit="percent", unit_label="% of residents",
        direction="higher", publisher="Test office", licence="CC0",
    )  # fmt: skip
    services.save_version(
        green.indicator, green.key, record_, actor=COMMAND_LINE, at=LATER,
        reason="A shorter walk", breaks_comparison=True,
    )  # fmt: skip
    (shown,) = definitions_of([green.indicator_id], None)[green.indicator_id]
    changed = {str(field) for field, _before, _after in shown.versions[1][1]}
    assert changed == {"definition", "lowest possible value", "highest possible value"}
    (before,) = definitions_of([green.indicator_id], NOW)[green.indicator_id]
    assert len(before.versions) == 1
    text = client.get("/en/indicators/green/").text
    assert "A shorter walk" in text and "earlier figures cannot be compared" in text


def test_two_definitions_stand_side_by_side_and_are_never_mixed(
    cities: list[City], client: Client
) -> None:
    swedish, french = income()
    record(cities[0], swedish, {"2021": 240_000.0})
    record(cities[2], french, {"2021": 23_000.0}, boundary="commune")
    text = client.get("/en/indicators/income/").text
    assert "Cities measure this in different ways" in text
    assert "240,000" in text and "23,000" in text


def table_of(green: Definition, scores: dict[int, ScoreShown]) -> CityTable:
    definitions = definitions_of([green.indicator_id], None)[green.indicator_id]
    return city_table(definitions, scores, "sv", 1, None)


def test_cities_stand_from_the_best_on_with_the_reason_why_some_have_no_rank(
    cities: list[City], green: Definition
) -> None:
    release = make_release()
    make_score(release, cities[0], green, value=50.0, not_ranked="status")
    make_score(release, cities[1], green, rank=2, n_ranked=2, value=51.0)
    make_score(release, cities[2], green, rank=1, n_ranked=2, value=52.0)
    (part,) = table_of(green, scores_of(release, green.indicator)).shown
    assert [row.name for row in part.rows] == ["Grenoble", "Umeå", "Lund"]
    assert list(map(str, part.reasons)) == ["The status of a figure does not allow it."]
    assert [multiple.row.name for multiple in part.multiples] == ["Grenoble", "Lund", "Umeå"]
    assert not part.is_too_uncertain


def test_figures_that_leave_every_rank_open_are_said_to_order_nothing(
    cities: list[City], green: Definition, client: Client
) -> None:
    release = make_release()
    for city in cities:
        make_score(release, city, green, rank=1, rank_high=3, n_ranked=3)
    address = f"/en/indicators/{green.indicator.public_id}/"
    assert "too uncertain to put the cities in order" in one_line(client.get(address).text)


def test_members_stand_alone_where_there_are_many_cities(
    cities: list[City], green: Definition
) -> None:
    for number in range(MOST_ROWS):
        record(make_city(f"city-{number}"), green, {"2021": 30.0})
    table = table_of(green, {})
    assert [len(part.rows) for part in table.shown] == [3]
    assert table.is_complete and len(table.folded[0].rows) == MOST_ROWS + 3


def test_an_edition_that_no_release_ranks_is_folded(cities: list[City], green: Definition) -> None:
    old = make_definition("GREEN", "OLD")
    record(cities[0], old, {"2011": 12.0})
    release = make_release()
    make_score(release, cities[1], green, rank=1, n_ranked=2)
    table = table_of(green, scores_of(release, green.indicator))
    assert [part.definition.key for part in table.shown] == [green.key]
    assert [part.definition.key for part in table.folded] == ["OLD"]


@pytest.mark.parametrize(("method", "has_interval"), [("register", False), ("survey", True)])
def test_what_was_counted_has_no_interval(
    cities: list[City], method: str, has_interval: bool
) -> None:
    definition = make_definition("VOTES", "VOTES", method_class=method, grade="A")
    record(cities[0], definition, {"2022": 82.2})
    (part,) = table_of(definition, {}).shown
    assert part.has_interval is has_interval


def test_counts_of_few_people_are_not_shown(cities: list[City], client: Client) -> None:
    definition = make_definition("JOBS", "JOBS", scale="count", unit="", valid_max=None, decimals=0)
    record(cities[0], definition, {"2021": 3.0}, sex="F")
    record(cities[0], definition, {"2021": 1234.0}, sex="M")
    text = client.get("/en/indicators/jobs/").text
    assert "hidden: too few people" in text
    assert "1,234" in text


def test_the_guard_allows_a_rank_only_where_all_is_the_same(
    cities: list[City], green: Definition
) -> None:
    (row,) = comparisons(cities, "en")
    assert row.may_rank
    assert [one.rank for one in row.cities] == [3, 2, 1]
    assert {one.figure.period for one in row.cities if one.figure} == {"2021"}


def test_the_latest_common_period_is_compared(cities: list[City]) -> None:
    definition = make_definition()
    record(cities[0], definition, {"2019": 10.0, "2020": 20.0, "2021": 30.0})
    record(cities[1], definition, {"2019": 15.0, "2020": 15.0})
    (row,) = comparisons(cities[:2], "en")
    assert row.may_rank
    assert {one.figure.period for one in row.cities if one.figure} == {"2020"}
    assert [one.rank for one in row.cities] == [1, 2]


@pytest.mark.parametrize(
    ("told", "shown", "values"),
    [
        ("2020", "2020", [41.0, 41.0]),
        # The release speaks of a figure that is there no longer.
        ("2022", "2021", [20.0, 21.0]),
    ],
)
def test_what_the_release_speaks_of_is_compared_as_long_as_it_is_there(
    cities: list[City], told: str, shown: str, values: list[float]
) -> None:
    definition, release = make_definition(), make_release()
    for number, city in enumerate(cities[:2]):
        record(city, definition, {"2020": 10.0 + number, "2021": 20.0 + number})
        make_score(release, city, definition, period=told)
    (row,) = comparisons(cities[:2], "en")
    figures = [one.figure for one in row.cities if one.figure]
    assert [one.period for one in figures] == [shown, shown]
    assert [one.value for one in figures] == values


def test_french_and_swedish_income_give_both_values_and_no_rank(
    cities: list[City], client: Client
) -> None:
    swedish, french = income()
    record(cities[0], swedish, {"2021": 240_000.0})
    record(cities[2], french, {"2021": 23_000.0}, boundary="commune")
    (row,) = comparisons([cities[0], cities[2]], "en")
    assert [code for code, *_words in row.differences] == [Clause.DEFINITION]
    assert [one.rank for one in row.cities] == [None, None]
    text = one_line(client.get("/en/indicators/compare?city=lund&city=grenoble").text)
    assert "No figures of these cities can be compared." in text
    assert "The figures are defined differently." in text
    assert "SE_TAXBASE" not in text, "no internal codes in sentences"
    assert "240,000" in text and "23,000" in text


def test_a_city_without_a_figure_keeps_all_from_being_ranked(
    cities: list[City], green: Definition
) -> None:
    other = make_city("oslo", country="NO")
    (row,) = comparisons([cities[0], other], "en", indicator=green.indicator)
    assert [code for code, *_words in row.differences] == [Clause.NO_DATA]
    assert row.cities[1].figure is None


def test_cities_with_figures_are_compared_without_those_that_have_none(
    cities: list[City], green: Definition, client: Client
) -> None:
    make_city("oslo", country="NO")
    (row,) = compare_page([*cities, City.objects.get(public_id="oslo")], "en", None)["rows"]
    assert [(name, text) for _shape, name, text in row.figures][-1] == ("Oslo", "")
    assert (row.order, row.is_ordered) == ("Grenoble before Umeå before Lund.", True)
    text = one_line(client.get("/en/indicators/compare?city=lund&city=oslo").text)
    assert "Only Lund has figures:</b> Green" in text


def test_those_under_one_definition_are_compared_and_the_other_is_named(
    cities: list[City],
) -> None:
    swedish, french = income()
    for place, city in enumerate(cities[:2]):
        record(city, swedish, {"2021": 240_000.0 + 50_000 * place})
    record(cities[2], french, {"2021": 23_000.0}, boundary="commune")
    (row,) = compare_page(cities, "en", None)["rows"]
    assert row.order == "Umeå before Lund. Grenoble: The figures are defined differently."


@pytest.mark.parametrize(
    ("figures", "order"),
    [
        ([50.0, 52.0], "Too close to call."),
        ([50.0, 55.0], "Umeå before Lund."),
        ([50.0, 55.0, 52.5], "Umeå before Lund. The rest is too close to call."),
    ],
)
def test_an_order_is_given_only_where_the_difference_says_something(
    cities: list[City], figures: list[float], order: str
) -> None:
    definition = make_definition(least_difference=4.0)
    for city, value in zip(cities, figures, strict=False):
        record(city, definition, {"2021": value}, standard_error=0.5)
    (row,) = compare_page(cities[: len(figures)], "en", None)["rows"]
    assert row.order == order


def test_between_countries_that_compare_with_care_a_difference_must_be_larger(
    cities: list[City],
) -> None:
    definition = make_definition(least_difference=4.0)
    for city, value in zip(cities, (50.0, 55.0, 55.0), strict=True):
        record(city, definition, {"2021": value}, standard_error=0.5)
    Sibling.objects.create(left=definition, right=definition, verdict="with-care")
    orders = [compare_page([cities[0], other], "en", None)["rows"][0].order for other in cities[1:]]
    assert orders == ["Umeå before Lund.", "Too close to call."]


@pytest.mark.parametrize(
    ("values", "errors", "direction", "least", "places"),
    [
        ([3.0, 1.0], [0.0, 0.0], "higher", None, [(1, 1), (2, 2)]),
        ([3.0, 1.0], [0.0, 0.0], "lower", None, [(2, 2), (1, 1)]),
        ([3.0, 2.9, 1.0], [0.0] * 3, "higher", 0.5, [(1, 2), (1, 2), (3, 3)]),
        ([3.0, 3.0], [0.0, 0.0], "higher", None, [(1, 2), (1, 2)]),
        # Nine of ten cases: 1.28 standard errors of the difference.
        ([3.0, 2.0], [0.6, 0.6], "higher", None, [(1, 2), (1, 2)]),
        ([3.0, 2.0], [0.5, 0.5], "higher", None, [(1, 1), (2, 2)]),
        # The middle one is behind nobody for sure, and ahead of nobody.
        ([4.0, 3.0, 2.0], [0.6, 0.6, 0.6], "higher", None, [(1, 2), (1, 3), (2, 3)]),
    ],
)
def test_differences_that_do_not_count_share_a_rank(
    values: list[float],
    errors: list[float],
    direction: str,
    least: float | None,
    places: list[tuple[int, int]],
) -> None:
    assert places_of(values, errors, direction, least) == places


def test_more_than_four_cities_are_left_out(client: Client) -> None:
    for number in range(5):
        make_city(f"city-{number}")
    query = "&".join(f"city=city-{number}" for number in range(5))
    text = one_line(client.get(f"/en/indicators/compare?{query}").text)
    assert "the first 4 are shown" in text
    assert client.get("/en/indicators/compare?city=city-1").status_code == 200
    assert client.get("/en/indicators/compare?city=city-1&city=none").status_code == 404


def test_a_revision_tells_what_was_and_what_is(
    cities: list[City], green: Definition, client: Client
) -> None:
    record(cities[0], green, {"2021": 55.5}, at=LATER, reason="A street was forgotten")
    text = client.get("/en/indicators/revisions/").text
    assert "A street was forgotten" in text
    assert "<del>50.0</del>" in text and "55.5" in text
    before = client.get("/en/indicators/revisions/?as_of=2026-11-24T13:00:00").text
    assert "A street was forgotten" not in before
    assert "A street was forgotten" in client.get("/en/indicators/green/").text


def test_the_feed_of_revisions_is_atom_in_the_readers_language(
    cities: list[City], green: Definition, client: Client
) -> None:
    record(cities[0], green, {"2021": 55.5}, at=LATER, reason="Recounted")
    answer = client.get("/sv/indicators/revisions.atom")
    root = ET.fromstring(answer.content)
    (entry,) = root.findall("a:entry", ATOM)
    assert entry.findtext("a:title", namespaces=ATOM) == "Lund: Green, 2021"
    assert "Ändrat från 50,0 till 55,5" in (entry.findtext("a:summary", namespaces=ATOM) or "")
    again = client.get("/sv/indicators/revisions.atom", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
@pytest.mark.parametrize(
    "path",
    [
        "indicators/",
        "indicators/green/",
        "indicators/revisions/",
        "indicators/compare?city=lund&city=umea",
    ],
)
def test_every_page_takes_few_queries_in_every_language(
    path: str,
    language: str,
    green: Definition,
    client: Client,
    django_assert_max_num_queries: object,
) -> None:
    release = make_release()
    for city in City.objects.all():
        make_score(release, city, green, standing="typical", percentile=0.5, k=9)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        assert client.get(f"/{language}/{path}").status_code == 200


def test_figures_can_be_taken_along_as_known_on_the_day_of_the_page(
    green: Definition, client: Client
) -> None:
    text = client.get("/en/indicators/green/?as_of=2026-11-24").text
    for format in ("csv", "sdmx-csv", "sdmx-ml", "json-stat"):
        address = f"/api/v1/figures.{format}?indicator=green&lang=en&as_of=2026-11-24"
        assert address.replace("&", "&amp;") in text
        assert client.get(address).status_code == 200


def test_an_indicator_without_anything_has_a_page(client: Client) -> None:
    services.save_indicator("BARE", actor=COMMAND_LINE, at=NOW, name="Bare")
    assert Indicator.objects.get(code="BARE").public_id == "bare"
    text = client.get("/en/indicators/bare/").text
    assert "No definition yet." in text and "No cities have figures yet" in text
