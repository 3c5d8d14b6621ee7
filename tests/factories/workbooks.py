"""Workbooks written by hand, as no spreadsheet would save them."""

from __future__ import annotations

import io
import random
import zipfile

_SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet_of(rows: str, dimension: str = "") -> str:
    """The XML of a sheet: its rows as they are given, and the size it says it has."""
    stated = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f"<worksheet {_SPREADSHEET}>{stated}<sheetData>{rows}</sheetData></worksheet>"


def packed_workbook(sheet: str, *, strings: str = "", sheets: int = 1) -> bytes:
    """A workbook whose sheets, named s1, s2 and so on, all are this one part.

    As much noise is packed with it as hides how well the rest was packed.
    """
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        "</Types>",
        "xl/workbook.xml": f'<workbook {_SPREADSHEET} xmlns:r="{_DOCUMENT}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "xl/worksheets/sheet.xml": sheet,
        "xl/sharedStrings.xml": f"<sst {_SPREADSHEET}>{strings}</sst>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        noise = sum(map(len, parts.values())) // 190
        archive.writestr("noise.bin", random.Random(0).randbytes(noise))
    return out.getvalue()


def wide_workbook() -> bytes:
    """20 kB of which openpyxl by itself makes more than 1 GB: each row has a last column."""
    rows = "".join(f'<row><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 9_000))
    return packed_workbook(sheet_of(rows, dimension="A1:XFD1048576"))
