"""What the numbers of a pilot say, in plain words by rule, in the language of the page.

The analysis gives each sentence as a code with values (`alliance.analysis.pilots.words`); here
stands what it is in words. "No effect shown" is said where the interval spans zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from alliance.analysis.pilots.words import SAID, number_text, signed_text
from alliance.testbeds.enums import PilotDesign

_ = gettext_lazy

SENTENCES: Mapping[str, Promise] = {
    "effect-higher": _(
        "An effect is shown: the outcome was %(size)s higher than it would have been without the "
        "pilot."
    ),
    "effect-lower": _(
        "An effect is shown: the outcome was %(size)s lower than it would have been without the "
        "pilot."
    ),
    "changed-higher": _("The outcome was %(size)s higher after the start than before."),
    "changed-lower": _("The outcome was %(size)s lower after the start than before."),
    "rate-higher": _("An effect is shown: the rate jumped up by %(percent)s at the start."),
    "rate-lower": _("An effect is shown: the rate dropped by %(percent)s at the start."),
    "jump-higher": _("An effect is shown: the outcome jumped up by %(size)s at the start."),
    "jump-lower": _("An effect is shown: the outcome dropped by %(size)s at the start."),
    "no-effect": _(
        "No effect shown: the best estimate is %(signed)s, which chance alone can explain."
    ),
    "no-effect-rate": _(
        "No effect shown: the best estimate is a change of the rate by %(signed_percent)s, which "
        "chance alone can explain."
    ),
    "not-nothing": _("This does not prove that the pilot did nothing."),
    "range": _("Values from %(low)s to %(high)s fit the data (%(level)s interval)."),
    "range-rate": _(
        "Changes of the rate from %(low_percent)s to %(high_percent)s fit the data (%(level)s "
        "interval)."
    ),
    "no-range": _("These data give no range of values that fit."),
    "no-test": _("These data cannot say how far chance alone could explain the difference."),
    "chance": _("If nothing had an effect, a result like this would come up %(times)s."),
    "slope": _("After the start the outcome changed by %(signed)s a step more than before."),
    "cannot-reach": _(
        "With %(detail)s units or sets of units to compare with, this design cannot show an effect "
        "at this level, whatever happened."
    ),
    "poor-fit": _(
        "No effect can be read off: no mixture of the other places followed this one before the "
        "start."
    ),
    "no-comparison": _(
        "There is no comparison: this cannot separate the pilot from what else changed."
    ),
    "trends-differ-before": _(
        "Caution: those with and without the pilot already moved apart before the start."
    ),
    "differential-attrition": _(
        "Caution: more outcomes are missing on one side than on the other."
    ),
    "selected-on-extreme": _(
        "Caution: the place stood at an extreme of its own when the pilot started, and extremes "
        "tend to fade by themselves."
    ),
    "autocorrelation": _("Caution: the errors hang together over time more than chance explains."),
    "few-units": _("Caution: there are few units on one side, so the range itself is unsure."),
    "left-out": _("%(detail)s units were left out because outcomes are missing."),
}
#: Of several cities together.
POOLED: Mapping[str, Promise] = {
    "effect-higher": _(
        "Over %(k)s cities an effect is shown: the outcome was %(size)s higher on average."
    ),
    "effect-lower": _(
        "Over %(k)s cities an effect is shown: the outcome was %(size)s lower on average."
    ),
    "no-effect": _("Over %(k)s cities no effect is shown: on average %(signed)s."),
    "two": _(
        "Two cities are no basis for a decision: look at each. Together they give %(signed)s."
    ),
    "range": _("Means from %(low)s to %(high)s fit the data (%(level)s interval)."),
    "next": _("In one more city like these we expect between %(low)s and %(high)s."),
    "unweighted": _(
        "This design gives no standard error: the cities count alike, whatever their size."
    ),
}
USEFUL: Mapping[str, Promise] = {
    "useful": _("All values that fit are at least as good as the smallest useful effect."),
    "too-small": _(
        "No value that fits is as large as the smallest useful effect: what there is would be too "
        "small to matter."
    ),
    "harm": _(
        "All values that fit lie on the wrong side, and are large enough to matter: this is harm."
    ),
    "open": _(
        "Values that fit lie on both sides of the smallest useful effect: whether it is worth "
        "while stays open."
    ),
}
_NUMBER = re.compile(r"[+−-]?\d+(\.\d+)?")
_WITH_UNIT = frozenset({"size", "signed", "low", "high"})


def local(text: str) -> str:
    """A figure that the analysis wrote, such as "−1.74", with the sign of decimals of the page."""
    if text == "not known":
        return gettext("not known")
    text = text.replace("-", "−")
    if (get_language() or "en")[:2] == "en":
        return text
    return _NUMBER.sub(lambda found: found[0].replace(".", ","), text)


def figure(value: float | None, *, signed: bool = False) -> str:
    """Three digits that count, in the language of the page; "not known" for None."""
    if value is None:
        return gettext("not known")
    return local(signed_text(value) if signed else number_text(value))


def rounded(value: float) -> float:
    """A figure with three digits that count, as charts write it."""
    return float(f"{value:.3g}")


def _times(text: str) -> str:
    if text.startswith("less than once"):
        return gettext("less than once in 1,000 times")
    found = _NUMBER.search(text)
    if found is None:
        return gettext("not known how often")
    return gettext("about %(n)s times in 100") % {"n": local(found[0])}


def sentence(code: str, values: Mapping[str, str], unit: str = "") -> str:
    """One sentence of an analysis in the language of the page."""
    told = {}
    for name, text in values.items():
        told[name] = _times(text) if name == "times" else local(text)
        if name in _WITH_UNIT and unit and any(letter.isdigit() for letter in text):
            told[name] += f"\u00a0{unit}"
    return str(SENTENCES[code]) % told


def sentences(result: Mapping[str, Any], unit: str) -> list[str]:
    """What the result of one city says, the verdict first."""
    said = [sentence(one["code"], one["values"], unit) for one in result.get("sentences", ())]
    if result.get("useful"):
        said.append(str(USEFUL[result["useful"]]))
    return said


def pooled_sentences(result: Mapping[str, Any], unit: str) -> list[str]:
    """What the results of several cities say together."""

    def with_unit(value: float | None, *, signed: bool = True) -> str:
        shown = figure(value, signed=signed)
        return f"{shown}\u00a0{unit}" if unit and value is not None else shown

    details, estimate = result["details"], result["estimate"]
    told = {
        "k": result["n"],
        "size": with_unit(abs(estimate), signed=False),
        "signed": with_unit(estimate),
        "level": f"{100 * result['level']:g}\u00a0%",
    }
    if result["n"] < 3:
        said = [str(POOLED["two"]) % told]
    elif result["shows_effect"]:
        said = [str(POOLED["effect-higher" if estimate > 0 else "effect-lower"]) % told]
    else:
        said = [str(POOLED["no-effect"]) % told]
    if result["ci"] and result["n"] >= 3:
        low, high = (with_unit(end) for end in result["ci"])
        said.append(str(POOLED["range"]) % (told | {"low": low, "high": high}))
    low_next, high_next = details["prediction_interval"]
    if low_next is not None and high_next is not None:
        ends = {"low": with_unit(low_next), "high": with_unit(high_next)}
        said.append(str(POOLED["next"]) % ends)
    if "unweighted" in result["warnings"]:
        said.append(str(POOLED["unweighted"]))
    if result.get("useful"):
        said.append(str(USEFUL[result["useful"]]))
    return said


def headline(result: Mapping[str, Any], unit: str) -> str:
    """The first sentence, for lists."""
    if result.get("design") == "pooled":
        return pooled_sentences(result, unit)[0]
    return sentences(result, unit)[0] if result.get("sentences") else ""


WARNINGS: Mapping[str, Promise] = {
    "no-pretest": _("Too few times before the start to see whether the sides moved alike."),
    "twfe-negative-weights": _(
        "A regression with two-way fixed effects would weigh some effects negatively here; it is "
        "shown for comparison only."
    ),
    "cells-without-data": _("%(detail)s combinations of group and time have no data."),
    "influential": _("Single points move the result much: %(detail)s."),
    "overdispersed": _("The counts vary more than chance; the interval is widened for it."),
    "short-before": _("Only %(detail)s times before the start: a fit is easily by chance."),
    "perfect-fit": _("The fit before the start is perfect: gaps are compared, not ratios."),
    "constant-predictor": _("A predictor without differences was left out: %(detail)s."),
    "no-constant-effect": _("No constant effect fits the placebo test: there is no interval."),
    "unbounded-interval": _(
        "Places without the pilot that others mix up without error leave the interval without end."
    ),
    "zero-variance": _("No differences within the sides: there is no standard error."),
    "small-group": _("A group that started together has fewer than five units: %(detail)s."),
    "single-unit-group": _("A single unit started alone, without an interval: %(detail)s."),
    "always-treated": _("%(detail)s units had the pilot from the first time on; left out."),
    "short-after": _("Only %(detail)s times after the start: the effect is easily by chance."),
    "hartung-knapp-truncated": _("The cities agree more than chance would; the interval is kept."),
    "two-studies": _("There are two cities only."),
    "few-studies-for-prediction": _("Few cities: what to expect in the next one is unsure."),
    "tau2-interval-empty": _("The cities lie closer together than chance allows."),
    "unweighted": _("The cities count alike, for lack of standard errors."),
}


def warning_texts(warnings: Sequence[str], said: Sequence[str]) -> list[str]:
    """Warnings that no sentence tells, in words; one that has no words yet by its code."""
    told = []
    for warning in warnings:
        code, _colon, detail = warning.partition(":")
        if code in SAID or code in SENTENCES:
            continue
        text = WARNINGS.get(code)
        told.append(str(text) % {"detail": detail} if text else warning)
    return [text for text in dict.fromkeys(told) if text not in said]


def data_warning(warning: Mapping[str, Any]) -> str:
    """What is said of data that came in."""
    code, n = warning["code"], warning["n"]
    told = {"n": n, **{key: value for key, value in warning.items() if key != "code"}}
    if code == "late-protocol":
        if warning["of_pilot"]:
            return (
                ngettext(
                    "LATE_PROTOCOL: %(of_pilot)s outcome of the time with the pilot is dated "
                    "before the plan was frozen, so the plan may have been made to fit it.",
                    "LATE_PROTOCOL: %(of_pilot)s outcomes of the time with the pilot are dated "
                    "before the plan was frozen, so the plan may have been made to fit them.",
                    warning["of_pilot"],
                )
                % told
            )
        return (
            ngettext(
                "LATE_PROTOCOL: %(n)s row is dated before the plan was frozen, before the start of "
                "the pilot: a baseline, which could be known when the plan was made.",
                "LATE_PROTOCOL: %(n)s rows are dated before the plan was frozen, all before the "
                "start of the pilot: a baseline, which could be known when the plan was made.",
                n,
            )
            % told
        )
    if code == "future-times":
        text = ngettext(
            "%(n)s row is of a time that has not come: made up or forecast, not measured.",
            "%(n)s rows are of a time that has not come: made up or forecast, not measured.",
            n,
        )
    elif code == "missing-outcome":
        text = ngettext("%(n)s outcome is missing.", "%(n)s outcomes are missing.", n)
    elif code == "unbalanced":
        text = ngettext(
            "%(n)s unit lacks a row for some of the times.",
            "%(n)s units lack a row for some of the times.",
            n,
        )
    elif code == "fewer-than-planned":
        text = ngettext(
            "One side has %(n)s unit less than planned.",
            "One side has %(n)s units less than planned.",
            n,
        )
    elif code == "one-cluster":
        text = gettext("ONE_CLUSTER: one side has a single cluster, so no range can be given.")
    else:
        text = gettext("Columns that the protocol does not name are not used: %(names)s.")
    return text % told


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
    "hartung-knapp": _("Hartung and Knapp"),
}


def method_name(code: str) -> str:
    """The name of a method of estimation; the code where it has none."""
    return str(METHODS.get(code, code))


FAULTS: Mapping[str, Promise] = {
    "too-few-donors": _("There are too few places to make a comparison of: at least five."),
    "too-short": _("There are too few points in time on one side of the start."),
    "irregular-time": _("The times do not follow each other at even distances."),
    "no-control": _("Nobody is without the pilot: there is nothing to compare with."),
    "no-treated": _("Nobody with an outcome has the pilot."),
    "one-cluster": _("One side has a single cluster."),
    "too-few": _("One side has fewer than two units."),
    "unpaired": _("No unit was measured both before and after."),
    "missing-outcome": _("Outcomes are missing where the method needs them."),
    "missing-covariate": _("A covariate is missing for some of the units."),
    "bad-start": _("There must be times before and after the start."),
    "bad-data": _("The data no longer fit the protocol."),
    "no-data": _("No unit has an outcome at every time."),
    "singular": _("The data cannot tell the terms of the model apart."),
    "mixed-cluster": _("A cluster holds units with and without the pilot."),
    "too-many-groups": _("There are too many groups to look at each."),
}


def fault_text(fault: Mapping[str, Any]) -> str:
    """Why a method gave no answer; one without words here by what it said itself."""
    text = FAULTS.get(fault["code"])
    place = f" ({fault['where']})" if fault.get("where") else ""
    return str(text) if text else f"{fault['code']}: {fault['message']}{place}"


def design_name(code: str) -> str:
    """The name of a design of pilots."""
    if code == "pooled":
        return gettext("pooled over cities")
    return str(PilotDesign(code).label) if code in PilotDesign.values else code
