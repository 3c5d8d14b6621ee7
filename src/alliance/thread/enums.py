"""The closed vocabularies of the thread. Codes are the ones of addresses."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What stands on a thread, in the order in which it is told."""

    NEED = "need", _("need")
    OFFER = "offer", _("offer")
    SOLUTION = "solution", _("solution")
    AGREEMENT = "agreement", _("adoption agreement")
    PILOT = "pilot", _("pilot")
    INDICATOR = "indicator", _("indicator")
    CASE = "case", _("case")
    PEER_REVIEW = "peer-review", _("peer review")


#: Shared by many cities: a walk shows them, and goes on from them only where it begins there. Else
#: every thread would soon hold all that the network knows.
SHARED = frozenset({Kind.SOLUTION, Kind.INDICATOR})

#: The stages that every thread should have in the end, with what is said where one is missing.
WANTED: dict[str, Promise] = {
    Kind.NEED: _("No need is linked yet."),
    Kind.SOLUTION: _("No solution is linked yet."),
    Kind.PILOT: _("No pilot is linked yet."),
    Kind.INDICATOR: _("No indicator is linked yet."),
    Kind.CASE: _("No case is linked yet."),
}

STAGES: dict[str, Promise] = {
    Kind.NEED: _("Needs"),
    Kind.OFFER: _("Offers"),
    Kind.SOLUTION: _("Solutions"),
    Kind.AGREEMENT: _("Adoption agreements"),
    Kind.PILOT: _("Pilots"),
    Kind.INDICATOR: _("Indicators"),
    Kind.CASE: _("Cases"),
    Kind.PEER_REVIEW: _("Peer reviews"),
}


class Relation(models.TextChoices):
    """How the first end of a link stands to the second."""

    TRIES = "tries", _("tries")
    BECAME = "became", _("became")
    MEASURED_BY = "measured-by", _("is measured by")
    TRIAL_OF = "trial-of", _("is a trial of")
    ADAPTED_FROM = "adapted-from", _("was adapted from")
    ACTS_ON = "acts-on", _("has an effect on")
    ADOPTS = "adopts", _("adopts")


#: The same, told from the second end.
BACKWARDS: dict[str, Promise] = {
    Relation.TRIES: _("is tried by"),
    Relation.BECAME: _("came of"),
    Relation.MEASURED_BY: _("measures"),
    Relation.TRIAL_OF: _("was tried in"),
    Relation.ADAPTED_FROM: _("was adapted in"),
    Relation.ACTS_ON: _("was changed in"),
    Relation.ADOPTS: _("is adopted by"),
}


class Source(models.TextChoices):
    """Where a link comes from."""

    DATA = "data", _("from what is recorded")
    STATED = "stated", _("stated by a team")
