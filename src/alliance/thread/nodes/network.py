"""Needs, offers, adoption agreements and peer reviews on a thread."""

from __future__ import annotations

from alliance.adoption.enums import Kind
from alliance.core.audit import Actor
from alliance.network.enums import AgreementState, NeedState, PeerReviewState
from alliance.network.models import Need, Offer, PeerReview
from alliance.network.selectors.partnerships import visible_agreements
from alliance.thread.columns import Rows, day_of, node_rows, text
from alliance.thread.nodes.kind import NodeKind, Wanted, words_of


def _needs(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Need.objects.filter(public_id__in=ids)
    told = {"title": text("title"), "language": text("language"), "on": day_of("stated_at")}
    return [node_rows(rows, Kind.NEED, **told, state="state", city="city")]


def _offers(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = Offer.objects.filter(public_id__in=ids)
    told = {"title": text("title"), "language": text("language"), "on": day_of("stated_at")}
    return [node_rows(rows, Kind.OFFER, **told, city="city")]


def _agreements(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = visible_agreements(actor).filter(public_id__in=ids)
    told = {
        "title": text("subject_title"),
        "language": text("subject_language"),
        "on": day_of("proposed_at"),
        "state": "state",
    }
    return [
        node_rows(rows, Kind.AGREEMENT, **told, city=side)
        for side in ("adopting_city", "source_city")
    ]


def _peer_reviews(actor: Actor, ids: Wanted, language: str) -> list[Rows]:
    rows = PeerReview.objects.filter(public_id__in=ids)
    told = {"title": text("title"), "language": text("language"), "on": day_of("requested_at")}
    return [node_rows(rows, Kind.PEER_REVIEW, **told, state="state", city="city")]


NEED = NodeKind(Kind.NEED, "network:need", "needs", _needs, words_of(NeedState))
OFFER = NodeKind(Kind.OFFER, "network:offer", "offers", _offers, {})
AGREEMENT = NodeKind(
    Kind.AGREEMENT, "network:agreement", "agreements", _agreements, words_of(AgreementState)
)
PEER_REVIEW = NodeKind(
    Kind.PEER_REVIEW,
    "network:peer-review",
    "peer-reviews",
    _peer_reviews,
    words_of(PeerReviewState),
)
