"""Downloads of tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from alliance.core.text import csv_chunks


def csv_download(
    name: str, columns: Sequence[str], rows: Iterable[Iterable[Any]], *, marked: bool = False
) -> HttpResponse:
    """A table as CSV in which a spreadsheet executes nothing.

    `marked`: with a byte order mark, by which spreadsheets recognise UTF-8.
    """
    chunks = list(csv_chunks(columns, rows))
    response = HttpResponse(
        b"".join(["\ufeff".encode(), *chunks] if marked else chunks),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
