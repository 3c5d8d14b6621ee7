"""Closed vocabularies of participatory budgets."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BallotKind(models.TextChoices):
    """The values on a ballot: approval, points, or rank; the codes are those of Pabulib."""

    APPROVAL = "approval", _("tick projects")
    CUMULATIVE = "cumulative", _("allocate points")
    ORDINAL = "ordinal", _("rank projects")


class Voters(models.TextChoices):
    """Who may vote, and how that is verified."""

    CODE = "code", _("people with a single-use code")
    EMAIL = "email", _("people who confirm an email address")
    ACCOUNT = "account", _("people who sign in")
    OIDC = "oidc", _("people who sign in with single sign-on")


class Rule(models.TextChoices):
    """The counting rule."""

    GREEDY = "greedy", _("most votes first")
    EQUAL_SHARES = "equal-shares", _("Equal Shares")


class Utility(models.TextChoices):
    """Equal Shares: the utility of a chosen project to its supporter."""

    COST = "cost", _("its cost")
    CARDINALITY = "cardinality", _("the same for every project")
    POINTS = "points", _("the points or rank it received")


class Completion(models.TextChoices):
    """Equal Shares: how the remaining money is spent."""

    NONE = "none", pgettext_lazy("money that is left", "is not spent")
    ADD1 = "add1", _("is used to raise everyone’s share while the budget lasts")
    ADD1U = (
        "add1u",
        _(
            "is used to raise everyone’s share while the budget lasts; the "
            "rest goes to projects in order of votes"
        ),
    )
    UTILITARIAN = (
        "utilitarian",
        pgettext_lazy("money that is left", "goes to projects in order of votes"),
    )


class Unaffordable(models.TextChoices):
    """Most votes first: what happens at a project that costs more than what is left."""

    SKIP = "skip", _("it is skipped and the count continues")
    STOP = "stop", _("the count stops")


class Eligible(models.TextChoices):
    """Whether a project is eligible."""

    YES = "yes", pgettext_lazy("project", "eligible")
    NO = "no", pgettext_lazy("project", "not eligible")


class Side(models.TextChoices):
    """Whose consent merging needs."""

    AUTHOR = "author", _("the author of the proposal being merged")
    OTHER = "other", _("the author of the proposal it is merged into")


class Consent(models.TextChoices):
    """An author's answer to merging two proposals."""

    YES = "yes", pgettext_lazy("merging", "the author agrees")
    NO = "no", pgettext_lazy("merging", "the author does not agree")
