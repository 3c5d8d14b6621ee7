"""`alliance evidence verdict`: does it work? The published rule, from a file of cases."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM

MAX_BYTES = 64 * 1024 * 1024


@click.command("verdict")
@click.argument("cases", type=FILE)
@FORM
def verdict_command(cases: Path, form: str) -> None:
    """Give the verdict on a solution: one of six, the row of the rule, and what it is based on.

    CASES.json: solution, measure, direction, smallest_useful, ordinary_change, cases (id, place,
    country, study, outcome, reasons, equity_harm, effects), and if a word stood before, previous
    (verdict, cases, edited).
    """
    from alliance.analysis.evidence.solution_verdict import as_values, solution_verdict

    try:
        verdict = solution_verdict(**_read(cases))
    except MethodError as error:
        raise click.ClickException(f"{cases.name}: {error}") from error
    payload = as_values(verdict)
    if form == "json":
        click.echo(json.dumps(payload, ensure_ascii=False, indent=1))
        return
    for name, value in payload.items():
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        click.echo(f"{name:<24} {value if value not in (None, '') else 'none'}")


#: Programs write whole numbers as 12.0 too.
Whole = Annotated[int, Field(strict=False)]


class _StrictModel(BaseModel):
    model_config = ConfigDict(strict=True)


class _Effect(_StrictModel):
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    design: str | None = None
    n: Whole | None = None
    measure: str | None = None
    label: str | None = None
    years: Whole | None = None
    study: str | None = None
    sample: str | None = None
    sister: bool | None = None
    no_difference: bool | None = None


class _Case(_StrictModel):
    id: str
    place: str | None = None
    country: str | None = None
    study: str | None = None
    outcome: str | None = None
    reasons: list[str] | None = None
    equity_harm: str | None = None
    effects: list[_Effect] | None = None


class _Previous(_StrictModel):
    verdict: str
    cases: list[str] | None = None
    edited: bool | None = None


class _File(_StrictModel):
    measure: str
    direction: str
    smallest_useful: float | None = None
    ordinary_change: float | None = None
    cases: list[_Case] | None = None
    previous: _Previous | None = None


def _read(path: Path) -> dict[str, Any]:
    """The file as arguments of `solution_verdict`. Raises InvalidData naming each place in it."""
    from alliance.analysis.effect_spread import PlaceEffect
    from alliance.analysis.evidence.solution_verdict import Previous, VerdictCase
    from alliance.core.errors import InvalidData, shape_faults
    from alliance.core.strict_json import NotJson, read

    if path.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{path.name}: more than {MAX_BYTES // 2**20} MB")
    try:
        document = _File.model_validate(read(path.read_bytes().removeprefix(BOM_UTF8)))
    except NotJson as error:
        raise click.ClickException(f"{path.name}: no JSON: {error}") from error
    except ValidationError as error:
        raise InvalidData(
            replace(fault, where=f"{path.name}: {fault.where[1:]}".removesuffix(": "))
            for fault in shape_faults(error, "")
        ) from error
    before = document.previous
    return {
        "cases": [
            VerdictCase(
                id=case.id,
                place=case.place or "",
                outcome=case.outcome or "",
                reasons=tuple(case.reasons or ()),
                equity_harm=case.equity_harm or "",
                country=case.country or "",
                study=case.study or "",
                effects=tuple(
                    PlaceEffect(
                        place=case.place or "",
                        value=effect.value,
                        unit="",
                        direction=document.direction,
                        design=effect.design or "",
                        case=case.id,
                        measure=effect.measure or document.measure,
                        low=effect.low,
                        high=effect.high,
                        se=effect.se,
                        n=effect.n,
                        label=effect.label or None,
                        years=effect.years,
                        study=effect.study or "",
                        sample=effect.sample or "",
                        no_difference=bool(effect.no_difference),
                        is_sister=bool(effect.sister),
                    )
                    for effect in case.effects or ()
                ),
            )
            for case in document.cases or ()
        ],
        "measure": document.measure,
        "direction": document.direction,
        "smallest_useful": document.smallest_useful,
        "ordinary_change": document.ordinary_change,
        "previous": before
        and Previous(before.verdict, frozenset(before.cases or ()), bool(before.edited)),
    }
