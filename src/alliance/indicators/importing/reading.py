"""Detects the format of a file from its content, and enforces limits before it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from alliance.core.archives import is_packed
from alliance.core.errors import Fault, InvalidData
from alliance.indicators.importing.tables import Table

#: The largest size and number of rows of a file.
MOST_BYTES = 500_000_000
MOST_ROWS = 5_000_000
#: Columns that files downloaded from here have, and hardly any others.
OWN_MARKS = frozenset({"recorded_at", "as_of", "definition"})
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_path(path: Path) -> Table:
    """The table of a file on disk; its size is checked before it is opened."""
    check_size(path.stat().st_size)
    return read_file(path.read_bytes())


def check_size(size: int, most: int = MOST_BYTES) -> None:
    """Raises InvalidData for an empty or too large file."""
    if size > most:
        params = {"size": round(size / 1e6), "most": round(most / 1e6)}
        raise InvalidData([Fault("file", "too-many-bytes", params)])
    if size == 0:
        raise InvalidData([Fault("file", "no-file")])


def read_file(content: bytes) -> Table:
    """The table of a file: CSV, SDMX-CSV, workbook, JSON-stat, SDMX-ML or an inventory.

    Raises InvalidData if the format is unknown or the file invalid.
    """
    check_size(len(content))
    if is_packed(content):
        from alliance.indicators.importing.workbooks import read_workbook

        table = read_workbook(content)
    elif content.startswith(_OLD_EXCEL):
        raise InvalidData([Fault("file", "old-excel")])
    elif content.startswith(_PACKED):
        raise InvalidData([Fault("file", "packed")])
    else:
        table = _read_text(content)
    table = table.without_empty_rows()
    if {name.casefold() for name in table.names} >= OWN_MARKS:
        table = replace(table, is_own=True)
    if not len(table) and not table.is_inventory:
        raise InvalidData([Fault("file", "no-rows")])
    if len(table) > MOST_ROWS:
        raise InvalidData([Fault("file", "many-rows", {"n": MOST_ROWS})])
    return table


def _read_text(content: bytes) -> Table:
    head = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(_UTF16):
        head = content[:1000].decode("utf-16", "ignore").lstrip().encode()
    if head.startswith((b"{", b"[")):
        from alliance.indicators.importing.json_stat import read_json_stat

        return read_json_stat(content)
    if head.startswith(b"<"):
        from alliance.indicators.importing.sdmx_ml import read_sdmx_ml

        return read_sdmx_ml(content)
    from alliance.indicators.importing import inventories
    from alliance.indicators.importing.csv_files import read_csv

    table = read_csv(content)
    inventory = inventories.of_csv(table)
    return table if inventory is None else inventory
