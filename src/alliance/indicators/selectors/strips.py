"""What the strips of the pages share: axes with their ends, figures in few digits, the release."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from alliance.charts.strip import FRENCH, MEMBER, Scale, Shape, scale_for
from alliance.indicators.enums import IndicatorDirection, MethodClass, NodeKind
from alliance.indicators.models import DefinitionVersion, Release, Score
from alliance.indicators.units import short_unit
from alliance.network.localise import local_field
from alliance.web import formatting

#: Sources that count everybody: the error of their grade is no interval of a sample.
COUNTED = frozenset({MethodClass.REGISTER, MethodClass.TAX_REGISTER})
#: From this size figures are rounded to thousands where their error is as large.
_LARGE = 1_000


class Measured(Protocol):
    """What a strip needs to know of a definition."""

    @property
    def unit(self) -> str: ...
    @property
    def unit_label(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def scale(self) -> str: ...
    @property
    def decimals(self) -> int: ...


class Figure(NamedTuple):
    """A figure of a city in a release, as strips need it."""

    node: str
    city: int
    definition_key: str
    boundary: str
    value: float
    low: float | None
    high: float | None
    period: str
    error_basis: str
    rank: int | None
    rank_high: int | None
    ranked_set: int | None
    percentile: float | None
    k: int
    not_ranked: str


_COLUMNS = (
    "node", "city_id", "definition_key", "boundary", "value", "value_low", "value_high", "period",
    "error_basis", "rank", "rank_high", "ranked_set", "percentile", "k", "not_ranked",
)  # fmt: skip


def figures_of(release: Release | None) -> tuple[Figure, ...]:
    """All figures of a release."""
    return _figures(release.pk, release.public_id) if release else ()


@lru_cache(maxsize=4)
def _figures(release: int, public_id: str) -> tuple[Figure, ...]:
    """Cached because a published release never changes; the random id is part of the key for
    databases that are emptied and reuse primary keys."""
    rows = Score.objects.filter(release=release, kind=NodeKind.INDICATOR, value__isnull=False)
    return tuple(map(Figure._make, rows.order_by("city_id").values_list(*_COLUMNS)))


def shape_of(country: str) -> Shape:
    """The mark of a member: French ones have a shape of their own."""
    return FRENCH if country == "FR" else MEMBER


def is_share(measured: Measured) -> bool:
    """Whether figures are shares of a whole in percent."""
    return measured.unit == "percent" and measured.scale == "share"


def scale_of(measured: Measured, values: Collection[float]) -> Scale:
    """The axis of a row: the better end is right."""
    lower = measured.direction == IndicatorDirection.LOWER
    return scale_for(values, is_share=is_share(measured), is_turned=lower)


def doubt_of(
    version: DefinitionVersion, low: float | None, high: float | None
) -> tuple[float | None, float | None]:
    """The interval of a figure; none where people, votes or kronor were counted, not sampled."""
    return (None, None) if version.method_class in COUNTED else (low, high)


def value_text(
    measured: Measured,
    language: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A figure with a short unit and no more digits than its interval allows."""
    digits = measured.decimals
    if low is not None and high is not None and high > low:
        doubt = math.ceil(-math.log10((high - low) / 2))
        digits = min(digits, max(doubt, 0 if abs(value) < _LARGE else -3))
    return with_unit(measured, language, round(value, digits), max(digits, 0))


def with_unit(measured: Measured, language: str, value: float, digits: int | None = None) -> str:
    """A number with the short unit of its definition."""
    unit = short_unit(measured.unit, local_field(measured, "unit_label", language))
    return f"{formatting.number(value, digits)}{formatting.NBSP}{unit}"


def ends_of(measured: Measured, scale: Scale, language: str) -> tuple[str, str] | None:
    """The ends of an axis in words; None where it is that of the head, 0 to 100 %."""
    if scale == Scale(0.0, 100.0) and is_share(measured):
        return None
    left, right = scale.ends
    # Long units are printed once.
    last = with_unit(measured, language, right)
    short = short_unit(measured.unit, measured.unit_label)
    return (
        with_unit(measured, language, left) if len(short) < 4 else formatting.number(left)
    ), last


def years_of(periods: Iterable[str]) -> str:
    """The periods of figures: "2021", or the first and the last one."""
    known = sorted({period[:4] for period in periods})
    if not known:
        return ""
    return known[0] if len(known) == 1 else f"{known[0]}–{known[-1]}"


def better_text(percentile: float, k: int) -> str:
    """How many of the comparable cities a city is better than."""
    return _("better than %(better)s of %(k)s") % {"better": round(percentile * k), "k": k}
