"""Reads the columns of a CSV table, also SDMX-CSV, each as distinct words and their positions.

Supports common delimiters, in UTF-8, UTF-16 or Windows-1252. It does not import Django, since
large untrusted files are read in a child process of `alliance.core.files.contained`.
"""

from __future__ import annotations

import base64
import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from alliance.core.files.rows import Broken, Limits, TooMuch

#: Arrow allocates buffers for every column, however few rows there are.
MOST_COLUMNS = 2_000
#: The largest average number of characters of distinct words for each row.
TEXT_A_ROW = 100
#: At most so many rows with a wrong number of cells are named.
MOST_ODD = 50
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(content: bytes, *, limits: Limits) -> Iterator[list[Any]]:
    """First `[names, encoding, delimiter, columns, rows, blank, odd]`, then each column.

    `columns` and `rows` count those of the body, `blank` are the numbers of empty rows, `odd` those
    of rows with a wrong number of cells, with that number; if there are any, no column follows. A
    column is its words and, in base64, the index of each cell's word (int32, little-endian). Raises
    Broken and TooMuch.
    """
    content, encoding = _in_utf8(content)
    if b"\x00" in content:
        raise Broken("not-a-text")
    if content.count(b'"') % 2:
        raise Broken("open-quotation")
    delimiter, names = _header(content)
    odd: list[tuple[int, int]] = []
    blank: list[int] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        cells = next(csv.reader([row.text], delimiter=delimiter), [])
        if any(cell.strip() for cell in cells):
            odd.append((row.number or 0, row.actual_columns))
        else:
            blank.append(row.number or 0)
        return "error" if len(odd) == MOST_ODD else "skip"

    first = content.split(b"\n", 1)[0].decode()
    stated = len(next(csv.reader([first.rstrip("\r")], delimiter=delimiter), []))
    if stated > MOST_COLUMNS:
        raise TooMuch("columns", MOST_COLUMNS)
    columns: list[Any] = []
    try:
        columns = _body(content, delimiter, stated, note).columns
    except pa.ArrowInvalid as error:
        if not odd:
            raise Broken("not-csv", why=str(error)) from error
    n = len(columns[0]) if columns else 0
    if n > limits.rows:
        raise TooMuch("rows", limits.rows)
    yield [names, encoding, delimiter, stated, n, blank, odd]
    if odd:
        return
    n_text, most = 0, max(limits.text, TEXT_A_ROW * n)
    for column in columns:
        words, places = _coded(column)
        n_text += sum(map(len, words))
        if n_text > most:
            raise TooMuch("text", most)
        yield [words, places]


def _in_utf8(content: bytes) -> tuple[bytes, str]:
    """The content in UTF-8 without a byte order mark, and its original encoding."""
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            try:
                text = content.decode("utf-8-sig" if mark == codecs.BOM_UTF8 else encoding)
            except UnicodeDecodeError as error:
                raise _not_text(content, error) from error
            return text.encode(), f"{encoding} (BOM)"
    try:
        content.decode()
        return content, "utf-8"
    except UnicodeDecodeError as no_utf8:
        try:
            return content.decode("cp1252").encode(), "Windows-1252 (Latin-1)"
        except UnicodeDecodeError:
            raise _not_text(content, no_utf8) from no_utf8


def _not_text(content: bytes, error: UnicodeDecodeError) -> Broken:
    return Broken("not-utf-8", line=content.count(b"\n", 0, error.start) + 1)


def _header(content: bytes) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns."""
    head = content[:100_000].decode(errors="ignore").split("\n", 1)[0].rstrip("\r")
    delimiter = max(
        DELIMITERS, key=lambda candidate: len(next(csv.reader([head], delimiter=candidate), []))
    )
    names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    while names and not names[-1]:
        # Lines end in a delimiter: the last column has no name and, as is checked, no cells.
        names.pop()
    if len(names) < 2:
        raise Broken("one-column")
    return delimiter, names


def _body(content: bytes, delimiter: str, stated: int, note: Any) -> pa.Table:
    """The cells below the header as text."""
    return arrow_csv.read_csv(
        io.BytesIO(content),
        read_options=arrow_csv.ReadOptions(
            # Single-threaded, so that row numbers are known.
            use_threads=False,
            column_names=[str(place) for place in range(stated)],
            skip_rows_after_names=1,
            block_size=16_000_000,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=note,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={str(place): pa.string() for place in range(stated)},
            strings_can_be_null=False,
        ),
    )


def _coded(column: pa.ChunkedArray) -> list[Any]:
    short = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(short, pa.ChunkedArray):
        if not short.num_chunks:
            return [[], ""]
        short = short.chunk(0)
    words = [word.strip() for word in short.dictionary.to_pylist()]
    codes = short.indices.to_numpy(zero_copy_only=False).astype("<i4")
    return [words, base64.b64encode(codes.tobytes()).decode()]
