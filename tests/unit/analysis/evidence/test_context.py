"""Likeness of places."""

import math

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import context

NAMES = ("size", "climate")
PLACES = np.array([[10.0, 1.0], [20.0, 2.0], [30.0, 1.0], [40.0, math.nan]])


def test_gower_by_hand():
    found = context.gower(PLACES, [20, 2], NAMES, categorical=("climate",))
    # Sizes differ over a range of 30; climates by 0 or 1; the last place has its size alone.
    assert found.distances == pytest.approx([(1 / 3 + 1) / 2, 0, (1 / 3 + 1) / 2, 2 / 3])
    assert found.order == (1, 0, 2, 3)
    assert found.shared == (2, 2, 2, 1)
    assert found.missing == ()


def test_gower_names_what_is_not_known_and_leaves_it_out():
    found = context.gower(PLACES, [20, math.nan], NAMES)
    assert found.missing == ("climate",)
    assert found.distances == pytest.approx([1 / 3, 0, 1 / 3, 2 / 3])
    found = context.gower(PLACES, [math.nan, 1], NAMES)
    assert math.isnan(found.distances[3]) and 3 not in found.order


def test_mahalanobis_counts_correlated_facts_once():
    random = np.random.default_rng(1)
    base = random.normal(size=4000)
    twins = np.column_stack([base, base + random.normal(0, 0.05, 4000)])
    # One step along both twins is about one standard deviation, not the square root of two.
    rows = np.vstack([twins, [[1, 1]]])
    found = context.mahalanobis(rows, [0, 0], NAMES)
    assert found.distances[-1] == pytest.approx(1, abs=0.1)
    across = context.mahalanobis(np.vstack([twins, [[0.5, -0.5]]]), [0, 0], NAMES)
    assert across.distances[-1] > 10


def test_mahalanobis_leaves_out_places_with_unknown_facts():
    found = context.mahalanobis(PLACES, [20, 1.5], NAMES)
    assert math.isnan(found.distances[3])
    assert found.shared == (2, 2, 2, 0)
    assert found.order[0] == 1


def test_shrinkage_is_between_none_and_all():
    random = np.random.default_rng(2)
    covariance, few = context.shrunk_covariance(random.normal(size=(4, 6)))
    assert np.linalg.eigvalsh(covariance).min() > 0
    _, many = context.shrunk_covariance(random.normal(size=(5000, 6)) * [1, 2, 3, 4, 5, 6])
    assert 0 <= many < 0.05 < few <= 1


def test_alike_places_count_more():
    found = context.weigh_by_likeness([1, 1, 1, 1, 9], [0.1] * 5, [0, 0, 0.1, 0.1, 5], bandwidth=1)
    assert found.weights.sum() == pytest.approx(1)
    assert found.estimate == pytest.approx(1, abs=1e-3)
    assert 3.9 < found.effective_studies < 4.1
    assert found.warnings == ("exploratory",)
    flat = context.weigh_by_likeness([1, 2, 3], [0.1] * 3, [1, 1, 1], bandwidth=1)
    assert (flat.effective_studies, flat.estimate) == (pytest.approx(3), pytest.approx(2))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: context.mahalanobis(PLACES, [20, math.nan], NAMES), "missing-moderator"),
        (lambda: context.mahalanobis(PLACES[3:], [20, 1], NAMES), "no-studies"),
        (lambda: context.mahalanobis(PLACES[[0, 2]], [20, 1], NAMES), "zero-variance"),
        (lambda: context.mahalanobis(PLACES[:, :1], [20, 1], NAMES), "wrong-shape"),
        (lambda: context.gower(np.zeros((0, 2)), [20, 1], NAMES), "no-studies"),
        (lambda: context.gower([1, 2], [20, 1], NAMES), "wrong-shape"),
        (lambda: context.gower([["a", "b"]], [20, 1], NAMES), "not-a-number"),
        (lambda: context.gower([[math.inf, 1]], [20, 1], NAMES), "infinite-value"),
        (lambda: context.shrunk_covariance(PLACES), "not-a-number"),
        (lambda: context.shrunk_covariance(np.zeros((0, 2))), "no-studies"),
        (
            lambda: context.weigh_by_likeness([1] * 4, [1] * 4, [0, 9, 9, 9], bandwidth=1),
            "too-few-similar",
        ),
        (
            lambda: context.weigh_by_likeness([1], [1], [math.nan], bandwidth=1),
            "too-few-similar",
        ),
        (lambda: context.weigh_by_likeness([1], [1], [1], bandwidth=0), "bad-parameter"),
        (lambda: context.weigh_by_likeness([1], [0], [1], bandwidth=1), "bad-variance"),
    ],
)
def test_errors(call, code):
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.code == code
