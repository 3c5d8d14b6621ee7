"""The rows of a table in CSV, with commas, semicolons or tabs.

Small files are read in the calling process, larger ones in a child of `contained`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from alliance.core.files.rows import Broken, Limits, Row, rows_within


def delimiter_of(text: str) -> str:
    """The delimiter, by the first line."""
    return max(";,\t", key=text.partition("\n")[0].count)


def read(content: bytes, *, limits: Limits) -> Iterator[Row]:
    """The rows that are not empty. Raises Broken and TooMuch."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Broken("not-utf-8", line=line) from error
    if "\x00" in text:
        raise Broken("not-a-text")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from rows_within(limits, reader)
    except csv.Error as error:
        raise Broken("broken-csv", line=reader.line_num) from error
