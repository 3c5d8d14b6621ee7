"""What a writer hands in: a solution or method as plain values, before any table.

The starter loader, imports, forms and the API all build these; `validation` checks them and
`services` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from alliance.cases.models import Dispute, NationalScheme, SolutionCost


@dataclass(frozen=True)
class SolutionTextRecord:
    language: str
    name: str
    summary: str = ""
    how_it_works: str = ""
    prerequisites: tuple[str, ...] = ()
    status: str = "original"


def _columns(model: type[Model]) -> dict[str, Any]:
    """The columns of a line of a solution, each with what stands there where nothing is known."""
    return {
        field.name: field.get_default()
        for field in model._meta.concrete_fields
        if field.name not in {"id", "solution", "position"}
    }


#: The columns of a line of costs and times, of a national scheme, and of a dispute.
COST_COLUMNS = _columns(SolutionCost)
SCHEME_COLUMNS = _columns(NationalScheme)
DISPUTE_COLUMNS = _columns(Dispute)
#: What editors choose and say of a solution as a whole, each with what stands there where nobody
#: did. The main measure is a slug and its unit a code: both are empty, though chosen, where nothing
#: recorded is an outcome. Each scheme has all of `SCHEME_COLUMNS`, each dispute all of
#: `DISPUTE_COLUMNS`.
EDITORIAL: dict[str, Any] = {
    "main_measure_chosen": False,
    "main_measure": "",
    "main_unit": "",
    "main_measure_why": "",
    "one_off": "",
    "one_off_year": None,
    "one_off_why": "",
    "national_schemes": [],
    "disputes": [],
}
#: Those of it that are columns of the solution itself.
EDITORIAL_COLUMNS = tuple(
    name
    for name in EDITORIAL
    if name not in {"main_measure", "main_unit", "national_schemes", "disputes"}
)
#: Those of them that are words, with a French and a Swedish column beside each.
COST_WORDS = tuple(name for name in COST_COLUMNS if f"{name}_fr" in COST_COLUMNS)


@dataclass(frozen=True)
class SolutionRecord:
    """A solution; each line of `costs` has all of `COST_COLUMNS`, and `editorial` all of
    `EDITORIAL`."""

    public_id: str
    kind: str
    texts: tuple[SolutionTextRecord, ...]
    prerequisite_kinds: tuple[str, ...] = ()
    costs: tuple[Mapping[str, Any], ...] = ()
    editorial: Mapping[str, Any] = field(default_factory=lambda: dict(EDITORIAL))
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
