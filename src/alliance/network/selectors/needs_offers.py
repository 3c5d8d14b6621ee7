"""What cities need and offer: the boards, and the rows that matches are found among."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Coalesce

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.network import needs_offers_rules
from alliance.network.enums import (
    Language,
    NeedState,
    OfferKind,
    TagScheme,
    TeamRole,
    Theme,
    Topic,
)
from alliance.network.localise import Localised, country_name, local_name, localised
from alliance.network.models import City, Need, NeedTag, Offer, OfferTag, Organisation

PAGE_SIZE = 25

S = TypeVar("S", Need, Offer)


@dataclass(frozen=True)
class Coded:
    """A code of a list with its words."""

    code: str
    label: str


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
class NeedLine:
    """A need in a list. `weight` and `n_cities` count the cities that are members."""

    public_id: str
    title: Localised
    city_id: str
    city: str
    country: str
    topic: Coded | None
    themes: tuple[Coded, ...]
    sdg_targets: tuple[str, ...]
    deadline: dt.date | None
    state: str
    state_label: str
    stated_on: dt.date
    n_cities: int
    weight: int


@dataclass(frozen=True)
class OfferLine:
    """An offer in a list. `staff_days` and `until` are None where that was not said."""

    public_id: str
    title: Localised
    city_id: str
    city: str
    country: str
    kinds: tuple[Coded, ...]
    topic: Coded | None
    themes: tuple[Coded, ...]
    sdg_targets: tuple[str, ...]
    languages: tuple[str, ...]
    staff_days: int | None
    until: dt.date | None
    stated_on: dt.date
    has_ended: bool


@dataclass(frozen=True)
class CityTeam:
    """A municipality for whose city the reader speaks."""

    public_id: str
    name: str
    city_id: str
    city: str


@dataclass(frozen=True)
class NeedBoard:
    """A page of needs, those first that most cities have, too. `city` is its name if filtered."""

    lines: tuple[NeedLine, ...]
    page: Page[Any]
    city: str
    teams: tuple[CityTeam, ...]
    n_all: int


@dataclass(frozen=True)
class OfferBoard:
    """A page of offers that hold, the newest first. `city` is its name if filtered."""

    lines: tuple[OfferLine, ...]
    page: Page[Any]
    city: str
    teams: tuple[CityTeam, ...]
    n_all: int


def topic_of(code: str) -> Coded | None:
    """A topic with its words, None where none was chosen."""
    return Coded(code, str(Topic(code).label)) if code else None


def tags_of(statement: Need | Offer, scheme: TagScheme) -> tuple[str, ...]:
    """The codes of a prefetched need or offer, in the order of the list they come from."""
    found = [tag.code for tag in statement.tags.all() if tag.scheme == scheme]
    if scheme == TagScheme.THEME:
        return tuple(code for code in Theme.values if code in found)
    return tuple(sorted(found, key=lambda code: (int(code.split(".")[0]), code)))


def themes_of(statement: Need | Offer) -> tuple[Coded, ...]:
    """The themes of a prefetched need or offer, with their words."""
    return tuple(
        Coded(code, str(Theme(code).label)) for code in tags_of(statement, TagScheme.THEME)
    )


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


def _filtered(rows: Any, tags: Any, owner: str, wanted: Wanted) -> Any:
    if wanted.topic:
        rows = rows.filter(topic=wanted.topic)
    if wanted.city:
        rows = rows.filter(city__public_id=wanted.city)
    for scheme, code in ((TagScheme.THEME, wanted.theme), (TagScheme.SDG, wanted.sdg)):
        if code:
            found = tags.objects.filter(**{owner: OuterRef("pk")}, scheme=scheme, code=code)
            rows = rows.filter(Exists(found))
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


def need_line(need: Any, language: str) -> NeedLine:
    """The line of a ranked need."""
    return NeedLine(
        public_id=need.public_id,
        title=localised(need.title, need.language, language),
        city_id=need.city.public_id,
        city=local_name(need.city, language),
        country=country_name(need.city.country, language),
        topic=topic_of(need.topic),
        themes=themes_of(need),
        sdg_targets=tags_of(need, TagScheme.SDG),
        deadline=need.deadline,
        state=need.state,
        state_label=str(NeedState(need.state).label),
        stated_on=need.stated_at.date(),
        n_cities=need.n_cities,
        weight=need.weight,
    )


def offer_line(offer: Offer, language: str) -> OfferLine:
    """The line of an offer with its tags."""
    kinds = [kind for kind in OfferKind if kind.value in offer.kinds]
    return OfferLine(
        public_id=offer.public_id,
        title=localised(offer.title, offer.language, language),
        city_id=offer.city.public_id,
        city=local_name(offer.city, language),
        country=country_name(offer.city.country, language),
        kinds=tuple(Coded(kind.value, str(kind.label)) for kind in kinds),
        topic=topic_of(offer.topic),
        themes=themes_of(offer),
        sdg_targets=tags_of(offer, TagScheme.SDG),
        languages=tuple(code for code in Language.values if code in offer.languages),
        staff_days=offer.staff_days,
        until=offer.until,
        stated_on=offer.stated_at.date(),
        has_ended=offer.ended_at is not None,
    )


def city_teams(actor: Actor, language: str) -> tuple[CityTeam, ...]:
    """The municipalities for whose cities the actor speaks; no query for who is in no team."""
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited:
        return ()
    rows = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return tuple(
        CityTeam(
            row.public_id, local_name(row, language), row.city.public_id,
            local_name(row.city, language),
        )
        for row in rows.order_by("name", "id")
        if needs_offers_rules.may_speak_for(actor, row) and row.city is not None
    )  # fmt: skip


def _page(rows: Iterable[Any], number: int) -> Page[Any]:
    pages: Paginator[Any] = Paginator(rows, PAGE_SIZE)  # type: ignore[arg-type]
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    return pages.page(number)


def _city_name(public_id: str, language: str) -> str:
    if not public_id:
        return ""
    city = City.objects.filter(public_id=public_id).first()
    if city is None:
        raise NotFound("city", public_id)
    return local_name(city, language)


def need_board(actor: Actor, wanted: Wanted, *, number: int, language: str) -> NeedBoard:
    """A page of the board, at most six queries. Raises NotFound for a page or city not there."""
    page = _page(wanted_needs(wanted), number)
    return NeedBoard(
        lines=tuple(need_line(need, language) for need in page.object_list),
        page=page,
        city=_city_name(wanted.city, language),
        teams=city_teams(actor, language),
        n_all=Need.objects.count(),
    )


def offer_board(
    actor: Actor, wanted: Wanted, *, number: int, language: str, at: dt.datetime
) -> OfferBoard:
    """A page of the board, at most six queries. Raises NotFound for a page or city not there."""
    page = _page(wanted_offers(wanted, at), number)
    return OfferBoard(
        lines=tuple(offer_line(offer, language) for offer in page.object_list),
        page=page,
        city=_city_name(wanted.city, language),
        teams=city_teams(actor, language),
        n_all=open_offers(Offer.objects.all(), at).count(),
    )
