"""What the pages of organisations show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from alliance.core.audit import Actor
from alliance.knowledge import rules
from alliance.knowledge.models import CaseClassification, CaseStudy
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import CaseLine, lines_of
from alliance.knowledge.selectors.localise import country_name, local_name
from alliance.knowledge.selectors.paging import page_of
from alliance.knowledge.selectors.solutions import Tally, tally_from
from alliance.knowledge.selectors.topics import newest_first
from alliance.network.models import Organisation
from alliance.network.rules import may_manage_team

ORGANISATIONS_PER_PAGE = 100
CASES_PER_PAGE = 50


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation in a list; its city is empty where none is recorded."""

    public_id: str
    name: str
    kind: str
    country: str
    city_id: str
    city: str
    n_cases: int


@dataclass(frozen=True)
class OrganisationList:
    """A page of the organisations, by name."""

    lines: tuple[OrganisationLine, ...]
    page: Page[int]


@dataclass(frozen=True)
class TeamActs:
    """What a reader may do for an organisation from its page: one of both at least."""

    public_id: str
    name: str
    may_write: bool
    may_manage: bool


@dataclass(frozen=True)
class OrganisationPage:
    """All that the page of an organisation shows; `tally` counts all its cases.

    `cases` are those on page `page` of them, the newest first. `teams` is the organisation, where
    the reader may do something for it.
    """

    organisation: OrganisationLine
    origin: str
    tally: Tally
    cases: tuple[CaseLine, ...]
    page: Page[int]
    teams: tuple[TeamActs, ...]


def team_acts(
    actor: Actor | None, organisations: Iterable[Organisation], language: str
) -> tuple[TeamActs, ...]:
    """What `actor` may do for each of `organisations`, those left out where it is nothing.

    No query, and none of `organisations` is read, for a visitor.
    """
    if actor is None or not actor.is_known:
        return ()
    found = (
        TeamActs(
            public_id=one.public_id,
            name=local_name(one, language),
            may_write=rules.may_write_for(actor, one),
            may_manage=may_manage_team(actor, one),
        )
        for one in organisations
    )
    return tuple(one for one in found if one.may_write or one.may_manage)


def _tally(cases: QuerySet[CaseStudy]) -> Tally:
    rows = cases.order_by().values_list("outcome").annotate(Count("id"))
    return tally_from(dict(rows))


def _cases_of(actor: Actor | None, organisation: Organisation) -> QuerySet[CaseStudy]:
    # An organisation may act in a case in more than one role; the case counts once.
    roles = CaseClassification.objects.filter(organisation=organisation)
    return visible_cases(actor).filter(pk__in=roles.values("case"))


def _organisation_line(organisation: Organisation, language: str, n_cases: int) -> OrganisationLine:
    city = organisation.city
    return OrganisationLine(
        public_id=organisation.public_id,
        name=local_name(organisation, language),
        kind=organisation.kind,
        country=country_name(organisation.country, language),
        city_id=city.public_id if city else "",
        city=local_name(city, language) if city else "",
        n_cases=n_cases,
    )


def organisation_lines(
    actor: Actor | None, organisations: QuerySet[Organisation], language: str
) -> tuple[OrganisationLine, ...]:
    """The lines of `organisations` by name, in two queries."""
    counts = dict(
        CaseClassification.objects.filter(
            organisation__in=organisations, case__in=visible_cases(actor)
        )
        .order_by()
        .values_list("organisation")
        .annotate(Count("case", distinct=True))
    )
    lines = (
        _organisation_line(one, language, counts.get(one.pk, 0))
        for one in organisations.select_related("city")
    )
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def organisation_list(actor: Actor | None, language: str, number: int = 1) -> OrganisationList:
    """Page `number` of all organisations by name, in three queries.

    Raises NotFound for a page that does not exist.
    """
    rows = Organisation.objects.order_by().values_list(
        "pk", "name", "name_fr", "name_sv", named=True
    )
    keys = [row.pk for row in sorted(rows, key=lambda row: local_name(row, language).casefold())]
    page = page_of(Paginator(keys, ORGANISATIONS_PER_PAGE), number)
    shown = Organisation.objects.filter(pk__in=list(page))
    return OrganisationList(organisation_lines(actor, shown, language), page)


def organisation_page(
    actor: Actor | None, organisation: Organisation, language: str, number: int = 1
) -> OrganisationPage:
    """What the page of `organisation` shows, with page `number` of its cases, in eight queries.

    Raises NotFound for a page that does not exist.
    """
    cases = _cases_of(actor, organisation)
    tally = _tally(cases)
    keys = list(newest_first(cases).values_list("pk", flat=True))
    page = page_of(Paginator(keys, CASES_PER_PAGE), number)
    lines = lines_of(cases, page, language)
    return OrganisationPage(
        organisation=_organisation_line(organisation, language, tally.total),
        origin=organisation.origin,
        tally=tally,
        cases=tuple(lines[key] for key in page if key in lines),
        page=page,
        teams=team_acts(actor, [organisation], language),
    )
