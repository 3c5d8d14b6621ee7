"""The effects of a case as readers see them: drawn where a sign has a meaning, told otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alliance.charts import forest
from alliance.knowledge.enums import Design
from alliance.knowledge.models import Effect
from alliance.knowledge.selectors.localise import local_name, local_symbol
from alliance.web.formatting import period


@dataclass(frozen=True)
class EffectView:
    """One effect. A figure that is None was not recorded; `excluded` says why it is not counted."""

    measure: str
    measure_slug: str
    qualifier: str
    value: float
    unit: str
    symbol: str
    unit_code: str
    is_change: bool
    baseline: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n: int | None
    period_start: int | None
    period_end: int | None
    design: str
    design_label: str
    direction: str
    direction_label: str
    note: str
    excluded: str

    @property
    def is_measured(self) -> bool:
        """Whether something was observed; a model measures nothing."""
        return self.design != Design.MODELLED

    @property
    def years(self) -> str:
        """The period in words; empty where it is not recorded."""
        if self.period_start is None and self.period_end is None:
            return ""
        return period(self.period_start, self.period_end)


@dataclass(frozen=True)
class EffectsOfCase:
    """All effects of a case.

    `charts` hold the counted changes, one a unit; `figures` the counted levels and counts, whose
    sign says nothing; `excluded` what is shown but not counted; `rows` everything, in order.
    """

    charts: tuple[forest.Forest, ...]
    figures: tuple[EffectView, ...]
    excluded: tuple[EffectView, ...]
    rows: tuple[EffectView, ...]

    @property
    def has_notes(self) -> bool:
        """Whether any effect carries a note."""
        return any(row.note for row in self.rows)

    @property
    def has_intervals(self) -> bool:
        """Whether any counted effect has an interval."""
        return any(row.low is not None and row.high is not None for row in self.rows)


def effect_view(effect: Effect, language: str) -> EffectView:
    """One effect in `language`; its measure and unit must be loaded."""
    return EffectView(
        measure=local_name(effect.measure, language),
        measure_slug=effect.measure.slug,
        qualifier=effect.qualifier,
        value=effect.value,
        unit=local_name(effect.unit, language),
        symbol=local_symbol(effect.unit, language),
        unit_code=effect.unit.code,
        is_change=effect.unit.is_change,
        baseline=effect.baseline,
        low=effect.low,
        high=effect.high,
        standard_error=effect.standard_error,
        n=effect.n,
        period_start=effect.period_start,
        period_end=effect.period_end,
        design=effect.design,
        design_label=str(effect.get_design_display()),
        direction=effect.direction,
        direction_label=str(effect.get_direction_display()),
        note=effect.note,
        excluded=str(effect.get_pool_exclusion_display()) if effect.pool_exclusion else "",
    )


def first_capital(text: str) -> str:
    """`text` with a capital first letter, the rest as it is (CO₂ stays CO₂)."""
    return text[:1].upper() + text[1:]


def _chart(rows: list[EffectView]) -> forest.Forest:
    directions = {row.direction for row in rows}
    mixed = len(directions) > 1
    return forest.draw(
        [
            forest.ForestRow(
                label=first_capital(row.measure),
                sublabel=", ".join(
                    part
                    for part in (row.qualifier, row.years, row.direction_label if mixed else "")
                    if part
                ),
                value=row.value,
                low=row.low,
                high=row.high,
                design=row.design_label,
                filled=row.is_measured,
            )
            for row in rows
        ],
        title=_("What changed, in %(unit)s") % {"unit": rows[0].unit},
        unit_symbol=rows[0].symbol,
        unit_name=rows[0].unit,
        favourable="" if mixed else rows[0].direction,
    )


def effects_of_case(effects: Iterable[Effect], language: str) -> EffectsOfCase:
    """Sort the effects of one case into what is drawn, told, and shown without being counted."""
    rows = tuple(effect_view(effect, language) for effect in effects)
    counted = [row for row in rows if not row.excluded]
    by_unit: dict[str, list[EffectView]] = {}
    for row in counted:
        if row.is_change:
            by_unit.setdefault(row.unit_code, []).append(row)
    return EffectsOfCase(
        charts=tuple(_chart(group) for group in by_unit.values()),
        figures=tuple(row for row in counted if not row.is_change),
        excluded=tuple(row for row in rows if row.excluded),
        rows=rows,
    )
