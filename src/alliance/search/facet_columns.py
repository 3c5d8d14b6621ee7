"""Filter codes of many records in columns, so that counting is array arithmetic."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FacetColumn:
    """The codes of one filter key: row r has `codes[ptr[r]:ptr[r + 1]]`, numbers into `vocabulary`.

    vocabulary: the codes in alphabetical order. ptr: int64, rows + 1. codes: int32.
    """

    vocabulary: tuple[str, ...]
    ptr: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]

    @cached_property
    def entry_rows(self) -> npt.NDArray[np.int32]:
        """The row of each entry of `codes`."""
        return np.repeat(np.arange(len(self.ptr) - 1, dtype=np.int32), np.diff(self.ptr))

    @cached_property
    def single(self) -> npt.NDArray[np.int32] | None:
        """The code number of each row, -1 for none, where no row has more than one; else None."""
        sizes = np.diff(self.ptr)
        if sizes.size and int(sizes.max()) > 1:
            return None
        column = np.full(sizes.size, -1, np.int32)
        column[sizes == 1] = self.codes
        return column

    def code(self, row: int) -> str | None:
        """The first code of a row, None where it has none."""
        start, end = self.ptr[row], self.ptr[row + 1]
        return self.vocabulary[self.codes[start]] if end > start else None

    def count(self, rows: Rows) -> npt.NDArray[np.int64]:
        """How many of the rows carry each code, in the order of `vocabulary`."""
        if self.single is not None:
            codes = self.single[rows]
            codes = codes[codes >= 0]
        elif rows.size * 4 > self.ptr.size:
            chosen = np.zeros(self.ptr.size - 1, bool)
            chosen[rows] = True
            codes = self.codes[chosen[self.entry_rows]]
        else:
            codes = self.codes[_ranges(self.ptr[rows], self.ptr[rows + 1])]
        return np.bincount(codes, minlength=len(self.vocabulary)).astype(np.int64)

    def having(self, wanted: Iterable[str]) -> Mask:
        """Which rows carry at least one of the codes; a code nobody carries matches no row."""
        mask = np.zeros(self.ptr.size - 1, bool)
        codes = set(wanted)
        chosen = np.array([code in codes for code in self.vocabulary], bool)
        if chosen.any():
            mask[self.entry_rows[chosen[self.codes]]] = True
        return mask

    def take(self, rows: Rows) -> FacetColumn:
        """The column of these rows, in this order, with the same vocabulary."""
        starts, ends = self.ptr[rows], self.ptr[rows + 1]
        ptr = np.zeros(rows.size + 1, np.int64)
        np.cumsum(ends - starts, out=ptr[1:])
        return FacetColumn(self.vocabulary, ptr, self.codes[_ranges(starts, ends)])


class FacetBuilder:
    """Takes the codes of row after row, then gives the column."""

    def __init__(self) -> None:
        self._rows, self._numbers = array("i"), array("i")
        self._vocabulary: dict[str, int] = {}

    def add(self, row: int, codes: Iterable[str]) -> None:
        """The codes of a row, which must not be below the one before."""
        for code in sorted(set(codes)):
            self._rows.append(row)
            self._numbers.append(self._vocabulary.setdefault(code, len(self._vocabulary)))

    def column(self, n_rows: int) -> FacetColumn:
        vocabulary = tuple(sorted(self._vocabulary))
        renumber = np.zeros(len(vocabulary), np.int32)
        for place, code in enumerate(vocabulary):
            renumber[self._vocabulary[code]] = place
        ptr = np.zeros(n_rows + 1, np.int64)
        np.cumsum(np.bincount(np.array(self._rows, np.int64), minlength=n_rows), out=ptr[1:])
        return FacetColumn(vocabulary, ptr, renumber[np.array(self._numbers, np.int32)])


def _ranges(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The whole numbers of all ranges start..end, one after the other."""
    sizes = ends - starts
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
    return np.arange(int(sizes.sum()), dtype=np.int64) + offsets


def join(columns: Sequence[FacetColumn]) -> FacetColumn:
    """The columns one below the other, with the vocabulary of all."""
    if len(columns) == 1:
        return columns[0]
    vocabulary = tuple(sorted({code for column in columns for code in column.vocabulary}))
    number = {code: place for place, code in enumerate(vocabulary)}
    codes, sizes = [], []
    for column in columns:
        mapping = np.array([number[code] for code in column.vocabulary], np.int32)
        codes.append(mapping[column.codes] if column.codes.size else column.codes)
        sizes.append(np.diff(column.ptr))
    ptr = np.concatenate(([0], np.cumsum(np.concatenate(sizes)))).astype(np.int64)
    return FacetColumn(vocabulary, ptr, np.concatenate(codes))


def empty_column(rows: int) -> FacetColumn:
    """A column of records that have no code."""
    return FacetColumn((), np.zeros(rows + 1, np.int64), np.zeros(0, np.int32))
