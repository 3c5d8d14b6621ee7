"""Power by simulation, for an interrupted time series or a synthetic control.

The team sends the outcome of the time before; the worker adds effects of several sizes to it and
runs the analysis that is planned.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.analysis import pilots as analysis
from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.simulated_power import its_power, synthetic_control_power
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.testbeds import rules
from alliance.testbeds.data_files import Table, read_table
from alliance.testbeds.enums import EvaluationState, PilotDesign
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import Plan, check_shape
from alliance.testbeds.services.measurements import FILES

#: The tried effects, as multiples of the smallest useful effect.
MULTIPLES = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
#: More rows add little and take long.
MOST_ROWS = 20_000


def ask_for_simulation(
    pilot: Pilot, *, content: bytes, name: str, actor: audit.Actor, at: dt.datetime
) -> Pilot:
    """Saves the outcome of the time before for the simulation. Raises NotAllowed, InvalidData."""
    plan = check_shape(pilot.plan)
    if not rules.may_plan(actor, pilot):
        raise NotAllowed(_("To plan pilots for this team, you need to be one of its editors."))
    faults = []
    if not content:
        faults.append(Fault("file", "no-file"))
    if plan.smallest_useful is None or plan.smallest_useful <= 0:
        faults.append(Fault("file", "no-smallest-effect"))
    if not plan.sample.after:
        faults.append(Fault("file", "no-times-after"))
    refuse(faults)
    table = read_table(content, name, plan.time_step)
    _check(table, plan)
    with transaction.atomic():
        current = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
        current.simulation = {
            "state": EvaluationState.WAITING.value,
            "sha256": FILES.store(content),
            "file_name": name[:160],
            "asked_at": at.isoformat(timespec="seconds"),
        }
        current.save(update_fields=["simulation"])
        audit.record("pilot", current, "simulate", actor=actor, at=at)
    return current


def _columns(plan: Plan) -> tuple[str, ...]:
    with_unit = plan.design == PilotDesign.SYNTHETIC_CONTROL
    return ("unit", "time", "outcome") if with_unit else ("time", "outcome")


def _check(table: Table, plan: Plan) -> None:
    faults = [
        Fault(_("column %(column)s") % {"column": name}, "missing")
        for name in _columns(plan)
        if name not in table.columns
    ]
    if len(table) > MOST_ROWS:
        faults.append(Fault("table", "many-rows", {"n": MOST_ROWS}))
    refuse(faults)


def simulate(pilot: Pilot) -> Pilot:
    """Runs the requested simulation, for the worker; repeated runs give the same result."""
    asked = dict(pilot.simulation)
    if asked.get("state") not in {EvaluationState.WAITING, EvaluationState.RUNNING}:
        return pilot
    plan = check_shape(pilot.plan)
    try:
        result = _simulated(plan, asked)
    except MethodError as error:
        result = {
            "state": EvaluationState.FAILED.value,
            "fault": {"code": error.code, "message": error.message, "where": error.where},
        }
    except InvalidData as error:
        first = error.faults[0]
        result = {
            "state": EvaluationState.FAILED.value,
            "fault": {"code": "bad-data", "message": first.rule, "where": first.where},
        }
    with transaction.atomic():
        current = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
        if current.simulation.get("asked_at") == asked.get("asked_at"):
            current.simulation = {**asked, **result}
            current.save(update_fields=["simulation"])
    return current


def _simulated(plan: Plan, asked: dict[str, Any]) -> dict[str, Any]:
    table = read_table(FILES.read(asked["sha256"]), asked["file_name"], plan.time_step)
    units = table.columns.get("unit") or ["series"] * len(table)
    if plan.design == PilotDesign.ITS:
        units = ["series"] * len(table)
    panel, _cells = analysis.panel_from(units, table.columns["time"], table.columns["outcome"])
    sizes = [multiple * (plan.smallest_useful or 1.0) for multiple in MULTIPLES]
    after, alpha = plan.sample.after or 1, plan.alpha or 0.05
    if plan.design == PilotDesign.ITS:
        curve = its_power(
            np.asarray(panel.outcome[0]), after, sizes, alpha=alpha, seed=plan.seed, draws=300
        )
    else:
        curve = synthetic_control_power(panel, after, sizes, alpha=alpha)
    result: dict[str, Any] = analysis.plain(
        {
            "state": EvaluationState.DONE.value,
            "sizes": list(curve.sizes),
            "power": list(curve.power),
            "draws": curve.draws,
            "warnings": list(curve.warnings),
            "smallest": curve.smallest(plan.sample.power or 0.8),
            "design": plan.design,
        }
    )
    return result
