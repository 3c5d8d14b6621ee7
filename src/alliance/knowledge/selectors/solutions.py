"""What the pages of solutions show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model, Prefetch, Q, prefetch_related_objects
from django.utils.functional import Promise

from alliance.cases.case_fields import QUANTITIES
from alliance.cases.effects import UNDISCLOSED, counted_places, place_key
from alliance.cases.enums import Prerequisite, SolutionCostKind, Verdict
from alliance.cases.models import (
    CaseStudy,
    Dispute,
    Effect,
    MethodText,
    NullResult,
    Solution,
    SolutionCost,
    SolutionText,
)
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import line_fields, line_texts, strongest_first, with_nulls
from alliance.cases.selectors.localise import (
    ChosenText,
    Localised,
    chosen_text,
    local_name,
    local_text,
)
from alliance.cases.selectors.register import Register, Tally, failure_register, tallies
from alliance.cases.selectors.sources import with_state
from alliance.core.audit import Actor
from alliance.core.read_once import read_once
from alliance.evidence.line_facts import line_facts
from alliance.evidence.messages.grades import LineText, bounds, explain
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.outlook import Useful
from alliance.evidence.selectors.spread import (
    LEFT_OUT_SHOWN,
    Spread,
    SpreadRow,
    Spreads,
    languages_of,
    spreads,
)
from alliance.evidence.selectors.verdict_line import VerdictLine, in_words
from alliance.evidence.selectors.verdicts import VerdictView, verdicts_of

# A solution that many cities tried is read in the finder; its page shows the best known of them.
CASES_SHOWN = 3
# Failures, and mixed results as far as that leaves room, of these at least one.
FAILURES_SHOWN = 2
# How many of those who answer for its cases are named.
ASKED = 3
#: Verdicts of a solution that helps, the best first.
HELPING = (Verdict.WORKS, Verdict.PROBABLY_WORKS)


def needs_by_kind(
    solution: Solution, text: ChosenText[SolutionText]
) -> list[tuple[Prerequisite, tuple[Localised, ...]]]:
    """The prerequisites of a solution in the words of `text`, by what they are about.

    Those of a text that has another number of them than were sorted are of no kind: `OTHER`.
    """
    words, kinds = text.text.prerequisites, solution.prerequisite_kinds
    if len(kinds) != len(words):
        kinds = [Prerequisite.OTHER] * len(words)
    return [
        (kind, needs)
        for kind in Prerequisite
        if (
            needs := tuple(
                Localised(sentence, text.lang_attr)
                for code, sentence in zip(kinds, words, strict=True)
                if code == kind
            )
        )
    ]


M = TypeVar("M", bound=Model)


def with_tally(records: Iterable[M], counts: Mapping[int, Tally]) -> list[M]:
    """The records, each with its `tally` of published cases."""
    result = list(records)
    for record in result:
        record.tally = counts.get(record.pk, Tally())  # type: ignore[attr-defined]
    return result


@dataclass(frozen=True)
class SolutionPage:
    """All that the page of a solution shows.

    `n_places` counts each place once, without the cases whose city is hidden: there are `n_hidden`.

    `cases` are at most `CASES_SHOWN`, best known first; `register.total` counts all.
    """

    solution: Solution
    text: ChosenText[SolutionText]
    register: Register[CaseStudy]
    n_places: int
    n_hidden: int
    cases: tuple[CaseStudy, ...]
    spreads: Spreads
    nulls: tuple[NullResult, ...]
    evidence_lines: tuple[LineText, ...]
    evidence_bounds: str
    verdicts: tuple[VerdictView, ...]
    line: VerdictLine

    @property
    def other_outcomes(self) -> tuple[str, ...]:
        """Its verdicts for other outcomes, where enough is known for one in an everyday unit."""
        return tuple(
            verdict.headline
            for verdict in self.verdicts[1:]
            if not verdict.is_silent and not verdict.facts.is_for_analysts
        )

    @property
    def to_ask(self) -> tuple[CaseStudy, ...]:
        """The best known case of each place that is disclosed, those of the network's countries
        first: for those who want to talk to somebody."""
        places: dict[object, CaseStudy] = {}
        for case in self.cases:
            if case.country != UNDISCLOSED:
                places.setdefault(place_key(case), case)
        return tuple(sorted(places.values(), key=lambda case: case.country not in {"FR", "SE"}))[
            :ASKED
        ]

    @property
    def needs(self) -> list[tuple[Prerequisite, tuple[Localised, ...]]]:
        """What it needs, by kind."""
        return needs_by_kind(self.solution, self.text)

    @property
    def costs(self) -> list[tuple[SolutionCostKind, list[SolutionCost]]]:
        """The lines that hold an amount, by kind."""
        lines = list(self.solution.costs.all())
        return [
            (kind, matching)
            for kind in SolutionCostKind
            if (matching := [line for line in lines if line.kind == kind])
        ]

    @property
    def times(self) -> list[tuple[str, str | Promise, list[SolutionCost]]]:
        """The lines that hold staff time, lead time or lifetime: field, name of it, lines."""
        lines = list(self.solution.costs.all())
        return [
            (quantity.name, quantity.value.label, matching)
            for quantity in QUANTITIES
            if (matching := [line for line in lines if getattr(line, quantity.name)])
        ]

    @property
    def other_left_out(self) -> tuple[tuple[Spread, SpreadRow], ...]:
        """The results left out of measures that are not drawn, each with its measure."""
        return tuple(
            (spread, row)
            for spread in self.spreads.in_short + self.spreads.single + self.spreads.unusable
            for row in spread.left_out
        )

    @property
    def other_left_out_shown(self) -> tuple[tuple[Spread, SpreadRow], ...]:
        """The first of them, as many as a page holds."""
        return self.other_left_out[:LEFT_OUT_SHOWN]

    @property
    def other_left_out_languages(self) -> tuple[str, ...]:
        """The languages of words among those, other than the page's."""
        return languages_of(row for _spread, row in self.other_left_out_shown)


