"""API schemas of pilots. Null means "not recorded" or "not known", never 0."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema

from alliance.knowledge.enums import DraftState, Language
from alliance.network.api.common import Page, ProblemError
from alliance.network.api.writing import Body
from alliance.testbeds.enums import (
    EvaluationLabel,
    EvaluationState,
    PilotDesign,
    PilotNoteKind,
    PilotState,
    WhoGets,
)


class ResultSummary(Schema):
    id: str
    city: str | None = Field(description="Null for the result of all cities together.")
    label: EvaluationLabel
    state: EvaluationState
    design: str
    estimate: float | None = Field(
        description="In the unit of the outcome; for counts a logarithm of a rate ratio."
    )
    low: float | None
    high: float | None
    shows_effect: bool | None = Field(description="Whether the interval leaves zero out.")
    words: list[str] = Field(description="What the numbers say, in the language asked for.")


class PilotSummary(Schema):
    id: str
    title: str
    language: Language
    state: PilotState
    overdue: bool = Field(description="Registered, without a result on the day it was due.")
    design: PilotDesign
    team: str
    solution: str | None
    cities: list[str]
    starts_on: dt.date | None
    result_due: dt.date | None
    frozen_at: dt.datetime | None
    sha256: str | None = Field(description="Digest of the version of the protocol in force.")
    page: str


class VersionSummary(Schema):
    version: int
    frozen_at: dt.datetime
    reason: str | None = Field(description="Why it deviates; null for the first version.")
    sha256: str
    counts: bool = Field(description="Frozen last before any data came in: its analysis counts.")


class DataSummary(Schema):
    id: str
    city: str
    rows: int
    units: int
    first_time: str
    last_time: str
    sha256: str
    added_at: dt.datetime
    warnings: list[dict[str, Any]] = Field(description="Such as `late-protocol`, each by its code.")


class NoteSummary(Schema):
    id: str
    kind: PilotNoteKind
    text: str
    amount: float | None = Field(description="Of a cost, in major units.")
    currency: str | None
    expected_on: dt.date | None = Field(description="Of a delay: when the result is expected.")
    noted_at: dt.datetime


class Pilot(PilotSummary):
    revision: int = Field(description="Of the plan; the ETag names it while it can be saved.")
    stopped_because: str | None
    plan: dict[str, Any] = Field(description="The protocol in force, or the plan so far.")
    citation: str
    bibtex: str
    columns: list[str] = Field(description="Of the data that the protocol asks for.")
    versions: list[VersionSummary]
    data: list[DataSummary] = Field(description="Files that came in. Their rows are not public.")
    results: list[ResultSummary]
    notes: list[NoteSummary] = Field(description="Noted while it ran, the newest first.")


class PilotPage(Page[PilotSummary]):
    """A page of the list of pilots."""


class Protocol(Schema):
    version: int
    frozen_at: dt.datetime
    reason: str | None
    sha256: str
    document: str = Field(
        description="The canonical JSON itself: SHA-256 of its bytes in UTF-8 is `sha256`."
    )


class Result(ResultSummary):
    p: float | None
    n: int | None
    standard_error: float | None
    protocol_version: int
    protocol_sha256: str
    data_sha256: str | None
    request: dict[str, Any]
    warnings: list[str]
    details: dict[str, Any] = Field(description="What only this design has.")
    groups: list[dict[str, Any]]
    sha256: str | None = Field(description="Digest of the result.")
    fault: dict[str, str] = Field(description="Why the method gave no answer; else empty.")
    asked_at: dt.datetime
    finished_at: dt.datetime | None


class StartPilot(Body):
    team: str = Field(max_length=80)
    language: str = Field(pattern="^(en|fr|sv)$")
    plan: dict[str, Any] = Field(description="With a title and a design at least.")


class SavePlan(Body):
    plan: dict[str, Any]


class Deviation(Body):
    plan: dict[str, Any]
    reason: str = Field(max_length=4000)


class Changes(Body):
    """What an exploratory analysis changes; fields left out stay as frozen."""

    design: PilotDesign | None = Field(None, strict=False)
    start: str | None = Field(None, max_length=20, description="As times are written in the data.")
    level: float | None = Field(None, gt=0, lt=1, description="Of intervals, such as 0.95.")
    predictors: list[str] | None = Field(None, max_length=10)
    cluster: str | None = Field(None, max_length=80)
    compare_with: str | None = Field(None, pattern="^(never|not-yet)$")
    counts: bool | None = None
    period: float | None = Field(None, gt=0)


class Exploration(Body):
    city: str = Field(max_length=80)
    changes: Changes


class SimulatedPower(Schema):
    effect: float = Field(description="In the unit of the outcome.")
    power: float


class Power(Schema):
    """The effects that a plan can detect, by formula or by simulation."""

    words: list[str] = Field(
        description="By formula, or what a simulation warns of, in the language asked for."
    )
    fault: str | None = Field(description="Why it cannot be worked out.")
    simulation: EvaluationState | None = Field(description="Null where none was asked for.")
    simulated: list[SimulatedPower]
    smallest: float | None = Field(description="Least effect that is found often enough.")


class CaseDraft(Schema):
    draft: str
    state: DraftState


class StopPilot(Body):
    reason: str = Field(max_length=4000)


class PilotStanding(Schema):
    id: str
    state: PilotState
    revision: int
    version: int | None = Field(description="Of the frozen protocol; null before.")
    sha256: str | None


class PlanSoFar(PilotStanding):
    plan: dict[str, Any]
    faults: list[ProblemError] = Field(description="What keeps it from being frozen.")


class BeforeQuery(Schema):
    """How units are assigned to the pilot, sent with the figures from before."""

    who: WhoGets | None = Field(None, description="Left out: the surest way is proposed.")
    n_treated: int | None = Field(None, ge=1, description="How many are drawn; half by default.")
    treated: list[str] = Field([], max_length=500, description="Units that were chosen.")
    why: str = Field("", max_length=1000, description="Why these were chosen.")
    units_are_people: bool = Field(
        False, description="Whether each unit is a person: small numbers are hidden then."
    )
    nobody_there: str = Field(
        "", max_length=300, description="Why the pilot reaches nobody; left out where it does."
    )


class Proposal(Schema):
    about: str
    words: list[str] = Field(description="What is proposed and why, in the language asked for.")


class Proposed(PlanSoFar):
    proposals: list[Proposal]


class Note(Body):
    kind: PilotNoteKind = Field(strict=False)
    text: str = Field(max_length=2000)
    amount: float | None = None
    currency: str = Field("", max_length=3)
    expected_on: dt.date | None = Field(None, strict=False)


class Asked(Schema):
    results: list[ResultSummary]
