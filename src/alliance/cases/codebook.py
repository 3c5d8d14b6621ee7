"""The codebook: every column of every table, with type, unit, codes and meaning.

`codebook.csv` beside this file declares the columns in their order, and says what they mean. Of
fields of a case it leaves type and codes to `alliance.cases.case_fields`. `{lang}` in the name
of a column stands for one column in each language.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alliance.analysis.effect_spread import STEPS
from alliance.analysis.evidence_grade import RULE
from alliance.cases import enums
from alliance.cases.case_fields import FIELDS
from alliance.cases.effects import HIDDEN_CITY
from alliance.network import enums as network_enums

LANGUAGES = ("en", "fr", "sv")
TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "list")
_LANGUAGE_NAMES = {
    "en": {"en": "English", "fr": "French", "sv": "Swedish"},
    "fr": {"en": "anglais", "fr": "français", "sv": "suédois"},
    "sv": {"en": "engelska", "fr": "franska", "sv": "svenska"},
}


#: Why an effect does not count beside what its case says of it, in the order of the rule.
WHY_NOT = (HIDDEN_CITY, "value-missing", *STEPS, "same-sample")


@dataclass(frozen=True)
class CodebookColumn:
    """A column of a table. `codes` are the allowed values of it or of its items; empty: free."""

    table: str
    name: str
    type: str
    unit: str
    codes: tuple[str, ...]
    meaning: dict[str, str]


def _codes(name: str) -> tuple[str, ...]:
    if not name:
        return ()
    if name == "WhyNot":
        return (*enums.PoolExclusion.values, *WHY_NOT)
    if name == "GradeLine":
        return tuple(line.code for line in RULE)
    choices = getattr(enums, name, None) or getattr(network_enums, name)
    return tuple(str(value) for value in choices.values)


_TYPES = {
    "text": "string", "number": "number", "integer": "integer", "year": "integer",
    "flag": "boolean", "date": "date", "list": "list",
}  # fmt: skip
_FIELDS = {(field.sheet, field.table): field for field in FIELDS}


def _type_and_codes(row: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    field = _FIELDS.get((row["table"], row["column"].removesuffix("_{lang}")))
    if row["type"] or field is None:
        return row["type"], _codes(row["codes"])
    return _TYPES[field.kind], tuple(field.vocabulary.values) if field.vocabulary else ()


def _columns(row: dict[str, str]) -> Iterator[CodebookColumn]:
    """The column of a row of the file, or one for each language."""
    kind, codes = _type_and_codes(row)
    for code in LANGUAGES if "{lang}" in row["column"] else ("",):
        yield CodebookColumn(
            table=row["table"],
            name=row["column"].replace("{lang}", code),
            type=kind,
            unit=row["unit"],
            codes=codes,
            meaning={
                language: row[f"meaning_{language}"].replace(
                    "{language}", _LANGUAGE_NAMES[language].get(code, "")
                )
                for language in LANGUAGES
            },
        )


@cache
def codebook() -> tuple[CodebookColumn, ...]:
    """All columns in the order of tables and columns."""
    with (Path(__file__).parent / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return tuple(column for row in csv.DictReader(file) for column in _columns(row))


@cache
def columns_of(table: str) -> tuple[CodebookColumn, ...]:
    """The columns of one table, in their order."""
    return tuple(column for column in codebook() if column.table == table)


def codebook_rows() -> Iterator[dict[str, Any]]:
    """The codebook as rows of a table of its own."""
    for column in codebook():
        yield {
            "table": column.table,
            "column": column.name,
            "type": column.type,
            "unit": column.unit,
            "codes": list(column.codes),
            **{f"meaning_{language}": column.meaning[language] for language in LANGUAGES},
        }