def with_lines(solutions: Iterable[Solution], outcome: str = "") -> None:
    """Load what the verdict lines of solutions say, in four queries: of costs only the amounts, of
    verdicts the main one and those for a theme of outcomes."""
    wanted = Q(is_main=True) | Q(measure__outcome_theme=outcome) if outcome else Q(is_main=True)
    main = SolutionVerdict.objects.filter(wanted).defer("cases").order_by("-is_main", "id")
    amounts = SolutionCost.objects.exclude(currency="").only(
        "solution", "position", "low", "typical", "high", "currency", "per", "per_fr", "per_sv"
    )
    prefetch_related_objects(
        list(solutions),
        Prefetch("verdicts", main.select_related("measure", "unit")),
        Prefetch("costs", amounts),
        "disputes",
        "national_schemes",
    )


def solutions_by_key(keys: Iterable[int], counts: Mapping[int, Tally]) -> dict[int, Solution]:
    """The solutions with these keys and their `tally`, as lists show them; in two queries."""
    solutions = (
        Solution.objects.filter(pk__in=list(keys))
        .only("public_id", "evidence_points", "one_off", "one_off_year")
        .prefetch_related(
            Prefetch("texts", queryset=SolutionText.objects.defer("how_it_works", "prerequisites"))
        )
    )
    return {solution.pk: solution for solution in with_tally(solutions, counts)}


def working_best(most: int) -> list[Solution]:
    """The solutions that work or probably do for their main outcome, as lists show them: the
    strongest verdict first, then the strongest evidence, then the most places. None with disputed
    results. Six queries."""
    verdicts = SolutionVerdict.objects.filter(
        is_main=True, verdict__in=HELPING, solution__disputes=None
    )
    rows = verdicts.filter(solution__withdrawn_at=None).values_list(
        "solution", "verdict", "solution__evidence_points", "details__told"
    )
    ranked = sorted(
        rows, key=lambda row: (HELPING.index(row[1]), -(row[2] or 0), -(row[3] or 0), row[0])
    )  # fmt: skip
    by_key = solutions_by_key([row[0] for row in ranked[:most]], {})
    chosen = [by_key[row[0]] for row in ranked if row[0] in by_key]
    with_lines(chosen)
    return chosen


def by_name(solutions: Iterable[Solution], language: str) -> list[Solution]:
    """The solutions in the order of the names shown."""
    return sorted(
        solutions, key=lambda solution: local_text(solution, "name", language).value.casefold()
    )


