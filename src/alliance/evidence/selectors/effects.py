"""The effects of a case as readers see them: drawn where a sign has a meaning, told otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import MEASURED_DESIGNS, Z_95
from alliance.cases.enums import CheckAgain, Design
from alliance.cases.models import Effect, Source
from alliance.cases.selectors.localise import effect_words, local_name, local_symbol
from alliance.charts import forest
from alliance.evidence.messages.spread import to_check_again
from alliance.web.formatting import period


@dataclass(frozen=True, kw_only=True)
class EffectFigures:
    """The figures of one effect and how it was found; None where something was not recorded.

    `check_again` is the code of why it is to be looked up again, empty where nothing is open.
    """

    value: float
    low: float | None
    high: float | None
    n: int | None
    design: str
    period_start: int | None
    period_end: int | None
    range_low: float | None = None
    range_high: float | None = None
    #: Whether the interval was computed from a published standard error.
    is_interval_computed: bool = False
    check_again: str = ""
    has_late_plan: bool = False
    has_failed_check: bool = False
    has_deviation: bool = False

    @property
    def weakened(self) -> tuple[str, ...]:
        """What weakens it, in words: a late plan, a failed check, a departure from the plan."""
        words = (
            (self.has_late_plan, _("plan registered after the data")),
            (self.has_failed_check, _("failed a method check")),
            (self.has_deviation, _("departed from the plan")),
        )
        return tuple(text for is_so, text in words if is_so)

    @property
    def ends(self) -> tuple[float, float] | None:
        """The published range that stands in place of the value, None where there is none."""
        if self.range_low is None or self.range_high is None:
            return None
        return self.range_low, self.range_high

    @property
    def doubt(self) -> str:
        """That it is to be looked up again and why, in words; empty where nothing is open."""
        if not self.check_again:
            return ""
        return _("needs to be checked again (%(reason)s)") % {
            "reason": CheckAgain(self.check_again).label
        }

    @property
    def is_measured(self) -> bool:
        """Whether something was observed; a model measures nothing."""
        return self.design != Design.MODELLED

    @property
    def design_label(self) -> str:
        """How the effect was found, in words."""
        return str(Design(self.design).label)

    @property
    def years(self) -> str:
        """The period in words; empty where it is not recorded."""
        if self.period_start is None and self.period_end is None:
            return ""
        return period(self.period_start, self.period_end)

    def drawn(
        self, label: str, sublabel: str, part: str, lang_attr: str, href: str = ""
    ) -> forest.ForestRow:
        """A row of a chart with these figures; `part` is in the language `lang_attr`, if given."""
        return forest.ForestRow(
            label=label,
            sublabel=", ".join(
                part
                for part in (
                    sublabel,
                    *self.weakened,
                    _("needs to be checked again") if self.check_again else "",
                )
                if part
            ),
            value=self.value,
            low=self.low,
            high=self.high,
            design=self.design_label,
            href=href,
            filled=self.is_measured,
            part=part,
            lang_attr=lang_attr,
            ends=self.ends,
        )


_FIGURES = tuple(
    field.name for field in fields(EffectFigures) if field.name != "is_interval_computed"
)


def figures_of(effect: Effect) -> dict[str, Any]:
    """The fields of `EffectFigures` of an effect, by their names.

    A published standard error gives the interval where none was published.
    """
    figures = {name: getattr(effect, name) for name in _FIGURES}
    if effect.standard_error and effect.low is None and effect.high is None:
        half = Z_95 * effect.standard_error
        figures |= {
            "low": effect.value - half,
            "high": effect.value + half,
            "is_interval_computed": True,
        }
    return figures


@dataclass(frozen=True, kw_only=True)
class EffectView(EffectFigures):
    """One effect. A figure that is None was not recorded; `excluded` says why it is not counted.

    `se_rule` says how the standard error is known, empty where that is not recorded.

    `lang_attr` is the language of `qualifier` and `note` where it is not the page's. `source_url`:
    where the figure was read, or the list of sources on the page where that is not known.
    """

    measure: str
    measure_slug: str
    qualifier: str
    unit: str
    symbol: str
    unit_code: str
    is_change: bool
    baseline: float | None
    baseline_unit: str
    baseline_symbol: str
    baseline_year: str
    baseline_source: str
    is_baseline_computed: bool
    standard_error: float | None
    se_rule: str
    direction: str
    direction_label: str
    note: str
    lang_attr: str
    excluded: str
    source_title: str = ""
    source_url: str = ""


@dataclass(frozen=True)
class EffectChart:
    """A drawing whose rows are results, not places.

    `told_in_label`: the labels are content, in the language of their row.
    """

    plot: forest.Forest
    has_localized_labels: bool


@dataclass(frozen=True)
class EffectsOfCase:
    """All effects of a case.

    `charts` hold the counted changes; `figures` the counted levels and counts, whose
    sign says nothing; `excluded` what is shown but not counted; `rows` everything, in order.
    """

    charts: tuple[EffectChart, ...]
    figures: tuple[EffectView, ...]
    excluded: tuple[EffectView, ...]
    rows: tuple[EffectView, ...]

    @property
    def doubtful(self) -> tuple[EffectView, ...]:
        """Those that are to be looked up again."""
        return tuple(row for row in self.rows if row.check_again)

    @property
    def to_check_again(self) -> str:
        """How many are to be looked up again, in words; empty where none is."""
        return to_check_again(len(self.doubtful), len(self.rows))

    @property
    def is_measured(self) -> bool:
        """Whether a result was measured and counts."""
        return any(row.design in MEASURED_DESIGNS and not row.excluded for row in self.rows)

    @property
    def has_standard_errors(self) -> bool:
        """Whether any effect carries a standard error: the table has a column for it then."""
        return any(row.standard_error is not None for row in self.rows)

    @property
    def lang_attr(self) -> str:
        """The language of words of the case among the figures; empty where it is the page's."""
        rows = (row.lang_attr for row in self.rows if row.qualifier or row.note)
        return next(filter(None, rows), "")


