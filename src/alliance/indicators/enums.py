"""Closed lists of the indicators. Codes follow SDMX where it has a list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IndicatorDirection(models.TextChoices):
    """Which way is good. A figure of context has no good side and is never ranked."""

    HIGHER = "higher", _("higher is better")
    LOWER = "lower", _("lower is better")
    CONTEXT = "context", _("tells the context; neither way is better")


class Scale(models.TextChoices):
    """What may be done with the figures of an indicator."""

    RATIO = "ratio", _("ratio scale: twice as much means something")
    INTERVAL = "interval", _("interval scale: differences mean something")
    SHARE = "share", _("share of a whole")
    COUNT = "count", _("count")
    ORDINAL = "ordinal", _("order only")


class Nature(models.TextChoices):
    """Where the figures come from by kind: what residents say is never mixed with measurement."""

    MEASURED = "measured", pgettext_lazy("figures", "measured or registered")
    OPINION = "opinion", pgettext_lazy("figures", "residents say, in a survey")


class MethodClass(models.TextChoices):
    """What kind of source figures come from; classes of our own, not the publishers'."""

    REGISTER = "register", _("register")
    TAX_REGISTER = "tax-register", _("tax register")
    CENSUS = "census", _("census")
    ADMINISTRATIVE = "administrative", _("records of an administration")
    INVENTORY = "inventory", _("inventory of emissions")
    SURVEY = "survey", _("survey by sample")
    MEASURED = "measured", _("measuring stations")
    MODEL = "model", _("model")
    SATELLITE = "satellite", _("satellite")


class TargetKind(models.TextChoices):
    """On what ground a target stands."""

    LAW = "law", pgettext_lazy("target", "law")
    PLAN = "plan", _("plan of the city or its group of municipalities")
    GUIDELINE = "guideline", _("guideline, binding on nobody")
    YARDSTICK = "yardstick", _("yardstick: a national goal computed for the city, not its duty")


class SiblingVerdict(models.TextChoices):
    """Whether figures by two definitions may be laid beside each other."""

    COMPARABLE = "comparable", _("comparable")
    WITH_CARE = "with-care", _("comparable with care")
    NOT_COMPARABLE = "not-comparable", _("not comparable")


class Status(models.TextChoices):
    """Status of an observation: the SDMX code list CL_OBS_STATUS, as far as cities need it."""

    NORMAL = "A", _("normal")
    BREAK = "B", _("break in the series")
    DEFINITION = "D", _("definition differs")
    ESTIMATED = "E", _("estimated")
    FORECAST = "F", _("forecast")
    IMPUTED = "I", _("imputed")
    CANNOT_EXIST = "L", _("cannot exist")
    MISSING = "M", _("missing")
    PROVISIONAL = "P", _("provisional")
    SUPPRESSED = "Q", _("suppressed")
    UNRELIABLE = "U", _("of low reliability")
    UNVALIDATED = "V", _("not validated")


#: A row of one of these has no value; a row of any other has one.
WITHOUT_VALUE = frozenset({Status.MISSING, Status.CANNOT_EXIST, Status.SUPPRESSED})
#: What can speak for a year: normal, estimated, provisional, first value of a new series.
USABLE = frozenset({Status.NORMAL, Status.ESTIMATED, Status.PROVISIONAL, Status.BREAK})


class Boundary(models.TextChoices):
    """The area that a figure is about."""

    MUNICIPALITY = "municipality", _("municipality")
    COMMUNE = "commune", _("commune")
    METROPOLE = "metropole", _("group of municipalities around the city")
    URBAN_AREA = "urban-area", _("urban area")
    FUNCTIONAL_URBAN_AREA = "functional-urban-area", _("city with its commuting zone")
    REGION = "region", _("region")
    OTHER = "other", _("other area")
    UNKNOWN = "unknown", _("area not known")


#: Both are the local administrative unit of their country (Eurostat's LAU), so they compare.
SAME_AREA: dict[str, str] = {Boundary.COMMUNE: Boundary.MUNICIPALITY}


class Quality(models.TextChoices):
    """How well a figure is known where no standard error is given; the error each stands for."""

    A = "A", _("about 1 % off")
    B = "B", _("about 5 % off")
    C = "C", _("about 15 % off")


class Treatment(models.TextChoices):
    """What is done with outliers before scaling; codes of `analysis.composite`."""

    NONE = "none", pgettext_lazy("outliers", "none")
    WINSORISE_LOG = "winsorise-log", _("outliers drawn in, then logarithm")


