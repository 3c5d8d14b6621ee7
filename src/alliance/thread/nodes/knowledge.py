"""Solutions and cases on a thread."""

from __future__ import annotations

from alliance.adoption.enums import Kind
from alliance.core.audit import Actor
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseText, Solution, SolutionText
from alliance.knowledge.selectors.doors import visible_cases
from alliance.thread.columns import Rows, day_of, no_day, node_rows, own_text
from alliance.thread.nodes.kind import NodeKind, Wanted, words_of


def _solutions(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    texts = SolutionText.objects.all()
    return [
        node_rows(
            Solution.objects.filter(public_id__in=ids),
            Kind.SOLUTION,
            title=own_text(texts, "solution", "name", language),
            language=own_text(texts, "solution", "language", language),
            on=no_day(),
        )
    ]


def _cases(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    texts = CaseText.objects.all()
    return [
        node_rows(
            visible_cases(actor).filter(public_id__in=ids),
            Kind.CASE,
            title=own_text(texts, "case", "title", language),
            language=own_text(texts, "case", "language", language),
            on=day_of("published_at"),
            state="outcome",
            city="city",
            hides="is_masked",
        )
    ]


SOLUTION = NodeKind(Kind.SOLUTION, "knowledge:solution", "solutions", _solutions, {})
CASE = NodeKind(Kind.CASE, "knowledge:case", "cases", _cases, words_of(Outcome))
