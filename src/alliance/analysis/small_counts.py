"""Suppression of small counts of people, and of the further counts that would reveal them.

A hidden count that can be computed from a total is not hidden. Cells are hidden until every hidden
cell could still have at least `MIN_WIDTH` + 1 different values, given the others.

Source: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and complementary
suppression); the bounds are those of the linear relaxation, as in its audit step.
"""

import heapq
import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from alliance.analysis.errors import MethodError

VERSION = "1"
#: Counts above 0 and below this are hidden. It may be raised, never lowered.
FLOOR = 10
#: The minimum distance between the bounds of a hidden count.
MIN_WIDTH = 3
#: The category for the total of a dimension.
TOTAL = "_T"

Cell = tuple[Hashable, ...]


def is_small(count: float | None, floor: int = FLOOR) -> bool:
    """Whether a number of people is too small to be shown; 0 and unknown numbers are not.

    Raises:
        MethodError: ``bad-parameter`` for a floor under `FLOOR`.
    """
    if floor < FLOOR:
        raise MethodError("bad-parameter", f"{floor} is less than {FLOOR}", "floor")
    return count is not None and 0 < count < floor


def shown_part(count: int, whole: int, floor: int = FLOOR) -> int | None:
    """A number of people out of ``whole``; None if it or the rest is too small to be shown.

    Raises:
        MethodError: as `is_small`.
    """
    return None if is_small(count, floor) or is_small(whole - count, floor) else count


def hidden_cells(
    counts: Mapping[Cell, float | None],
    *,
    floor: int = FLOOR,
    also: Collection[Cell] = (),
    width: int = MIN_WIDTH,
) -> frozenset[Cell]:
    """The cells of a table of people that must not be shown.

    First all from 1 to ``floor`` - 1. Then, as long as one could be worked out to within
    ``width``, the smallest other cell of the sum that gives it away, or of all of its sums where
    they do so together, parts before totals; the total of everything goes last. What the reader
    is taken to know: all cells that are shown, that hidden ones are at least 1, and which cells
    add up to which totals. Cells add up where they do in ``counts``; others, such as ages that
    overlap, say nothing of each other.

    Args:
        counts: by cell, a tuple with one category a dimension, `TOTAL` for all together, all of
            one length; None is not known. Whole numbers, 0 or more.
        also: cells that have to be hidden for another reason; a 0 among them stays.
        width: how far apart the least and the most must lie that a hidden count could be.

    Raises:
        MethodError: ``bad-count`` for what is negative or not whole, ``wrong-shape``,
            ``bad-parameter`` as `is_small` or for a width under `MIN_WIDTH`.
    """
    return hide(counts, floor=floor, also=also, width=width).cells


@dataclass(frozen=True)
class Hidden:
    """The cells that must not be shown, with a bound on what can be inferred about them.

    ``primary`` are suppressed because they are small, the other ``cells`` to protect them. Each
    hidden cell could have at least ``narrowest`` + 1 values; None if none is bounded.
    """

    cells: frozenset[Cell]
    primary: frozenset[Cell]
    narrowest: int | None


def hide(
    counts: Mapping[Cell, float | None],
    *,
    floor: int = FLOOR,
    also: Collection[Cell] = (),
    width: int = MIN_WIDTH,
) -> Hidden:
    """As `hidden_cells`, with the primary cells and the protection reached."""
    known = {cell: count for cell, count in counts.items() if count is not None}
    _check(counts, known)
    if width < MIN_WIDTH:
        raise MethodError("bad-parameter", f"{width} is less than {MIN_WIDTH}", "width")
    wanted = set(also)
    primary = frozenset(
        cell
        for cell, count in known.items()
        if is_small(count, floor) or (count > 0 and cell in wanted)
    )
    if not primary:
        return Hidden(frozenset(), frozenset(), None)
    table = _Table(known, primary, width)
    while (lines := table.disclosing_lines()) is not None:
        others = {cell for line in lines for cell in table.sums[line]}
        others = {cell for cell in others if cell not in table.hidden and known[cell] > 0}
        if not others:
            others = {cell for cell in known if cell not in table.hidden and known[cell] > 0}
        if not others:
            break
        table.hide(_smallest(others, known))
    return Hidden(frozenset(table.hidden), primary, table.narrowest())


