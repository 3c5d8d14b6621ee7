"""Proposes a plan from figures of before: design, spread, sample, selection, date of the result.

The team gives the figures and how units are assigned; everything else is proposed in the plan
itself, where it can be changed until it is frozen.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.analysis import pilots as analysis
from alliance.analysis.errors import MethodError
from alliance.core import audit
from alliance.core.errors import Conflict, Fault, InvalidData, NotAllowed, refuse
from alliance.testbeds import rules
from alliance.testbeds.before_table import Before, read_before
from alliance.testbeds.enums import EvaluationState, MissingRule, PilotDesign, TimeStep, WhoGets
from alliance.testbeds.messages.designs import DESIGN_TEXTS
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import (
    SIMULATED,
    WITH_CLUSTERS,
    Plan,
    check_shape,
    first_day_of,
    last_day_of,
)
from alliance.testbeds.selectors.lots import FILES, draw_of
from alliance.testbeds.selectors.starting import figures_as_table
from alliance.testbeds.services.pilots import checked, locked, write_plan
from alliance.web.formatting import time_of_data

#: At most so many periods after the start are planned: a year of months, or two years.
_MOST_AFTER = {TimeStep.MONTH: 12, TimeStep.YEAR: 2}
#: Days between the last period and the result.
_TO_WRITE = 90


def propose(
    pilot: Pilot,
    *,
    content: bytes,
    name: str,
    who: str = "",
    treated: Sequence[str] = (),
    why: str = "",
    n_treated: int | None = None,
    units_are_people: bool = False,
    nobody_there: str = "",
    indicator: str = "",
    expected_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> Pilot:
    """Reads the figures from before, and fills in the plan from them.

    Args:
        content: a table (`before_table`), in a file of this `name` or as pasted text; empty for the
            figures that were sent last.
        who: a `WhoGets`; empty for the most reliable possible design.
        treated: units that were chosen, and `why` these; for `chosen` only.
        n_treated: how many are selected; half by default. For `lot` only.
        indicator: instead of a table, the platform's figures of cities; those of the pilot are
            the chosen ones, unless `who` says otherwise.

    Raises InvalidData that names each faulty cell, NotAllowed once it is frozen, Conflict.
    """
    if not rules.may_plan(actor, pilot):
        raise NotAllowed(
            _(
                "Once the plan is registered, the random draw and the baseline values can "
                "no longer be changed."
            )
            if pilot.frozen_at
            else _("To plan pilots for this team, you need to be one of its editors.")
        )
    plan = check_shape(pilot.plan)
    if indicator and not content.strip():
        content, own = figures_as_table(pilot, indicator)
        name, treated = "figures.csv", treated or own
        if who in ("", WhoGets.CHOSEN):
            who, why = WhoGets.CHOSEN, why or _("the city itself is testing it.")
    if not content.strip() and "sha256" in pilot.before:
        content, name = FILES.read(pilot.before["sha256"]), "before.csv"
    before = read_before(content, name, today=at.date(), starts_on=plan.starts_on)
    chosen = _chosen(before, treated) if who in ("", WhoGets.CHOSEN) else []
    if chosen and not who:
        who = WhoGets.CHOSEN
    refuse(_asked_faults(before, who, chosen, why))
    proposal = _design(before, who, chosen, n_treated)
    spread = _spread(before) if len(before.units) > 1 else None
    csv_file = before.as_csv()
    drawing = (
        draw_of(pilot, before, proposal.n_treated)
        if proposal.design == PilotDesign.RANDOMISED
        else None
    )
    draws = pilot.before.get("draws", 0)
    if drawing is not None:
        draw, seed, _drawn = drawing
        was = plan.draw
        if was is None or (was.units_sha256, was.treated_sha256) != (
            draw.units_sha256, draw.treated_sha256
        ):  # fmt: skip
            draws += 1
        plan.draw, plan.assignment_seed = draw.model_copy(update={"number": draws}), seed
    else:
        plan.draw = plan.assignment_seed = None
    plan.units_are_people, plan.nobody_there = units_are_people, nobody_there.strip()
    with translation.override(pilot.language):
        _write(plan, before, proposal, spread, why=why.strip(), today=at.date())
    summary = {
        "sha256": FILES.store(csv_file),
        "who": who,
        "treated": chosen,
        "why": why.strip(),
        "n_treated": n_treated,
        "draws": draws,
        "n": len(before.units),
        "n_missing": spread.n_missing if spread else 0,
        "n_times": len(before.times),
        "first": before.times[0],
        "last": before.times[-1],
        "mean": spread.mean if spread else None,
        "least": spread.least if spread else None,
    }
    return _save_proposal(
        pilot, checked(plan.model_dump(mode="json")), summary, expected_revision, actor, at
    )


def _save_proposal(
    pilot: Pilot,
    plan: Plan,
    summary: dict[str, Any],
    expected_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> Pilot:
    with transaction.atomic():
        current = locked(pilot)
        if not rules.may_plan(actor, current):
            raise NotAllowed(_("To plan pilots for this team, you need to be one of its editors."))
        if current.revision != expected_revision:
            raise Conflict("pilot", current.public_id, current.revision)
        current.before = summary
        current.simulation = {}
        if plan.design in SIMULATED and plan.smallest_useful and plan.sample.after:
            current.simulation = {
                "state": EvaluationState.WAITING.value,
                "sha256": summary["sha256"],
                "file_name": "before.csv",
                "asked_at": at.isoformat(timespec="seconds"),
            }
        write_plan(current, plan, at=at)
        audit.record(
            "pilot", current, "propose", actor=actor, at=at, sha256=summary["sha256"],
            design=plan.design, revision=current.revision,
        )  # fmt: skip
        if plan.draw is not None:
            audit.record(
                "pilot", current, "draw", actor=actor, at=at, seed=plan.assignment_seed,
                **plan.draw.model_dump(),
            )  # fmt: skip
    return current


def _chosen(before: Before, treated: Sequence[str]) -> list[str]:
    column = before.of_unit.get("treated", {})
    named = [name.strip() for name in treated if name.strip()]
    return list(dict.fromkeys(named or [unit for unit, cell in column.items() if cell == "1"]))


def _asked_faults(before: Before, who: str, chosen: list[str], why: str) -> list[Fault]:
    if who != WhoGets.CHOSEN:
        return []
    faults = [] if chosen else [Fault("treated", "no-chosen")]
    known = set(before.units)
    faults += [
        Fault("treated", "not-in-table", {"value": unit}) for unit in chosen if unit not in known
    ]
    if not why.strip():
        faults.append(Fault("why", "missing"))
    return faults


def _design(
    before: Before, who: str, chosen: list[str], n_treated: int | None
) -> analysis.Proposal:
    """The most reliable design; raises InvalidData if none can tell the pilot from chance."""
    clusters = before.of_unit.get("cluster")
    by_lot = who in ("", WhoGets.LOT)
    n = len(set(clusters.values())) if clusters and by_lot else len(before.units)
    n_chosen = (n_treated or 0) if who == WhoGets.LOT else len(chosen)
    if who == WhoGets.LOT and n_treated is not None and not 0 < n_treated < n:
        raise InvalidData([Fault("n_treated", "most-drawn", {"n": n})])
    times = len(before.times)
    try:
        return analysis.propose(n, times, who=who, n_treated=n_chosen)
    except MethodError as error:
        if who == WhoGets.LOT:
            fault = Fault("table", "few-to-draw", {"n": n})
        elif who == WhoGets.IN_TURN:
            fault = Fault("table", "few-in-turn", {"n": n})
        elif who == WhoGets.CHOSEN and n_chosen == 1 and n > 1:
            fault = Fault("treated", "few-others", {"n": n - 1})
        elif who == WhoGets.CHOSEN:
            fault = Fault("treated", "few-without", {"n": n - n_chosen})
        else:
            fault = Fault("table", "one-unit-short", {"n": times})
        raise InvalidData([fault]) from error


def _spread(before: Before) -> analysis.Spread:
    clusters = before.of_unit.get("cluster")
    panel = before.panel()
    try:
        return analysis.spread(
            panel, [clusters[unit] for unit in panel.units] if clusters else None
        )
    except MethodError as error:
        if error.where == "cluster":
            raise InvalidData([Fault("table", "few-clusters")]) from error
        code = "alike" if error.code == "no-spread" else "none-complete"
        raise InvalidData([Fault("table", code)]) from error


def _write(
    plan: Plan,
    before: Before,
    proposal: analysis.Proposal,
    spread: analysis.Spread | None,
    *,
    why: str,
    today: dt.date,
) -> None:
    """Fills in the plan in the active language; text that people wrote is preserved."""
    text = DESIGN_TEXTS[proposal.design]
    plan.design = proposal.design
    plan.estimand, plan.primary_model = str(text.estimand), str(text.primary_model)
    plan.assignment_rule = str(text.proposed_rule) % {"why": why}
    plan.time_step = before.step
    plan.missing_rule = plan.missing_rule or MissingRule.COMPLETE.value
    plan.unit = before.unit_word or plan.unit or _("unit in the table")
    if not plan.question:
        params = {"title": plan.title, "outcome": plan.outcome}
        plan.question = _("How much does “%(title)s” change %(outcome)s?") % params
    plan.stop_rule = plan.stop_rule or _(
        "We stop early if the pilot does harm. The team decides and publishes the reason."
    )
    sample = plan.sample
    sample.before = len(before.times)
    sample.after = min(len(before.times), _MOST_AFTER.get(TimeStep(before.step), 366))
    if proposal.design == PilotDesign.SYNTHETIC_CONTROL:
        # Its simulation uses the last periods before the start as those after it.
        sample.after = max(1, min(sample.after, len(before.times) // 2))
    sample.n = sample.sd = sample.correlation = sample.cluster_size = sample.icc = None
    has_clusters = spread is not None and spread.icc is not None
    plan.clusters = has_clusters and proposal.design in WITH_CLUSTERS
    if proposal.design not in SIMULATED and spread is not None:
        size = spread.cluster_size if plan.clusters and spread.cluster_size else 1.0
        per_arm = proposal.n * (size if proposal.design == PilotDesign.RANDOMISED else 1.0)
        sample.n = math.ceil(per_arm - 1e-9)
        sample.sd, sample.correlation = _short(spread.sd), _short(spread.correlation)
        if plan.clusters:
            sample.cluster_size, sample.icc = _short(size), _short(spread.icc)
    sample.basis = _("Values from before the start: %(n)s units, %(first)s to %(last)s.") % {
        "n": len(before.units),
        "first": time_of_data(before.times[0]),
        "last": time_of_data(before.times[-1]),
    }
    if plan.result_due is None and plan.starts_on is not None:
        due = _due(plan.starts_on, before, sample.after)
        plan.result_due = max(due, today + dt.timedelta(days=_TO_WRITE))


def _short(value: float | None) -> float | None:
    """Four significant digits, since people read the plan and more carry no information."""
    return None if value is None else float(f"{value:.4g}")


def _due(start: dt.date, before: Before, after: int) -> dt.date:
    """The date of the result: as long after the start as was measured before, plus time to
    write."""
    if before.step == TimeStep.DAY:
        first, last = before.times[0], before.times[-1]
        days = (last_day_of(last, before.step) - first_day_of(first, before.step)).days + 1
        days = min(days, 366)
    else:
        days = math.ceil(after * (366 if before.step == TimeStep.YEAR else 30.5))
    return start + dt.timedelta(days=days + _TO_WRITE)
