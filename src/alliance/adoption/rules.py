"""Which things a team can link, what that says, and who may.

What data imply already is not among them. Each pair stands in one order, so that a link cannot be
stated a second time the other way round.
"""

from __future__ import annotations

from alliance.adoption.enums import Kind, Relation
from alliance.adoption.models import Link, Step
from alliance.core.audit import Actor
from alliance.network import needs_offers_rules
from alliance.network import rules as network

_LED_TO = {
    Kind.PROPOSAL: (Kind.DECISION, Kind.NEED, Kind.PILOT),
    Kind.DECISION: (Kind.NEED, Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE),
    Kind.NEED: (Kind.AGREEMENT, Kind.PILOT),
    Kind.OFFER: (Kind.AGREEMENT, Kind.PILOT),
    Kind.AGREEMENT: (Kind.PILOT,),
    Kind.PEER_REVIEW: (Kind.NEED,),
}
_ANSWERED_BY = {Kind.NEED: (Kind.OFFER, Kind.SOLUTION, Kind.CASE)}
_FOLLOWED_BY = {
    Kind.PROPOSAL: (Kind.INDICATOR,),
    Kind.DECISION: (Kind.INDICATOR,),
    Kind.NEED: (Kind.INDICATOR,),
    Kind.AGREEMENT: (Kind.INDICATOR,),
}
_BECAME = {Kind.AGREEMENT: (Kind.CASE,)}
_LOOKED_AT = {Kind.PEER_REVIEW: (Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE)}
_DISCUSSED = {Kind.WORKSHOP: tuple(kind for kind in Kind if kind != Kind.WORKSHOP)}

#: The relation of each pair (first, second) that a team can state.
PAIRS: dict[tuple[str, str], Relation] = {
    (first.value, second.value): relation
    for relation, table in (
        (Relation.LED_TO, _LED_TO),
        (Relation.ANSWERED_BY, _ANSWERED_BY),
        (Relation.FOLLOWED_BY, _FOLLOWED_BY),
        (Relation.BECAME, _BECAME),
        (Relation.LOOKED_AT, _LOOKED_AT),
        (Relation.DISCUSSED, _DISCUSSED),
    )
    for first, seconds in table.items()
    for second in seconds
}


def kinds_beside(kind: str) -> tuple[str, ...]:
    """The kinds that a thing of `kind` can be linked to, in the order of a thread."""
    beside = {b for a, b in PAIRS if a == kind} | {a for a, b in PAIRS if b == kind}
    return tuple(one.value for one in Kind if one in beside)


def may_change(actor: Actor, told: Step | Link) -> bool:
    """Change or remove a step or a link: those who speak for its city, and the secretariat."""
    return needs_offers_rules.may_speak_for(actor, told.organisation) or network.is_secretariat(
        actor
    )
