"""Counts of people with a trait that are too small to be shown, and what else has to go with them.

A hidden count that can be worked out from a total is not hidden. So cells are hidden until, from
what is left, every hidden cell could still be at least `MIN_WIDTH` + 1 different numbers.

Source: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and complementary
suppression); the bounds are those of the linear relaxation, as in its audit step.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from alliance.analysis.errors import MethodError

VERSION = "1"
#: Counts from 1 to one less than this are hidden. It may be raised, never lowered.
FLOOR = 10
#: How far apart the least and the most must lie that a hidden count could be.
MIN_WIDTH = 3
#: The category that stands for all of a dimension together.
TOTAL = "_T"

Cell = tuple[Hashable, ...]


def is_small(count: float | None, floor: int = FLOOR) -> bool:
    """Whether a number of people is too small to be shown; 0 and what is not known are not.

    Raises:
        MethodError: ``bad-parameter`` for a floor under `FLOOR`.
    """
    if floor < FLOOR:
        raise MethodError("bad-parameter", f"{floor} is less than {FLOOR}", "floor")
    return count is not None and 0 < count < floor


def hidden_cells(counts: Mapping[Cell, float | None], *, floor: int = FLOOR) -> frozenset[Cell]:
    """The cells of a table of people that must not be shown.

    First all from 1 to ``floor`` - 1. Then, as long as one could be worked out to within
    `MIN_WIDTH`, the smallest other cell beside it, parts before totals; the total of everything
    goes last. What the reader is taken to know: all cells that are shown, that hidden ones are at
    least 1, and which cells add up to which totals. Cells add up where they do in ``counts``;
    others, such as ages that overlap, say nothing of each other.

    Args:
        counts: by cell, a tuple with one category a dimension, `TOTAL` for all together, all of
            one length; None is not known. Whole numbers, 0 or more.

    Raises:
        MethodError: ``bad-count`` for what is negative or not whole, ``wrong-shape``,
            ``bad-parameter`` as `is_small`.
    """
    known = {cell: count for cell, count in counts.items() if count is not None}
    _check(counts, known)
    hidden = {cell for cell, count in known.items() if is_small(count, floor)}
    if not hidden:
        return frozenset()
    sums = _sums(known)
    while (given_away := _given_away(known, sums, hidden)) is not None:
        beside = {cell for line in sums if given_away in line for cell in line}
        others = [cell for cell in beside - hidden if known[cell] > 0]
        if not others:
            others = [cell for cell in known if cell not in hidden and known[cell] > 0]
        if not others:
            break
        hidden.add(min(others, key=lambda cell: (cell.count(TOTAL), known[cell], repr(cell))))
    return frozenset(hidden)


def _check(counts: Mapping[Cell, float | None], known: Mapping[Cell, float]) -> None:
    if len({len(cell) for cell in counts}) > 1:
        raise MethodError("wrong-shape", "all cells have the same dimensions", "counts")
    for cell, count in known.items():
        if not (count >= 0 and float(count).is_integer()):
            raise MethodError("bad-count", f"{count!r} is no number of people", f"counts[{cell!r}]")


def _sums(known: Mapping[Cell, float]) -> list[tuple[Cell, ...]]:
    """The totals with the cells that add up to them, the total first."""
    found: dict[tuple[Cell, int], list[Cell]] = {}
    for cell in known:
        for at, category in enumerate(cell):
            total = (*cell[:at], TOTAL, *cell[at + 1 :])
            if category != TOTAL and total in known:
                found.setdefault((total, at), []).append(cell)
    return [
        (total, *parts)
        for (total, _), parts in found.items()
        if sum(known[part] for part in parts) == known[total]
    ]


def _given_away(
    known: Mapping[Cell, float], sums: Sequence[tuple[Cell, ...]], hidden: set[Cell]
) -> Cell | None:
    """A hidden cell that is known too well from the others, the first by name; None if none is."""
    cells = sorted(hidden, key=repr)
    rows = [line for line in sums if any(cell in hidden for cell in line)]
    # A cell alone in a sum is found without the solver, which is most of them.
    for line in rows:
        unknown = [cell for cell in line if cell in hidden]
        if len(unknown) == 1:
            return unknown[0]
    if not rows:
        return None
    # Slow to load, and few tables come this far.
    from scipy.optimize import linprog

    at = {cell: index for index, cell in enumerate(cells)}
    matrix, right = np.zeros((len(rows), len(cells))), np.zeros(len(rows))
    for row, (total, *parts) in enumerate(rows):
        for cell, sign in ((total, -1), *((part, 1) for part in parts)):
            if cell in hidden:
                matrix[row, at[cell]] += sign
            else:
                right[row] -= sign * known[cell]
    for cell in cells:
        if not matrix[:, at[cell]].any():
            continue
        way = np.zeros(len(cells))
        way[at[cell]] = 1.0
        least, most = (
            linprog(sign * way, A_eq=matrix, b_eq=right, bounds=(1, None)) for sign in (1, -1)
        )
        # Without a most there is no end to what it could be.
        if most.status == 0 and -most.fun - least.fun < MIN_WIDTH:
            return cell
    return None
