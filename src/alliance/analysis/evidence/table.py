"""Parsing of studies from rows of text; every error names its row and column.

Rows are counted from 1 at the header, as in a spreadsheet. Empty cells and ``NaN`` are missing. Any
other text in a column of figures is an error.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.effect_sizes import combine_dependent
from alliance.analysis.evidence.linear import Floats

REQUIRED = ("study", "estimate")
ERRORS = ("variance", "se")
LABELS = ("unit", "direction")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True, eq=False)
class Studies:
    """n effects with the names of their studies.

    ``estimates`` and ``variances`` have shape (n,), ``moderators`` (n, m) with ``names``; NaN is
    not recorded. ``unit`` and ``direction`` are None where the file does not say. ``rows`` (n) are
    the numbers of the rows, of the first one where several were combined.
    """

    studies: tuple[str, ...]
    estimates: Floats
    variances: Floats
    moderators: Floats
    names: tuple[str, ...]
    unit: str | None = None
    direction: str | None = None
    rows: tuple[int, ...] = ()


def parse_studies(
    rows: Iterable[Sequence[str]], *, moderators: Sequence[str] = (), combine: bool = False
) -> Studies:
    """Read effects with the columns ``study``, ``estimate`` and ``variance`` or ``se``.

    Args:
        rows: the header and then one row for each effect.
        moderators: further columns to read as numbers.
        combine: make one effect of several of one study (their mean, with errors that correlate
            by 0.5) rather than refuse them.

    ``unit`` and ``direction`` are read where they exist and must then be the same in all rows.
    Where both ``variance`` and ``se`` exist, a row without the first takes the second.

    Raises:
        MethodError: ``empty-file``, ``missing-column``, ``duplicate-column``, ``short-row``,
            ``long-row``, ``missing-study``, ``not-a-number``, ``infinite-value``,
            ``bad-variance``, ``unit-mix``, ``sign-mix``, ``dependent``, ``mixed-moderators``,
            ``no-studies``.
    """
    lines = iter(rows)
    header = _header(next(lines, None), moderators)
    names = tuple(dict.fromkeys(moderators))
    studies: list[str] = []
    places: list[int] = []
    figures: list[list[float]] = []
    labels: dict[str, tuple[str, int]] = {}
    for number, row in enumerate(lines, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            code = "short-row" if len(row) < len(header) else "long-row"
            raise MethodError(
                code, f"{len(row)} cells under {len(header)} columns", f"row {number}"
            )
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
        if not cells["study"]:
            raise MethodError(
                "missing-study", "a row must name its study", f"row {number}, column study"
            )
        _check_labels(cells, labels, number)
        studies.append(cells["study"])
        places.append(number)
        figures.append(
            [
                _number(cells["estimate"], number, "estimate"),
                _variance(cells, number),
                *(_number(cells[name], number, name) for name in names),
            ]
        )
    if not studies:
        raise MethodError("no-studies", "the file has no row with a study")
    values = np.array(figures, dtype=float)
    unit, direction = (labels[name][0] if name in labels else None for name in LABELS)
    read = Studies(
        tuple(studies), values[:, 0], values[:, 1], values[:, 2:], names, unit, direction,
        tuple(places),
    )  # fmt: skip
    return _distinct(read, places, combine=combine)


def _header(row: Sequence[str] | None, moderators: Sequence[str]) -> list[str]:
    if row is None:
        raise MethodError("empty-file", "there is no header")
    header = [cell.strip() for cell in row]
    for name in header:
        if name and header.count(name) > 1:
            raise MethodError("duplicate-column", f"column {name!r} is there twice", "row 1")
    for name in (*REQUIRED, *moderators):
        if name not in header:
            raise MethodError("missing-column", f"there is no column {name!r}", "row 1")
    if not any(name in header for name in ERRORS):
        raise MethodError(
            "missing-column", "there must be a column 'variance' or 'se'; it may be empty", "row 1"
        )
    return header


def _number(text: str, row: int, column: str) -> float:
    where = f"row {row}, column {column}"
    if not text or text.lower() == "nan":
        return math.nan
    if not _NUMBER.fullmatch(text):
        if text.lower().lstrip("+-") in ("inf", "infinity"):
            raise MethodError("infinite-value", "a figure must be finite", where)
        hint = "; write a decimal point" if _DECIMAL_COMMA.fullmatch(text) else ""
        raise MethodError("not-a-number", f"{text!r} is not a number{hint}", where)
    value = float(text)
    if math.isinf(value):
        raise MethodError("infinite-value", "a figure must be finite", where)
    return value


def _variance(cells: dict[str, str], row: int) -> float:
    for column in ERRORS:
        value = _number(cells.get(column, ""), row, column)
        if math.isnan(value):
            continue
        squared = value if column == "variance" else value * value
        if value <= 0 or not 0 < squared < math.inf:
            what = "variance" if column == "variance" else "standard error"
            raise MethodError(
                "bad-variance", f"a {what} is above 0, not {value:g}", f"row {row}, column {column}"
            )
        return squared
    return math.nan


def _check_labels(cells: dict[str, str], seen: dict[str, tuple[str, int]], row: int) -> None:
    for column, code in zip(LABELS, ("unit-mix", "sign-mix"), strict=True):
        if column not in cells:
            continue
        first, place = seen.setdefault(column, (cells[column], row))
        if cells[column] != first:
            raise MethodError(
                code,
                f"{cells[column]!r} does not go with {first!r} of row {place}",
                f"row {row}, column {column}",
            )


def _distinct(read: Studies, places: list[int], *, combine: bool) -> Studies:
    """The studies without repetition: an error, or combined."""
    first: dict[str, int] = {}
    for index, study in enumerate(read.studies):
        earlier = first.setdefault(study, index)
        if earlier == index:
            continue
        where = f"row {places[index]}, column study"
        if not combine:
            raise MethodError(
                "dependent",
                f"study {study!r} is in row {places[earlier]} too; two effects of one study are "
                "not two pieces of evidence: keep one, or combine them",
                where,
            )
        if not np.array_equal(read.moderators[earlier], read.moderators[index], equal_nan=True):
            raise MethodError(
                "mixed-moderators",
                f"study {study!r} has other moderators in row {places[earlier]}",
                where,
            )
    if len(first) == len(read.studies):
        return read
    names, estimates, variances = combine_dependent(read.studies, read.estimates, read.variances)
    rows = [first[name] for name in names]
    return Studies(
        names, estimates, variances, read.moderators[rows], read.names, read.unit, read.direction,
        tuple(places[row] for row in rows),
    )  # fmt: skip
