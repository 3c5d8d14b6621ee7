"""Figures as columns, so that a million can be checked and written without an object for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance.indicators.enums import Boundary, Status
from alliance.indicators.models.observations import TOTAL

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ObservationRecord:
    """A figure to be recorded. `city`, `definition` and `source` are primary keys.

    `definition_number` None means the current version.
    """

    city: int
    definition: int
    period: str
    value: float | None
    status: str = Status.NORMAL
    boundary: str = Boundary.UNKNOWN
    sex: str = TOTAL
    age: str = TOTAL
    income: str = TOTAL
    area: str = TOTAL
    standard_error: float | None = None
    quality: str = ""
    definition_number: int | None = None
    method: str = ""
    source: int | None = None


@dataclass(frozen=True)
class Coded:
    """A column with few distinct words: `codes` are the indexes of each row's word in `words`."""

    codes: NDArray[np.int32]
    words: tuple[Any, ...]

    @classmethod
    def of(cls, values: Iterable[Hashable]) -> Coded:
        known: dict[Hashable, int] = {}
        codes = [known.setdefault(value, len(known)) for value in values]
        return cls(np.array(codes, dtype=np.int32), tuple(known))

    @classmethod
    def constant(cls, word: Hashable, length: int) -> Coded:
        return cls(np.zeros(length, dtype=np.int32), (word,))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:
        return self.words[self.codes[row]]

    def where(self, wanted: Callable[[Any], bool]) -> Flags:
        """Rows whose word satisfies `wanted`, which is called once for each word."""
        return self.per_word([wanted(word) for word in self.words], np.bool_)

    def per_word(self, values: Sequence[Any], dtype: Any) -> NDArray[Any]:
        """A value for each row, given one for each word."""
        return np.array(values, dtype=dtype)[self.codes]

    def per_word_values(self) -> Numbers:
        """Numeric words, row by row."""
        return np.array(self.words, dtype=np.float64)[self.codes]

    def mapped(self, change: Callable[[Any], Hashable]) -> Coded:
        """The column with every word replaced."""
        short = Coded.of(change(word) for word in self.words)
        return Coded(short.codes[self.codes], short.words)

    def take(self, rows: Any) -> Coded:
        return Coded(self.codes[rows], self.words)

    def joined(self, other: Coded) -> Coded:
        """These rows followed by those of `other`."""
        words = dict.fromkeys((*self.words, *other.words))
        place = {word: code for code, word in enumerate(words)}
        codes = np.array([place[word] for word in other.words], dtype=np.int32)[other.codes]
        own = np.array([place[word] for word in self.words], dtype=np.int32)[self.codes]
        return Coded(np.concatenate([own, codes]), tuple(words))

    def values(self) -> list[Any]:
        """The words row by row."""
        words = np.empty(len(self.words), dtype=object)
        words[:] = self.words
        result: list[Any] = words[self.codes].tolist()
        return result


SERIES = ("definition", "city", "boundary", "sex", "age", "income", "area")


@dataclass(frozen=True)
class FigureTable:
    """Columns of `ObservationRecord`. A missing value or error is NaN."""

    city: Coded
    definition: Coded
    period: Coded
    value: Numbers
    status: Coded
    boundary: Coded
    sex: Coded
    age: Coded
    income: Coded
    area: Coded
    standard_error: Numbers
    quality: Coded
    definition_number: Coded
    method: Coded
    source: Coded

    def __len__(self) -> int:
        return len(self.value)

    def take(self, rows: Any) -> FigureTable:
        """The given rows, in that order."""
        taken: dict[str, Any] = {
            name: column.take(rows) if isinstance(column, Coded) else column[rows]
            for name, column in self.columns().items()
        }
        return FigureTable(**taken)

    def joined(self, other: FigureTable) -> FigureTable:
        """These rows followed by those of `other`."""
        below = other.columns()
        joined: dict[str, Any] = {
            name: column.joined(below[name])
            if isinstance(column, Coded)
            else np.concatenate([column, below[name]])
            for name, column in self.columns().items()
        }
        return FigureTable(**joined)

    def compact(self) -> FigureTable:
        """The same rows without unused words."""
        words: dict[str, Any] = {
            name: Coded.of(column.values()) if isinstance(column, Coded) else column
            for name, column in self.columns().items()
        }
        return FigureTable(**words)

    def columns(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def columns_of(records: Sequence[ObservationRecord]) -> FigureTable:
    """Records as columns."""
    columns: dict[str, Any] = {}
    for field in fields(ObservationRecord):
        values = [getattr(record, field.name) for record in records]
        columns[field.name] = (
            np.array([math.nan if value is None else value for value in values], dtype=np.float64)
            if field.name in ("value", "standard_error")
            else Coded.of(str(value) if isinstance(value, str) else value for value in values)
        )
    return FigureTable(**columns)


def groups(columns: Iterable[Coded]) -> tuple[Rows, Rows]:
    """The number of each row's group of equal entries, and the first row of each group."""
    numbers: Rows | None = None
    for column in columns:
        if numbers is None:
            numbers = column.codes.astype(np.int64)
        elif len(column.words) > 1:
            # Numbers stay below the count of rows, so the product never overflows.
            numbers = np.unique(numbers, return_inverse=True)[1] * len(column.words) + column.codes
    if numbers is None or not len(numbers):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _found, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return inverse, first