def baseline_of(effect: Effect, language: str) -> dict[str, Any]:
    """The value before an effect, with its own unit or that of the effect, by its fields."""
    unit = effect.baseline_unit or effect.unit
    return {
        "baseline": effect.baseline,
        "baseline_unit": local_name(unit, language),
        "baseline_symbol": local_symbol(unit, language),
        "baseline_year": str(effect.baseline_year or ""),
        "baseline_source": effect.baseline_source,
        "is_baseline_computed": effect.is_baseline_computed,
    }


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def _numbers(text: str) -> set[float]:
    """The numbers of a text, whose commas may separate thousands or decimals."""
    return {
        float(number.replace(",", sign))
        for number in _NUMBER.findall(text)
        for sign in ("", ".")
        if number.replace(",", sign).count(".") <= 1
    }


def source_of(effect: Effect, sources: Sequence[Source]) -> Source | None:
    """Which of the sources of its case an effect was read in: the one that it names, the only one,
    or the only one whose passage has its figure, or both ends of its range; else None."""
    if effect.source:
        named = Source(title=_("Source"), url=effect.source)
        return next((source for source in sources if source.url == effect.source), named)
    if len(sources) == 1:
        return sources[0]
    ends = {abs(end) for end in (effect.range_low, effect.range_high) if end is not None}
    for figures in ({abs(effect.value)}, ends):
        read_in = [source for source in sources if figures and figures <= _numbers(source.seen)]
        if len(read_in) == 1:
            return read_in[0]
    return None


