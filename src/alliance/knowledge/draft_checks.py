"""What stands between a draft and its publication, each named by field and rule."""

from __future__ import annotations

from alliance.core.errors import Fault
from alliance.knowledge import masking
from alliance.knowledge.case_document import CaseDocument, check_shape, record_of
from alliance.knowledge.enums import CaseStatus, SolutionKind
from alliance.knowledge.masking import masking_faults
from alliance.knowledge.models import CaseStudy, Draft, Measure, Solution, Unit
from alliance.knowledge.records import CaseRecord
from alliance.knowledge.validation import case_faults
from alliance.network.models import City
from alliance.network.plain_texts import choice_faults


def is_outdated(draft: Draft) -> bool:
    """Whether the case has a version that the draft did not start from."""
    return draft.case is not None and draft.case.revision != draft.base_version


def faults_of_draft(draft: Draft) -> list[Fault]:
    """What stands between a draft and its publication, each by field and rule."""
    document = check_shape(draft.content)
    faults = _solution_faults(document)
    if is_outdated(draft):
        faults.append(Fault("case", "outdated"))
    record = record_of(document, public_id=draft.case.public_id if draft.case else "")
    known = {record.solution} if record.solution and not document.new_solution else set()
    solutions = set(
        Solution.objects.filter(public_id__in=known).values_list("public_id", flat=True)
    )
    if document.new_solution is not None:
        solutions.add(record.solution)
    faults += case_faults(
        record,
        measures=frozenset(Measure.objects.values_list("name", flat=True)),
        units=frozenset(Unit.objects.values_list("name", flat=True)),
        solutions=frozenset(solutions),
    )
    city = None
    if record.place.city_id is not None:
        city = City.objects.filter(public_id=record.place.city_id).first()
        if city is None:
            faults.append(Fault("case.place.city", "unknown", {"value": record.place.city_id}))
    if record.is_masked:
        new = document.new_solution
        beside = {
            f"case.new_solution.{name}": getattr(new, name)
            for name in (("name", "summary") if new is not None else ())
        }
        faults += masking_faults(record, city, beside)
        faults += masking.shown_faults(draft.case) if draft.case is not None else []
    if record.adapted_from and not _may_be_adapted_from(draft, record):
        faults.append(Fault("case.adapted_from", "no-other-case", {"value": record.adapted_from}))
    return faults


def _may_be_adapted_from(draft: Draft, record: CaseRecord) -> bool:
    own = draft.case.public_id if draft.case else ""
    return (
        record.adapted_from != own
        and CaseStudy.objects.filter(
            public_id=record.adapted_from, status=CaseStatus.PUBLISHED
        ).exists()
    )


def _solution_faults(document: CaseDocument) -> list[Fault]:
    new = document.new_solution
    if new is None:
        return []
    faults = []
    if document.solution:
        faults.append(Fault("case.new_solution", "two-solutions"))
    if not new.name.strip():
        faults.append(Fault("case.new_solution.name", "missing"))
    if not new.summary.strip():
        faults.append(Fault("case.new_solution.summary", "missing"))
    return faults + choice_faults("case.new_solution.kind", new.kind, SolutionKind.values)
