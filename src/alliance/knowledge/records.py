"""What a writer hands in: a case, solution or method as plain values, before any table.

The starter loader, imports, forms and the API all build these; `validation` checks them and
`services` writes them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Cost:
    """Money as told: amount in major units, ISO currency, and the year of its prices."""

    amount: Decimal
    currency: str
    price_year: int | None


@dataclass(frozen=True)
class Quantity:
    """A number with its unit code, such as 18 `months`."""

    value: float
    unit: str


@dataclass(frozen=True)
class EffectRecord:
    """One result of a case; `measure` and `unit` are names or codes of the vocabularies."""

    measure: str
    unit: str
    value: float
    design: str
    direction: str
    qualifier: str = ""
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    n: int | None = None
    period_start: int | None = None
    period_end: int | None = None
    note: str = ""
    pool_exclusion: str = ""


@dataclass(frozen=True)
class SourceRecord:
    title: str
    url: str
    seen: str = ""
    kind: str = "unknown"
    independent: bool | None = None


@dataclass(frozen=True)
class CaseTextRecord:
    language: str
    title: str
    summary: str
    problem: str = ""
    what_worked: str = ""
    what_did_not: str = ""
    equity_notes: str = ""
    status: str = "original"


@dataclass(frozen=True)
class PlaceRecord:
    """Where a case happened; `city_id` where that place is one city of the network's list."""

    name: str
    country: str
    name_fr: str = ""
    name_sv: str = ""
    city_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class CaseRecord:
    """A whole case. `public_id` empty lets the service choose one."""

    solution: str
    kind: str
    place: PlaceRecord
    outcome: str
    texts: tuple[CaseTextRecord, ...]
    public_id: str = ""
    reasons: tuple[str, ...] = ()
    start_year: int | None = None
    end_year: int | None = None
    cost: Cost | None = None
    staff_time: Quantity | None = None
    lead_time: Quantity | None = None
    lifetime: Quantity | None = None
    effects: tuple[EffectRecord, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    topics: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    adapted_from: str = ""
    adaptation_changes: str = ""
    checked_on: dt.date | None = None
    review_by: dt.date | None = None
    original_language: str = "en"
    status: str = "published"
    # The place is hidden from readers; the sources too, since they would name it.
    is_masked: bool = False


@dataclass(frozen=True)
class SolutionTextRecord:
    language: str
    name: str
    summary: str = ""
    how_it_works: str = ""
    prerequisites: tuple[str, ...] = ()
    status: str = "original"


@dataclass(frozen=True)
class SolutionRecord:
    public_id: str
    kind: str
    texts: tuple[SolutionTextRecord, ...]
    topics: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodTextRecord:
    language: str
    name: str
    description: str
    strengths: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    best_for: str = ""
    duration: str = ""
    group_size_typical: str = ""
    evaluation_criteria: tuple[str, ...] = ()
    status: str = "original"


@dataclass(frozen=True)
class MethodRecord:
    public_id: str
    cost_level: str
    iap2_level: str
    mode: str
    texts: tuple[MethodTextRecord, ...]
    kind: str = "method"
    group_size_min: int | None = None
    group_size_max: int | None = None
    related_solution: str = ""
    evidence_cases: tuple[str, ...] = field(default=())
