"""What a writer hands in: a solution or method as plain values, before any table.

The starter loader, imports, forms and the API all build these; `validation` checks them and
`services` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alliance.knowledge.models import SolutionCost


@dataclass(frozen=True)
class SolutionTextRecord:
    language: str
    name: str
    summary: str = ""
    how_it_works: str = ""
    prerequisites: tuple[str, ...] = ()
    status: str = "original"


#: The columns of a line of costs and times, each with what stands there where nothing is known.
COST_COLUMNS: dict[str, Any] = {
    field.name: field.get_default()
    for field in SolutionCost._meta.concrete_fields
    if field.name not in {"id", "solution", "position"}
}
#: Those of them that are words, with a French and a Swedish column beside each.
COST_WORDS = tuple(name for name in COST_COLUMNS if f"{name}_fr" in COST_COLUMNS)


@dataclass(frozen=True)
class SolutionRecord:
    """A solution; each line of `costs` has all of `COST_COLUMNS`."""

    public_id: str
    kind: str
    texts: tuple[SolutionTextRecord, ...]
    prerequisite_kinds: tuple[str, ...] = ()
    costs: tuple[Mapping[str, Any], ...] = ()
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
    alone, which must have cost, level and mode. `sources`: title, publisher and year of each."""

    public_id: str
    cost_level: str
    iap2_level: str
    mode: str
    texts: tuple[MethodTextRecord, ...]
    topic: str = "engaging-citizens"
    kind: str = "method"
    group_size_min: int | None = None
    group_size_max: int | None = None
    sources: tuple[str, ...] = ()
    related_solution: str = ""
    evidence_cases: tuple[str, ...] = field(default=())
