"""The differences between two versions of a text: by paragraph and by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: From this share of common words on, it is the same paragraph, changed.
ALIKE = 0.4
#: How many paragraphs of a changed part are compared pairwise.
MOST_COMPARED = 60


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def likeness(old: str, new: str) -> float:
    """The similarity of two paragraphs: the share of words in common in the same order, 0 to 1."""
    left, right = ([word for word in _words(text) if word.strip()] for text in (old, new))
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """The matching of old and new paragraphs, in the order of the new text; None if one was added
    or removed. Paragraphs are not reordered."""
    index_pairs: list[tuple[int | None, int | None]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            index_pairs += zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            index_pairs += _aligned(old, new, range(i1, i2), range(j1, j2))
    return index_pairs


def _aligned(
    old: Sequence[str], new: Sequence[str], before: range, after: range
) -> list[tuple[int | None, int | None]]:
    """The matching of a changed part that maximises the total similarity."""
    if not before or not after or max(len(before), len(after)) > MOST_COMPARED:
        return [*((i, None) for i in before), *((None, j) for j in after)]
    like = [[likeness(old[i], new[j]) for j in after] for i in before]
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            both = like[i][j] + best[i + 1][j + 1] if like[i][j] >= ALIKE else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    index_pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(before) or j < len(after):
        is_left = i < len(before) and j < len(after)
        if is_left and like[i][j] >= ALIKE and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            index_pairs.append((before[i], after[j]))
            i, j = i + 1, j + 1
        elif i < len(before) and (j == len(after) or best[i][j] == best[i + 1][j]):
            index_pairs.append((before[i], None))
            i += 1
        else:
            index_pairs.append((None, after[j]))
            j += 1
    return index_pairs


@dataclass(frozen=True)
class Part:
    """Some words of a paragraph, and whether they are in the other version too."""

    text: str
    is_changed: bool


def words_changed(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Both paragraphs, divided into unchanged and changed parts."""
    left, right = _words(old), _words(new)
    before: list[Part] = []
    after: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if i1 < i2:
            before.append(Part("".join(left[i1:i2]), tag != "equal"))
        if j1 < j2:
            after.append(Part("".join(right[j1:j2]), tag != "equal"))
    return before, after
