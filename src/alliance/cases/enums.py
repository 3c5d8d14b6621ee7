"""The closed vocabularies of the knowledge base. Codes are the ones of files and addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from alliance.network.enums import Language as Language
from alliance.network.enums import Theme as Theme
from alliance.network.enums import Topic as Topic


class SolutionKind(models.TextChoices):
    APPROACH = "approach", _("approach")
    METHOD = "method", _("method")
    TOOL = "tool", _("tool")


class Prerequisite(models.TextChoices):
    """What a prerequisite of a solution is about: whom in a city to ask whether it is there."""

    LAW = "law", _("Law")
    OWNERSHIP = "ownership", _("Ownership")
    BUDGET = "budget", _("Budget")
    SUPPORT = "support", _("Support")
    DATA = "data", _("Data")
    CAPACITY = "capacity", _("Capacity")
    SKILLS = "skills", _("Skills")
    TECHNIQUE = "technique", _("Technology")
    OTHER = "other", _("Other conditions")


class OutcomeTheme(models.TextChoices):
    """What an outcome measure is about: the columns of the evidence map, in their order."""

    ENERGY = "energy", _("Energy")
    EMISSIONS = "emissions", _("Emissions")
    AIR = "air", _("Air quality")
    TRAFFIC = "traffic-and-mode", _("Traffic and travel")
    ROAD_SAFETY = "road-safety", _("Road safety")
    HEALTH = "health-and-heat", _("Health and heat")
    WATER = "water", _("Water")
    WASTE = "waste", _("Waste")
    NATURE = "nature", _("Nature")
    PARTICIPATION = "participation-and-trust", _("Participation and trust")
    FAIRNESS = "fairness-and-affordability", _("Fairness and affordability")
    MONEY = "money", _("Money")


class SolutionCostKind(models.TextChoices):
    INVESTMENT = "investment", _("Investment")
    RUNNING = "running", _("Running costs")


class OneOff(models.TextChoices):
    """Why more places will not try a solution as it was tried."""

    SINGLE_SITE = "single-site", _("a project of one site")
    CLOSED = "closed", _("the only known try has ended")


class Reading(models.TextChoices):
    """How much of a source was read: how sure a figure from it is."""

    FULL_TEXT = "full-text", _("read in full")
    ABSTRACT = "abstract", _("only the abstract was read")
    SECONDARY = "secondary", _("quotes another source that was not read")


class Outcome(models.TextChoices):
    """What came of a case. Reported: it is said to have worked, and no effect was measured."""

    WORKED = "worked", _("Worked")
    REPORTED = "reported", _("Reported as working")
    MIXED = "mixed", _("Mixed")
    DID_NOT_WORK = "did-not-work", _("Did not work")


#: Outcomes that those who tell of the case call a success, whether measured or not.
SUCCESSES = (Outcome.WORKED, Outcome.REPORTED)


class Verdict(models.TextChoices):
    """Whether a solution works, by the published rule."""

    WORKS = "works", _("Works")
    PROBABLY_WORKS = "probably-works", _("Probably works")
    MIXED = "mixed", pgettext_lazy("verdict", "Mixed")
    NOT_ENOUGH = "not-enough-evidence", _("Not enough evidence")
    PROBABLY_NOT = "probably-does-not-work", _("Probably does not work")
    HARM = "does-harm", _("Does harm")


class Reason(models.TextChoices):
    """Why a case did not work, or worked in part."""

    NO_EFFECT = "no-effect", _("no effect")
    STOPPED = "stopped", _("action stopped")
    HARM = "harm", _("harmful effects")
    TOO_COSTLY = "too-costly", _("costs too high")
    NOT_ACCEPTED = "not-accepted", _("lack of acceptance")
    REBOUND = "rebound", _("gains cancelled out by a rebound effect")
    NOT_DELIVERED = "not-delivered", _("promised but not delivered")
    EFFECT_FADED = "effect-faded", _("effect faded")


class Affected(models.TextChoices):
    """A group of people that gained or paid. Codes are words of the field, not of one survey."""

    LOW_INCOME = "low-income", _("people with low incomes")
    BETTER_OFF = "better-off", _("people who are better off")
    OLDER = "older", _("older people")
    YOUNG = "young", _("children and young people")
    WOMEN = "women", _("women")
    DISABLED = "disabled", _("people with disabilities")
    NEWCOMERS = "newcomers", _("newcomers and minorities")
    TENANTS = "tenants", _("tenants")
    OWNERS = "owners", _("homeowners")
    DRIVERS = "drivers", _("drivers")
    NO_CAR = "no-car", _("people who walk, cycle or take the bus")
    NEARBY = "nearby", _("local residents")
    OUTSKIRTS = "outskirts", _("people living on the outskirts")
    SMALL_FIRMS = "small-firms", _("small businesses and shops")
    WORKERS = "workers", _("people who work there")
    HOUSEHOLDS = "households", _("all households")
    TAXPAYERS = "taxpayers", _("taxpayers")


class Running(models.TextChoices):
    """Whether what was tried still runs."""

    RUNNING = "running", _("still running")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")
    ANNULLED = "annulled", _("annulled by a court")


class CheckAgain(models.TextChoices):
    """What of a case, or of one effect, is to be looked up before it is taken as settled."""

    COPY = "copy", _("a source is a copy of the first publication")
    NEWER_STUDY = "newer-study", _("a newer or better study exists")
    SECOND_HAND = (
        "second-hand",
        _("a figure comes from the press or from the people who ran the project"),
    )
    UNCLEAR = "unclear", _("the source does not say exactly what was measured")
    MISSING_FIGURE = "missing-figure", _("a published figure has not been entered yet")


class Design(models.TextChoices):
    """How an effect was found, weakest claim to cause last but one; a model measures nothing."""

    RCT = "rct", _("randomised trial")
    QUASI_EXPERIMENT = "quasi-experiment", _("with a comparison group")
    BEFORE_AFTER = "before-after", _("before-and-after comparison")
    SURVEY = "survey", _("survey or count")
    MODELLED = "modelled", _("model calculation")


class EffectDirection(models.TextChoices):
    LOWER = "lower-is-better", _("lower is better")
    HIGHER = "higher-is-better", _("higher is better")


class PoolExclusion(models.TextChoices):
    """Why an effect is shown but not counted together with others."""

    SAME_ESTIMATE = "same-estimate", _("same estimate as another row")
    SUBSET = "subset", _("part of another row")
    FINDING_NOT_EFFECT = "finding-not-effect", _("a finding, not an effect of the solution")
    COMPARISON_VALUE = "comparison-value", _("a comparison value, not an effect")
    AFTER_REMOVAL = "after-removal", _("measured after the solution was removed")
    DISPUTED = "disputed", _("disputed by another source")
    INTERESTED_PARTY = "interested-party", _("a figure from an interested party")
    NEW_MEASURE = "new-measure", _("a new outcome measure, not yet named by the secretariat")


class CostKind(models.TextChoices):
    """What the amount of a cost holds."""

    INVESTMENT = "investment", _("investment")
    YEARLY = "yearly", _("yearly cost")
    HANDED_OUT = "handed-out", _("distributed budget")
    LOSS = "loss", _("loss")
    PARTIAL = "partial", _("part of the cost")
    NOT_CHECKED = "not-checked", _("scope unclear")


class StandardErrorRule(models.TextChoices):
    """How a standard error was taken from a source, or derived from what it says."""

    PUBLISHED = "published", _("as published")
    INTERVAL = "interval", _("calculated from the 95 % confidence interval")
    RATIO_INTERVAL = "ratio-interval", _("calculated from the 95 % confidence interval of a ratio")
    P_VALUE = "p-value", _("calculated from the p value")
    LOG_POINTS = "log-points", _("converted from log points")
    TWO_SHARES = "two-shares", _("calculated from two shares and their sample sizes")
    TWO_MEANS = "two-means", _("calculated from a standard deviation and the sample sizes")
    ONE_SHARE = "one-share", _("calculated from a share and its sample size")
    VARIANCE = "variance", _("square root of the published variance")


class SourceKind(models.TextChoices):
    PEER_REVIEWED = "peer-reviewed", _("peer-reviewed article")
    RESEARCH_REPORT = "research-report", _("research report")
    PUBLIC_BODY = "public-body", _("public body")
    CITY = "city", _("the city itself")
    COMPANY = "company", _("company")
    NETWORK = "network", _("city network")
    CIVIL_SOCIETY = "civil-society", _("civil society")
    PRESS = "press", _("press")
    ENCYCLOPEDIA = "encyclopedia", _("encyclopedia")
    LETTER = "letter", _("correspondence")
    OWN_DATA = "own-data", _("own data")
    UNKNOWN = "unknown", _("type not known")


class CaseStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in-review", _("in review")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NetworkWithdrawal(models.TextChoices):
    """Why the platform withdrew a case of another network by itself."""

    THERE = "withdrawn-there", _("Withdrawn by %(network)s.")
    BECAUSE = "withdrawn-there-because", _("Withdrawn by %(network)s: %(reason)s")
    UNFOLLOWED = "no-longer-followed", _("We no longer follow what %(network)s publishes.")


class TextStatus(models.TextChoices):
    """How a text in one language came to be."""

    ORIGINAL = "original", _("original")
    TRANSLATED = "translated", _("translated, not reviewed")
    REVIEWED = "reviewed", _("translated and reviewed")


class Scheme(models.TextChoices):
    """The lists a record is classified by."""

    TOPIC = "topic", _("topic")
    THEME = "theme", _("theme")
    SDG = "sdg", _("SDG target")
    ACTOR = "actor", _("actor")


class TimeUnit(models.TextChoices):
    DAYS = "days", _("days")
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")


class StaffUnit(models.TextChoices):
    HOURS = "hours", _("hours")
    PERSON_MONTHS = "person-months", _("person-months")
    PERSON_YEARS = "person-years", _("person-years")
    FULL_TIME = "full-time-posts", _("full-time posts")


class CostLevel(models.TextChoices):
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Iap2Level(models.TextChoices):
    """Spectrum of public participation of the IAP2, least influence first."""

    INFORM = "inform", _("inform")
    CONSULT = "consult", _("consult")
    INVOLVE = "involve", _("involve")
    COLLABORATE = "collaborate", _("collaborate")
    EMPOWER = "empower", _("empower")


class Mode(models.TextChoices):
    IN_PERSON = "in-person", _("in person")
    ONLINE = "online", _("online")
    BOTH = "both", _("in person and online")


class PictureLicence(models.TextChoices):
    """Under which terms others may use a picture of a case."""

    CC_BY = "CC-BY-4.0", "CC BY 4.0"
    CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    CC0 = "CC0-1.0", "CC0 1.0"
    PERMISSION = "with-permission", _("shown with permission, may not be reused")


class DraftState(models.TextChoices):
    """Where a draft stands between its first word and the published case."""

    WRITING = "writing", _("being written")
    IN_REVIEW = "in-review", _("in review")
    CHANGES_ASKED = "changes-asked", _("changes requested")
    PUBLISHED = "published", _("published")
    DROPPED = "dropped", _("abandoned")


class ReviewState(models.TextChoices):
    TAKEN = "taken", _("being reviewed")
    APPROVED = "approved", _("approved")
    CHANGES_ASKED = "changes-asked", _("changes requested")
    # Given back: a conflict of interest, or no time.
    WITHDRAWN = "given-back", _("reviewer withdrew")


class ReviewCriterion(models.TextChoices):
    """The four criteria by which a case is reviewed, as URBACT reviews good practices."""

    RELEVANCE = "relevance", _("relevance")
    PARTICIPATION = "participation", _("participation")
    EVIDENCE = "evidence", _("evidence of impact")
    TRANSFERABILITY = "transferability", _("transferability")


#: In whose name answers to questions stand where it is no team's; pages tell it in their language.
SECRETARIAT = gettext_noop("The secretariat")
TEAM_OF_CASE = gettext_noop("The team of this case")


class MethodMeasure(models.TextChoices):
    """How well a way of working with people went, in figures."""

    REACH = (
        "reach",
        _("Reach: a group’s share of participants, compared with its share of residents"),
    )
    FIRST = "first-timers", _("First-time participants, of those who answered")
    COST = "cost", _("Cost per participant")
    ACTED = "acted-on", _("Contributions that led to something within 12 months")
    LEARNED = "learned", _("Answers to one question, after compared with before")
    EFFECT = "effect", _("Change in the intended outcome")
    ANSWERED = "answered", _("Questions about justice and past cases that the city answered")
    CHANGED = "changed", _("Disputes that led the city to change something")
    KNOWN = "known", _("Areas with complete figures")
    CLEAR = "clear", _("Clear differences between groups, of those compared")
    ADOPTED = "adopted", _("Pilots whose solution was later rolled out, of those decided")
    MONTHS = "months", _("Time from need to pilot result")
    CURRENT = "current", _("Indicators with a figure no older than two years")
    OWN = "own", _("Purpose of the method")
