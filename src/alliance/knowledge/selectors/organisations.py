"""What the pages of organisations show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from alliance.cases import rules
from alliance.cases.models import CaseClassification, CaseStudy
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import cases_by_key
from alliance.cases.selectors.localise import local_name
from alliance.cases.selectors.register import tally_from
from alliance.core.audit import Actor
from alliance.knowledge.selectors.topics import newest_first
from alliance.network.models import Organisation
from alliance.network.rules import may_manage_team
from alliance.web.paging import page_of

ORGANISATIONS_PER_PAGE = 100
CASES_PER_PAGE = 50


def team_acts(
    actor: Actor | None, organisations: Iterable[Organisation]
) -> list[tuple[Organisation, bool, bool]]:
    """Whether `actor` may write for each of `organisations`, and whether manage its team.

    Those are left out for which it is neither. No query, and none is read, for a visitor.
    """
    if actor is None or not actor.is_known:
        return []
    acts = (
        (
            organisation,
            rules.may_write_for(actor, organisation),
            may_manage_team(actor, organisation),
        )
        for organisation in organisations
    )
    return [act for act in acts if any(act[1:])]


def _cases_of(actor: Actor | None, organisation: Organisation) -> QuerySet[CaseStudy]:
    # An organisation may act in a case in more than one role; the case counts once.
    roles = CaseClassification.objects.filter(organisation=organisation)
    return visible_cases(actor).filter(pk__in=roles.values("case"))


def organisation_list(actor: Actor | None, language: str, number: int = 1) -> dict[str, Any]:
    """Page `number` of all organisations by name with their `n_cases`, in two queries.

    Raises Http404 for a page that does not exist.
    """
    rows = Organisation.objects.order_by().values_list(
        "pk", "name", "name_fr", "name_sv", named=True
    )
    keys = [row.pk for row in sorted(rows, key=lambda row: local_name(row, language).casefold())]
    page = page_of(Paginator(keys, ORGANISATIONS_PER_PAGE), number)
    shown = Q(case_roles__case__in=visible_cases(actor))
    by_key = (
        Organisation.objects.select_related("city")
        .annotate(n_cases=Count("case_roles__case", filter=shown, distinct=True))
        .in_bulk(list(page))
    )
    return {"organisations": [by_key[key] for key in page if key in by_key], "page": page}


def organisation_page(
    actor: Actor | None, organisation: Organisation, number: int = 1
) -> dict[str, Any]:
    """What the page of `organisation` shows, with page `number` of its cases. Nine queries at most.

    `tally` counts all its cases; those on the page come newest first. Raises Http404 for a page
    that does not exist.
    """
    cases = _cases_of(actor, organisation)
    outcomes = cases.order_by().values_list("outcome").annotate(Count("id"))
    keys = list(newest_first(cases).values_list("pk", flat=True))
    page = page_of(Paginator(keys, CASES_PER_PAGE), number)
    by_key = cases_by_key(cases, page)
    return {
        "organisation": organisation,
        "tally": tally_from(dict(outcomes)),
        "cases": [by_key[key] for key in page if key in by_key],
        "page": page,
        "teams": team_acts(actor, [organisation]),
    }
