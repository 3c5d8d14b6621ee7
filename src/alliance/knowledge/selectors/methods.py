"""What the pages of methods for engaging citizens show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, TextChoices
from django.utils.functional import Promise

from alliance.accounts.models import User
from alliance.knowledge.enums import CostLevel, Iap2Level, Mode
from alliance.knowledge.method_filter import MethodFilter
from alliance.knowledge.models import EngagementMethod, EngagementMethodText, Solution
from alliance.knowledge.selectors.doors import visible_cases
from alliance.knowledge.selectors.lines import CaseLine, Told, case_lines, strongest_first
from alliance.knowledge.selectors.localise import Pick, pick
from alliance.knowledge.selectors.solutions import (
    SolutionLine,
    Tally,
    solution_lines,
    tally_of,
)


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
    name: Told
    description: Told
    group: GroupSize
    cost_level: str
    iap2_level: str
    mode: str
    n_cases: int
    n_worked: int


@dataclass(frozen=True)
class Option:
    """One choice of a filter. `count` is what would be listed with it and the other filters."""

    value: str
    label: str | Promise
    count: int
    checked: bool


@dataclass(frozen=True)
class MethodList:
    """The methods that pass a filter. `n_without_group` others have no recorded group size."""

    lines: tuple[MethodLine, ...]
    n_all: int
    n_without_group: int
    cost: tuple[Option, ...]
    iap2: tuple[Option, ...]
    mode: tuple[Option, ...]


@dataclass(frozen=True)
class MethodPage:
    """All that the page of a method shows."""

    public_id: str
    origin: str
    text: Pick[EngagementMethodText]
    group: GroupSize
    cost_level: str
    iap2_level: str
    mode: str
    solution: SolutionLine | None
    tally: Tally
    cases: tuple[CaseLine, ...]

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
        (not wanted.cost or line.cost_level in wanted.cost)
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


def _lines(actor: User | None, language: str) -> list[MethodLine]:
    methods = EngagementMethod.objects.prefetch_related(
        "texts", Prefetch("evidence_cases", queryset=visible_cases(actor))
    )
    lines = []
    for method in methods:
        text = pick(method.texts.all(), language)
        outcomes = [case.outcome for case in method.evidence_cases.all()]
        lines.append(
            MethodLine(
                public_id=method.public_id,
                name=Told(text.text.name, text.foreign),
                description=Told(text.text.description, text.foreign),
                group=GroupSize(method.group_size_min, method.group_size_max),
                cost_level=method.cost_level,
                iap2_level=method.iap2_level,
                mode=method.mode,
                n_cases=len(outcomes),
                n_worked=outcomes.count("worked"),
            )
        )
    return sorted(lines, key=lambda line: line.name.value.casefold())


def method_list(actor: User | None, language: str, wanted: MethodFilter) -> MethodList:
    """The methods that pass `wanted`, with counts for each option, in three queries."""
    lines = _lines(actor, language)
    return MethodList(
        lines=tuple(line for line in lines if _passes(line, wanted)),
        n_all=len(lines),
        n_without_group=0
        if wanted.group is None
        else sum(
            not line.group.is_recorded and _passes(line, wanted, group=False) for line in lines
        ),
        cost=_options(lines, CostLevel, wanted.cost, lambda code: replace(wanted, cost=(code,))),
        iap2=_options(lines, Iap2Level, wanted.iap2, lambda code: replace(wanted, iap2=(code,))),
        mode=_options(
            lines,
            (Mode.IN_PERSON, Mode.ONLINE),
            wanted.mode,
            lambda code: replace(wanted, mode=(code,)),
        ),
    )


def method_page(actor: User | None, method: EngagementMethod, language: str) -> MethodPage:
    """What the page of `method` shows, in at most twelve queries."""
    cases = strongest_first(
        case_lines(visible_cases(actor).filter(methods=method).order_by("public_id"), language)
    )
    related = (
        solution_lines(actor, language, Solution.objects.filter(pk=method.related_solution_id))
        if method.related_solution_id
        else ()
    )
    return MethodPage(
        public_id=method.public_id,
        origin=method.origin,
        text=pick(method.texts.all(), language),
        group=GroupSize(method.group_size_min, method.group_size_max),
        cost_level=method.cost_level,
        iap2_level=method.iap2_level,
        mode=method.mode,
        solution=next(iter(related), None),
        tally=tally_of(case.outcome for case in cases),
        cases=cases,
    )