def most_tried(keys: Iterable[int], counts: Mapping[int, Tally], most: int) -> list[int]:
    """At most `most` keys of solutions, those with most published cases first."""
    nothing = Tally()
    return sorted(keys, key=lambda key: (-counts.get(key, nothing).total, key))[:most]


def solution_lines(
    actor: Actor | None, language: str, keys: Collection[int], *, most: int | None = None
) -> list[Solution]:
    """The solutions of `keys`, most often tried first, in five queries; at most `most` of them."""
    counts = tallies(actor, keys)
    chosen = most_tried(keys, counts, len(keys) if most is None else most)
    solutions = by_name(solutions_by_key(chosen, counts).values(), language)
    with_lines(solutions)
    return sorted(solutions, key=lambda solution: -counts.get(solution.pk, Tally()).total)


@read_once
def _with_cases(actor: Actor | None, solution: Solution) -> tuple[Solution, list[CaseStudy]]:
    """A solution with the parts that its page reads, and its cases."""
    names = MethodText.objects.only(
        "method", "language", "status", "revision", "source_revision", "name"
    )
    prefetch_related_objects(
        [solution],
        *("texts", "classifications", "methods"),
        Prefetch("costs", with_state(SolutionCost.objects.all(), "source_url")),
        Prefetch("methods__texts", names),
    )
    cases = list(
        line_fields(visible_cases(actor))
        .filter(solution=solution)
        .order_by("public_id")
        # Few measures and units speak for many effects: each is made once.
        .prefetch_related(
            Prefetch("effects", queryset=Effect.objects.prefetch_related("measure", "unit")),
        )
    )
    with_nulls(cases)
    # The cases bring them along.
    by_language = (case.__dict__["disputed"] for case in cases)
    disputes = [
        Dispute(sentence=text["en"], sentence_fr=text["fr"], sentence_sv=text["sv"])
        for text in by_language
        if text
    ]
    solution._prefetched_objects_cache |= {"disputes": disputes}  # type: ignore[attr-defined]
    return solution, cases


def solution_page(
    actor: Actor | None,
    solution: Solution,
    language: str,
    *,
    in_full: bool = True,
    in_brief: bool = False,
    useful: Useful | None = None,
) -> SolutionPage:
    """What the page of `solution` shows, in at most fifteen queries.

    `in_full`: the register tells every trial that did not work or was mixed, and the charts draw
    every place; else both hold what a page has room for, and all counts stay of all. `in_brief`: of
    what was measured the first alone, and nothing for analysts. `useful`: the smallest useful
    change of one of its measures.
    """
    solution, cases = _with_cases(actor, solution)
    ordered = strongest_first(cases)
    register = failure_register(ordered)
    if not in_full:
        failures = register.failures[:FAILURES_SHOWN]
        room = max(1, FAILURES_SHOWN - len(failures))
        register = replace(register, failures=failures, partly=register.partly[:room])
    verdicts = verdicts_of(solution, language)
    shown = {*ordered[:CASES_SHOWN], *register.failures, *register.partly}
    prefetch_related_objects(list(shown), line_texts()[0])
    places = counted_places(cases)
    return SolutionPage(
        solution=solution,
        text=chosen_text(solution.texts.all(), language),
        register=register,
        # How many places hidden cities add would tell whether they are among the others.
        n_places=len({places[case.pk] for case in cases if case.country != UNDISCLOSED}),
        n_hidden=sum(case.country == UNDISCLOSED for case in cases),
        cases=ordered[:CASES_SHOWN],
        spreads=spreads(
            cases,
            language,
            main=verdicts[0].record if verdicts else None,
            in_full=in_full,
            in_brief=in_brief,
            useful=useful,
        ),
        nulls=tuple(null for case in cases for null in case.null_results),
        evidence_lines=()
        if in_brief
        else explain(
            solution.evidence_lines,
            names={
                effect.measure.name: local_name(effect.measure, language)
                for case in cases
                for effect in case.effects.all()
            },
            whole=True,
        ),
        evidence_bounds=bounds(solution.evidence_lines, solution.evidence_points or 0),
        verdicts=verdicts,
        line=in_words(line_facts(solution, verdicts[0].record if verdicts else None)),
    )
