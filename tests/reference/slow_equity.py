"""Measures of equity the slow way: loops and fractions, from their definitions alone.

Nothing here is shared with `alliance.analysis.equity`. Values and weights are lists of numbers
without gaps; a weight is above 0.
"""

from __future__ import annotations

import math
from itertools import product


def mean(values, weights):
    return sum(w * x for x, w in zip(values, weights, strict=True)) / sum(weights)


def gini(values, weights):
    """Half the mean distance between two people, by the mean."""
    total = sum(weights)
    apart = sum(
        w * v * abs(x - y)
        for (x, w), (y, v) in product(zip(values, weights, strict=True), repeat=2)
    )
    return apart / total**2 / 2 / mean(values, weights)


def atkinson(values, weights, epsilon):
    total, m = sum(weights), mean(values, weights)
    if epsilon == 1:
        if min(values) == 0:
            return 1.0
        logs = sum(w * math.log(x) for x, w in zip(values, weights, strict=True))
        return 1 - math.exp(logs / total) / m
    if epsilon > 1 and min(values) == 0:
        return 1.0
    powers = sum(w * x ** (1 - epsilon) for x, w in zip(values, weights, strict=True))
    return 1 - (powers / total) ** (1 / (1 - epsilon)) / m


def ede(values, weights, kappa, burden):
    sign = 1 if burden else -1
    total = sum(weights)
    terms = [w / total * math.exp(sign * kappa * x) for x, w in zip(values, weights, strict=True)]
    return sign * math.log(math.fsum(terms)) / kappa


def kappa(values, weights, epsilon):
    first = sum(w * x for x, w in zip(values, weights, strict=True))
    return epsilon * first / sum(w * x * x for x, w in zip(values, weights, strict=True))


def rank(own, others, weights):
    """The share of people below, and half of those level with one."""
    below = sum(w for other, w in zip(others, weights, strict=True) if other < own)
    level = sum(w for other, w in zip(others, weights, strict=True) if other == own)
    return (below + level / 2) / sum(weights)


def concentration(values, standing, weights):
    """Twice the covariance of value and rank, by the mean."""
    total, m = sum(weights), mean(values, weights)
    together = sum(
        w * (x - m) * (rank(place, standing, weights) - 0.5)
        for x, place, w in zip(values, standing, weights, strict=True)
    )
    return 2 * together / total / m


def strict_floor(values):
    n = len(values)
    return [100 * sum(other < x for other in values) // n for x in values]


def rank_avg(values):
    n = len(values)
    return [
        (sum(other < x for other in values) + (sum(other == x for other in values) + 1) / 2) / n
        for x in values
    ]


def or_(answers):
    """Three-valued: True, False, None for unknown."""
    if True in answers:
        return True
    return None if None in answers else False


def and_(answers):
    if False in answers:
        return False
    return None if None in answers else True


def could_be(table, hidden, cell, value):
    """Whether some whole numbers of 1 or more fit all that is shown, with this value in a cell.

    Args:
        table: every cell of a table of two dimensions with all totals, named by row and column,
            the total "_T"; hidden: the cells not shown.
    """
    rows = sorted({row for row, _ in table if row != "_T"})
    columns = sorted({column for _, column in table if column != "_T"})
    inner = [(row, column) for row in rows for column in columns]
    fixed = {one: count for one, count in table.items() if one not in hidden} | {cell: value}
    # No cell has to move further than the one that is asked for.
    far = int(abs(value - table[cell]))
    found = {}

    def fits(sums, names, done):
        """The total of some cells, if it is known, against what was filled in of them."""
        if sums not in fixed:
            return True
        here = sum(found[name] for name in names if name in found)
        return here == fixed[sums] if done else here <= fixed[sums]

    def fill(at):
        if at == len(inner):
            return fits(("_T", "_T"), inner, True)
        row, column = inner[at]
        if (row, column) in fixed:
            choices = [fixed[row, column]]
        else:
            own = int(table[row, column])
            near = range(max(1, own - far), own + far + 1)
            choices = sorted(near, key=lambda count: abs(count - own))
        line = [(row, other) for other in columns]
        post = [(other, column) for other in rows]
        for choice in choices:
            found[row, column] = choice
            if (
                fits((row, "_T"), line, column == columns[-1])
                and fits(("_T", column), post, row == rows[-1])
                and fill(at + 1)
            ):
                return True
            del found[row, column]
        return False

    return fill(0)
