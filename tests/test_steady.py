"""Tests come out the same in every run of the same code."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture.providers import HypothesisProvider


def test_what_hypothesis_makes_up_depends_neither_on_chance_nor_on_what_is_loaded() -> None:
    assert settings().derandomize
    assert len(HypothesisProvider(None)._local_constants) == 0


def test_each_test_has_an_id_of_its_own(request: pytest.FixtureRequest) -> None:
    # Of several with one id only one is run where there is more than one process.
    ids = [item.nodeid for item in request.session.items]
    assert sorted(set(ids)) == sorted(ids)


def test_what_shares_a_fixture_stays_in_one_process(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("tests are not spread by group")
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group")]
    assert all("@" in item.nodeid for item in grouped)
