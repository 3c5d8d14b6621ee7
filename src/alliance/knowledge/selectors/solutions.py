"""What the pages of solutions show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet, prefetch_related_objects

from alliance.core.audit import Actor
from alliance.knowledge.effects import UNDISCLOSED, place_key
from alliance.knowledge.enums import Outcome, Scheme
from alliance.knowledge.messages.grades import LineText, bounds, explain
from alliance.knowledge.models import (
    CaseStudy,
    Effect,
    MethodText,
    Solution,
    SolutionText,
)
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import (
    CaseLine,
    Localised,
    case_line,
    line_fields,
    line_texts,
    strongest_first,
)
from alliance.knowledge.selectors.localise import ChosenText, chosen_text, local_name
from alliance.knowledge.selectors.outlook import Useful
from alliance.knowledge.selectors.register import Register, failure_register
from alliance.knowledge.selectors.spread import (
    LEFT_OUT_SHOWN,
    EffectRow,
    Spread,
    Spreads,
    languages_of,
    spreads,
)

# A solution that many cities tried is read in the finder; its page shows the best known of them.
CASES_SHOWN = 20
FAILURES_TOLD = 12
MIXED_TOLD = 8


@dataclass(frozen=True)
class Tally:
    """How many published cases there are, by outcome."""

    worked: int = 0
    mixed: int = 0
    did_not_work: int = 0

    @property
    def total(self) -> int:
        return self.worked + self.mixed + self.did_not_work


def tally_of(outcomes: Iterable[str]) -> Tally:
    """Count outcomes, one a case."""
    return tally_from(Counter(outcomes))


def tally_from(counts: Mapping[str, int]) -> Tally:
    """A tally from the number of cases by outcome; an outcome that is missing has none."""
    return Tally(
        worked=counts.get(Outcome.WORKED, 0),
        mixed=counts.get(Outcome.MIXED, 0),
        did_not_work=counts.get(Outcome.DID_NOT_WORK, 0),
    )


@dataclass(frozen=True)
class SolutionLine:
    """A solution in a list. `evidence_points` is None where it is not graded."""

    public_id: str
    name: Localised
    summary: Localised
    tally: Tally
    evidence_points: int | None


@dataclass(frozen=True)
class MethodLine:
    """A method for engaging citizens in a short list."""

    public_id: str
    name: Localised


@dataclass(frozen=True)
class SolutionPage:
    """All that the page of a solution shows.

    `n_places` counts each place once, without the cases whose city is hidden: there are `n_hidden`.

    `cases` are at most `CASES_SHOWN`, best known first; `register.total` counts all.
    """

    public_id: str
    kind: str
    origin: str
    text: ChosenText[SolutionText]
    topics: tuple[str, ...]
    themes: tuple[str, ...]
    sdg_targets: tuple[str, ...]
    register: Register[CaseLine]
    n_places: int
    n_hidden: int
    cases: tuple[CaseLine, ...]
    spreads: Spreads
    evidence_points: int | None
    evidence_lines: tuple[LineText, ...]
    evidence_bounds: str
    evidence_rule_version: str
    methods: tuple[MethodLine, ...]

    @property
    def translated_from(self) -> str:
        """The language the text was translated from; empty for an original."""
        return self.text.original_language if self.text.is_translation else ""

    @property
    def behind(self) -> int:
        """How many edits of the original the translation has not taken up, as far as is known."""
        return self.text.edits_behind or 0

    @property
    def other_left_out(self) -> tuple[tuple[Spread, EffectRow], ...]:
        """The results left out of measures that are not drawn, each with its measure."""
        return tuple(
            (spread, row)
            for spread in self.spreads.in_short + self.spreads.single + self.spreads.unusable
            for row in spread.left_out
        )

    @property
    def other_left_out_shown(self) -> tuple[tuple[Spread, EffectRow], ...]:
        """The first of them, as many as a page holds."""
        return self.other_left_out[:LEFT_OUT_SHOWN]

    @property
    def other_left_out_languages(self) -> tuple[str, ...]:
        """The languages of words among those, other than the page's."""
        return languages_of(row for _spread, row in self.other_left_out_shown)


def tallies(actor: Actor | None, solutions: QuerySet[Solution] | None = None) -> dict[int, Tally]:
    """The published cases of each solution (by its key) by outcome, in one query."""
    cases = visible_cases(actor)
    if solutions is not None:
        cases = cases.filter(solution__in=solutions)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = cases.order_by().values_list("solution_id", "outcome").annotate(Count("id"))
    for solution_id, outcome, number in rows:
        counts[solution_id][outcome] = number
    return {key: tally_from(found) for key, found in counts.items()}


def _codes(solution: Solution, scheme: str) -> tuple[str, ...]:
    return tuple(row.code for row in solution.classifications.all() if row.scheme == scheme)


