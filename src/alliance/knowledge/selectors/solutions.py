"""What the pages of solutions show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from alliance.accounts.models import User
from alliance.knowledge.effects import place_key
from alliance.knowledge.enums import Outcome, Scheme, Theme, Topic
from alliance.knowledge.grade_texts import LineText, bounds, explain
from alliance.knowledge.models import Solution, SolutionText
from alliance.knowledge.selectors.doors import visible_cases
from alliance.knowledge.selectors.lines import (
    CaseLine,
    Told,
    case_line,
    strongest_first,
    with_line_parts,
)
from alliance.knowledge.selectors.localise import Pick, local_name, pick
from alliance.knowledge.selectors.register import Register, failure_register
from alliance.knowledge.selectors.spread import EffectRow, Spread, Spreads, spreads

# A solution that many cities tried is read in the finder; its page shows the best known of them.
CASES_SHOWN = 30


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
    name: Told
    summary: Told
    kind: str
    tally: Tally
    evidence_points: int | None
    themes: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class SolutionGroup:
    """Solutions of one theme, or of one topic where they belong to no theme."""

    scheme: str
    code: str
    solutions: tuple[SolutionLine, ...]


@dataclass(frozen=True)
class MethodLine:
    """A method for engaging citizens in a short list."""

    public_id: str
    name: Told


@dataclass(frozen=True)
class SolutionPage:
    """All that the page of a solution shows. `n_places` counts each place once.

    `cases` are at most `CASES_SHOWN`, best known first; `register.total` counts all.
    """

    public_id: str
    kind: str
    origin: str
    text: Pick[SolutionText]
    topics: tuple[str, ...]
    themes: tuple[str, ...]
    sdg_targets: tuple[str, ...]
    register: Register[CaseLine]
    n_places: int
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
            for spread in self.spreads.single + self.spreads.unusable
            for row in spread.left_out
        )


def tallies(actor: User | None, solutions: QuerySet[Solution] | None = None) -> dict[int, Tally]:
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
    text = pick(solution.texts.all(), language)
    return SolutionLine(
        public_id=solution.public_id,
        name=Told(text.text.name, text.foreign),
        summary=Told(text.text.summary, text.foreign),
        kind=solution.kind,
        tally=tally,
        evidence_points=solution.evidence_points,
        themes=_codes(solution, Scheme.THEME),
        topics=_codes(solution, Scheme.TOPIC),
    )


def solution_lines(
    actor: User | None, language: str, solutions: QuerySet[Solution]
) -> tuple[SolutionLine, ...]:
    """The lines of `solutions`, by name, in four queries."""
    counts = tallies(actor, solutions)
    lines = (
        _line(solution, language, counts.get(solution.pk, Tally()))
        for solution in solutions.prefetch_related("texts", "classifications")
    )
    return tuple(sorted(lines, key=lambda line: line.name.value.casefold()))


def _groups(lines: Iterable[SolutionLine]) -> tuple[SolutionGroup, ...]:
    """Each line once: under its first theme, else under its first topic."""
    members: Mapping[tuple[str, str], list[SolutionLine]] = defaultdict(list)
    for line in lines:
        if line.themes:
            members[Scheme.THEME.value, line.themes[0]].append(line)
        elif line.topics:
            members[Scheme.TOPIC.value, line.topics[0]].append(line)
        else:
            members["", ""].append(line)
    order = [
        *((Scheme.THEME.value, code) for code in Theme.values),
        *((Scheme.TOPIC.value, code) for code in Topic.values),
        ("", ""),
    ]
    return tuple(
        SolutionGroup(scheme, code, tuple(members[scheme, code]))
        for scheme, code in order
        if members[scheme, code]
    )


def solution_groups(actor: User | None, language: str) -> tuple[SolutionGroup, ...]:
    """All solutions, grouped by their first theme; those of no theme by their first topic."""
    return _groups(solution_lines(actor, language, Solution.objects.all()))


def solution_page(actor: User | None, solution: Solution, language: str) -> SolutionPage:
    """What the page of `solution` shows, in at most twelve queries."""
    cases = list(
        with_line_parts(visible_cases(actor).filter(solution=solution).order_by("public_id"))
    )
    lines = {case.public_id: case_line(case, language) for case in cases}
    ordered = strongest_first(lines.values())
    return SolutionPage(
        public_id=solution.public_id,
        kind=solution.kind,
        origin=solution.origin,
        text=pick(solution.texts.all(), language),
        topics=_codes(solution, Scheme.TOPIC),
        themes=_codes(solution, Scheme.THEME),
        sdg_targets=_codes(solution, Scheme.SDG),
        register=failure_register(ordered),
        n_places=len({place_key(case) for case in cases}),
        cases=ordered[:CASES_SHOWN],
        spreads=spreads(cases, lines, language),
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
    for method in solution.methods.prefetch_related("texts"):
        text = pick(method.texts.all(), language)
        found.append(MethodLine(method.public_id, Told(text.text.name, text.foreign)))
    return tuple(found)
