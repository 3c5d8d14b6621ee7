"""Closed lists of the network's vocabulary."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Origin(models.TextChoices):
    """The origin of a record: the starter network, members, another network."""

    STARTER = "starter", _("starter content")
    MEMBERS = "members", _("entered by members")
    NETWORK = "network", _("from another network")


class OrganisationKind(models.TextChoices):
    """The kinds of organisations, which are also the kinds of actors in a case."""

    MUNICIPALITY = "municipality", _("municipality")
    UNIVERSITY = "university", _("university")
    BUSINESS = "business", _("business")
    CIVIL_SOCIETY = "civil-society", _("civil society")
    NATIONAL_GOVERNMENT = "national-government", _("national government")
    CITIZENS = "citizens", _("residents")


class SizeBand(models.TextChoices):
    """City size by inhabitants; a city without a recorded population is in no band."""

    SMALL = "under-100k", _("under 100,000")
    MEDIUM = "100k-300k", _("100,000 to 300,000")
    LARGE = "300k-1m", _("300,000 to 1 million")
    VERY_LARGE = "over-1m", _("over 1 million")


class ClimateZone(models.TextChoices):
    """Main group of the Köppen-Geiger classification, by its first letter (second for cold)."""

    TROPICAL = "A", _("tropical")
    DRY = "B", _("dry")
    TEMPERATE = "C", _("temperate")
    COLD = "D", _("cold winters")
    POLAR = "E", _("polar or high mountain")


class TeamRole(models.TextChoices):
    """What a person may do in an organisation's team."""

    MEMBER = "member", _("member")
    EDITOR = "editor", _("editor")


#: The kinds in the form for joining. Citizens participate without an organisation.
JOINING = (
    (OrganisationKind.BUSINESS, _("Business")),
    (OrganisationKind.UNIVERSITY, _("University or research institute")),
    (OrganisationKind.CIVIL_SOCIETY, _("Association or foundation")),
    (OrganisationKind.MUNICIPALITY, _("Municipality or region")),
    (OrganisationKind.NATIONAL_GOVERNMENT, _("Government agency")),
)


class InvitationState(StrEnum):
    """The state of an invitation to a team."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Scope(models.TextChoices):
    """The scopes of a team's API token."""

    READ_DRAFTS = "drafts:read", _("read the team’s drafts")
    WRITE_DRAFTS = "drafts:write", _("write and submit the team’s drafts")
    ANSWER = "questions:write", _("answer questions sent to the team")
    FIGURES = "figures:write", _("enter figures for the team’s city")
    WEBHOOKS = "webhooks:write", _("manage the team’s webhooks")
    EXCHANGE = (
        "exchange:write",
        _(
            "act for the team’s city: needs, offers, priorities, agreements, peer "
            "reviews, testbeds and slots, challenges, and the steps and links from need "
            "to result"
        ),
    )


class DeliveryState(models.TextChoices):
    """The state of a webhook delivery."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class WebhookEvent(models.TextChoices):
    """The events of webhooks."""

    CASE_PUBLISHED = "case.published", _("a case was published")
    CASE_CHANGED = "case.changed", _("a published case was changed")
    CASE_CONFIRMED = "case.confirmed", _("a case was confirmed as still correct")
    CASE_WITHDRAWN = "case.withdrawn", _("a case was withdrawn")
    CASE_RESTORED = "case.restored", _("a withdrawn case was restored")
    DRAFT_SUBMITTED = "draft.submitted", _("one of the team’s drafts was submitted")
    DRAFT_CHANGES_ASKED = (
        "draft.changes-asked",
        _("changes were requested to one of the team’s drafts"),
    )
    DRAFT_PUBLISHED = "draft.published", _("one of the team’s drafts was published")


class Topic(models.TextChoices):
    """The four topics the network's cities work on together."""

    INNOVATION_GATEWAYS = "innovation-gateways", _("Innovation gateways")
    EQUITY = "equity", _("Equity and environmental justice")
    INDICATORS = "indicators", _("Indicators")
    ENGAGING_CITIZENS = "engaging-citizens", _("Engaging citizens")


class Theme(models.TextChoices):
    """The field of action; separate from the topics, which are ways of working."""

    MOBILITY = "mobility", _("Mobility")
    AIR_QUALITY = "air-quality", _("Air quality")
    HEALTH = "health", _("Health")
    CLIMATE_MITIGATION = "climate-mitigation", _("Climate mitigation")
    CLIMATE_ADAPTATION = "climate-adaptation", _("Climate adaptation")
    ENERGY = "energy", _("Energy")
    WASTE = "waste", _("Waste")
    CIRCULAR_ECONOMY = "circular-economy", _("Circular economy")
    ROAD_SAFETY = "road-safety", _("Road safety")
    HOUSING = "housing", _("Housing")
    PUBLIC_SPACE = "public-space", _("Public space")
    WATER = "water", _("Water")
    NATURE = "nature", _("Nature")
    FOOD = "food", _("Food")
    GOVERNANCE = "governance-and-democracy", _("Governance and democracy")


class Language(models.TextChoices):
    """Languages that texts may have. Proper names are not translated."""

    EN = "en", "English"
    FR = "fr", "Français"
    SV = "sv", "Svenska"


class NeedState(models.TextChoices):
    """The state of a need."""

    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed without an answer")


class StatementKind(models.TextChoices):
    NEED = "need", _("need")
    OFFER = "offer", _("offer")


