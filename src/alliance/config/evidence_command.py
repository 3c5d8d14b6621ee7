"""`alliance evidence`: how effects spread over places, from a file. Needs no database."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import click

from alliance.analysis.errors import MethodError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REQUIRED = ("place", "value", "unit", "direction", "design")
NUMBERS = ("value", "low", "high", "se")
TEXTS = ("place", "unit", "direction", "design", "case", "measure", "label", "excluded")


@click.group()
def evidence() -> None:
    """Evidence synthesis from files of effects."""


@evidence.command("spread")
@click.argument("effects", type=FILE)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Level of the intervals.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
def spread_command(effects: Path, level: float, form: str) -> None:
    """Summarise EFFECTS.csv: one effect a place, median, range, unweighted mean with intervals.

    Columns: place, value, unit, direction, design, and if known low, high, se, n, case, measure,
    label, excluded. All rows must be of one measure, unit and direction.
    """
    from alliance.analysis.effect_spread import PlaceEffect, summarise

    try:
        rows = [PlaceEffect(**values) for values in _rows(effects)]
        summary = summarise(rows, level=level)
    except MethodError as error:
        raise click.ClickException(f"{effects.name}: {error}") from error
    told = dataclasses.asdict(summary)
    selection = told.pop("selection")
    told["places"] = selection["chosen"]
    told["left_out"] = selection["left_out"]
    if form == "json":
        click.echo(json.dumps(_finite(told), ensure_ascii=False, indent=1))
        return
    for effect in summary.selection.chosen:
        click.echo(f"{effect.place:<40} {effect.value:>12.6g}  {effect.design}")
    for left in summary.selection.left_out:
        click.echo(f"{left.effect.place:<40} left out: {left.reason}")
    for name in ("k", "median", "minimum", "maximum", "mean", "ci_low", "ci_high", "pi_low",
                 "pi_high"):  # fmt: skip
        value = told[name]
        click.echo(f"{name:<40} {'no data' if value is None else format(value, '12.6g')}")
    click.echo(f"{'warnings':<40} {', '.join(summary.warnings) or 'none'}")


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows as arguments of PlaceEffect; a fault names the row and the column."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        columns = reader.fieldnames or []
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise click.ClickException(f"{path.name}: columns missing: {', '.join(missing)}")
        return [
            _values(row, f"{path.name}, row {number}") for number, row in enumerate(reader, start=2)
        ]


def _values(row: dict[str, str], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: (row.get(name) or "").strip() for name in TEXTS if name in row}
    values["label"] = values.get("label") or None
    for name in (*NUMBERS, "n"):
        text = (row.get(name) or "").strip()
        if not text:
            values[name] = None
            continue
        try:
            values[name] = int(text) if name == "n" else float(text)
        except ValueError:
            kind = "a whole number" if name == "n" else "a number"
            raise click.ClickException(f"{where}, column {name}: {text!r} is not {kind}") from None
    return values


def _finite(value: Any) -> Any:
    """NaN is no JSON: missing numbers become null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
