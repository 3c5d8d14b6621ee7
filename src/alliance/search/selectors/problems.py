"""The page of a problem: what is known to help, what failed, who gains, what it cost, who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from django.db.models import Prefetch, Q
from django.utils import translation
from django.utils.functional import Promise

from alliance.cases.costs import CostBand
from alliance.cases.enums import Outcome, Scheme, Verdict
from alliance.cases.models import CaseStudy, CaseText
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import line_fields, line_texts
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.evidence.headline import headline
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.evidence_map import CellView, cells_of
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.problems import PROBLEMS, Problem
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of, outcome_counts
from alliance.search.selectors.home import living, newest_first
from alliance.search.store import store

#: Words that say something, from what helps to what does harm.
VERDICTS = (
    Verdict.WORKS, Verdict.PROBABLY_WORKS, Verdict.MIXED, Verdict.PROBABLY_NOT, Verdict.HARM,
)  # fmt: skip
REFUTED = {Verdict.PROBABLY_NOT, Verdict.HARM}
LAST_THAT_HELPS = VERDICTS.index(Verdict.PROBABLY_WORKS)
LAST = 2 * len(VERDICTS)
KINDS = ("case", "solution", "need")
SOLUTIONS_SHOWN = 4
FAILURES_SHOWN = 2
NEEDS_SHOWN = 3
GAINS_SHOWN = 2
#: So many solutions are named in the answer.
NAMED = 3


@dataclass(frozen=True)
class _Word:
    """The verdict of a solution: its key, its code, whether its outcome is one of the problem."""

    key: int
    code: str
    is_about_it: bool

    @property
    def is_known(self) -> bool:
        """Whether it says that the solution helps with the problem or does not."""
        return self.is_about_it and self.code != Verdict.NOT_ENOUGH

    @property
    def place(self) -> int:
        """Where it stands: what is known of the problem, then of something else, then the rest."""
        if self.code == Verdict.NOT_ENOUGH:
            return LAST
        return VERDICTS.index(Verdict(self.code)) + (0 if self.is_about_it else len(VERDICTS))


def problem_page(code: str, language: str, today: dt.date) -> dict[str, Any]:
    """What the page of the problem `code` shows, in at most twelve queries. Raises NotFound.

    `solutions` are the `SOLUTIONS_SHOWN` of `n_solutions` with the strongest verdicts for an
    outcome of the problem, `map` their cells of the evidence map; `best` those of them that work or
    probably do, without disputed results, `to_check` the first that a city might try. `n_mixed` and
    `n_unknown` count all; of those unknown, some have a verdict for something else. `failures` are
    the newest, `gains` a case with what it says of who gains for each of the first solutions that
    has one. `costs` counts the cases in each band of cost, those of unknown cost left out.
    """
    problem = PROBLEMS.get(code)
    if problem is None:
        raise NotFound("problem", code)
    index = store.current(at=clock.now()).index
    query = problem.query(language)
    own = index.facet("theme").having(query.filters["theme"])
    cases, solutions, needs = (
        rows[own[rows]] for rows in (living(index, "kind", kind) for kind in KINDS)
    )
    failed = newest_first(
        index, np.intersect1d(cases, living(index, "outcome", Outcome.DID_NOT_WORK.value))
    )
    words = _words(problem)
    ranked = _strongest_first(index, solutions, words)
    asked = newest_first(index, needs)
    shown = np.concatenate([ranked[:SOLUTIONS_SHOWN], asked[:NEEDS_SHOWN]])
    with translation.override(language):
        hits = hits_of(index, shown, language, today)
        solution_hits = _with_verdicts([hit for hit in hits if hit.kind == "solution"], words)
        failed_ids = [index.identity(row)[1] for row in failed[:FAILURES_SHOWN].tolist()]
        failures, gains = _cases(failed_ids, solution_hits)
        known = [
            words[public_id].code
            for public_id in _ids(index, solutions)
            if public_id in words and words[public_id].is_known
        ]
        refuted = {public_id for public_id, word in words.items() if word.code in REFUTED}
        return {
            "problem": problem,
            "query": query.querystring,
            "tally": outcome_counts(index, cases),
            "solutions": solution_hits,
            "map": _map(problem, solution_hits),
            "theme": problem.themes[0].value,
            "n_solutions": int(solutions.size),
            "best": [
                hit
                for hit in solution_hits
                if hit.public_id in words
                and words[hit.public_id].place <= LAST_THAT_HELPS
                and not hit.extra["verdict"]["disputes"]
            ][:NAMED],
            "to_check": next((hit for hit in solution_hits if hit.public_id not in refuted), None),
            "n_mixed": known.count(Verdict.MIXED),
            "n_unknown": int(solutions.size) - len(known),
            "failures": failures,
            "gains": gains,
            "costs": _costs(index, cases, problem, language),
            "needs": tuple(hit for hit in hits if hit.kind == "need"),
            "n_needs": int(needs.size),
        }


def best_of(
    index: Index, problem: Problem, language: str, today: dt.date, most: int
) -> tuple[Hit, ...]:
    """The solutions of the problem with the strongest verdicts, each with its verdict; three
    queries."""
    own = index.facet("theme").having(problem.query(language).filters["theme"])
    solutions = living(index, "kind", "solution")
    words = _words(problem)
    ranked = _strongest_first(index, solutions[own[solutions]], words)
    return _with_verdicts(hits_of(index, ranked[:most], language, today), words)


def _ids(index: Index, rows: Rows) -> list[str]:
    return [index.identity(row)[1] for row in rows.tolist()]


def _words(problem: Problem) -> dict[str, _Word]:
    """The word of each solution of the problem: for an outcome of it, else for its main one."""
    rows = SolutionVerdict.objects.filter(
        solution__classifications__scheme=Scheme.THEME,
        solution__classifications__code__in=problem.themes,
    ).order_by("-is_main", "id")
    words: dict[str, _Word] = {}
    for key, solution, code, theme in rows.values_list(
        "pk", "solution__public_id", "verdict", "measure__outcome_theme"
    ):
        word = _Word(key, code, not problem.outcomes or theme in problem.outcomes)
        if solution not in words or (word.is_about_it and not words[solution].is_about_it):
            words[solution] = word
    return words


def _strongest_first(index: Index, rows: Rows, words: Mapping[str, _Word]) -> Rows:
    """By verdict, then by strength of evidence, then by the number of cases."""
    places = np.array(
        [words[public_id].place if public_id in words else LAST for public_id in _ids(index, rows)],
        np.int64,
    )
    children, parents = index.solution_rows
    trials = np.bincount(
        parents[index.facet("kind").having(["case"])[children]], minlength=index.size
    )
    evidence = index.columns["evidence"][rows].astype(np.int64)
    return rows[np.lexsort((index.rank[rows], -trials[rows], -evidence, places))]


def _with_verdicts(hits: Iterable[Hit], words: Mapping[str, _Word]) -> tuple[Hit, ...]:
    """The solutions, each with the headline of the verdict of its word; two queries."""
    keys = {hit.public_id: words[hit.public_id].key for hit in hits if hit.public_id in words}
    rows = (
        SolutionVerdict.objects.select_related("measure", "unit", "solution")
        .prefetch_related("solution__disputes")
        .in_bulk(keys.values())
    )
    headlines = {
        public_id: asdict(headline(rows[key], rows[key].solution))
        for public_id, key in keys.items()
        if key in rows
    }
    return tuple(
        replace(hit, extra={**hit.extra, "verdict": headlines[hit.public_id]})
        if hit.public_id in headlines
        else hit
        for hit in hits
    )


def _map(
    problem: Problem, solutions: Sequence[Hit]
) -> list[tuple[str | Promise, list[tuple[Hit, CellView | None]]]]:
    """The outcomes of the problem that some of the solutions were or could be measured on, each
    with its cell of the evidence map for every solution."""
    cells = cells_of({hit.public_id: hit.title for hit in solutions}, problem.outcomes)
    rows = [
        (outcome.label, [(hit, cells[hit.public_id][place]) for hit in solutions])
        for place, outcome in enumerate(problem.outcomes)
    ]
    return [(label, row) for label, row in rows if any(cell for _hit, cell in row)]


def _cases(
    failed: list[str], solutions: tuple[Hit, ...]
) -> tuple[list[CaseStudy], list[CaseStudy]]:
    """The cases named in `failed`, and those that say who gains and who pays; five queries."""
    places = {hit.public_id: place for place, hit in enumerate(solutions)}
    telling: dict[str, int] = {}
    for key, solution in (
        visible_cases(None)
        .filter(solution__public_id__in=places, texts__equity_notes__gt="")
        .order_by("-evidence_points", "public_id")
        .values_list("pk", "solution__public_id")
    ):
        telling.setdefault(solution, key)
    keys = [telling[solution] for solution in sorted(telling, key=places.__getitem__)][:GAINS_SHOWN]
    texts = CaseText.objects.defer("lead", "summary", "problem", "what_worked")
    cases = (
        line_fields(visible_cases(None), "solution__public_id")
        .select_related("solution")
        .prefetch_related(Prefetch("texts", queryset=texts), line_texts()[1])
    )
    by_key = {case.pk: case for case in cases.filter(Q(pk__in=keys) | Q(public_id__in=failed))}
    by_id = {case.public_id: case for case in by_key.values()}
    return (
        [by_id[public_id] for public_id in failed if public_id in by_id],
        [by_key[key] for key in keys if key in by_key],
    )


def _costs(index: Index, cases: Rows, problem: Problem, language: str) -> list[dict[str, Any]]:
    bands = index.facet("cost_band")
    counts = dict(zip(bands.vocabulary, bands.count(cases).tolist(), strict=True))
    return [
        {
            "band": band,
            "n": counts[band.value],
            "query": problem.query(language, kind="case", cost_band=band.value).querystring,
        }
        for band in CostBand
        if counts.get(band.value)
    ]
