"""Closed vocabularies of the indicators. Codes follow SDMX if it has a list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IndicatorDirection(models.TextChoices):
    """Which direction is better. A context figure has no better direction and is never ranked."""

    HIGHER = "higher", _("higher is better")
    LOWER = "lower", _("lower is better")
    CONTEXT = "context", _("for context only: higher is neither better nor worse")


class Scale(models.TextChoices):
    """The measurement scale of an indicator, which determines the valid operations."""

    RATIO = "ratio", _("ratio scale: ratios are meaningful")
    INTERVAL = "interval", _("interval scale: differences are meaningful")
    SHARE = "share", _("share of a whole")
    COUNT = "count", _("count")
    ORDINAL = "ordinal", _("ordinal scale: only the order is meaningful")


class Nature(models.TextChoices):
    """The nature of the figures: opinions of residents are never mixed with measurements."""

    MEASURED = "measured", pgettext_lazy("figures", "measured or recorded")
    OPINION = "opinion", pgettext_lazy("figures", "reported by residents in a survey")


class MethodClass(models.TextChoices):
    """The kind of source of figures; these classes are our own, not the publishers'."""

    REGISTER = "register", _("register")
    TAX_REGISTER = "tax-register", _("tax register")
    CENSUS = "census", _("census")
    ADMINISTRATIVE = "administrative", _("administrative records")
    INVENTORY = "inventory", _("emissions inventory")
    SURVEY = "survey", _("sample survey")
    MEASURED = "measured", _("monitoring stations")
    MODEL = "model", _("model")
    SATELLITE = "satellite", _("satellite")


class TargetKind(models.TextChoices):
    """The basis of a target."""

    LAW = "law", pgettext_lazy("target", "law")
    PLAN = "plan", _("plan by the city or its group of municipalities")
    GUIDELINE = "guideline", _("guideline, not binding")
    YARDSTICK = "yardstick", _("benchmark: a national target converted to city level, not binding")


class SiblingVerdict(models.TextChoices):
    """Whether figures under two definitions may be shown side by side."""

    COMPARABLE = "comparable", _("comparable")
    WITH_CARE = "with-care", _("comparable with caution")
    NOT_COMPARABLE = "not-comparable", _("not comparable")


class Status(models.TextChoices):
    """Status of an observation: the part of the SDMX code list CL_OBS_STATUS that cities need."""

    NORMAL = "A", _("normal")
    BREAK = "B", _("break in the series")
    DEFINITION = "D", _("definition differs")
    ESTIMATED = "E", _("estimated")
    FORECAST = "F", _("forecast")
    IMPUTED = "I", _("imputed")
    CANNOT_EXIST = "L", _("figure cannot exist")
    MISSING = "M", _("missing")
    PROVISIONAL = "P", _("provisional")
    SUPPRESSED = "Q", _("suppressed")
    UNRELIABLE = "U", _("low reliability")
    UNVALIDATED = "V", _("not validated")


#: Rows with one of these statuses have no value; all others have one.
WITHOUT_VALUE = frozenset({Status.MISSING, Status.CANNOT_EXIST, Status.SUPPRESSED})
#: Usable for a year: normal, estimated, provisional, first value of a new series.
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
    """The quality grade of a figure without a standard error, with the error it implies."""

    A = "A", _("within about 1 %")
    B = "B", _("within about 5 %")
    C = "C", _("within about 15 %")


class Treatment(models.TextChoices):
    """The treatment of outliers before scaling; codes of `analysis.composite`."""

    NONE = "none", pgettext_lazy("outliers", "none")
    WINSORISE_LOG = "winsorise-log", _("outliers capped, then logarithm")


class CodeScheme(models.TextChoices):
    """The code list that identifies a city."""

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
    ALLIANCE = "ALLIANCE", _("ID on this platform")


class BatchKind(models.TextChoices):
    """How figures were submitted."""

    STARTER = "starter", _("starter content")
    FORM = "form", _("entered manually")
    FILE = "file", _("uploaded file")
    COMMAND = "command", _("imported by the operator")
    CONNECTOR = "connector", _("retrieved from the publisher")


class ReadingState(models.TextChoices):
    """The progress of a query to a publisher."""

    WAITING = "waiting", _("waiting to be processed")
    ASKING = "asking", _("contacting the publisher")
    READ = "read", _("retrieved; check it before importing")
    SAME = "same", _("retrieved; the publisher has no new figures")
    FAILED = "failed", _("failed; nothing was saved")


class ReleaseState(models.TextChoices):
    """The progress of a release."""

    WAITING = "waiting", _("waiting to be processed")
    COMPUTING = "computing", _("being calculated")
    DONE = "done", pgettext_lazy("release", "published")
    FAILED = "failed", pgettext_lazy("release", "failed")


class NodeKind(models.TextChoices):
    INDEX = "index", _("index")
    GROUP = "group", _("indicator group")
    INDICATOR = "indicator", _("indicator")


class PeerStanding(models.TextChoices):
    """The verdict on a city's figure of an indicator; standings of
    `analysis.composite.standing`."""

    LEADING = "leading", _("leads")
    MUST_DO_MORE = "must-do-more", _("needs to do more")
    TYPICAL = "typical", _("typical")
    UNCLEAR = "unclear", _("unclear")
    # Figures without a standing, and the reason.
    NOT_COMPARED = "not-compared", _("not comparable")
    CONTEXT = "context", _("context only")
    NO_STANDING = "no-standing", _("newer than the latest release")
    NO_DATA = "no-data", _("no data")

    @property
    def is_place(self) -> bool:
        """Whether it is a standing among peers."""
        return self in {self.LEADING, self.MUST_DO_MORE, self.TYPICAL, self.UNCLEAR}

    @classmethod
    def without_place(cls, clause: str) -> PeerStanding:
        """The verdict on a figure that may not be compared because of this clause."""
        return cls.CONTEXT if clause == "direction" else cls.NOT_COMPARED


class TrendLabel(models.TextChoices):
    """The trend of a series; codes of `analysis.composite.trend`."""

    ON_TRACK = "on-track", _("on track for the target")
    MODERATE = "moderate", _("moving towards the target, but too slowly")
    STAGNATING = "stagnating", _("little change")
    FALLING = "falling", _("moving away from the target")
    MAINTAINED = "maintained", _("target reached and maintained")
    UNCLEAR = "unclear", pgettext_lazy("trend", "unclear")
    NO_TARGET = "no-target", _("no target set")
    TOO_FEW_DATA = "too-few-data", _("too few years of data")


class ErrorBasis(models.TextChoices):
    """The origin of the error of a figure, which determines the uncertainty of its rank."""

    STATED = "stated", _("standard error given with the figure")
    GRADE = "grade", _("based on its quality grade")
    SURVEY = "survey", _("based on the survey’s margin of error")
    DECLARED = "declared", _("based on the grade for this type of source")
    ASSUMED = "assumed", _("not known; counts as grade B in rankings")

    @property
    def is_recorded(self) -> bool:
        """Whether the error came with the figure; any other is assumed for its kind."""
        return self == ErrorBasis.STATED
