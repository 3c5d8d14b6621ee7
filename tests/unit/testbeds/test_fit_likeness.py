"""How near places are to a city, what they cover, and which mean is told."""

from __future__ import annotations

import math

import pytest

from alliance.analysis.errors import MethodError
from alliance.testbeds.fit.likeness import PlaceFacts, expect, likeness


def place(inhabitants: float | None = 1e5, climate: str | None = "C", country: str | None = "SE"):
    return PlaceFacts(climate, country, inhabitants, None)


def test_the_nearest_come_first_and_say_what_was_compared():
    found = likeness(place(1e5), [place(1e7), place(1e5), place(1e6)])
    assert [one.index for one in found.near] == [1, 2, 0]
    assert found.near[0].distance == 0
    # Two groups alike, and half of the range of two powers of ten: 0.5 / 3.
    assert found.near[1].distance == pytest.approx(0.5 / 3)
    assert found.near[0].shared == ("climate", "country", "inhabitants")
    assert found.missing == ("density",)


def test_a_place_that_shares_one_fact_has_no_distance():
    found = likeness(place(), [place(None, None, "SE")])
    assert found.near == ()
    assert found.effective is None
    assert not found.supported


def test_three_equal_places_that_cover_the_city_are_enough():
    found = likeness(place(), [place(), place(), place()])
    assert found.effective == pytest.approx(3)
    assert found.supported
    assert not likeness(place(), [place(), place()]).supported


def test_one_like_place_among_unlike_ones_is_worth_little_more_than_one():
    found = likeness(place(), [place(), *[place(1e7, "B", "IN")] * 5])
    assert found.effective is not None
    assert found.effective < 1.1


@pytest.mark.parametrize(
    ("own", "outside"),
    [
        (place(climate="D"), ("climate",)),
        (place(1e6), ("inhabitants",)),
        (place(1e4), ("inhabitants",)),
        (place(country="FR"), ()),
    ],
)
def test_what_no_place_covers_is_refused_but_another_country_is_not(own, outside):
    found = likeness(own, [place(9e4), place(1.1e5)] * 2)
    assert found.outside == outside
    assert found.supported is (outside == ())


def test_without_a_place_nothing_is_said():
    found = likeness(place(), [])
    assert (found.near, found.effective, found.supported) == ((), None, False)
    with pytest.raises(MethodError, match="no place"):
        expect(place(), [], [])


def many(low: float, high: float):
    """Six places each under two climates, whose results differ by the climate alone or not."""
    places = [place(1e5 + n, "C") for n in range(6)] + [place(1e5 + n, "D") for n in range(6)]
    return places, [low] * 6 + [high] * 6


def test_likeness_is_used_where_it_was_shown_to_predict():
    places, values = many(-30.0, -10.0)
    found = expect(place(1e5 + 2, "D"), places, values)
    assert found.by_context
    assert found.check.n_compared == 12
    assert found.check.weighted_error < found.check.plain_error
    assert found.value > -20


def test_the_plain_mean_is_told_where_likeness_does_not_help():
    places, _ = many(0, 0)
    values = [-30.0, -10.0] * 6
    found = expect(place(1e5 + 2, "D"), places, values)
    assert not found.by_context
    assert found.value == pytest.approx(-20)


def test_outside_of_the_places_the_plain_mean_is_told_whatever_was_shown():
    places, values = many(-30.0, -10.0)
    found = expect(place(1e7, "D"), places, values)
    assert not found.by_context
    assert found.value == pytest.approx(-20)


def test_too_few_places_show_nothing():
    found = expect(place(), [place(), place(), place(), place()], [1.0, 2.0, 3.0, 4.0])
    assert not found.by_context
    assert found.check.n_compared == 4
    assert math.isclose(found.value, 2.5)
