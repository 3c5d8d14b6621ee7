import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion import next_statement


def test_statements_are_drawn_in_proportion_to_their_priority():
    priority, open_ = np.array([1.0, 5, 3, np.nan]), np.array([True, False, True, True])
    drawn = [next_statement(priority, open_, at / 1_000) for at in range(1_000)]

    assert [drawn.count(place) for place in range(4)] == [200, 0, 600, 200]


@pytest.mark.parametrize("draw", [0.0, 0.5, 1 - 2**-53])
def test_what_is_not_open_is_never_drawn(draw: float):
    assert next_statement(np.array([9.0, 2, 9]), np.array([False, True, False]), draw) == 1
    assert next_statement(np.array([9.0, 2]), np.array([False, False]), draw) is None
    assert next_statement(np.array([]), np.array([], bool), draw) is None


def test_a_draw_beyond_one_is_refused():
    with pytest.raises(MethodError, match="bad-parameter"):
        next_statement(np.ones(1), np.ones(1, bool), 1.0)
