"""What was understood of a file and what would come of it, as people look at it before a yes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Revision:
    """A figure that is known and would be superseded."""

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
    # Nothing but the source, the method or how well it is known differs.
    same_value: bool = False


@dataclass(frozen=True)
class Odd:
    """A value far from all others of the same series: thousands for millions, a share for percent.

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
    """All counts are of figures but `n_cities` and `n_definitions`.

    `columns` are pairs of a column and what it was read as; `conversions` as
    `definitions.Conversion`; `revisions` the first of those that there are.
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
    # Definitions whose unit the file does not say: taken as defined.
    units_taken: tuple[tuple[str, str], ...] = ()
    conversions: tuple[dict[str, Any], ...] = ()
    # Definitions that some figures do not fit, each with the one of their own.
    own_definitions: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    revisions: tuple[Revision, ...] = field(default_factory=tuple)
    # The edition that series are replaced by, and by how much it moves the past.
    edition: str = ""
    moved: dict[str, Any] = field(default_factory=dict)
    # The first of the values that look as if they were in another unit.
    implausible: tuple[Odd, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def details(self) -> dict[str, Any]:
        """What is kept with the batch: how the file was read, without what came of it."""
        names = ("format", "layout", "sheet", "decimal", "notes", "columns", "left_out",
                "left_empty", "units_taken", "conversions", "own_definitions", "flags",
                "edition")  # fmt: skip
        return {name: getattr(self, name) for name in names if getattr(self, name)}
