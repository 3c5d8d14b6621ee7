"""Tables that people fill in: read as they are, or refused by the limit that they break."""

from __future__ import annotations

import datetime as dt
import io
import os
import resource
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook

from alliance.core.errors import InvalidData
from alliance.core.files import texts
from alliance.core.files.contained import LimitReached
from alliance.core.files.rows import Formula, Limits
from alliance.core.files.tables import table_rows
from tests.factories.workbooks import packed_workbook, sheet_of, wide_workbook

LIMITS = Limits(rows=1_000)


def rows(content: bytes, limits: Limits = LIMITS, **sheets: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in table_rows(content, limits=limits, **sheets)]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a;b\n1;2\n\n3;\xc3\xa5", ""),
        (b"a,b\n\xe5", "line 2"),
        (b"a,b\n\x00", "text"),
        (b'a,b\n1,"x', "line 2"),
        (b"a\n" * 1_002, "1000"),
    ],
    ids=["sound", "not UTF-8", "no text", "quotation", "rows"],
)
def test_a_text_above_a_size_is_read_in_a_child_and_told_in_the_same_words(
    settings, monkeypatch, content, words
):
    def outcome() -> Any:
        try:
            return rows(content)
        except InvalidData as error:
            return str(error)

    here = outcome()
    assert words in here if words else len(here) == 3
    settings.FILE_AT_ONCE = 0
    monkeypatch.setattr(texts, "read", None)
    assert outcome() == here


def test_cells_of_a_workbook_keep_what_they_are():
    book = Workbook()
    cells = [
        "å", 1, 1.5, True, dt.datetime(2021, 6, 1, 12), dt.time(8, 30),
        dt.timedelta(hours=30), None, "=1+1", 0,
    ]  # fmt: skip
    book.active.append(["a"])
    book.active.append([])
    book.active.append([*cells, None, ""])
    ((_, one, header), (_, number, found)) = rows(saved(book))
    assert (one, header, number) == (1, ["a"], 3)
    assert found == [*cells[:8], Formula.NO_RESULT, 0]
    assert [type(cell) for cell in found[1:4]] == [int, float, bool]


def test_a_formula_is_what_a_spreadsheet_made_of_it():
    cells = (
        "<c><f>1+1</f><v>2</v></c>"
        '<c t="str"><f>IF(A1=2,&quot;&quot;,3)</f><v></v></c>'
        "<c><f>1+2</f></c>"
    )
    assert rows(packed_workbook(sheet_of(f"<row>{cells}</row>"))) == [
        ("s1", 1, [2, None, Formula.NO_RESULT])
    ]


def test_a_whole_number_that_no_float_holds_is_its_text():
    cells = "".join(f"<c><v>{sign}{'9' * 400}</v></c>" for sign in ("", "-"))
    ((_, _, found),) = rows(packed_workbook(sheet_of(f"<row>{cells}</row>")))
    assert found == ["9" * 400, "-" + "9" * 400]


def test_the_sheets_that_are_asked_for_are_read():
    book = Workbook()
    book.active.title = "notes"
    for title in ("effects", "cases", "sources"):
        book.create_sheet(title).append([title])
    content = saved(book)
    assert rows(content) == []
    assert [row[0] for row in rows(content, main="cases")] == ["cases"]
    assert [row[0] for row in rows(content, main="cases", also=("effects", "no"))] == [
        "cases", "effects",
    ]  # fmt: skip


def test_csv_is_read_with_the_numbers_of_its_rows():
    found = rows('\ufeffa;b\r\n\r\n1;"x;\ny"\r\n;;\r\nå;;\r\n'.encode())
    assert found == [("", 1, ["a", "b"]), ("", 3, ["1", "x;\ny"]), ("", 5, ["å"])]


ONE = "<c><v>1</v></c>"
BOMBS = {
    "wide": wide_workbook,
    "tall": lambda: packed_workbook(sheet_of(f'<row r="99999999999">{ONE}</row>')),
    "long": lambda: packed_workbook(sheet_of(f"<row>{ONE}</row>" * 1_002)),
    "cells": lambda: packed_workbook(
        sheet_of('<row><c r="AAA1"/></row>' + f"<row>{ONE * 500}</row>" * 60)
    ),
    "deep": lambda: packed_workbook(sheet_of("<a>" * 300_000 + "</a>" * 300_000)),
    "flat": lambda: packed_workbook(sheet_of("<a/>" * 500_000)),
}


@pytest.mark.parametrize(
    ("bomb", "changes", "limit", "words"),
    [
        ("wide", {}, "columns", "more than 2000 columns"),
        ("tall", {}, "rows", "more than 1000 rows"),
        ("long", {}, "rows", "more than 1000 rows"),
        ("cells", {"cells": 20_000}, "cells", "more than 20,000 cells"),
        # Where memory runs out inside it, it may take all its time to say so.
        ("deep", {"memory": 20_000_000, "seconds": 2}, "memory seconds", "Save it as CSV"),
        ("flat", {"memory": 20_000_000}, "memory", "more than 20 MB of memory"),
    ],
)
def test_a_workbook_that_unfolds_is_refused_by_its_limit(bomb, changes, limit, words):
    content = BOMBS[bomb]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(LimitReached, match=words) as caught:
        rows(content, replace(LIMITS, **changes))
    assert caught.value.limit in limit.split()
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert child.ru_utime - child_before.ru_utime < 20, "seconds of the processor"
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert taken < 50_000, "kB of this process"


def test_one_long_text_in_many_cells_is_refused():
    text = "<si><t>" + "a" * 1_000_000 + "</t></si>"
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 900
    with pytest.raises(LimitReached, match="more than 20 MB of text"):
        rows(packed_workbook(sheet_of(cells), strings=text))


def test_many_sheets_of_one_part_are_refused_by_their_time():
    content = packed_workbook(sheet_of("<x/>" * 100_000), sheets=3_000)
    assert len(content) < 100_000
    with pytest.raises(LimitReached, match="seconds to read"):
        rows(content, replace(LIMITS, seconds=1))


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b"a,b\n" + b"1,2\n" * 1_001, "rows"),
        (b"a," * 2_000 + b"a\n", "columns"),
        (b"a,b\n" + b"," * 2_000_000 + b"\n", "cells"),
        (b"a\n" + b"x" * 100_000 + b"\n", "text"),
    ],
)
def test_csv_has_the_same_limits(content, limit):
    with pytest.raises(LimitReached) as caught:
        rows(content, replace(LIMITS, text=90_000))
    assert caught.value.limit == limit


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"a\n\xff", "not in UTF-8 .line 2"),
        (b"a\n\x00", "characters that are not text"),
        (b'a\n"b', "line 2.: a quotation mark is not closed"),
        (b"PK\x03\x04nothing", "office file or archive is damaged"),
    ],
)
def test_what_is_no_table_is_refused(content, rule):
    with pytest.raises(InvalidData, match=rule):
        rows(content)


def test_a_workbook_without_its_parts_is_damaged():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", os.urandom(100))
    with pytest.raises(InvalidData, match="workbook is damaged"):
        rows(out.getvalue())
