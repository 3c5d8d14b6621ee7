"""However records came into the index, it answers as one built of them at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.search import segments
from alliance.search.index import MAX_TAILS, Index
from alliance.search.segments import RecordRow, Segment
from tests.factories.search import document, found, ids, rows

WORDS = ["tram", "cykelväg", "park", "toll", "bus", "buses", "skolgata", "miljözon", "nät", "väg"]
IDS = [f"r{number}" for number in range(8)]
QUERIES = [
    ("tram", "en"),
    ("tram park", "en"),
    ("cykelväg", "sv"),
    ("väg", "sv"),
    ("cykelvägnät", "sv"),
    ('"tram park"', "en"),
    ("bus -tram", "en"),
    ("trma", "en"),
    ("low emission zone", "en"),
    ("", "fr"),
]


@st.composite
def record_rows(draw: st.DrawFn) -> RecordRow:
    public_id = draw(st.sampled_from(IDS))
    kind = draw(st.sampled_from(["case", "solution"]))
    language = draw(st.sampled_from(["en", "sv"]))
    text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)))
    facets = {"theme": tuple(draw(st.sets(st.sampled_from(["mobility", "water"]))))}
    if kind == "case":
        facets["solution"] = (draw(st.sampled_from(IDS)),)
    one = document(public_id, text, kind=kind, language=language, facets=facets, year=2010)
    return rows([one])[0]


changes = st.lists(
    st.tuples(
        st.lists(record_rows(), max_size=3, unique_by=lambda one: one.key),
        st.sets(st.sampled_from([f"case\x01{one}".encode() for one in IDS]), max_size=2),
    ),
    max_size=MAX_TAILS + 3,
)


def answers(index: Index) -> list[Any]:
    results = []
    for text, language in QUERIES:
        result = found(index, text, language)
        named = ids(index, result)
        scores = sorted(result.score[result.hits].tolist())
        counts = {}
        for key in ("theme", "solution", "kind"):
            column = index.facet(key)
            numbers = column.count(np.flatnonzero(result.hits)).tolist()
            counts[key] = {
                code: number
                for code, number in zip(column.vocabulary, numbers, strict=True)
                if number
            }
        expansion = dataclasses.asdict(result.expansion)
        results.append((named, scores, counts, expansion["corrections"], expansion["unmatched"]))
    return results


@settings(deadline=None, max_examples=30)
@given(changes)
def test_changes_one_by_one_give_the_index_of_the_end(
    steps: list[tuple[list[RecordRow], set[bytes]]],
) -> None:
    index = Index.of([])
    living: dict[bytes, RecordRow] = {}
    for records, gone in steps:
        gone = gone - {record.key for record in records}
        index = index.changed(records, gone)
        for key in gone:
            living.pop(key, None)
        living |= {record.key: record for record in records}
    rebuilt = Index.of(list(living.values()))
    assert index.n == rebuilt.n == len(living)
    wanted = answers(rebuilt)
    assert answers(index) == wanted
    assert answers(index.compacted()) == wanted


@given(st.lists(record_rows(), max_size=6, unique_by=lambda one: one.key))
@settings(deadline=None, max_examples=20)
def test_merging_gives_the_segment_built_at_once(records: list[RecordRow]) -> None:
    half = len(records) // 2
    pieces = [segments.build(records[:half]), segments.build(records[half:])]
    merged = segments.merge(pieces, [np.ones(piece.size, bool) for piece in pieces])
    built = segments.build(records)
    assert merged.keys.tolist() == built.keys.tolist()
    assert merged.titles == built.titles
    assert {token: postings(merged, token) for token in merged.terms} == {
        token: postings(built, token) for token in built.terms
    }


def postings(segment: Segment, token: str) -> list[list[int]]:
    return [part.tolist() for part in segment.postings(token) or ()]


def test_a_segment_comes_back_from_disk(tmp_path: Path) -> None:
    records = rows(
        [document("a", "Tram i staden", language="sv", latitude=55.6), document("b", "Bus")]
    )
    segments.save(segments.build(records), tmp_path / "one")
    read = Index.whole(segments.load(tmp_path / "one"))
    assert answers(read) == answers(Index.of(records))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "one.npz"]


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("content", [b"spoilt", b"", b"{}", b"[]", None])
def test_a_spoilt_file_is_an_error_and_not_an_index(
    tmp_path: Path, suffix: str, content: bytes | None
) -> None:
    segments.save(segments.build(rows([document("a", "Tram")])), tmp_path / "one")
    file = tmp_path / f"one{suffix}"
    half = file.read_bytes()[: file.stat().st_size // 2]
    file.write_bytes(half if content is None else content)
    with pytest.raises((OSError, ValueError)):
        segments.load(tmp_path / "one")


def test_files_of_two_indexes_are_not_joined(tmp_path: Path) -> None:
    segments.save(segments.build(rows([document("a", "Tram")])), tmp_path / "one")
    segments.save(
        segments.build(rows([document("b", "Bus"), document("c", "Toll")])), tmp_path / "two"
    )
    (tmp_path / "two.json").replace(tmp_path / "one.json")
    with pytest.raises(ValueError, match="do not belong together"):
        segments.load(tmp_path / "one")
