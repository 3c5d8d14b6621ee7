"""The words of the network's own vocabulary that come from closed lists."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Where a record came from: the shipped starter network, or the people who use it."""

    STARTER = "starter", _("starter content")
    MEMBERS = "members", _("entered by members")


class OrganisationKind(models.TextChoices):
    """Who an organisation is; also the kinds of actors a case names."""

    MUNICIPALITY = "municipality", _("municipality")
    UNIVERSITY = "university", _("university")
    BUSINESS = "business", _("business")
    CIVIL_SOCIETY = "civil-society", _("civil society")
    NATIONAL_GOVERNMENT = "national-government", _("national government")
    CITIZENS = "citizens", _("citizens")


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


class InvitationState(StrEnum):
    """What became of an invitation to a team."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Scope(models.TextChoices):
    """What an API token of a team may be used for."""

    READ_DRAFTS = "drafts:read", _("read the team's drafts")
    WRITE_DRAFTS = "drafts:write", _("write and hand in drafts of the team")
    ANSWER = "questions:write", _("answer questions to the team")
    WEBHOOKS = "webhooks:write", _("manage the team's webhooks")


class DeliveryState(models.TextChoices):
    """What became of the telling of an event to another system."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("given up")


class WebhookEvent(models.TextChoices):
    """What another system can be told of."""

    CASE_PUBLISHED = "case.published", _("a case was published")
    CASE_CHANGED = "case.changed", _("a published case was changed")
    CASE_CONFIRMED = "case.confirmed", _("a case was found to still hold")
    CASE_WITHDRAWN = "case.withdrawn", _("a case was withdrawn")
    CASE_RESTORED = "case.restored", _("a withdrawn case was put back")
    DRAFT_SUBMITTED = "draft.submitted", _("a draft of the team was handed in")
    DRAFT_CHANGES_ASKED = "draft.changes-asked", _("changes were asked for in a draft of the team")
    DRAFT_PUBLISHED = "draft.published", _("a draft of the team was published")
