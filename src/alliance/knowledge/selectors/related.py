"""The cases that one case leads on to: its origin, its adaptations, others of its solution."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import Localised, localised
from alliance.knowledge.selectors.localise import chosen_text, country_name, local_place

#: How many other cases of the solution are named for each outcome; the solution page has all.
OTHERS_PER_OUTCOME = 4


@dataclass(frozen=True)
class RelatedCase:
    """Another case named on the page. `changes`: what it changed, where it is an adaptation."""

    public_id: str
    title: Localised
    place: str
    country: str
    outcome: str
    start_year: int | None
    end_year: int | None
    evidence_points: int | None
    changes: Localised


@dataclass(frozen=True)
class OtherCases:
    """The other published cases of the solution: some of each outcome, and how many there are."""

    worked: tuple[RelatedCase, ...]
    not_worked: tuple[RelatedCase, ...]
    n: int
    n_named: int


def _related(case: CaseStudy, language: str) -> RelatedCase:
    text = chosen_text(case.texts.all(), language, case.original_language)
    return RelatedCase(
        public_id=case.public_id,
        title=Localised(text.text.title, text.lang_attr),
        place=local_place(case, language),
        country=country_name(case.country, language),
        outcome=case.outcome,
        start_year=case.start_year,
        end_year=case.end_year,
        evidence_points=case.evidence_points,
        changes=localised(case.adaptation_changes, case.original_language, language),
    )


@dataclass(frozen=True)
class Neighbours:
    """The cases that the page of one case leads on to."""

    adapted_from: RelatedCase | None
    adaptations: tuple[RelatedCase, ...]
    others: OtherCases


def neighbours_of(case: CaseStudy, language: str) -> Neighbours:
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
        other.pk: _related(other, language)
        for other in CaseStudy.objects.filter(pk__in=chosen).prefetch_related("texts")
    }
    worked = tuple(found[pk] for pk in wanted[Outcome.WORKED])
    not_worked = tuple(found[pk] for pk in wanted[Outcome.DID_NOT_WORK] + wanted[Outcome.MIXED])
    return Neighbours(
        adapted_from=next((found[pk] for pk in parents), None),
        adaptations=tuple(found[pk] for pk in adaptations),
        others=OtherCases(worked, not_worked, len(siblings), len(worked) + len(not_worked)),
    )
