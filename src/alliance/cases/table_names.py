"""What people may write in a table for a measure, a unit, a solution or a city."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alliance.cases.case_fields import FIELDS, LISTS
from alliance.cases.codebook import columns_of
from alliance.cases.models import Solution, SolutionText
from alliance.network.models import City


def names_of(records: Iterable[Any], code: str) -> dict[str, str]:
    """Every way a measure or unit may be named, to its name."""
    names: dict[str, str] = {}
    for record in records:
        for name in (getattr(record, code), record.name, record.name_fr, record.name_sv):
            if name:
                names.setdefault(name.casefold(), record.name)
    return names


def solutions_by_name() -> dict[str, str]:
    """Every way a solution may be named, to its id."""
    ids_by_name = {
        solution: solution for solution in Solution.objects.values_list("public_id", flat=True)
    }
    texts = SolutionText.objects.values_list("name", "solution__public_id").order_by("pk")
    for name, public_id in texts:
        ids_by_name.setdefault(name.casefold(), public_id)
    return ids_by_name


def cities_by_name() -> dict[str, str]:
    """Every way a city may be named that fits only one, to its id."""
    rows = list(City.objects.values_list("public_id", "name", "name_fr", "name_sv"))
    named: dict[str, set[str]] = {}
    for public_id, *names in rows:
        for name in filter(None, names):
            named.setdefault(name.casefold(), set()).add(public_id)
    ids_by_name = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
    return ids_by_name | {public_id: public_id for public_id, *_names in rows}


def empty_table(language: str) -> str:
    """A table with the columns that most cases need and no row, as spreadsheets open CSV."""
    usual = {
        (row.sheet, f"{row.table}_{language}" if row.part == "texts" else row.table)
        for row in FIELDS
        if row.is_usual
    }
    columns = [
        ("" if sheet == "cases" else f"{sheet}.1.") + column.name
        for sheet in ("cases", *LISTS)
        for column in columns_of(sheet)
        if (sheet, column.name) in {*usual, ("cases", "id")}
    ]
    # Where numbers have a comma, cells are divided by semicolons.
    return "\ufeff" + ("," if language == "en" else ";").join(columns) + "\r\n"
