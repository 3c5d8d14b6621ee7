"""Reads tables in JSON-stat 2.0: a dataset of dimensions with a value for each combination."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from alliance.core.errors import Fault, InvalidData
from alliance.core.files.tables import json_data
from alliance.indicators.importing.tables import Table, coded
from alliance.indicators.recording.figures import Coded
from alliance.indicators.units import SEVERAL_UNITS

#: The column names for the roles of dimensions.
_ROLES = {"geo": "city", "time": "period", "metric": "indicator"}
_MOST_CELLS = 5_000_000
#: numpy's largest index; a cube may be larger, although few of its cells are filled.
_MOST_PLACES = np.iinfo(np.int64).max


def read_json_stat(content: bytes) -> Table:
    """The table of a JSON-stat dataset. A null value is a missing figure, unless its status is more
    specific. Raises InvalidData with the path of each fault.
    """
    data = json_data(content)
    if not isinstance(data, dict) or data.get("class") != "dataset":
        raise _fault("file", "not-json-stat")
    try:
        return _table(data)
    except InvalidData:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A part does not have the type that the standard requires.
        raise _fault("file", "not-json-stat") from error


def _table(data: Mapping[str, Any]) -> Table:
    ids, sizes = _shape(data)
    count = prod(sizes)
    if count > _MOST_PLACES:
        raise _fault("size", "file-of-many-cells", most=_MOST_CELLS)
    values = _entries(data.get("value"), count, "value")
    statuses = _statuses(data.get("status"), count)
    # A small file can declare a cube of millions of cells, so only filled cells are stored.
    filled_places = sorted({*values, *statuses})
    overall = data["status"] if isinstance(data.get("status"), str) else ""

    def status(place: int) -> Any:
        return statuses.get(place) or overall or ("M" if values.get(place) is None else "")

    places = np.unravel_index(np.array(filled_places, dtype=np.int64), sizes)
    names, columns = [], []
    roles = {dimension: role for role, some in data.get("role", {}).items() for dimension in some}
    for dimension, codes in zip(ids, places, strict=True):
        categories = _categories(data, dimension)
        name = _ROLES.get(roles.get(dimension, ""), dimension)
        if len(categories) == 1 and name == dimension and dimension.casefold() not in _KNOWN:
            # A dimension with a single category applies to the whole dataset; it is not a column.
            continue
        names.append(name)
        columns.append(Coded(codes.astype(np.int32), tuple(categories)))
        if roles.get(dimension) == "metric":
            names.append("unit")
            columns.append(Coded(codes.astype(np.int32), _units(data, dimension, categories)))
    extension = data.get("extension")
    names += ["value", "status"]
    columns += [
        coded(values.get(place) for place in filled_places),
        coded(status(place) for place in filled_places),
    ]
    return Table(
        names=tuple(names),
        columns=tuple(columns),
        # Cells of a cube have no rows; they are identified by their index, counted from 1.
        rows=np.array(filled_places, dtype=np.int64) + 1,
        format="JSON-stat 2.0",
        is_own=isinstance(extension, dict) and bool(extension.get("as_of")),
    )


_KNOWN = frozenset({"city", "geo", "period", "time", "year", "indicator", "sex", "age", "income",
                    "area", "boundary", "unit", "definition"})  # fmt: skip


def _fault(where: str, code: str, **params: Any) -> InvalidData:
    return InvalidData([Fault(where, code, params)])


def _shape(data: Mapping[str, Any]) -> tuple[list[str], list[int]]:
    ids, sizes = data.get("id"), data.get("size")
    if (
        not isinstance(ids, list)
        or not isinstance(sizes, list)
        or len(ids) != len(sizes)
        or not ids
        or not all(isinstance(dimension, str) for dimension in ids)
        or not all(isinstance(size, int) and size > 0 for size in sizes)
    ):
        raise _fault("size", "size-misfit")
    for dimension, size in zip(ids, sizes, strict=True):
        if len(_categories(data, dimension)) != size:
            raise _fault(f"dimension.{dimension}", "other-size")
    return ids, sizes


def _categories(data: Mapping[str, Any], dimension: str) -> list[str]:
    """The codes of a dimension in order."""
    try:
        category = data["dimension"][dimension]["category"]
        index = category.get("index", category.get("label"))
    except (KeyError, TypeError, AttributeError) as error:
        raise _fault(f"dimension.{dimension}", "no-categories") from error
    if isinstance(index, list):
        return [str(code) for code in index]
    if isinstance(index, dict):
        if all(isinstance(place, int) for place in index.values()):
            return sorted(index, key=index.__getitem__)
        return list(index)
    raise _fault(f"dimension.{dimension}", "no-categories")


def _units(data: Mapping[str, Any], dimension: str, categories: list[str]) -> tuple[str, ...]:
    units = data["dimension"][dimension]["category"].get("unit", {})
    return tuple(
        str(units.get(code, {}).get("symbol") or units.get(code, {}).get("label") or "").replace(
            SEVERAL_UNITS, ""
        )
        for code in categories
    )


def _entries(entries: Any, count: int, where: str) -> dict[int, Any]:
    """The entries of a cube by index, from a list or an object.

    Null entries of an object are ignored.
    """
    if isinstance(entries, list | dict) and len(entries) > _MOST_CELLS:
        raise _fault("size", "file-of-many-cells", most=_MOST_CELLS)
    if isinstance(entries, list):
        if len(entries) != count:
            raise _fault(where, "other-entries", found=len(entries), count=count)
        return dict(enumerate(entries))
    by_place: dict[int, Any] = {}
    if not isinstance(entries, dict):
        raise _fault(where, "not-a-list")
    for place, entry in entries.items():
        if not place.isdigit() or int(place) >= count:
            raise _fault(f"{where}.{place}", "outside-cube")
        if entry is not None:
            by_place[int(place)] = entry
    return by_place


def _statuses(statuses: Any, count: int) -> dict[int, Any]:
    """The statuses of single cells; a common status of all cells is a text."""
    if statuses is None or isinstance(statuses, str):
        return {}
    return {place: entry for place, entry in _entries(statuses, count, "status").items() if entry}
