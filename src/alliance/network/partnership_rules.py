"""Who reads, changes and agrees to an adoption agreement."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules, rules
from alliance.network.enums import PartnershipSide
from alliance.network.models import Partnership


def side_of(actor: Actor, agreement: Partnership) -> PartnershipSide | None:
    """The side whose editor the actor is; None for neither. Who edits for both is the adopter."""
    if needs_offers_rules.may_speak_for(actor, agreement.adopter):
        return PartnershipSide.ADOPTER
    if needs_offers_rules.may_speak_for(actor, agreement.source):
        return PartnershipSide.SOURCE
    return None


def is_party(actor: Actor, agreement: Partnership) -> bool:
    """Anybody in one of the two teams, and the secretariat: they see who the contacts are."""
    return (
        rules.is_member_of(actor, agreement.source)
        or rules.is_member_of(actor, agreement.adopter)
        or rules.is_secretariat(actor)
    )


def may_read(actor: Actor, agreement: Partnership) -> bool:
    """Everybody, once both sides agreed for the first time; before that the two teams and the
    secretariat."""
    return agreement.first_agreed_at is not None or is_party(actor, agreement)
