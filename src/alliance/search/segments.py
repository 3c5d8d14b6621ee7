"""A part of the index: postings, phrase sequences and columns of some records, in arrays.

A segment never changes. A changed record gets a row in a newer segment, and the index masks its
row in the older one (see `index`).
"""

from __future__ import annotations

import json
import os
import threading
import zipfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alliance.search.analysis import PHRASE_BREAK
from alliance.search.facet_columns import FacetBuilder, FacetColumn, Mask, empty_column, join
from alliance.search.version import file_version

_COLUMNS: dict[str, tuple[type[np.generic], float]] = {
    # name: type, value for "not recorded"
    "evidence": (np.int8, -1),
    "year": (np.int16, 0),
    # Cost in the target currency and price year; years from the start to the first result.
    "cost": (np.float64, float("nan")),
    "years_to_result": (np.float32, float("nan")),
    "review_by": (np.int32, 0),
    "updated_at": (np.float64, 0),
    "latitude": (np.float32, float("nan")),
    "longitude": (np.float32, float("nan")),
}
Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class RecordRow:
    """A record as the segment takes it in, all its languages together.

    weights: token -> 1..65535. sequence: stem tokens with breaks. values: the columns, as numbers.
    """

    kind: str
    public_id: str
    weights: Mapping[str, int]
    sequence: Sequence[str]
    titles: Mapping[str, str]
    facets: Mapping[str, Sequence[str]]
    values: Mapping[str, float]

    @property
    def key(self) -> bytes:
        return record_key(self.kind, self.public_id)


def record_key(kind: str, public_id: str) -> bytes:
    """The key that orders records where nothing else does: by kind, then id."""
    return f"{kind}\x01{public_id}".encode()


@dataclass(frozen=True)
class Segment:
    """Rows 0..n-1 in the order of `keys`.

    keys: sorted, bytes. terms: token -> t. The postings of t are `rows[ptr[t]:ptr[t + 1]]`, rising,
    with `weights` beside them. The stems of row r are `sequence[sequence_ptr[r]:…]` as term
    numbers, -1 for a break. titles: language -> title of each row, "" for none.
    """

    keys: npt.NDArray[np.bytes_]
    terms: dict[str, int]
    ptr: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint16]
    sequence_ptr: npt.NDArray[np.int64]
    sequence: npt.NDArray[np.int32]
    columns: Columns
    facets: dict[str, FacetColumn]
    titles: dict[str, list[str]]

    @property
    def size(self) -> int:
        return int(self.keys.size)

    def row_of(self, key: bytes) -> int | None:
        """The row of a record, None where the segment lacks it."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < self.size and self.keys[row] == key else None

    @cached_property
    def sorted_terms(self) -> list[str]:
        """All tokens in order, for looking up beginnings."""
        return sorted(self.terms)

    @cached_property
    def reversed_swedish(self) -> list[str]:
        """The Swedish stems written backwards, in order, for looking up endings."""
        return sorted(term[3:][::-1] for term in self.terms if term.startswith("sv:"))

    def postings(self, token: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]] | None:
        """(rows, weights) of a token, None where the segment lacks it."""
        number = self.terms.get(token)
        if number is None:
            return None
        start, end = self.ptr[number], self.ptr[number + 1]
        return self.rows[start:end], self.weights[start:end]

    def phrase_rows(self, tokens: Sequence[str]) -> npt.NDArray[np.int64]:
        """Rows in whose sequence the tokens follow each other."""
        numbers = [self.terms.get(token) for token in tokens]
        if not numbers or None in numbers:
            return np.zeros(0, np.int64)
        places = np.flatnonzero(self.sequence == numbers[0])
        for step, number in enumerate(numbers[1:], start=1):
            places = places[places + step < self.sequence.size]
            places = places[self.sequence[places + step] == number]
        return np.unique(np.searchsorted(self.sequence_ptr, places, side="right") - 1)


class _Numbers(dict[str, int]):
    """Gives each new token the next number."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


