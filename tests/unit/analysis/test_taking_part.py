import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.taking_part import rake, wilson


def test_an_interval_is_that_of_wilson():
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = wilson(hits, n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert wilson(20, 20).high == 1


def test_a_share_is_held_against_the_census():
    found = wilson(30, 100, census=0.5)

    assert found.difference == pytest.approx(-0.2)
    assert found.differs
    assert not wilson(30, 100, census=0.33).differs
    assert wilson(30, 100).difference is None


def test_weighted_shares_are_those_of_the_census():
    random = np.random.default_rng(1)
    ages = random.choice(["young", "old"], size=400, p=[0.7, 0.3]).tolist()
    areas = random.choice(["north", "south", "east"], size=400, p=[0.5, 0.3, 0.2]).tolist()
    margins = {
        "age": {"young": 0.4, "old": 0.6},
        "area": {"north": 0.25, "south": 0.25, "east": 0.5},
    }

    found = rake({"age": ages, "area": areas}, margins)

    for column, margin in ((ages, margins["age"]), (areas, margins["area"])):
        for category, share in margin.items():
            mine = np.array(column) == category
            assert found.weights[mine].sum() / 400 == pytest.approx(share, abs=1e-8)
    assert found.weights.mean() == pytest.approx(1)
    assert found.effective_n == pytest.approx(400**2 / (found.weights**2).sum())
    assert found.warnings == ()


def test_nobody_counts_more_than_five_times():
    ages = ["old"] * 2 + ["young"] * 98

    found = rake({"age": ages}, {"age": {"old": 0.5, "young": 0.5}})

    assert found.weights.max() == pytest.approx(5)
    assert found.weights.mean() == pytest.approx(1)
    assert "capped" in found.warnings
    assert found.off == pytest.approx(0.4)


def test_who_did_not_tell_a_trait_has_no_weight():
    ages = ["old"] * 10 + ["young"] * 10 + [None]

    found = rake({"age": ages}, {"age": {"old": 0.4, "young": 0.5, "child": 0.1}})

    assert found.weights[-1] == 0
    assert (found.n, found.n_missing) == (20, 1)
    assert found.warnings == ("empty-category:age:child",)
    assert found.weights[0] == pytest.approx(2 * 4 / 9)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: wilson(1, 0), "no-data"),
        (lambda: wilson(3, 2), "bad-count"),
        (lambda: wilson(1, 2, level=1.5), "bad-parameter"),
        (lambda: rake({"a": ["x"]}, {"a": {"y": 1.0}}), "unknown-category"),
        (lambda: rake({"a": ["x"]}, {"a": {"x": 0.5}}), "bad-margin"),
        (lambda: rake({"a": [None]}, {"a": {"x": 1.0}}), "no-data"),
        (lambda: rake({"a": ["x"], "b": []}, {"a": {"x": 1.0}, "b": {}}), "wrong-shape"),
        (lambda: rake({"a": ["x"]}, {"a": {"x": 1.0}}, cap=0.5), "bad-parameter"),
    ],
)
def test_faults_have_a_code(call, code: str):
    with pytest.raises(MethodError) as fault:
        call()
    assert fault.value.code == code
