"""Votes on statements as a sparse matrix, independent of the order of the votes.

People are sorted by their first vote, then by id; statements by id. Numeric ids come first, by
number. The last vote of a person on a statement counts; two contradictory ones at the same time
count as a pass.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from alliance.analysis.errors import MethodError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Votes:
    """What n people voted on c statements.

    ``values`` is n x c: 1 agrees, -1 disagrees, 0 passes (stored); what is not stored was not
    voted on. Columns of ``silent`` (rejected, or about the process) enter as passes of everybody;
    those of ``rejected`` are in no list.
    """

    participants: tuple[str, ...]
    statements: tuple[str, ...]
    values: sparse.csr_array
    rejected: Flags
    meta: Flags

    @property
    def silent(self) -> Flags:
        return self.rejected | self.meta

    @property
    def columns(self) -> Ints:
        """The column of each stored vote."""
        return self.values.indices

    @property
    def rows(self) -> Ints:
        """The row of each stored vote."""
        return np.repeat(np.arange(len(self.participants)), np.diff(self.values.indptr))

    def of(self, rows: Ints) -> Votes:
        """The votes of some people, ``rows`` ascending."""
        names = tuple(self.participants[row] for row in rows)
        return Votes(names, self.statements, self.values[rows], self.rejected, self.meta)


def natural(name: str) -> tuple[bool, int, str, str]:
    """Sort key for ids: numeric ones first, by number, then the others by text."""
    if not (name.isascii() and name.isdigit()):
        return True, 0, name, name
    digits = name.lstrip("0")
    return False, len(digits), digits, name


def votes_from(
    voter: Sequence[int] | Ints,
    statement: Sequence[int] | Ints,
    value: Sequence[int] | NDArray[np.int8],
    time: Sequence[int] | Ints,
    *,
    voters: Sequence[str],
    statements: Sequence[str],
    rejected: Collection[str] = (),
    meta: Collection[str] = (),
) -> Votes:
    """All votes that were ever cast, in any order.

    Args:
        voter, statement: places in ``voters`` and ``statements``, one a vote.
        value: 1 agree, 0 pass, -1 disagree.
        time: whole numbers of any unit; a later vote replaces an earlier one.
        voters: their ids, each once; who never voted is left out.
        statements: ids of all statements, each once, also of those without a vote.
        rejected, meta: ids of statements that were moderated away, or are about the process.

    Raises:
        MethodError: ``no-data`` without a vote, ``wrong-shape``, ``bad-vote`` with the place,
            ``too-large`` for more than one number of 63 bits a vote can hold.
    """
    who, what = np.asarray(voter, np.int32), np.asarray(statement, np.int32)
    vote, when = np.asarray(value, np.int8), np.asarray(time, np.int64)
    if len({len(part) for part in (who, what, vote, when)}) > 1:
        raise MethodError("wrong-shape", "one voter, statement, value and time a vote", "votes")
    if not len(who):
        raise MethodError("no-data", "there is no vote", "votes")
    if vote.min() < -1 or vote.max() > 1:
        at = int(np.argmax((vote < -1) | (vote > 1)))
        raise MethodError("bad-vote", f"{vote[at]} is none of -1, 0, 1", f"votes[{at}]")
    if (np.diff(when) < 0).any():
        order = np.argsort(when, kind="stable")
        who, what, vote, when = who[order], what[order], vote[order], when[order]

    first = np.full(len(voters), np.iinfo(np.int64).max)
    first[who[::-1]] = when[::-1]
    by_name = _ranks(voters)
    order = np.lexsort((by_name, first))
    order = order[: len(order) - int((first == np.iinfo(np.int64).max).sum())]
    row_of = np.empty(len(voters), np.int32)
    row_of[order] = np.arange(len(order), dtype=np.int32)
    column_of = _ranks(statements)
    names = sorted(statements, key=natural)

    values = _last(row_of[who], column_of[what], vote, when, (len(order), len(names)))
    return Votes(
        participants=tuple(voters[row] for row in order),
        statements=tuple(names),
        values=values,
        rejected=np.array([name in set(rejected) for name in names])
        if rejected
        else np.zeros(len(names), bool),
        meta=np.array([name in set(meta) for name in names])
        if meta
        else np.zeros(len(names), bool),
    )


def _ranks(names: Sequence[str]) -> NDArray[np.int32]:
    """The rank of each name in the order of `natural`, whose keys would take longer than sorting by
    one part after the other."""
    numbers: list[int] = []
    others: list[int] = []
    for at, name in enumerate(names):
        (numbers if name.isascii() and name.isdigit() else others).append(at)
    digits = [name.lstrip("0") for name in names]
    keys: tuple[Sequence[Any], ...] = (names, digits, [len(digit) for digit in digits])
    for part in keys:
        numbers.sort(key=part.__getitem__)
    others.sort(key=names.__getitem__)
    ranks = np.empty(len(names), np.int32)
    ranks[numbers + others] = np.arange(len(names))
    return ranks


def _last(
    row: NDArray[np.int32],
    column: NDArray[np.int32],
    vote: NDArray[np.int8],
    when: Ints,
    shape: tuple[int, int],
) -> sparse.csr_array:
    """The last vote of each cell, from votes sorted by time."""
    n, c = shape
    # A vote is encoded as one number: row, column, time index, value. Sorting these takes half as
    # long as sorting one of them with an index.
    in_time, wide = len(row).bit_length(), c.bit_length()
    if n.bit_length() + wide + in_time + 2 > 63:
        raise MethodError("too-large", "people, statements and votes are too many", "votes")
    cast = row.astype(np.int64)
    for part, bits in ((column, wide), (np.arange(len(row)), in_time), (vote + 1, 2)):
        cast <<= bits
        cast |= part
    cast.sort()
    values = ((cast & 3) - 1).astype(np.int8)
    cells = cast >> (in_time + 2)
    again = cells[1:] == cells[:-1]
    if again.any():
        places = (cast >> 2) & ((1 << in_time) - 1)
        same_time = again & (when[places[1:]] == when[places[:-1]])
        for at in np.flatnonzero(same_time):
            # Within a run each vote is compared with the combined one before it.
            if values[at] != values[at + 1]:
                values[at : at + 2] = 0
        is_first = np.append(~again, True)
        values, cells = values[is_first], cells[is_first]
    columns = (cells & ((1 << wide) - 1)).astype(np.int32)
    starts = np.searchsorted(cells, np.arange(n + 1) << wide).astype(np.int32)
    made = sparse.csr_array((values, columns, starts), shape=shape)
    made.has_canonical_format = True
    return made
