"""Line breaks in short labels of SVG text, which does not wrap by itself."""

from __future__ import annotations

from functools import cache

# Widths in parts of the text size, measured in common sans-serif faces and rounded up.
_NARROW = frozenset("fijlrtI.,:;'’!|()[] ·")
_WIDE = frozenset("mwMW@%—")


@cache
def _share(character: str) -> float:
    if character in _NARROW:
        return 0.36
    if character in _WIDE:
        return 0.95
    return 0.72 if character.isupper() else 0.59


def text_width(text: str, size: float) -> float:
    """Approximate width of `text` set at `size`, rather too wide than too narrow."""
    return size * sum(_share(character) for character in text)


def wrap(text: str, width: float, size: float, *, lines: int) -> tuple[str, ...]:
    """`text` in at most `lines` lines of at most `width`; what does not fit ends in an ellipsis."""
    words = text.split()
    done: list[str] = []
    current = ""
    for i, word in enumerate(words):
        longer = f"{current} {word}".strip()
        if text_width(longer, size) <= width:
            current = longer
            continue
        if len(done) + 1 == lines:
            return (*done, _cut(" ".join([current, *words[i:]]).strip(), width, size))
        if current:
            done.append(_cut(current, width, size))
        current = word
    return (*done, _cut(current, width, size))


def _cut(text: str, width: float, size: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
