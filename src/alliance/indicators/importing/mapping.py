"""Maps the columns of a file to roles by name; columns of a wide table to years.

An unknown column is a fault, unless the options ignore it: a typo in `boundary` would otherwise
go unnoticed.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

import numpy as np

from alliance.indicators.importing.options import Options
from alliance.indicators.importing.tables import Findings, Table, is_blank
from alliance.indicators.periods import year_of
from alliance.indicators.recording.figures import Coded, Rows

#: Lower-case column names by role.
NAMES: dict[str, tuple[str, ...]] = {
    "city": (
        "city", "city_id", "city_code", "ref_area", "geo", "kommun", "kommunkod", "commune",
        "code_commune", "codgeo", "municipality",
    ),
    "scheme": ("scheme", "city_scheme", "code_scheme"),
    "indicator": ("indicator", "indicator_code", "indic", "indic_ur", "indikator", "indicateur"),
    "definition": ("definition", "definition_id", "definition_key"),
    "period": ("period", "year", "time_period", "time", "år", "année", "annee", "période"),
    "value": ("value", "obs_value", "värde", "valeur"),
    "status": ("status", "obs_status"),
    "flag": ("flag", "obs_flag"),
    "unit": ("unit", "unit_measure", "enhet", "unité", "unite"),
    "unit_mult": ("unit_mult",),
    "boundary": ("boundary",),
    "sex": ("sex", "kön", "sexe"),
    "age": ("age", "ålder", "âge"),
    "income": ("income",),
    "area": ("area", "district"),
    "standard_error": ("standard_error", "se"),
    "quality": ("quality", "grade"),
    "method": ("method",),
    "source_title": ("source_title", "source"),
    "source_url": ("source_url",),
    "licence": ("licence", "license"),
    "publisher": ("publisher",),
    "action": ("action",),
}  # fmt: skip
#: Labels for readers, or the envelope of SDMX-CSV: recognised, but ignored.
LEFT_OUT = frozenset(
    {
        "source_code", "source_name", "city_name", "indicator_name", "unit_label", "country",
        "dataflow", "structure", "structure_id", "structure_name", "freq", "last update",
        "decimals", "conf_status", "comment", "note", "definition_version", "declared_grade",
        "method_class", "recorded_at", "as_of",
    }
)  # fmt: skip
_ROLE = {name: role for role, names in NAMES.items() for name in names}


@dataclass(frozen=True)
class Mapping:
    """Columns by role; `periods` are columns with the values of one period each."""

    roles: dict[str, str]
    periods: dict[str, str]
    left_out: tuple[str, ...]


def map_columns(table: Table, options: Options, findings: Findings) -> Mapping:
    """Maps each column to its role; unknown columns are added to `findings`."""
    roles: dict[str, str] = {}
    periods: dict[str, str] = {}
    left_out = []
    ignored = {name.casefold() for name in options.ignore}
    for name in table.names:
        short = _short(table, name)
        if not name:
            findings.table("nameless-column")
        elif short in ignored or short in LEFT_OUT:
            left_out.append(name)
        elif table.names.count(name) > 1:
            findings.column(name, "column-twice")
        elif (role := _ROLE.get(short)) is not None:
            if role in roles:
                findings.column(name, "same-column", column=roles[role])
            roles.setdefault(role, name)
        elif year_of(short.upper()) is not None:
            periods[name] = short.upper()
        else:
            near = difflib.get_close_matches(short, [*_ROLE, *LEFT_OUT], n=1)
            if near:
                findings.column(name, "column-near", near=near[0])
            else:
                findings.column(name, "column-unknown")
    _check_shape(roles, periods, options, findings)
    return Mapping(roles, periods, tuple(left_out))


def _short(table: Table, name: str) -> str:
    """A header without the label that SDMX-CSV may append: `REF_AREA: Reference area`."""
    short = name.split(":")[0] if ":" in table.names[0] else name
    # Workbooks store years as numbers: 2021.0
    return short.strip().casefold().removesuffix(".0")


def _check_shape(
    roles: dict[str, str], periods: dict[str, str], options: Options, findings: Findings
) -> None:
    if periods and ("period" in roles or "value" in roles):
        findings.table("years-and-column", column=roles.get("period") or roles["value"])
    needed = {"city": not options.city, "indicator": not (options.indicator or options.definition)}
    if not periods:
        needed |= {"period": not options.period, "value": True}
    if "definition" in roles:
        needed["indicator"] = False
    for role, is_needed in needed.items():
        if is_needed and role not in roles:
            findings.column(role, "column-needed", names=NAMES[role])


@dataclass(frozen=True)
class Long:
    """A table with a row for each figure. `value_names` is the column of each value."""

    table: Table
    roles: dict[str, str]
    value_names: Coded
    left_empty: int = 0


def to_long_format(table: Table, mapping: Mapping) -> Long:
    """Converts a table with years as columns to long format, with a column of periods.

    Empty cells below a year are dropped, and counted.
    """
    if not mapping.periods:
        name = mapping.roles["value"]
        return Long(table, mapping.roles, Coded.constant(name, len(table)))
    others = [name for name in table.names if name in set(mapping.roles.values())]
    wide = [table.column(name) for name in mapping.periods]
    values = _stacked(wide)
    filled = np.flatnonzero(~values.where(is_blank))
    rows: Rows = np.tile(np.arange(len(table)), len(wide))[filled]
    of_column = np.repeat(np.arange(len(wide), dtype=np.int32), len(table))[filled]
    long = replace(
        table,
        names=(*others, "\x00period", "\x00value"),
        columns=(
            *(table.column(name).take(rows) for name in others),
            Coded(of_column, tuple(mapping.periods.values())),
            values.take(filled),
        ),
        rows=table.rows[rows],
    )
    roles = mapping.roles | {"period": "\x00period", "value": "\x00value"}
    return Long(long, roles, Coded(of_column, tuple(mapping.periods)), len(values) - len(filled))


def _stacked(columns: list[Coded]) -> Coded:
    """Concatenates columns."""
    offsets = np.cumsum([0, *(len(column.words) for column in columns[:-1])])
    codes = [column.codes + offset for column, offset in zip(columns, offsets, strict=True)]
    words = tuple(word for column in columns for word in column.words)
    return Coded(np.concatenate(codes).astype(np.int32), words)
