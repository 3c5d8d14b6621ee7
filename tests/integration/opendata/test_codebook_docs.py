"""The documentation of data and API is in step with the code.

With ALLIANCE_TEST_WRITE_CODEBOOK=1 the reference of the codebook is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from alliance.cases.codebook import CodebookColumn, codebook
from alliance.config.api import document
from alliance.opendata.names import FORMATS, TABLES

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference"
HEAD = """# Codebook

Every column of every [download](exports.md). The same table with the meanings in French and
Swedish is the download `/api/v1/export/codebook.csv`. A list in a CSV cell is separated by `|`. An
empty cell means "not recorded", never 0 and never "no".
"""


def _line(column: CodebookColumn) -> str:
    codes = ", ".join(f"`{code}`" for code in column.codes)
    meaning = column.meaning["en"] + (f" Codes: {codes}." if codes else "")
    return f"| `{column.name}` | {column.type} | {column.unit} | {meaning} |".replace("  ", " ")


def _text() -> Iterator[str]:
    yield HEAD
    for table in TABLES:
        yield f"\n## {table}\n\n| Column | Type | Unit | Meaning |\n|---|---|---|---|\n"
        for column in codebook():
            if column.table == table:
                yield _line(column) + "\n"


def test_the_reference_of_the_codebook() -> None:
    file, text = DOCS / "codebook.md", "".join(_text())
    if "ALLIANCE_TEST_WRITE_CODEBOOK" in os.environ:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_the_reference_of_the_api_names_every_address_and_parameter() -> None:
    told = (DOCS / "api.md").read_text(encoding="utf-8")
    for path, operations in document()["paths"].items():
        assert f"`{path.removeprefix('/api/v1')}`" in told, path
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "query":
                    assert f"`{parameter['name']}`" in told, parameter["name"]


def test_the_reference_of_downloads_names_every_table_and_format() -> None:
    told = (DOCS / "exports.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"| `{table}` |" in told
    for form in FORMATS:
        assert f"**{form}**" in told
