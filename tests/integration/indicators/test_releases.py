"""A release freezes what was known, ranks only what compares, and can be made again."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction

from alliance.core.audit import COMMAND_LINE, VISITOR
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.indicators import services
from alliance.indicators.enums import ReleaseState
from alliance.indicators.models import Indicator, IndicatorGroup, Release, Score
from alliance.indicators.releases import history
from alliance.indicators.releases.freezing import MANIFEST, digest_of, folder_of, freeze
from alliance.indicators.releases.reading import read_figures
from alliance.indicators.releases.verifying import faults_of
from tests.factories.indicators import NOW, make_city, make_definition, make_target, record

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)


def release(at: dt.datetime = LATER, **values) -> Release:
    started = services.start_release(actor=COMMAND_LINE, at=at, by_worker=False, **values)
    return services.make_release(started.public_id, at=at)


def score(made: Release, city: str, node: str = "GREEN") -> Score:
    return made.scores.get(city__public_id=city, node=node)


@pytest.fixture
def six_cities() -> list:
    """Six cities of one size with figures of 2021, from worst to best by the alphabet."""
    definition = make_definition()
    cities = [make_city(f"city-{name}", population=150_000, koppen="Cfb") for name in "abcdef"]
    for place, city in enumerate(cities):
        record(city, definition, {"2021": 10.0 + 15 * place}, standard_error=1.0)
    return cities


def test_places_have_intervals_peers_and_a_standing(six_cities):
    made = release(year=2021)
    best, worst, middle = (score(made, f"city-{name}") for name in "fac")
    assert (best.rank, best.n_ranked, best.standing) == (1, 6, "leading")
    assert (worst.rank, worst.standing, worst.standing_reason) == (6, "must-do-more", "place")
    assert middle.standing == "typical"
    assert best.peer_group == "size:100k-300k+climate:C" and best.k == 5
    assert best.rank_low <= best.rank <= best.rank_high
    assert best.percentile_low <= best.percentile <= best.percentile_high
    assert 0 <= worst.p_top_quarter <= best.p_top_quarter <= 1
    assert best.error_basis == "stated"
    assert best.value_low == pytest.approx(85 - 1.6448536)


def test_no_data_is_no_place_and_never_behind(six_cities):
    make_city("city-g", is_member=True, population=150_000, koppen="Cfb")
    made = release(year=2021)
    absent = score(made, "city-g")
    assert (absent.standing, absent.value, absent.score, absent.rank) == ("no-data",) + (None,) * 3
    assert score(made, "city-a").rank == 6


def test_with_too_few_peers_nobody_leads():
    definition = make_definition()
    for place, name in enumerate("abcd"):
        city = make_city(f"city-{name}", population=150_000)
        record(city, definition, {"2021": 10.0 + 20 * place}, standard_error=0.5)
    best = score(release(year=2021), "city-d")
    assert (best.rank, best.k, best.standing, best.percentile) == (1, 3, "unclear", None)


def test_two_definitions_are_never_ranked_together_but_each_on_its_own():
    swedish = make_definition("INCOME", "SE_TAX", valid_max=None)
    french = make_definition("INCOME", "FR_MEDIAN", valid_max=None)
    for place, name in enumerate("abc"):
        record(make_city(f"se-{name}"), swedish, {"2021": 200.0 + place}, standard_error=0.1)
    for place, name in enumerate("ab"):
        city = make_city(f"fr-{name}", country="FR")
        record(city, french, {"2021": 900.0 + place}, boundary="commune", standard_error=0.1)
    alone = make_definition("INCOME", "NO_MEDIAN", valid_max=None)
    record(make_city("no-a", country="NO"), alone, {"2021": 500.0})
    made = release(year=2021)
    assert [score(made, f"se-{name}", "INCOME").rank for name in "abc"] == [3, 2, 1]
    assert [score(made, f"fr-{name}", "INCOME").rank for name in "ab"] == [2, 1]
    sets = {name: score(made, name, "INCOME").ranked_set for name in ("se-a", "fr-a", "no-a")}
    assert sets == {"se-a": 0, "fr-a": 1, "no-a": None}
    other = score(made, "no-a", "INCOME")
    assert (other.value, other.rank, other.score, other.not_ranked) == (
        500.0,
        None,
        None,
        "definition",
    )


@pytest.mark.parametrize(
    ("version", "figure", "values", "reason"),
    [
        ({"direction": "context"}, "2021", {}, "direction"),
        ({"not_ranked_because": "grows with the city"}, "2021", {}, "not-ranked"),
        ({}, "2017", {}, "too-old"),
        ({}, "2021", {"status": "U"}, "status"),
        ({}, "2021", {"boundary": "unknown"}, "boundary"),
        ({}, "2021", {}, "too-few"),
    ],
)
def test_a_figure_without_an_order_says_why(version, figure, values, reason):
    record(make_city("lund"), make_definition(**version), {figure: 40.0}, **values)
    row = score(release(year=2021), "lund")
    assert (row.value, row.rank, row.not_ranked) == (40.0, None, reason)
    assert row.standing != "must-do-more"


def test_what_residents_say_is_ranked_within_one_survey():
    definition = make_definition(nature="opinion", least_difference=4.0)
    for place, name in enumerate("abc"):
        record(make_city(f"city-{name}"), definition, {"2019": 40.0 + place})
    record(make_city("city-d"), definition, {"2021": 99.0})
    made = release(year=2021)
    assert score(made, "city-c").rank == 1
    assert score(made, "city-c").error_basis == "survey"
    assert score(made, "city-d").not_ranked == "period"


def test_an_older_measured_figure_is_carried_with_its_age_and_a_wider_interval():
    definition = make_definition()
    for place, name in enumerate("abcde"):
        period = "2019" if name == "c" else "2021"
        city = make_city(f"city-{name}")
        record(city, definition, {period: 40.0 + place}, standard_error=0.01)
    made = release(year=2021)
    carried, fresh = score(made, "city-c"), score(made, "city-b")
    assert (carried.period, carried.age, fresh.age) == ("2019", 2, 0)
    assert carried.rank_high - carried.rank_low > 0
    assert carried.score_high - carried.score_low > fresh.score_high - fresh.score_low


def test_a_group_needs_half_of_its_indicators_and_the_index_most_of_them():
    group = IndicatorGroup.objects.create(code="environment", name="Environment")
    cities = {name: make_city(f"city-{name}") for name in "abcdef"}
    for place in range(4):
        definition = make_definition(f"I{place}", f"K{place}")
        # Two of the four indicators are known of every city, all of the last one.
        for number, (name, city) in enumerate(cities.items()):
            if place < 2 or name == "f":
                record(city, definition, {"2021": 10.0 + number * (place + 1)})
    Indicator.objects.update(group=group)
    made = release(year=2021)
    assert score(made, "city-a", "environment").score is not None
    assert score(made, "city-a", "INDEX").score is None
    assert score(made, "city-a", "INDEX").not_ranked == "coverage"


@pytest.mark.parametrize(("least", "takes_part"), [(None, True), (0.8, True), (0.9, False)])
def test_an_indicator_takes_part_where_as_many_cities_have_it_as_its_definition_asks(
    least, takes_part
):
    group = IndicatorGroup.objects.create(code="environment", name="Environment")
    cities = [make_city(f"city-{name}") for name in "abcdef"]
    known = make_definition("I0", "K0")
    sparse = make_definition("I1", "K1", least_coverage=least)
    for number, city in enumerate(cities):
        record(city, known, {"2021": 10.0 + number})
        if number:
            # The other way round, so that it moves the score of the group.
            record(city, sparse, {"2021": 90.0 - 5 * number})
    Indicator.objects.update(group=group)
    made = release(year=2021)
    of_group, of_one = score(made, "city-f", "environment"), score(made, "city-f", "I0")
    assert (of_group.score != pytest.approx(of_one.score)) == takes_part
    assert score(made, "city-f", "I1").score is not None, "by itself it is shown all the same"


def test_a_group_moves_as_its_indicators_do_in_the_years_that_have_all_of_them():
    group = IndicatorGroup.objects.create(code="environment", name="Environment")
    cities = [make_city("lund"), *(make_city(f"city-{name}") for name in "abcde")]
    for place, slope in enumerate((1.0, 3.0)):
        definition = make_definition(f"I{place}", f"K{place}", lower_bound=0.0, upper_bound=100.0)
        for number, city in enumerate(cities):
            first = 2016 if place else 2014
            figures = {
                str(year): 20.0 + number + slope * (year - 2014) for year in range(first, 2022)
            }
            record(city, definition, figures)
    Indicator.objects.filter(code="I1").update(weight=3.0)
    Indicator.objects.update(group=group)
    row = score(release(year=2021), "lund", "environment")
    assert (row.trend, row.n_years) == ("no-target", 6)
    assert row.slope == pytest.approx((1.0 * 1 + 3.0 * 3) / 4)


def test_totals_are_ranked_per_head():
    people = make_definition("PEOPLE", "P", valid_max=None, direction="context", unit="inhabitant")
    waste = make_definition("WASTE", "W", valid_max=None, direction="lower", unit="t")
    waste.indicator.denominator = people.indicator
    waste.indicator.save()
    for name, tonnes, heads in [("a", 100.0, 1000.0), ("b", 90.0, 100.0), ("c", 5.0, None)]:
        city = make_city(f"city-{name}")
        record(city, waste, {"2021": tonnes})
        if heads:
            record(city, people, {"2021": heads})
    made = release(year=2021)
    assert [score(made, f"city-{name}", "WASTE").rank for name in "abc"] == [1, 2, None]
    assert score(made, "city-c", "WASTE").not_ranked == "no-denominator"
    assert score(made, "city-a", "WASTE").value == 100.0


def test_a_trend_is_told_towards_the_target_and_not_over_a_break():
    definition = make_definition(lower_bound=0.0, upper_bound=100.0)
    make_target(definition, value=90.0, year=2030)
    years = {str(year): 40.0 + 2.0 * (year - 2016) for year in range(2016, 2022)}
    record(make_city("rising"), definition, years)
    record(make_city("falling"), definition, {k: 90.0 - v for k, v in years.items()})
    broken = make_city("broken")
    record(broken, definition, {k: v for k, v in years.items() if k < "2020"})
    record(broken, definition, {"2020": 10.0, "2021": 11.0}, status="B")
    made = release(year=2021)
    assert score(made, "rising").slope == pytest.approx(2.0)
    assert score(made, "rising").trend == "stagnating"
    falling = score(made, "falling")
    assert (falling.trend, falling.standing, falling.standing_reason) == (
        "falling",
        "must-do-more",
        "falling",
    )
    assert score(made, "broken").trend == "too-few-data"


def test_two_builds_of_one_state_are_equal_to_the_byte(six_cities, tmp_path):
    made = release(year=2021)
    again = release(LATER + dt.timedelta(days=1), year=2021, as_of=LATER)
    names = [entry["path"] for entry in made.manifest["files"]]
    for name in [*names, MANIFEST]:
        first, second = (folder_of(one.public_id) / name for one in (made, again))
        assert first.read_bytes() == second.read_bytes(), name
    assert any(name.startswith("observations/year=2021") for name in names)
    assert "scores.parquet" in names


def test_a_release_knows_what_was_known_at_its_moment(six_cities):
    from alliance.indicators.models import Definition

    record(six_cities[0], Definition.objects.get(), {"2021": 99.0}, at=LATER, reason="recount")
    before = release(LATER, year=2021, as_of=NOW + dt.timedelta(days=1))
    after = release(LATER + dt.timedelta(days=1), year=2021)
    assert score(before, "city-a").rank == 6
    assert score(after, "city-a").rank == 1


def test_what_a_killed_release_left_is_removed_by_the_next(six_cities, settings, tmp_path):
    settings.HOME = tmp_path
    for name in (".abcdef.12345678", ".panel-12345678", ".abcdef.part"):
        (tmp_path / "releases" / name).mkdir(parents=True)
        (tmp_path / "releases" / name / "cities.parquet").write_text("half")
    made = release()
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [made.public_id]
    assert faults_of(made) == []


def test_a_full_disk_fails_a_release_in_one_line_and_leaves_nothing(
    six_cities, settings, tmp_path, monkeypatch
):
    settings.HOME = tmp_path

    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "cities.parquet")

    monkeypatch.setattr(history.pq, "write_table", full)
    with pytest.raises(OSError, match="No space left on device"):
        release()
    assert list((tmp_path / "releases").iterdir()) == []
    assert "No space left on device" in Release.objects.get().fault


def test_the_files_are_sorted_and_described(six_cities):
    made = release(year=2021)
    folder = folder_of(made.public_id)
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["figures"] == 6 and manifest["seed"] == 1 and manifest["draws"] == 1000
    for entry in manifest["files"]:
        assert digest_of(folder / entry["path"]) == entry["sha256"]
    table = pq.read_table(folder / "observations/year=2021/part-0.parquet", partitioning=None)
    keys = list(
        zip(*(table[name].to_pylist() for name in ("peer_group", "indicator", "city")), strict=True)
    )
    assert keys == sorted(keys) and len(keys) == 6


def test_verifying_finds_a_changed_file_and_a_changed_score(six_cities):
    made = release(year=2021)
    assert faults_of(made) == []
    Score.objects.filter(pk=score(made, "city-a").pk).update(score=55.0)
    assert any("GREEN/city-a, score" in line for line in faults_of(made))
    path = folder_of(made.public_id) / "definitions.json"
    path.write_text(path.read_text().replace("higher", "lower"))
    assert any("definitions.json: has changed" in line for line in faults_of(made))
    shutil.rmtree(folder_of(made.public_id))
    assert any("not there" in line for line in faults_of(made))


def test_only_the_secretariat_asks_for_a_release(six_cities):
    with pytest.raises(NotAllowed):
        services.start_release(actor=VISITOR, at=LATER)
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"year": 2031}, "year"),
        ({"as_of": LATER + dt.timedelta(days=1)}, "as_of"),
        ({"draws": 10}, "draws"),
        ({"seed": -1}, "seed"),
        ({"as_of": NOW - dt.timedelta(days=1)}, "as_of"),
    ],
)
def test_a_release_that_cannot_be_is_refused_by_field(six_cities, values, where):
    with pytest.raises(InvalidData) as caught:
        services.start_release(actor=COMMAND_LINE, at=LATER, **values)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_without_a_year_the_best_covered_one_is_taken():
    definition = make_definition()
    record(make_city("lund"), definition, {"2015": 1.0, "2021": 2.0})
    record(make_city("malmo"), definition, {"2019": 1.0})
    assert release().year == 2021


def test_a_contradiction_fails_the_release_and_names_the_definition():
    definition = make_definition(lower_bound=80.0)
    record(make_city("lund"), definition, {"2021": 40.0})
    record(make_city("malmo"), definition, {"2021": 50.0})
    started = services.start_release(actor=COMMAND_LINE, at=LATER, year=2021, by_worker=False)
    with pytest.raises(InvalidData):
        services.make_release(started.public_id, at=LATER)
    started.refresh_from_db()
    assert started.state == ReleaseState.FAILED
    assert "GREEN" in started.fault
    assert not folder_of(started.public_id).exists()
    with pytest.raises(NotFound):
        services.make_release("nothing-there", at=LATER)


def test_a_job_makes_it_once(six_cities):
    from alliance.core.tasks import Worker

    started = services.start_release(actor=COMMAND_LINE, at=LATER, year=2021)
    Worker(until_empty=True).run()
    started.refresh_from_db()
    assert started.state == ReleaseState.DONE
    assert started.scores.count()
    services.make_release(started.public_id, at=LATER + dt.timedelta(days=1))
    assert Release.objects.get().published_at == started.published_at


@pytest.mark.django_db(transaction=True)
def test_both_ways_of_reading_give_the_same(tmp_path: Path):
    definition = make_definition()
    record(make_city("lund"), definition, {"2021": 40.0, "2022": 41.5})
    record(make_city("malmo"), definition, {"2021": 42.0}, standard_error=0.5, quality="A")
    record(make_city("umea"), definition, {"2021": None}, status="M")
    as_of = NOW + dt.timedelta(days=1)
    fast, how = read_figures(as_of)
    assert how == ("rows" if connection.vendor == "sqlite" else "adbc")
    with transaction.atomic():
        slow, how = read_figures(as_of)
    assert how == "rows"
    order = [(name, "ascending") for name in ("city", "period")]
    assert fast.sort_by(order).equals(slow.sort_by(order))
    assert fast.sort_by(order)["value"].to_pylist() == [40.0, 41.5, 42.0, None]
    assert fast.sort_by(order)["standard_error"].to_pylist() == [None, None, 0.5, None]
    one, two = tmp_path / "one", tmp_path / "two"
    manifest = freeze(one, as_of=as_of, year=2021, draws=1000, seed=1)
    with transaction.atomic():
        freeze(two, as_of=as_of, year=2021, draws=1000, seed=1)
    assert manifest["read_by"] == ("rows" if connection.vendor == "sqlite" else "adbc")
    for entry in manifest["files"]:
        assert digest_of(one / entry["path"]) == digest_of(two / entry["path"])


def test_the_starter_network_is_released_with_places_and_without_an_index(starter, now, client):
    made = release(now + dt.timedelta(minutes=1))
    assert made.year == 2023
    nodes = made.scores.exclude(rank=None)
    assert set(nodes.filter(node="INCOME").values_list("definition_key", flat=True)) == {
        "SE_SCB_TAXBASE",
        "FR_INSEE_FILOSOFI_MEDIAN",
    }
    assert not nodes.filter(node__in=["POPULATION", "GHG_TOTAL", "INDEX", "HH_CAR"]).exists()
    for row in made.scores.exclude(rank=None):
        assert row.rank_low <= row.rank_high and row.peer_group is not None
    assert faults_of(made) == []
    assert {one["node"] for one in made.manifest["doubts"]} == {
        "air", "climate", "health-safety", "housing", "inclusion", "mobility", "nature",
        "social", "waste-water",
    }  # fmt: skip
    for one in made.manifest["doubts"]:
        assert one["mean_rank_shift"] > 0
        assert {"weights", "error"} <= {factor["factor"] for factor in one["factors"]}
    page = client.get(f"/en/indicators/releases/{made.public_id}/").content.decode()
    assert "one indicator excluded" in page and "places on average" in page
