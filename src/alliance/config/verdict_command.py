"""`alliance evidence verdict`: does it work? The published rule, from a file of cases."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM

MAX_BYTES = 64 * 1024 * 1024


@click.command("verdict")
@click.argument("cases", type=FILE)
@FORM
def verdict_command(cases: Path, form: str) -> None:
    """Say whether a solution works: one word of six, the line that gave it, and what it rests on.

    CASES.json: solution, measure, direction, smallest_useful, cases (id, place, outcome, reasons,
    equity_harm, effects), and if a word stood before, previous (verdict, cases, edited).
    """
    from alliance.analysis.evidence.solution_verdict import as_values, solution_verdict

    try:
        found = solution_verdict(**_read(cases))
    except MethodError as error:
        raise click.ClickException(f"{cases.name}: {error.code}: {error}") from error
    told = as_values(found)
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for name, value in told.items():
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        click.echo(f"{name:<24} {value if value not in (None, '') else 'none'}")


def _read(path: Path) -> dict[str, Any]:
    """The file as arguments of `solution_verdict`; a fault names its place in the file."""
    from alliance.analysis.evidence.solution_verdict import Previous, VerdictCase

    if path.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{path.name}: more than {MAX_BYTES // 2**20} MB")
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(f"{path.name}: no JSON: {error}") from error
    told = _object(told, path.name)
    measure, direction = _text(told, "measure", path.name), _text(told, "direction", path.name)
    cases = [
        VerdictCase(
            id=_text(case, "id", where),
            place=_text(case, "place", where, needed=False),
            outcome=_text(case, "outcome", where, needed=False),
            reasons=tuple(_list(case, "reasons", where)),
            equity_harm=case.get("equity_harm") or "",
            effects=tuple(
                _effect(one, case, measure, direction, f"{where}.effects[{row}]")
                for row, one in enumerate(_list(case, "effects", where))
            ),
        )
        for at, case in enumerate(_list(told, "cases", path.name))
        for where in (f"{path.name}: cases[{at}]",)
        if _object(case, where) is not None
    ]
    before = told.get("previous")
    if before is not None:
        before = Previous(
            verdict=_text(_object(before, "previous"), "verdict", "previous"),
            cases=frozenset(map(str, _list(before, "cases", "previous"))),
            edited=bool(before.get("edited")),
        )
    return {
        "cases": cases,
        "measure": measure,
        "direction": direction,
        "smallest_useful": _number(told, "smallest_useful", path.name),
        "previous": before,
    }


def _effect(told: Any, case: Mapping[str, Any], main: str, direction: str, where: str) -> Any:
    from alliance.analysis.effect_spread import PlaceEffect

    told = _object(told, where)
    n, years = (_number(told, name, where) for name in ("n", "years"))
    return PlaceEffect(
        place=_text(case, "place", where, needed=False),
        value=_number(told, "value", where),
        unit="",
        direction=direction,
        design=_text(told, "design", where, needed=False),
        case=_text(case, "id", where),
        measure=told.get("measure") or main,
        se=_number(told, "se", where),
        n=None if n is None else int(n),
        label=told.get("label") or None,
        years=None if years is None else int(years),
    )


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise click.ClickException(f"{where}: expected an object")
    return value


def _list(told: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = told.get(name) or []
    if not isinstance(value, list):
        raise click.ClickException(f"{where}: {name}: expected a list")
    return value


def _text(told: Mapping[str, Any], name: str, where: str, *, needed: bool = True) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        if value is None and not needed:
            return ""
        raise click.ClickException(f"{where}: {name}: expected a text")
    return value


def _number(told: Mapping[str, Any], name: str, where: str) -> float | None:
    value = told.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise click.ClickException(f"{where}: {name}: expected a number")
    if math.isnan(value):
        raise click.ClickException(f"{where}: {name}: not a number")
    return float(value)
