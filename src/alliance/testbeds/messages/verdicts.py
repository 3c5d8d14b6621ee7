"""Texts of the results of a pilot, composed by rules in the language of the page.

The analysis gives each sentence as a code with values (`alliance.analysis.pilots.verdicts`), and
this module has its text. "No effect shown" is used if the interval includes zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext_lazy

from alliance.analysis.pilots.verdicts import number_text, signed_text
from alliance.knowledge.enums import EffectDirection
from alliance.knowledge.messages.outlook import CONTRADICT
from alliance.testbeds.enums import PilotDesign
from alliance.web.formatting import estimate

_ = gettext_lazy

SENTENCES: Mapping[str, Any] = {
    "effect-higher": _(
        "The pilot had an effect: the outcome was %(size)s higher than it would have been "
        "without it."
    ),
    "effect-lower": _(
        "The pilot had an effect: the outcome was %(size)s lower than it would have been "
        "without it."
    ),
    "changed-higher": _("The outcome was %(size)s higher after the start than before."),
    "changed-lower": _("The outcome was %(size)s lower after the start than before."),
    "rate-higher": _("The pilot had an effect: the rate rose by %(percent)s at the start."),
    "rate-lower": _("The pilot had an effect: the rate fell by %(percent)s at the start."),
    "jump-higher": _("The pilot had an effect: the outcome rose by %(size)s at the start."),
    "jump-lower": _("The pilot had an effect: the outcome fell by %(size)s at the start."),
    "no-effect": _(
        "No effect shown: the best estimate is %(signed)s, which could be due to chance alone."
    ),
    "no-effect-rate": _(
        "No effect shown: the best estimate is a %(signed_percent)s change in the rate, "
        "which could be due to chance alone."
    ),
    "no-jump": _(
        "No effect shown at the start: the best estimate is %(signed)s, which could be "
        "due to chance alone."
    ),
    "not-nothing": _("This does not prove that the pilot had no effect."),
    "range": _(
        "Values from %(low)s to %(high)s are consistent with the data (%(level)s "
        "confidence interval)."
    ),
    "range-rate": _(
        "Changes in the rate from %(low_percent)s to %(high_percent)s are consistent with "
        "the data (%(level)s confidence interval)."
    ),
    "no-range": _("No confidence interval can be calculated from these data."),
    "no-test": _("These data cannot show how much of the difference could be due to chance."),
    "chance": _("If the pilot had no effect, a result like this would occur %(times)s."),
    "slope-up": _(
        "From the start, each time step added %(size)s to the outcome, beyond the earlier trend."
    ),
    "slope-down": _(
        "From the start, each time step reduced the outcome by %(size)s, beyond the earlier trend."
    ),
    "cannot-be-told": _("These data cannot show whether the pilot had an effect."),
    "cannot-reach": _(
        "With only %(detail)s units or groups of units to compare with, this design "
        "cannot show an effect at this level, whatever the result."
    ),
    "poor-fit": _(
        "The effect cannot be estimated: no mix of the other places followed the same "
        "trend before the start."
    ),
    "no-comparison": _(
        "Without a comparison group, the effect of the pilot cannot be separated from "
        "other changes."
    ),
    "trends-differ-before": _(
        "Caution: the groups with and without the pilot already differed in trend before the start."
    ),
    "differential-attrition": _("Caution: more values are missing in one group than in the other."),
    "selected-on-extreme": _(
        "Caution: the place had unusually extreme values when the pilot started, and such "
        "values tend to return to normal by themselves."
    ),
    "autocorrelation": _("Caution: the errors are correlated over time more than chance explains."),
    "few-units": _("Caution: one group has few units, so the interval itself is uncertain."),
    "left-out": ngettext_lazy(
        "%(detail)s unit was excluded because values are missing.",
        "%(detail)s units were excluded because values are missing.",
        "detail",
    ),
}
#: Whether an effect goes in the direction that the plan calls better.
AIMED_AT: Mapping[bool, Promise] = {
    True: _("The change is in the intended direction."),
    False: _("The change is in the wrong direction: the pilot aimed for the opposite."),
}
#: Texts on several cities together.
POOLED: Mapping[str, Promise] = {
    "effect-higher": _(
        "Across %(k)s cities, the pilot had an effect: the outcome was %(size)s higher on average."
    ),
    "effect-lower": _(
        "Across %(k)s cities, the pilot had an effect: the outcome was %(size)s lower on average."
    ),
    "changed-higher": _(
        "Across %(k)s cities, the outcome was on average %(size)s higher after the start "
        "than before."
    ),
    "changed-lower": _(
        "Across %(k)s cities, the outcome was on average %(size)s lower after the start "
        "than before."
    ),
    "rate-higher": _(
        "Across %(k)s cities, the pilot had an effect: the rate was %(size)s higher on average."
    ),
    "rate-lower": _(
        "Across %(k)s cities, the pilot had an effect: the rate was %(size)s lower on average."
    ),
    "no-effect": _("Across %(k)s cities, no effect shown: the average estimate is %(signed)s."),
    "two": _(
        "Two cities are not enough for a decision: look at each one separately. Their "
        "average is %(signed)s."
    ),
    "range": _(
        "Averages from %(low)s to %(high)s are consistent with the data (%(level)s "
        "confidence interval)."
    ),
    "next": _("In another city like these, expect a value between %(low)s and %(high)s."),
    "unweighted": _(
        "This design gives no standard error, so all cities have equal weight whatever their size."
    ),
}
USEFUL: Mapping[str, Promise] = {
    "useful": _(
        "All values consistent with the data are at least as good as the smallest useful effect."
    ),
    "too-small": _(
        "No value consistent with the data reaches the smallest useful effect: if there "
        "is an effect, it is too small to matter."
    ),
    "harm": _(
        "All values consistent with the data are in the wrong direction and large enough "
        "to matter: the pilot does harm."
    ),
    "maybe-harm": _(
        "No value consistent with the data reaches the smallest useful effect, and some "
        "are bad enough to mean harm."
    ),
    "open": _(
        "Values consistent with the data lie on both sides of the smallest useful effect, "
        "so we cannot say whether it is worthwhile."
    ),
}
_NUMBER = re.compile(r"[+−-]?\d+(\.\d+)?")
_WITH_UNIT = frozenset({"size", "signed", "low", "high"})
#: Values that are effects, shown with two significant digits.
_EFFECTS = _WITH_UNIT | {"percent", "signed_percent", "low_percent", "high_percent"}


def local(text: str) -> str:
    """A number from the analysis, such as "−1.74", with the decimal sign of the page's language."""
    if text == "not known":
        return gettext("not known")
    text = text.replace("-", "−")
    if (get_language() or "en")[:2] == "en":
        return text
    return _NUMBER.sub(lambda match: match[0].replace(".", ","), text)


