"""What the pages of planning show: steps with what is missing, and what the sample can find."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alliance.analysis import pilots
from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.verdicts import SAID
from alliance.testbeds.enums import PilotDesign
from alliance.testbeds.messages import verdicts
from alliance.testbeds.protocol import Plan

#: Designs whose power is simulated from the time before; the others have a formula.
SIMULATED = frozenset({PilotDesign.ITS, PilotDesign.SYNTHETIC_CONTROL})


@dataclass(frozen=True)
class Power:
    """What a sample can find, in sentences; `fault` where it cannot be worked out, and why."""

    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def power_of(plan: Plan) -> Power:
    """Units needed, power and smallest effect by formula, tied to the design of the plan."""
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
    return Power(tuple(_said(plan, needed, had, common["power"])), tuple(_rows(plan, needed, had)))


def _power_fault(error: MethodError) -> str:
    if error.code == "missing-option" and "correlation" in error.where:
        return _("This design compares times: say how a unit goes together with itself over time.")
    return _("These figures do not go together: %(why)s") % {"why": str(error)}


def _effect(value: float, plan: Plan) -> str:
    return f"{verdicts.figure(value)}\u00a0{plan.outcome_unit}".strip()


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
                % {"n": had.n, "effect": _effect(had.smallest_effect, plan), "share": share}
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
        rows.append((_("Smallest effect that is found"), _effect(had.smallest_effect, plan)))
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
