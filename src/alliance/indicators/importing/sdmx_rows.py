"""The observations of an SDMX-ML message as rows.

Runs in a child process of `alliance.core.files.contained` without importing Django: reading a
message takes about fifteen times its size in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Imported before the child's memory is limited, because pysdmx imports them while it reads.
import pandas as pd
import pyarrow  # noqa: F401
import pysdmx.io.xml.sdmx21.reader.structure_specific  # noqa: F401
from pysdmx.io import read_sdmx

from alliance.core.files.rows import Limits, TooMuch


def read(content: bytes, *, limits: Limits) -> Iterator[list[str]]:
    """The names of the columns, then a row for each observation, with empty text for missing
    values.

    Raises TooMuch, and any error of pysdmx and its parsers for invalid messages.
    """
    sets: Any = read_sdmx(content.decode(), validate=False).data
    frames: list[pd.DataFrame] = [dataset.data for dataset in sets]
    if sum(map(len, frames)) > limits.rows:
        raise TooMuch("rows", limits.rows)
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    if len(names) > limits.columns:
        raise TooMuch("columns", limits.columns)
    yield names
    for frame in frames:
        whole = frame.reindex(columns=names).astype(object)
        for row in whole.where(whole.notna(), "").itertuples(index=False, name=None):
            yield [str(cell) for cell in row]
