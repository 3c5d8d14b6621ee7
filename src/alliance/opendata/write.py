"""One table in one format, for the API and the command line; workbooks are written row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.cases.codebook import CodebookColumn, columns_of
from alliance.cases.exports import count_of, rows_of
from alliance.core.text import LIST_SEPARATOR, plain
from alliance.opendata.about import About, about
from alliance.opendata.names import TABLES
from alliance.opendata.package import package_chunks, zip_chunks
from alliance.opendata.text import csv_chunks, json_chunks

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Characters that XML 1.0 does not allow.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: The maximum number of characters in a cell.
LONGEST_CELL = 32_767
_BOLD = 1
_CHUNK_ROWS = 100


def _cell(value: Any, style: int = 0) -> str:
    """A cell: numbers remain numbers, and text is text even if it looks like a formula."""
    value = plain(value)
    if value is None:
        return "<c/>"
    mark = f' s="{style}"' if style else ""
    if isinstance(value, bool):
        return f'<c t="b"{mark}><v>{int(value)}</v></c>'
    if isinstance(value, str):
        text = escape(_FORBIDDEN.sub("", value)[:LONGEST_CELL])
        return f'<c t="inlineStr"{mark}><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c{mark}><v>{value!r}</v></c>"


def _row(values: Iterable[Any], style: int = 0) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def _sheet(
    header: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> Iterator[bytes]:
    """A sheet with a frozen header."""
    columns = "".join(
        f'<col min="{position}" max="{position}" width="{width}" customWidth="1"/>'
        for position, width in enumerate(widths, start=1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>{_row(header, _BOLD)}"
    ).encode()
    pending: list[str] = []
    for row in rows:
        pending.append(_row(row))
        if len(pending) == _CHUNK_ROWS:
            yield "".join(pending).encode()
            pending = []
    yield ("".join(pending) + "</sheetData></worksheet>").encode()


def _workbook(names: Sequence[str]) -> Iterator[tuple[str, list[bytes]]]:
    """The parts of a workbook around its sheets."""
    numbers = range(1, len(names) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    style = len(names) + 1
    texts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}'
            "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
            f'Id="rId{style}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/>'
            '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>'
            '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
            '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
            '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
            '<xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>'
        ),
    }
    for name, text in texts.items():
        yield name, [(_HEAD + text).encode()]


def xlsx_chunks(
    about: About, table: str, columns: Sequence[CodebookColumn], rows: Iterable[dict[str, Any]]
) -> Iterator[bytes]:
    """A workbook of three sheets: metadata, rows, and the meaning of the columns."""
    names = [column.name for column in columns]
    facts = about.facts()
    meanings = (
        (
            column.name,
            column.type,
            column.unit,
            LIST_SEPARATOR.join(column.codes),
            column.meaning[about.language],
        )
        for column in columns
    )
    parts = [
        *_workbook(["About", table, "Columns"]),
        ("xl/worksheets/sheet1.xml", _sheet(facts[0], facts[1:], (24, 100))),
        (
            "xl/worksheets/sheet2.xml",
            _sheet(names, ([row[name] for name in names] for row in rows), [18] * len(names)),
        ),
        (
            "xl/worksheets/sheet3.xml",
            _sheet(("column", "type", "unit", "codes", "meaning"), meanings, (28, 10, 24, 40, 90)),
        ),
    ]
    return zip_chunks(parts, about.as_of)


EVERYTHING = "everything"


def title_of(table: str) -> str:
    """The translated name of a table, or of the download of all tables."""
    return {
        "cases": _("Cases"),
        "effects": _("Case effects"),
        "nulls": _("Case results without a number"),
        "amounts": _("Other amounts in cases"),
        "sources": _("Case sources"),
        "solutions": _("Solutions"),
        "costs": _("Solution costs"),
        "national_schemes": _("National schemes"),
        "disputes": _("Disputed results"),
        "methods": _("Methods"),
        "cities": _("Cities"),
        "organisations": _("Organisations"),
        "measures": _("Outcome measures for effects"),
        "units": _("Units for effects"),
        "codebook": _("Data dictionary: meaning of each column"),
        EVERYTHING: _("Everything, including the data dictionary"),
    }[table]


def chunks_of(
    table: str,
    form: str,
    language: str,
    counted: Callable[[Iterable[dict[str, Any]]], Iterable[dict[str, Any]]] = iter,
) -> Iterator[bytes]:
    """The content of a download in parts, streamed from the database.

    `counted` wraps the iterator of rows, for example for a progress bar.
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
    """The number of rows of a download, summed over all tables for the whole."""
    return sum(map(count_of, TABLES)) if table == EVERYTHING else count_of(table)


def file_name(table: str, form: str, day: dt.date) -> str:
    """The name under which a download is stored."""
    return f"alliance-{table}-{day:%Y-%m-%d}.{form}"
