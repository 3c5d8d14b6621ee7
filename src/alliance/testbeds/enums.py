"""The closed vocabularies of testbeds and pilots. Codes appear in files and addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.knowledge.enums import Design


class PilotDesign(models.TextChoices):
    """How the effect of a pilot is separated from what would have happened without it."""

    RANDOMISED = "randomised", _("randomised")
    BEFORE_AFTER = "before-after", _("before and after, without a comparison group")
    DID = "did", _("difference-in-differences")
    STAGGERED = "staggered", _("staggered start")
    ITS = "its", _("interrupted time series")
    SYNTHETIC_CONTROL = "synthetic-control", _("synthetic control")


class WhoGets(models.TextChoices):
    """How the units that get a pilot are selected; empty where the platform is to propose it."""

    LOT = "lot", _("a random selection made by the platform")
    CHOSEN = "chosen", _("a selection made by us")
    ALL = "all", _("all units, at the same time")
    IN_TURN = "in-turn", _("all units, one after another")


class PilotNoteKind(models.TextChoices):
    """Kinds of public notes on a running pilot."""

    NOTE = "note", _("note")
    COST = "cost", pgettext_lazy("of a pilot", "cost")
    DELAY = "delay", _("delay")


def case_design(design: str, *, controlled: bool) -> Design:
    """The design of a case as the evidence grade knows it. `controlled`: an interrupted time series
    has a comparison series.
    """
    alone = {PilotDesign.BEFORE_AFTER, PilotDesign.ITS}
    if design == PilotDesign.RANDOMISED:
        return Design.RCT
    if design in alone and not controlled:
        return Design.BEFORE_AFTER
    return Design.QUASI_EXPERIMENT


class PilotState(models.TextChoices):
    """The state of a pilot. Whether its result is overdue depends on the date, not on the state."""

    PLANNING = "planning", _("being planned")
    REGISTERED = "registered", _("registered")
    REPORTED = "reported", _("with results")
    STOPPED = "stopped", _("stopped early")
    DROPPED = "dropped", _("cancelled before registration")


class PilotStage(models.TextChoices):
    """The states in which a pilot is public, as a search facet."""

    REGISTERED = "registered", _("registered")
    REPORTED = "reported", _("with results")
    STOPPED = "stopped", _("stopped early")


class TimeStep(models.TextChoices):
    """The period that a row of the data covers, which also sets how times are written in the
    file."""

    YEAR = "year", _("a year, for example 2027")
    MONTH = "month", _("a month, for example 2027-03")
    DAY = "day", _("a day, for example 2027-03-01; for a week, use its first day")


class MissingRule(models.TextChoices):
    """How the analysis treats missing outcomes."""

    COMPLETE = "complete", _("units without an outcome are excluded, and their number is reported")
    REFUSE = "refuse", _("the analysis is not run until all outcomes are available")


class EvaluationLabel(models.TextChoices):
    """Whether an analysis is the registered one."""

    AS_FROZEN = "as-frozen", _("as registered")
    EXPLORATORY = "exploratory", _("exploratory")


class EvaluationState(models.TextChoices):
    WAITING = "waiting", _("waiting to be processed")
    RUNNING = "running", _("being calculated")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be calculated")


class TestbedKind(models.TextChoices):
    STREET = "street", _("street or square")
    DISTRICT = "district", _("district")
    BUILDING = "building", _("building")
    GREEN = "green", _("park or green space")
    WATER = "water", _("water or shore")
    NETWORK = "network", _("energy, water or data network")
    VEHICLES = "vehicles", _("vehicles or transport lines")
    LABORATORY = "laboratory", _("laboratory or workshop")
    SERVICE = "service", _("public service")


class PermitState(models.TextChoices):
    """Whether a permit that trials need exists."""

    IN_PLACE = "in-place", _("in place")
    TO_ASK = "to-ask", _("must be applied for")
    UNKNOWN = "unknown", _("not known")


class TestbedState(models.TextChoices):
    """Whether a testbed accepts new trials."""

    OPEN = "open", _("open")
    CLOSED = "closed", pgettext_lazy("testbed", "closed")


class BookingState(models.TextChoices):
    """The state of a booking. Only accepted bookings occupy a slot."""

    ASKED = "asked", _("requested")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ChallengeState(models.TextChoices):
    """The recorded state of a challenge. Whether it is open depends on its dates."""

    PUBLISHED = "published", _("published")
    DECIDED = "decided", _("decided")
    WITHDRAWN = "withdrawn", pgettext_lazy("challenge", "withdrawn")


class ChallengePhase(models.TextChoices):
    """The phase of a challenge on a day."""

    UPCOMING = "upcoming", _("not open yet")
    OPEN = "open", _("open for answers")
    CLOSED = "closed", _("closed, decision pending")
    DECIDED = "decided", _("decided")
    WITHDRAWN = "withdrawn", pgettext_lazy("challenge", "withdrawn")


class AnswerState(models.TextChoices):
    """Whether an answer to a challenge counts."""

    HANDED_IN = "handed-in", _("submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("answer", "withdrawn")
