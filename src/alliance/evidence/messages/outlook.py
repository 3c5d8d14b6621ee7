"""What the results of places promise to one more, how certain that is, and what is not known."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alliance.analysis.evidence.certainty import Step
from alliance.analysis.evidence.outlook import Gap
from alliance.web.formatting import number

GRADE_WORDS: dict[str, Promise] = {
    "very-low": pgettext_lazy("certainty", "very low"),
    "low": pgettext_lazy("certainty", "low"),
    "moderate": pgettext_lazy("certainty", "moderate"),
    "high": pgettext_lazy("certainty", "high"),
}

START_WORDS: dict[str, Promise] = {
    "high": gettext_lazy(
        "Starts at high: the action was assigned at random in every place."
    ),
    "low": gettext_lazy(
        "Starts at low: the action was not assigned at random in every place."
    ),
}  # fmt: skip

CAP_WORDS: dict[str, Promise] = {
    "uncontrolled": gettext_lazy(
        "Never above low: comparing before and after does not separate the action from "
        "other changes."
    ),
    "one-study": gettext_lazy("Never above low: one place only."),
    "no-standard-errors": gettext_lazy(
        "Never above moderate: some places do not state how precise their result is."
    ),
}

VERDICT_WORDS: dict[str, Promise] = {
    "likely": gettext_lazy("likely"),
    "uncertain": gettext_lazy("uncertain"),
    "unlikely": gettext_lazy("unlikely"),
    "not-enough-evidence": gettext_lazy("effect size too uncertain to predict"),
}

#: What held the word down, by the code of the rule; that certainty did is said beside the word.
HELD_WORDS: dict[str, Promise] = {
    "no-prediction": gettext_lazy("No interval is available for a new place."),
    "not-graded": gettext_lazy("The certainty of the evidence has not been graded."),
}

#: Whether something was shown to do too little, where a smallest useful change was named.
EQUIVALENCE_WORDS: dict[str, Promise] = {
    "too-little": gettext_lazy(
        "The whole interval is below what you call useful: the effect has been shown to "
        "be too small."
    ),
    "too-uncertain": gettext_lazy(
        "The whole interval is below what you call useful, but the evidence is not "
        "certain enough to conclude that the effect is too small."
    ),
    "unknown": gettext_lazy(
        "The interval includes both no change and useful changes, so we do not know "
        "whether the effect is too small."
    ),
}

DOMAIN_WORDS: dict[str, Promise] = {
    "risk-of-bias": gettext_lazy("Risk of bias"),
    "inconsistency": gettext_lazy("Differences between places"),
    "indirectness": gettext_lazy("Similarity to your city"),
    "imprecision": gettext_lazy("Width of the interval"),
    "publication-bias": gettext_lazy("Unpublished results"),
}


#: In the place of a prediction whose interval reaches what cannot happen.
TOO_DIFFERENT: Promise = gettext_lazy("The results differ too much to predict a new one.")
#: In the place of "no effect" where the intervals of places lie on both sides of zero.
CONTRADICT: Promise = gettext_lazy(
    "The cities contradict each other: a clear fall in some, a clear rise in others."
)
#: Grades of certainty with which the word stands before the number, in the size of the text.
WEAK = frozenset({"low", "very-low"})
#: Reasons of steps whose sentence names the end of an interval.
BOUNDS_NAMED = frozenset({"prediction-crosses-line", "interval-crosses-line", "precise"})


def chance(probability: float) -> str:
    """A probability in whole per cent; never 0 or 100, which nobody can promise."""
    percent = round(100 * probability)
    if percent < 1:
        return _("under 1 %")
    if percent > 99:
        return _("over 99 %")
    return _("%(n)s %%") % {"n": number(percent)}


def step_text(step: Step, line: str, quantity: Callable[[float], str]) -> str:
    """Why a step of the certainty was taken or not, with its number.

    `line`: the change from which on a decision would be another, in words. `quantity` writes a
    change in the unit of the measure.
    """
    return _STEPS[step.domain, step.reason](step.number, line, quantity)


_Text = Callable[[float | None, str, Callable[[float], str]], str]


def _fixed(text: Promise) -> _Text:
    return lambda _number, _line, _quantity: str(text)


def _percent(text: Promise, factor: float = 1.0, digits: int = 0) -> _Text:
    def sentence(value: float | None, _line: str, _quantity: Callable[[float], str]) -> str:
        return str(text) % {"n": number(factor * (value or 0.0), digits)}

    return sentence


def _bound(text: Promise) -> _Text:
    def sentence(value: float | None, line: str, quantity: Callable[[float], str]) -> str:
        return str(text) % {"bound": quantity(value or 0.0), "line": line}

    return sentence


_SHARE_AT_RISK = gettext_lazy(
    "%(n)s %% of the weight comes from places without a comparison group."
)
_I2 = gettext_lazy("%(n)s %% of the variation between places is not due to chance (I²).")
_SMALL = gettext_lazy(
    "Less precise results differ from the more precise ones (Egger’s test, p = %(n)s)."
)

_STEPS: dict[tuple[str, str], _Text] = {
    ("risk-of-bias", "share-at-high-risk"): _percent(_SHARE_AT_RISK, 100),
    ("risk-of-bias", "low-risk"): _percent(_SHARE_AT_RISK, 100),
    ("inconsistency", "one-study"): _fixed(gettext_lazy("One place only.")),
    ("inconsistency", "not-assessed"): _fixed(gettext_lazy("Too few places to judge.")),
    ("inconsistency", "i2"): _percent(_I2),
    ("inconsistency", "prediction-crosses-line"): _bound(
        gettext_lazy(
            "The interval for a new place extends to %(bound)s and includes %(line)s, but "
            "the interval of the mean does not."
        )
    ),
    ("indirectness", "not-assessed"): _fixed(
        gettext_lazy("The answer depends on which city is asking, so it is not judged here.")
    ),
    ("imprecision", "not-assessed"): _fixed(gettext_lazy("No interval available.")),
    ("imprecision", "interval-crosses-line"): _bound(
        gettext_lazy("The interval of the mean extends to %(bound)s and includes %(line)s.")
    ),
    ("imprecision", "precise"): _bound(
        gettext_lazy("The interval of the mean ends at %(bound)s and does not include %(line)s.")
    ),
    ("publication-bias", "not-assessed"): _fixed(
        gettext_lazy("Fewer than ten places have a standard error, which is too few to judge.")
    ),
    ("publication-bias", "no-sign"): _percent(
        gettext_lazy(
            "Less precise results do not differ from the more precise ones (Egger’s test, "
            "p = %(n)s)."
        ),
        digits=2,
    ),
    ("publication-bias", "small-studies-differ"): _percent(_SMALL, digits=2),
    ("publication-bias", "conclusion-changes-when-filled"): _percent(
        gettext_lazy(
            "Less precise results differ from the more precise ones (Egger’s test, p = "
            "%(n)s), and adding the results that may be missing changes the conclusion."
        ),
        digits=2,
    ),
}


def _consistent(value: float | None, line: str, _quantity: Callable[[float], str]) -> str:
    if value is not None:
        return str(_I2) % {"n": number(value, 0)}
    return _(
        "For %(line)s, the intervals of the mean and of a new place lead to the same conclusion."
    ) % {"line": line}


_STEPS["inconsistency", "consistent"] = _consistent


def gap_text(gap: Gap, k: int) -> str:
    """Something that is not known, in words; `k` places have a result."""
    return _GAPS[gap.code](gap.n or 0, gap.of or k)


def _of(text: Promise) -> Callable[[int, int], str]:
    return lambda n, k: str(text) % {"n": number(n), "k": number(k)}


def _follow_up(years: int, _k: int) -> str:
    if years < 1:
        return _("Long-term effect: no place was followed for longer than a year.")
    return ngettext(
        "Long-term effect: no place was followed for longer than %(n)s year.",
        "Long-term effect: no place was followed for longer than %(n)s years.",
        years,
    ) % {"n": number(years)}


_GAPS: dict[str, Callable[[int, int], str]] = {
    "standard-error": _of(
        gettext_lazy("Precision of the result: no standard error in %(n)s of %(k)s places.")
    ),
    "publication-bias": _of(
        gettext_lazy(
            "Unpublished results may exist: we have not assessed this. An assessment "
                "needs %(k)s places with a standard error, but only %(n)s have one."
        )
    ),
    "comparison": _of(
        gettext_lazy(
            "What would have happened without it: no comparison in %(n)s of %(k)s places."
        )
    ),
    "sample-size": _of(
        gettext_lazy("Sample size: not known in %(n)s of %(k)s places.")
    ),
    "baseline": _of(
        gettext_lazy("Baseline: not known in %(n)s of %(k)s places.")
    ),
    "period": _of(gettext_lazy("Years covered: not known in %(n)s of %(k)s places.")),
    "follow-up": _follow_up,
    "smallest-useful": lambda _n, _k: _("Smallest useful change: not set."),
    "climate": _of(
        gettext_lazy("Climate: not known in %(n)s of %(k)s places.")
    ),
}  # fmt: skip


def line_text(useful: float | None, quantity: Callable[[float], str], *, upwards: bool) -> str:
    """The change from which on a decision would be another: the smallest useful one, or zero."""
    if not useful:
        return _("zero")
    return quantity(useful if upwards else -useful)


def missing_countries_text(names: str) -> str:
    """Countries of the network without a result, by their names."""
    return _("Effect in %(names)s: no results yet.") % {"names": names}


def missing_zones_text(names: str) -> str:
    """Climates of member cities without a result, by their names."""
    return _("Effect in the climates of other member cities (%(names)s): no results yet.") % {
        "names": names
    }