def figure(value: float | None, *, signed: bool = False) -> str:
    """Three significant digits in the language of the page; "not known" for None."""
    if value is None:
        return gettext("not known")
    return local(signed_text(value) if signed else number_text(value))


def effect(value: float | None, *, signed: bool = False) -> str:
    """An estimated effect in the language of the page; "not known" for None."""
    return gettext("not known") if value is None else estimate(value, signed=signed)


def chance(p: float | None) -> str:
    """A p-value in the language of the page, never 0 but "below 0.001"."""
    if p is not None and p < 0.001:
        return gettext("below 0.001")
    return figure(p)


def rounded(value: float) -> float:
    """A value with three significant digits, as charts show it."""
    return float(f"{value:.3g}")


def is_rate(result: Mapping[str, Any]) -> bool:
    """Whether estimates are logarithms of a rate ratio."""
    return bool(result.get("details", {}).get("scale") == "log-rate")


def percent_change(log_ratio: float) -> float:
    """The percent change that the logarithm of a ratio stands for."""
    return 100 * math.expm1(log_ratio)


def _times(text: str) -> str:
    if text.startswith("less than once"):
        return gettext("less than once in 1,000 times")
    # Older stored results have the first, ungrammatical text.
    if text in {"about 1 times in 100", "about once in 100 times"}:
        return gettext("about once in 100 times")
    match = _NUMBER.search(text)
    if match is None:
        return gettext("with unknown frequency")
    return gettext("about %(n)s times in 100") % {"n": local(match[0])}


def _effect(text: str) -> str:
    """An effect from the analysis, such as "−1.74 %", formatted by `effect`."""
    match = _NUMBER.search(text)
    if match is None:
        return local(text)
    value = float(match[0].replace("−", "-"))
    return text.replace(match[0], effect(value, signed=match[0][0] in "+−"))


def sentence(code: str, values: Mapping[str, str], unit: str = "") -> str:
    """A sentence of an analysis in the language of the page."""
    params: dict[str, Any] = {}
    for name, text in values.items():
        written = _effect(text) if name in _EFFECTS else local(text)
        params[name] = _times(text) if name == "times" else written.replace(" %", "\u00a0%")
        if name in _WITH_UNIT and unit and any(letter.isdigit() for letter in text):
            params[name] += f"\u00a0{unit}"
    if code == "slope":
        code = "slope-down" if params["signed"].startswith("−") else "slope-up"
        params["size"] = params["signed"].lstrip("+−")
    if code == "left-out":
        params["detail"] = int(values["detail"])
    # Plural forms need the number itself, other texts its formatted value.
    return str(SENTENCES[code] % params)