def effect_view(effect: Effect, language: str, sources: Sequence[Source] = ()) -> EffectView:
    """One effect in `language`; its case, measure and unit must be loaded, and `sources` are those
    of its case."""
    source = source_of(effect, sources)
    qualifier, note, lang_attr = effect_words(effect, effect.case.original_language, language)
    return EffectView(
        **figures_of(effect),
        measure=local_name(effect.measure, language),
        measure_slug=effect.measure.slug,
        qualifier=qualifier,
        unit=local_name(effect.unit, language),
        symbol=local_symbol(effect.unit, language),
        unit_code=effect.unit.code,
        is_change=effect.unit.is_change,
        **baseline_of(effect, language),
        standard_error=effect.standard_error,
        se_rule=str(effect.get_se_rule_display()) if effect.se_rule else "",
        direction=effect.direction,
        direction_label=str(effect.get_direction_display()),
        note=note,
        lang_attr=lang_attr,
        excluded=str(effect.get_pool_exclusion_display()) if effect.pool_exclusion else "",
        source_title=source.title if source else "",
        source_url=(source.url if source else "") or ("#sources" if sources else ""),
    )


def first_capital(text: str) -> str:
    """`text` with a capital first letter, the rest as it is (CO₂ stays CO₂)."""
    return text[:1].upper() + text[1:]


def chart_of(
    rows: Sequence[EffectView], labels: Sequence[str], title: str, *, told_in_label: bool = False
) -> EffectChart:
    """A drawing of `rows`, which share one unit, each under its label.

    What all rows have in common stands in the title: their design here, and what the caller put
    into `title`. `told_in_label`: the labels are the qualifiers.
    """
    directions = {row.direction for row in rows}
    designs = {row.design_label for row in rows}

    def drawn(row: EffectView, label: str) -> forest.ForestRow:
        design = row.design_label if len(designs) > 1 else ""
        below = ", ".join(part for part in (row.years, design) if part)
        part = "" if told_in_label else row.qualifier
        return row.drawn(label, below, part, row.lang_attr, row.source_url)

    plot = forest.draw(
        [drawn(row, label) for row, label in zip(rows, labels, strict=True)],
        title=", ".join([title, *(designs if len(designs) == 1 else ())]),
        unit_symbol=rows[0].symbol,
        unit_name=rows[0].unit,
        favourable=rows[0].direction if len(directions) == 1 else "",
    )
    return EffectChart(plot, told_in_label)


def _own_chart(rows: Sequence[EffectView]) -> EffectChart:
    """A drawing of results of one case: by measure, or by part where the measure is one."""
    unit = rows[0].unit
    if (
        len(rows) > 1
        and len({row.measure for row in rows}) == 1
        and all(row.qualifier for row in rows)
    ):
        labels = [first_capital(row.qualifier) for row in rows]
        title = f"{first_capital(rows[0].measure)}, {unit}"
        return chart_of(rows, labels, title, told_in_label=True)
    return chart_of(rows, [first_capital(row.measure) for row in rows], first_capital(unit))


def _time(effect: Effect) -> tuple[bool, int, int]:
    """When an effect was measured, for sorting; last where no year is recorded."""
    first = effect.period_start or effect.period_end
    return first is None, first or 0, effect.period_end or first or 0


def effects_of_case(
    effects: Iterable[Effect], language: str, sources: Sequence[Source] = ()
) -> EffectsOfCase:
    """Sort the effects of one case into what is drawn, told, and shown without being counted; each
    in the order of time, with the one of the `sources` of the case that it was read in."""
    rows = tuple(effect_view(effect, language, sources) for effect in sorted(effects, key=_time))
    counted = [row for row in rows if not row.excluded]
    # One axis for each unit and better side, so that an axis has one meaning.
    groups: dict[tuple[str, str], list[EffectView]] = {}
    for row in counted:
        if row.is_change:
            groups.setdefault((row.unit_code, row.direction), []).append(row)
    return EffectsOfCase(
        charts=tuple(_own_chart(group) for group in groups.values()),
        figures=tuple(row for row in counted if not row.is_change),
        excluded=tuple(row for row in rows if row.excluded),
        rows=rows,
    )
