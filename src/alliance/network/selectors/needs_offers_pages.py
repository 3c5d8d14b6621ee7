"""The data for the page of a need and the page of an offer, each with its matches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from alliance.core.audit import Actor
from alliance.network import matching, needs_offers_rules
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import (
    ClimateZone,
    HelpAnswer,
    NeedState,
    SizeBand,
    TagScheme,
    TeamRole,
    Theme,
    Topic,
)
from alliance.network.localise import country_name
from alliance.network.models import Need, NeedHelp, NeedPriority, Offer, Organisation
from alliance.network.selectors.needs_offers import open_offers, ranked, tags_of
from alliance.web.formatting import language_name

MATCHES_SHOWN = 12
#: How many statements of the other side, the newest, are compared.
CANDIDATES = 400


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
    """The profile by which a need is matched; its only language is that of its text."""
    return _profile(need, frozenset({need.language}))


def offer_profile(offer: Offer) -> matching.Profile:
    """The profile by which an offer is matched."""
    return _profile(offer, frozenset(offer.languages))


def _sharing(statement: Need | Offer) -> Q:
    """The condition on statements of the other side with a theme, topic or target in common."""
    codes = Q(topic=statement.topic) if statement.topic else Q(pk__in=[])
    for scheme in TagScheme:
        shared = tags_of(statement, scheme)
        if shared:
            codes |= Q(tags__scheme=scheme, tags__code__in=shared)
    return codes


def _candidates(rows: QuerySet[Any], statement: Need | Offer) -> list[Any]:
    candidates = rows.filter(_sharing(statement)).exclude(city=statement.city).distinct()
    # Newest first and limited: of more than can be shown, old ones are the least likely to be
    # valid.
    newest = list(
        candidates.order_by("-stated_at", "-pk").values_list("pk", flat=True)[:CANDIDATES]
    )
    by_pk = rows.filter(pk__in=newest).select_related("city").prefetch_related("tags")
    return list(by_pk)


def offers_for(
    need: Need,
    at: dt.datetime,
    among: Callable[[QuerySet[Offer]], QuerySet[Offer]] = lambda offers: offers,
) -> list[tuple[matching.Match, Offer]]:
    """The open offers that match a need, best first. Three queries."""
    offers = among(open_offers(Offer.objects.all(), at))
    rows = {row.public_id: row for row in _candidates(offers, need)}
    matches = matching.matches(need_profile(need), (offer_profile(row) for row in rows.values()))
    return [(match, rows[match.other.public_id]) for match in matches]


def needs_for(offer: Offer) -> list[tuple[matching.Match, Need]]:
    """The open needs that match an offer, best first. Three queries."""
    rows = {
        row.public_id: row
        for row in _candidates(ranked(Need.objects.filter(state=NeedState.OPEN)), offer)
    }
    matches = matching.matches(offer_profile(offer), (need_profile(row) for row in rows.values()))
    return [(match, rows[match.other.public_id]) for match in matches]


def reason_words(reason: matching.Reason, language: str) -> tuple[str, list[str]]:
    """A kind of reason, with the labels of the codes in common."""
    label_of: dict[str, Any] = {
        matching.THEME: lambda code: str(Theme(code).label),
        matching.TOPIC: lambda code: str(Topic(code).label),
        matching.SDG: lambda code: code,
        matching.SIZE: lambda code: str(SizeBand(code).label),
        matching.CLIMATE: lambda code: str(ClimateZone(code).label),
        matching.LANGUAGE: lambda code: str(language_name(code)),
        matching.COUNTRY: lambda code: country_name(code, language),
    }
    return reason.kind, [label_of[reason.kind](code) for code in reason.codes]


def _shown(matches: list[tuple[matching.Match, Any]], language: str) -> list[dict[str, Any]]:
    """The best matches with all their reasons, and what is not known."""
    return [
        {
            "other": other,
            "matter": [reason_words(reason, language) for reason in match.matter],
            "around": [reason_words(reason, language) for reason in match.around],
            "unknown": match.unknown,
        }
        for match, other in matches[:MATCHES_SHOWN]
    ]


def _votes(
    actor: Actor, need: Need, priorities: list[NeedPriority]
) -> list[tuple[Organisation, int | None]]:
    """The municipalities for which the reader may set the priority of a need, each with its present
    priority."""
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    if not edited or need.state != NeedState.OPEN:
        return []
    present = {row.city_id: row.priority for row in priorities}
    teams = Organisation.objects.filter(public_id__in=edited).select_related("city")
    return [
        (team, present.get(team.city_id))
        for team in teams.order_by("name", "id")
        if needs_offers_rules.speaks_for_city(team)
        and team.city_id
        and team.city_id != need.city_id
    ]


def list_priorities(need: Need) -> list[NeedPriority]:
    """The priorities of a need, most urgent first, then by name of the city. One query."""
    rows = need.priorities.select_related("city").order_by("-priority", "city__name", "id")
    return list(rows)


def helpers_of(need: Need) -> list[NeedHelp]:
    """The cities that can help, in order of their answers. One query."""
    rows = need.help.filter(answer=HelpAnswer.CAN).select_related("city", "organisation")
    return list(rows.order_by("answered_at", "id"))


def need_page(need: Need, actor: Actor, *, language: str, at: dt.datetime) -> dict[str, Any]:
    """The context of the page of a need, in at most nine queries."""
    priorities = list_priorities(need)
    matches = offers_for(need, at)
    help_ = list(need.help.select_related("city", "organisation").order_by("answered_at", "id"))
    votes = _votes(actor, need, priorities)
    answers: dict[int | None, str] = {row.city_id: row.answer for row in help_}
    return {
        "need": need,
        "helpers": [row for row in help_ if row.answer == HelpAnswer.CAN],
        "helping": [(team, answers.get(team.city_id, "")) for team, _priority in votes],
        "may_speak": need.state == NeedState.OPEN
        and needs_offers_rules.may_speak_for(actor, need.organisation),
        "given": priorities,
        "votes": votes,
        "matches": _shown(matches, language),
        "n_matches": len(matches),
        "may_change": needs_offers_rules.may_change(actor, need),
    }


def offer_page(offer: Offer, actor: Actor, *, language: str, at: dt.datetime) -> dict[str, Any]:
    """The context of the page of an offer, in at most six queries.

    `holds`: it has neither ended nor passed its last date.
    """
    holds = offer.ended_at is None and (offer.until is None or offer.until >= at.date())
    matches = needs_for(offer) if holds else []
    return {
        "offer": offer,
        "language_names": [language_name(code) for code in offer.languages],
        "holds": holds,
        "matches": _shown(matches, language),
        "n_matches": len(matches),
        "may_change": needs_offers_rules.may_change(actor, offer),
    }
