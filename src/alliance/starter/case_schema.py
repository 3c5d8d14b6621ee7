"""The shapes of `cases.json` and `solution-costs.json` of a starter folder, as JSON Schema.

Fields are those of the register of a case, and the columns of a line of costs. What a starter
folder writes otherwise stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from alliance.cases.case_fields import (
    OF_AMOUNTS,
    OF_CASE,
    OF_COST,
    OF_EFFECTS,
    OF_NULLS,
    OF_SOURCES,
    OF_TEXTS,
    QUANTITIES,
    CaseField,
)
from alliance.cases.models import SolutionCost
from alliance.cases.records import COST_COLUMNS

_ID = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,79}$"}
_TEXT = {"type": "string", "minLength": 1}
_AMOUNT = {"type": "number", "minimum": 0}
_CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}
_COUNTRY = {"type": "string", "pattern": "^[A-Z]{2}$"}
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {
    "text": "string", "number": "number", "integer": "integer", "year": "integer",
    "flag": "boolean", "date": "string",
}  # fmt: skip
# Of fields that may be null, those whose key has to be there.
_ALWAYS = frozenset(
    {"start_year", "end_year", "problem", "what_worked", "what_did_not", "topics", "themes",
     "sdg_targets", "actors"}
)  # fmt: skip
# The starter gives them for all its cases, in files beside this one, or as one period.
_ELSEWHERE = frozenset(
    {"original_language", "checked_on", "is_masked", "pool_exclusion", "period_start", "period_end",
     "running", "running_year", "running_source", "check_again",
     "qualifier_fr", "qualifier_sv", "note_fr", "note_sv"}
)  # fmt: skip


def _or_null(kind: str, **rules: Any) -> dict[str, Any]:
    return {"type": [kind, "null"], **rules}


def _value(row: CaseField) -> dict[str, Any]:
    if row.kind == "list":
        return {"type": "array", "items": _TEXT}
    if row.is_required and row.vocabulary:
        return {"enum": list(row.vocabulary.values)}
    if row.is_required or row.is_needed:
        return _TEXT if row.kind == "text" else {"type": _TYPES[row.kind]}
    return _or_null(_TYPES[row.kind])


def _object(fields: Iterable[CaseField], **beside: dict[str, Any]) -> dict[str, Any]:
    """An object of these fields; those `beside` them go before and have to be there if not null."""
    rows = [row for row in fields if row.name not in _ELSEWHERE]
    needed = [row.name for row in rows if row.is_required or row.is_needed or row.name in _ALWAYS]
    needed += [name for name, rule in beside.items() if isinstance(rule.get("type"), str)]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(dict.fromkeys(needed)),
        "properties": {row.name: _value(row) for row in rows} | beside,
    }


# What may stand in the cost beside amount, currency and year.
_COST = {
    row.name: _value(row) for row in OF_COST if row.name not in ("amount", "currency", "price_year")
}


def _part(more: dict[str, Any] | None = None, **properties: dict[str, Any]) -> dict[str, Any]:
    """An object that may be null, with every property in it, and `more` that may be."""
    shape = {"type": "object", "additionalProperties": False, "required": list(properties)}
    return {"oneOf": [{"type": "null"}, {**shape, "properties": properties | (more or {})}]}


def cases_schema() -> dict[str, Any]:
    """The schema of the list of cases."""
    period = _or_null("string", pattern="^[0-9]{4}(-[0-9]{4})?$")
    effect, null = _object(OF_EFFECTS, period=period), _object(OF_NULLS, period=period)
    source = _object(OF_SOURCES)
    # Who published a source may stand in a file beside this one.
    source["required"].remove("kind")
    source["properties"]["kind"] = _TEXT
    case = _object(
        (*OF_CASE, *OF_TEXTS),
        slug=_ID,
        solution=_ID,
        city=_TEXT,
        country=_COUNTRY,
        lat=_or_null("number"),
        lon=_or_null("number"),
        effects={"type": "array", "items": effect},
        sources={"type": "array", "minItems": 1, "items": source},
        cost=_part(_COST, amount=_AMOUNT, currency=_CURRENCY, year=_or_null("integer")),
        review_by=_or_null("string", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        **{quantity.name: _part(value=_AMOUNT, unit=_TEXT) for quantity in QUANTITIES},
    )
    # Most cases have none.
    amount = _object(OF_AMOUNTS)
    amount["properties"] |= {"amount": _AMOUNT, "currency": _CURRENCY}
    case["properties"]["amounts"] = {"type": "array", "items": amount}
    case["properties"]["nulls"] = {"type": "array", "items": null}
    return {
        "$schema": _SCHEMA,
        "title": "Case studies of a starter folder (cases.json)",
        "type": "array",
        "items": case,
    }


# Of a line of costs, what is stricter than its column.
_OF_COST_LINE = {
    "currency": _CURRENCY,
    "country": _COUNTRY,
    "source_url": {"type": "string", "pattern": "^https?://", "maxLength": 500},
    "seen": {**_TEXT, "maxLength": 2000},
}


def _column(column: Any) -> dict[str, Any]:
    if column.choices:
        return {"enum": [code for code, _label in column.choices]}
    if isinstance(column, models.FloatField):
        return _AMOUNT
    if isinstance(column, models.IntegerField):
        return {"type": "integer"}
    return {**_TEXT, "maxLength": column.max_length}


def solution_costs_schema() -> dict[str, Any]:
    """The schema of the lines of costs by solution."""
    columns = [
        column for column in SolutionCost._meta.concrete_fields if column.name in COST_COLUMNS
    ]
    line = {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns if not column.blank],
        "properties": {
            column.name: _OF_COST_LINE.get(column.name) or _column(column) for column in columns
        },
    }
    return {
        "$schema": _SCHEMA,
        "title": "Costs, staff, lead times and lifetimes by solution (solution-costs.json)",
        "type": "object",
        "additionalProperties": {"type": "array", "items": line},
    }
