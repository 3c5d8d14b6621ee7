"""`alliance equity`: the distribution of burdens, from files. Needs no settings, no database."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM, LEVEL
from alliance.config.csv_tables import read_columns
from alliance.core.files.numerals import as_number, decimal_mark
from alliance.core.files.texts import delimiter_of

if TYPE_CHECKING:
    from alliance.analysis.equity.values import Floats, Measure
    from alliance.analysis.small_counts import Cell

# The whole file is in memory, several times over during the computation.
MAX_BYTES = 256 * 1024 * 1024
#: The number of rows of a table on the screen.
_SHOWN = 40
#: How methods name an element of an array.
_PLACE = re.compile(r"(\w+)\[(\d+)(?:, (\d+))?\]")
_TRUTH = {"true": "1", "false": "0"}


class Table:
    """A CSV file whose columns are read by name; a number stands for a constant column."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.text, self.rows = read_columns(path, MAX_BYTES, as_written=True)
        self.delimiter = delimiter_of(path.read_text("utf-8-sig"))

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, name: str) -> Floats:
        """The values of a column, shape (n,); true and false are 1 and 0."""
        import numpy as np

        if name not in self.text:
            try:
                return np.full(len(self), float(name))
            except ValueError:
                there = ", ".join(self.text)
                message = f"no column {name!r}; there are: {there}"
                raise MethodError("missing-column", message, name) from None
        if not self.rows:
            raise MethodError("no-data", "the file has a head and no rows", self.name)
        cells = [_TRUTH.get(cell.strip().lower(), cell.strip()) for cell in self.text[name]]
        mark = decimal_mark(cells)
        numbers = []
        for row, cell in zip(self.rows, cells, strict=True):
            try:
                numbers.append(as_number(cell, mark, delimiter=self.delimiter))
            except ValueError:
                message = f"{cell!r} is no number that is read in one way, such as 5000 or 5.25"
                raise MethodError("bad-number", message, f"row {row}, {name}") from None
        return np.array(numbers, dtype=float)


@click.group()
def equity() -> None:
    """Equity: who bears a burden, how unevenly, and which results can be published."""


@equity.command("measure")
@click.argument("data", type=FILE)
@click.option(
    "--measure",
    "chosen",
    type=click.Choice(
        ["mean", "gini", "atkinson", "kolm-pollak", "concentration", "disparity", "kakwani"],
        case_sensitive=False,
    ),
    required=True,
)
@click.option("--value", required=True, help="Column of the exposure, benefit or payment.")
@click.option("--weight", default="1", show_default=True, help="Column of the people, or a number.")
@click.option("--group", default="", help="Columns of the people of groups, with commas.")
@click.option("--rank", help="concentration, kakwani: column of income or another standing.")
@click.option(
    "--reference",
    default="",
    help="disparity: the group to compare with; without one, all who are not in the group.",
)
@click.option(
    "--parameter",
    type=float,
    default=0.5,
    show_default=True,
    help="atkinson, kolm-pollak: how much inequality is minded (epsilon).",
)
@click.option(
    "--direction",
    type=click.Choice(["good", "burden"], case_sensitive=False),
    help="atkinson, kolm-pollak: whether more of the value is better or worse.",
)
@click.option("--unit", default="", help="Unit of the value, for the answer.")
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Draws of the bootstrap over areas; 0 for no interval.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Start of the random numbers; the same seed gives the same result.",
)
@click.option("--level", type=LEVEL, default=0.95, show_default=True, help="Level of intervals.")
@FORM
def measure_command(data: Path, form: str, **options: Any) -> None:
    """A measure over the areas in DATA.csv, one per row, with its interval and by group."""
    try:
        table = Table(data)
        try:
            is_gap = options["chosen"] == "disparity"
            answer = (_disparity if is_gap else _measure)(table, options)
        except MethodError as error:
            raise _in_file(error, table, options) from None
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    _print_result(answer, form)


def _in_file(error: MethodError, table: Table, options: dict[str, Any]) -> MethodError:
    """A fault at an element of an array, with the row and the column of the file."""
    match = _PLACE.fullmatch(error.where)
    groups = _listed(options["group"])
    columns = {
        "values": (options["value"],),
        "weights": (options["weight"],),
        "population": (options["weight"],),
        "rank": (options["rank"],),
        "counts": (*groups, options["reference"]),
    }
    if match is None or match[1] not in columns:
        return error
    row, column = table.rows[int(match[2])], columns[match[1]][int(match[3] or 0)]
    return MethodError(error.code, error.message, f"row {row}, {column}")


def _measure(table: Table, options: dict[str, Any]) -> dict[str, Any]:
    groups = _listed(options["group"])
    result = _compute_measure(
        table, options, table.numbers(options["weight"]), options["draws"], None
    )
    if options["weight"] in table.text:
        _check_groups(table, groups, options["weight"])
    # Groups are only comparable at the kappa of all.
    kappa = result.details.get("kappa") or None
    by_group = {
        name: _compute_measure(table, options, table.numbers(name), 0, kappa).value
        for name in groups
    }
    return {
        "measure": options["chosen"],
        "value": result.value,
        "interval": result.interval,
        "unit": result.unit,
        "n": result.n,
        "n_missing": result.n_missing,
        "by_group": by_group,
        "warnings": list(result.warnings),
    }


