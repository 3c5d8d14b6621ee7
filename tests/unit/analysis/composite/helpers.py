"""Small tables and frameworks for the tests of the index."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alliance.analysis.composite import (
    Composite,
    Framework,
    Node,
    Table,
    build,
    framework_from,
    method_from,
)

NAN = float("nan")


def table(columns: Mapping[str, Sequence[float]], groups: Sequence[str] | None = None) -> Table:
    values = np.array(list(columns.values()), dtype=float).T
    units = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: values.shape[0]])
    return Table(
        units=units,
        columns=tuple(columns),
        values=values,
        groups=None if groups is None else tuple(groups),
    )


def flat(*codes: str, **fields: Any) -> Framework:
    """Indicators right below the top; each keyword holds for all of them."""
    return framework_from(
        [Node(code="index"), *(Node(code=code, parent="index", **fields) for code in codes)]
    )


def two_pillars() -> Framework:
    """Indicators a, b, c in the pillar P, d and e in the pillar Q."""
    return framework_from(
        [
            Node(code="index", level=3),
            Node(code="P", parent="index", level=2, weight=2),
            Node(code="Q", parent="index", level=2, weight=1),
            *(Node(code=code, parent="P", level=1) for code in "abc"),
            Node(code="d", parent="Q", level=1, direction="lower"),
            Node(code="e", parent="Q", level=1, weight=3),
        ]
    )


def index_of(columns: Mapping[str, Sequence[float]], framework: Framework, **choices: Any):
    """The index with the given choices of the method; groups as a keyword."""
    groups = choices.pop("groups", None)
    return build(table(columns, groups), framework, method=method_from(choices))


def some_index(n: int = 12, *, missing: bool = False, groups: bool = False, **choices: Any):
    """An index of n units with two pillars from fixed random figures."""
    random = np.random.default_rng(7)
    columns = {code: random.lognormal(size=n) for code in "abcde"}
    if missing:
        columns["a"][0] = columns["d"][1] = columns["e"][3] = NAN
    names = [f"group {place % 2}" for place in range(n)] if groups else None
    return index_of(
        {code: list(values) for code, values in columns.items()},
        two_pillars(),
        groups=names,
        **choices,
    )


def score_of(index: Composite, unit: str) -> float:
    return float(index.score[index.table.units.index(unit)])
