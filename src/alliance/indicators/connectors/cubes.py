"""Converts JSON-stat cubes, the format of Eurostat and PxWeb, to rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from alliance.indicators.connectors.query import Row, ambiguous_dimension_error, half_an_answer

#: Flags of Eurostat and others in order of precedence, with the SDMX status.
STATUS = (
    ("b", "B"), ("d", "D"), ("c", "Q"), ("z", "L"), ("u", "U"), ("e", "E"), ("s", "E"), ("p", "P"),
    ("f", "F"), ("i", "I"),
)  # fmt: skip
_SEXES = {"t": "_T", "total": "_T", "m": "M", "f": "F", "1+2": "_T", "1": "M", "2": "F"}


def status_of(flags: str, has_value: bool) -> str:
    """The SDMX status of a figure with these flags of the publisher."""
    letters = flags.casefold()
    if not has_value:
        return "L" if "z" in letters else "Q" if "c" in letters else "M"
    return next((code for flag, code in STATUS if flag in letters), "A")


def _codes(dataset: Mapping[str, Any], dimension: str) -> list[str]:
    index = dataset["dimension"][dimension]["category"].get("index")
    if index is None:
        # A single category needs no index.
        return list(dataset["dimension"][dimension]["category"]["label"])
    if isinstance(index, dict):
        return sorted(index, key=lambda code: index[code])
    return list(index)


def _at(values: Any, place: int) -> Any:
    if isinstance(values, Mapping):
        return values.get(str(place))
    return values[place] if isinstance(values, list) and place < len(values) else None


def cube_rows(
    dataset: Any,
    *,
    publisher: str,
    city: str,
    time: str,
    sex: str = "",
    city_code: Callable[[str], str] = str,
    added: Sequence[str] = (),
) -> Iterator[Row]:
    """The rows of a cube. `city`, `time` and `sex` name dimensions; each other dimension has a
    single value, or is one of `added` and summed over: a sum with a missing part is missing.

    Cells without an entry give no row; cells with a status but no value a missing one. Raises
    InvalidData for a cube that is incomplete, or in which a dimension must be filtered.
    """
    try:
        names, size = list(dataset["id"]), list(dataset["size"])
        codes = {name: _codes(dataset, name) for name in names}
        values, statuses = dataset["value"], dataset.get("status", {})
    except (KeyError, TypeError, AttributeError) as error:
        raise half_an_answer(publisher, str(error)) from error
    for name in (city, time):
        if name not in names:
            raise half_an_answer(publisher, name)
    wrong = [name for name, length in zip(names, size, strict=True) if len(codes[name]) != length]
    cells = 1
    for length in size:
        cells *= length
    if wrong or (isinstance(values, list) and len(values) != cells):
        raise half_an_answer(publisher, ", ".join(wrong) or "value")
    for name in names:
        if name not in {city, time, sex, *added} and len(codes[name]) > 1:
            raise ambiguous_dimension_error(publisher, name, codes[name])
    rows = _rows(names, codes, values, statuses, city, time, sex, city_code)
    yield from _sums(rows, math.prod(len(codes[name]) for name in added)) if added else rows


def _sums(rows: Iterable[Row], n_parts: int) -> Iterator[Row]:
    parts: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        parts.setdefault((row.city, row.period, row.sex), []).append(row)
    for several in parts.values():
        known = [float(row.value) for row in several if row.value]
        if len(known) < n_parts:
            yield replace(several[0], value="", status="M")
        else:
            worst = next((row for row in several if row.status != "A"), several[0])
            yield replace(worst, value=repr(math.fsum(known)))


def _rows(
    names: list[str],
    codes: Mapping[str, list[str]],
    values: Any,
    statuses: Any,
    city: str,
    time: str,
    sex: str,
    city_code: Callable[[str], str],
) -> Iterator[Row]:
    for place, key in enumerate(product(*(codes[name] for name in names))):
        value = _at(values, place)
        flags = str(_at(statuses, place) or "")
        if value is None and not flags:
            continue
        dimensions = dict(zip(names, key, strict=True))
        yield Row(
            city=city_code(dimensions[city]),
            period=dimensions[time].replace("K", "-Q").replace("M", "-")
            if time == "Tid"
            else dimensions[time],
            value="" if value is None else repr(value),
            status=status_of(flags, value is not None),
            sex=_SEXES.get(dimensions[sex].casefold(), str(dimensions[sex]))
            if sex in dimensions
            else "_T",
            method=f"flags of the publisher: {flags}" if len(flags) > 1 else "",
        )
