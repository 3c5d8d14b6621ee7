"""Burden thresholds as rules in data, with three-valued logic: yes, no and unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance.analysis.equity.values import VERSION, Floats, Ints, as_array
from alliance.analysis.errors import MethodError

#: Three-valued answers; an unknown answer never counts as no.
YES, NO, UNKNOWN = 1, 0, -1
WORDS = {YES: "yes", NO: "no", UNKNOWN: "unknown"}
#: How far cuts are shifted to test the sensitivity of the result.
STEP = 0.05

Flags = NDArray[np.int8]
OPERATORS: Mapping[str, Callable[[Floats, float], NDArray[np.bool_]]] = {
    ">=": np.greater_equal,
    ">": np.greater,
    "<=": np.less_equal,
    "<": np.less,
    "==": np.equal,
}


@dataclass(frozen=True)
class Threshold:
    """``indicator operator cut``, with the cut in the unit of the indicator; 1 is yes for
    ``==``."""

    indicator: str
    operator: str
    cut: float


@dataclass(frozen=True)
class Burden:
    """A burden of a category, for which all of its thresholds must be met."""

    name: str
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True)
class Category:
    """Met if any of the burdens and all of the conditions (such as low income) are met."""

    name: str
    burdens: tuple[Burden, ...]
    conditions: tuple[Threshold, ...] = ()


@dataclass(frozen=True)
class Flagged:
    """Flags of units, all of shape (n,) unless stated otherwise.

    ``flags`` are `YES`, `NO` or `UNKNOWN` for any category; ``by_category`` the same by its name.
    ``met`` counts burdens that are met with the conditions of their category, ``tested`` those with
    a known answer, ``met_by_category`` the categories with a yes. ``sensitivity``: for each shift
    of all cuts, the number of units by the words of `WORDS` and ``changed``.
    """

    flags: Flags
    by_category: Mapping[str, Flags]
    met: Ints
    tested: Ints
    met_by_category: Ints
    n_burdens: int
    sensitivity: Mapping[float, Mapping[str, int]]
    warnings: tuple[str, ...] = ()
    method: str = "burden-thresholds"
    version: str = VERSION


def rules_from(data: Mapping[str, object]) -> tuple[Category, ...]:
    """Parses rules from a file: ``category`` tables with ``name``, ``burden`` and ``condition``.

    A burden has a ``name`` and ``all``, a list of thresholds; a threshold is a text such as ``"pm25
    >= 0.9"``; ``condition`` is a list of thresholds.

    Raises:
        MethodError: ``bad-rule`` with the location.
    """
    tables = _list(data.get("category"), "category")
    categories = []
    for at, table in enumerate(tables):
        where = f"category[{at}]"
        burdens = []
        for row, burden in enumerate(_list(_of(table, "burden", where), f"{where}.burden")):
            place = f"{where}.burden[{row}]"
            tests = _list(_of(burden, "all", place), f"{place}.all")
            burdens.append(
                Burden(
                    str(_of(burden, "name", place)),
                    tuple(_threshold(each, f"{place}.all") for each in tests),
                )
            )
        condition = table.get("condition", []) if isinstance(table, Mapping) else []
        conditions = _list(condition, f"{where}.condition", empty=True)
        categories.append(
            Category(
                str(_of(table, "name", where)),
                tuple(burdens),
                tuple(_threshold(each, f"{where}.condition") for each in conditions),
            )
        )
    return tuple(categories)


def _list(value: object, where: str, *, empty: bool = False) -> list[object]:
    if not isinstance(value, list) or not (value or empty):
        raise MethodError("bad-rule", "a list is needed here", where)
    return value


def _of(table: object, key: str, where: str) -> object:
    if not isinstance(table, Mapping) or key not in table:
        raise MethodError("bad-rule", f"{key} is missing", where)
    return table[key]


def _threshold(text: object, where: str) -> Threshold:
    words = text.split() if isinstance(text, str) else []
    try:
        indicator, operator, cut = words
        return Threshold(indicator, operator, float(cut))
    except ValueError:
        message = f"{text!r} is no threshold such as 'pm25 >= 0.9'"
        raise MethodError("bad-rule", message, where) from None


def any_of(answers: Iterable[Flags]) -> Flags:
    """Yes if any is yes, no if all are no, else unknown."""
    table = np.array(list(answers), dtype=np.int8)
    return np.where(
        (table == YES).any(axis=0), YES, np.where((table == NO).all(axis=0), NO, UNKNOWN)
    ).astype(np.int8)


def all_of(answers: Iterable[Flags]) -> Flags:
    """No if any is no, yes if all are yes, else unknown."""
    table = np.array(list(answers), dtype=np.int8)
    return np.where(
        (table == NO).any(axis=0), NO, np.where((table == YES).all(axis=0), YES, UNKNOWN)
    ).astype(np.int8)


def flag_burdens(
    categories: Sequence[Category], data: Mapping[str, ArrayLike], *, step: float = STEP
) -> Flagged:
    """Which units bear a burden, by three-valued logic.

    Flags and counts are based on the same list; a burden counts only together with its condition.

    Args:
        data: by indicator, shape (n,), all of the same length; true and false are 1 and 0, NaN is
            unknown.
        step: how far cuts of burdens other than ``==`` are shifted, both ways, above 0.

    Raises:
        MethodError: ``bad-rule`` for no categories or burdens, an unknown operator or a cut that
            is not a number; ``missing-column``; ``bad-parameter``; as `as_array`.

    Source: CEJST, score Narwhal, with unknown in place of its no.
    """
    if not step > 0:
        raise MethodError("bad-parameter", "the step is above 0", "step")
    _check_rules(categories)
    columns = _columns(categories, data)
    flags, by_category, known = _answers(categories, columns)
    sensitivity = {}
    for shift in (-step, step):
        moved, _, _ = _answers([_shifted(each, shift) for each in categories], columns)
        sensitivity[shift] = {
            **{word: int((moved == value).sum()) for value, word in WORDS.items()},
            "changed": int((moved != flags).sum()),
        }
    return Flagged(
        flags=flags,
        by_category=by_category,
        met=(known == YES).sum(axis=0),
        tested=(known != UNKNOWN).sum(axis=0),
        met_by_category=(np.array(list(by_category.values())) == YES).sum(axis=0),
        n_burdens=len(known),
        sensitivity=sensitivity,
    )


def _thresholds(categories: Sequence[Category]) -> Iterator[Threshold]:
    for category in categories:
        yield from category.conditions
        for burden in category.burdens:
            yield from burden.thresholds


def _check_rules(categories: Sequence[Category]) -> None:
    names = [each.name for each in categories]
    if not categories or len(set(names)) < len(names):
        raise MethodError("bad-rule", "categories are needed, each with its own name", "categories")
    for category in categories:
        if not category.burdens or not all(each.thresholds for each in category.burdens):
            raise MethodError("bad-rule", "nothing is tested", f"categories[{category.name!r}]")
    for threshold in _thresholds(categories):
        if threshold.operator not in OPERATORS or not np.isfinite(threshold.cut):
            message = f"{threshold.operator!r} {threshold.cut!r} is no test"
            raise MethodError("bad-rule", message, threshold.indicator)


def _columns(categories: Sequence[Category], data: Mapping[str, ArrayLike]) -> Mapping[str, Floats]:
    columns: dict[str, Floats] = {}
    length = None
    for threshold in _thresholds(categories):
        name = threshold.indicator
        if name not in data:
            raise MethodError("missing-column", f"no indicator {name!r}", name)
        columns[name] = as_array(data[name], name, shape=(length,))
        length = len(columns[name])
    return columns


def _answers(
    categories: Sequence[Category], columns: Mapping[str, Floats]
) -> tuple[Flags, dict[str, Flags], Flags]:
    """Flags, flags by category, and those of every burden with its conditions, (burdens, n)."""
    by_category, every = {}, []
    for category in categories:
        conditions = [_test(each, columns) for each in category.conditions]
        burdens = [
            all_of([*conditions, *(_test(each, columns) for each in burden.thresholds)])
            for burden in category.burdens
        ]
        every += burdens
        by_category[category.name] = any_of(burdens)
    return any_of(by_category.values()), by_category, np.array(every)


def _test(threshold: Threshold, columns: Mapping[str, Floats]) -> Flags:
    values = columns[threshold.indicator]
    answer = OPERATORS[threshold.operator](values, threshold.cut)
    return np.where(np.isnan(values), UNKNOWN, answer).astype(np.int8)


def _shifted(category: Category, shift: float) -> Category:
    return replace(
        category,
        burdens=tuple(
            replace(
                burden,
                thresholds=tuple(
                    each if each.operator == "==" else replace(each, cut=each.cut + shift)
                    for each in burden.thresholds
                ),
            )
            for burden in category.burdens
        ),
    )