def _line(solution: Solution, language: str, tally: Tally) -> SolutionLine:
    text = chosen_text(solution.texts.all(), language)
    return SolutionLine(
        public_id=solution.public_id,
        name=Localised(text.text.name, text.lang_attr),
        summary=Localised(text.text.summary, text.lang_attr),
        tally=tally,
        evidence_points=solution.evidence_points,
    )


def lines_by_key(
    keys: Iterable[int], counts: Mapping[int, Tally], language: str
) -> dict[int, SolutionLine]:
    """The lines of the solutions with these keys, in two queries."""
    solutions = (
        Solution.objects.filter(pk__in=list(keys))
        .only("public_id", "evidence_points")
        .prefetch_related(
            Prefetch("texts", queryset=SolutionText.objects.defer("how_it_works", "prerequisites"))
        )
    )
    return {one.pk: _line(one, language, counts.get(one.pk, Tally())) for one in solutions}


def by_name(lines: Iterable[SolutionLine]) -> tuple[SolutionLine, ...]:
    """The lines in the order of the names shown."""
    return tuple(sorted(lines, key=lambda line: line.name.value.casefold()))


def most_tried(keys: Iterable[int], counts: Mapping[int, Tally], most: int) -> list[int]:
    """At most `most` keys of solutions, those with most published cases first."""
    nothing = Tally()
    return sorted(keys, key=lambda key: (-counts.get(key, nothing).total, key))[:most]


def solution_lines(
    actor: Actor | None, language: str, solutions: QuerySet[Solution], *, most: int | None = None
) -> tuple[SolutionLine, ...]:
    """The lines of `solutions`, most often tried first, in four queries; at most `most` of them."""
    keys = list(solutions.order_by().values_list("pk", flat=True))
    counts = tallies(actor, solutions.order_by())
    chosen = most_tried(keys, counts, len(keys) if most is None else most)
    lines = by_name(lines_by_key(chosen, counts, language).values())
    return tuple(sorted(lines, key=lambda line: -line.tally.total))


def solution_page(
    actor: Actor | None,
    solution: Solution,
    language: str,
    *,
    in_full: bool = True,
    useful: Useful | None = None,
) -> SolutionPage:
    """What the page of `solution` shows, in at most thirteen queries.

    `in_full`: the register tells every trial that did not work or was mixed, and the charts draw
    every place; else both hold what a page has room for, and all counts stay of all. `useful`: the
    smallest useful change of one of its measures.
    """
    prefetch_related_objects([solution], "texts", "classifications")
    cases = list(
        line_fields(visible_cases(actor))
        .filter(solution=solution)
        .order_by("public_id")
        # Few measures and units speak for many effects: each is made once.
        .prefetch_related(
            Prefetch("effects", queryset=Effect.objects.prefetch_related("measure", "unit"))
        )
    )
    ordered = strongest_first(cases)
    register = failure_register(ordered)
    limits = (None, None) if in_full else (FAILURES_TOLD, MIXED_TOLD)
    shown = {
        case.pk: case
        for case in (
            *ordered[:CASES_SHOWN],
            *register.failures[: limits[0]],
            *register.partly[: limits[1]],
        )
    }
    for case in shown.values():
        case.solution = solution
    prefetch_related_objects(list(shown.values()), line_texts()[0])
    lines = {key: case_line(case, language) for key, case in shown.items()}

    def line(case: CaseStudy) -> CaseLine:
        return lines[case.pk]

    return SolutionPage(
        public_id=solution.public_id,
        kind=solution.kind,
        origin=solution.origin,
        text=chosen_text(solution.texts.all(), language),
        topics=_codes(solution, Scheme.TOPIC),
        themes=_codes(solution, Scheme.THEME),
        sdg_targets=_codes(solution, Scheme.SDG),
        register=register.mapped(line, *limits),
        # How many places hidden cities add would tell whether they are among the others.
        n_places=len({place_key(case) for case in cases if case.country != UNDISCLOSED}),
        n_hidden=sum(case.country == UNDISCLOSED for case in cases),
        cases=tuple(line(case) for case in ordered[:CASES_SHOWN]),
        spreads=spreads(cases, language, in_full=in_full, useful=useful),
        evidence_points=solution.evidence_points,
        evidence_lines=explain(
            solution.evidence_lines,
            names={
                effect.measure.name: local_name(effect.measure, language)
                for case in cases
                for effect in case.effects.all()
            },
            whole=True,
        ),
        evidence_bounds=bounds(solution.evidence_lines, solution.evidence_points or 0),
        evidence_rule_version=solution.evidence_rule_version,
        methods=_methods(solution, language),
    )


def _methods(solution: Solution, language: str) -> tuple[MethodLine, ...]:
    found = []
    texts = MethodText.objects.only(
        "method", "language", "status", "revision", "source_revision", "name"
    )
    for method in solution.methods.prefetch_related(Prefetch("texts", queryset=texts)):
        text = chosen_text(method.texts.all(), language)
        found.append(MethodLine(method.public_id, Localised(text.text.name, text.lang_attr)))
    return tuple(found)
