"""Small panels for the tests of pilots, and a way to expect an error by its code."""

from contextlib import contextmanager

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots import Panel, Times


def times_of(n: int) -> Times:
    return Times(np.arange(n, dtype=float), tuple(str(place) for place in range(n)))


def panel_of(outcome) -> Panel:
    table = np.array(outcome, dtype=float)
    units = tuple(f"u{place}" for place in range(len(table)))
    return Panel(units, times_of(table.shape[1]), table)


def noise(n: int, n_times: int, seed: int = 0) -> np.ndarray:
    """Levels of units, levels of times, and errors that hang together over time."""
    random = np.random.default_rng(seed)
    errors = random.normal(size=(n, n_times)).cumsum(axis=1) * 0.3
    return random.normal(size=(n, 1)) + random.normal(size=n_times) + errors


def codes(found) -> set[str]:
    return {warning.partition(":")[0] for warning in found.warnings}


@contextmanager
def refused(code: str, where: str | None = None):
    with pytest.raises(MethodError) as caught:
        yield caught
    assert caught.value.code == code
    if where is not None:
        assert where in caught.value.where
