"""The page of a problem: the solutions side by side, what failed, and who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from django.db.models import Prefetch
from django.utils import translation

from alliance.cases.enums import Outcome, Scheme, Verdict
from alliance.cases.models import CaseStudy, CaseText
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import line_fields, line_texts
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.evidence.headline import MainResult, headline
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.decisions import BEST_FIRST, decision, decision_table
from alliance.network.localise import Localised
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.problems import PROBLEMS, Problem
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of, outcome_counts
from alliance.search.selectors.home import living, newest_first
from alliance.search.store import store

REFUTED = {Verdict.PROBABLY_NOT, Verdict.HARM}
LAST = 4 * len(BEST_FIRST)
KINDS = ("case", "solution", "need")
#: Solutions in the table: those measured on the problem, and on something else.
ABOUT_SHOWN = 5
NEAR_SHOWN = 3
FAILURES_SHOWN = 2
NEEDS_SHOWN = 3


@dataclass(frozen=True)
class _Word:
    """The verdict of a solution: its key, its code, whether its outcome is one of the problem, and
    whether a place measured that."""

    key: int
    code: str
    is_about_it: bool
    is_measured: bool

    @property
    def place(self) -> int:
        """Where it stands: what was measured of the problem, then of something else, the rest."""
        group = (not self.is_measured, not self.is_about_it)
        return BEST_FIRST.index(Verdict(self.code)) + len(BEST_FIRST) * (2 * group[0] + group[1])

    @property
    def helps(self) -> bool:
        """Whether it says that the solution helps with the problem."""
        return self.is_about_it and self.code in {Verdict.WORKS, Verdict.PROBABLY_WORKS}


def problem_page(code: str, language: str, today: dt.date, order: str = "") -> dict[str, Any]:
    """What the page of the problem `code` shows, in at most twelve queries. Raises NotFound.

    `table` has the solutions with the strongest verdicts for an outcome of the problem, in `order`,
    and some with a verdict for another; `best` of them works or probably does, without disputed
    results; `to_check` is the first that a city might try. For `n_unknown` of `n_solutions`
    there is no measured result to judge an outcome of the problem by. `failures` are the newest.
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
    measured = [
        (row, words[public_id].is_about_it)
        for row, public_id in zip(ranked.tolist(), _ids(index, ranked), strict=True)
        if public_id in words and words[public_id].is_measured
    ]
    about = [row for row, is_about_it in measured if is_about_it]
    near = [row for row, is_about_it in measured if not is_about_it][:NEAR_SHOWN]
    asked = newest_first(index, needs)
    shown = np.array([*about[:ABOUT_SHOWN], *near, *asked[:NEEDS_SHOWN]], np.int64)
    with translation.override(language):
        hits = hits_of(index, shown, language, today)
        rows = {
            hit.public_id: decision(hit.public_id, Localised(hit.title, hit.lang_attr), hit.extra)
            for hit in _with_verdicts([hit for hit in hits if hit.kind == "solution"], words)
        }
        about_rows, near_rows = (
            [row for public_id, row in rows.items() if words[public_id].is_about_it is is_about]
            for is_about in (True, False)
        )
        return {
            "problem": problem,
            "query": query.querystring,
            "tally": outcome_counts(index, cases),
            "table": decision_table(about_rows, near_rows, order),
            "n_solutions": int(solutions.size),
            "n_unknown": int(solutions.size) - len(about),
            "best": next(
                (
                    row
                    for row in about_rows
                    if words[row.solution].helps and not row.facts["verdict"]["disputes"]
                ),
                None,
            ),
            "to_check": next((row for row in about_rows if row.code not in REFUTED), None),
            "failures": _cases(
                [index.identity(row)[1] for row in failed[:FAILURES_SHOWN].tolist()]
            ),
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
    for key, solution, code, theme, measure, result in rows.values_list(
        "pk", "solution__public_id", "verdict", "measure__outcome_theme", "measure__slug",
        "details__result",
    ):  # fmt: skip
        is_about_it = not problem.outcomes or (
            theme in problem.outcomes and (not problem.measures or measure in problem.measures)
        )
        is_measured = bool(result) and MainResult(**result).places > 0
        word = _Word(key, code, is_about_it, is_measured)
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


def _cases(public_ids: list[str]) -> list[CaseStudy]:
    """The cases, in this order, as the list of failures shows them; four queries."""
    texts = CaseText.objects.defer("lead", "summary", "problem", "what_worked")
    cases = line_fields(visible_cases(None)).prefetch_related(
        Prefetch("texts", queryset=texts), line_texts()[1]
    )
    by_id = {case.public_id: case for case in cases.filter(public_id__in=public_ids)}
    return [by_id[public_id] for public_id in public_ids if public_id in by_id]
