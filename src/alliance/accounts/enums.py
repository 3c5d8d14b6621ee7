"""Closed lists of people's roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NetworkRole(models.TextChoices):
    """Network-wide roles, for a limited time."""

    REVIEWER = "reviewer", _("reviewer")
    MODERATOR = "moderator", _("moderator")
    SECRETARIAT = "secretariat", _("secretariat")
    OPERATOR = "operator", _("operator")


class GrantReason(models.TextChoices):
    """Reasons for which the platform grants a role by itself."""

    FIRST = "first account", _("first account")
    DEMONSTRATION = "demonstration", _("demonstration")


class LinkPurpose(models.TextChoices):
    """The purposes of one-time links."""

    FIRST_ACCOUNT = "first-account", _("create the first account")
    CONFIRM_RECORD = "confirm-record", _("confirm that a case is still correct")
