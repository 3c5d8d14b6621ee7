"""The profile of a city: sections by standing, what is said of each figure, and as-of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from alliance.charts import strip as strip_marks
from alliance.indicators.models import Definition, IndicatorMeasure, Release
from alliance.indicators.selectors.changes import change_of
from alliance.indicators.selectors.city_best import city_best
from alliance.indicators.selectors.city_strips import city_strips
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.selectors.time_series import CitySeries
from alliance.indicators.values import VersionLine
from alliance.network.models import City
from tests.factories.indicators import (
    NOW,
    make_city,
    make_definition,
    make_release,
    make_score,
    record,
)
from tests.factories.pages import one_line, page, words

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=6)


@pytest.fixture
def city() -> City:
    return make_city("lund", is_member=True)


@pytest.fixture
def green(city: City) -> Definition:
    definition = make_definition()
    record(city, definition, {"2019": 38.0, "2020": 40.0, "2021": 41.0})
    return definition


@pytest.fixture
def release() -> Release:
    return make_release()


def sections(profile: dict[str, Any]) -> dict[str, list[str]]:
    return {one.code: [row.indicator.public_id for row in one.rows] for one in profile["sections"]}


def test_an_indicator_stands_where_the_release_puts_it(
    city: City, green: Definition, release: Release
) -> None:
    score = make_score(release, city, green, standing="leading", percentile=0.9, k=7)
    for standing in ("leading", "must-do-more", "typical", "unclear"):
        score.standing = standing
        score.save()
        assert sections(city_profile(city, "en")) == {standing: ["green"]}


def test_a_figure_without_a_release_has_the_interval_of_its_kind_of_source(city: City) -> None:
    record(city, make_definition(grade="C"), {"2020": 40.0, "2021": 90.0})
    (section,) = city_profile(city, "en")["sections"]
    (row,) = section.rows
    assert row.figure is not None
    assert (row.figure.low, row.figure.high) == (pytest.approx(67.794476), 100.0)


def test_missing_is_never_behind(city: City, release: Release) -> None:
    record(make_city("umea"), make_definition(), {"2021": 41.0})
    assert sections(city_profile(city, "en")) == {"no-data": ["green"]}


def test_what_may_not_be_ranked_says_why(city: City, green: Definition, release: Release) -> None:
    make_score(release, city, green, not_ranked="period")
    found = city_profile(city, "en")
    assert sections(found) == {"not-compared": ["green"]}
    assert str(found["sections"][0].rows[0].clause) == "The figures cover different periods."


def test_figures_of_context_have_no_standing(city: City, release: Release) -> None:
    definition = make_definition("AGE75", "AGE", direction="context")
    record(city, definition, {"2021": 8.0})
    make_score(release, city, definition, not_ranked="direction", value=8.0)
    assert sections(city_profile(city, "en")) == {"context": ["age75"]}


def test_without_a_release_figures_stand_there_without_a_standing(
    city: City, green: Definition
) -> None:
    found = city_profile(city, "en")
    assert sections(found) == {"no-standing": ["green"]}
    figure = found["sections"][0].rows[0].figure
    assert figure is not None and (figure.value, figure.period) == (41.0, "2021")


def test_a_newer_figure_than_that_of_the_release_is_told(
    city: City, green: Definition, release: Release
) -> None:
    make_score(release, city, green, standing="typical", value=40.0, period="2020")
    row = city_profile(city, "en")["sections"][0].rows[0]
    assert row.figure is not None
    assert (row.figure.value, row.figure.period, row.newer) == (40.0, "2020", "2021")


def test_the_interval_comes_from_the_standard_error_or_else_the_grade(city: City) -> None:
    known, graded = make_definition("A", "KA"), make_definition("B", "KB")
    record(city, known, {"2021": 50.0}, standard_error=2.0, quality="C")
    record(city, graded, {"2021": 50.0}, quality="B")
    rows = {row.indicator.public_id: row for row in city_profile(city, "en")["sections"][0].rows}
    one, other = rows["a"].figure, rows["b"].figure
    assert one is not None and other is not None
    assert one.low == pytest.approx(50 - 1.6449 * 2, abs=1e-3)
    assert other.high == pytest.approx(50 + 1.6449 * 2.5, abs=1e-3)


def test_as_of_shows_the_figures_and_the_release_of_that_day(
    city: City, green: Definition, client: Client
) -> None:
    old, new = make_release(name="old"), make_release(name="new", at=LATER)
    make_score(old, city, green, standing="leading")
    make_score(new, city, green, standing="must-do-more", value=12.5)
    record(city, green, {"2021": 12.5}, at=LATER, reason="Counted again")
    before = city_profile(city, "en", NOW + dt.timedelta(hours=1))
    after = city_profile(city, "en", LATER + dt.timedelta(hours=1))
    assert (before["release"], after["release"]) == (old, new)
    assert sections(before) == {"leading": ["green"]}
    assert sections(after) == {"must-do-more": ["green"]}
    text = page(client, "/en/cities/lund/indicators/?as_of=2026-11-24")
    assert "Data as of 24 November 2026" in words(text)
    assert "/en/indicators/green/?as_of=2026-11-24" in text


def test_a_gap_leads_to_what_changed_it_elsewhere(
    city: City, green: Definition, release: Release, client: Client
) -> None:
    IndicatorMeasure.objects.create(indicator=green.indicator, measure="traffic-volume")
    IndicatorMeasure.objects.create(indicator=green.indicator, measure="car-use")
    make_score(
        release, city, green, standing="must-do-more", percentile=0.1, percentile_low=0.0,
        percentile_high=0.3, k=9, trend="falling", slope=-1.5, slope_low=-2.0, slope_high=-1.0,
        n_years=5,
    )  # fmt: skip
    text = client.get("/en/cities/lund/indicators/").text
    assert "/en/find?measure=car-use&amp;measure=traffic-volume" in text
    assert "Better than 1 of 9 comparable cities (could be 0 to 3)" in text
    assert "−1.5 score points a year over 5 years" in text


def test_a_wrong_moment_is_refused_with_the_rule(city: City, client: Client) -> None:
    answer = client.get("/en/cities/lund/indicators/?as_of=yesterday")
    assert answer.status_code == 400
    assert "as_of" in answer.text and "2026-06-30" in answer.text


def test_an_unknown_city_is_not_there(client: Client) -> None:
    assert client.get("/en/cities/nowhere/indicators/").status_code == 404


def test_it_takes_few_queries_however_many_figures(
    city: City, release: Release, django_assert_max_num_queries: object, client: Client
) -> None:
    for number in range(12):
        definition = make_definition(f"I{number}", f"K{number}")
        record(city, definition, {str(year): float(year - 2000) for year in range(2005, 2021)})
        make_score(release, city, definition, standing="typical", percentile=0.5, k=9)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert client.get("/en/cities/lund/indicators/").status_code == 200


def test_the_best_places_come_first_and_the_clearest_are_named(
    city: City, release: Release, django_assert_max_num_queries: object
) -> None:
    places = (
        ("typical", 0.5), ("leading", 0.9), ("must-do-more", 0.1), ("leading", 1.0),
        ("must-do-more", 0.0), ("unclear", 0.6),
    )  # fmt: skip
    for number, (standing, percentile) in enumerate(places):
        definition = make_definition(f"I{number}", f"K{number}")
        record(city, definition, {"2020": 40.0})
        make_score(
            release, city, definition,
            standing=standing, percentile=percentile, k=10, value=40.0, period="2020",
        )  # fmt: skip
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        best = city_best(city, "en", 4)
    # Of more than fit, both ends.
    assert [strip.row.indicator.code for strip in best["strips"]] == ["I3", "I1", "I2", "I4"]
    assert best["n_ranked"] == city_profile(city, "en")["n_ranked"] == 6
    ahead, behind = best["ahead"], best["behind"]
    assert (ahead.row.row.indicator.code, ahead.better, ahead.k, ahead.year) == (
        "I3",
        10,
        10,
        "2020",
    )
    assert (behind.row.row.indicator.code, behind.not_worse) == ("I4", 10)


def test_a_city_without_a_release_has_no_places(city: City, green: Definition) -> None:
    best = city_best(city, "en", 4)
    assert (best["strips"], best["n_ranked"], best["ahead"], best["behind"]) == ([], 0, None, None)


def test_the_strip_of_a_city_shows_those_with_which_its_score_compared_it(
    city: City, green: Definition, release: Release, client: Client
) -> None:
    same = {"ranked_set": 0, "n_ranked": 4, "percentile": 0.5}
    make_score(
        release, city, green, standing="typical", peer_group="country:SE", k=2, rank=2, **same
    )
    for name, country, value in (("umea", "SE", 38.0), ("boras", "SE", 44.0), ("oslo", "NO", 30.0)):
        make_score(
            release, make_city(name, country=country), green, value=value, rank=1, **same
        )  # fmt: skip
    ((_title, (strip,)),) = city_strips(city, city_profile(city, "en"), "en")["groups"]
    assert [peer.public_id for peer in strip.peers] == ["umea", "boras"]
    shapes = Counter(mark.shape for mark in strip.strip.marks)
    assert shapes == {strip_marks.ME: 1, strip_marks.COMPARABLE: 2, strip_marks.OTHER: 1}
    text = one_line(client.get("/en/cities/lund/indicators/").text)
    assert "cities in Sweden (Boras, Umea)" in text
    assert "The newest figures are for 2021." in text


@pytest.mark.parametrize(
    ("figures", "values", "sign"),
    [
        ({"2015": 50.0, "2021": 60.0}, {"standard_error": 2.0}, 1),
        ({"2015": 60.0, "2018": 90.0, "2021": 50.0}, {"standard_error": 2.0}, -1),
        # 1.645 standard errors of the difference: 4.65.
        ({"2015": 50.0, "2021": 54.6}, {"standard_error": 2.0}, 0),
        ({"2015": 50.0, "2021": 54.7}, {"standard_error": 2.0}, 1),
    ],
)
def test_a_change_counts_beyond_the_interval_of_the_difference(
    city: City, figures: dict[str, float | None], values: dict[str, float], sign: int
) -> None:
    record(city, make_definition(), figures, **values)
    assert change_in(city) == sign


def test_nothing_is_compared_across_a_break_or_in_prices_of_other_years(city: City) -> None:
    definition = make_definition()
    record(city, definition, {"2015": 50.0})
    record(city, definition, {"2018": 90.0}, status="B")
    assert change_of(*line_in(city)) is None
    money = {"unit": "", "unit_label": "SEK/inhabitant", "valid_max": None}
    other = make_city("umea")
    record(other, make_definition("PAY", "KPAY", **money), {"2015": 1000.0, "2021": 2000.0})
    assert change_in(other) is None


def line_in(city: City) -> tuple[CitySeries, VersionLine]:
    rows = [row for section in city_profile(city, "en")["sections"] for row in section.rows]
    ((line, known),) = [(row.line, row.known) for row in rows if row.line and row.known]
    return line, known


def change_in(city: City) -> int | None:
    change = change_of(*line_in(city))
    assert change is not None
    return change.sign
