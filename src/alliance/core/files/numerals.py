"""Numbers as people and publishers write them: with a comma or a point, spaces between thousands,
and marks for unknown values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

#: How publishers mark unknown and suppressed values.
NOT_KNOWN = frozenset({"", "-", "–", "..", "...", "…", "x", "s", "c", "n/a", "na", "nan", "nd",
                       "null", "suppressed"})  # fmt: skip
_MARKS = re.compile(r"[.,]")
#: One mark with three digits after it, which may be a decimal mark or a thousands separator.
_DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def decimal_mark(cells: Iterable[str]) -> str:
    """The decimal mark of a column, "." or ","; empty if its cells do not determine it."""
    marks = set()
    for cell in cells:
        text = _bare(cell)
        text_marks = _MARKS.findall(text)
        if len(set(text_marks)) == 2:
            marks.add(text_marks[-1])
        elif len(text_marks) > 1:
            marks.add("." if text_marks[0] == "," else ",")
        elif text_marks and not _DOUBTFUL.fullmatch(text):
            marks.add(text_marks[0])
    return marks.pop() if len(marks) == 1 else ""


def as_number(text: str, mark: str = "", *, delimiter: str = "") -> float | None:
    """The number, None if unknown. `mark`: the decimal mark of its column. `delimiter`: the
    delimiter of the file; if that is a comma, 5.000 is five.

    Raises ValueError for what is no finite number, and for 5,000 and 5.000 if the mark is not
    determined: it may be five or five thousand.
    """
    bare = _bare(text)
    if bare.casefold() in NOT_KNOWN:
        return None
    if not mark and _DOUBTFUL.fullmatch(bare) and not ("." in bare and delimiter == ","):
        raise ValueError(text)
    other = {",": ".", ".": ","}.get(mark, "")
    if other and re.fullmatch(rf"[+-]?\d{{1,3}}(\{other}\d{{3}})+(\{mark}\d+)?", bare):
        bare = bare.replace(other, "")
    number = float(bare.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _bare(text: str) -> str:
    return "".join(text.replace("\u2212", "-").split())
