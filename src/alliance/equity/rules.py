"""Who keeps the areas of a city and the figures of them."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.equity.models import AreaSet
from alliance.network import needs_offers_rules
from alliance.network import rules as network


def may_keep(actor: Actor, area_set: AreaSet) -> bool:
    """Add and change figures of areas: those who speak for the city, and the secretariat."""
    return needs_offers_rules.may_speak_for(actor, area_set.organisation) or network.is_secretariat(
        actor
    )


def may_read(actor: Actor, area_set: AreaSet) -> bool:
    """Everybody, unless the city gave them up."""
    return area_set.ended_at is None
