"""`alliance index`: composite indicators from files. Needs no settings, no database, no Django."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.analysis.errors import MethodError
from alliance.core.text import csv_chunks

if TYPE_CHECKING:
    from alliance.analysis.composite import Composite, Uncertainty

# The whole file is in memory, several times over during the computation.
MAX_BYTES = 256 * 1024 * 1024
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def index() -> None:
    """Composite indicators: scores and ranks from a table of figures."""


@index.command("build")
@click.argument("data", type=FILE)
@click.argument("framework", type=FILE)
@click.option(
    "--method", "method_file", type=FILE, help="TOML file with the choices of the method."
)
@click.option(
    "--uncertainty",
    "draws",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many times to build the index with other choices; 0 gives no intervals.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Start of the random numbers; the same seed gives the same result.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
def build_command(
    data: Path, framework: Path, method_file: Path | None, draws: int, seed: int, form: str
) -> None:
    """Build an index from DATA.csv and FRAMEWORK.csv and print it.

    DATA has a column `unit`, optionally `group`, and one column for each indicator; FRAMEWORK has
    the columns code, parent, level, weight, direction, lower, upper and denominator.
    """
    from alliance.analysis import composite as method_of

    try:
        choices = method_of.method_from(_choices(method_file)) if method_file else None
        with _rows(framework) as rows:
            nodes, unused_in_framework = method_of.parse_nodes(rows)
        hierarchy = method_of.framework_from(nodes)
        with _rows(data) as rows:
            table, unused = method_of.parse_table(rows, wanted=method_of.wanted_columns(hierarchy))
        result = method_of.build(table, hierarchy, method=choices)
        spread = None
        if draws:
            threads = min(4, os.cpu_count() or 1)
            spread = method_of.simulate(result, draws=draws, seed=seed, threads=threads)
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    warnings = [
        *(f"unused-column:{name}" for name in (*unused_in_framework, *unused)),
        *result.warnings,
        *(spread.warnings if spread else ()),
    ]
    if form == "json":
        document = _document(result, spread, warnings)
        click.echo(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))
        return
    click.echo(_csv(result, spread) if form == "csv" else _table(result, spread), nl=False)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _choices(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise MethodError("bad-toml", str(error), path.name) from None


def _text(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise MethodError("file-too-large", f"more than {MAX_BYTES // 2**20} MiB", path.name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MethodError(
            "not-utf-8", f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", path.name
        ) from None


@contextmanager
def _rows(path: Path) -> Iterator[Iterator[list[str]]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        yield reader
    except csv.Error as error:
        raise MethodError("bad-csv", str(error), f"{path.name}, line {reader.line_num}") from None


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


def _document(result: Composite, spread: Uncertainty | None, warnings: list[str]) -> dict[str, Any]:
    codes, node_codes = result.framework.codes, result.framework.node_codes

    def named(names: tuple[str, ...], values: Any) -> dict[str, float | None]:
        return {name: _number(value) for name, value in zip(names, values, strict=True)}

    units = []
    for row, unit in enumerate(result.table.units):
        entry: dict[str, Any] = {
            "unit": unit,
            "score": _number(result.score[row]),
            "rank": _whole(result.rank[row]),
            "score_interval": None,
            "rank_interval": None,
            "p_top_quarter": None,
            "nodes": named(node_codes, result.nodes[row]),
            "normalised": named(codes, result.normalised[row]),
            "treated": named(codes, result.treated[row]),
        }
        if spread is not None:
            if not math.isnan(spread.score_low[row]):
                entry["score_interval"] = [
                    float(spread.score_low[row]),
                    float(spread.score_high[row]),
                ]
            if not math.isnan(spread.rank_low[row]):
                entry["rank_interval"] = [int(spread.rank_low[row]), int(spread.rank_high[row])]
            entry["p_top_quarter"] = _number(spread.p_top_quarter[row])
        units.append(entry)
    return {
        "units": units,
        "warnings": warnings,
        "method": result.method.as_dict(),
        "seed": None if spread is None else spread.seed,
    }


_SPREAD_COLUMNS = ("score_low", "score_high", "rank_low", "rank_high", "p_top_quarter")


def _csv(result: Composite, spread: Uncertainty | None) -> bytes:
    """The units in the order of the data; an empty cell is missing."""

    def cells(row: int, unit: str) -> Iterator[Any]:
        yield from (unit, _number(result.score[row]), _whole(result.rank[row]))
        for name in _SPREAD_COLUMNS if spread else ():
            as_cell = _whole if name.startswith("rank") else _number
            yield as_cell(getattr(spread, name)[row])
        yield from map(_number, result.nodes[row])

    columns = ["unit", "score", "rank", *(_SPREAD_COLUMNS if spread else ())]
    rows = (cells(row, unit) for row, unit in enumerate(result.table.units))
    return b"".join(csv_chunks([*columns, *result.framework.node_codes], rows))


def _table(result: Composite, spread: Uncertainty | None) -> str:
    """The units by rank, as text; units without a score come last."""
    top = result.framework.top
    parts = [(result.framework.node_codes[i], result.nodes[:, i]) for i in top.nodes]
    header = ["rank", "unit", "score"]
    if spread is not None:
        header += ["score in 90 % of draws", "rank in 90 % of draws", "P(top quarter)"]
    lines = [[*header, *(code for code, _ in parts)]]
    for row in sorted(
        range(len(result.score)), key=lambda r: (-_or_last(float(result.score[r])), r)
    ):
        line = [
            _shown(result.rank[row], 0),
            result.table.units[row],
            _shown(result.score[row], 2),
        ]
        if spread is not None:
            line += [
                _between(spread.score_low[row], spread.score_high[row], 2),
                _between(spread.rank_low[row], spread.rank_high[row], 0),
                _shown(spread.p_top_quarter[row], 2),
            ]
        lines.append([*line, *(_shown(scores[row], 2) for _, scores in parts)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ""
    for line in lines:
        cells = (
            cell.ljust(width) if column == 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        text += "  ".join(cells).rstrip() + "\n"
    return text


def _or_last(score: float) -> float:
    return -math.inf if math.isnan(score) else float(score)


def _shown(value: float, decimals: int) -> str:
    return "no data" if math.isnan(value) else f"{value:.{decimals}f}"


def _between(low: float, high: float, decimals: int) -> str:
    if math.isnan(low):
        return "no data"
    return f"{low:.{decimals}f} to {high:.{decimals}f}"
