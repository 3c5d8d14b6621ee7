"""Permissions on needs, offers and priorities."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network import rules
from alliance.network.enums import OrganisationKind, Scope
from alliance.network.models import City, Need, Offer, Organisation, StatementDraft

#: How many open needs of others a city may call urgent; otherwise everything soon would be.
MOST_URGENT = 3


def speaks_for_city(organisation: Organisation) -> bool:
    """Whether a team acts for a city: that of a municipality with a recorded city."""
    return organisation.kind == OrganisationKind.MUNICIPALITY and organisation.city_id is not None


def city_of(organisation: Organisation) -> City:
    """The city that a team acts for. Raises ValueError if there is none."""
    if organisation.city is None:
        raise ValueError(f"{organisation} speaks for no city")
    return organisation.city


def may_speak_for(actor: Actor, organisation: Organisation) -> bool:
    """State needs and offers of a city: its municipality's editors, and tokens with the scope."""
    if not speaks_for_city(organisation) or not rules.has_scope(actor, Scope.EXCHANGE):
        return False
    return rules.is_editor_of(actor, organisation) or rules.is_elevated(actor)


def may_offer_for(actor: Actor, organisation: Organisation) -> bool:
    """Make offers: those who may act for a city, and editors of a university whose city is recorded
    (visits, joint theses)."""
    if organisation.kind != OrganisationKind.UNIVERSITY or organisation.city_id is None:
        return may_speak_for(actor, organisation)
    return rules.has_scope(actor, Scope.EXCHANGE) and (
        rules.is_editor_of(actor, organisation) or rules.is_elevated(actor)
    )


def may_change(actor: Actor, statement: Need | Offer | StatementDraft) -> bool:
    """Change or end a need or an offer, or read and reject a draft: those who may state it, and the
    secretariat."""
    may_state = may_offer_for if isinstance(statement, Offer) else may_speak_for
    return may_state(actor, statement.organisation) or rules.is_secretariat(actor)


def may_prioritise(actor: Actor, organisation: Organisation) -> bool:
    """Set priorities of needs for a city: only if the city is a member of the network.

    The secretariat may not: needs are ranked by cities alone.
    """
    city: City | None = organisation.city
    return (
        city is not None
        and city.is_member
        and speaks_for_city(organisation)
        and rules.has_scope(actor, Scope.EXCHANGE)
        and rules.is_editor_of(actor, organisation)
    )
