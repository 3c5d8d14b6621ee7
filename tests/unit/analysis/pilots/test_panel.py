import numpy as np
import pytest

from alliance.analysis.pilots import numbers, panel_from, per_unit, starts
from tests.unit.analysis.pilots.helpers import refused


def test_rows_in_any_order_make_a_panel_and_gaps_are_missing():
    panel, cells = panel_from(["Lyon", "Umeå", "Lyon"], ["2021", "2020", "2020"], ["3", "", "1.5"])
    assert panel.units == ("Lyon", "Umeå")
    assert panel.times.labels == ("2020", "2021")
    np.testing.assert_array_equal(panel.outcome, [[1.5, 3], [np.nan, np.nan]])
    np.testing.assert_array_equal(cells, [[2, 0], [1, -1]])


def test_months_and_days_are_times():
    months, _ = panel_from(["a"] * 3, ["2023-11", "2024-01", "2023-12"], [1, 3, 2])
    assert np.diff(months.times.values).tolist() == [1, 1]
    assert months.times.index("2024-01") == 2
    assert months.times.index("2024-06") == 3
    days, _ = panel_from(["a"] * 2, ["2024-03-01", "2024-02-28"], [1, 2])
    assert np.diff(days.times.values).tolist() == [2]


@pytest.mark.parametrize("labels", [["2020", "spring"], ["2024-13", "2024-01"], ["2020", "2020-1"]])
def test_other_times_are_refused(labels):
    with refused("bad-time"):
        panel_from(["a", "a"], labels, [1, 2])


def test_the_same_unit_and_time_twice_is_refused_with_the_keys():
    with refused("duplicate-key") as caught:
        panel_from(["Lyon", "Umeå", "Lyon"], ["1", "1", "1"], [1, 2, 3])
    assert "Lyon at 1" in caught.value.message


def test_text_in_a_column_of_figures_is_refused_with_its_row():
    with refused("bad-number", "row 3, no2"):
        numbers(["1", "n/a"], "no2")
    with refused("infinite-value", "row 2, no2"):
        numbers(["inf"], "no2")


def test_empty_tables_and_keys_are_refused():
    with refused("no-data"):
        panel_from([], [], [])
    with refused("empty-key", "row 3"):
        panel_from(["a", " "], ["1", "1"], [1, 2])
    with refused("wrong-shape"):
        panel_from(["a"], ["1", "2"], [1, 2])


def test_balancing_counts_what_it_drops():
    panel, _ = panel_from(["a", "a", "b"], ["1", "2", "1"], [1, 2, 3])
    full, kept = panel.balanced()
    assert (full.units, full.n_dropped, kept.tolist()) == (("a",), 1, [True, False])
    empty, _ = panel_from(["a", "b"], ["1", "2"], [1, 2])
    with refused("no-data"):
        empty.balanced()


def test_starts_are_read_from_a_status_and_may_not_end():
    cells = np.array([[0, 1, 2], [3, 4, 5], [6, -1, 7]])
    status = np.array([0, 0, 1, 0, 0, 0, 0, 1.0])
    assert starts(status, cells, "treated").tolist() == [2, np.inf, 2]
    with refused("treat-not-absorbing", "treated"):
        starts(np.array([0, 1, 0, 0, 0, 0, 0, 1.0]), cells, "treated")
    with refused("bad-treatment"):
        starts(np.array([0, 2, 0, 0, 0, 0, 0, 1.0]), cells, "treated")
    with refused("bad-treatment"):
        starts(np.array([0, np.nan, 0, 0, 0, 0, 0, 1.0]), cells, "treated")


def test_what_belongs_to_a_unit_may_not_change_within_it():
    cells = np.array([[0, 1], [2, -1]])
    assert per_unit(np.array([7, np.nan, 4]), cells, "x").tolist() == [7, 4]
    with refused("varies-in-unit", "x"):
        per_unit(np.array([7.0, 8, 4]), cells, "x")
