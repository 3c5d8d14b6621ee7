"""Tables in CSV, SDMX-CSV among them: any usual delimiter, in UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from alliance.core.errors import BrokenRule, Fault, InvalidData
from alliance.core.files.contained import LimitReached
from alliance.core.files.rows import TooMuch
from alliance.indicators.importing.tables import MOST_CELLS, Findings, Table
from alliance.indicators.recording.figures import Coded

#: Arrow keeps buffers for every column, however few rows there are.
MOST_COLUMNS = 2_000
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_csv(content: bytes) -> Table:
    """The table of a CSV file. Raises InvalidData for what is no table, and rows by number."""
    content, encoding = _in_utf8(content)
    if b"\x00" in content:
        raise InvalidData([Fault("file", "not-a-text")])
    if content.count(b'"') % 2:
        raise InvalidData([Fault("file", "open-quotation")])
    delimiter, names = _header(content)
    table, numbers = _body(content, delimiter, len(names))
    columns = tuple(_coded(column) for column in table.columns)
    if _is_sdmx(names) and ":" in names[0]:
        # With a label behind every code, in the header and in the cells.
        columns = tuple(one.mapped(lambda word: word.split(": ")[0]) for one in columns)
    return Table(
        names=names,
        columns=columns,
        rows=numbers,
        format="SDMX-CSV" if _is_sdmx(names) else "CSV",
        notes=(("encoding", encoding), ("delimiter", _DELIMITERS[delimiter])),
    )


def _in_utf8(content: bytes) -> tuple[bytes, str]:
    """The content in UTF-8 without a byte order mark, and the encoding it had."""
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


def _not_text(content: bytes, error: UnicodeDecodeError) -> InvalidData:
    line = content.count(b"\n", 0, error.start) + 1
    return InvalidData([Fault("file", "not-utf-8", {"line": line})])


def _header(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the names of the columns."""
    head = content[:100_000].decode(errors="ignore").split("\n", 1)[0].rstrip("\r")
    delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([head], delimiter=one), [])))
    names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    while names and not names[-1]:
        # Lines that end in a delimiter: a last column without name and, as is checked, cells.
        names.pop()
    if len(names) < 2:
        raise InvalidData([Fault("file", "one-column")])
    return delimiter, tuple(names)


def _body(content: bytes, delimiter: str, width: int) -> tuple[pa.Table, np.ndarray]:
    """The cells below the header as text, with the numbers of their rows."""
    odd: list[tuple[int, int]] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        cells = next(csv.reader([row.text], delimiter=delimiter), [])
        if any(cell.strip() for cell in cells):
            odd.append((row.number or 0, row.actual_columns))
        else:
            blank.append(row.number or 0)
        return "error" if len(odd) == MOST_CELLS else "skip"

    blank: list[int] = []
    first = content.split(b"\n", 1)[0].decode()
    stated = len(next(csv.reader([first.rstrip("\r")], delimiter=delimiter), []))
    if stated > MOST_COLUMNS:
        raise LimitReached(TooMuch("columns", MOST_COLUMNS))
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            read_options=arrow_csv.ReadOptions(
                # In order, so that rows can be told by their number.
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
    except pa.ArrowInvalid as error:
        _raise_odd(odd, stated)
        raise InvalidData([Fault("file", "not-csv", {"why": str(error)})]) from error
    _raise_odd(odd, stated)
    findings = Findings()
    numbers = np.delete(
        np.arange(2, 2 + len(table) + len(blank), dtype=np.int64),
        [number - 2 for number in blank],
    )
    for place in range(width, stated):
        full = np.flatnonzero(_coded(table.column(place)).where(lambda word: bool(word.strip())))
        findings.cells(full, numbers, "", lambda row: BrokenRule("more-cells"))
    findings.raise_any()
    return table.select(list(range(width))), numbers


def _raise_odd(odd: Sequence[tuple[int, int]], stated: int) -> None:
    """Raises InvalidData where rows, given with their cells, have another number of them."""
    findings = Findings()
    for number, found in odd:
        told = {"found": found, "columns": stated}
        findings.cell(number, "", BrokenRule("other-cells", told))
    findings.raise_any()


def _coded(column: pa.ChunkedArray) -> Coded:
    short = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(short, pa.ChunkedArray):
        if not short.num_chunks:
            return Coded(np.zeros(0, np.int32), ())
        short = short.chunk(0)
    words = tuple(word.strip() for word in short.dictionary.to_pylist())
    return Coded(short.indices.to_numpy(zero_copy_only=False).astype(np.int32), words)


def _is_sdmx(names: Sequence[str]) -> bool:
    return names[0].split(":")[0].upper() in {"DATAFLOW", "STRUCTURE"}
