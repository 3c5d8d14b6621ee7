"""Differences of texts, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.writing.selectors.versions import word_diff


def _joined(pieces, *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def test_changed_words_are_marked_and_others_kept():
    pieces = word_diff("Traffic fell by 22 percent", "Traffic fell by 21 percent")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Traffic fell by"),
        ("removed", " 22"),
        ("added", " 21"),
        ("same", " percent"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"), [("", "new text", "added"), ("gone", "", "removed")]
)
def test_a_whole_text_is_one_piece(old: str, new: str, kind: str):
    (piece,) = word_diff(old, new)
    assert (piece.kind, piece.text) == (kind, old + new)


@given(st.text(), st.text())
def test_both_texts_can_be_read_out_of_the_difference(old: str, new: str):
    pieces = word_diff(old, new)
    assert _joined(pieces, "same", "removed") == old
    assert _joined(pieces, "same", "added") == new


def test_very_long_texts_are_shown_whole():
    old, new = "word " * 4_000, "other " * 4_000
    assert [piece.kind for piece in word_diff(old, new)] == ["removed", "added"]
