"""Tables of people with small counts suppressed, verified so that none can be derived.

The rule is that of `alliance.analysis.small_counts`, applied here to rates, small areas and earlier
releases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import VERSION, as_array
from alliance.analysis.errors import MethodError
from alliance.analysis.small_counts import FLOOR, MIN_WIDTH, TOTAL, Cell, hide, is_small

#: Stands for a suppressed number, which is neither 0 nor missing.
SUPPRESSED = "suppressed"
#: All positive counts of areas with fewer people are suppressed.
MIN_POPULATION = 50

#: Two columns count the same people if half of the areas differ by at most this number, and the
#: totals by at most this share.
NEAR, _OFF = 9, 0.1

Shown = int | str | None


@dataclass(frozen=True)
class Suppressed:
    """A table with suppressed cells.

    ``cells`` are the count, `SUPPRESSED`, or None if unknown. ``primary`` were suppressed as small,
    ``complementary`` to protect them, both sorted by name. Every suppressed cell could still be at
    least ``narrowest_range`` + 1 numbers; None if no cell is bounded.
    """

    cells: Mapping[Cell, Shown]
    primary: tuple[Cell, ...]
    complementary: tuple[Cell, ...]
    narrowest_range: int | None
    warnings: tuple[str, ...] = ()
    method: str = "small-counts"
    version: str = VERSION

    def rate(self, numerator: Cell, denominator: Cell) -> float | str | None:
        """A share of 1, suppressed if one of its counts is; None if unknown."""
        over, under = self.cells[numerator], self.cells[denominator]
        if isinstance(over, str) or isinstance(under, str):
            return SUPPRESSED
        if over is None or not under:
            return None
        if over > under:
            raise MethodError("bad-ratio", f"{over} of {under} is no share", repr(numerator))
        # The remainder is a count as well.
        return SUPPRESSED if is_small(under - over) else over / under


def suppress(
    counts: Mapping[Cell, float | None],
    *,
    population: Mapping[str, float] | None = None,
    floor: int = FLOOR,
    min_population: int = MIN_POPULATION,
    min_width: int = MIN_WIDTH,
    released: Sequence[Mapping[Cell, float | None]] = (),
    also: Collection[Cell] = (),
) -> Suppressed:
    """Suppresses small counts and cells from which they could be derived.

    Args:
        counts: by cell, a tuple with a category for each dimension and the area first, `TOTAL`
            for the total; None is unknown.
        population: people by area; areas with fewer than ``min_population`` are suppressed.
        floor: counts from 1 to one less are suppressed; `FLOOR` or more.
        min_width: the minimum width of the range of possible values of a suppressed count,
            `MIN_WIDTH` or more.
        released: earlier tables of the same people, or of areas inside of these under the name of
            the enclosing area. A cell is suppressed if the difference from the earlier table is
            itself a small count (``differencing``).
        also: cells that must be suppressed for another reason.

    Raises:
        MethodError: ``bad-count``, ``wrong-shape``, ``bad-parameter``; ``all-suppressed`` if no
            positive count can be shown.
    """
    if min_population < 0:
        raise MethodError("bad-parameter", "0 people or more", "min_population")
    apart = _differences(counts, released, floor)
    small = {area for area, people in (population or {}).items() if people < min_population}
    wanted = {*also} | apart | {cell for cell in counts if cell[:1] and cell[0] in small}
    suppression = hide(counts, floor=floor, also=wanted, width=min_width)
    cells: dict[Cell, Shown] = {}
    for cell, count in counts.items():
        if cell in suppression.cells:
            cells[cell] = SUPPRESSED
        else:
            cells[cell] = None if count is None else int(count)
    people = [cell for cell, count in counts.items() if count]
    if people and all(cell in suppression.cells for cell in people):
        raise MethodError("all-suppressed", "no count can be shown", "counts")
    return Suppressed(
        cells=cells,
        primary=_sorted(suppression.primary),
        complementary=_sorted(suppression.cells - suppression.primary),
        narrowest_range=suppression.narrowest,
        warnings=(f"differencing:{len(apart)}",) if apart else (),
    )


def _differences(
    counts: Mapping[Cell, float | None],
    released: Sequence[Mapping[Cell, float | None]],
    floor: int,
) -> set[Cell]:
    """Cells that differ from an earlier table by a small count."""
    return {
        cell
        for earlier in released
        for cell, before in earlier.items()
        if before is not None
        and (now := counts.get(cell)) is not None
        and is_small(abs(now - before), floor)
    }


def agreement(
    column: Mapping[str, float], other: Mapping[str, float], *, near: int = NEAR
) -> float:
    """To what extent two columns count the same people, by area: the share of areas in which they
    are equal, plus 1; 0 if they count different people. ``near``: the difference allowed in an
    area."""
    both = [(column[area], other[area]) for area in column.keys() & other.keys()]
    n_near = sum(abs(a - b) <= near for a, b in both)
    off = sum(abs(a - b) for a, b in both)
    if not both or 2 * n_near < len(both) or off > _OFF * sum(max(pair) for pair in both):
        return 0.0
    return 1 + sum(a == b for a, b in both) / len(both)


def by_people(
    earlier: Mapping[Cell, float | None], counts: Mapping[Cell, float | None]
) -> dict[Cell, float | None]:
    """An earlier table of two dimensions with its columns renamed to those of this table: that of
    the same name, else the one that nearly counts the same people (`agreement`)."""
    before, after = _columns(earlier), _columns(counts)
    names = {name: name for name in before}
    for old in before.keys() - after.keys():
        alike = [(agreement(after[new], before[old]), new) for new in after.keys() - before.keys()]
        likeness, new = max(alike, default=(0.0, old))
        if likeness:
            names[old] = new
    return {(area, names[str(column)]): count for (area, column), count in earlier.items()}


def _columns(cells: Mapping[Cell, float | None]) -> dict[str, dict[str, float]]:
    """The known counts of areas by column, without the row of totals."""
    columns: dict[str, dict[str, float]] = {str(column): {} for _, column in cells}
    for (area, column), count in cells.items():
        if count is not None and area != TOTAL:
            columns[str(column)][str(area)] = count
    return columns


def _sorted(cells: Collection[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=repr))


def with_totals(
    counts: ArrayLike, rows: Sequence[str], columns: Sequence[str]
) -> dict[Cell, float | None]:
    """The cells of a table of counts with the totals of rows, columns and the table.

    Args:
        counts: shape (r, c), whole numbers of 0 or more; NaN is unknown, and makes its totals
            unknown.
        rows: r names; columns: c names, distinct and not `TOTAL`.

    Raises:
        MethodError: ``wrong-shape``, ``bad-parameter`` for names, ``infinite-value``.
    """
    table = as_array(counts, "counts", shape=(len(rows), len(columns)))
    for names, where in ((rows, "rows"), (columns, "columns")):
        if len(set(names)) < len(names) or TOTAL in names:
            raise MethodError("bad-parameter", f"each name once, and not {TOTAL}", where)
    full = np.column_stack([table, table.sum(axis=1)])
    full = np.vstack([full, full.sum(axis=0)])
    return {
        (row, column): None if np.isnan(value) else float(value)
        for row, line in zip((*rows, TOTAL), full, strict=True)
        for column, value in zip((*columns, TOTAL), line, strict=True)
    }
