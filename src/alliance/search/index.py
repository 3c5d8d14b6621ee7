"""The index of one moment: segments, which of their rows live, and all columns joined.

An index is never changed; `changed` and `compacted` give a new one, so that requests running in
other threads keep what they started with.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from alliance.search import segments as parts
from alliance.search.analysis import SCALE
from alliance.search.facet_columns import FacetColumn, Mask, Rows, empty_column
from alliance.search.segments import RecordRow, Segment, record_key

#: Newer segments beside the first, above which they are merged into one.
MAX_TAILS = 8
#: Kinds of records that tell what somebody means to do or seeks, before it is known to work.
INTENTS = ("pilot", "need", "offer", "process", "workshop")

#: Parts of pages that are kept with an index.
MAX_CACHED = 200

Scores = npt.NDArray[np.float32]
Cached = TypeVar("Cached")


class Index:
    """All records, numbered 0..size-1 over the segments; dead rows keep their number."""

    def __init__(self, segments: Sequence[Segment], alive: Sequence[Mask]):
        self.segments = tuple(segments)
        self._masks = tuple(alive)
        sizes = [segment.size for segment in self.segments]
        self.offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.size = int(self.offsets[-1])
        self.alive: Mask = np.concatenate([*self._masks, np.zeros(0, bool)])
        self.n = int(self.alive.sum())
        #: What pages made of this index and nothing else, for all readers alike; see `kept`.
        self._cache: dict[Hashable, Any] = {}
        self.columns = parts.joined_columns(self.segments)
        self.facets = parts.joined_facets(self.segments)

    @classmethod
    def of(cls, records: Iterable[RecordRow]) -> Index:
        """An index of these records in one segment."""
        return cls.whole(parts.build(records))

    @classmethod
    def whole(cls, segment: Segment) -> Index:
        """An index of one segment, all of whose rows live."""
        return cls([segment], [np.ones(segment.size, bool)])

    @property
    def tail_size(self) -> int:
        """Rows in the newer segments."""
        return self.size - self.segments[0].size

    def get_or_set(self, key: Hashable, make: Callable[[], Cached]) -> Cached:
        """What `make` gives, made once for each key: a part of pages that all readers share.

        It may be made of the index and the key alone. Two threads may make it at once, alike.
        """
        cached: Cached | None = self._cache.get(key)
        if cached is None:
            cached = make()
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            self._cache[key] = cached
        return cached

    @cached_property
    def rank(self) -> npt.NDArray[np.int64]:
        """The place of each row in the order by kind and id: the last tie-break."""
        keys = np.concatenate([segment.keys for segment in self.segments])
        rank = np.empty(self.size, np.int64)
        rank[np.argsort(keys, kind="stable")] = np.arange(self.size)
        return rank

    @cached_property
    def proven(self) -> Mask:
        """Which rows are no mere intent: what is planned, tried or sought does not weigh on how
        the others are found."""
        return ~self.facet("kind").having(INTENTS)

    @cached_property
    def n_proven(self) -> int:
        """How many living rows are no mere intent."""
        return int(np.count_nonzero(self.proven & self.alive))

    @cached_property
    def last_days(self) -> npt.NDArray[np.int32]:
        """The last day of the rows that end by themselves, 0 for all others: those of offers."""
        days: npt.NDArray[np.int32] = self.columns["review_by"]
        return np.where(self.facet("kind").having(["offer"]), days, 0)

    @cached_property
    def solution_rows(self) -> tuple[Rows, Rows]:
        """Rows of cases and methods of a solution, and beside them the row of that solution."""
        column = self.facet("solution")
        row_of = np.full(len(column.vocabulary), -1, np.int64)
        for number, code in enumerate(column.vocabulary):
            row = self.row("solution", code)
            row_of[number] = -1 if row is None else row
        children = column.entry_rows.astype(np.int64)
        solutions = row_of[column.codes]
        linked = (solutions >= 0) & (solutions != children) & self.alive[children]
        linked &= self.proven[children]
        return children[linked], solutions[linked]

    def facet(self, key: str) -> FacetColumn:
        """The column of a filter key; an empty one where no record carries it."""
        return self.facets.get(key) or empty_column(self.size)

    def row(self, kind: str, public_id: str) -> int | None:
        """The living row of a record."""
        key = record_key(kind, public_id)
        for number in range(len(self.segments) - 1, -1, -1):
            row = self.segments[number].row_of(key)
            if row is not None and self._masks[number][row]:
                return int(self.offsets[number]) + row
        return None

    def _place(self, row: int) -> tuple[Segment, int]:
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return self.segments[number], row - int(self.offsets[number])

    def identity(self, row: int) -> tuple[str, str]:
        """(kind, public id) of a row."""
        segment, place = self._place(row)
        kind, _, public_id = bytes(segment.keys[place]).decode().partition("\x01")
        return kind, public_id

    def shown_title(self, row: int, language: str) -> tuple[str, str]:
        """(title, its language): in the language asked for, else English, else what there is."""
        segment, place = self._place(row)
        for tongue in (language, "en", *segment.titles):
            titles = segment.titles.get(tongue)
            if titles is not None and titles[place]:
                return titles[place], tongue
        return "", language

    def title(self, row: int, language: str) -> str:
        """The title in that language, else English, else what there is."""
        return self.shown_title(row, language)[0]

    def postings(self, token: str) -> tuple[Rows, Scores]:
        """Living rows that have the token, and its weight in each, above 0 and up to 1."""
        rows: list[Rows] = []
        weights: list[Scores] = []
        for segment, mask, offset in zip(self.segments, self._masks, self.offsets, strict=False):
            postings = segment.postings(token)
            if postings is None:
                continue
            living = mask[postings[0]]
            rows.append(postings[0][living].astype(np.int64) + offset)
            weights.append(postings[1][living].astype(np.float32) / np.float32(SCALE))
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate(rows), np.concatenate(weights)

    def count(self, token: str) -> int:
        """In how many living records the token stands."""
        total = 0
        for segment, mask in zip(self.segments, self._masks, strict=True):
            postings = segment.postings(token)
            if postings is not None:
                total += int(np.count_nonzero(mask[postings[0]]))
        return total

    def phrase(self, tokens: Sequence[str]) -> Mask:
        """Which rows hold the stem tokens one after the other."""
        mask = np.zeros(self.size, bool)
        for segment, offset in zip(self.segments, self.offsets, strict=False):
            mask[segment.phrase_rows(tokens) + offset] = True
        return mask & self.alive

    def beginning_with(self, prefix: str) -> Iterator[str]:
        """Tokens of the index that begin so, each once, in order; some may be of dead rows only."""
        tokens: set[str] = set()
        for segment in self.segments:
            tokens.update(_run(segment.sorted_terms, prefix))
        yield from sorted(tokens)

    def swedish_ending_with(self, suffix: str) -> Iterator[str]:
        """Swedish stem tokens that end so, each once, in order."""
        stems: set[str] = set()
        for segment in self.segments:
            stems.update(_run(segment.reversed_swedish, suffix[::-1]))
        yield from sorted(f"sv:{stem[::-1]}" for stem in stems)

    def changed(self, records: Sequence[RecordRow], gone: Collection[bytes] = ()) -> Index:
        """The index with these records new or replaced, and those of the keys `gone` taken out."""
        keys = {record.key for record in records} | set(gone)
        masks = []
        for segment, mask in zip(self.segments, self._masks, strict=True):
            rows = (segment.row_of(key) for key in keys)
            dead = [row for row in rows if row is not None]
            if dead:
                mask = mask.copy()
                mask[dead] = False
            masks.append(mask)
        segments = list(self.segments)
        if records:
            segment = parts.build(records)
            segments.append(segment)
            masks.append(np.ones(segment.size, bool))
        if len(segments) > MAX_TAILS + 1:
            tail = parts.merge(segments[1:], masks[1:])
            segments[1:], masks[1:] = [tail], [np.ones(tail.size, bool)]
        return Index(segments, masks)

    def compacted(self) -> Index:
        """The same records in one segment."""
        return Index.whole(parts.merge(self.segments, self._masks))


def _run(ordered: list[str], prefix: str) -> Iterator[str]:
    """The texts of a sorted list that begin with `prefix`."""
    place = bisect.bisect_left(ordered, prefix)
    while place < len(ordered) and ordered[place].startswith(prefix):
        yield ordered[place]
        place += 1
