"""Reads tables in CSV, also SDMX-CSV, and reports rows with a wrong number of cells."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from alliance.core.errors import BrokenRule
from alliance.core.files.rows import Limits
from alliance.core.files.tables import read_text
from alliance.indicators.importing import csv_columns
from alliance.indicators.importing.tables import Findings, Table
from alliance.indicators.recording.figures import Coded

LIMITS = Limits(rows=5_000_000, memory=2_500_000_000, seconds=300)


def read_csv(content: bytes) -> Table:
    """The table of a CSV file. Raises InvalidData if it is no table, naming faulty rows."""
    parts = read_text(csv_columns, content, LIMITS)
    head, encoding, delimiter, stated, n, blank, odd = next(parts)
    names = tuple(head)
    _raise_odd(odd, stated)
    body = [
        Coded(np.frombuffer(base64.b64decode(codes), "<i4").astype(np.int32), tuple(words))
        for words, codes in parts
    ]
    findings = Findings()
    numbers = np.delete(
        np.arange(2, 2 + n + len(blank), dtype=np.int64), [number - 2 for number in blank]
    )
    for column in body[len(names) :]:
        full = np.flatnonzero(column.where(lambda word: bool(word.strip())))
        findings.cells(full, numbers, "", lambda row: BrokenRule("more-cells"))
    findings.raise_any()
    columns = tuple(body[: len(names)])
    if _is_sdmx(names) and ":" in names[0]:
        # Every code is followed by a label, in the header and in the cells.
        columns = tuple(column.mapped(lambda word: word.split(": ")[0]) for column in columns)
    return Table(
        names=names,
        columns=columns,
        rows=numbers,
        format="SDMX-CSV" if _is_sdmx(names) else "CSV",
        notes=(("encoding", encoding), ("delimiter", csv_columns.DELIMITERS[delimiter])),
    )


def _raise_odd(odd: Sequence[tuple[int, int]], stated: int) -> None:
    """Raises InvalidData if rows, given with their cells, have a wrong number of cells."""
    findings = Findings()
    for number, n_cells in odd:
        params = {"found": n_cells, "columns": stated}
        findings.cell(number, "", BrokenRule("other-cells", params))
    findings.raise_any()


def _is_sdmx(names: Sequence[str]) -> bool:
    return names[0].split(":")[0].upper() in {"DATAFLOW", "STRUCTURE"}
