"""Tables in JSON-stat 2.0: a dataset of dimensions with a value for each combination."""

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

#: What the roles of dimensions are called as columns.
_ROLES = {"geo": "city", "time": "period", "metric": "indicator"}
_MOST_CELLS = 5_000_000
#: Places of a cube of which few have a cell; numpy counts no further.
_MOST_PLACES = np.iinfo(np.int64).max


def read_json_stat(content: bytes) -> Table:
    """The table of a JSON-stat dataset. A value of null is a missing figure, unless its status
    says more. Raises InvalidData with the path of what is wrong."""
    data = json_data(content)
    if not isinstance(data, dict) or data.get("class") != "dataset":
        raise _fault("file", "not-json-stat")
    try:
        return _table(data)
    except InvalidData:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A part is of another kind than the standard says.
        raise _fault("file", "not-json-stat") from error


def _table(data: Mapping[str, Any]) -> Table:
    ids, sizes = _shape(data)
    count = prod(sizes)
    if count > _MOST_PLACES:
        raise _fault("size", "file-of-many-cells", most=_MOST_CELLS)
    values = _entries(data.get("value"), count, "value")
    statuses = _statuses(data.get("status"), count)
    # A small file can state a cube of millions of cells: only those it says something of are kept.
    kept = sorted({*values, *statuses})
    overall = data["status"] if isinstance(data.get("status"), str) else ""

    def status(place: int) -> Any:
        return statuses.get(place) or overall or ("M" if values.get(place) is None else "")

    places = np.unravel_index(np.array(kept, dtype=np.int64), sizes)
    names, columns = [], []
    roles = {one: role for role, some in data.get("role", {}).items() for one in some}
    for one, codes in zip(ids, places, strict=True):
        categories = _categories(data, one)
        name = _ROLES.get(roles.get(one, ""), one)
        if len(categories) == 1 and name == one and one.casefold() not in _KNOWN:
            # A dimension of one category says something of the whole set; it is no column.
            continue
        names.append(name)
        columns.append(Coded(codes.astype(np.int32), tuple(categories)))
        if roles.get(one) == "metric":
            names.append("unit")
            columns.append(Coded(codes.astype(np.int32), _units(data, one, categories)))
    extension = data.get("extension")
    names += ["value", "status"]
    columns += [
        coded(values.get(place) for place in kept),
        coded(status(place) for place in kept),
    ]
    return Table(
        names=tuple(names),
        columns=tuple(columns),
        # Cells of a cube have no rows; they are told by their place, counted from 1.
        rows=np.array(kept, dtype=np.int64) + 1,
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
        or not all(isinstance(one, str) for one in ids)
        or not all(isinstance(one, int) and one > 0 for one in sizes)
    ):
        raise _fault("size", "size-misfit")
    for one, size in zip(ids, sizes, strict=True):
        if len(_categories(data, one)) != size:
            raise _fault(f"dimension.{one}", "other-size")
    return ids, sizes


def _categories(data: Mapping[str, Any], one: str) -> list[str]:
    """The codes of a dimension in their order."""
    try:
        category = data["dimension"][one]["category"]
        index = category.get("index", category.get("label"))
    except (KeyError, TypeError, AttributeError) as error:
        raise _fault(f"dimension.{one}", "no-categories") from error
    if isinstance(index, list):
        return [str(code) for code in index]
    if isinstance(index, dict):
        if all(isinstance(place, int) for place in index.values()):
            return sorted(index, key=index.__getitem__)
        return list(index)
    raise _fault(f"dimension.{one}", "no-categories")


def _units(data: Mapping[str, Any], one: str, categories: list[str]) -> tuple[str, ...]:
    units = data["dimension"][one]["category"].get("unit", {})
    return tuple(
        str(units.get(code, {}).get("symbol") or units.get(code, {}).get("label") or "").replace(
            SEVERAL_UNITS, ""
        )
        for code in categories
    )


def _entries(given: Any, count: int, where: str) -> dict[int, Any]:
    """The entries of a cube by their place, given as a list or as an object of places.

    An object's entry of null says as little as none.
    """
    if isinstance(given, list | dict) and len(given) > _MOST_CELLS:
        raise _fault("size", "file-of-many-cells", most=_MOST_CELLS)
    if isinstance(given, list):
        if len(given) != count:
            raise _fault(where, "other-entries", found=len(given), count=count)
        return dict(enumerate(given))
    found: dict[int, Any] = {}
    if not isinstance(given, dict):
        raise _fault(where, "not-a-list")
    for place, entry in given.items():
        if not place.isdigit() or int(place) >= count:
            raise _fault(f"{where}.{place}", "outside-cube")
        if entry is not None:
            found[int(place)] = entry
    return found


def _statuses(given: Any, count: int) -> dict[int, Any]:
    """The statuses of single cells; one of all cells is a text."""
    if given is None or isinstance(given, str):
        return {}
    return {place: one for place, one in _entries(given, count, "status").items() if one}
