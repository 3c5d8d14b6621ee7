"""The sentences of an evaluation, derived from its numbers by fixed rules.

Each sentence is a code with values, so that pages can translate it; `ENGLISH` holds the English of
each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alliance.analysis.pilots.result import Evaluation

ENGLISH: Mapping[str, str] = {
    "effect-higher": (
        "An effect is shown: the outcome was {size} higher than it would have been without the"
        " pilot."
    ),
    "effect-lower": (
        "An effect is shown: the outcome was {size} lower than it would have been without the"
        " pilot."
    ),
    "changed-higher": "The outcome was {size} higher after the start than before.",
    "changed-lower": "The outcome was {size} lower after the start than before.",
    "rate-higher": "An effect is shown: the rate jumped up by {percent} at the start.",
    "rate-lower": "An effect is shown: the rate dropped by {percent} at the start.",
    "jump-higher": "An effect is shown: the outcome jumped up by {size} at the start.",
    "jump-lower": "An effect is shown: the outcome dropped by {size} at the start.",
    "no-effect": (
        "No effect shown: the best estimate is {signed}, which chance alone can explain."
    ),
    "no-effect-rate": (
        "No effect shown: the best estimate is a change of the rate by {signed_percent}, which"
        " chance alone can explain."
    ),
    "not-nothing": "This does not prove that the pilot had no effect.",
    "range": "Values from {low} to {high} fit the data ({level} interval).",
    "range-rate": (
        "Changes of the rate from {low_percent} to {high_percent} fit the data ({level} interval)."
    ),
    "no-range": "These data give no range of values that fit.",
    "no-test": "These data cannot say how far chance alone could explain the difference.",
    "chance": "If nothing had an effect, a result like this would come up {times}.",
    "slope": (
        "From the start on, each step in time changed the outcome by {signed}, beyond the trend"
        " before."
    ),
    "cannot-be-told": "These data cannot show whether the pilot had an effect.",
    "cannot-reach": (
        "With {detail} units or sets of units to compare with, this design cannot show an effect"
        " at this level, whatever happened."
    ),
    "poor-fit": (
        "No effect can be read off: no mixture of the other places followed this one before the"
        " start."
    ),
    "no-comparison": (
        "Without a comparison group, the effect of the pilot cannot be separated from other"
        " changes."
    ),
    "trends-differ-before": (
        "Caution: those with and without the pilot already moved apart before the start."
    ),
    "differential-attrition": ("Caution: more outcomes are missing on one side than on the other."),
    "selected-on-extreme": (
        "Caution: the place stood at an extreme of its own when the pilot started, and extremes"
        " tend to fade by themselves."
    ),
    "autocorrelation": "Caution: the errors are correlated over time, more than chance explains.",
    "few-units": "Caution: there are few units on one side, so the range itself is unsure.",
    "left-out": "{detail} units were left out because outcomes are missing.",
}
#: The English of those that count, where there is one.
ENGLISH_SINGULAR: Mapping[str, str] = {
    "left-out": "1 unit was left out because outcomes are missing.",
}

#: The sentences for warnings that have one.
WARNING_SENTENCES = {
    "no-comparison": "no-comparison",
    "cannot-reach-level": "cannot-reach",
    "trends-differ-before": "trends-differ-before",
    "differential-attrition": "differential-attrition",
    "selected-on-extreme": "selected-on-extreme",
    "autocorrelation": "autocorrelation",
    "few-clusters-on-a-side": "few-units",
    "one-cluster": "few-units",
    "unbalanced": "left-out",
    "donors-dropped": "left-out",
    "unpaired": "left-out",
}


@dataclass(frozen=True)
class Sentence:
    """A sentence: its code and its values as text."""

    code: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        if self.code in ENGLISH_SINGULAR and self.values["detail"] == "1":
            return ENGLISH_SINGULAR[self.code]
        return ENGLISH[self.code].format(**self.values)


def sentences(evaluation: Evaluation) -> tuple[Sentence, ...]:
    """The verdict, then its certainty, then its reservations."""
    rate = evaluation.details.get("scale") == "log-rate"
    values = _values(evaluation, rate)
    result = [Sentence(code, values) for code in _verdict(evaluation, rate)]
    if evaluation.design == "its" and not rate and _slope_changed(evaluation):
        result.append(Sentence("slope", {"signed": signed_text(evaluation.details["slope"])}))
    for warning in evaluation.warnings:
        code, _, detail = warning.partition(":")
        # Without an interval, nothing is said about certainty.
        if WARNING_SENTENCES.get(code) == "few-units" and not all(np.isfinite(evaluation.ci)):
            continue
        if code in WARNING_SENTENCES:
            result.append(Sentence(WARNING_SENTENCES[code], {"detail": detail}))
    unique = {str(sentence): sentence for sentence in result}
    return tuple(unique.values())


def plain_words(evaluation: Evaluation) -> str:
    """The sentences in English, joined."""
    return " ".join(str(sentence) for sentence in sentences(evaluation))


def _slope_changed(evaluation: Evaluation) -> bool:
    """Whether zero is outside of the interval of the change of the slope."""
    by_name = {entry["name"]: entry["ci"] for entry in evaluation.details["coefficients"]}
    low, high = by_name["slope"]
    return bool(low > 0 or high < 0)


def _verdict(evaluation: Evaluation, rate: bool) -> list[str]:
    if evaluation.has("poor-fit"):
        return ["poor-fit"]
    if evaluation.has("cannot-reach-level"):
        return ["cannot-be-told"]
    bounded = all(np.isfinite(evaluation.ci))
    tested = bool(np.isfinite(evaluation.p))
    codes = []
    if not evaluation.shows_effect:
        codes += ["no-effect-rate" if rate else "no-effect", "not-nothing"]
        if not bounded and not tested:
            codes = ["no-test"]
    else:
        way = "higher" if evaluation.estimate > 0 else "lower"
        kind = {"before-after": "changed", "its": "rate" if rate else "jump"}
        codes.append(f"{kind.get(evaluation.design, 'effect')}-{way}")
    if bounded:
        codes.append("range-rate" if rate else "range")
    else:
        codes.append("no-range")
    if tested and not bounded:
        codes.append("chance")
    return codes


def _values(evaluation: Evaluation, rate: bool) -> dict[str, str]:
    low, high = evaluation.ci
    values = {
        "size": number_text(abs(evaluation.estimate)),
        "signed": signed_text(evaluation.estimate),
        "low": signed_text(low),
        "high": signed_text(high),
        "level": f"{100 * evaluation.level:g} %",
        "times": _times(evaluation.p),
    }
    if rate:
        values |= {
            "percent": f"{number_text(abs(_change(evaluation.estimate)))} %",
            "signed_percent": f"{signed_text(_change(evaluation.estimate))} %",
            "low_percent": f"{signed_text(_change(low))} %",
            "high_percent": f"{signed_text(_change(high))} %",
        }
    return values


def _change(log_ratio: float) -> float:
    return float(100 * np.expm1(log_ratio))


def number_text(value: float) -> str:
    """Three significant digits, without powers of ten for usual sizes."""
    if not np.isfinite(value):
        return "not known"
    if value == 0:
        return "0"
    decimals = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    text = f"{round(value, decimals):.{min(decimals, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed_text(value: float) -> str:
    """The same with its sign, and a true minus for negative numbers."""
    text = number_text(abs(value))
    if text in {"0", "not known"}:
        return text
    return f"−{text}" if value < 0 else f"+{text}"


def _times(p: float) -> str:
    if not np.isfinite(p):
        return "not known how often"
    if p < 0.001:
        return "less than once in 1,000 times"
    times = number_text(100 * p)
    return "about once in 100 times" if times == "1" else f"about {times} times in 100"
