"""Naive Bayes against the formula worked out by hand, and what it makes of texts."""

from __future__ import annotations

import math

import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.spam import learn, score, words_of

SPAM = ["Win money now https://win.example", "Cheap money www.cheap.example", "Win a watch"]
HAM = ["More trees by the school", "A bench at the square, please", "Slow down by the school"]


def test_the_odds_are_those_of_the_formula() -> None:
    model = learn(["a b", "a"], [True, False])
    # Words of spam: a 1, b 1, with one each 4 of 2 kinds; of others: a 1, b 0, with one each 3.
    assert model.words["a"] == pytest.approx(math.log(2 / 4) - math.log(2 / 3))
    assert model.words["b"] == pytest.approx(math.log(2 / 4) - math.log(1 / 3))
    odds = math.log(2 / 4) - math.log(1 / 3)
    assert score(model, "B, b unknown") == pytest.approx(1 / (1 + math.exp(-odds)))


def test_it_tells_advertising_from_wishes_whatever_the_order() -> None:
    model = learn([*SPAM, *HAM], [True] * 3 + [False] * 3)
    again = learn([*HAM, *SPAM], [False] * 3 + [True] * 3)
    assert model == again
    assert score(model, "Win a cheap watch https://other.example") > 0.9
    assert score(model, "Trees at the square by the school") < 0.1
    assert score(model, "") == score(model, "zxq") == pytest.approx(0.5)


def test_words_are_compared_without_case_and_accents_and_a_link_is_one() -> None:
    assert words_of("Träd, TRAD och https://a.example/x?y=1") == {"trad", "och", "://link"}


@pytest.mark.parametrize(
    ("texts", "marks", "options", "code"),
    [
        (["a"], [True, False], {}, "wrong-shape"),
        (["a", "b"], [True, True], {}, "no-data"),
        ([], [], {}, "no-data"),
        (["a", "b"], [True, False], {"smoothing": 0.0}, "bad-parameter"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(texts, marks, options, code) -> None:
    with pytest.raises(MethodError) as refused:
        learn(texts, marks, **options)
    assert refused.value.code == code
