"""Taking over solutions as the open data of another network hold them, with costs inside."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from alliance.cases.codebook import LANGUAGES
from alliance.cases.exports import SOLUTION_TEXTS, nested_solutions
from alliance.cases.models import Dispute, Measure, NationalScheme, Solution, SolutionCost, Unit
from alliance.cases.records import (
    COST_COLUMNS,
    DISPUTE_COLUMNS,
    EDITORIAL,
    EDITORIAL_COLUMNS,
    SCHEME_COLUMNS,
    SolutionRecord,
    SolutionTextRecord,
)
from alliance.core import audit
from alliance.core.errors import InvalidData, shape_faults
from alliance.core.text import jsonable
from alliance.network.enums import Origin
from alliance.writing.services import save_solution


class _Row(BaseModel):
    # Derived columns are there for readers and are not taken over.
    model_config = ConfigDict(extra="ignore", strict=True)


_TYPES: dict[str, Any] = {
    "FloatField": float,
    "PositiveSmallIntegerField": int,
    "BooleanField": bool,
    "JSONField": list[str],
}


def _columns(model: type[Model], names: Iterable[str]) -> dict[str, Any]:
    """The type of each column that an import takes; all of them may be missing."""
    kinds = {name: model._meta.get_field(name).get_internal_type() for name in names}
    return {name: (_TYPES.get(kind, str) | None, None) for name, kind in kinds.items()}


_Cost: Any = create_model("_Cost", __base__=_Row, **_columns(SolutionCost, COST_COLUMNS))
_Scheme: Any = create_model("_Scheme", __base__=_Row, **_columns(NationalScheme, SCHEME_COLUMNS))
_Dispute: Any = create_model("_Dispute", __base__=_Row, **_columns(Dispute, DISPUTE_COLUMNS))
_EDITORIAL: dict[str, Any] = {
    **_columns(Solution, EDITORIAL_COLUMNS),
    "main_measure": (str | None, None),
    "main_unit": (str | None, None),
    "national_schemes": (list[_Scheme], []),
    "disputes": (list[_Dispute], []),
}
_TEXTS: dict[str, Any] = {
    f"{name}_{language}": (list[str], []) if name == "prerequisites" else (str | None, None)
    for name in ("text_status", *SOLUTION_TEXTS, "prerequisites")
    for language in LANGUAGES
}
_LISTS: dict[str, Any] = dict.fromkeys(
    ("prerequisite_kinds", "topics", "themes", "sdg_targets"), (list[str], [])
)
_Solution: Any = create_model(
    "_Solution",
    __base__=_Row,
    id=str,
    kind=str,
    costs=(list[_Cost], []),
    **_EDITORIAL,
    **_LISTS,
    **_TEXTS,
)


def _read(row: Any) -> Any:
    # JSON has no tuples and dates: reading as JSON lets in what a download holds, strictly.
    return _Solution.model_validate_json(json.dumps(jsonable(row)))


def importable_solutions(public_ids: list[str], as_of: dt.date) -> dict[str, dict[str, Any]]:
    """What an import takes of the solutions named, by id, as JSON holds it."""
    return {
        row["id"]: _read(row).model_dump(mode="json", exclude_none=True)
        for row in nested_solutions(as_of, public_ids)
    }


def _editorial(row: Any) -> dict[str, Any]:
    """What editors of another network say. A main measure that is not in the lists here is left
    out: nobody chose."""
    known = (
        Measure.objects.filter(slug=row.main_measure or "").exists()
        and Unit.objects.filter(code=row.main_unit or "").exists()
    )
    values = row.model_dump(include=_EDITORIAL.keys(), exclude_none=True)
    if row.main_measure and not known:
        values |= {"main_measure_chosen": False, "main_measure": "", "main_unit": ""}
    lines = {"national_schemes": SCHEME_COLUMNS, "disputes": DISPUTE_COLUMNS}
    return (
        EDITORIAL
        | values
        | {
            name: [columns | line for line in values.get(name, ())]
            for name, columns in lines.items()
        }
    )


def _record(row: Any) -> SolutionRecord:
    try:
        parsed_row = _read(row)
    except ValidationError as error:
        raise InvalidData(shape_faults(error, "solution")) from error
    texts = tuple(
        SolutionTextRecord(
            language=language,
            status=status,
            prerequisites=tuple(getattr(parsed_row, f"prerequisites_{language}")),
            **{name: getattr(parsed_row, f"{name}_{language}") or "" for name in SOLUTION_TEXTS},
        )
        for language in LANGUAGES
        if (status := getattr(parsed_row, f"text_status_{language}"))
    )
    return SolutionRecord(
        parsed_row.id,
        parsed_row.kind,
        texts,
        costs=tuple(COST_COLUMNS | cost.model_dump(exclude_none=True) for cost in parsed_row.costs),
        editorial=_editorial(parsed_row),
        **{name: tuple(getattr(parsed_row, name)) for name in _LISTS},
    )


def import_solution(row: Any, *, actor: audit.Actor, at: dt.datetime) -> Solution:
    """Write a solution of another network. Raises InvalidData, with nothing written."""
    return save_solution(_record(row), actor=actor, at=at, origin=Origin.NETWORK)
