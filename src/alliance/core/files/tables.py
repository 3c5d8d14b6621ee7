"""The rows of a table that somebody filled in: a workbook, or CSV, read in a child unless small."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings

from alliance.core.archives import is_packed, opened_archive
from alliance.core.errors import Fault, InvalidData
from alliance.core.files import texts
from alliance.core.files.contained import LimitReached, Unreadable, read_contained
from alliance.core.files.rows import Broken, Limits, Row, TooMuch

_BOOK = "xl/workbook.xml"
_MOST_OF_BOOK = 1_000_000
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?\bname=\"([^\"]*)\"")


def table_rows(
    content: bytes, *, limits: Limits, main: str = "", also: Sequence[str] = ()
) -> Iterator[Row]:
    """The rows of a table that say anything, the header first.

    Of a workbook those of its sheet `main`, or of the first, then those of the sheets in `also`.
    Raises InvalidData: LimitReached, or what is wrong with the file.
    """
    return _workbook(content, limits, main, also) if is_packed(content) else _csv(content, limits)


def sheet_titles(content: bytes) -> list[str]:
    """The titles of the sheets of a workbook in their order; none where they cannot be read."""
    with opened_archive(content) as archive:
        if _BOOK not in archive.namelist():
            return []
        with archive.open(_BOOK) as part:
            text = part.read(_MOST_OF_BOOK).decode("utf-8", "replace")
    return [html.unescape(title) for title in _SHEET.findall(text)]


def _fault(code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault("file", code, params)])


def _workbook(content: bytes, limits: Limits, main: str, also: Sequence[str]) -> Iterator[Row]:
    with opened_archive(content) as archive:
        if _BOOK not in archive.namelist():
            raise _fault("not-a-workbook")
        size = sum(entry.file_size for entry in archive.infolist())
    limits = limits.for_size(size)
    try:
        for sheet, number, cells in read_contained(
            "alliance.core.files.workbooks:read", content, limits=limits, main=main, also=also
        ):
            yield Row(sheet, number, cells)
    except Unreadable as error:
        raise _fault("damaged-workbook") from error


def _csv(content: bytes, limits: Limits) -> Iterator[Row]:
    try:
        if len(content) <= settings.FILE_AT_ONCE:
            yield from texts.read(content, limits=limits)
            return
        for sheet, number, cells in read_contained(
            "alliance.core.files.texts:read", content, limits=limits.for_size(len(content))
        ):
            yield Row(sheet, number, cells)
    except Broken as error:
        raise _fault(error.code, **error.params) from error
    except TooMuch as error:
        raise LimitReached(error) from error
