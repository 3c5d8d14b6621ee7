"""What a writer hands in: a solution or method as plain values, before any table.

The starter loader, imports, forms and the API all build these; `validation` checks them and
`services` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SolutionTextRecord:
    language: str
    name: str
    summary: str = ""
    how_it_works: str = ""
    prerequisites: tuple[str, ...] = ()
    status: str = "original"


@dataclass(frozen=True)
class SolutionCostRecord:
    """One line of costs and times; an amount is "from" or "up to" where one end alone is known."""

    source_title: str
    source_url: str
    read: str
    kind: str = ""
    low: float | None = None
    typical: float | None = None
    high: float | None = None
    currency: str = ""
    price_year: int | None = None
    per: str = ""
    per_fr: str = ""
    per_sv: str = ""
    staff_time: str = ""
    staff_time_fr: str = ""
    staff_time_sv: str = ""
    lead_time: str = ""
    lead_time_fr: str = ""
    lead_time_sv: str = ""
    lifetime: str = ""
    lifetime_fr: str = ""
    lifetime_sv: str = ""
    country: str = ""
    seen: str = ""


@dataclass(frozen=True)
class SolutionRecord:
    public_id: str
    kind: str
    texts: tuple[SolutionTextRecord, ...]
    prerequisite_kinds: tuple[str, ...] = ()
    costs: tuple[SolutionCostRecord, ...] = ()
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
    """A method. Level of influence, mode and group sizes are those of methods for engaging citizens
    alone, which must have cost, level and mode."""

    public_id: str
    cost_level: str
    iap2_level: str
    mode: str
    texts: tuple[MethodTextRecord, ...]
    topic: str = "engaging-citizens"
    kind: str = "method"
    group_size_min: int | None = None
    group_size_max: int | None = None
    related_solution: str = ""
    evidence_cases: tuple[str, ...] = field(default=())