class HelpAnswer(models.TextChoices):
    """A city's answer to a need that it may help with."""

    CAN = "can", _("can help")
    CANNOT = "cannot", _("cannot help now")


class HelpReply(models.TextChoices):
    """The reply of the city of a need to an offer of help."""

    TAKEN_UP = "taken-up", _("accepted")
    DECLINED = "declined", _("declined")


class DraftState(models.TextChoices):
    """A city's decision on a need or an offer that editors drafted for it."""

    OPEN = "open", _("waiting for the city")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")


class Priority(models.IntegerChoices):
    """How much a need of another city matters to a city."""

    USEFUL = 1, _("useful to us")
    IMPORTANT = 2, _("important to us")
    URGENT = 3, _("urgent to us")


class OfferKind(models.TextChoices):
    """The kinds of what a city, or a university, can offer."""

    KNOWLEDGE = "knowledge", _("knowledge")
    VISIT = "visit", _("a visit")
    DATA = "data", _("data")
    STAFF_DAYS = "staff-days", _("staff days")
    CAPACITY = "capacity", _("spare capacity")
    LANGUAGES = "languages", _("language skills")
    THESIS = "joint-thesis", _("a joint thesis")


class TagScheme(models.TextChoices):
    """The lists by which needs and offers are classified besides their topic."""

    THEME = "theme", _("theme")
    SDG = "sdg", _("SDG target")


class SubjectKind(models.TextChoices):
    """What a city can adopt from another."""

    CASE = "case", _("case")
    SOLUTION = "solution", _("solution")


class AgreementState(models.TextChoices):
    """The state of an adoption agreement. The first two are running."""

    PROPOSED = "proposed", _("proposed, not yet agreed by both")
    AGREED = "agreed", _("agreed by both")
    ADOPTED = "adopted", _("adopted")
    STOPPED = "stopped", _("action stopped")
    DECLINED = "declined", _("declined")

    @classmethod
    def running(cls) -> list[str]:
        """The states of an agreement that has not ended."""
        return [cls.PROPOSED.value, cls.AGREED.value]


class DiscussedKind(models.TextChoices):
    """The kinds of records that people discuss."""

    NEED = "need", _("need")
    OFFER = "offer", _("offer")
    CASE = "case", pgettext_lazy("kind of record", "case")
    PROCESS = "process", pgettext_lazy("kind of record", "process with residents")
    ADOPTION = "adoption", _("adoption")
    CHECK = "check", pgettext_lazy("kind of record", "fairness check")
    GROUP = "topicgroup", _("topic group")
    AREAS = "areas", pgettext_lazy("kind of record", "areas of a city")
    DELIVERABLE = "deliverable", pgettext_lazy("kind of record", "topic group text")


class AwaitsModeration(models.TextChoices):
    """Why the platform hides a post automatically."""

    WAITS = "waits", _("A moderator will read it before it is published.")


class ModerationRule(models.TextChoices):
    """The rules by which posts are hidden: the public moderation policy."""

    SPAM = "spam", pgettext_lazy("rule", "advertising or spam")
    PERSONAL = "personal-data", pgettext_lazy("rule", "other people’s names or personal data")
    CONTACT = (
        "own-contact",
        pgettext_lazy(
            "rule", "the author’s own address, telephone number or personal identity number"
        ),
    )
    HATE = "hate", pgettext_lazy("rule", "hate, threats or insults")
    OFF_TOPIC = "off-topic", pgettext_lazy("rule", "off topic")
    TWICE = "twice", pgettext_lazy("rule", "repetition of another contribution")
    UNLAWFUL = "unlawful", pgettext_lazy("rule", "illegal content")


class ModerationDecision(models.TextChoices):
    """A moderator's decision on a post."""

    RELEASE = "release", pgettext_lazy("moderation", "published after review")
    HIDE = "hide", pgettext_lazy("moderation", "hidden")
    SHOW = "show", pgettext_lazy("moderation", "shown again")
    NO_CHANGE = "keep", pgettext_lazy("moderation", "no change")


class AppealResult(models.TextChoices):
    """The result of an objection."""

    UPHELD = "upheld", pgettext_lazy("objection", "decision upheld")
    REVERSED = "reversed", pgettext_lazy("objection", "decision reversed")


class PartnershipSide(models.TextChoices):
    """Who is responsible for a step."""

    SOURCE = "source", _("the city with the experience")
    ADOPTER = "adopter", _("the adopting city")
    BOTH = "both", _("both cities")


class PeerReviewState(models.TextChoices):
    """The state of a peer review."""

    REQUESTED = "requested", _("looking for reviewers")
    PLANNED = "planned", _("planned")
    REPORTED = "reported", _("report published, follow-up in progress")
    CLOSED = "closed", _("follow-up complete")
    CANCELLED = "cancelled", _("cancelled")


class FollowUpMonths(models.IntegerChoices):
    """The months after a peer review at which its host publishes a follow-up."""

    HALF_YEAR = 6, _("after 6 months")
    YEAR = 12, _("after 12 months")


class Progress(models.TextChoices):
    """The progress on a recommendation at a follow-up."""

    DONE = "done", _("done")
    UNDER_WAY = "under-way", _("in progress")
    NOT_BEGUN = "not-begun", _("not started")
    NOT_TAKEN = "not-taken", _("not accepted")
