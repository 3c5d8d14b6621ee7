"""When a condition of "would it work here" is met, not met or unknown."""

from __future__ import annotations

import pytest

from alliance.testbeds.fit.conditions import Answer, Judged, like, same


def test_a_group_is_met_where_one_place_has_it():
    assert same("C", ["D", "C", None]) == Judged(Answer.MET, 1, 2)
    assert same("C", ["D", "D"]) == Judged(Answer.UNMET, 0, 2)


@pytest.mark.parametrize(("own", "places"), [(None, ["C"]), ("C", [None]), ("C", [])])
def test_an_unknown_group_is_neither(own, places):
    assert same(own, places).answer == Answer.UNKNOWN


def test_a_figure_is_like_within_the_factor_either_way():
    assert like(100.0, [200.0], 2.0) == Judged(Answer.MET, 1, 1)
    assert like(100.0, [50.0], 2.0).answer == Answer.MET
    assert like(100.0, [201.0, 49.0, None], 2.0) == Judged(Answer.UNMET, 0, 2)


def test_zero_is_like_zero_alone():
    assert like(0.0, [0.0], 2.0).answer == Answer.MET
    assert like(0.0, [1.0], 2.0).answer == Answer.UNMET


@pytest.mark.parametrize(
    ("own", "places"), [(None, [1.0]), (1.0, [None]), (1.0, []), (-1.0, [1.0])]
)
def test_what_is_not_known_or_not_a_size_is_unknown(own, places):
    assert like(own, places, 2.0).answer == Answer.UNKNOWN
