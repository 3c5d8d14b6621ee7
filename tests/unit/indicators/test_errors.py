"""The error of a figure: its own record before what is declared of its kind of source."""

from __future__ import annotations

import math
from typing import Any

import pytest

from alliance.indicators.enums import ErrorBasis, Nature
from alliance.indicators.errors import error_of, interval


@pytest.mark.parametrize(
    ("own", "declared", "error", "basis"),
    [
        ((3.0, "A"), {"grade": "C"}, 3.0, ErrorBasis.STATED),
        ((0.0, ""), {}, 0.0, ErrorBasis.STATED),
        ((None, "A"), {"grade": "C"}, 0.4, ErrorBasis.GRADE),
        ((math.nan, ""), {"grade": "C"}, 6.0, ErrorBasis.DECLARED),
        ((None, ""), {"grade": "C", "least_difference": 1.0}, 6.0, ErrorBasis.DECLARED),
        (
            (None, ""),
            {"nature": Nature.OPINION, "least_difference": 3.919927969080108, "grade": "C"},
            2.0,
            ErrorBasis.SURVEY,
        ),
        ((None, ""), {}, 2.0, ErrorBasis.ASSUMED),
    ],
)
def test_the_nearest_word_on_the_error_counts(
    own: tuple[float | None, str], declared: dict[str, Any], error: float, basis: ErrorBasis
) -> None:
    found = error_of(-40.0, *own, **declared)
    assert found == (pytest.approx(error), basis)
    assert found[1].is_recorded == (basis == ErrorBasis.STATED)


def test_an_interval_is_drawn_where_something_is_known_of_the_error() -> None:
    assert interval(40.0, None) == (None, None)
    assert interval(None, 1.0) == (None, None)
    low, high = interval(40.0, None, grade="B")
    assert low is not None and high is not None
    assert (high - low) / 2 == pytest.approx(1.6448536 * 2.0)
