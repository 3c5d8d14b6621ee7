"""Measures of inequality against PySAL's inequality."""

from __future__ import annotations

import numpy as np
import pytest
from inequality.atkinson import Atkinson
from inequality.gini import Gini

from alliance.analysis.equity import atkinson, gini

pytestmark = pytest.mark.extra


@pytest.mark.parametrize("seed", range(5))
def test_measures_of_made_up_incomes(seed: int) -> None:
    incomes = np.random.default_rng(seed).lognormal(10, 0.6, 200)
    assert gini(incomes).value == pytest.approx(float(Gini(incomes).g))
    for epsilon in (0.5, 1, 2):
        theirs = Atkinson(incomes, epsilon)
        assert atkinson(incomes, epsilon=epsilon).value == pytest.approx(float(theirs.A))
