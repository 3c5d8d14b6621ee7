"""The pages of one need and of one offer, each with what the other side has for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.network import matching, needs_offers_rules
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import (
    ClimateZone,
    NeedState,
    Priority,
    SizeBand,
    TagScheme,
    TeamRole,
    Theme,
    Topic,
)
from alliance.network.localise import Localised, country_name, local_name, localised
from alliance.network.models import Need, NeedPriority, Offer, Organisation
from alliance.network.selectors.needs_offers import (
    NeedLine,
    OfferLine,
    need_line,
    offer_line,
    open_offers,
    ranked,
    tags_of,
)
from alliance.web.formatting import language_name

MATCHES_SHOWN = 12
#: So many of the other side, the newest, are looked at.
CANDIDATES = 400


@dataclass(frozen=True)
class ReasonLine:
    """A kind of thing in common, with what both sides name in words."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class MatchLine:
    """A need or an offer of another city with all that it has in common, and what is not known."""

    need: NeedLine | None
    offer: OfferLine | None
    matter: tuple[ReasonLine, ...]
    around: tuple[ReasonLine, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class GivenPriority:
    """What a city said of a need. `counts`: the city is a member of the network."""

    city_id: str
    city: str
    priority: int
    label: str
    counts: bool


@dataclass(frozen=True)
class Vote:
    """A city for which the reader may say how much the need matters, and what it said so far."""

    team_id: str
    city: str
    priority: int | None
    is_own: bool
    is_member: bool


@dataclass(frozen=True)
class NeedPage:
    """One need. `outcome` is empty while it is open."""

    line: NeedLine
    text: Localised
    outcome: Localised
    ended_on: dt.date | None
    given: tuple[GivenPriority, ...]
    votes: tuple[Vote, ...]
    matches: tuple[MatchLine, ...]
    n_matches: int
    may_change: bool


@dataclass(frozen=True)
class OfferPage:
    """One offer. `holds`: it was not ended and its last day is not over."""

    line: OfferLine
    text: Localised
    language_names: tuple[str, ...]
    holds: bool
    matches: tuple[MatchLine, ...]
    n_matches: int
    may_change: bool


def _profile(statement: Need | Offer, languages: frozenset[str]) -> matching.Profile:
    city = statement.city
    size, climate = size_band(city), climate_zone(city)
    return matching.Profile(
        public_id=statement.public_id,
        city=city.public_id,
        country=city.country,
        stated_at=statement.stated_at,
        topic=statement.topic,
        themes=frozenset(tags_of(statement, TagScheme.THEME)),
        sdg_targets=frozenset(tags_of(statement, TagScheme.SDG)),
        languages=languages,
        size=size.value if size else None,
        climate=climate.value if climate else None,
    )


def need_profile(need: Need) -> matching.Profile:
    """What a need is matched by: it is answered in the language it was stated in."""
    return _profile(need, frozenset({need.language}))


def offer_profile(offer: Offer) -> matching.Profile:
    """What an offer is matched by."""
    return _profile(offer, frozenset(offer.languages))


def _sharing(statement: Need | Offer) -> Q:
    """The condition on rows of the other side that share something of the matter."""
    codes = Q(topic=statement.topic) if statement.topic else Q(pk__in=[])
    for scheme in TagScheme:
        shared = tags_of(statement, scheme)
        if shared:
            codes |= Q(tags__scheme=scheme, tags__code__in=shared)
    return codes


def _candidates(rows: QuerySet[Any], statement: Need | Offer) -> list[Any]:
    found = rows.filter(_sharing(statement)).exclude(city=statement.city).distinct()
    # Newest first and cut: of more than can be shown, the old ones are the least likely to hold.
    newest = list(found.order_by("-stated_at", "-pk").values_list("pk", flat=True)[:CANDIDATES])
    by_pk = rows.filter(pk__in=newest).select_related("city").prefetch_related("tags")
    return list(by_pk)


def offers_for(need: Need, at: dt.datetime) -> list[tuple[matching.Match, Offer]]:
    """The offers that hold and match a need, the nearest first. Three queries."""
    rows = {row.public_id: row for row in _candidates(open_offers(Offer.objects.all(), at), need)}
    found = matching.matches(need_profile(need), (offer_profile(row) for row in rows.values()))
    return [(one, rows[one.other.public_id]) for one in found]


def needs_for(offer: Offer) -> list[tuple[matching.Match, Need]]:
    """The open needs that match an offer, the nearest first. Three queries."""
    rows = {
        row.public_id: row
        for row in _candidates(ranked(Need.objects.filter(state=NeedState.OPEN)), offer)
    }
    found = matching.matches(offer_profile(offer), (need_profile(row) for row in rows.values()))
    return [(one, rows[one.other.public_id]) for one in found]


def _words(reason: matching.Reason, language: str) -> ReasonLine:
    say: dict[str, Any] = {
        matching.THEME: lambda code: str(Theme(code).label),
        matching.TOPIC: lambda code: str(Topic(code).label),
        matching.SDG: lambda code: code,
        matching.SIZE: lambda code: str(SizeBand(code).label),
        matching.CLIMATE: lambda code: str(ClimateZone(code).label),
        matching.LANGUAGE: lambda code: str(language_name(code)),
        matching.COUNTRY: lambda code: country_name(code, language),
    }
    return ReasonLine(reason.kind, tuple(say[reason.kind](code) for code in reason.codes))


def _match_line(
    found: matching.Match, language: str, *, need: Any = None, offer: Offer | None = None
) -> MatchLine:
    return MatchLine(
        need=need_line(need, language) if need is not None else None,
        offer=offer_line(offer, language) if offer is not None else None,
        matter=tuple(_words(reason, language) for reason in found.matter),
        around=tuple(_words(reason, language) for reason in found.around),
        unknown=found.unknown,
    )


def _votes(actor: Actor, need: Need, given: list[NeedPriority], language: str) -> tuple[Vote, ...]:
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited or need.state != NeedState.OPEN:
        return ()
    present = {row.city_id: row.priority for row in given}
    teams = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return tuple(
        Vote(
            team_id=team.public_id,
            city=local_name(team.city, language),
            priority=present.get(team.city_id),
            is_own=team.city_id == need.city_id,
            is_member=team.city.is_member,
        )
        for team in teams.order_by("name", "id")
        if needs_offers_rules.speaks_for_city(team) and team.city is not None and team.city_id
    )


def given_priorities(need: Need) -> list[NeedPriority]:
    """What cities said of a need, the most urgent first, then by name. One query."""
    rows = need.priorities.select_related("city").order_by("-priority", "city__name", "id")
    return list(rows)


def need_page(need: Need, actor: Actor, *, language: str, at: dt.datetime) -> NeedPage:
    """What the page of a need shows, in at most eight queries."""
    given = given_priorities(need)
    counted = [row for row in given if row.city.is_member]
    need.weight = sum(row.priority for row in counted)  # type: ignore[attr-defined]
    need.n_cities = len(counted)  # type: ignore[attr-defined]
    found = offers_for(need, at)
    return NeedPage(
        line=need_line(need, language),
        text=localised(need.text, need.language, language),
        outcome=localised(need.outcome, need.language, language),
        ended_on=need.ended_at.date() if need.ended_at else None,
        given=tuple(
            GivenPriority(
                city_id=row.city.public_id,
                city=local_name(row.city, language),
                priority=row.priority,
                label=str(Priority(row.priority).label),
                counts=row.city.is_member,
            )
            for row in given
        ),
        votes=_votes(actor, need, given, language),
        matches=tuple(
            _match_line(one, language, offer=offer) for one, offer in found[:MATCHES_SHOWN]
        ),
        n_matches=len(found),
        may_change=needs_offers_rules.may_change(actor, need),
    )


def offer_page(offer: Offer, actor: Actor, *, language: str, at: dt.datetime) -> OfferPage:
    """What the page of an offer shows, in at most six queries."""
    holds = offer.ended_at is None and (offer.until is None or offer.until >= at.date())
    found = needs_for(offer) if holds else []
    return OfferPage(
        line=offer_line(offer, language),
        text=localised(offer.text, offer.language, language),
        language_names=tuple(language_name(code) for code in offer.languages),
        holds=holds,
        matches=tuple(_match_line(one, language, need=need) for one, need in found[:MATCHES_SHOWN]),
        n_matches=len(found),
        may_change=needs_offers_rules.may_change(actor, offer),
    )
