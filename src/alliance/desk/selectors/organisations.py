"""The organisations of the network with their teams, for the secretariat."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from alliance.desk.selectors.desk import taking_part, with_editor
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.teams import sort_key
from alliance.network.access import in_force, still_open
from alliance.network.enums import TeamRole
from alliance.network.models import City, Invitation, Membership, Organisation
from alliance.web.paging import page_of

ORGANISATIONS_PER_PAGE = 50
ACTIVE, INVITED, NO_EDITOR = "active", "invited", "no-editor"


@dataclass(frozen=True)
class OrganisationsFilter:
    """The filters of the list; empty means all."""

    words: str = ""
    show: str = ""


def _n(rows: QuerySet[Any], by: str) -> Coalesce:
    """A count of `rows` that belong to an organisation, by their field `by`."""
    own = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0)


def organisations_list(
    wanted: OrganisationsFilter, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """A page of organisations by name, each with its counts. Three queries.

    Raises Http404 for a missing page.
    """
    takes_part = taking_part(at).order_by().values("pk")
    rows = Organisation.objects.select_related("city")
    if wanted.show in (ACTIVE, NO_EDITOR):
        rows = rows.filter(pk__in=takes_part)
    if wanted.show == NO_EDITOR:
        rows = rows.exclude(pk__in=with_editor(at))
    if wanted.show == INVITED:
        rows = rows.filter(
            pk__in=Invitation.objects.filter(still_open(at)).order_by().values("organisation")
        )
    words = sort_key(wanted.words)

    def names(row: Organisation) -> str:
        return f"{local_name(row, language)}\n{local_name(row.city, language) if row.city else ''}"

    organisations = [row for row in rows if words in sort_key(names(row))]
    organisations.sort(key=lambda row: (sort_key(local_name(row, language)), row.public_id))
    page = page_of(Paginator(organisations, ORGANISATIONS_PER_PAGE), number)
    active = Membership.objects.filter(in_force(at), user__is_active=True)
    published = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
    counted = (
        Organisation.objects.select_related("city")
        .annotate(
            n_members=_n(active, "organisation"),
            n_editors=_n(active.filter(role=TeamRole.EDITOR), "organisation"),
            n_invited=_n(Invitation.objects.filter(still_open(at)), "organisation"),
            n_cases=_n(published, "owner"),
            takes_part=Q(pk__in=takes_part),
        )
        .in_bulk([row.pk for row in page.object_list])
    )
    return {
        "organisations": [counted[row.pk] for row in page.object_list if row.pk in counted],
        "page": page,
        "options": [
            (ACTIVE, _("taking part")),
            (INVITED, _("with open invitations")),
            (NO_EDITOR, _("taking part, with no editor")),
        ],
        "wanted": wanted,
    }


def cities_named(words: str) -> list[City]:
    """The cities with this name in any language, or this id. One query."""
    wanted = sort_key(words.strip())
    if not wanted:
        return []
    rows = City.objects.order_by("country", "public_id").only(
        "public_id", "name", "name_fr", "name_sv", "country", "is_member"
    )
    return [
        row
        for row in rows
        if wanted
        in {
            row.public_id.casefold(),
            *(sort_key(name) for name in (row.name, row.name_fr, row.name_sv) if name),
        }
    ]


def member_cities(language: str) -> tuple[str, ...]:
    """The names of the member cities, as suggestions. One query."""
    rows = City.objects.filter(is_member=True)
    return tuple(sorted((local_name(row, language) for row in rows), key=str.casefold))
