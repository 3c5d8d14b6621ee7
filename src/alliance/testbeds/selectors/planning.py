"""What the pages of planning show: what is proposed and why, and what the sample can find."""

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
from alliance.analysis.pilots.verdicts import SAID
from alliance.knowledge.enums import EffectDirection
from alliance.testbeds.enums import PilotDesign, WhoGets
from alliance.testbeds.messages import verdicts
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import SIMULATED, Plan


@dataclass(frozen=True)
class Power:
    """What a sample can find, in sentences; `fault` where it cannot be worked out, and why."""

    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def power_of(plan: Plan, before: Mapping[str, Any] | None = None) -> Power:
    """Units needed, power and smallest effect by formula, tied to the design of the plan.

    `before`: what is known of the figures of before, such as their mean, by `Pilot.before`.
    """
    if plan.design in SIMULATED or plan.design not in PilotDesign.values:
        return Power()
    sample = plan.sample
    if sample.sd is None:
        return Power(fault=_("Say the standard deviation to see what this sample can find."))
    if plan.smallest_useful is None and sample.n is None:
        return Power(fault=_("Say the smallest useful effect, or the number of units."))
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
        # Nothing falls below zero: a figure beyond it would be one that cannot happen.
        said = _("With %(n)s on each side even a fall to zero would be missed too often. Take more "
                 "units, or measure longer.") % {"n": had.n}  # fmt: skip
        return Power((said,))
    said_all = _said(plan, needed, had, common["power"])
    if had is not None and before and (mean := before.get("mean")) and before["least"] >= 0:
        share = figure_of_share(had.smallest_effect / mean)
        told = {"share": share, "mean": _estimate(mean, plan)}
        said_all.insert(1, _("That is %(share)s of the mean before (%(mean)s).") % told)
    return Power(tuple(said_all), tuple(_rows(plan, needed, had)))


def _most(plan: Plan, before: Mapping[str, Any]) -> float:
    """The largest effect that can happen: a figure that is never below zero can fall to it."""
    mean, least = before.get("mean"), before.get("least")
    if mean is None or least is None or least < 0 or plan.direction != EffectDirection.LOWER:
        return math.inf
    return float(mean)


def figure_of_share(share: float) -> str:
    """A share in per cent, in two significant figures."""
    return f"{verdicts.effect(100 * share)}\u00a0%"


def _power_fault(error: MethodError) -> str:
    if error.code == "missing-option" and "correlation" in error.where:
        return _("This design compares times: say how a unit goes together with itself over time.")
    return _("These figures do not go together: %(why)s") % {"why": str(error)}


def _effect(value: float, plan: Plan) -> str:
    return f"{verdicts.figure(value)}\u00a0{plan.outcome_unit}".strip()


def _estimate(value: float, plan: Plan) -> str:
    """What was estimated, in the digits that it carries; what people wrote stays as written."""
    return f"{verdicts.effect(value)}\u00a0{plan.outcome_unit}".strip()


def _said(
    plan: Plan, needed: pilots.Plan | None, had: pilots.Plan | None, power: float
) -> list[str]:
    share = f"{100 * power:g}\u00a0%"
    told = []
    if had is not None:
        if math.isnan(had.smallest_effect):
            told.append(_("With this number no effect is found often enough."))
        else:
            told.append(
                _("With %(n)s on each side an effect of %(effect)s or more is found in %(share)s "
                  "of pilots; smaller ones may well be missed.")
                % {"n": had.n, "effect": _estimate(had.smallest_effect, plan), "share": share}
            )  # fmt: skip
        least = plan.smallest_useful
        if least is not None and not had.smallest_effect <= least:
            told.append(
                _("That is more than the smallest useful effect: a null result would not say that "
                  "the pilot is useless.")
            )  # fmt: skip
    if needed is not None and plan.smallest_useful is not None:
        told.append(
            _("To find %(effect)s in %(share)s of pilots, %(n)s are needed on each side.")
            % {"n": needed.n, "effect": _effect(plan.smallest_useful, plan), "share": share}
        )
    if "approximated-by-did" in (had or needed or _NO_PLAN).warnings:
        told.append(_("Worked out as for difference-in-differences; a staggered start finds less."))
    return told


_NO_PLAN = pilots.Plan("", 0, 0.0, 0.0, 0.0, 0.0, 0.0, None, ())


def _rows(plan: Plan, needed: pilots.Plan | None, had: pilots.Plan | None) -> list[tuple[str, str]]:
    rows = []
    if needed is not None:
        rows.append((_("Units needed on each side"), str(needed.n)))
    if had is not None:
        rows.append((_("Smallest effect that is found"), _estimate(had.smallest_effect, plan)))
        if not math.isnan(had.power):
            rows.append(
                (_("Power for the smallest useful effect"), f"{round(100 * had.power)}\u00a0%")
            )
    chosen = had or needed
    if chosen is not None:
        rows.append((_("Design effect of clusters"), verdicts.figure(chosen.design_effect)))
        rows.append(
            (
                _("What the design makes of the standard deviation"),
                verdicts.figure(chosen.sd_factor),
            )
        )
        for warning in chosen.warnings:
            if warning.startswith("too-few-clusters"):
                text = _("fewer than 4 on each side: the design cannot be relied on")
                rows.append((_("Clusters"), text))
    return rows


