"""Permissions on adoptions, their stage and next actions, and the links that a team may state.

Links that follow from data cannot be stated. Each pair has a fixed order, so that a link cannot be
stated again in reverse.
"""

from __future__ import annotations

from alliance.adoption.enums import Ending, Kind, Relation, Stage
from alliance.adoption.models import Adoption, Link, Step
from alliance.core.audit import Actor
from alliance.equity.rules import passes
from alliance.network import needs_offers_rules
from alliance.network import rules as network
from alliance.network.enums import PartnershipSide
from alliance.testbeds.enums import PilotState

_LED_TO: dict[Kind, tuple[Kind, ...]] = {
    Kind.PROPOSAL: (Kind.DECISION, Kind.NEED, Kind.PROCESS, Kind.PILOT),
    Kind.CONTRIBUTION: (
        Kind.PROPOSAL,
        Kind.DECISION,
        Kind.NEED,
        Kind.AGREEMENT,
        Kind.PILOT,
        Kind.CASE,
    ),
    Kind.PROCESS: (Kind.DECISION, Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE),
    # A network's decision leads to those of cities.
    Kind.DECISION: (Kind.DECISION, Kind.NEED, Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE),
    Kind.NEED: (Kind.AGREEMENT, Kind.PILOT),
    Kind.OFFER: (Kind.AGREEMENT, Kind.PILOT),
    Kind.AGREEMENT: (Kind.PILOT,),
    Kind.PEER_REVIEW: (Kind.NEED,),
}
_ANSWERED_BY = {Kind.NEED: (Kind.OFFER, Kind.SOLUTION, Kind.CASE)}
_FOLLOWED_BY = {
    Kind.PROCESS: (Kind.INDICATOR,),
    Kind.PROPOSAL: (Kind.INDICATOR,),
    Kind.DECISION: (Kind.INDICATOR,),
    Kind.NEED: (Kind.INDICATOR,),
    Kind.AGREEMENT: (Kind.INDICATOR,),
}
_BECAME = {Kind.AGREEMENT: (Kind.CASE,)}
_LOOKED_AT = {Kind.PEER_REVIEW: (Kind.SOLUTION, Kind.AGREEMENT, Kind.PILOT, Kind.CASE)}
_DISCUSSED = {Kind.WORKSHOP: tuple(kind for kind in Kind if kind != Kind.WORKSHOP)}

#: The relation of each pair (first, second) that a team may state.
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
    """The kinds of records that a record of `kind` can be linked to, in the order of a thread."""
    beside = {b for a, b in PAIRS if a == kind} | {a for a, b in PAIRS if b == kind}
    return tuple(other_kind.value for other_kind in Kind if other_kind in beside)


def may_change(actor: Actor, record: Step | Link) -> bool:
    """Editors of its city's municipality and the secretariat may change or remove a step or
    link."""
    return needs_offers_rules.may_speak_for(actor, record.organisation) or network.is_secretariat(
        actor
    )


def side_of(actor: Actor, adoption: Adoption) -> PartnershipSide | None:
    """The side that the actor edits for; None for neither. An editor of both is the adopter."""
    if needs_offers_rules.may_speak_for(actor, adoption.adopter):
        return PartnershipSide.ADOPTER
    if adoption.source and needs_offers_rules.may_speak_for(actor, adoption.source):
        return PartnershipSide.SOURCE
    return None


def is_party(actor: Actor, adoption: Adoption) -> bool:
    """Members of one of the teams and the secretariat, who may see the contacts."""
    return (
        network.is_member_of(actor, adoption.adopter)
        or (adoption.source is not None and network.is_member_of(actor, adoption.source))
        or network.is_secretariat(actor)
    )


def may_read(actor: Actor, adoption: Adoption) -> bool:
    """A public adoption may be read by everybody, before that by its parties."""
    return adoption.public_at is not None or is_party(actor, adoption)


#: The fields that a complete plan needs.
PLAN_NEEDS = ("owner", "measure", "baseline", "budget_minor", "risks", "starts_on", "ends_on")


def missing_in_plan(adoption: Adoption) -> list[str]:
    """The required fields of the plan that are empty."""
    return [name for name in PLAN_NEEDS if getattr(adoption, name) in (None, "")]


def stage_of(adoption: Adoption) -> Stage:
    """The stage according to the recorded data."""
    if adoption.result_id is not None:
        return Stage.REPORTED
    if adoption.ending:
        return Stage.ROLLED_OUT if adoption.ending == Ending.ADOPTED else Stage.STOPPED
    if not adoption.subject_id:
        return Stage.NEED
    if adoption.pilot_id is not None:
        return Stage.PILOTED
    if adoption.planned_at is not None:
        return Stage.PLANNED
    # After a change of terms the other side has to accept again.
    agreed = adoption.source_id is not None and adoption.is_agreed
    return Stage.AGREED if agreed else Stage.CHOSEN


#: The side that has to act next, and its action.
Turn = tuple[PartnershipSide, str]
AGREE, CHOOSE, PLAN, CHECK, PILOT, DECIDE, PUBLISH = (
    "agreement", "adoption-choose", "adoption-plan", "adoption-check", "adoption-pilot",
    "adoption-decide", "adoption-publish",
)  # fmt: skip


def turns_of(adoption: Adoption) -> list[Turn]:
    """Who has to act next and how; empty while a pilot runs, and when all is done.

    The pilot and the fairness check must be prefetched if there are any.
    """
    adopter = PartnershipSide.ADOPTER
    if adoption.result_id is not None:
        return []
    if adoption.ending:
        # An adoption that was stopped before anybody tried it has no result.
        tried = adoption.ending == Ending.ADOPTED or adoption.pilot_id is not None
        return [(adopter, PUBLISH)] if tried and adoption.ending != Ending.DECLINED else []
    asked = [
        (side, AGREE)
        for side in (PartnershipSide.SOURCE, adopter)
        if adoption.source_id is not None and getattr(adoption, f"{side.value}_agreed_at") is None
    ]
    if not adoption.subject_id:
        return [*asked, (adopter, CHOOSE)]
    if asked:
        return asked
    if adoption.planned_at is None:
        return [(adopter, PLAN)]
    is_checked = passes(adoption.fairness)
    if adoption.pilot is None:
        return [(adopter, PILOT if is_checked else CHECK)]
    if adoption.pilot.state in (PilotState.REPORTED, PilotState.STOPPED):
        return [(adopter, DECIDE if is_checked else CHECK)]
    return []
