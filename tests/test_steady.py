"""Tests come out the same in every run of the same code."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.internal.conjecture.providers import HypothesisProvider


def test_what_hypothesis_makes_up_depends_neither_on_chance_nor_on_what_is_loaded() -> None:
    assert settings().derandomize
    assert len(HypothesisProvider(None)._local_constants) == 0
