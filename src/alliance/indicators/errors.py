"""The error of a figure: its own, else the one declared for its source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from alliance.analysis.composite.scenarios import GRADE_ERRORS
from alliance.indicators.enums import ErrorBasis, Nature
from alliance.indicators.models import DefinitionVersion

#: Half the width of a 95 % interval, and of a 90 % interval, in standard errors.
_HALF_95 = 1.959963984540054
NINETY = 1.6448536269514722
#: Assumed for the rank of a figure without a known error.
NOT_RECORDED = "B"


class KnownFigure(Protocol):
    """A figure with its recorded error."""

    @property
    def value(self) -> float | None: ...
    @property
    def standard_error(self) -> float | None: ...
    @property
    def quality(self) -> str: ...


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
    """The standard error of a figure in its own unit, and its origin.

    `standard_error` (None or NaN if unknown) and `quality` are the figure's own; `grade`, `nature`
    and `least_difference` those that its definition declares. `grades` are shares of the value.
    Only `ErrorBasis.STATED` is recorded (`is_recorded`); ASSUMED is a convention used only for
    ranking.
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


def error_as_defined(figure: KnownFigure, version: DefinitionVersion) -> tuple[float, ErrorBasis]:
    """The standard error of a figure under its definition, and its origin."""
    return error_of(
        figure.value or 0.0,
        figure.standard_error,
        figure.quality,
        grade=version.grade,
        nature=version.nature,
        least_difference=version.least_difference,
    )


def interval_of(
    figure: KnownFigure, version: DefinitionVersion
) -> tuple[float | None, float | None]:
    """The 90 % interval of a figure; (None, None) if neither it nor its source has a known
    error."""
    error, basis = error_as_defined(figure, version)
    if figure.value is None or basis == ErrorBasis.ASSUMED:
        return None, None
    return ninety(figure.value, error, version.valid_min, version.valid_max)


def ninety(
    value: float, error: float, least: float | None, most: float | None
) -> tuple[float, float]:
    """The 90 % interval of a value by its standard error, limited to the valid range."""
    low, high = value - NINETY * error, value + NINETY * error
    return (
        low if least is None else max(low, least),
        high if most is None else min(high, most),
    )
