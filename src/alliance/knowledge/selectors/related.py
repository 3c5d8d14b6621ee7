"""The cases that one case leads on to: its origin, its adaptations, others of its solution."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import visible_cases

#: How many other cases of the solution are named for each outcome; the solution page has all.
OTHERS_PER_OUTCOME = 4


@dataclass(frozen=True)
class Neighbours:
    """The cases that the page of one case leads on to.

    `n` other published cases of the solution there are; of each outcome some are named.
    """

    adapted_from: CaseStudy | None
    adaptations: list[CaseStudy]
    worked: list[CaseStudy]
    not_worked: list[CaseStudy]
    n: int

    @property
    def n_named(self) -> int:
        """How many other cases of the solution are named."""
        return len(self.worked) + len(self.not_worked)


def neighbours_of(case: CaseStudy) -> Neighbours:
    """The cases this one is linked with, in three queries however many there are."""
    rows = (
        visible_cases(None)
        .filter(Q(solution_id=case.solution_id) | Q(pk=case.adapted_from_id) | Q(adapted_from=case))
        .exclude(pk=case.pk)
        .values_list("pk", "solution_id", "adapted_from_id", "outcome", "evidence_points")
    )
    strongest = sorted(rows, key=lambda row: (-(row[4] if row[4] is not None else -1), row[0]))
    siblings = [row for row in strongest if row[1] == case.solution_id]
    wanted = {
        outcome: [row[0] for row in siblings if row[3] == outcome][:OTHERS_PER_OUTCOME]
        for outcome in Outcome.values
    }
    adaptations = [row[0] for row in strongest if row[2] == case.pk]
    parents = [row[0] for row in strongest if row[0] == case.adapted_from_id]
    chosen = {pk for pks in wanted.values() for pk in pks} | {*adaptations, *parents}
    found = {
        one.pk: one for one in CaseStudy.objects.filter(pk__in=chosen).prefetch_related("texts")
    }
    return Neighbours(
        adapted_from=next((found[pk] for pk in parents), None),
        adaptations=[found[pk] for pk in adaptations],
        worked=[found[pk] for pk in wanted[Outcome.WORKED]],
        not_worked=[found[pk] for pk in wanted[Outcome.DID_NOT_WORK] + wanted[Outcome.MIXED]],
        n=len(siblings),
    )
