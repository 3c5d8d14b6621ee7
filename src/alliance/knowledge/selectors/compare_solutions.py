"""Solutions that a reader puts side by side, from one problem or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from alliance.cases.models import Solution
from alliance.cases.selectors.localise import local_text
from alliance.evidence.headline import headline
from alliance.evidence.line_facts import line_facts, main_of
from alliance.evidence.selectors.decisions import (
    Decision,
    DecisionTable,
    decision,
    decision_table,
)
from alliance.knowledge.selectors.solutions import with_lines


def compare_solutions(
    public_ids: Sequence[str], outcome: str, language: str, order: str
) -> DecisionTable:
    """The solutions with the verdicts for a theme of outcomes, those that have none below with
    their main one; without a theme, each with its main one. Six queries."""
    solutions = (
        Solution.objects.filter(public_id__in=public_ids)
        .only("public_id", "evidence_points", "one_off", "one_off_year")
        .prefetch_related("texts")
    )
    by_id = {solution.public_id: solution for solution in solutions}
    with_lines(by_id.values(), outcome)
    rows: list[Decision] = []
    near: list[Decision] = []
    for public_id in public_ids:
        solution = by_id[public_id]
        wanted = next(
            (
                verdict
                for verdict in solution.verdicts.all()
                if verdict.measure and verdict.measure.outcome_theme == outcome
            ),
            None,
        )
        facts: dict[str, Any] = line_facts(solution, main_of(solution))
        if wanted is not None:
            facts["verdict"] = asdict(headline(wanted, solution))
        name = local_text(solution, "name", language)
        part = near if outcome and wanted is None else rows
        part.append(decision(public_id, name, facts))
    return decision_table(rows, near, order)
