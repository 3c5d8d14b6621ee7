"""What stands in each row of a table of figures."""

from __future__ import annotations

import pytest

from alliance.indicators.messages import standing_line
from alliance.indicators.models import ObservationSource, Target
from alliance.indicators.templatetags.indicator_words import held_against, source_line


def test_a_source_is_named_and_linked_as_far_as_it_is_known() -> None:
    assert source_line(None) == "Source not known."
    assert source_line(ObservationSource(title="A & B")) == "Source: A &amp; B."
    doubtful = ObservationSource(title="A", check_again=True)
    assert source_line(doubtful) == "Source: A. Second-hand: check it again before you use it."
    linked = ObservationSource(title="<T>", url="https://example.org/?a&b")
    assert source_line(linked) == ('Source: <a href="https://example.org/?a&amp;b">&lt;T&gt;</a>.')


def test_a_target_is_told_with_its_kind() -> None:
    assert held_against(None) == "No target has been set."
    assert held_against(Target(value=90.0, year=2030)) == "Target: 90 by 2030."
    told = held_against(Target(words="net zero", kind="law"))
    assert told.startswith('Target: <span lang="en">net zero</span> (') and told.endswith(").")


@pytest.mark.parametrize(
    ("ahead", "behind", "words"),
    [
        (2, 1, "Ahead of comparable cities on 2 of 9 indicators, behind on 1."),
        (2, 0, "Ahead of comparable cities on 2 of 9 indicators."),
        (0, 1, "Behind comparable cities on 1 of 9 indicators."),
        (0, 0, ("9 indicators can be compared. The city is not clearly ahead of or behind "
            "comparable cities on any of them.")),
    ],
)  # fmt: skip
def test_no_city_is_ahead_or_behind_on_nothing(ahead: int, behind: int, words: str) -> None:
    assert standing_line(ahead, behind, 9) == words