def _check_groups(table: Table, groups: Sequence[str], everybody: str) -> None:
    """Refuse a group that has more members than its area has people, as `_disparity` does."""
    people = table.numbers(everybody)
    for name in groups:
        members = table.numbers(name)
        above = members > people * (1 + 1e-9)
        if above.any():
            at = int(above.argmax())
            message = f"{members[at]:g} members of {people[at]:g} people"
            raise MethodError("bad-ratio", message, f"row {table.rows[at]}, {name}")


def _compute_measure(
    table: Table, options: dict[str, Any], weights: Floats, draws: int, kappa: float | None
) -> Measure:
    from alliance.analysis import equity as measures
    from alliance.analysis.equity.values import check_unit

    name, values = options["chosen"], table.numbers(options["value"])
    check_unit(values, options["unit"])
    drawn = {"draws": draws, "seed": options["seed"], "level": options["level"]}
    if name == "mean":
        return measures.weighted_mean(values, weights, unit=options["unit"], **drawn)
    if name == "gini":
        return measures.gini(values, weights, **drawn)
    if name == "atkinson":
        return measures.atkinson(
            values,
            weights,
            epsilon=options["parameter"],
            direction=options["direction"] or "good",
            **drawn,
        )
    if name == "kolm-pollak":
        if options["direction"] is None:
            raise MethodError("missing-option", "whether more is better or worse", "--direction")
        return measures.kolm_pollak(
            values,
            weights,
            direction=options["direction"],
            epsilon=options["parameter"],
            kappa=kappa,
            unit=options["unit"],
            **drawn,
        )
    if options["rank"] is None:
        raise MethodError("missing-option", "a column of income or another standing", "--rank")
    rank = table.numbers(options["rank"])
    if name == "kakwani":
        return measures.kakwani(values, rank, weights)
    return measures.concentration(values, rank, weights, **drawn)


def _disparity(table: Table, options: dict[str, Any]) -> dict[str, Any]:
    """The gap of the first group; all gaps are listed by group."""
    import numpy as np

    from alliance.analysis.equity import group_exposure
    from alliance.analysis.equity.values import check_unit

    groups = _listed(options["group"])
    if not groups:
        raise MethodError("missing-option", "columns of the people of groups", "--group")
    if options["reference"] and options["reference"] not in groups:
        groups = (*groups, options["reference"])
    # If the reference is a named group, the rest of the population need not be known.
    check_unit(table.numbers(options["value"]), options["unit"])
    everybody = table.numbers(options["weight"]) if options["weight"] != "1" else None
    result = group_exposure(
        table.numbers(options["value"]),
        np.column_stack([table.numbers(name) for name in groups]),
        groups,
        population=everybody,
        reference=options["reference"],
        unit=options["unit"],
        draws=options["draws"],
        seed=options["seed"],
        level=options["level"],
    )
    keys = (
        "mean", "mean_interval", "reference_mean", "difference", "difference_interval", "ratio",
        "ratio_interval", "people", "n", "n_missing",
    )  # fmt: skip
    first = result.groups[0]
    return {
        "measure": "disparity",
        "value": first.difference,
        "interval": first.difference_interval,
        "unit": result.unit,
        "n": result.overall.n,
        "n_missing": result.overall.n_missing,
        "by_group": {
            group.group: {key: getattr(group, key) for key in keys} for group in result.groups
        },
        "warnings": list(result.warnings),
    }


@equity.command("suppress")
@click.argument("table", type=FILE)
@click.option("--population", help="Column of all people of an area; no count of the table.")
@click.option(
    "--floor",
    type=click.IntRange(min=10),
    default=10,
    show_default=True,
    help="Counts from 1 to one less are hidden.",
)
@click.option(
    "--min-population",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="Areas with fewer people are hidden.",
)
@click.option(
    "--min-width",
    type=click.IntRange(min=3),
    default=3,
    show_default=True,
    help="How far apart the least and the most must lie that a hidden count could be.",
)
@click.option(
    "--released",
    type=FILE,
    multiple=True,
    help="An earlier table of the same people, in the same form; may be given several times.",
)
@FORM
def suppress_command(
    table: Path,
    form: str,
    population: str | None,
    floor: int,
    min_population: int,
    min_width: int,
    released: tuple[Path, ...],
) -> None:
    """Suppress small counts in TABLE.csv, with complementary suppression.

    The first column names the areas, the others are counts of people. Totals are added unless the
    file has them, under the name _T.
    """
    from alliance.analysis.equity import suppress
    from alliance.analysis.equity.suppression import by_people

    try:
        read = Table(table)
        cells, areas, columns = _cells(read, population)
        people = None
        if population is not None:
            counted = read.numbers(population)
            people = {
                area: float(count)
                for area, count in zip(_areas(read), counted, strict=True)
                if count == count
            }
        suppression = suppress(
            cells,
            population=people,
            floor=floor,
            min_population=min_population,
            min_width=min_width,
            released=[by_people(_cells(Table(path), population)[0], cells) for path in released],
        )
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    _print_result(
        {
            "rows": [
                {"id": area} | {column: suppression.cells[area, column] for column in columns}
                for area in areas
            ],
            "primary": [list(cell) for cell in suppression.primary],
            "complementary": [list(cell) for cell in suppression.complementary],
            "narrowest_range": suppression.narrowest_range,
            "warnings": list(suppression.warnings),
        },
        form,
    )