def _smallest(cells: Collection[Cell], known: Mapping[Cell, float]) -> Cell:
    """The smallest cell, parts before totals, then the first by name."""
    size = {cell: (cell.count(TOTAL), known[cell]) for cell in cells}
    least = min(size.values())
    return min((cell for cell in cells if size[cell] == least), key=repr)


def disclosed_cells(
    counts: Mapping[Cell, float | None], hidden: Collection[Cell], *, width: int = MIN_WIDTH
) -> frozenset[Cell]:
    """The hidden cells that can be inferred to within ``width`` from all others."""
    known = {cell: count for cell, count in counts.items() if count is not None}
    table = _Table(known, frozenset(hidden), width)
    exposed: set[Cell] = set()
    while (lines := table.disclosing_lines()) is not None:
        here = {cell for line in lines for cell in table.sums[line]} & table.hidden
        exposed |= here
        # A cell that can be inferred is as good as shown.
        table = _Table(known, frozenset(table.hidden - here), width)
    return frozenset(exposed)


def possible_counts(
    counts: Mapping[Cell, float | None], hidden: Collection[Cell]
) -> dict[Cell, tuple[int, int | None]]:
    """The bounds of each hidden cell, given the cells that are shown.

    None if there is no upper bound. Exact for tables of two dimensions; with more, the true bounds
    may be narrower. Two linear programmes per cell: for small tables and for checks.
    """
    known = {cell: count for cell, count in counts.items() if count is not None}
    table = _Table(known, frozenset(hidden), MIN_WIDTH)
    bounds = {}
    for cell in sorted(table.hidden, key=repr):
        if table.lines_of(cell):
            table.ask(cell)
            least, most = table.least[cell], table.most[cell]
            bounds[cell] = (int(least), None if most == np.inf else int(most))
        else:
            bounds[cell] = (1, None)
    return bounds


def hidden_inside(
    counts: NDArray[np.int64], *, floor: int = FLOOR, width: int = MIN_WIDTH
) -> frozenset[tuple[int, int]] | None:
    """The cells of a table that must not be shown where everybody knows the sums of its rows and
    columns, which therefore cannot be hidden; None where no cells would do.

    Each small cell is hidden with three others above 0 at the corners of a rectangle: people moved
    round it change no sum. Of all rectangles that leave each corner ``width`` + 1 numbers it could
    be, the one with the fewest people more.

    Args:
        counts: shape (r, c), people, 0 or more.

    Raises:
        MethodError: as `is_small`.
    """
    small = [(int(r), int(c)) for r, c in np.argwhere(counts > 0) if is_small(counts[r, c], floor)]
    hidden = set(small)
    for row, column in small:
        best: tuple[int, list[tuple[int, int]]] | None = None
        for other_row, other_column in np.ndindex(counts.shape):
            corners = [
                (row, column), (other_row, other_column), (row, other_column), (other_row, column),
            ]  # fmt: skip
            here = [int(counts[corner]) for corner in corners]
            # A reader knows that a hidden count is at least 1.
            moves = min(here[:2]) + min(here[2:]) - 2
            if other_row == row or other_column == column or min(here) < 1 or moves < width:
                continue
            more = sum(n for n, corner in zip(here, corners, strict=True) if corner not in hidden)
            if best is None or more < best[0]:
                best = more, corners
        if best is None:
            return None
        hidden |= set(best[1])
    return frozenset(hidden)


