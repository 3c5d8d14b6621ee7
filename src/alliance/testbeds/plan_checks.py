"""Checks of a plan: faults that keep it from being frozen, and warnings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from alliance.core.errors import Fault
from alliance.core.ids import PUBLIC_ID
from alliance.core.text import markup_fault
from alliance.knowledge.enums import EffectDirection
from alliance.knowledge.models import Solution
from alliance.network.models import City
from alliance.network.text_checks import choice_faults
from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep
from alliance.testbeds.protocol import (
    WITH_CLUSTERS,
    WITH_COVARIATES,
    WITH_SUBGROUPS,
    Plan,
    columns_of,
)

LONGEST_LINE = 200
LONGEST_TEXT = 4_000
_LINES = (
    "title", "unit", "outcome", "outcome_unit", "control_series", "measure", "case_unit",
)  # fmt: skip
_TEXTS = (
    "question", "known", "estimand", "assignment_rule", "primary_model", "stop_rule",
    "sample.basis",
)  # fmt: skip
#: Fields required in every plan.
NEEDED = (
    "title", "question", "unit", "outcome", "outcome_unit", "direction", "estimand", "design",
    "assignment_rule", "starts_on", "time_step", "sample.basis", "primary_model", "alpha",
    "missing_rule", "stop_rule", "smallest_useful", "result_due",
)  # fmt: skip
_COLUMN = re.compile(r"^[a-z][a-z0-9_]{0,39}\Z")
#: Columns with a fixed meaning; covariates and groups cannot use their names.
RESERVED = frozenset(
    {"unit", "time", "treated", "first_treated", "outcome", "population", "cluster"}
)


def value_of(plan: Plan, path: str) -> object:
    """The value at a path such as `sample.n`."""
    value: object = plan
    for part in path.split("."):
        value = getattr(value, part)
    return value


def shape_of_texts(plan: Plan) -> list[Fault]:
    """Faults that keep even an incomplete plan from being saved: markup and overlong texts."""
    faults = []
    for names, longest in ((_LINES, LONGEST_LINE), (_TEXTS, LONGEST_TEXT)):
        for name in names:
            text = str(value_of(plan, name))
            fault = markup_fault(f"plan.{name}", text)
            if fault:
                faults.append(fault)
            if len(text) > longest:
                faults.append(Fault(f"plan.{name}", "longer-than", {"most": longest}))
    for name in ("covariates", "subgroups"):
        faults += _names(plan, name)
    return faults


def _names(plan: Plan, field: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in getattr(plan, field):
        if not _COLUMN.match(name):
            code = "not-a-column"
        elif name in RESERVED:
            code = "other-column"
        elif name in seen:
            code = "given-twice"
        else:
            seen.add(name)
            continue
        yield Fault(f"plan.{field}", code, {"value": name})


def faults_of_plan(plan: Plan, *, today: dt.date) -> list[Fault]:
    """All faults that keep a plan from being frozen; three queries."""
    faults = shape_of_texts(plan)
    for name in NEEDED:
        value = value_of(plan, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            faults.append(Fault(f"plan.{name}", "missing"))
    if "…" in plan.assignment_rule:
        faults.append(Fault("plan.assignment_rule", "template-left"))
    faults += _choices(plan)
    faults += _records(plan)
    faults += _numbers(plan)
    faults += _dates(plan, today)
    faults += _of_design(plan)
    return faults


def _choices(plan: Plan) -> Iterator[Fault]:
    for name, allowed in (
        ("design", PilotDesign.values),
        ("direction", EffectDirection.values),
        ("time_step", TimeStep.values),
        ("missing_rule", MissingRule.values),
        ("compare_with", ["never", "not-yet"]),
    ):
        value = getattr(plan, name)
        if value:
            yield from choice_faults(f"plan.{name}", value, allowed)


def _records(plan: Plan) -> Iterator[Fault]:
    if not plan.cities:
        yield Fault("plan.cities", "missing")
    if len(set(plan.cities)) < len(plan.cities):
        yield Fault("plan.cities", "code-twice")
    asked = [city for city in plan.cities if PUBLIC_ID.match(city)]
    known = set(City.objects.filter(public_id__in=asked).values_list("public_id", flat=True))
    for city in plan.cities:
        if city not in known:
            yield Fault("plan.cities", "unknown", {"value": city})
    if plan.solution and not (
        PUBLIC_ID.match(plan.solution) and Solution.objects.filter(public_id=plan.solution).exists()
    ):
        yield Fault("plan.solution", "unknown", {"value": plan.solution})


def _numbers(plan: Plan) -> Iterator[Fault]:
    sample = plan.sample
    if plan.smallest_useful is not None and not 0 < plan.smallest_useful < float("inf"):
        yield Fault("plan.smallest_useful", "useful-not-above-0")
    if plan.alpha is not None and not 0 < plan.alpha <= 0.5:
        yield Fault("plan.alpha", "not-between", {"low": 0, "high": 0.5})
    for name, low, high in (
        ("sd", 0.0, float("inf")),
        ("correlation", -1.0, 1.0),
        ("icc", 0.0, 1.0),
        ("power", 0.0, 1.0),
        ("cluster_size", 0.0, float("inf")),
    ):
        value = getattr(sample, name)
        inside = value is None or (
            low < value < high or (name in {"icc", "correlation"} and value in (low, high))
        )
        if not inside:
            if high == float("inf"):
                yield Fault(f"plan.sample.{name}", "not-above", {"low": low})
            else:
                yield Fault(f"plan.sample.{name}", "not-between", {"low": low, "high": high})
    for name in ("n", "before", "after"):
        value = getattr(sample, name)
        if value is not None and value < 1:
            yield Fault(f"plan.sample.{name}", "below", {"least": 1})
    if not 0 <= plan.seed < 2**31:
        yield Fault("plan.seed", "below", {"least": 0})


def _dates(plan: Plan, today: dt.date) -> Iterator[Fault]:
    if plan.result_due is None:
        return
    if plan.starts_on is not None and plan.result_due <= plan.starts_on:
        yield Fault("plan.result_due", "due-before-start")
    if plan.result_due <= today:
        yield Fault("plan.result_due", "not-in-future")


def _of_design(plan: Plan) -> Iterator[Fault]:
    if plan.design not in PilotDesign.values:
        return
    if plan.design == PilotDesign.RANDOMISED and plan.assignment_seed is None:
        yield Fault("plan.assignment_seed", "no-seed")
    if plan.clusters and plan.design not in WITH_CLUSTERS:
        yield Fault("plan.clusters", "no-clusters")
    if plan.covariates and plan.design not in WITH_COVARIATES:
        yield Fault("plan.covariates", "no-covariates")
    if plan.subgroups and plan.design not in WITH_SUBGROUPS:
        yield Fault("plan.subgroups", "no-subgroups")
    shared = set(plan.covariates) & set(plan.subgroups)
    if shared:
        yield Fault("plan.subgroups", "also-covariate", {"name": min(shared)})
    if plan.season is not None and plan.season < 2:
        yield Fault("plan.season", "below", {"least": 2})
    if plan.sample.n is None and plan.design not in {
        PilotDesign.ITS,
        PilotDesign.SYNTHETIC_CONTROL,
    }:
        yield Fault("plan.sample.n", "missing")
    if len(columns_of(plan)) > 30:
        yield Fault("plan.covariates", "too-many", {"most": 30})


def starts_before_freeze(plan: Plan, day: dt.date) -> bool:
    """Whether outcomes of the pilot may already be known on the day that the plan is frozen."""
    return plan.starts_on is not None and plan.starts_on <= day
