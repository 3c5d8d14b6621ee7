"""One table in one format, for the API and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.knowledge.exports.codebook import columns_of
from alliance.knowledge.exports.rows import count_of, rows_of
from alliance.opendata.about import about
from alliance.opendata.names import TABLES
from alliance.opendata.package import package_chunks
from alliance.opendata.text import csv_chunks, json_chunks
from alliance.opendata.xlsx import xlsx_chunks

EVERYTHING = "everything"


def title_of(table: str) -> str:
    """What a table, or the archive of all, is called in the language in use."""
    return {
        "cases": _("Cases"),
        "effects": _("Effects of cases"),
        "sources": _("Sources of cases"),
        "solutions": _("Solutions"),
        "methods": _("Citizen dialogue methods"),
        "cities": _("Cities"),
        "organisations": _("Organisations"),
        "measures": _("Measures of effects"),
        "units": _("Units of effects"),
        "codebook": _("Codebook: the meaning of every column"),
        EVERYTHING: _("Everything, with codebook"),
    }[table]


def chunks_of(
    table: str,
    form: str,
    language: str,
    counted: Callable[[Iterable[dict[str, Any]]], Iterable[dict[str, Any]]] = iter,
) -> Iterator[bytes]:
    """The content of a download in parts, read from the database while it is taken.

    `counted` is handed the rows and gives them on: a place for a progress bar.
    """
    with translation.override(language):
        facts = about(title_of(table), language)
    if table == EVERYTHING:
        return package_chunks(facts, counted)
    columns = columns_of(table)
    rows = counted(rows_of(table, facts.as_of, nested=form == "json"))
    if form == "csv":
        return csv_chunks(columns, rows)
    if form == "json":
        return json_chunks(facts, table, columns, rows)
    return xlsx_chunks(facts, table, columns, rows)


def count_rows(table: str) -> int:
    """How many rows a download has, of all tables where it is everything."""
    return sum(map(count_of, TABLES)) if table == EVERYTHING else count_of(table)


def file_name(table: str, form: str, day: dt.date) -> str:
    """The name a download is kept under."""
    return f"alliance-{table}-{day:%Y-%m-%d}.{form}"
