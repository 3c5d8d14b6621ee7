"""Queries to publishers and their responses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alliance.core.errors import Fault, InvalidData

#: The columns that a connector writes, which `indicators.importing` reads.
COLUMNS = ("city", "period", "value", "status", "sex", "age", "method")


@dataclass(frozen=True)
class Query:
    """A query to a publisher.

    `dataset` is its name for the table, indicator or series; `codes` are its codes of the requested
    cities; `filters` select values of the other dimensions, by their names there.
    """

    dataset: str
    codes: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_year: int | None = None
    last_year: int | None = None
    # Another server of the same kind.
    address: str = ""
    # Dimensions over whose selected values the figures are summed.
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """A file with figures and the address it was read from."""

    content: bytes
    file_name: str
    url: str
    title: str


@dataclass(frozen=True)
class Row:
    """A figure as published. `value` is "" if missing."""

    city: str
    period: str
    value: str
    status: str = "A"
    sex: str = "_T"
    age: str = "_T"
    method: str = ""


def as_csv(rows: Iterable[Row]) -> bytes:
    """Rows as the CSV file from which they are imported."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([getattr(row, name) for name in COLUMNS])
    return buffer.getvalue().encode()


def half_an_answer(publisher: str, lacks: str) -> InvalidData:
    """The fault of a response that does not match the publisher's documentation."""
    return InvalidData([Fault(publisher, "half-an-answer", {"lacks": lacks})])


def ambiguous_dimension_error(publisher: str, dimension: str, values: Sequence[str]) -> InvalidData:
    """The fault of a dimension with several values left."""
    shown = [*values[:12], *(["…"] if len(values) > 12 else [])]
    params = {"dimension": dimension, "values": shown}
    return InvalidData([Fault(publisher, "choose-one-of", params)])
