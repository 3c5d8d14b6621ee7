import numpy as np
import pytest

from alliance.analysis.pilots import Evaluation, plain, plain_words, sentences
from alliance.analysis.pilots.verdicts import ENGLISH

NAN = float("nan")


def evaluation(estimate, ci, *, design="did", p=0.5, warnings=(), **details):
    return Evaluation(design, estimate, 1.0, ci, p, 20, details, warnings)


def test_an_interval_that_spans_zero_shows_no_effect():
    said = plain_words(evaluation(-1.234, (-3.0, 0.5)))
    assert said.startswith("No effect shown: the best estimate is −1.23")
    assert "This does not prove that the pilot had no effect." in said
    assert "from −3 to +0.5" in said


@pytest.mark.parametrize("ci", [(0.0, 2.0), (-2.0, 0.0)])
def test_an_interval_that_touches_zero_shows_none_either(ci):
    assert plain_words(evaluation(1, ci)).startswith("No effect shown")


def test_an_effect_tells_its_direction_and_size():
    assert "23,456" not in (said := plain_words(evaluation(-23456.4, (-3e4, -1e4))))
    assert said.startswith("An effect is shown: the outcome was 23456 lower")
    assert "0.00123 higher" in plain_words(evaluation(0.001234, (0.001, 0.002)))


def test_before_and_after_never_speaks_of_an_effect():
    said = plain_words(evaluation(2, (1, 3), design="before-after", warnings=("no-comparison",)))
    label = (
        "Without a comparison group, the effect of the pilot cannot be separated "
        "from other changes."
    )
    assert label in said and "effect" not in said.replace(label, "")


def test_a_poor_fit_is_not_headlined():
    found = evaluation(-9, (-12, -6), design="synthetic-control", warnings=("poor-fit",))
    assert [sentence.code for sentence in sentences(found)] == ["poor-fit"]


def test_without_an_interval_p_decides():
    few = evaluation(-3, (NAN, NAN), p=0.2)
    assert sentences(few)[0].code == "no-effect"
    assert "about 20 times in 100" in plain_words(few)
    assert sentences(evaluation(-3, (NAN, NAN), p=0.01))[0].code == "effect-lower"
    assert sentences(evaluation(-3, (NAN, NAN), p=NAN))[0].code == "no-test"


def test_rates_are_told_in_percent():
    found = evaluation(
        np.log(0.8), (np.log(0.7), np.log(0.9)), design="its", scale="log-rate", slope=0.1
    )
    said = plain_words(found)
    assert "the rate dropped by 20 % at the start" in said
    assert "from −30 % to −10 %" in said


def test_a_change_of_slope_is_told_only_where_it_is_shown():
    def its(ci):
        entry = {"name": "slope", "ci": ci}
        return evaluation(-4, (-5, -3), design="its", slope=-1.5, coefficients=[entry])

    assert "each step in time changed the outcome by −1.5" in plain_words(its((-2, -1)))
    assert "step" not in plain_words(its((-2, 1)))


def test_one_is_told_as_one():
    said = plain_words(evaluation(-4, (-5, -3), warnings=("unpaired:1",)))
    assert "1 unit was left out" in said
    assert "2 units were left out" in plain_words(
        evaluation(-4, (-5, -3), warnings=("unpaired:2",))
    )
    assert "about once in 100 times" in plain_words(evaluation(-4, (NAN, NAN), p=0.01))


def test_every_sentence_can_be_filled():
    names = ("size signed low high level times detail"
             " percent signed_percent low_percent high_percent")  # fmt: skip
    values = dict.fromkeys(names.split(), "x")
    assert all(text.format(**values) for text in ENGLISH.values())


def test_numbers_become_plain_and_missing_null():
    told = plain({"a": np.float64(1), "b": NAN, 3: (np.int64(2), np.bool_(True), np.ones(2))})
    assert told == {"a": 1.0, "b": None, "3": [2, True, [1.0, 1.0]]}
