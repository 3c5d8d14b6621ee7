"""The plan of a pilot as plain JSON: its schema, the columns of its data, and its fixed analysis.

`check_shape` checks the types; `plan_checks.faults_of_plan` what is missing before it can be
frozen. Only `request_of` turns a plan into an analysis: a result is "as frozen" if it was computed
from exactly that request.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alliance.core.errors import InvalidData, shape_faults
from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep

MOST_CITIES = 60
MOST_COLUMNS = 10
#: Designs whose units are grouped, so that each subgroup can be analysed on its own.
WITH_SUBGROUPS = frozenset(
    {PilotDesign.RANDOMISED, PilotDesign.BEFORE_AFTER, PilotDesign.DID, PilotDesign.STAGGERED}
)
#: Designs that use covariates; a synthetic control matches on them before the start.
WITH_COVARIATES = frozenset({PilotDesign.RANDOMISED, PilotDesign.SYNTHETIC_CONTROL})
WITH_CLUSTERS = frozenset({PilotDesign.RANDOMISED, PilotDesign.DID, PilotDesign.STAGGERED})
#: Designs whose power is simulated from the time before; the others have a formula.
SIMULATED = frozenset({PilotDesign.ITS, PilotDesign.SYNTHETIC_CONTROL})
#: Version of the format of frozen documents; changing it changes the bytes of every plan.
FORMAT = 2


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Sample(_Part):
    """The sample size and its assumptions. `n` counts units in each arm, pairs in before-after."""

    n: int | None = None
    sd: float | None = None
    correlation: float | None = None
    before: int | None = None
    after: int | None = None
    cluster_size: float | None = None
    icc: float | None = None
    power: float | None = 0.8
    basis: str = ""


class Draw(_Part):
    """The platform's random selection, without the names of units, which may be homes or people.

    The SHA-256 are of the canonical JSON of all units and of the selected ones, each in
    alphabetical order. `number` counts the selections, since a changed list requires a new one.
    With clusters, the clusters are the units here.
    """

    units: int
    treated: int
    blocks: int
    number: int = 1
    units_sha256: str
    treated_sha256: str


class Plan(_Part):
    """A plan being written. Empty text and null mean "not entered yet"."""

    title: str = ""
    question: str = ""
    # What is known before the start: baseline, conditions, costs, earlier attempts.
    known: str = ""
    solution: str = ""
    cities: list[str] = Field(default=[], max_length=MOST_CITIES)
    unit: str = ""
    units_are_people: bool = False
    # Why the pilot affects nobody; empty if it affects people, as most do.
    nobody_there: str = ""
    outcome: str = ""
    outcome_unit: str = ""
    direction: str = ""
    # Codes of the knowledge base, for the case about the result.
    measure: str = ""
    case_unit: str = ""
    smallest_useful: float | None = None
    estimand: str = ""
    design: str = ""
    assignment_rule: str = ""
    assignment_seed: int | None = None
    draw: Draw | None = None
    starts_on: dt.date | None = Field(default=None, strict=False)
    time_step: str = ""
    clusters: bool = False
    covariates: list[str] = Field(default=[], max_length=MOST_COLUMNS)
    subgroups: list[str] = Field(default=[], max_length=MOST_COLUMNS)
    compare_with: str = "never"
    counts: bool = False
    season: int | None = None
    control_series: str = ""
    sample: Sample = Sample()
    primary_model: str = ""
    alpha: float | None = 0.05
    seed: int = 1
    missing_rule: str = ""
    stop_rule: str = ""
    result_due: dt.date | None = Field(default=None, strict=False)

    @property
    def touches_people(self) -> bool:
        """Whether people are affected, which is assumed unless the team explains why not."""
        return self.units_are_people or not self.nobody_there.strip()


def check_shape(content: Any, *, where: str = "plan") -> Plan:
    """Validates a plan, complete or not.

    Raises InvalidData that names each unknown field or wrong type.
    """
    try:
        return Plan.model_validate(content)
    except ValidationError as error:
        raise InvalidData(shape_faults(error, where)) from error


def plain(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values, with every key."""
    return plan.model_dump(mode="json")


@dataclass(frozen=True)
class DataColumn:
    """A column of the data; `kind` is unit, time, number, arm, time-or-never or label."""

    name: str
    kind: str
    meaning: str


