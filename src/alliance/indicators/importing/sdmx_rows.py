"""The observations of an SDMX-ML message as rows.

Runs in a child of `alliance.core.files.contained` and knows no Django: a message takes about
fifteen times its size while it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Loaded here, before the child's memory is limited: pysdmx loads them while it reads.
import pandas as pd
import pyarrow  # noqa: F401
import pysdmx.io.xml.sdmx21.reader.structure_specific  # noqa: F401
from pysdmx.io import read_sdmx

from alliance.core.files.rows import Limits, TooMuch


def read(content: bytes, *, limits: Limits) -> Iterator[list[str]]:
    """The names of the columns, then an observation each; what it does not have is empty.

    Raises TooMuch, and whatever pysdmx and the parsers below it make of other messages.
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
