"""Votes, comments and groups in the open format of Polis, from CSV.

Cells are separated by commas, or by semicolons or tabs if the first line has these and no comma. A
byte order mark, blank lines and any line end are accepted; columns may be in any order and further
ones are ignored. Rows in errors are counted from 1 at the header, including blank lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion.votes import Ints, Votes, votes_from

VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")
VALUES = {"1": 1, "+1": 1, "0": 0, "-1": -1}
STATES = {"1", "0", "-1", ""}


@dataclass(frozen=True)
class Comment:
    """A statement in a file: ``moderated`` 1 accepted, 0 not moderated, -1 rejected."""

    id: str
    moderated: int
    is_meta: bool
    body: str
    author: str
    #: Kind of author and language, which our own open files have; empty in others.
    written_by: str = ""
    language: str = ""


def votes_from_csv(
    content: bytes, *, comments: Sequence[Comment] = (), name: str = "votes"
) -> Votes:
    """Votes from a file with ``timestamp, comment-id, voter-id, vote``.

    Args:
        comments: which statements are rejected or about the process; those without a vote are
            statements all the same.
        name: of the file, for faults.

    Raises:
        MethodError: ``no-data``, ``not-utf-8``, ``missing-column``, ``duplicate-column``,
            ``ragged-row``, ``bad-csv``, ``missing-value``, ``bad-vote``, ``bad-timestamp``, each
            with row and column.
    """
    table = _arrow_table(content, VOTE_COLUMNS, name)
    who, voters = _coded(table, "voter-id", content, name)
    what, statements = _coded(table, "comment-id", content, name)
    vote_codes, values = _coded(table, "vote", content, name)
    for value in values:
        if value not in VALUES:
            at = int(np.argmax(vote_codes == values.index(value)))
            raise _fault("bad-vote", f"{value!r} is none of 1, 0, -1", content, at, "vote", name)
    times = pc.utf8_trim_whitespace(table["timestamp"])
    try:
        when = pc.cast(times, pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        at = next(at for at, text in enumerate(times.to_pylist()) if not _whole(text))
        text = times[at].as_py()
        code, why = ("bad-timestamp", f"{text!r} is not a whole number") if text else (
            "missing-value", "the cell is empty"
        )  # fmt: skip
        raise _fault(code, why, content, at, "timestamp", name) from None
    known = set(statements)
    return votes_from(
        who,
        what,
        np.array([VALUES[value] for value in values], np.int8)[vote_codes],
        when,
        voters=voters,
        statements=statements + [comment.id for comment in comments if comment.id not in known],
        rejected={comment.id for comment in comments if comment.moderated < 0},
        meta={comment.id for comment in comments if comment.is_meta},
    )


def comments_from_csv(content: bytes, *, name: str = "comments") -> list[Comment]:
    """Statements from a file with ``comment-id`` and, where there are any, ``moderated``,
    ``is-meta``, ``comment-body``, ``author-id``, ``written-by`` and ``language``.

    Raises:
        MethodError: as `votes_from_csv`, ``bad-moderated`` and ``duplicate-id``.
    """
    comments: dict[str, Comment] = {}
    for row, cells in _rows(content, ("comment-id",), name):
        own = _present(cells, "comment-id", row, name)
        state = cells.get("moderated", "").strip()
        if state not in STATES:
            raise MethodError(
                "bad-moderated", f"{state!r} is none of 1, 0, -1", f"{name}, row {row}, moderated"
            )
        if own in comments:
            raise MethodError(
                "duplicate-id", f"{own!r} stands there twice", f"{name}, row {row}, comment-id"
            )
        comments[own] = Comment(
            id=own,
            moderated=int(state or 0),
            is_meta=cells.get("is-meta", "").strip().lower() in {"1", "true", "t"},
            body=cells.get("comment-body", ""),
            author=cells.get("author-id", "").strip(),
            written_by=cells.get("written-by", "").strip(),
            language=cells.get("language", "").strip(),
        )
    return list(comments.values())


def groups_from_csv(content: bytes, *, name: str = "groups") -> dict[str, str]:
    """The group of each voter from a file with ``voter-id`` and ``group``; empty is none.

    Raises:
        MethodError: as `votes_from_csv`, ``duplicate-id`` for a repeated voter.
    """
    groups: dict[str, str] = {}
    seen: set[str] = set()
    for row, cells in _rows(content, ("voter-id", "group"), name):
        own, group = _present(cells, "voter-id", row, name), cells["group"].strip()
        if own in seen:
            raise MethodError(
                "duplicate-id", f"{own!r} stands there twice", f"{name}, row {row}, voter-id"
            )
        seen.add(own)
        if group:
            groups[own] = group
    return groups


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MethodError(
            "not-utf-8", f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", name
        ) from None


def _separator(line: str) -> str:
    return next((mark for mark in (",", ";", "\t") if mark in line), ",")


def _header(line: str, needed: Sequence[str], name: str) -> tuple[list[str], str]:
    separator = _separator(line)
    columns = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    for column in needed:
        if column not in columns:
            there = ", ".join(columns)
            raise MethodError("missing-column", f"no column {column!r}; there are: {there}", name)
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise MethodError("duplicate-column", f"{twice!r} stands there twice", name)
    return columns, separator


def _numbered(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers, the header first."""
    text = _text(content, name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(first), strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise MethodError("bad-csv", str(error), f"{name}, line {reader.line_num}") from None


def _rows(
    content: bytes, needed: Sequence[str], name: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    rows = _numbered(content, name)
    _, header = next(rows, (0, []))
    if not header:
        raise MethodError("no-data", "the file is empty", name)
    line = io.StringIO()
    csv.writer(line).writerow(header)
    columns, _ = _header(line.getvalue(), needed, name)
    for number, row in rows:
        if len(row) != len(columns):
            raise MethodError(
                "ragged-row", f"{len(row)} cells, not {len(columns)}", f"{name}, row {number}"
            )
        yield number, dict(zip(columns, row, strict=True))


def _present(cells: Mapping[str, str], column: str, row: int, name: str) -> str:
    text = cells[column].strip()
    if not text:
        raise MethodError("missing-value", "the cell is empty", f"{name}, row {row}, {column}")
    return text


def _arrow_table(content: bytes, needed: Sequence[str], name: str) -> pa.Table:
    """The required columns as text; fast for millions of rows."""
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t")
    if not body:
        raise MethodError("no-data", "the file is empty", name)
    line = body.split(b"\n", 1)[0].split(b"\r", 1)[0]
    columns, separator = _header(_text(line, name), needed, name)
    rest = body[len(line) :]
    if not rest.strip():
        raise MethodError("no-data", "there is no row below the header", name)
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(rest.lstrip(b"\r\n")),
            read_options=arrow_csv.ReadOptions(column_names=columns),
            parse_options=arrow_csv.ParseOptions(delimiter=separator),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(needed, pa.string()),
                include_columns=list(needed),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        for _ in _rows(content, needed, name):
            pass
        raise MethodError("bad-csv", str(error), name) from None


def _coded(table: pa.Table, column: str, content: bytes, name: str) -> tuple[Ints, list[str]]:
    """The index of each cell among the distinct texts, and these, stripped."""
    coded = table[column].dictionary_encode().combine_chunks()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    texts = [text.strip() for text in coded.dictionary.to_pylist()]
    if "" in texts:
        at = int(np.argmax(codes == texts.index("")))
        raise _fault("missing-value", "the cell is empty", content, at, column, name)
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < len(texts):
        place = {text: at for at, text in enumerate(distinct)}
        codes = np.array([place[text] for text in texts])[codes]
    return codes, distinct


def _whole(text: str) -> bool:
    try:
        return abs(int(text)) < 2**63
    except ValueError:
        return False


def _fault(code: str, why: str, content: bytes, at: int, column: str, name: str) -> MethodError:
    """The error of the row with index ``at`` below the header, with its number in the file."""
    rows = _numbered(content, name)
    next(rows)
    number = next((number for place, (number, _) in enumerate(rows) if place == at), at + 2)
    return MethodError(code, why, f"{name}, row {number}, {column}")
