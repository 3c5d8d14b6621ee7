"""The preview of an import, which a person approves: how the file was read and what would
change."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Revision:
    """A recorded figure that would be superseded."""

    city: str
    definition: str
    period: str
    boundary: str
    group: str
    old: float | None
    old_status: str
    new: float | None
    new_status: str
    place: str
    # Only the source, the method or the accuracy differs.
    same_value: bool = False


@dataclass(frozen=True)
class Odd:
    """A value far from all others of its series: thousands for millions, a share for percent.

    `usual` is their median, `row` the number of the row from 0.
    """

    city: str
    definition: str
    period: str
    value: float
    usual: float
    place: str
    row: int


@dataclass(frozen=True)
class Report:
    """Counts are of figures, except for `n_cities` and `n_definitions`.

    `columns` are pairs of a column and its role; `conversions` as `definitions.Conversion`;
    `revisions` the first of all revisions.
    """

    format: str
    n_figures: int
    n_cities: int
    n_definitions: int
    first_period: str
    last_period: str
    layout: str = "long"
    sheet: str = ""
    decimal: str = "."
    notes: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    left_empty: int = 0
    n_missing: int = 0
    # Definitions whose unit is assumed, since the file has none.
    units_taken: tuple[tuple[str, str], ...] = ()
    conversions: tuple[dict[str, Any], ...] = ()
    # Definitions that some figures do not fit, each with the separate definition.
    own_definitions: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    revisions: tuple[Revision, ...] = field(default_factory=tuple)
    # The edition that replaces the series, and by how much it changes past figures.
    edition: str = ""
    moved: dict[str, Any] = field(default_factory=dict)
    # The first of the values that appear to be in another unit.
    implausible: tuple[Odd, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def details(self) -> dict[str, Any]:
        """How the file was read, which is stored with the batch."""
        names = ("format", "layout", "sheet", "decimal", "notes", "columns", "left_out",
                "left_empty", "units_taken", "conversions", "own_definitions", "flags",
                "edition")  # fmt: skip
        return {name: getattr(self, name) for name in names if getattr(self, name)}