def tells_together(
    sizes: Sequence[int],
    tables: Mapping[tuple[int, int], tuple[NDArray[np.int64], Collection[tuple[int, int]]]],
    *,
    floor: int = FLOOR,
    width: int = MIN_WIDTH,
) -> bool:
    """Whether tables of the same people, each of two of their properties, tell together a small
    count that each hides alone to within ``width``.

    Two linear programmes for each small count, over all combinations of properties: for three or
    four of them.

    Args:
        sizes: how many categories each property has.
        tables: by two properties, in rising order, counts of shape (size, size), and the cells
            that are hidden.

    Raises:
        MethodError: as `is_small`.
    """
    rows, least, most = [], [], []
    targets = []

    def row_of(categories: Mapping[int, int]) -> NDArray[np.float64]:
        inside = [
            np.arange(size) == categories[place] if place in categories else np.ones(size, bool)
            for place, size in enumerate(sizes)
        ]
        return np.prod(np.meshgrid(*inside, indexing="ij"), axis=0).ravel().astype(float)

    for (dimension, other), (counts, hidden) in tables.items():
        for cell in np.ndindex(counts.shape):
            row, n = row_of({dimension: cell[0], other: cell[1]}), float(counts[cell])
            is_hidden = cell in hidden
            rows.append(row)
            least.append(1.0 if is_hidden else n)
            most.append(np.inf if is_hidden else n)
            if is_hidden and is_small(n, floor):
                targets.append(row)
        for place, axis in ((dimension, 1), (other, 0)):
            for category, n in enumerate(counts.sum(axis=axis)):
                rows.append(row_of({place: category}))
                least.append(float(n))
                most.append(float(n))
    matrix, low, high = csr_array(np.array(rows)), np.array(least), np.array(most)
    for row in targets:
        ends = []
        for sign in (1, -1):
            solution = milp(
                sign * row,
                constraints=LinearConstraint(matrix, low, high),
                bounds=Bounds(0, np.inf),
                integrality=np.zeros(len(row)),
            )
            # Without a bound nothing can be inferred.
            ends.append(sign * solution.fun if solution.fun is not None else sign * -np.inf)
        if np.floor(ends[1] + _ROUNDING) - np.ceil(ends[0] - _ROUNDING) < width:
            return True
    return False


#: The tolerance of the solver.
_ROUNDING = 1e-6
#: The status codes of an unbounded problem; the counts themselves are always feasible.
_UNBOUNDED = (3, 4)


def _check(counts: Mapping[Cell, float | None], known: Mapping[Cell, float]) -> None:
    if len({len(cell) for cell in counts}) > 1:
        raise MethodError("wrong-shape", "all cells have the same dimensions", "counts")
    for cell, count in known.items():
        if not (count >= 0 and float(count).is_integer()):
            raise MethodError("bad-count", f"{count!r} is no number of people", f"counts[{cell!r}]")


def _sums(known: Mapping[Cell, float]) -> list[tuple[Cell, ...]]:
    """The totals with the cells that add up to them, the total first."""
    groups: dict[tuple[Cell, int], list[Cell]] = {}
    for cell in known:
        for at, category in enumerate(cell):
            total = (*cell[:at], TOTAL, *cell[at + 1 :])
            if category != TOTAL and total in known:
                groups.setdefault((total, at), []).append(cell)
    return [
        (total, *parts)
        for (total, _), parts in groups.items()
        if sum(known[part] for part in parts) == known[total]
    ]


