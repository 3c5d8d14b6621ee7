"""Reads tables in SDMX-ML 2.1 and 3.0, generic or structure specific, even without a DSD."""

from __future__ import annotations

import re

import numpy as np

from alliance.core.errors import Fault, InvalidData
from alliance.core.files.contained import Unreadable, read_contained
from alliance.core.files.rows import Limits
from alliance.indicators.importing.tables import Coding, Table, is_blank
from alliance.indicators.recording.figures import Coded

MOST_BYTES = 100_000_000
LIMITS = Limits(rows=5_000_000, memory=2_500_000_000, seconds=300)
_DELETE = re.compile(rb"<[^>]*DataSet[^>]*\baction=[\"'](?:Delete|D)[\"']")


def read_sdmx_ml(content: bytes) -> Table:
    """The observations of an SDMX-ML message, a row each. Raises InvalidData."""
    if len(content) > MOST_BYTES:
        raise InvalidData([Fault("file", "large-sdmx", {"n": MOST_BYTES // 1_000_000})])
    # A document type can expand a small file to a huge one, or include another.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InvalidData([Fault("file", "document-type")])
    if _DELETE.search(content):
        raise InvalidData([Fault("file", "deletes")])
    rows = read_contained(
        "alliance.indicators.importing.sdmx_rows:read",
        content,
        limits=LIMITS.for_size(len(content)),
    )
    try:
        names = next(rows)
        columns = [Coding() for _name in names]
        for row in rows:
            for column, cell in zip(columns, row, strict=True):
                column.add(cell)
    except Unreadable as error:
        raise InvalidData([Fault("file", "not-sdmx", {"why": str(error)})]) from error
    coded_columns = tuple(column.column() for column in columns)
    table = Table(
        names=tuple(names),
        columns=coded_columns,
        # Observations have no rows; they are identified by their index in the message.
        rows=np.arange(1, 1 + (len(coded_columns[0]) if coded_columns else 0), dtype=np.int64),
        format="SDMX-ML",
    )
    return _with_missing(table)


def _with_missing(table: Table) -> Table:
    """Marks observations without a value as missing, as in SDMX, unless the message has
    statuses."""
    if "OBS_VALUE" not in table.names or "OBS_STATUS" in table.names or not len(table):
        return table
    none = table.column("OBS_VALUE").where(is_blank)
    status = Coded(none.astype(np.int32), ("", "M"))
    return Table(
        names=(*table.names, "OBS_STATUS"),
        columns=(*table.columns, status),
        rows=table.rows,
        format=table.format,
    )
