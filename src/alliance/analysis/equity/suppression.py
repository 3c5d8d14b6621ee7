"""Tables of people with what is too small hidden, checked so that nothing can be worked out.

The rule is that of `alliance.analysis.small_counts`; here it meets rates, small areas and what was
released before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import VERSION, as_array
from alliance.analysis.errors import MethodError
from alliance.analysis.small_counts import FLOOR, MIN_WIDTH, TOTAL, Cell, hide, is_small

#: What stands in the place of a hidden number: no 0, and no missing value either.
SUPPRESSED = "suppressed"
#: Areas with fewer people are hidden with all their counts above 0.
MIN_POPULATION = 50

#: Two columns count the same people if half of the areas differ by this many at most, and all
#: areas together by this share of the people.
NEAR, _OFF = 9, 0.1

Shown = int | str | None


@dataclass(frozen=True)
class Suppressed:
    """A table with hidden cells.

    ``cells`` are the count, `SUPPRESSED` or None for what is not known. ``primary`` were hidden
    for themselves, ``complementary`` because of them, both sorted by name. Every hidden cell could
    still be at least ``narrowest_range`` + 1 numbers; None if nothing bounds any.
    """

    cells: Mapping[Cell, Shown]
    primary: tuple[Cell, ...]
    complementary: tuple[Cell, ...]
    narrowest_range: int | None
    warnings: tuple[str, ...] = ()
    method: str = "small-counts"
    version: str = VERSION

    def rate(self, numerator: Cell, denominator: Cell) -> float | str | None:
        """A share of 1 that is hidden where one of its two counts is; None if not known."""
        over, under = self.cells[numerator], self.cells[denominator]
        if isinstance(over, str) or isinstance(under, str):
            return SUPPRESSED
        if over is None or not under:
            return None
        if over > under:
            raise MethodError("bad-ratio", f"{over} of {under} is no share", repr(numerator))
        # The rest of the people are a count, too.
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
    """Hide small counts and what would give them away.

    Args:
        counts: by cell, a tuple with one category a dimension and the area first, `TOTAL` for all
            together; None is not known.
        population: people by area; those with fewer than ``min_population`` are hidden.
        floor: counts from 1 to one less are hidden; `FLOOR` or more.
        min_width: how far apart the least and the most must lie that a hidden count could be,
            `MIN_WIDTH` or more.
        released: earlier tables of the same people, or of areas inside of these under the name of
            the area they lie in. A cell is hidden where the difference from what was shown is
            itself a small count (``differencing``).
        also: cells that have to be hidden for another reason.

    Raises:
        MethodError: ``bad-count``, ``wrong-shape``, ``bad-parameter``; ``all-suppressed`` where
            nothing above 0 can be shown.
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
    """Cells that an earlier table misses by a small count."""
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
    """How far two columns count the same people, by area: the share of areas in which they are
    equal, plus 1; 0 if they count other people. ``near``: so many people may two areas differ by.
    """
    both = [(column[area], other[area]) for area in column.keys() & other.keys()]
    n_near = sum(abs(a - b) <= near for a, b in both)
    off = sum(abs(a - b) for a, b in both)
    if not both or 2 * n_near < len(both) or off > _OFF * sum(max(pair) for pair in both):
        return 0.0
    return 1 + sum(a == b for a, b in both) / len(both)


def by_people(
    earlier: Mapping[Cell, float | None], counts: Mapping[Cell, float | None]
) -> dict[Cell, float | None]:
    """An earlier table of two dimensions with its columns called as in this one: that of the same
    name, else the one that nearly counts the same people (`agreement`)."""
    before, after = _columns(earlier), _columns(counts)
    names = {name: name for name in before}
    for old in before.keys() - after.keys():
        alike = [(agreement(after[new], before[old]), new) for new in after.keys() - before.keys()]
        likeness, new = max(alike, default=(0.0, old))
        if likeness:
            names[old] = new
    return {(area, names[str(column)]): count for (area, column), count in earlier.items()}


def _columns(cells: Mapping[Cell, float | None]) -> dict[str, dict[str, float]]:
    """The known counts of areas by column, without the row of all areas."""
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
    """The cells of a table of counts with the totals of its rows, its columns and all of it.

    Args:
        counts: shape (r, c), whole numbers of 0 or more; NaN is not known, and neither is a total
            of it then.
        rows: r names; columns: c names, none of them twice or `TOTAL`.

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