def simulated_notes(simulation: dict[str, Any]) -> list[str]:
    """What a simulation warns of, as sentences; simulations of before warn of nothing."""
    parts = [warning.partition(":") for warning in simulation.get("warnings", ())]
    return [verdicts.sentence(SAID[code], {"detail": detail}) for code, _colon, detail in parts]


def simulated_rows(simulation: dict[str, Any], plan: Plan) -> list[tuple[str, str]]:
    """(effect, power) of a simulation that is done."""
    return [
        (_effect(float(size), plan), f"{round(100 * share)}\u00a0%")
        for size, share in zip(simulation["sizes"], simulation["power"], strict=True)
    ]


def proposals(pilot: Pilot, plan: Plan) -> list[tuple[str, list[str]]]:
    """What was proposed from the figures of before, each with its reason; none without figures."""
    before = pilot.before
    if "sha256" not in before:
        return []
    told = [
        (
            _("Design"),
            [f"{capfirst(verdicts.design_name(plan.design))}.", _why_design(plan, before)],
        )
    ]
    sample = plan.sample
    if sample.sd is not None:
        said = _("At one time, units differ by a standard deviation of %(sd)s.")
        spread = [said % {"sd": _estimate(sample.sd, plan)}]
        if before["n_missing"]:
            left = ngettext(
                "%(n)s unit with a gap is left out of this.",
                "%(n)s units with a gap are left out of this.",
                before["n_missing"],
            )
            spread.append(left % {"n": before["n_missing"]})
        told.append((_("Spread"), spread))
        told.append((_("Correlation"), [_correlation(plan)]))
    if plan.clusters and sample.icc is not None and sample.cluster_size is not None:
        said = _(
            "Units of one cluster are alike: correlation %(icc)s, %(size)s units in a cluster on "
            "average."
        )
        size = verdicts.effect(sample.cluster_size)
        values = {"icc": verdicts.effect(sample.icc), "size": size}
        told.append((_("Clusters"), [said % values]))
    if plan.design not in SIMULATED:
        power = power_of(plan, before)
        told.append((_("What it can find"), [*power.sentences] or [power.fault]))
    if plan.draw is not None:
        drawn = {"treated": plan.draw.treated, "units": plan.draw.units}
        said = _("The platform has drawn %(treated)s of %(units)s, from units that were alike.")
        seed = _("With the seed %(seed)s and your list anybody can repeat the draw.")
        told.append((_("Lots"), [said % drawn, seed % {"seed": plan.assignment_seed}]))
    return told


def _correlation(plan: Plan) -> str:
    if plan.sample.correlation is None:
        return _("With a single period it is not known.")
    if not plan.sample.correlation:
        return _("Last period’s value says nothing about the next one: correlation 0.")
    said = _(
        "A unit’s values in two periods have a correlation of %(r)s. The higher it is, the smaller "
        "the changes that can be found."
    )
    return said % {"r": verdicts.effect(plan.sample.correlation)}


def _why_design(plan: Plan, before: Mapping[str, Any]) -> str:
    n, who = before["n"], before["who"]
    others = n - len(before["treated"])
    values = {"n": n, "times": before["n_times"], "chosen": n - others, "others": others}
    if plan.design == PilotDesign.RANDOMISED and who == WhoGets.LOT:
        return _("Who gets the pilot can be drawn: the surest design there is.")
    if plan.design == PilotDesign.RANDOMISED:
        return _("The table has %(n)s units, enough to draw lots: the surest design.") % values
    if plan.design == PilotDesign.BEFORE_AFTER and not who:
        said = _(
            "%(n)s units are too few to draw lots, which takes 8. All get the pilot, and whatever "
            "else changes will count as its effect."
        )
    elif plan.design == PilotDesign.BEFORE_AFTER:
        said = _(
            "All units get the pilot, so there is nothing to compare with: whatever else changes "
            "will count as its effect."
        )
    elif plan.design == PilotDesign.ITS:
        said = _(
            "One unit, measured %(times)s times: what follows the start is compared with the line "
            "before it."
        )
    elif plan.design == PilotDesign.DID:
        said = _(
            "The %(chosen)s chosen units are compared with the %(others)s others, by how much each "
            "side changes."
        )
    elif plan.design == PilotDesign.SYNTHETIC_CONTROL:
        said = _(
            "The chosen unit is compared with a mixture of the %(others)s others that followed it "
            "before."
        )
    else:
        said = _("Units that have not started yet are compared with those that have.")
    return said % values
