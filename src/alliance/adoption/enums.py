"""The closed vocabularies of adoptions and links. Codes appear in addresses."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: The kind and public id of a record.
Key = tuple[str, str]


class Stage(models.TextChoices):
    """The stage of an adoption, in order; `STOPPED` also for declined ones."""

    NEED = "need", pgettext_lazy("stage of an adoption", "need")
    CHOSEN = "chosen", pgettext_lazy("stage of an adoption", "solution chosen")
    AGREED = "agreed", pgettext_lazy("stage of an adoption", "agreed")
    PLANNED = "planned", pgettext_lazy("stage of an adoption", "planned")
    PILOTED = "piloted", pgettext_lazy("stage of an adoption", "in a pilot")
    ROLLED_OUT = "rolled-out", pgettext_lazy("stage of an adoption", "rolled out")
    STOPPED = "stopped", pgettext_lazy("stage of an adoption", "stopped")
    REPORTED = "reported", pgettext_lazy("stage of an adoption", "result published")


class DefaultStep(models.TextChoices):
    """The initial tasks of an agreement between two cities."""

    TALK = "talk", _("Talk about what the case does not cover")
    SHARE = "share", _("Share documents, contracts and data")
    CONDITIONS = "conditions", _("Check which conditions your city meets")
    DECIDE = "decide", _("Decide, with a budget and a person responsible")
    START = "start", _("Start, once the baseline has been measured")
    MEASURE = "measure", _("Measure in the same way as the first city")
    PUBLISH = "publish", _("Publish the result, even if it failed")


class Ending(models.TextChoices):
    ADOPTED = "adopted", pgettext_lazy("end of an adoption", "rolled out")
    STOPPED = "stopped", pgettext_lazy("end of an adoption", "stopped")
    DECLINED = "declined", pgettext_lazy("end of an adoption", "declined")


class Kind(models.TextChoices):
    """The kinds of records in a thread, in the order in which they are shown."""

    PROPOSAL = "proposal", _("proposal")
    CONTRIBUTION = "contribution", _("residents’ proposal")
    DECISION = "decision", _("decision")
    NEED = "need", _("need")
    PROCESS = "process", _("dialogue")
    OFFER = "offer", _("offer")
    SOLUTION = "solution", _("solution")
    AGREEMENT = "agreement", _("adoption")
    PILOT = "pilot", _("pilot")
    INDICATOR = "indicator", _("indicator")
    QUESTION = "research-question", _("question for universities")
    CASE = "case", _("case")
    PEER_REVIEW = "peer-review", _("peer review")
    WORKSHOP = "workshop", _("workshop")


class StepKind(models.TextChoices):
    """Events outside of the platform that a team records."""

    PROPOSAL = Kind.PROPOSAL.value, Kind.PROPOSAL.label
    DECISION = Kind.DECISION.value, Kind.DECISION.label
    WORKSHOP = Kind.WORKSHOP.value, Kind.WORKSHOP.label


#: Shared by many cities: a traversal includes them, but only continues from them if it starts
#: there. Otherwise every thread would soon contain all records of the network.
SHARED = frozenset({Kind.SOLUTION, Kind.INDICATOR})

#: The stages that every thread should eventually have, with the text for a missing one.
WANTED: dict[str, Promise] = {
    Kind.PROPOSAL: _("No proposal is linked yet."),
    Kind.NEED: _("No need is linked yet."),
    Kind.SOLUTION: _("No solution is linked yet."),
    Kind.PILOT: _("No pilot is linked yet."),
    Kind.INDICATOR: _("No indicator is linked yet."),
    Kind.CASE: _("No case is linked yet."),
    Kind.WORKSHOP: _("No workshop is linked yet."),
}

STAGES: dict[str, Promise] = {
    Kind.PROPOSAL: _("Proposals"),
    Kind.CONTRIBUTION: _("Residents’ proposals"),
    Kind.DECISION: _("Decisions"),
    Kind.NEED: _("Needs"),
    Kind.PROCESS: _("Dialogues"),
    Kind.OFFER: _("Offers"),
    Kind.SOLUTION: _("Solutions"),
    Kind.AGREEMENT: _("Adoptions"),
    Kind.PILOT: _("Pilots"),
    Kind.INDICATOR: _("Indicators"),
    Kind.QUESTION: _("Questions for universities"),
    Kind.CASE: _("Cases"),
    Kind.PEER_REVIEW: _("Peer reviews"),
    Kind.WORKSHOP: _("Workshops"),
}


class Relation(models.TextChoices):
    """The relation of the first end of a link to the second."""

    TRIES = "tries", _("tries")
    BECAME = "became", _("became")
    MEASURED_BY = "measured-by", _("is measured by")
    TRIAL_OF = "trial-of", _("is a trial of")
    ADAPTED_FROM = "adapted-from", _("was adapted from")
    ACTS_ON = "acts-on", _("measured an effect related to")
    ADOPTS = "adopts", _("adopts")
    LED_TO = "led-to", _("led to")
    ANSWERED_BY = "answered-by", _("is answered by")
    FOLLOWED_BY = "followed-by", _("was followed up with figures from")
    LOOKED_AT = "looked-at", _("reviewed")
    DISCUSSED = "discussed", _("discussed")


class LinkSource(models.TextChoices):
    """The source of a link."""

    DATA = "data", _("from registered data")
    STATED = "stated", _("stated by a team")
