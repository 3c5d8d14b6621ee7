"""Words for chances, what holds them down, and when something was shown to do too little."""

import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.certainty import GRADES
from alliance.analysis.evidence.verdict import Verdict, equivalence, verdict


@pytest.mark.parametrize(
    ("chance", "word"),
    [(1, "likely"), (0.8, "likely"), (0.79, "uncertain"), (0.5, "uncertain"),
     (0.21, "uncertain"), (0.2, "unlikely"), (0, "unlikely")],
)  # fmt: skip
def test_the_cuts_are_part_of_the_word(chance, word):
    assert verdict(chance, "high") == Verdict(word, "")
    assert verdict(chance, "moderate") == Verdict(word, "")


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("grade", [None, "very-low", "low"])
def test_weak_evidence_never_gives_likely_nor_unlikely(chance, grade):
    found = verdict(chance, grade)
    assert found.word in ("uncertain", "not-enough-evidence")


def test_the_rule_that_held_the_word_down_is_named():
    assert verdict(0.9, None) == Verdict("not-enough-evidence", "not-graded")
    assert verdict(0.9, "very-low") == Verdict("not-enough-evidence", "very-low-certainty")
    assert verdict(0.9, "low") == Verdict("uncertain", "low-certainty")
    assert verdict(0.1, "low") == Verdict("uncertain", "low-certainty")
    assert verdict(None, "high") == Verdict("not-enough-evidence", "no-prediction")


def test_nothing_held_down_what_was_uncertain_by_itself():
    assert verdict(0.5, "low") == Verdict("uncertain", "")


def test_more_certainty_never_weakens_a_word():
    strength = {"not-enough-evidence": 0, "uncertain": 1, "likely": 2, "unlikely": 2}
    for chance in (0.05, 0.5, 0.95):
        words = [strength[verdict(chance, grade).word] for grade in GRADES]
        assert words == sorted(words)


@pytest.mark.parametrize(
    ("args", "options", "code"),
    [((0.5, "sure"), {}, "unknown-grade"), ((1.5, "high"), {}, "bad-parameter"),
     ((0.5, "high"), {"likely": 0.1}, "bad-parameter"), ((None, "sure"), {}, "unknown-grade")],
)  # fmt: skip
def test_errors(args, options, code):
    with pytest.raises(MethodError, match=code):
        verdict(*args, **options)


@pytest.mark.parametrize(
    ("low", "high", "useful", "grade", "code"),
    [
        (-1, 1, 2, "high", "too-little"),
        (-1, 1, 2, "moderate", "too-little"),
        # As narrow, but nobody can be sure of it.
        (-1, 1, 2, "low", "too-uncertain"),
        (-1, 1, 2, None, "too-uncertain"),
        # It ends at the line: what would be useful is not excluded.
        (-1, 2, 2, "high", "unknown"),
        # A wide null is unknown, however certain.
        (-30, 25, 2, "high", "unknown"),
        # Different from 0 and all too small: it does too little, too.
        (0.5, 1, 2, "high", "too-little"),
        (1, 3, 2, "high", "some-effect"),
        (0, 0, 0, "high", "unknown"),
        (None, 1, 2, "high", None),
        (-1, 1, None, "high", None),
    ],
)
def test_too_little_is_shown_only_by_a_narrow_interval_and_sure_evidence(
    low, high, useful, grade, code
):
    assert equivalence(low, high, useful, grade) == code
