"""Tables of the network: cities, organisations, and who acts for them."""

from alliance.network.models.discussion import ModerationAct, Post, Report
from alliance.network.models.join_requests import JoinRequest
from alliance.network.models.needs_offers import (
    Need,
    NeedHelp,
    NeedPriority,
    NeedTag,
    Offer,
    OfferTag,
    StatementDraft,
)
from alliance.network.models.partnerships import Partnership, PartnershipStep
from alliance.network.models.peer_reviews import (
    FollowUp,
    PeerReview,
    PeerReviewer,
    Recommendation,
)
from alliance.network.models.places import City, Organisation, Record
from alliance.network.models.teams import ApiToken, Invitation, Membership
from alliance.network.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ApiToken",
    "City",
    "FollowUp",
    "Invitation",
    "JoinRequest",
    "Membership",
    "ModerationAct",
    "Need",
    "NeedHelp",
    "NeedPriority",
    "NeedTag",
    "Offer",
    "OfferTag",
    "Organisation",
    "Partnership",
    "PartnershipStep",
    "PeerReview",
    "PeerReviewer",
    "Post",
    "Recommendation",
    "Record",
    "Report",
    "StatementDraft",
    "Webhook",
    "WebhookDelivery",
]