class CodeScheme(models.TextChoices):
    """Whose codes name a city."""

    ISO_3166_2 = "ISO3166-2", "ISO 3166-2"
    SE_KOMMUN = "SE_KOMMUN", _("Swedish municipality code (SCB)")
    INSEE = "INSEE", _("French commune code (INSEE)")
    URAU2017 = "URAU2017", "Urban Audit 2017"
    URAU2021 = "URAU2021", "Urban Audit 2021"
    LOCODE = "LOCODE", "UN/LOCODE"
    OECD_METRO = "OECD_METRO", _("OECD metropolitan area")
    OECD_NAME = "OECD_NAME", _("name used by the OECD")
    SDG1121 = "SDG1121", _("UN-Habitat, SDG 11.2.1")
    WHO = "WHO", _("name used by the WHO")
    GEONAMES = "GEONAMES", "GeoNames"
    ALLIANCE = "ALLIANCE", _("id on this platform")


class BatchKind(models.TextChoices):
    """How figures came in."""

    STARTER = "starter", _("starter content")
    FORM = "form", _("entered by hand")
    FILE = "file", _("uploaded file")
    COMMAND = "command", _("imported by the operator")
    CONNECTOR = "connector", _("read from the publisher")


class ReadingState(models.TextChoices):
    """How far a question to a publisher has come."""

    WAITING = "waiting", _("waits for the worker")
    ASKING = "asking", _("the publisher is being asked")
    READ = "read", _("read; look at it before it is taken over")
    SAME = "same", _("read; the publisher has nothing new")
    FAILED = "failed", _("has come to nothing; nothing was written")


class ReleaseState(models.TextChoices):
    """How far a release has come."""

    WAITING = "waiting", _("waits for the worker")
    COMPUTING = "computing", _("being computed")
    DONE = "done", pgettext_lazy("release", "published")
    FAILED = "failed", pgettext_lazy("release", "failed")


class NodeKind(models.TextChoices):
    """What a score is of."""

    INDEX = "index", _("index")
    GROUP = "group", _("group of indicators")
    INDICATOR = "indicator", _("indicator")


class PeerStanding(models.TextChoices):
    """The verdict on a city's figure of an indicator; places by `analysis.composite.standing`."""

    LEADING = "leading", _("leads")
    MUST_DO_MORE = "must-do-more", _("must do more")
    TYPICAL = "typical", _("typical")
    UNCLEAR = "unclear", _("unclear")
    # A figure that has no place, and why it has none.
    NOT_COMPARED = "not-compared", _("not comparable")
    CONTEXT = "context", _("tells the context")
    NO_STANDING = "no-standing", _("newer than the last release")
    NO_DATA = "no-data", _("no data")

    @property
    def is_place(self) -> bool:
        """Whether it is a place among peers."""
        return self in {self.LEADING, self.MUST_DO_MORE, self.TYPICAL, self.UNCLEAR}

    @classmethod
    def without_place(cls, clause: str) -> PeerStanding:
        """The verdict on a figure that a clause of the guard keeps from a place."""
        return cls.CONTEXT if clause == "direction" else cls.NOT_COMPARED


class TrendLabel(models.TextChoices):
    """Which way a series goes; codes of `analysis.composite.trend`."""

    ON_TRACK = "on-track", _("on track for the target")
    MODERATE = "moderate", _("moving towards the target, too slowly")
    STAGNATING = "stagnating", _("hardly moving")
    FALLING = "falling", _("moving away from the target")
    MAINTAINED = "maintained", _("target reached and kept")
    UNCLEAR = "unclear", pgettext_lazy("trend", "unclear")
    NO_TARGET = "no-target", _("no target is set")
    TOO_FEW_DATA = "too-few-data", _("too few years to tell")


class ErrorBasis(models.TextChoices):
    """Where the error of a figure comes from, by which its place is uncertain."""

    STATED = "stated", _("standard error stated with the figure")
    GRADE = "grade", _("by the grade of its quality")
    SURVEY = "survey", _("by the margin of error of the survey")
    DECLARED = "declared", _("by the grade declared for its kind of source")
    ASSUMED = "assumed", _("not known; for its place among others taken as grade B")

    @property
    def is_recorded(self) -> bool:
        """Whether the error came with the figure; any other is what we say of its kind."""
        return self == ErrorBasis.STATED
