"""The organisations of the network with their teams, for the secretariat."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from alliance.desk.selectors.desk import taking_part
from alliance.desk.selectors.people import Option
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.localise import country_name, local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.teams import sort_key
from alliance.network.access import in_force, still_open
from alliance.network.enums import OrganisationKind, TeamRole
from alliance.network.models import City, Invitation, Membership, Organisation

ORGANISATIONS_PER_PAGE = 50
ACTIVE, INVITED, NO_EDITOR = "active", "invited", "no-editor"


@dataclass(frozen=True)
class OrganisationsFilter:
    """Which organisations to list; empty means all."""

    words: str = ""
    show: str = ""


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation with its team. `city` is empty where it stands for none."""

    public_id: str
    name: str
    kind_label: str
    country: str
    city_id: str
    city: str
    is_member_city: bool
    n_editors: int
    n_members: int
    n_invited: int
    n_cases: int
    takes_part: bool


@dataclass(frozen=True)
class OrganisationsList:
    """A page of organisations by name; `n` is how many match."""

    lines: tuple[OrganisationLine, ...]
    page: Page[Any]
    n: int
    options: tuple[Option, ...]
    filter: OrganisationsFilter


def _counts(rows: QuerySet[Any], by: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(by).annotate(Count("pk"))))


def _lines(language: str, at: dt.datetime) -> list[OrganisationLine]:
    """All organisations. Six queries."""
    active = Membership.objects.filter(in_force(at), user__is_active=True)
    members = _counts(active, "organisation")
    editors = _counts(active.filter(role=TeamRole.EDITOR), "organisation")
    invited = _counts(Invitation.objects.filter(still_open(at)), "organisation")
    published = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED, owner__isnull=False)
    cases = _counts(published, "owner")
    taking = set(taking_part(at).order_by().values_list("pk", flat=True))
    rows = Organisation.objects.select_related("city")
    return [
        OrganisationLine(
            public_id=row.public_id,
            name=local_name(row, language),
            kind_label=str(OrganisationKind(row.kind).label),
            country=country_name(row.country, language),
            city_id=row.city.public_id if row.city else "",
            city=local_name(row.city, language) if row.city else "",
            is_member_city=row.city is not None and row.city.is_member,
            n_editors=editors[row.pk],
            n_members=members[row.pk],
            n_invited=invited[row.pk],
            n_cases=cases[row.pk],
            takes_part=row.pk in taking,
        )
        for row in rows
    ]


def _is_wanted(line: OrganisationLine, wanted: OrganisationsFilter, words: str) -> bool:
    if words and words not in sort_key(f"{line.name}\n{line.city}"):
        return False
    return {
        ACTIVE: line.takes_part,
        INVITED: line.n_invited > 0,
        NO_EDITOR: line.takes_part and not line.n_editors,
    }.get(wanted.show, True)


def organisations_list(
    wanted: OrganisationsFilter, *, number: int, language: str, at: dt.datetime
) -> OrganisationsList:
    """The page of that number. Six queries. Raises NotFound for a page that does not exist."""
    words = sort_key(wanted.words)
    found = [line for line in _lines(language, at) if _is_wanted(line, wanted, words)]
    found.sort(key=lambda line: (sort_key(line.name), line.public_id))
    page = page_of(Paginator(found, ORGANISATIONS_PER_PAGE), number)
    options = (
        (ACTIVE, _("that take part")),
        (INVITED, _("with open invitations")),
        (NO_EDITOR, _("that take part without an editor")),
    )
    return OrganisationsList(
        lines=tuple(page.object_list),
        page=page,
        n=len(found),
        options=tuple(Option(value, label, value == wanted.show) for value, label in options),
        filter=wanted,
    )


def cities_named(words: str) -> list[City]:
    """The cities of that name in any language, or of that id. One query."""
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
    """The names of the member cities, to be suggested. One query."""
    rows = City.objects.filter(is_member=True)
    return tuple(sorted((local_name(row, language) for row in rows), key=str.casefold))
