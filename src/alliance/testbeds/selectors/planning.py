"""The pages of planning: proposals with their reasons, and the power of the sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.analysis import pilots
from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.verdicts import WARNING_SENTENCES
from alliance.knowledge.enums import EffectDirection
from alliance.testbeds.enums import PilotDesign, WhoGets
from alliance.testbeds.messages import verdicts
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import SIMULATED, Plan


@dataclass(frozen=True)
class Power:
    """The power of a sample in sentences; `fault` explains why it cannot be computed."""

    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def power_of(plan: Plan, before: Mapping[str, Any] | None = None) -> Power:
    """Units needed, power and smallest effect by formula, for the design of the plan.

    `before` has statistics of the figures from before, such as their mean (`Pilot.before`).
    """
    if plan.design in SIMULATED or plan.design not in PilotDesign.values:
        return Power()
    sample = plan.sample
    if sample.sd is None:
        return Power(
            fault=_("Enter the standard deviation to see what effect this sample can detect.")
        )
    if plan.smallest_useful is None and sample.n is None:
        return Power(fault=_("Enter the smallest useful effect or the number of units."))
    common: dict[str, Any] = {
        "sd": sample.sd,
        "power": sample.power or 0.8,
        "alpha": plan.alpha or 0.05,
        "correlation": sample.correlation,
        "before": sample.before or 1,
        "after": sample.after or 1,
        "cluster_size": sample.cluster_size if plan.clusters else None,
        "icc": sample.icc or 0.0,
    }
    try:
        needed = (
            pilots.plan(plan.design, delta=plan.smallest_useful, **common)
            if plan.smallest_useful is not None
            else None
        )
        had = (
            pilots.plan(plan.design, delta=plan.smallest_useful, n=sample.n, **common)
            if sample.n is not None
            else None
        )
    except MethodError as error:
        return Power(fault=_power_fault(error))
    most = _most(plan, before or {})
    if had is not None and had.smallest_effect > most:
        # Nothing falls below zero, so a larger effect could not happen.
        text = _("With %(n)s in each group, even a fall to zero would be missed too "
            "often. Add units or measure for longer.") % {"n": had.n}  # fmt: skip
        return Power((text,))
    said_all = _power_sentences(plan, needed, had, common["power"])
    if had is not None and before and (mean := before.get("mean")) and before["least"] >= 0:
        share = figure_of_share(had.smallest_effect / mean)
        params = {"share": share, "mean": _estimate(mean, plan)}
        said_all.insert(
            1, _("This is %(share)s of the average before the start (%(mean)s).") % params
        )
    return Power(tuple(said_all), tuple(_rows(plan, needed, had)))


def _most(plan: Plan, before: Mapping[str, Any]) -> float:
    """The largest possible effect: an outcome that is never negative can fall to zero."""
    mean, least = before.get("mean"), before.get("least")
    if mean is None or least is None or least < 0 or plan.direction != EffectDirection.LOWER:
        return math.inf
    return float(mean)


def figure_of_share(share: float) -> str:
    """A share in per cent, with two significant digits."""
    return f"{verdicts.effect(100 * share)}\u00a0%"


def _power_fault(error: MethodError) -> str:
    if error.code == "missing-option" and "correlation" in error.where:
        return _("This design compares periods: enter the correlation over time within a unit.")
    return _("These values cannot be combined: %(why)s") % {"why": str(error)}


def _effect(value: float, plan: Plan) -> str:
    return f"{verdicts.figure(value)}\u00a0{plan.outcome_unit}".strip()


def _estimate(value: float, plan: Plan) -> str:
    """An estimate with its significant digits; values that people entered stay as written."""
    return f"{verdicts.effect(value)}\u00a0{plan.outcome_unit}".strip()


def _power_sentences(
    plan: Plan, needed: pilots.Plan | None, had: pilots.Plan | None, power: float
) -> list[str]:
    share = f"{100 * power:g}\u00a0%"
    sentences = []
    if had is not None:
        if math.isnan(had.smallest_effect):
            sentences.append(
                _("With this number of units, no effect would be detected often enough.")
            )
        else:
            sentences.append(
                _("With %(n)s in each group, an effect of %(effect)s or more would be "
                    "detected in %(share)s of pilots. Smaller effects may be missed.")
                % {"n": had.n, "effect": _estimate(had.smallest_effect, plan), "share": share}
            )  # fmt: skip
        least = plan.smallest_useful
        if least is not None and not had.smallest_effect <= least:
            sentences.append(
                _("This is larger than the smallest useful effect: if no effect is found, "
                    "the pilot may still have been useful.")
            )  # fmt: skip
    if needed is not None and plan.smallest_useful is not None:
        sentences.append(
            _("To detect %(effect)s in %(share)s of pilots, %(n)s are needed in each group.")
            % {"n": needed.n, "effect": _effect(plan.smallest_useful, plan), "share": share}
        )
    if "approximated-by-did" in (had or needed or _NO_PLAN).warnings:
        sentences.append(
            _("Calculated as for difference-in-differences; a staggered start detects less.")
        )
    return sentences


_NO_PLAN = pilots.Plan("", 0, 0.0, 0.0, 0.0, 0.0, 0.0, None, ())


def _rows(plan: Plan, needed: pilots.Plan | None, had: pilots.Plan | None) -> list[tuple[str, str]]:
    rows = []
    if needed is not None:
        rows.append((_("Units needed in each group"), str(needed.n)))
    if had is not None:
        rows.append((_("Smallest detectable effect"), _estimate(had.smallest_effect, plan)))
        if not math.isnan(had.power):
            rows.append(
                (_("Power for the smallest useful effect"), f"{round(100 * had.power)}\u00a0%")
            )
    chosen = had or needed
    if chosen is not None:
        rows.append((_("Design effect of clusters"), verdicts.figure(chosen.design_effect)))
        rows.append(
            (
                _("Effect of the design on the standard deviation"),
                verdicts.figure(chosen.sd_factor),
            )
        )
        for warning in chosen.warnings:
            if warning.startswith("too-few-clusters"):
                text = _("fewer than 4 in each group: the design is not reliable")
                rows.append((_("Clusters"), text))
    return rows


def simulated_notes(simulation: dict[str, Any]) -> list[str]:
    """The warnings of a simulation as sentences; older simulations have none."""
    parts = [warning.partition(":") for warning in simulation.get("warnings", ())]
    return [
        verdicts.sentence(WARNING_SENTENCES[code], {"detail": detail})
        for code, _colon, detail in parts
    ]


def simulated_rows(simulation: dict[str, Any], plan: Plan) -> list[tuple[str, str]]:
    """(effect, power) of a finished simulation."""
    return [
        (_effect(float(size), plan), f"{round(100 * share)}\u00a0%")
        for size, share in zip(simulation["sizes"], simulation["power"], strict=True)
    ]


def proposals(pilot: Pilot, plan: Plan) -> list[tuple[str, list[str]]]:
    """The proposals from the figures of before, each with its reason; empty without figures."""
    before = pilot.before
    if "sha256" not in before:
        return []
    sections = [
        (
            _("Study design"),
            [f"{capfirst(verdicts.design_name(plan.design))}.", _why_design(plan, before)],
        )
    ]
    sample = plan.sample
    if sample.sd is not None:
        text = _("Within one period, the standard deviation between units is %(sd)s.")
        spread = [text % {"sd": _estimate(sample.sd, plan)}]
        if before["n_missing"]:
            left = ngettext(
                "%(n)s unit with missing values is not included.",
                "%(n)s units with missing values are not included.",
                before["n_missing"],
            )
            spread.append(left % {"n": before["n_missing"]})
        sections.append((_("Spread"), spread))
        sections.append((_("Correlation"), [_correlation(plan)]))
    if plan.clusters and sample.icc is not None and sample.cluster_size is not None:
        text = _(
            "Units in the same cluster are similar: correlation %(icc)s, with an average "
            "of %(size)s units per cluster."
        )
        size = verdicts.effect(sample.cluster_size)
        values = {"icc": verdicts.effect(sample.icc), "size": size}
        sections.append((_("Clusters"), [text % values]))
    if plan.design not in SIMULATED:
        power = power_of(plan, before)
        sections.append((_("Detectable effect"), [*power.sentences] or [power.fault]))
    if plan.draw is not None:
        drawn = {"treated": plan.draw.treated, "units": plan.draw.units}
        text = _(
            "The platform has drawn %(treated)s of %(units)s at random, within "
            "groups of similar units."
        )
        seed = _("Anyone can repeat the draw with your list and the seed %(seed)s.")
        sections.append((_("Random draw"), [text % drawn, seed % {"seed": plan.assignment_seed}]))
    return sections


def _correlation(plan: Plan) -> str:
    if plan.sample.correlation is None:
        return _("It cannot be calculated from a single period.")
    if not plan.sample.correlation:
        return _("The value in one period does not predict the next: correlation 0.")
    text = _(
        "The correlation between a unit’s values in two periods is %(r)s. The higher it "
        "is, the smaller the changes you can detect."
    )
    return text % {"r": verdicts.effect(plan.sample.correlation)}


def _why_design(plan: Plan, before: Mapping[str, Any]) -> str:
    n, who = before["n"], before["who"]
    others = n - len(before["treated"])
    values = {"n": n, "times": before["n_times"], "chosen": n - others, "others": others}
    if plan.design == PilotDesign.RANDOMISED and who == WhoGets.LOT:
        return _("You can choose the units at random: the most reliable design.")
    if plan.design == PilotDesign.RANDOMISED:
        return (
            _("The table has %(n)s units, enough for a random draw: the most reliable design.")
            % values
        )
    if plan.design == PilotDesign.BEFORE_AFTER and not who:
        text = _(
            "%(n)s units are too few for a random draw, which needs 8. All of them take "
            "part in the pilot, so any other change will count as its effect."
        )
    elif plan.design == PilotDesign.BEFORE_AFTER:
        text = _(
            "All units take part in the pilot, so there is nothing to compare with. Any "
            "other change will count as its effect."
        )
    elif plan.design == PilotDesign.ITS:
        text = _(
            "One unit, measured %(times)s times: values after the start are compared with "
            "the earlier trend."
        )
    elif plan.design == PilotDesign.DID:
        text = _(
            "The changes in the %(chosen)s chosen units are compared with the changes in "
            "the %(others)s others."
        )
    elif plan.design == PilotDesign.SYNTHETIC_CONTROL:
        text = _(
            "The chosen unit is compared with a weighted mix of the %(others)s others "
            "that followed the same trend before."
        )
    else:
        text = _("Units that have not started yet are compared with units that have.")
    return text % values
