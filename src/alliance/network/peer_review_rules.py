"""Permissions on peer reviews."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules, rules
from alliance.network.models import PeerReview, PeerReviewer

#: The largest number of reviewing cities, and of their reviewers.
MOST_REVIEWERS = 12


def is_host(actor: Actor, review: PeerReview) -> bool:
    """Whether the actor may act for the host: its editors, and its tokens with the scope."""
    return needs_offers_rules.may_speak_for(actor, review.host)


def reviewing_as(actor: Actor, reviewers: list[PeerReviewer]) -> PeerReviewer | None:
    """The first reviewing city that the actor may act for."""
    return next(
        (
            reviewer
            for reviewer in reviewers
            if needs_offers_rules.may_speak_for(actor, reviewer.organisation)
        ),
        None,
    )


def takes_part(actor: Actor, review: PeerReview, reviewers: list[PeerReviewer]) -> bool:
    """Whether the actor is in the host's team, a reviewing team or the secretariat: they read the
    report before it is published, and the names of people."""
    teams = [review.host, *(reviewer.organisation for reviewer in reviewers)]
    return any(rules.is_member_of(actor, team) for team in teams) or rules.is_secretariat(actor)
