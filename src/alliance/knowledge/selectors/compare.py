"""Two to five cases side by side, after a verdict on what may be compared at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import Localised
from alliance.core.audit import Actor
from alliance.core.ids import PUBLIC_ID
from alliance.evidence.line_facts import line_facts, main_of
from alliance.evidence.selectors.effects import (
    EffectChart,
    EffectView,
    chart_of,
    effect_view,
    first_capital,
)
from alliance.evidence.selectors.verdict_line import VerdictLine, in_words
from alliance.knowledge.selectors.basket import (
    FEWEST,
    MOST,
    Basket,
    Suggestion,
    basket,
    counted,
    fault_of,
    query,
    read_ids,
    suggestions,
)
from alliance.knowledge.selectors.cases import Amount, CaseFacts, case_facts, prefetch
from alliance.knowledge.selectors.solutions import with_lines


@dataclass(frozen=True)
class ComparedCase(CaseFacts):
    """One case of the comparison; `label` is the short name that tells it from the others."""

    label: Localised
    without: str
    line: VerdictLine


@dataclass(frozen=True)
class SharedEffect:
    """One measure in one unit that at least two of the cases report, drawn and told by case.

    `cells` holds each column, in order, with its results, none where it does not report any, and
    whether it says "no difference" of the measure without a number.
    `cautions` say in words what stands against reading the values as one kind.
    """

    measure: str
    unit: str
    in_all: bool
    n_cases: int
    chart: EffectChart | None
    cells: tuple[tuple[ComparedCase, tuple[EffectView, ...], bool], ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Alone:
    """A measure in one unit that only one of the cases reports. `why` names a near miss."""

    measure: str
    unit: str
    place: str
    results: tuple[EffectView, ...]
    column: int
    why: str


@dataclass(frozen=True)
class Lack:
    """A field that keeps the cost of `cases` from being compared; `everyone`: of all of them."""

    field: str
    cases: tuple[Localised, ...]
    everyone: bool


@dataclass(frozen=True)
class CompareSummary:
    """What may be compared. `effects` is "all", "some" or "none"; so are the two about cost.

    `n_in_all` counts the measures that all cases report in one unit. `deflators` are (country,
    publisher of the index) of the costs that were moved to another price year.
    """

    effects: str
    n_in_all: int
    total: str
    each: str
    currency: str
    year: int
    total_lacks: tuple[Lack, ...]
    each_lacks: tuple[Lack, ...]
    deflators: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Comparison:
    """The whole page."""

    columns: tuple[ComparedCase, ...]
    verdict: CompareSummary
    shared: tuple[SharedEffect, ...]
    alone: tuple[Alone, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def has_nulls(self) -> bool:
        """Whether any of the cases found no difference in something."""
        return any(column.nulls for column in self.columns)

    @property
    def quantities(self) -> list[tuple[str, list[tuple[ComparedCase, Amount | None]]]]:
        """What each case records of the quantities that most have, by how they are called."""
        return [
            (
                quantity.title,
                [(column, column.quantities[number].amount) for column in self.columns],
            )
            for number, quantity in enumerate(self.columns[0].quantities)
            if quantity.is_usual
        ]


def compare(actor: Actor | None, requested: Iterable[str], language: str) -> Comparison | Basket:
    """The cases of these ids side by side, in the order given; a `Basket` where that cannot be."""
    ids = read_ids(requested)
    # What cannot be an id, or is more than a reader can mean, is not asked of the database.
    wanted = [public_id for public_id in dict.fromkeys(ids) if PUBLIC_ID.match(public_id)][
        : 4 * MOST
    ]
    known = {
        case.public_id: case
        for case in visible_cases(actor)
        .filter(public_id__in=wanted)
        .select_related("solution", "city")
    }
    cases = [known[public_id] for public_id in dict.fromkeys(ids) if public_id in known]
    prefetch(cases)
    with_lines([case.solution for case in cases])
    fault = fault_of(ids, list(known))
    if fault is not None:
        return basket(actor, cases, fault, language)
    columns = _labelled([_column(case, cases, language) for case in cases])
    shared, alone = _effects(cases, columns, language)
    return Comparison(
        columns=columns,
        verdict=_verdict(columns, shared),
        shared=shared,
        alone=alone,
        suggestions=suggestions(actor, cases, language) if len(cases) < MOST else (),
    )


def _column(case: CaseStudy, cases: Sequence[CaseStudy], language: str) -> ComparedCase:
    facts = case_facts(case, language)
    return ComparedCase(
        **vars(facts),
        label=Localised(facts.place),
        line=in_words(line_facts(case.solution, main_of(case.solution))),
        without=query(other.public_id for other in cases if other.pk != case.pk),
    )


def _effects(
    cases: Sequence[CaseStudy], columns: Sequence[ComparedCase], language: str
) -> tuple[tuple[SharedEffect, ...], tuple[Alone, ...]]:
    """Sort all counted effects into those that two or more cases share, and the rest."""
    keys: dict[tuple[str, str], dict[int, list[EffectView]]] = {}
    for number, case in enumerate(cases):
        for effect in counted(case):
            view = effect_view(effect, language)
            by_case = keys.setdefault((view.measure_slug, view.unit_code), {})
            by_case.setdefault(number, []).append(view)
    shared = [_shared(by_case, columns) for by_case in keys.values() if len(by_case) >= FEWEST]
    shared.sort(key=lambda shared_effect: -shared_effect.n_cases)
    alone = []
    for (measure, _unit), by_case in keys.items():
        if len(by_case) >= FEWEST:
            continue
        number, views = next(iter(by_case.items()))
        elsewhere = any(
            slug == measure and set(other) != {number}
            for (slug, _other_unit), other in keys.items()
        )
        alone.append(
            Alone(
                measure=first_capital(views[0].measure),
                unit=views[0].unit,
                place=columns[number].place,
                results=tuple(views),
                column=number,
                why=_("another case uses a different unit") if elsewhere else "",
            )
        )
    return tuple(shared), tuple(alone)


def _labelled(columns: Sequence[ComparedCase]) -> tuple[ComparedCase, ...]:
    """The columns named by place, with the start year or by title where places are the same."""
    places = Counter(column.place for column in columns)
    with_year = Counter((column.place, column.case.start_year) for column in columns)

    def label(column: ComparedCase) -> Localised:
        if places[column.place] == 1:
            return Localised(column.place)
        year = column.case.start_year
        if year is not None and with_year[column.place, year] == 1:
            return Localised(f"{column.place} ({year})")
        return Localised(column.text.text.title, column.text.lang_attr)

    return tuple(replace(column, label=label(column)) for column in columns)


def _shared(by_case: dict[int, list[EffectView]], columns: Sequence[ComparedCase]) -> SharedEffect:
    first = next(iter(by_case.values()))[0]
    everything = [view for number in sorted(by_case) for view in by_case[number]]
    chart = None
    if first.is_change:
        chart = chart_of(
            everything,
            [str(columns[number].label) for number in sorted(by_case) for _view in by_case[number]],
            first_capital(first.measure),
        )
    return SharedEffect(
        measure=first_capital(first.measure),
        unit=first.unit,
        in_all=len(by_case) == len(columns),
        n_cases=len(by_case),
        chart=chart,
        cells=tuple(
            (
                column,
                tuple(by_case.get(number, ())),
                any(null.measure.slug == first.measure_slug for null in column.nulls),
            )
            for number, column in enumerate(columns)
        ),
        cautions=_cautions(everything),
    )


def _cautions(views: Sequence[EffectView]) -> tuple[str, ...]:
    cautions = []
    designs = list(dict.fromkeys(view.design_label for view in views))
    if len(designs) > 1:
        cautions.append(
            _("The values were measured in different ways: %(ways)s.")
            % {"ways": ", ".join(designs)}
        )
    if any(view.qualifier for view in views):
        cautions.append(_("Some values cover only part of the place or period."))
    if all(view.low is None or view.high is None for view in views):
        cautions.append(
            _("No interval is known, so we cannot judge whether the values really differ.")
        )
    return tuple(cautions)


def _extent(number: int, of: int) -> str:
    return "all" if number == of else "some" if number >= FEWEST else "none"


def _lacks(columns: Sequence[ComparedCase], fields: Sequence[str]) -> tuple[Lack, ...]:
    by_field: dict[str, list[Localised]] = {}
    for column, field in zip(columns, fields, strict=True):
        if field:
            title = Localised(column.text.text.title, column.text.lang_attr)
            by_field.setdefault(field, []).append(title)
    return tuple(
        Lack(field, tuple(titles), len(titles) == len(columns))
        for field, titles in by_field.items()
    )


def _verdict(columns: Sequence[ComparedCase], shared: Sequence[SharedEffect]) -> CompareSummary:
    n_in_all = sum(shared_effect.in_all for shared_effect in shared)
    converted = [column for column in columns if column.cost.converted]
    each = [column for column in columns if column.cost.per_inhabitant]

    return CompareSummary(
        effects="all" if n_in_all else "some" if shared else "none",
        n_in_all=n_in_all,
        total=_extent(len(converted), len(columns)),
        each=_extent(len(each), len(columns)),
        currency=columns[0].cost.target_currency,
        year=columns[0].cost.target_year,
        total_lacks=_lacks(columns, [column.cost.total_lacks for column in columns]),
        each_lacks=_lacks(columns, [column.cost.per_inhabitant_lacks for column in columns]),
        deflators=tuple(
            dict.fromkeys(
                (column.cost.deflator, source.publisher)
                for column in converted
                for source in column.cost.deflator_sources[:1]
            )
        ),
    )
