"""Needs and offers of cities: the boards, and the rows among which matches are searched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.network import needs_offers_rules
from alliance.network.enums import (
    NeedState,
    OrganisationKind,
    TagScheme,
    TeamRole,
    Theme,
)
from alliance.network.localise import local_name
from alliance.network.models import City, Need, NeedTag, Offer, OfferTag, Organisation

PAGE_SIZE = 25

S = TypeVar("S", Need, Offer)


@dataclass(frozen=True)
class BoardFilter:
    """The filters of a board; empty means all. `city` is a public id."""

    topic: str = ""
    theme: str = ""
    sdg: str = ""
    city: str = ""
    state: str = NeedState.OPEN.value
    kind: str = ""


@dataclass(frozen=True)
class CityTeam:
    """A municipality for whose city the reader may act."""

    public_id: str
    name: str
    city_id: str
    city: str


def tags_of(statement: Need | Offer, scheme: TagScheme) -> tuple[str, ...]:
    """The codes of a prefetched need or offer, in the order of their list."""
    codes = [tag.code for tag in statement.tags.all() if tag.scheme == scheme]
    if scheme == TagScheme.THEME:
        return tuple(code for code in Theme.values if code in codes)
    return tuple(sorted(codes, key=lambda code: (int(code.split(".")[0]), code)))


def ranked(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Needs with `weight` and `n_cities` in the order of the board.

    The sum of the priorities of member cities, highest first; then the number of those cities; then
    the deadline, soonest first and none last; then the order in which they were stated.
    """
    counted = Q(priorities__city__is_member=True)
    return needs.annotate(
        weight=Coalesce(Sum("priorities__priority", filter=counted), 0),
        n_cities=Count("priorities", filter=counted),
    ).order_by("-weight", "-n_cities", F("deadline").asc(nulls_last=True), "stated_at", "id")


def open_offers(offers: QuerySet[Offer], at: dt.datetime) -> QuerySet[Offer]:
    """The offers that are valid at `at`."""
    return offers.filter(Q(until=None) | Q(until__gte=at.date()), ended_at=None)


def of_cities(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Offers of cities; a university makes offers in its own name."""
    return offers.exclude(organisation__kind=OrganisationKind.UNIVERSITY)


def _filtered(rows: Any, tags: Any, owner: str, wanted: BoardFilter) -> Any:
    if wanted.topic:
        rows = rows.filter(topic=wanted.topic)
    if wanted.city:
        rows = rows.filter(city__public_id=wanted.city)
    for scheme, code in ((TagScheme.THEME, wanted.theme), (TagScheme.SDG, wanted.sdg)):
        if code:
            subquery = tags.objects.filter(**{owner: OuterRef("pk")}, scheme=scheme, code=code)
            rows = rows.filter(Exists(subquery))
    return rows


def filtered_needs(wanted: BoardFilter) -> QuerySet[Need]:
    """The matching needs, ranked, with what a row of the list shows."""
    rows = _filtered(Need.objects.all(), NeedTag, "need", wanted)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return ranked(rows.select_related("city").prefetch_related("tags"))


def filtered_offers(wanted: BoardFilter, at: dt.datetime) -> QuerySet[Offer]:
    """The valid matching offers, newest first, with what a row of the list shows."""
    rows = _filtered(open_offers(Offer.objects.all(), at), OfferTag, "offer", wanted)
    if wanted.kind:
        # The list as text, which both databases can search.
        rows = rows.annotate(_kinds=Cast("kinds", TextField())).filter(
            _kinds__contains=f'"{wanted.kind}"'
        )
    return rows.select_related("city").prefetch_related("tags").order_by("-stated_at", "-id")


def present_codes(rows: QuerySet[Any]) -> set[str]:
    """The topics, themes, states and kinds that some of the needs or offers have. Two queries."""
    own = "state" if rows.model is Need else "kinds"
    codes: set[str] = set(rows.order_by().values_list("tags__code", flat=True).distinct())
    for topic, value in rows.order_by().values_list("topic", own):
        codes |= {topic, value} if isinstance(value, str) else {topic, *value}
    return codes


def city_organisations(actor: Actor, **annotations: Combinable) -> list[tuple[Organisation, City]]:
    """The municipalities for whose cities the actor may act, annotated, with their cities.

    One query; none for an actor without teams.
    """
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited:
        return []
    rows = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return [
        (row, row.city)
        for row in rows.annotate(**annotations).order_by("name", "id")
        if needs_offers_rules.may_speak_for(actor, row) and row.city is not None
    ]


def city_teams(actor: Actor, language: str) -> tuple[CityTeam, ...]:
    """The municipalities for whose cities the actor may act; no query without teams."""
    return tuple(
        CityTeam(
            row.public_id, local_name(row, language), city.public_id, local_name(city, language)
        )
        for row, city in city_organisations(actor)
    )


def _page(rows: Iterable[Any], number: int) -> Page[Any]:
    pages: Paginator[Any] = Paginator(rows, PAGE_SIZE)  # type: ignore[arg-type]
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    return pages.page(number)


def _city(public_id: str) -> City | None:
    if not public_id:
        return None
    city = City.objects.filter(public_id=public_id).first()
    if city is None:
        raise NotFound("city", public_id)
    return city


def need_board(actor: Actor, wanted: BoardFilter, *, number: int, language: str) -> dict[str, Any]:
    """A page of needs, ranked. At most six queries.

    Raises NotFound for a missing page or city.
    """
    return {
        "page": _page(filtered_needs(wanted), number),
        "city": _city(wanted.city),
        "teams": city_teams(actor, language),
        "n_all": Need.objects.count(),
    }


def offer_board(
    actor: Actor, wanted: BoardFilter, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """A page of valid offers, newest first; see `need_board`."""
    return {
        "page": _page(filtered_offers(wanted, at), number),
        "city": _city(wanted.city),
        "teams": city_teams(actor, language),
    }
