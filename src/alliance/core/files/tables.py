"""Tables that people filled in and data in JSON, read in a child process unless they are small."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from django.conf import settings

from alliance.core.archives import is_packed, opened_archive
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.files import json_texts, texts
from alliance.core.files.contained import LimitReached, Unreadable, read_contained
from alliance.core.files.rows import Broken, Limits, Row, TooMuch
from alliance.core.strict_json import MOST_PARTS

_BOOK = "xl/workbook.xml"
_MOST_OF_BOOK = 1_000_000
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?\bname=\"([^\"]*)\"")


def table_rows(
    content: bytes, *, limits: Limits, main: str = "", also: Sequence[str] = ()
) -> Iterator[Row]:
    """The rows of a table that are not empty, header first.

    Of a workbook, those of its sheet `main` or else the first, then those of the sheets in `also`.
    Raises InvalidData: LimitReached, or what is wrong with the file.
    """
    return _workbook(content, limits, main, also) if is_packed(content) else _csv(content, limits)


def sheet_titles(content: bytes) -> list[str]:
    """The titles of the sheets of a workbook in order; none if they cannot be read."""
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


def json_data(content: bytes) -> Any:
    """The data of a JSON file. Raises InvalidData: LimitReached, invalid JSON, or each part that
    cannot be stored as it was sent."""
    odd, data = map(json.loads, read_text(json_texts, content, Limits(rows=MOST_PARTS)))
    refuse([Fault(path, code) for path, code in odd])
    return data


def read_text(module: ModuleType, content: bytes, limits: Limits) -> Iterator[Any]:
    """The output of the reader `read` of a module without Django, run here or in a child process.

    Raises InvalidData with the rule that the text breaks, or LimitReached.
    """
    try:
        if len(content) <= settings.FILE_AT_ONCE:
            yield from module.read(content, limits=limits)
        else:
            yield from read_contained(
                f"{module.__name__}:read", content, limits=limits.for_size(len(content))
            )
    except Broken as error:
        raise _fault(error.code, **error.params) from error
    except TooMuch as error:
        raise LimitReached(error) from error


def _csv(content: bytes, limits: Limits) -> Iterator[Row]:
    for sheet, number, cells in read_text(texts, content, limits):
        yield Row(sheet, number, cells)
