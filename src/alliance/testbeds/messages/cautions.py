"""What stands beside the words of a result: warnings of methods and data, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, ngettext_lazy

from alliance.analysis.pilots.verdicts import SAID
from alliance.testbeds.messages.verdicts import SENTENCES

_ = gettext_lazy

#: Warnings that count something: one, and several.
COUNTED: Mapping[str, Any] = {
    "cells-without-data": ngettext_lazy(
        "%(detail)s combination of group and time has no data.",
        "%(detail)s combinations of group and time have no data.",
        "detail",
    ),
    "short-before": ngettext_lazy(
        "Only %(detail)s time before the start: a fit is easily by chance.",
        "Only %(detail)s times before the start: a fit is easily by chance.",
        "detail",
    ),
    "short-after": ngettext_lazy(
        "Only %(detail)s time after the start: the effect is easily by chance.",
        "Only %(detail)s times after the start: the effect is easily by chance.",
        "detail",
    ),
    "always-treated": ngettext_lazy(
        "%(detail)s unit had the pilot from the first time on and was left out.",
        "%(detail)s units had the pilot from the first time on and were left out.",
        "detail",
    ),
}
WARNINGS: Mapping[str, Promise] = {
    "no-pretest": _(
        "Too few times before the start, or too few units on a side, to see whether the sides "
        "moved alike."
    ),
    "twfe-negative-weights": _(
        "A regression with two-way fixed effects would weigh some effects negatively here; it is "
        "shown for comparison only."
    ),
    "influential": _("Single points move the result much: %(detail)s."),
    "overdispersed": _("The counts vary more than chance; the interval is widened for it."),
    "perfect-fit": _("The fit before the start is perfect: gaps are compared, not ratios."),
    "constant-predictor": _("A predictor without differences was left out: %(detail)s."),
    "no-constant-effect": _("No constant effect fits the placebo test: there is no interval."),
    "unbounded-interval": _(
        "Places without the pilot that others mix up without error leave the interval without end."
    ),
    "zero-variance": _("No differences within the sides: there is no standard error."),
    "small-group": _("A group that started together has fewer than five units: %(detail)s."),
    "single-unit-group": _("A single unit started alone, without an interval: %(detail)s."),
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
        if code in COUNTED:
            told.append(COUNTED[code] % {"detail": int(detail)})
        else:
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
                    "%(of_pilot)s outcome of the time with the pilot is dated "
                    "before the plan was frozen, so the plan may have been made to fit it.",
                    "%(of_pilot)s outcomes of the time with the pilot are dated "
                    "before the plan was frozen, so the plan may have been made to fit them.",
                    warning["of_pilot"],
                )
                % told
            )
        return (
            ngettext(
                "%(n)s row is dated before the plan was frozen, before the start of "
                "the pilot: a baseline, which could be known when the plan was made.",
                "%(n)s rows are dated before the plan was frozen, all before the "
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
    elif code == "before-joined":
        text = ngettext(
            "%(n)s row of last year’s data was added: the file had none from before the start.",
            "%(n)s rows of last year’s data were added: the file had none from before the start.",
            n,
        )
    elif code == "one-cluster":
        text = gettext("ONE_CLUSTER: one side has a single cluster, so no range can be given.")
    else:
        text = gettext("Columns that the protocol does not name are not used: %(names)s.")
    return text % told


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
    "singular": _("The data cannot separate the terms of the model."),
    "mixed-cluster": _("A cluster holds units with and without the pilot."),
    "no-spread": _("The figures do not vary by chance: all units are alike, or move alike."),
    "few-units-in-blocks": _("There are fewer than two units for each block."),
    "too-many-groups": _("There are too many groups to look at each."),
}


def fault_text(fault: Mapping[str, Any]) -> str:
    """Why a method gave no answer; one without words here by what it said itself."""
    text = FAULTS.get(fault["code"])
    place = f" ({fault['where']})" if fault.get("where") else ""
    return str(text) if text else f"{fault['code']}: {fault['message']}{place}"
