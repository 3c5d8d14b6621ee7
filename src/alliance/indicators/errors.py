"""How far off a figure may be: by its own record, else by what is declared of its source."""

from __future__ import annotations

import math
from collections.abc import Mapping

from alliance.analysis.composite.scenarios import GRADE_ERRORS
from alliance.indicators.enums import ErrorBasis, Nature

#: Half the width of a 95 % interval, and of a 90 % one, in standard errors.
_HALF_95 = 1.959963984540054
NINETY = 1.6448536269514722
#: Taken for the place of a figure among others where nothing is known of its error.
NOT_RECORDED = "B"


def error_of(
    value: float,
    standard_error: float | None,
    quality: str = "",
    *,
    grade: str = "",
    nature: str = Nature.MEASURED,
    least_difference: float | None = None,
    grades: Mapping[str, float] = GRADE_ERRORS,
) -> tuple[float, ErrorBasis]:
    """The standard error of a figure in its own unit, and where it is from.

    `standard_error` (None or NaN for none) and `quality` are the figure's own; `grade`, `nature`
    and `least_difference` what its definition declares. `grades` are shares of the value. Only
    `ErrorBasis.STATED` is recorded (`is_recorded`); ASSUMED is a convention for ranking alone.
    """
    size = abs(value)
    if standard_error is not None and not math.isnan(standard_error):
        return standard_error, ErrorBasis.STATED
    if quality:
        return grades[quality] * size, ErrorBasis.GRADE
    if nature == Nature.OPINION and least_difference:
        # The least difference of a survey is taken as half the width of its 95 % interval.
        return least_difference / _HALF_95, ErrorBasis.SURVEY
    if grade:
        return grades[grade] * size, ErrorBasis.DECLARED
    return grades[NOT_RECORDED] * size, ErrorBasis.ASSUMED


def interval(
    value: float | None,
    standard_error: float | None,
    quality: str = "",
    *,
    grade: str = "",
    nature: str = Nature.MEASURED,
    least_difference: float | None = None,
) -> tuple[float | None, float | None]:
    """The 90 % interval of a figure; (None, None) where neither it nor its kind tells an error."""
    if value is None:
        return None, None
    error, basis = error_of(
        value, standard_error, quality,
        grade=grade, nature=nature, least_difference=least_difference,
    )  # fmt: skip
    if basis == ErrorBasis.ASSUMED:
        return None, None
    return value - NINETY * error, value + NINETY * error