def columns_of(plan: Plan) -> tuple[DataColumn, ...]:
    """The columns of the data of this plan, in the order of the file to fill in."""
    design = plan.design
    columns = []
    if design != PilotDesign.ITS or plan.control_series:
        columns.append(DataColumn("unit", "unit", _("name or number of the unit")))
    columns.append(DataColumn("time", "time", _time_words(plan)))
    if design == PilotDesign.STAGGERED:
        words = _("first date with the pilot; blank or “never” for units without it")
        columns.append(DataColumn("first_treated", "time-or-never", words))
    elif design in {PilotDesign.RANDOMISED, PilotDesign.DID, PilotDesign.SYNTHETIC_CONTROL}:
        columns.append(DataColumn("treated", "arm", _("1 with the pilot, 0 without")))
    words = f"{plan.outcome} ({plan.outcome_unit})" if plan.outcome_unit else plan.outcome
    columns.append(DataColumn("outcome", "number", words))
    if design == PilotDesign.ITS and plan.counts:
        columns.append(DataColumn("population", "number", _("people at risk, for counts")))
    if plan.clusters and design in WITH_CLUSTERS:
        columns.append(DataColumn("cluster", "label", _("cluster the unit was drawn in")))
    if design in WITH_COVARIATES:
        words = _("covariate, known before the start")
        columns += [DataColumn(name, "number", words) for name in plan.covariates]
    if design in WITH_SUBGROUPS:
        columns += [DataColumn(name, "label", _("group of the unit")) for name in plan.subgroups]
    return tuple(columns)


def _time_words(plan: Plan) -> str:
    return str(TimeStep(plan.time_step).label) if plan.time_step in TimeStep.values else ""


def time_label(day: dt.date, step: str) -> str:
    """A day in the format of times of the data."""
    patterns = {TimeStep.YEAR: "%Y", TimeStep.MONTH: "%Y-%m"}
    return day.strftime(patterns.get(TimeStep(step), "%Y-%m-%d"))


def last_day_of(label: str, step: str) -> dt.date:
    """The last day of a time of the data. Raises ValueError for an invalid label."""
    if step == TimeStep.YEAR:
        return dt.date(int(label), 12, 31)
    if step == TimeStep.MONTH:
        year, month = (int(part) for part in label.split("-"))
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        return following - dt.timedelta(days=1)
    return dt.date.fromisoformat(label)


def first_day_of(label: str, step: str) -> dt.date:
    """The first day of a time of the data. Raises ValueError for an invalid label."""
    last = last_day_of(label, step)
    if step == TimeStep.YEAR:
        return last.replace(month=1, day=1)
    return last.replace(day=1) if step == TimeStep.MONTH else last


def request_of(plan: Plan) -> dict[str, Any]:
    """The primary analysis that the plan fixes, as the values of `analysis.pilots.Request`.

    `subgroups` comes in addition: each is analysed by the same request.
    """
    names = {column.name for column in columns_of(plan)}
    start = time_label(plan.starts_on, plan.time_step) if plan.starts_on else None
    predictors = [name for name in plan.covariates if name in names]
    return {
        "design": plan.design,
        "outcome": "outcome",
        "unit": "unit" if "unit" in names else None,
        "time": "time",
        "treated": "treated" if "treated" in names else None,
        "first_treated": "first_treated" if "first_treated" in names else None,
        "start": None if plan.design == PilotDesign.STAGGERED else start,
        "predictors": predictors,
        "cluster": "cluster" if "cluster" in names else None,
        "control": plan.control_series or None if plan.design == PilotDesign.ITS else None,
        "counts": plan.counts and plan.design == PilotDesign.ITS,
        "population": "population" if "population" in names else None,
        "period": float(plan.season) if plan.season and plan.design == PilotDesign.ITS else None,
        "compare_with": plan.compare_with,
        "level": round(1 - (plan.alpha or 0.05), 6),
        "seed": plan.seed,
        "subgroups": [name for name in plan.subgroups if name in names],
    }


def refuses_missing(plan: Plan) -> bool:
    """Whether a file with a missing outcome is refused."""
    return plan.missing_rule == MissingRule.REFUSE
