"""The page of a problem: what is known to help, what failed, who gains, what it cost, who asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.db.models import Prefetch, Q
from django.utils import translation

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.knowledge.costs import CostBand
from alliance.knowledge.enums import Outcome, Scheme, Verdict
from alliance.knowledge.models import CaseStudy, CaseText, Solution, SolutionVerdict
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import line_fields, line_texts
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.problems import PROBLEMS, Problem
from alliance.search.results import Hit
from alliance.search.selectors.hits import hits_of, outcome_counts
from alliance.search.selectors.home import living, newest_first
from alliance.search.store import store

#: What is known for sure comes first; where nobody can say yet, last.
VERDICTS = (
    Verdict.WORKS, Verdict.PROBABLY_WORKS, Verdict.MIXED, Verdict.PROBABLY_NOT, Verdict.HARM,
    Verdict.NOT_ENOUGH,
)  # fmt: skip
KINDS = ("case", "solution", "need")
SOLUTIONS_SHOWN = 6
FAILURES_SHOWN = 3
NEEDS_SHOWN = 3
GAINS_SHOWN = 3
#: So many solutions are named in the answer.
NAMED = 3


def problem_page(code: str, language: str, today: dt.date) -> dict[str, Any]:
    """What the page of the problem `code` shows, in at most nine queries. Raises NotFound.

    `solutions` are the `SOLUTIONS_SHOWN` of `n_solutions` with the strongest verdicts, `best` those
    of them that work or probably do; `counts` are all solutions by verdict. `failures` are the
    newest, `gains` a case with what it says of who gains for each of the first solutions that has
    one. `costs` counts the cases in each band of cost, those of unknown cost left out.
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
    verdicts = _verdicts(problem)
    ranked = _strongest_first(index, solutions, verdicts)
    asked = newest_first(index, needs)
    shown = np.concatenate([ranked[:SOLUTIONS_SHOWN], asked[:NEEDS_SHOWN]])
    with translation.override(language):
        hits = hits_of(index, shown, language, today)
        found = tuple(hit for hit in hits if hit.kind == "solution")
        told = [index.identity(row)[1] for row in failed[:FAILURES_SHOWN].tolist()]
        failures, gains = _cases(told, found)
        words = [verdicts.get(one, "") for one in _ids(index, solutions)]
        return {
            "problem": problem,
            "query": query.querystring,
            "tally": outcome_counts(index, cases),
            "solutions": found,
            "n_solutions": int(solutions.size),
            "best": [
                hit
                for hit in found
                if verdicts.get(hit.public_id) in {Verdict.WORKS, Verdict.PROBABLY_WORKS}
            ][:NAMED],
            "counts": {word.name.lower(): words.count(word.value) for word in VERDICTS},
            "failures": failures,
            "gains": gains,
            "costs": _costs(index, cases, problem, language),
            "needs": tuple(hit for hit in hits if hit.kind == "need"),
            "n_needs": int(needs.size),
        }


def _ids(index: Index, rows: Rows) -> list[str]:
    return [index.identity(row)[1] for row in rows.tolist()]


def _verdicts(problem: Problem) -> dict[str, str]:
    """The word of each solution of the problem, for its main outcome."""
    rows = SolutionVerdict.objects.filter(
        is_main=True,
        solution__classifications__scheme=Scheme.THEME,
        solution__classifications__code__in=problem.themes,
    )
    return dict(rows.order_by().values_list("solution__public_id", "verdict"))


def _strongest_first(index: Index, rows: Rows, verdicts: dict[str, str]) -> Rows:
    """By verdict, then by strength of evidence, then by the number of cases."""
    order = {word.value: place for place, word in enumerate(VERDICTS)}
    words = np.array(
        [order.get(verdicts.get(one, ""), len(order)) for one in _ids(index, rows)], np.int64
    )
    children, parents = index.solution_rows
    trials = np.bincount(
        parents[index.facet("kind").having(["case"])[children]], minlength=index.size
    )
    evidence = index.columns["evidence"][rows].astype(np.int64)
    return rows[np.lexsort((index.rank[rows], -trials[rows], -evidence, words))]


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
    keys = [telling[one] for one in sorted(telling, key=places.__getitem__)][:GAINS_SHOWN]
    texts = CaseText.objects.defer("summary", "problem", "what_worked")
    cases = line_fields(visible_cases(None)).prefetch_related(
        Prefetch("solution", queryset=Solution.objects.only("public_id")),
        Prefetch("texts", queryset=texts),
        line_texts()[1],
    )
    by_key = {case.pk: case for case in cases.filter(Q(pk__in=keys) | Q(public_id__in=failed))}
    by_id = {case.public_id: case for case in by_key.values()}
    return (
        [by_id[one] for one in failed if one in by_id],
        [by_key[one] for one in keys if one in by_key],
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
