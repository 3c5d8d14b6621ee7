"""Texts shown beside a result: warnings of methods and data, and faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, ngettext_lazy

from alliance.analysis.pilots.verdicts import WARNING_SENTENCES
from alliance.testbeds.messages.verdicts import SENTENCES

_ = gettext_lazy

#: Warnings with a count, in singular and plural.
COUNTED: Mapping[str, Any] = {
    "cells-without-data": ngettext_lazy(
        "No data for %(detail)s combination of group and time.",
        "No data for %(detail)s combinations of group and time.",
        "detail",
    ),
    "short-before": ngettext_lazy(
        "Only %(detail)s time point before the start: a good fit may be due to chance.",
        "Only %(detail)s time points before the start: a good fit may be due to chance.",
        "detail",
    ),
    "short-after": ngettext_lazy(
        "Only %(detail)s time point after the start: the effect may be due to chance.",
        "Only %(detail)s time points after the start: the effect may be due to chance.",
        "detail",
    ),
    "always-treated": ngettext_lazy(
        "%(detail)s unit was in the pilot from the first time point and was excluded.",
        "%(detail)s units were in the pilot from the first time point and were excluded.",
        "detail",
    ),
}
WARNINGS: Mapping[str, Promise] = {
    "no-pretest": _(
        "Too few time points before the start, or too few units in a group, to check "
        "whether the groups followed the same trend."
    ),
    "twfe-negative-weights": _(
        "A regression with two-way fixed effects would give some effects negative weights "
        "here, so it is shown only for comparison."
    ),
    "influential": _("A few data points have a large influence on the result: %(detail)s."),
    "overdispersed": _(
        "The counts vary more than chance explains, so the interval has been widened."
    ),
    "perfect-fit": _(
        "The fit before the start is perfect, so differences are compared instead of ratios."
    ),
    "constant-predictor": _("A predictor with no variation was excluded: %(detail)s."),
    "no-constant-effect": _(
        "No constant effect is consistent with the placebo test, so no interval can be given."
    ),
    "unbounded-interval": _(
        "Some comparison places can be reproduced exactly from the others, so the "
        "interval has no limits."
    ),
    "zero-variance": _("No variation within the groups, so no standard error can be given."),
    "small-group": _(
        "A group of units that started at the same time has fewer than five units: %(detail)s."
    ),
    "single-unit-group": _("One unit started alone and has no interval: %(detail)s."),
    "hartung-knapp-truncated": _(
        "The cities’ results are more alike than chance would give. The interval is unchanged."
    ),
    "two-studies": _("Only two cities."),
    "few-studies-for-prediction": _(
        "Few cities, so the result to expect in the next one is uncertain."
    ),
    "tau2-interval-empty": _("The cities’ results are closer together than chance would give."),
    "unweighted": _("All cities have equal weight because standard errors are missing."),
}


def warning_texts(warnings: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """Texts of the warnings that no sentence covers; the code if a warning has no text."""
    texts = []
    for warning in warnings:
        code, _colon, detail = warning.partition(":")
        if code in WARNING_SENTENCES or code in SENTENCES:
            continue
        text = WARNINGS.get(code)
        if code in COUNTED:
            texts.append(COUNTED[code] % {"detail": int(detail)})
        else:
            texts.append(str(text) % {"detail": detail} if text else warning)
    return [text for text in dict.fromkeys(texts) if text not in sentences]


def data_warning(warning: Mapping[str, Any]) -> str:
    """The text of a warning about received data."""
    code, n = warning["code"], warning["n"]
    params = {"n": n, **{key: value for key, value in warning.items() if key != "code"}}
    if code == "late-protocol":
        if warning["of_pilot"]:
            return (
                ngettext(
                    "%(of_pilot)s value from the pilot period is dated before the plan "
                    "was registered, so the plan may have been adapted to it.",
                    "%(of_pilot)s values from the pilot period are dated before the plan "
                    "was registered, so the plan may have been adapted to them.",
                    warning["of_pilot"],
                )
                % params
            )
        return (
            ngettext(
                "%(n)s row is dated before the plan was registered and before the pilot "
                "started: a baseline that may have been known when the plan was written.",
                "%(n)s rows are dated before the plan was registered, all before the "
                "pilot started: a baseline that may have been known when the plan was "
                "written.",
                n,
            )
            % params
        )
    if code == "future-times":
        text = ngettext(
            "%(n)s row is dated in the future: it is invented or forecast, not measured.",
            "%(n)s rows are dated in the future: they are invented or forecast, not measured.",
            n,
        )
    elif code == "missing-outcome":
        text = ngettext("%(n)s value is missing.", "%(n)s values are missing.", n)
    elif code == "unbalanced":
        text = ngettext(
            "%(n)s unit has no row for some of the dates.",
            "%(n)s units have no row for some of the dates.",
            n,
        )
    elif code == "fewer-than-planned":
        text = ngettext(
            "One group has %(n)s unit fewer than planned.",
            "One group has %(n)s units fewer than planned.",
            n,
        )
    elif code == "before-joined":
        text = ngettext(
            "%(n)s row from last year’s data was added because the file had no data from "
            "before the start.",
            "%(n)s rows from last year’s data were added because the file had no data "
            "from before the start.",
            n,
        )
    elif code == "one-cluster":
        text = gettext("ONE_CLUSTER: one group has a single cluster, so no interval can be given.")
    else:
        text = gettext("Columns not named in the plan were ignored: %(names)s.")
    return text % params


FAULTS: Mapping[str, Promise] = {
    "too-few-donors": _("Too few places to build a comparison: at least five are needed."),
    "too-short": _("Too few time points before or after the start."),
    "irregular-time": _("The time points are not evenly spaced."),
    "no-control": _("No unit is without the pilot, so there is nothing to compare with."),
    "no-treated": _("No unit in the pilot has any measured values."),
    "one-cluster": _("One group has a single cluster."),
    "too-few": _("One group has fewer than two units."),
    "unpaired": _("No unit was measured both before and after the start."),
    "missing-outcome": _("Values required by the method are missing."),
    "missing-covariate": _("A covariate is missing for some units."),
    "bad-start": _("Data from before and after the start are needed."),
    "bad-data": _("The data no longer match the plan."),
    "no-data": _("No unit has a value for every date."),
    "singular": _("The model’s terms cannot be separated with these data."),
    "mixed-cluster": _("A cluster contains units both with and without the pilot."),
    "no-spread": _(
        "The values do not vary at random: all units are identical or change by the same amount."
    ),
    "few-units-in-blocks": _("Fewer than two units per block."),
    "too-many-groups": _("Too many groups to analyse each one."),
}


def fault_text(fault: Mapping[str, Any]) -> str:
    """Why a method gave no result; its own message if there is no text here."""
    text = FAULTS.get(fault["code"])
    place = f" ({fault['where']})" if fault.get("where") else ""
    return str(text) if text else f"{fault['code']}: {fault['message']}{place}"
