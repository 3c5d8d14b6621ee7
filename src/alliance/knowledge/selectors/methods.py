"""What the pages of methods show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, TextChoices
from django.utils.functional import Promise

from alliance.core.audit import Actor
from alliance.knowledge.enums import CostLevel, Iap2Level, Mode, Topic
from alliance.knowledge.method_filter import MethodFilter
from alliance.knowledge.models import CaseStudy, Method, MethodText, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import Localised, cases_by_key, strongest_first
from alliance.knowledge.selectors.localise import ChosenText, chosen_text
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.solutions import (
    Tally,
    solution_lines,
    tally_from,
    tally_of,
)

METHODS_PER_PAGE = 50
CASES_PER_PAGE = 50


@dataclass(frozen=True)
class GroupSize:
    """For how many people a method is meant; a bound is None where it is not recorded."""

    minimum: int | None
    maximum: int | None

    @property
    def is_recorded(self) -> bool:
        return self.minimum is not None or self.maximum is not None

    def holds(self, people: int) -> bool:
        """Whether that many people are known to be in the range; False where none is recorded."""
        return (
            self.is_recorded
            and (self.minimum is None or people >= self.minimum)
            and (self.maximum is None or people <= self.maximum)
        )


@dataclass(frozen=True)
class MethodLine:
    """A method in a list, with how many published cases tell of its use."""

    public_id: str
    name: Localised
    description: Localised
    topic: str
    group: GroupSize
    cost_level: str
    iap2_level: str
    mode: str
    tally: Tally


@dataclass(frozen=True)
class Option:
    """One choice of a filter. `count` is what would be listed with it and the other filters."""

    value: str
    label: str | Promise
    count: int
    checked: bool


@dataclass(frozen=True)
class MethodList:
    """The methods that pass a filter, by name, a page at a time.

    `n_without_group` others have no recorded group size.
    """

    page: Page[MethodLine]
    n_all: int
    n_without_group: int
    topic: tuple[Option, ...]
    cost: tuple[Option, ...]
    iap2: tuple[Option, ...]
    mode: tuple[Option, ...]

    @property
    def lines(self) -> tuple[MethodLine, ...]:
        """The methods on this page of the list."""
        return tuple(self.page)

    @property
    def n_found(self) -> int:
        """How many methods pass the filter."""
        return self.page.paginator.count


@dataclass(frozen=True)
class MethodPage:
    """All that the page of a method shows.

    `cases` are those on page `page` of them, best known first; `tally` counts all.
    """

    public_id: str
    origin: str
    topic: str
    text: ChosenText[MethodText]
    group: GroupSize
    cost_level: str
    iap2_level: str
    mode: str
    solution: Solution | None
    tally: Tally
    cases: tuple[CaseStudy, ...]
    page: Page[int]

    @property
    def iap2_levels(self) -> tuple[str, ...]:
        """All levels of influence, least first."""
        return tuple(Iap2Level.values)

    @property
    def translated_from(self) -> str:
        """The language the text was translated from; empty for an original."""
        return self.text.original_language if self.text.is_translation else ""

    @property
    def behind(self) -> int:
        """How many edits of the original the translation has not taken up, as far as is known."""
        return self.text.edits_behind or 0


def _passes(line: MethodLine, wanted: MethodFilter, *, group: bool = True) -> bool:
    return (
        (not wanted.topic or line.topic in wanted.topic)
        and (not wanted.cost or line.cost_level in wanted.cost)
        and (not wanted.iap2 or line.iap2_level in wanted.iap2)
        # A method for both modes can be held in either.
        and (not wanted.mode or line.mode in wanted.mode or line.mode == Mode.BOTH)
        and (not group or wanted.group is None or line.group.holds(wanted.group))
    )


def _options(
    lines: Sequence[MethodLine],
    choices: Iterable[TextChoices],
    chosen: tuple[str, ...],
    only: Callable[[str], MethodFilter],
) -> tuple[Option, ...]:
    return tuple(
        Option(
            value=choice.value,
            label=choice.label,
            count=sum(_passes(line, only(choice.value)) for line in lines),
            checked=choice.value in chosen,
        )
        for choice in choices
    )


def _tallies(actor: Actor | None) -> dict[int, Tally]:
    """The published cases that tell of each method (by its key) by outcome, in one query."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        visible_cases(actor)
        .filter(methods__isnull=False)
        .order_by()
        .values_list("methods", "outcome")
        .annotate(Count("id"))
    )
    for method_id, outcome, number in rows:
        counts[method_id][outcome] = number
    return {key: tally_from(found) for key, found in counts.items()}


