"""What cities need and offer: the boards, and the rows that matches are found among."""

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
class Wanted:
    """What a board is filtered by; empty for everything. `city` is a public id."""

    topic: str = ""
    theme: str = ""
    sdg: str = ""
    city: str = ""
    state: str = NeedState.OPEN.value
    kind: str = ""


@dataclass(frozen=True)
class CityTeam:
    """A municipality for whose city the reader speaks."""

    public_id: str
    name: str
    city_id: str
    city: str


def tags_of(statement: Need | Offer, scheme: TagScheme) -> tuple[str, ...]:
    """The codes of a prefetched need or offer, in the order of the list they come from."""
    codes = [tag.code for tag in statement.tags.all() if tag.scheme == scheme]
    if scheme == TagScheme.THEME:
        return tuple(code for code in Theme.values if code in codes)
    return tuple(sorted(codes, key=lambda code: (int(code.split(".")[0]), code)))


def ranked(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Needs with `weight` and `n_cities` in the order of the board.

    The sum of the priorities that member cities gave, most first; then the number of those
    cities; then the deadline, the soonest first and none last; then the one stated first.
    """
    counted = Q(priorities__city__is_member=True)
    return needs.annotate(
        weight=Coalesce(Sum("priorities__priority", filter=counted), 0),
        n_cities=Count("priorities", filter=counted),
    ).order_by("-weight", "-n_cities", F("deadline").asc(nulls_last=True), "stated_at", "id")


def open_offers(offers: QuerySet[Offer], at: dt.datetime) -> QuerySet[Offer]:
    """The offers that hold at `at`."""
    return offers.filter(Q(until=None) | Q(until__gte=at.date()), ended_at=None)


def of_cities(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Offers that cities make; a university makes its own in its own name."""
    return offers.exclude(organisation__kind=OrganisationKind.UNIVERSITY)


def _filtered(rows: Any, tags: Any, owner: str, wanted: Wanted) -> Any:
    if wanted.topic:
        rows = rows.filter(topic=wanted.topic)
    if wanted.city:
        rows = rows.filter(city__public_id=wanted.city)
    for scheme, code in ((TagScheme.THEME, wanted.theme), (TagScheme.SDG, wanted.sdg)):
        if code:
            subquery = tags.objects.filter(**{owner: OuterRef("pk")}, scheme=scheme, code=code)
            rows = rows.filter(Exists(subquery))
    return rows


def wanted_needs(wanted: Wanted) -> QuerySet[Need]:
    """The needs that fit, ranked, with what a line reads."""
    rows = _filtered(Need.objects.all(), NeedTag, "need", wanted)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return ranked(rows.select_related("city").prefetch_related("tags"))


def wanted_offers(wanted: Wanted, at: dt.datetime) -> QuerySet[Offer]:
    """The offers that hold and fit, the newest first, with what a line reads."""
    rows = _filtered(open_offers(Offer.objects.all(), at), OfferTag, "offer", wanted)
    if wanted.kind:
        # The list as text: both databases can look into it so.
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
    """The municipalities for whose cities the actor speaks, with what is annotated, and the cities.

    One query; none for who is in no team.
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
    """The municipalities for whose cities the actor speaks; no query for who is in no team."""
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


def need_board(actor: Actor, wanted: Wanted, *, number: int, language: str) -> dict[str, Any]:
    """A page of needs, those first that most cities have, too. At most six queries.

    Raises NotFound for a page or city not there.
    """
    return {
        "page": _page(wanted_needs(wanted), number),
        "city": _city(wanted.city),
        "teams": city_teams(actor, language),
        "n_all": Need.objects.count(),
    }


def offer_board(
    actor: Actor, wanted: Wanted, *, number: int, language: str, at: dt.datetime
) -> dict[str, Any]:
    """A page of offers that hold, the newest first, as `need_board`."""
    return {
        "page": _page(wanted_offers(wanted, at), number),
        "city": _city(wanted.city),
        "teams": city_teams(actor, language),
    }
