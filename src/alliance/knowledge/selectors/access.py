"""The only way from an id to a record. What a reader may not see looks like what is not there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.core.errors import Gone, Moved, NotFound
from alliance.core.ids import PUBLIC_ID, get_by_public_id
from alliance.core.read_once import read_once
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import (
    CaseStudy,
    MergedCase,
    Method,
    Solution,
)
from alliance.network.enums import OrganisationKind
from alliance.network.models import City, Organisation

READ = "read"


def visible_cases(actor: Actor | None, action: str = READ) -> QuerySet[CaseStudy]:
    """The cases that `actor` (None: a visitor) may do `action` with: the published ones, to read.

    Raises ValueError for an action that no rule covers, so that a new one cannot slip through.
    """
    _known(action)
    return CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)


def whole_cases(actor: Actor | None, action: str = READ) -> QuerySet[CaseStudy]:
    """The cases that the actor may see, each as `get_case_for` gives it."""
    town_halls = Organisation.objects.filter(
        city=OuterRef("city"), kind=OrganisationKind.MUNICIPALITY
    )
    cases = visible_cases(actor, action).select_related("solution", "city", "owner")
    return cases.annotate(town_hall=Subquery(town_halls.values("public_id")[:1]))


@read_once
def get_case_for(actor: Actor | None, public_id: str, action: str = READ) -> CaseStudy:
    """The case of that id, with its solution, city and owner, and the id of the municipality of its
    city as `town_hall`, which answers for a case without an owner.

    Raises NotFound, hidden or missing; Moved and Gone, which are kinds of it, where the case was
    merged into another one or withdrawn.
    """
    try:
        return get_by_public_id(whole_cases(actor, action), "case", public_id)
    except NotFound:
        if to := merged_into([public_id]).get(public_id):
            raise Moved("case", public_id, to) from None
        withdrawn = get_withdrawn_case(public_id)
    raise Gone("case", public_id, withdrawn.why_withdrawn)


def merged_into(ids: Iterable[str]) -> dict[str, str]:
    """Of the ids those of cases that were merged, each with the id of the published case it is."""
    asked = [public_id for public_id in ids if PUBLIC_ID.match(public_id)]
    rows = MergedCase.objects.filter(public_id__in=asked, into__status=CaseStatus.PUBLISHED)
    return dict(rows.values_list("public_id", "into__public_id"))


def get_withdrawn_case(public_id: str) -> CaseStudy:
    """A case that was withdrawn, with its solution: anybody may know that. Raises NotFound."""
    cases = CaseStudy.objects.filter(status=CaseStatus.WITHDRAWN).select_related("solution")
    return get_by_public_id(cases, "case", public_id)


@read_once
def get_solution_for(actor: Actor | None, public_id: str, action: str = READ) -> Solution:
    """The solution of that id. Raises NotFound; Gone, a kind of it, where it was withdrawn."""
    _known(action)
    solution = get_by_public_id(Solution.everything.all(), "solution", public_id)
    if solution.withdrawn_at is not None:
        because = _("%(network)s no longer publishes it, and no case here depends on it.")
        raise Gone("solution", public_id, because % {"network": solution.from_network})
    return solution


def get_method_for(actor: Actor | None, public_id: str, action: str = READ) -> Method:
    """The method of that id, with its solution. Raises NotFound."""
    _known(action)
    methods = Method.objects.select_related("related_solution")
    return get_by_public_id(methods, "method", public_id)


@read_once
def get_city_for(actor: Actor | None, public_id: str, action: str = READ) -> City:
    """The city of that id. Raises NotFound."""
    _known(action)
    return get_by_public_id(City.objects.all(), "city", public_id)


@read_once
def get_organisation_for(actor: Actor | None, public_id: str, action: str = READ) -> Organisation:
    """The organisation of that id, with its city. Raises NotFound."""
    _known(action)
    return get_by_public_id(Organisation.objects.select_related("city"), "organisation", public_id)


def _known(action: str) -> None:
    if action != READ:
        raise ValueError(f"no rule says who may {action!r}")
