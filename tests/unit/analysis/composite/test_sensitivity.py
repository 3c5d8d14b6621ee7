import numpy as np
import pytest

from alliance.analysis.composite import Factors
from alliance.analysis.composite.sensitivity import sensitivity, sobol
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import flat, index_of


def ishigami(uniforms: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * uniforms - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def refused(*arguments, **keywords) -> str:
    with pytest.raises(MethodError) as caught:
        sobol(*arguments, **keywords)
    return caught.value.code


def test_the_function_of_ishigami_with_its_known_indices():
    result = sobol(ishigami, {"x": [0], "y": [1], "z": [2]}, n=4096)
    assert (result.n, result.n_runs) == (4096, 4096 * 5)
    assert result.mean == pytest.approx(3.5, abs=0.05)
    assert result.variance == pytest.approx(13.8446, rel=0.02)
    for index, first, total in zip(
        result.indices, (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), strict=True
    ):
        assert index.first == pytest.approx(first, abs=0.02)
        assert index.total == pytest.approx(total, abs=0.02)
        assert index.first_low <= index.first <= index.first_high
        assert index.total_low <= index.total <= index.total_high


def test_columns_of_one_factor_change_together():
    result = sobol(ishigami, {"x and z": [0, 2], "y": [1]}, n=2048)
    together, alone = result.indices
    assert together.first == pytest.approx(0.5576, abs=0.02)
    assert together.total == pytest.approx(together.first, abs=0.02)
    assert alone.total == pytest.approx(0.4424, abs=0.02)


def test_an_output_that_does_not_vary_has_no_indices():
    result = sobol(lambda rows: np.ones(len(rows)), {"x": [0]}, n=8)
    assert result.indices == ()
    assert result.warnings == ("few-runs", "no-variance")


def test_a_design_that_cannot_work_is_refused():
    assert refused(ishigami, {}) == "no-factors"
    assert refused(ishigami, {"x": [0], "y": [2]}) == "bad-columns"
    assert refused(ishigami, {"x": [0], "y": [0]}) == "bad-columns"
    assert refused(ishigami, {"x": [0, 1, 2]}, n=100) == "bad-sample-size"
    assert refused(lambda rows: np.full(len(rows), np.nan), {"x": [0]}) == "missing-output"


def test_the_choice_that_moves_ranks_is_found():
    """Without any missing value and with one scale, only the mean can change a rank here."""
    random = np.random.default_rng(4)
    columns = {code: list(random.uniform(size=12)) for code in "abcd"}
    index = index_of(columns, flat(*"abcd"), normalise="min-max")
    factors = Factors(weights="uniform", weight_range=0.001, leave_one_out=False,
                      normalisation=("min-max",))  # fmt: skip
    result = sensitivity(index, n=256, factors=factors)
    found = {entry.factor: entry for entry in result.indices}
    assert set(found) == {"weights", "aggregation"}
    assert found["aggregation"].first > 0.9
    assert found["weights"].total < 0.1
    again = sensitivity(index, n=256, factors=factors)
    assert again == result


def test_ranks_are_needed_to_shift_them():
    index = index_of({"a": [3.0]}, flat("a", lower=0, upper=10))
    with pytest.raises(MethodError, match="no-ranks"):
        sensitivity(index)
