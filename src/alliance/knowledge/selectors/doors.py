"""The only way from an id to a record. What a reader may not see looks like what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import QuerySet

from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy, EngagementMethod, Solution
from alliance.network.models import City, Organisation, Record

if TYPE_CHECKING:
    from alliance.accounts.models import User

R = TypeVar("R", bound=Record)

READ = "read"


def visible_cases(actor: User | None, action: str = READ) -> QuerySet[CaseStudy]:
    """The cases that `actor` (None: a visitor) may do `action` with: the published ones, to read.

    Raises ValueError for an action that no rule covers, so that a new one cannot slip through.
    """
    _known(action)
    return CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)


def get_case_for(actor: User | None, public_id: str, action: str = READ) -> CaseStudy:
    """The case of that id, with its solution and city. Raises NotFound: hidden or missing."""
    cases = visible_cases(actor, action).select_related("solution", "city")
    return _one(cases, "case", public_id)


def get_solution_for(actor: User | None, public_id: str, action: str = READ) -> Solution:
    """The solution of that id. Raises NotFound."""
    _known(action)
    return _one(Solution.objects.all(), "solution", public_id)


def get_method_for(actor: User | None, public_id: str, action: str = READ) -> EngagementMethod:
    """The engagement method of that id, with its solution. Raises NotFound."""
    _known(action)
    methods = EngagementMethod.objects.select_related("related_solution")
    return _one(methods, "method", public_id)


def get_city_for(actor: User | None, public_id: str, action: str = READ) -> City:
    """The city of that id. Raises NotFound."""
    _known(action)
    return _one(City.objects.all(), "city", public_id)


def get_organisation_for(actor: User | None, public_id: str, action: str = READ) -> Organisation:
    """The organisation of that id, with its city. Raises NotFound."""
    _known(action)
    return _one(Organisation.objects.select_related("city"), "organisation", public_id)


def _known(action: str) -> None:
    if action != READ:
        raise ValueError(f"no rule says who may {action!r}")


def _one(records: QuerySet[R], kind: str, public_id: Any) -> R:
    # An id of the wrong shape is not asked for: databases differ in what text they take.
    found = records.filter(public_id=public_id).first() if PUBLIC_ID.match(public_id) else None
    if found is None:
        raise NotFound(kind, public_id)
    return found
