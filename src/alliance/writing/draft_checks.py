"""What stands between a draft and its publication, each named by field and rule."""

from __future__ import annotations

from alliance.cases import masking
from alliance.cases.case_document import CaseDocument, check_shape
from alliance.cases.enums import CaseStatus, SolutionKind
from alliance.cases.masking import masking_faults
from alliance.cases.models import CaseStudy, Measure, Solution, Unit
from alliance.cases.validation import case_faults
from alliance.core.errors import Fault
from alliance.core.text import markup_fault
from alliance.network.models import City
from alliance.network.text_checks import choice_faults
from alliance.writing.models import Draft


def is_outdated(draft: Draft) -> bool:
    """Whether the case has a version that the draft did not start from."""
    return draft.case is not None and draft.case.revision != draft.base_version


def faults_of_draft(draft: Draft) -> list[Fault]:
    """What stands between a draft and its publication, each by field and rule."""
    document = check_shape(draft.content)
    faults = _solution_faults(document)
    if is_outdated(draft):
        faults.append(Fault("case", "outdated"))
    known = {document.solution} if document.solution and not document.new_solution else set()
    solutions = set(
        Solution.objects.filter(public_id__in=known).values_list("public_id", flat=True)
    )
    if document.new_solution is not None:
        solutions.add(document.solution)
    faults += case_faults(
        document,
        public_id=draft.case.public_id if draft.case else "",
        measures=_words(Measure, names_in(document)[0]),
        units=_words(Unit, names_in(document)[1]),
        solutions=frozenset(solutions),
    )
    city = None
    if document.place.city:
        city = City.objects.filter(public_id=document.place.city).first()
        if city is None:
            faults.append(Fault("case.place.city", "unknown", {"value": document.place.city}))
    if document.is_masked:
        new = document.new_solution
        beside = {
            f"case.new_solution.{name}": getattr(new, name)
            for name in (("name", "summary") if new is not None else ())
        }
        faults += masking_faults(document, city, beside)
        faults += masking.shown_faults(draft.case) if draft.case is not None else []
    if document.adapted_from and not _may_be_adapted_from(draft, document.adapted_from):
        faults.append(Fault("case.adapted_from", "no-other-case", {"value": document.adapted_from}))
    return faults


def names_in(document: CaseDocument) -> tuple[set[str], set[str]]:
    """The measures and the units that a document names."""
    measures = {effect.measure for effect in document.effects}
    measures |= {null.measure for null in document.nulls}
    units = {
        name for effect in document.effects for name in (effect.unit, effect.baseline_unit or "")
    }
    return measures - {""}, units - {""}


def _words(model: type[Measure] | type[Unit], named: set[str]) -> frozenset[str]:
    """The words of the list, and those that publication will add to it."""
    longest = model._meta.get_field("name").max_length or 0
    new = {name for name in named if len(name) <= longest and markup_fault("name", name) is None}
    return frozenset(new).union(model._default_manager.values_list("name", flat=True))


def _may_be_adapted_from(draft: Draft, source: str) -> bool:
    own = draft.case.public_id if draft.case else ""
    return (
        source != own
        and CaseStudy.objects.filter(public_id=source, status=CaseStatus.PUBLISHED).exists()
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
