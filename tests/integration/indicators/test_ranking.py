"""One ranking for all pages and the API: who is ahead of whom is said once, and the same."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from collections import Counter

import pytest
from django.db.models import F
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import COMMAND_LINE, VISITOR
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.indicators import services
from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.models import (
    DefinitionVersion,
    Indicator,
    Observation,
    Release,
    Score,
    Sibling,
)
from alliance.indicators.selectors.city_table import city_table, scores_of
from alliance.indicators.selectors.definitions import definitions_of
from alliance.indicators.selectors.network import network_page
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.selectors.side_by_side import comparisons
from alliance.indicators.services.releases import best_year
from alliance.network.models import City
from tests.factories.indicators import (
    NOW,
    make_city,
    make_definition,
    publish_release,
    record,
)
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
GRADES = {"A": 0.01, "B": 0.05, "C": 0.15}


def is_ahead(
    one: Score, other: Score, version: DefinitionVersion, least: float | None = None
) -> bool:
    """Whether one city is surely ahead of another, written without the code that it judges.

    `least`: the least difference that counts, where it is not that of the definition.
    """
    least = (version.least_difference or 0) if least is None else least
    lead = (one.ranked_value or 0.0) - (other.ranked_value or 0.0)
    if version.direction == "lower":
        lead = -lead
    width = math.hypot(one.ranked_error or 0.0, other.ranked_error or 0.0)
    return lead > 1e-9 and lead >= least and lead > 1.2815515655 * width


def error_of(figure: Observation, version: DefinitionVersion) -> float:
    """By record, else by grade, else by what is declared of its kind of source."""
    if figure.standard_error is not None:
        return figure.standard_error
    if figure.quality:
        return abs(figure.value) * GRADES[figure.quality]
    if version.nature == "opinion" and version.least_difference:
        return version.least_difference / 1.959963984540054
    return abs(figure.value) * GRADES[version.grade or "B"]


def versions() -> dict[tuple[str, str], DefinitionVersion]:
    rows = DefinitionVersion.objects.select_related("definition__indicator").order_by("number")
    return {(row.definition.indicator.code, row.definition.key): row for row in rows}


def ranked_sets(made: Release) -> dict[tuple[str, int], list[Score]]:
    """The scores that were ranked together."""
    found: dict[tuple[str, int], list[Score]] = {}
    for row in made.scores.exclude(ranked_set=None).select_related("city"):
        found.setdefault((row.node, row.ranked_set), []).append(row)
    return found


def check_ranks(made: Release) -> int:
    """Recompute every rank of indicators, and every place among peers, one pair after another."""
    said, n = versions(), 0
    figures = {
        (one.series.definition_id, one.series.city_id, one.series.boundary, one.period): one
        for one in Observation.objects.filter(superseded_at=None, series__sex="_T")
        .filter(series__age="_T", series__income="_T", series__area="_T")
        .select_related("series")
    }
    for (node, _set), rows in ranked_sets(made).items():
        version = said[node, rows[0].definition_key]
        for one in rows:
            ahead = sum(is_ahead(other, one, version) for other in rows)
            behind = sum(is_ahead(one, other, version) for other in rows)
            assert (one.rank, one.rank_low, one.rank_high, one.n_ranked) == (
                1 + ahead, 1 + ahead, len(rows) - behind, len(rows),
            )  # fmt: skip
            if one.percentile is not None:
                peers = [row for row in rows if row.peer_group == one.peer_group]
                assert one.k >= 5 and one.k <= len(rows) - 1, "it is not among its own peers"
                assert len(peers) <= one.k + 1
            if (
                len({row.period for row in rows}) == 1
                and version.definition.indicator.denominator is None
            ):
                figure = figures[version.definition_id, one.city_id, one.boundary, one.period]
                assert one.ranked_value == pytest.approx(figure.value)
                assert one.ranked_error == pytest.approx(error_of(figure, version))
            n += 1
    return n


def check_pages(made: Release, cities: list[City], client: Client) -> int:
    """Hold what each page says against the scores; how many pairs were ranked."""
    said, n_ranked = versions(), 0
    scores = {(row.node, row.city_id): row for row in made.scores.filter(kind="indicator")}
    for city in cities:
        for section in city_profile(city, "en")["sections"]:
            for row in section.rows:
                score = scores.get((row.indicator.code, city.pk))
                if score is not None and score.value is not None:
                    assert section.code == score.standing
                    assert row.figure is not None and row.figure.value == score.value
    with_care = set(
        Sibling.objects.filter(verdict="with-care", left=F("right")).values_list("left", flat=True)
    )
    for one, other in itertools.combinations(cities, 2):
        rows = {row.indicator.code: row for row in comparisons([one, other], "en")}
        for code, row in rows.items():
            pair = [scores.get((code, city.pk)) for city in (one, other)]
            if not all(score is not None and score.value is not None for score in pair):
                continue
            left, right = pair
            together = left.ranked_set is not None and left.ranked_set == right.ranked_set
            assert row.may_rank == together, (code, one, other)
            assert [found.figure.value for found in row.cities] == [left.value, right.value]
            if together:
                version = said[code, left.definition_key]
                least = version.least_difference or 0.0
                if one.country != other.country and version.definition_id in with_care:
                    least *= 1.5
                behind = (
                    is_ahead(right, left, version, least), is_ahead(left, right, version, least)
                )  # fmt: skip
                assert [found.rank for found in row.cities] == [1 + lost for lost in behind]
                n_ranked += 1
    code, row = next((code, row) for code, row in rows.items() if row.may_rank)
    query = "&".join(f"city={found.city.public_id}" for found in row.cities)
    answer = client.get(f"/api/v1/indicators/{row.indicator.public_id}/comparison?{query}")
    assert [found["rank"] for found in json.loads(answer.content)["figures"]] == [
        found.rank for found in row.cities
    ]
    return n_ranked


def test_pages_and_the_api_agree_on_every_pair_of_members(starter, now, client: Client) -> None:
    made = publish_release(at=now + dt.timedelta(minutes=1))
    assert check_ranks(made) > 100
    members = list(City.objects.filter(is_member=True))
    assert check_pages(made, members, client) > 20
    for indicator in Indicator.objects.all():
        definitions = definitions_of([indicator.pk], None).get(indicator.pk, ())
        found = scores_of(made, indicator)
        for row in city_table(definitions, found, "en", 1, None).page:
            assert row.score is None or row.score == found[row.city]
    own = made.scores.filter(
        kind=NodeKind.INDICATOR, city__is_member=True, value__isnull=False
    ).exclude(standing=PeerStanding.CONTEXT)
    ranked = set(own.exclude(ranked_set=None).values_list("node", "definition_key"))
    named = own.values_list("node", "definition_key")
    counted = Counter(node for node, key in named if (node, key) in ranked)
    page, shown = network_page("en"), Counter[str]()
    for _name, rows in (*page["groups"], *page["single"]):
        for row in rows:
            shown[row.indicator.code] += row.n_members
    assert shown == counted


@pytest.mark.all
def test_pages_and_the_api_agree_on_every_pair(starter, now, client: Client) -> None:
    made = publish_release(at=now + dt.timedelta(minutes=1))
    check_pages(made, list(City.objects.filter(scores__release=made).distinct()), client)


def test_french_incomes_are_ranked_among_themselves(starter, now) -> None:
    made = publish_release(at=now + dt.timedelta(minutes=1))
    rows = made.scores.filter(node="INCOME").exclude(rank=None)
    countries = {
        (key, country) for key, country in rows.values_list("definition_key", "city__country")
    }
    assert countries == {("SE_SCB_TAXBASE", "SE"), ("FR_INSEE_FILOSOFI_MEDIAN", "FR")}
    for place in set(rows.values_list("ranked_set", flat=True)):
        own = rows.filter(ranked_set=place)
        assert own.filter(rank=1).exists() and {row.n_ranked for row in own} == {own.count()}


def test_what_cannot_be_told_apart_shares_a_place_and_unknown_is_never_last() -> None:
    definition = make_definition()
    for name, value in {"a": 50.0, "b": 49.0, "c": 20.0}.items():
        record(make_city(name), definition, {"2021": value}, standard_error=1.0)
    make_city("d", is_member=True)
    publish_release(at=LATER)
    places = {
        row.city.public_id: (row.rank, row.rank_high) for row in Score.objects.filter(node="GREEN")
    }
    assert places == {"a": (1, 2), "b": (1, 2), "c": (3, 3), "d": (None, None)}


def test_a_city_counts_once_in_a_year_whatever_its_figures_and_in_those_they_may_stand_in_for():
    definition = make_definition()
    first, second = (make_city(f"city-{name}", is_member=True) for name in "ab")
    for boundary in ("municipality", "functional-urban-area"):
        record(first, definition, {"2018": 10.0, "2019": 11.0}, boundary=boundary)
    record(second, definition, {"2023": 12.0})
    # One city in each year from 2018 to 2023: the latest.
    assert best_year(LATER) == 2023
    record(second, definition, {"2020": 12.0})
    # Both in 2022, to which the figures of 2019 are carried, but no more in 2023.
    assert best_year(LATER) == 2022


def test_what_one_city_adds_moves_neither_the_year_of_a_release_nor_a_count() -> None:
    shared = make_definition()
    cities = [make_city(f"city-{name}", is_member=True) for name in "abcdef"]
    for place, city in enumerate(cities):
        record(city, shared, {"2021": 10.0 * place}, standard_error=0.1)
    before = network_page("en")["n_indicators"]
    own = services.create_indicator(
        "OWN", "OWN", DefinitionVersion(
            text="Ours", unit_label="%", direction="higher", publisher="We", licence="CC0"
        ),
        actor=COMMAND_LINE, at=NOW, name="Ours", is_common=False,
    )  # fmt: skip
    experiment = make_definition("GREEN", "GREEN_TRIED")
    for definition in (own.definitions.get(), experiment):
        record(cities[0], definition, {"2025": 99.0})
    assert best_year(LATER) == 2021
    publish_release(at=LATER)
    page = network_page("en")
    assert page["n_indicators"] == before
    rows = {row.indicator.code: row for _name, rows in page["groups"] for row in rows}
    assert "OWN" not in rows and rows["GREEN"].n_members == len(cities)
    profile = city_profile(cities[0], "en")
    assert (profile["n_indicators"], profile["n_figures"]) == (before, 1)


@pytest.mark.parametrize(
    ("boundary", "verdict", "clause"),
    [
        ("municipality", "not-comparable", "country"),
        ("other", "with-care", "boundary"),
        ("municipality", "with-care", ""),
    ],
)
def test_what_siblings_call_not_comparable_is_ranked_nowhere(
    client: Client, boundary: str, verdict: str, clause: str
) -> None:
    shared = make_definition(scope="EU")
    Sibling.objects.create(
        left=shared, right=shared, verdict=verdict, clause="area", differs="Areas differ."
    )
    cities = [
        make_city(name, country=name[:2].upper()) for name in ("se-a", "se-b", "fr-a", "fr-b")
    ]
    for place, city in enumerate(cities):
        record(city, shared, {"2021": 10.0 * place}, standard_error=0.1, boundary=boundary)
    address = "/en/indicators/compare?city=se-a&city=fr-a"
    asked = "/api/v1/indicators/green/comparison?city=se-a&city=fr-a"

    def seen() -> list[str]:
        (row,) = comparisons([cities[0], cities[2]], "en")
        assert [one.pk for one in row.siblings] == [Sibling.objects.get().pk]
        page = client.get(f"{address}&indicator=green").text
        assert "Areas differ." in page
        assert "Areas differ." in client.get(address).text
        assert client.get(asked).status_code == (409 if row.differences else 200)
        return [code for code, *_words in row.differences]

    assert seen() == ([clause] if clause else []), "of the figures themselves"
    made = publish_release(at=LATER)
    assert seen() == ([clause] if clause else []), "as the release has it"
    sets = {frozenset(row.city.public_id for row in rows) for rows in ranked_sets(made).values()}
    pairs = {frozenset({"se-a", "se-b"}), frozenset({"fr-a", "fr-b"})}
    assert sets == (pairs if clause else {frozenset().union(*pairs)})


def test_the_secretariat_chooses_the_common_set(client: Client) -> None:
    for code in ("GREEN", "NOISE"):
        make_definition(code, f"K_{code}")
    address = "/en/indicators/common"
    assert client.get(address).status_code in {302, 404}
    client.force_login(person("sekreterare", NetworkRole.SECRETARIAT))
    assert client.get(address).context["form"].initial == {"codes": ["GREEN", "NOISE"]}
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"codes": ["NOISE"]}).status_code == 302
    assert list(Indicator.objects.filter(is_common=True).values_list("code", flat=True)) == [
        "NOISE"
    ]
    event = AuditEvent.objects.get(kind="common-set")
    assert (event.verb, event.details) == ("choose", {"taken": [], "left": ["GREEN"]})
    assert "not among the common indicators" in client.get("/en/indicators/").text


def test_the_common_set_is_not_chosen_by_others_nor_empty() -> None:
    make_definition()
    with pytest.raises(NotAllowed):
        services.choose_common_set(["GREEN"], actor=VISITOR, at=NOW)
    for codes in ([], ["NONE"]):
        with pytest.raises(InvalidData) as caught:
            services.choose_common_set(codes, actor=COMMAND_LINE, at=NOW)
        assert [fault.where for fault in caught.value.faults] == ["codes"]
