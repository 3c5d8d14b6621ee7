"""What is asked of a publisher, and what comes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alliance.core.errors import Fault, InvalidData

#: The columns that a connector writes; `indicators.importing` knows them.
COLUMNS = ("city", "period", "value", "status", "sex", "age", "method")


@dataclass(frozen=True)
class Query:
    """One question to a publisher.

    `dataset` is its name for the table, indicator or series; `codes` its codes of the cities asked
    for; `filters` choose among the other dimensions, by their names there.
    """

    dataset: str
    codes: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_year: int | None = None
    last_year: int | None = None
    # Another server of the same kind, or another installation of it.
    address: str = ""
    # Dimensions whose chosen values are added up.
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """A file with figures and where it was read."""

    content: bytes
    file_name: str
    url: str
    title: str


@dataclass(frozen=True)
class Row:
    """One figure as the publisher tells it. `value` is "" where there is none."""

    city: str
    period: str
    value: str
    status: str = "A"
    sex: str = "_T"
    age: str = "_T"
    method: str = ""


def as_csv(rows: Iterable[Row]) -> bytes:
    """Rows as the file they are taken over from."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([getattr(row, name) for name in COLUMNS])
    return buffer.getvalue().encode()


def half_an_answer(publisher: str, lacks: str) -> InvalidData:
    """The fault of an answer that is not what its documentation says."""
    return InvalidData([Fault(publisher, "half-an-answer", {"lacks": lacks})])


def ambiguous_dimension_error(publisher: str, dimension: str, values: Sequence[str]) -> InvalidData:
    """The fault of a dimension that several values are left of."""
    shown = [*values[:12], *(["…"] if len(values) > 12 else [])]
    params = {"dimension": dimension, "values": shown}
    return InvalidData([Fault(publisher, "choose-one-of", params)])