def build(records: Iterable[RecordRow]) -> Segment:
    """A segment of the records, taken in one after the other; each record must come once."""
    terms = _Numbers()
    term_of, weight_of, sequence = array("i"), array("H"), array("i")
    sizes, lengths = array("i"), array("i")
    keys: list[bytes] = []
    titles: list[Mapping[str, str]] = []
    values: dict[str, list[float]] = {name: [] for name in _COLUMNS}
    facets: dict[str, FacetBuilder] = defaultdict(FacetBuilder)
    for row, record in enumerate(records):
        keys.append(record.key)
        titles.append(record.titles)
        term_of.extend(map(terms.__getitem__, record.weights))
        weight_of.extend(record.weights.values())
        sizes.append(len(record.weights))
        stems = [-1 if token == PHRASE_BREAK else terms[token] for token in record.sequence]
        sequence.extend(stems)
        # A break closes each record, so that no phrase runs from one into the next.
        sequence.append(-1)
        lengths.append(len(stems) + 1)
        for name, (_kind, missing) in _COLUMNS.items():
            values[name].append(record.values.get(name, missing))
        for key, codes in record.facets.items():
            facets[key].add(row, codes)
    ordered_keys = np.array(keys, dtype="S")
    order = np.argsort(ordered_keys, kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    term_numbers = np.array(term_of, np.int32)
    rows = np.repeat(rank, np.array(sizes, np.int64))
    by_term = np.lexsort((rows, term_numbers))
    sequences = FacetColumn((), _starts(lengths), np.array(sequence, np.int32)).take(order)
    return Segment(
        keys=ordered_keys[order],
        terms=dict(terms),
        ptr=_starts(np.bincount(term_numbers, minlength=len(terms))),
        rows=rows[by_term].astype(np.uint32),
        weights=np.array(weight_of, np.uint16)[by_term],
        sequence_ptr=sequences.ptr,
        sequence=sequences.codes,
        columns={name: np.array(values[name], kind)[order] for name, (kind, _) in _COLUMNS.items()},
        facets={key: facets[key].column(order.size).take(order) for key in sorted(facets)},
        titles=_by_language([titles[row] for row in order]),
    )


def _starts(sizes: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Where each of the runs of these sizes begins, and the end of the last."""
    counted = np.asarray(sizes, np.int64)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counted)))


def _by_language(titles: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """Titles as one list a language, "" where a record has none in it."""
    languages = sorted({language for title in titles for language in title})
    return {language: [title.get(language, "") for title in titles] for language in languages}


def joined_facets(segments: Sequence[Segment]) -> dict[str, FacetColumn]:
    """The facet columns of the segments one below the other."""
    keys = sorted({key for segment in segments for key in segment.facets})
    return {
        key: join([segment.facets.get(key) or empty_column(segment.size) for segment in segments])
        for key in keys
    }


def joined_columns(segments: Sequence[Segment]) -> Columns:
    """The columns of the segments one below the other."""
    return {
        name: np.concatenate([segment.columns[name] for segment in segments]) for name in _COLUMNS
    }


def merge(segments: Sequence[Segment], alive: Sequence[Mask]) -> Segment:
    """One segment with the living rows of several; equal to one built from those records.

    alive: for each segment which of its rows count. No record may live in two segments.
    """
    keys = np.concatenate(
        [segment.keys[mask] for segment, mask in zip(segments, alive, strict=True)]
    )
    order = np.argsort(keys, kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    terms: dict[str, int] = {}
    term_parts, row_parts, weight_parts = [], [], []
    sequence_parts, length_parts = [], []
    start = 0
    for segment, mask in zip(segments, alive, strict=True):
        end = start + int(mask.sum())
        new_row = np.full(segment.size, -1, np.int64)
        new_row[mask] = rank[start:end]
        start = end
        mapping = np.array(
            [terms.setdefault(token, len(terms)) for token in segment.terms], np.int32
        )
        living = mask[segment.rows]
        numbers = np.repeat(np.arange(len(segment.terms), dtype=np.int32), np.diff(segment.ptr))
        term_parts.append(mapping[numbers[living]])
        row_parts.append(new_row[segment.rows[living]])
        weight_parts.append(segment.weights[living])
        lengths = np.diff(segment.sequence_ptr)
        stems = segment.sequence[np.repeat(mask, lengths)]
        sequence_parts.append(np.where(stems < 0, -1, mapping[stems]) if mapping.size else stems)
        length_parts.append(lengths[mask])
    term_numbers = np.concatenate(term_parts)
    rows = np.concatenate(row_parts)
    by_term = np.lexsort((rows, term_numbers))
    counts = np.bincount(term_numbers, minlength=len(terms))
    used_terms = np.flatnonzero(counts)
    renumber = np.full(len(terms) + 1, -1, np.int32)
    renumber[used_terms] = np.arange(used_terms.size)
    names = list(terms)
    # The place -1 of `renumber` stands for a break and gives -1.
    sequences = FacetColumn(
        (),
        _starts(np.concatenate(length_parts)),
        renumber[np.concatenate(sequence_parts)],
    ).take(order)
    whole = np.concatenate(alive)
    picked = np.flatnonzero(whole)[order]
    titles = {
        language: [
            title
            for segment in segments
            for title in segment.titles.get(language, [""] * segment.size)
        ]
        for language in sorted({language for segment in segments for language in segment.titles})
    }
    return Segment(
        keys=keys[order],
        terms={names[number]: place for place, number in enumerate(used_terms)},
        ptr=_starts(counts[used_terms]),
        rows=rows[by_term].astype(np.uint32),
        weights=np.concatenate(weight_parts)[by_term],
        sequence_ptr=sequences.ptr,
        sequence=sequences.codes,
        columns={name: column[picked] for name, column in joined_columns(segments).items()},
        facets={key: column.take(picked) for key, column in joined_facets(segments).items()},
        titles={
            language: [row_titles[row] for row in picked] for language, row_titles in titles.items()
        },
    )


def save(segment: Segment, path: Path) -> None:
    """Write `path`.npz and `path`.json; the second file is written last and completes the pair."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "keys": segment.keys,
        "ptr": segment.ptr,
        "rows": segment.rows,
        "weights": segment.weights,
        "sequence_ptr": segment.sequence_ptr,
        "sequence": segment.sequence,
    }
    arrays |= {f"column.{name}": column for name, column in segment.columns.items()}
    for key, column in segment.facets.items():
        arrays |= {f"facet.{key}.ptr": column.ptr, f"facet.{key}.codes": column.codes}
    texts = {
        "file_version": file_version(),
        "terms": list(segment.terms),
        "titles": segment.titles,
        "vocabularies": {key: column.vocabulary for key, column in segment.facets.items()},
    }
    for suffix in (".npz", ".json"):
        # Processes and threads may write the same index at one time, each its own part.
        part = path.with_name(f"{path.name}{suffix}.{os.getpid()}-{threading.get_ident()}.part")
        if suffix == ".npz":
            with part.open("wb") as handle:
                np.savez(handle, allow_pickle=False, **arrays)
        else:
            part.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        part.replace(path.with_name(path.name + suffix))


def load(path: Path) -> Segment:
    """Read what `save` wrote. Raises OSError or ValueError where files are missing or amiss."""
    try:
        return _load(path)
    except (zipfile.BadZipFile, EOFError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _load(path: Path) -> Segment:
    texts = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
    if texts["file_version"] != file_version():
        raise ValueError(f"{path.name}: written by another version")
    with np.load(path.with_name(path.name + ".npz"), allow_pickle=False) as arrays:
        segment = Segment(
            keys=arrays["keys"],
            terms={token: number for number, token in enumerate(texts["terms"])},
            ptr=arrays["ptr"],
            rows=arrays["rows"],
            weights=arrays["weights"],
            sequence_ptr=arrays["sequence_ptr"],
            sequence=arrays["sequence"],
            columns={name: arrays[f"column.{name}"] for name in _COLUMNS},
            facets={
                key: FacetColumn(
                    tuple(vocabulary), arrays[f"facet.{key}.ptr"], arrays[f"facet.{key}.codes"]
                )
                for key, vocabulary in texts["vocabularies"].items()
            },
            titles=texts["titles"],
        )
    lists = [segment.size, *(len(titles) for titles in segment.titles.values())]
    if len(segment.terms) + 1 != segment.ptr.size or len(set(lists)) != 1:
        raise ValueError(f"{path.name}: the two files do not belong together")
    return segment
