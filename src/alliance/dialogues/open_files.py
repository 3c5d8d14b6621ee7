"""The two uploaded open data files of a dialogue, in the format of Polis.

Without Django: they are read in a child of `contained`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion import comments_from_csv, votes_from_csv
from alliance.core.files.rows import Broken, Limits, TooMuch
from alliance.core.text import from_csv_cell

#: The row and the column in the place of a fault, such as “votes, row 7, vote”.
_PLACE = re.compile(r"row (?P<row>\d+)(?:, (?P<column>.+))?$")


def read(content: bytes, *, limits: Limits, ends: int) -> Iterator[list[Any]]:
    """The accepted statements, each with text, language and author; then the number of people; then
    the votes, as three lists: people, indexes of statements, values.

    The votes come first in `content`, the statements from the byte `ends` on. Raises Broken with
    the field, the place and the reason, and TooMuch.
    """
    where = "comments"
    try:
        listed = comments_from_csv(content[ends:])
        where = "votes"
        cast = votes_from_csv(content[:ends], comments=listed)
    except MethodError as error:
        match = _PLACE.search(error.where)
        params = match.groupdict("") if match else {}
        raise Broken(f"open-{error.code}", where=where, params=params) from error
    if len(cast.values.data) > limits.rows:
        raise TooMuch("rows", limits.rows)
    texts = {comment.id: comment for comment in listed}
    counts = ~cast.silent
    statements = [
        name for name, is_counted in zip(cast.statements, counts, strict=True) if is_counted
    ]
    yield [
        [name, from_csv_cell(comment.body), comment.language, comment.written_by]
        if (comment := texts.get(name))
        else [name, "", "", ""]
        for name in statements
    ]
    yield [len(cast.participants)]
    counted = counts[cast.columns]
    place = counts.cumsum() - 1
    yield [
        cast.rows[counted].tolist(),
        place[cast.columns[counted]].tolist(),
        cast.values.data[counted].tolist(),
    ]