class _Table:
    """A table with its hidden cells and the bounds of each found so far.

    Hiding another cell only widens the bounds, so bounds that were proved remain valid.
    """

    def __init__(self, known: Mapping[Cell, float], hidden: Collection[Cell], width: int) -> None:
        self.known, self.width = known, width
        self.sums = _sums(known)
        self._lines: dict[Cell, list[int]] = {}
        for at, line in enumerate(self.sums):
            for cell in line:
                self._lines.setdefault(cell, []).append(at)
        totals = {line[0] for line in self.sums}
        #: The two sums of cells that are part of two sums and the total of none.
        self._corners = {
            cell: (lines[0], lines[1])
            for cell, lines in self._lines.items()
            if len(lines) == 2 and cell not in totals
        }
        self.hidden: set[Cell] = set()
        #: The hidden cells of each sum, unordered.
        self._within: list[set[Cell]] = [set() for _ in self.sums]
        self._alone: list[int] = []
        self.least: dict[Cell, float] = {}
        self.most: dict[Cell, float] = {}
        #: Hidden cells without proved bounds, by name.
        self._open: list[tuple[str, Cell]] = []
        for cell in hidden:
            self.hide(cell)

    def lines_of(self, cell: Cell) -> list[int]:
        """The indexes in ``sums`` of the sums that a cell is part of."""
        return self._lines.get(cell, [])

    def hide(self, cell: Cell) -> None:
        """Hide another cell."""
        self.hidden.add(cell)
        self.least[cell] = self.most[cell] = self.known[cell]
        heapq.heappush(self._open, (repr(cell), cell))
        for at in self.lines_of(cell):
            self._within[at].add(cell)
            if len(self._within[at]) == 1:
                heapq.heappush(self._alone, at)

    def disclosing_lines(self) -> list[int] | None:
        """The sums that reveal a hidden cell; None if there are none."""
        # A cell alone in a sum needs no solver; most are like this.
        while self._alone:
            at = self._alone[0]
            if len(self._within[at]) == 1:
                return [at]
            heapq.heappop(self._alone)
        while self._open:
            cell = self._open[0][1]
            if self.lines_of(cell) and not self._wide(cell):
                self._swap(cell)
                if not self._wide(cell):
                    self.ask(cell)
                if not self._wide(cell):
                    return self.lines_of(cell)
            heapq.heappop(self._open)
        return None

    def narrowest(self) -> int | None:
        """The smallest distance between the bounds of a hidden cell that is part of a sum."""
        spans = [self._span(cell) for cell in self.hidden if self.lines_of(cell)]
        narrow = min(spans, default=np.inf)
        return None if narrow == np.inf else int(narrow)

    def _span(self, cell: Cell) -> float:
        return self.most[cell] - self.least[cell]

    def _wide(self, cell: Cell) -> bool:
        return self._span(cell) >= self.width

    def _swap(self, cell: Cell) -> None:
        """Widen the bounds of a cell by moving people around a rectangle of hidden cells, if there
        is one.

        Most cells of a large table have such a rectangle, which needs no solver.
        """
        if cell not in self._corners:
            return
        first, second = self._corners[cell]
        known = self.known
        across = {
            self._other(other, second): other
            for other in self._within[second]
            if other != cell and other in self._corners
        }
        for beside in self._within[first]:
            if beside == cell or beside not in self._corners:
                continue
            line = self._other(beside, first)
            if line == second:
                continue
            for corner in self._within[line]:
                if corner in (beside, cell) or corner not in self._corners:
                    continue
                opposite = across.get(self._other(corner, line))
                if opposite is None:
                    continue
                up = min(known[beside], known[opposite]) - 1
                down = min(known[cell], known[corner]) - 1
                self.most[cell] = max(self.most[cell], known[cell] + up)
                self.least[cell] = min(self.least[cell], known[cell] - down)
                if self._wide(cell):
                    return

    def _other(self, cell: Cell, at: int) -> int:
        first, second = self._corners[cell]
        return second if first == at else first

    def ask(self, cell: Cell) -> None:
        """Compute the bounds of a cell, and store what the solutions show about others."""
        # Slow to load, and few tables need it.
        from scipy.optimize import linprog
        from scipy.sparse import coo_array

        cells, lines = self._together(cell)
        place = {each: index for index, each in enumerate(cells)}
        rows, columns, signs = [], [], []
        right = np.zeros(len(lines))
        for row, at in enumerate(lines):
            total, *parts = self.sums[at]
            for each, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
                if each in self.hidden:
                    rows.append(row)
                    columns.append(place[each])
                    signs.append(sign)
                else:
                    right[row] -= sign * self.known[each]
        matrix = coo_array((signs, (rows, columns)), shape=(len(lines), len(cells))).tocsr()
        way = np.zeros(len(cells))
        for sign in (1.0, -1.0):
            way[place[cell]] = sign
            solution = linprog(way, A_eq=matrix, b_eq=right, bounds=(1, None))
            if solution.status == 0:
                for each, value in zip(cells, solution.x.tolist(), strict=True):
                    self.least[each] = min(self.least[each], math.ceil(value - _ROUNDING))
                    self.most[each] = max(self.most[each], math.floor(value + _ROUNDING))
            elif sign < 0 and solution.status in _UNBOUNDED:
                # There is no upper bound.
                self.most[cell] = np.inf

    def _together(self, cell: Cell) -> tuple[list[Cell], list[int]]:
        """The hidden cells connected to a cell by sums, and these sums."""
        cells, lines, waiting = {cell}, set(), [cell]
        while waiting:
            for at in self.lines_of(waiting.pop()):
                if at not in lines:
                    lines.add(at)
                    new = self._within[at] - cells
                    cells |= new
                    waiting += new
        return sorted(cells, key=repr), sorted(lines)