def sentences(result: Mapping[str, Any], unit: str, direction: str = "") -> list[str]:
    """The sentences on the result of a city, the verdict first. `direction` is the desired one."""
    # A series may change at its start or later: its first sentence is about the start alone.
    own = {"no-effect": "no-jump"} if result["design"] == PilotDesign.ITS else {}
    texts = [
        sentence(own.get(entry["code"], entry["code"]), entry["values"], unit)
        for entry in result.get("sentences", ())
    ]
    return [*texts[:1], *_aimed_at(result, direction), *texts[1:], *_useful(result)]


def _aimed_at(result: Mapping[str, Any], direction: str) -> list[str]:
    """Whether an effect goes in the desired direction, unless a sentence on its size says so."""
    told_by_size = result.get("useful") in {"useful", "harm"}
    if not (result["shows_effect"] and direction) or told_by_size:
        return []
    return [str(AIMED_AT[(result["estimate"] < 0) == (direction == EffectDirection.LOWER)])]


def _useful(result: Mapping[str, Any]) -> list[str]:
    return [str(USEFUL[result["useful"]])] if result.get("useful") else []


def pooled_sentences(result: Mapping[str, Any], unit: str, direction: str = "") -> list[str]:
    """The sentences on the pooled result of several cities. `direction` is the desired one."""
    rate = is_rate(result)

    def with_unit(value: float | None, *, signed: bool = True) -> str:
        if value is None:
            return effect(None)
        shown = effect(value, signed=signed)
        return f"{shown}\u00a0{unit}" if unit else shown

    def changed(value: float | None) -> float | None:
        return percent_change(value) if rate and value is not None else value

    if rate:
        unit = "%"
    details, estimate = result["details"], changed(result["estimate"])
    if estimate is None:
        return []
    params = {
        "k": result["n"],
        "size": with_unit(abs(estimate), signed=False),
        "signed": with_unit(estimate),
        "level": f"{100 * result['level']:g}\u00a0%",
    }
    if result["n"] < 3:
        texts = [str(POOLED["two"]) % params]
    elif result["shows_effect"]:
        alone = details.get("of") == PilotDesign.BEFORE_AFTER
        kind = "rate" if rate else "changed" if alone else "effect"
        texts = [str(POOLED[f"{kind}-{'higher' if estimate > 0 else 'lower'}"]) % params]
        texts += _aimed_at(result, direction)
    elif details.get("contradicts"):
        texts = []
    else:
        texts = [str(POOLED["no-effect"]) % params, str(SENTENCES["not-nothing"])]
    if details.get("contradicts"):
        # If cities contradict each other, the mean describes none of them.
        texts.insert(0, str(CONTRADICT))
    if details.get("of") == PilotDesign.BEFORE_AFTER:
        texts.append(str(SENTENCES["no-comparison"]))
    if result["ci"] and result["n"] >= 3:
        low, high = (with_unit(changed(end)) for end in result["ci"])
        texts.append(str(POOLED["range"]) % (params | {"low": low, "high": high}))
    low_next, high_next = details["prediction_interval"]
    if low_next is not None and high_next is not None:
        ends = {"low": with_unit(changed(low_next)), "high": with_unit(changed(high_next))}
        texts.append(str(POOLED["next"]) % ends)
    if "unweighted" in result["warnings"]:
        texts.append(str(POOLED["unweighted"]))
    return [*texts, *_useful(result)]


def headline(result: Mapping[str, Any], unit: str) -> str:
    """The first sentence, for lists, with the caveat that must never be omitted."""
    compose = pooled_sentences if result.get("design") == "pooled" else sentences
    texts = compose(result, unit)
    label = str(SENTENCES["no-comparison"])
    return " ".join([*texts[:1], *([label] if label in texts[1:] else [])])


METHODS: Mapping[str, Promise] = {
    "welch": _("difference in means (Welch)"),
    "difference-hc2": _("difference in means, robust errors (HC2)"),
    "difference-cr1": _("difference in means, errors by cluster (CR1)"),
    "lin-ancova-hc2": _("regression with covariates (Lin), robust errors (HC2)"),
    "lin-ancova-cr1": _("regression with covariates (Lin), errors by cluster (CR1)"),
    "cluster-robust": _("errors by unit or cluster (CR1)"),
    "wild-cluster-bootstrap": _("wild bootstrap over units or clusters"),
    "permutation": _("permutation"),
    "reml": _("random effects (REML)"),
    "unweighted": _("plain mean"),
    "hartung-knapp": _("Hartung–Knapp"),
}


def method_name(code: str) -> str:
    """The name of an estimation method, or its code if it has none."""
    return str(METHODS.get(code, code))


def design_name(code: str) -> str:
    if code == "pooled":
        return gettext("pooled across cities")
    return str(PilotDesign(code).label) if code in PilotDesign.values else code