def _areas(table: Table) -> list[str]:
    return [cell.strip() for cell in next(iter(table.text.values()))]


def _cells(
    table: Table, population: str | None
) -> tuple[dict[Cell, float | None], list[str], list[str]]:
    """The counts by area and column with their totals, and the names of both."""
    import numpy as np

    from alliance.analysis.equity import with_totals
    from alliance.analysis.small_counts import TOTAL

    if population is not None and population not in table.text:
        raise MethodError("missing-column", f"no column {population!r}", population)
    areas = _areas(table)
    columns = [name for name in list(table.text)[1:] if name != population]
    if len(set(areas)) < len(areas):
        twice = next(area for area in areas if areas.count(area) > 1)
        raise MethodError("duplicate-key", f"{twice!r} stands there twice", table.name)
    if not areas or not columns:
        raise MethodError("no-data", "a column of areas and one of counts", table.name)
    counts = np.column_stack([table.numbers(name) for name in columns])
    if TOTAL in areas or TOTAL in columns:
        cells: dict[Cell, float | None] = {
            (area, column): None if count != count else float(count)
            for area, line in zip(areas, counts, strict=True)
            for column, count in zip(columns, line, strict=True)
        }
        return cells, areas, columns
    cells = with_totals(counts, areas, columns)
    return cells, [*areas, TOTAL], [*columns, TOTAL]


@equity.command("rules")
@click.argument("rules", type=FILE)
@click.argument("data", type=FILE)
@click.option("--id", "key", help="Column that names the areas; the first by default.")
@click.option(
    "--step", type=float, default=0.05, show_default=True, help="How far cuts are moved both ways."
)
@FORM
def rules_command(rules: Path, data: Path, form: str, key: str | None, step: float) -> None:
    """Which areas in DATA.csv bear a burden by the thresholds in RULES.toml.

    An unknown answer is "unknown", and never "no".
    """
    from alliance.analysis.equity import flag_burdens, rules_from
    from alliance.analysis.equity.burdens import WORDS

    try:
        table = Table(data)
        categories = rules_from(_toml(rules))
        names = table.text[key] if key in table.text else None if key else _areas(table)
        if names is None:
            raise MethodError("missing-column", f"no column {key!r}", str(key))
        wanted = {
            test.indicator
            for category in categories
            for test in (
                *category.conditions,
                *(each for burden in category.burdens for each in burden.thresholds),
            )
        }
        columns = {name: table.numbers(name) for name in sorted(wanted) if name in table.text}
        result = flag_burdens(categories, columns, step=step)
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    rows = zip(names, result.flags, result.met, result.tested, strict=True)
    _print_result(
        {
            "rows": [
                {"id": name, "flag": WORDS[int(flag)], "met": int(met), "tested": int(tested)}
                for name, flag, met, tested in rows
            ],
            "sensitivity": {f"{shift:+g}": counts for shift, counts in result.sensitivity.items()},
            "warnings": list(result.warnings),
        },
        form,
    )


def _toml(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_BYTES:
        raise MethodError("file-too-large", f"more than {MAX_BYTES // 2**20} MiB", path.name)
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MethodError("not-utf-8", f"byte {error.start + 1} is not UTF-8", path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise MethodError("bad-rule", str(error), path.name) from None


def _print_result(answer: dict[str, Any], form: str) -> None:
    from alliance.analysis.pilots import plain

    payload = plain(answer)
    # An unknown interval is null, not a pair of nulls.
    if payload.get("interval") == [None, None]:
        payload["interval"] = None
    if form == "json":
        click.echo(json.dumps(payload, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for key, value in payload.items():
        if key == "rows":
            _rows(value)
        elif isinstance(value, dict):
            for name, item in value.items():
                click.echo(f"{key:<16} {name:<24} {_shown(item)}")
        else:
            click.echo(f"{key:<16} {_shown(value)}")


def _rows(rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        click.echo("\t".join(rows[0]))
    for row in rows[:_SHOWN]:
        click.echo("\t".join(_shown(cell) for cell in row.values()))
    if len(rows) > _SHOWN:
        click.echo(f"… {len(rows) - _SHOWN} more rows; --format json shows all")
    click.echo()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _shown(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return "  ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value) or "none"
    return str(value)
