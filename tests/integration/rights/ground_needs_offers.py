"""Needs, offers, agreements and peer reviews to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from alliance.accounts.models import User
from alliance.adoption.models import Adoption
from alliance.cases.models import CaseStudy
from alliance.network.models import (
    City,
    Need,
    Offer,
    Organisation,
    PeerReview,
    Post,
    StatementDraft,
)
from alliance.network.services.discussion import write_post
from alliance.network.services.helping import answer_need
from tests.factories.needs_offers import (
    make_agreement,
    make_need,
    make_offer,
    make_peer_review,
    make_statement_draft,
)
from tests.factories.people import acting

NEED = {"title": "Quieter nights", "text": "Which?", "language": "en", "themes": ["mobility"]}
OFFER = {**NEED, "title": "A visit", "kinds": ["visit"]}


class NeedsOffersGround:
    """The part of `Ground` in which Lund and Umeå give and take."""

    at: dt.datetime
    own: Organisation
    foreign: Organisation
    third: Organisation
    people: dict[str, User]
    case: CaseStudy

    @property
    def needs_offers_queries(self) -> Mapping[str, str]:
        """What addresses need besides their path."""
        return {
            "network:peer-review-new": f"?team={self.own.public_id}",
            "network:need-new": f"?team={self.own.public_id}",
            "network:offer-new": f"?team={self.own.public_id}",
        }

    @property
    def needs_offers_posts(self) -> Mapping[str, Mapping[str, Any]]:
        """What is sent where an empty form would ask for nothing."""
        # Said for Umeå: a city does not rank its own needs.
        adoption = {"adopter": self.foreign.public_id, "aim": "Quiet.", "language": "en"}
        terms = {"aim": "Quiet.", "language": "en", "steps": []}
        priority = {"team": self.foreign.public_id, "priority": 2}
        return {
            "network:need-priority": priority,
            "network:need-help": {"team": self.foreign.public_id, "can": "1"},
            "adoption:agree": {"revision": 1},
            "/api/v1/adoptions/{id}/plan": {"owner": "Office", "starts_on": "2027-01-11"},
            "/api/v1/agreements/{id}/terms": terms,
            "/api/v1/agreements/{id}/agree": {"revision": 1},
            "/api/v1/agreements/{id}/steps/{number}": {"done": True},
            "/api/v1/agreements/{id}/end": {"state": "declined", "outcome": "No time."},
            "/api/v1/cases/{id}/agreements": adoption,
            "network:peer-review-join": {"team": self.foreign.public_id},
            "network:peer-review-leave": {"team": self.foreign.public_id},
            "/api/v1/peer-reviews": {
                "team": self.own.public_id,
                "title": "Winter cycling",
                "question": "What keeps people off?",
                "language": "en",
            },
            "/api/v1/peer-reviews/{id}/join": {"team": self.foreign.public_id},
            "/api/v1/peer-reviews/{id}/plan": {
                "starts_on": "2026-12-01",
                "ends_on": "2026-12-02",
            },
            "/api/v1/peer-reviews/{id}/report": {
                "findings": "Ice.",
                "language": "en",
                "recommendations": ["Sweep it."],
            },
            "/api/v1/peer-reviews/{id}/follow-ups/{months}": {
                "result": "Swept.",
                "language": "en",
                "progress": {"1": "done"},
            },
            "/api/v1/solutions/{id}/agreements": adoption,
            "/api/v1/needs": {**NEED, "team": self.own.public_id},
            "/api/v1/needs/{id}": NEED,
            "/api/v1/needs/{id}/state": {"state": "closed", "outcome": "Nobody knew."},
            "/api/v1/needs/{id}/help": {"team": self.foreign.public_id, "can": True},
            "/api/v1/needs/{id}/priority": priority,
            "/api/v1/offers": {**OFFER, "team": self.own.public_id},
            "/api/v1/offers/{id}": OFFER,
        }

    @property
    def needs_offers_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A thing of Lund's team, by the word before it in an address and its name there."""
        return {
            ("needs", "public_id"): lambda: self._need.public_id,
            ("help", "city_id"): lambda: self._helped_by.public_id,
            ("posts", "public_id"): lambda: self._post.public_id,
            ("statement-drafts", "public_id"): lambda: self._statement_draft.public_id,
            ("needs", "id"): lambda: self._need.public_id,
            ("offers", "public_id"): lambda: self._offer.public_id,
            ("offers", "id"): lambda: self._offer.public_id,
            ("adoptions", "public_id"): lambda: self._agreement.public_id,
            ("adoptions", "id"): lambda: self._agreement.public_id,
            ("agreements", "public_id"): lambda: self._agreement.public_id,
            ("agreements", "id"): lambda: self._agreement.public_id,
            ("peer-reviews", "public_id"): lambda: self._peer_review.public_id,
            ("peer-reviews", "id"): lambda: self._peer_review.public_id,
            ("steps", "number"): lambda: 1,
            ("follow-ups", "months"): lambda: 6,
        }

    @property
    def reported(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A peer review that is reported, in place of the planned one."""
        return {("peer-reviews", name): lambda: self._reported.public_id
                for name in ("id", "public_id")}  # fmt: skip

    @cached_property
    def _need(self) -> Need:
        return make_need(self.own, acting(self.people["editor"]), at=self.at)

    @cached_property
    def _helped_by(self) -> City:
        """The city that said that it can help with the need: Umeå."""
        by = acting(self.people["foreign-editor"])
        return answer_need(self._need, self.foreign, can=True, actor=by, at=self.at).city

    @cached_property
    def _statement_draft(self) -> StatementDraft:
        return make_statement_draft(self.own, at=self.at)

    @cached_property
    def _post(self) -> Post:
        by = acting(self.people["citizen"])
        return write_post(self._need, text="We, too.", language="en", actor=by, at=self.at)

    @cached_property
    def _offer(self) -> Offer:
        return make_offer(self.own, acting(self.people["editor"]), at=self.at)

    @cached_property
    def _agreement(self) -> Adoption:
        # Lund adopts from a city that is no caller's, so that Umeå's team stays the foreign one.
        return make_agreement(
            self.own, self.third, acting(self.people["editor"]), case=self.case, at=self.at
        )

    @cached_property
    def _peer_review(self) -> PeerReview:
        """Of Lund, with Umeå's team as its reviewer."""
        return make_peer_review(
            self.own,
            acting(self.people["editor"]),
            reviewer=(self.foreign, acting(self.people["foreign-editor"])),
            at=self.at,
        )

    @cached_property
    def _reported(self) -> PeerReview:
        return make_peer_review(
            self.own,
            acting(self.people["editor"]),
            reviewer=(self.foreign, acting(self.people["foreign-editor"])),
            report=True,
            at=self.at,
            title="Reported",
        )
