"""Who does what in a peer review."""

from __future__ import annotations

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules, rules
from alliance.network.models import PeerReview, PeerReviewer

#: A reviewing city is given so many, and a review so many reviewers.
MOST_REVIEWERS = 12


def is_host(actor: Actor, review: PeerReview) -> bool:
    """The editors of the municipality that asked, and its tokens made for it."""
    return needs_offers_rules.may_speak_for(actor, review.host)


def reviewing_as(actor: Actor, reviewers: list[PeerReviewer]) -> PeerReviewer | None:
    """The first reviewing city that the actor speaks for."""
    return next(
        (
            reviewer
            for reviewer in reviewers
            if needs_offers_rules.may_speak_for(actor, reviewer.organisation)
        ),
        None,
    )


def takes_part(actor: Actor, review: PeerReview, reviewers: list[PeerReviewer]) -> bool:
    """Anybody in the host's team or a reviewing one, and the secretariat: they read the report
    before it is published, and the names of people."""
    teams = [review.host, *(reviewer.organisation for reviewer in reviewers)]
    return any(rules.is_member_of(actor, team) for team in teams) or rules.is_secretariat(actor)
