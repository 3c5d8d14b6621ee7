"""All tables as CSV in one ZIP file with a Frictionless data package description."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.cases.citations import LICENCE, LICENCE_NAME, LICENCE_URL
from alliance.cases.codebook import CodebookColumn, columns_of
from alliance.cases.exports import rows_of
from alliance.core import clock
from alliance.core.text import LIST_SEPARATOR
from alliance.indicators.exports import whole as indicators
from alliance.opendata.about import About
from alliance.opendata.names import TABLES
from alliance.opendata.text import csv_chunks
from alliance.web.formatting import colon


class _Sink(io.RawIOBase):
    """A write-only buffer that is emptied as it is read; not seekable."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def zip_chunks(members: Iterable[tuple[str, Iterable[bytes]]], day: dt.date) -> Iterator[bytes]:
    """A ZIP file of `members`, each a name and its content in parts. Deterministic."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, parts in members:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as member:
                for part in parts:
                    member.write(part)
                    if ready := sink.take():
                        yield ready
    yield sink.take()


Counted = Callable[[Iterable[dict[str, Any]]], Iterable[dict[str, Any]]]

PRIMARY_KEYS = {
    "cases": ["id"],
    "effects": ["case", "position"],
    "nulls": ["case", "position"],
    "amounts": ["case", "position"],
    "sources": ["case", "position"],
    "solutions": ["id"],
    "costs": ["solution", "position"],
    "national_schemes": ["solution", "country"],
    "disputes": ["solution", "position"],
    "methods": ["id"],
    "cities": ["id"],
    "organisations": ["id"],
    "measures": ["code"],
    "units": ["code"],
    "codebook": ["table", "column"],
}
#: table, column, table it refers to, column there.
FOREIGN_KEYS = (
    ("cases", "solution", "solutions", "id"),
    ("cases", "city", "cities", "id"),
    ("effects", "case", "cases", "id"),
    ("effects", "solution", "solutions", "id"),
    ("effects", "measure", "measures", "code"),
    ("effects", "unit", "units", "code"),
    ("effects", "baseline_unit", "units", "code"),
    ("nulls", "case", "cases", "id"),
    ("nulls", "solution", "solutions", "id"),
    ("nulls", "measure", "measures", "code"),
    ("amounts", "case", "cases", "id"),
    ("sources", "case", "cases", "id"),
    ("costs", "solution", "solutions", "id"),
    ("solutions", "main_measure", "measures", "code"),
    ("solutions", "main_unit", "units", "code"),
    ("national_schemes", "solution", "solutions", "id"),
    ("disputes", "solution", "solutions", "id"),
    ("disputes", "case", "cases", "id"),
    ("methods", "related_solution", "solutions", "id"),
    ("organisations", "city", "cities", "id"),
)


def _field(column: CodebookColumn) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.meaning["en"],
    }
    if column.type == "list":
        field |= {"delimiter": LIST_SEPARATOR, "itemType": "string"}
    elif column.codes:
        field["constraints"] = {"enum": list(column.codes)}
    if column.unit:
        field["unit"] = column.unit
    return field


def _resource(table: str) -> dict[str, Any]:
    schema = {
        "fields": [_field(column) for column in columns_of(table)],
        "missingValues": [""],
        "primaryKey": PRIMARY_KEYS[table],
        "foreignKeys": [
            {
                "fields": [column],
                "reference": {"resource": target, "fields": [key]},
            }
            for source, column, target, key in FOREIGN_KEYS
            if source == table
        ],
    }
    return _csv(table, schema)


def _csv(table: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": table,
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": schema,
    }


def datapackage(about: About) -> dict[str, Any]:
    """The description of the archive: a Frictionless Data Package with a Table Schema for each
    table."""
    return {
        "name": "alliance-open-data",
        "title": about.title,
        "homepage": about.address,
        "created": f"{about.as_of:%Y-%m-%d}T00:00:00Z",
        "licenses": [{"name": LICENCE, "path": LICENCE_URL, "title": LICENCE_NAME}],
        "contributors": [{"title": about.network, "role": "publisher"}],
        "citation": about.citation,
        "resources": [_resource(table) for table in TABLES]
        + [_csv(table, schema) for table, schema in indicators.schemas()],
    }


def _readme(about: About) -> str:
    with translation.override(about.language):
        lines = [f"{label}{colon()} {value}" for label, value in about.facts()]
        lines += [
            "",
            _("%(columns)s explains what each column means; %(programs)s is for programs.")
            % {"columns": "codebook.csv", "programs": "datapackage.json"},
            _("In the CSV files, text that begins with =, +, - or @ has an apostrophe in front."),
            _("Several values in one cell are separated by |."),
        ]
    return "\n".join(lines) + "\n"


def members(about: About, counted: Counted = iter) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Name and content of each file. `counted` wraps the iterator of rows."""
    yield "README.txt", [_readme(about).encode()]
    description = json.dumps(datapackage(about), ensure_ascii=False, indent=1)
    yield "datapackage.json", [description.encode()]
    for table in TABLES:
        rows = counted(rows_of(table, about.as_of))
        yield f"{table}.csv", csv_chunks(columns_of(table), rows)
    # The time of the last change, so that the same records give the same bytes.
    for table, parts in indicators.members(about.changed_at or clock.now()):
        yield f"{table}.csv", parts


def package_chunks(about: About, counted: Counted = iter) -> Iterator[bytes]:
    """The whole archive."""
    return zip_chunks(members(about, counted), about.as_of)
