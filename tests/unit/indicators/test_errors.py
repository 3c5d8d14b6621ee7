"""The error of a figure: its own record before what is declared of its kind of source."""

from __future__ import annotations

import math
from typing import Any

import pytest

from alliance.indicators.enums import ErrorBasis, Nature
from alliance.indicators.errors import NINETY, error_of, interval_of
from alliance.indicators.models import DefinitionVersion, Observation

HALF = NINETY * 2.0


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


@pytest.mark.parametrize(
    ("own", "declared", "expected"),
    [
        ((40.0, None, ""), {}, (None, None)),
        ((None, 1.0, ""), {"grade": "B"}, (None, None)),
        ((40.0, None, ""), {"grade": "B"}, (40.0 - HALF, 40.0 + HALF)),
        ((40.0, 2.0, ""), {"grade": "C"}, (40.0 - HALF, 40.0 + HALF)),
        ((40.0, 2.0, ""), {"valid_min": 39.0, "valid_max": 41.0}, (39.0, 41.0)),
    ],
)
def test_an_interval_is_drawn_where_something_is_known_of_the_error(
    own: tuple[float | None, float | None, str],
    declared: dict[str, Any],
    expected: tuple[float | None, float | None],
) -> None:
    value, error, quality = own
    figure = Observation(value=value, standard_error=error, quality=quality)
    found = interval_of(figure, DefinitionVersion(**declared))
    assert found == (expected if None in expected else pytest.approx(expected))