def _lines(actor: Actor | None, language: str) -> list[MethodLine]:
    texts = MethodText.objects.only(
        "method", "language", "status", "revision", "source_revision", "name", "description"
    )
    counts = _tallies(actor)
    lines = []
    for method in Method.objects.prefetch_related(Prefetch("texts", queryset=texts)):
        text = chosen_text(method.texts.all(), language)
        lines.append(
            MethodLine(
                public_id=method.public_id,
                name=Localised(text.text.name, text.lang_attr),
                description=Localised(text.text.description, text.lang_attr),
                topic=method.topic,
                group=GroupSize(method.group_size_min, method.group_size_max),
                cost_level=method.cost_level,
                iap2_level=method.iap2_level,
                mode=method.mode,
                tally=counts.get(method.pk, Tally()),
            )
        )
    return sorted(lines, key=lambda line: line.name.value.casefold())


def method_list(
    actor: Actor | None, language: str, wanted: MethodFilter, number: int = 1
) -> MethodList:
    """Page `number` of the methods that pass `wanted`, with counts for each option.

    In three queries. Raises NotFound for a page that does not exist.
    """
    lines = _lines(actor, language)
    pages = Paginator([line for line in lines if _passes(line, wanted)], METHODS_PER_PAGE)
    return MethodList(
        page=page_of(pages, number),
        n_all=len(lines),
        n_without_group=0
        if wanted.group is None
        else sum(
            not line.group.is_recorded and _passes(line, wanted, group=False) for line in lines
        ),
        topic=_options(lines, Topic, wanted.topic, lambda code: replace(wanted, topic=(code,))),
        cost=_options(lines, CostLevel, wanted.cost, lambda code: replace(wanted, cost=(code,))),
        iap2=_options(lines, Iap2Level, wanted.iap2, lambda code: replace(wanted, iap2=(code,))),
        mode=_options(
            lines,
            (Mode.IN_PERSON, Mode.ONLINE),
            wanted.mode,
            lambda code: replace(wanted, mode=(code,)),
        ),
    )


def method_page(actor: Actor | None, method: Method, language: str, number: int = 1) -> MethodPage:
    """What the page of `method` shows, with page `number` of its cases, in at most ten queries.

    Raises NotFound for a page that does not exist.
    """
    cases = strongest_first(
        visible_cases(actor)
        .filter(methods=method)
        .only("public_id", "outcome", "evidence_points", "start_year")
    )
    page = page_of(Paginator([case.pk for case in cases], CASES_PER_PAGE), number)
    lines = cases_by_key(visible_cases(actor), page)
    related = (
        solution_lines(actor, language, Solution.objects.filter(pk=method.related_solution_id))
        if method.related_solution_id
        else []
    )
    return MethodPage(
        public_id=method.public_id,
        origin=method.origin,
        topic=method.topic,
        text=chosen_text(method.texts.all(), language),
        group=GroupSize(method.group_size_min, method.group_size_max),
        cost_level=method.cost_level,
        iap2_level=method.iap2_level,
        mode=method.mode,
        solution=next(iter(related), None),
        tally=tally_of(case.outcome for case in cases),
        cases=tuple(lines[key] for key in page if key in lines),
        page=page,
    )
