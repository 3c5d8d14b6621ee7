"""The closed lists of people's roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NetworkRole(models.TextChoices):
    """What a person may be asked to do for the whole network, for a limited time."""

    REVIEWER = "reviewer", _("reviewer")
    MODERATOR = "moderator", _("moderator")
    SECRETARIAT = "secretariat", _("secretariat")
    OPERATOR = "operator", _("operator")


class GrantReason(models.TextChoices):
    """Why the platform gives a role by itself."""

    FIRST = "first account", _("first account")
    DEMONSTRATION = "demonstration", _("demonstration")


class LinkPurpose(models.TextChoices):
    """What a link that works once is for."""

    FIRST_ACCOUNT = "first-account", _("create the first account")
    CONFIRM_RECORD = "confirm-record", _("confirm that a case is still correct")
