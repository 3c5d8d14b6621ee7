import math

import pytest

from alliance.charts import forest
from alliance.charts.forest import ForestRow, ForestSummary


def row(label="A", value=1.0, low=None, high=None, filled=True, sublabel="2006"):
    return ForestRow(label, sublabel, value, low, high, "before and after", "/en/a", filled)


def draw(*rows, **options):
    return forest.draw(rows, title="Traffic", **options)


def at(x):
    """A position in percent of the width of a cell."""
    return float(x.removesuffix("%"))


def test_values_stand_in_their_order_on_one_axis():
    plot = draw(row("A", -22), row("B", -12), row("C", 4.5))
    xs = [at(mark.x) for mark in plot.marks]
    assert xs == sorted(xs) and xs[0] >= 3 and xs[-1] <= 97
    assert xs[1] < at(plot.zero) < xs[2]


def test_the_better_side_is_right_also_where_less_is_better():
    rows = row("A", -22, -30, -14), row("B", 4, 1, 7), row("C", -900)
    plot = draw(*rows, favourable="lower-is-better", summary=ForestSummary(-9, -12, -6))
    a, b, c = plot.marks
    assert at(b.x) < at(plot.zero) < at(a.x) and c.clipped == 1
    assert at(a.interval.start) < at(a.x) < at(a.interval.end)
    assert at(plot.last.interval.start) < at(plot.last.x) < at(plot.last.interval.end)
    assert [at(tick.x) for tick in plot.ticks] == sorted(
        (at(t.x) for t in plot.ticks), reverse=True
    )


def test_a_row_without_an_interval_draws_only_a_dot():
    plot = draw(row("A", 3, 1, 5), row("B", 2), row("C", 2, math.nan, math.nan))
    assert [mark.interval is not None for mark in plot.marks] == [True, False, False]
    assert plot.n_without_interval == 2


def test_an_outlier_becomes_an_arrow_and_leaves_the_others_readable():
    plot = draw(row("A", 1160), row("B", 1.2, 0.4, 2), row("C", 3))
    assert [mark.clipped for mark in plot.marks] == [1, 0, 0]
    assert plot.n_clipped == 1
    assert plot.axis.high < 10
    assert at(plot.marks[0].x) == 97
    assert at(plot.marks[2].x) - at(plot.marks[1].x) > 94 / 6
    # The words still hold the true value.
    assert plot.highest.value == 1160


def test_an_interval_beyond_the_axis_is_said_to_go_on():
    plot = draw(row("A", 3, -90, 90), row("B", 2, 1, 3))
    assert plot.goes_on
    assert plot.marks[0].interval.goes_on_below and plot.marks[0].interval.goes_on_above
    assert not draw(row("A", 3, 1, 5), row("B", 2)).goes_on


def test_labels_of_many_ticks_leave_each_other_room_and_zero_keeps_its_own():
    for rows in ([row("A", -22), row("B", 12)], [row("A", 2), row("B", 9)], [row("A", -80)]):
        plot = draw(*rows)
        said = [tick for tick in plot.ticks if tick.is_labelled]
        assert 2 <= len(said) <= 5 and 0 in [tick.value for tick in said]
        assert [tick.x for tick in said if tick.value == 0] == [plot.zero]


def test_a_negative_outlier_points_to_the_left():
    assert draw(row("A", -900), row("B", 2), row("C", 1)).marks[0].clipped == -1


def test_changes_are_counted_where_the_whole_interval_lies_on_one_side():
    rows = [row("A", -22, -30, -14), row("B", -3, -7, 1), row("C", 4, 1, 7), row("D", -1),
            row("E", -2, -3, -1)]  # fmt: skip
    lower = draw(*rows, favourable="lower-is-better")
    assert (lower.n_with_interval, lower.n_favourable, lower.n_unfavourable) == (4, 2, 1)
    higher = draw(*rows, favourable="higher")
    assert (higher.n_favourable, higher.n_unfavourable) == (1, 2)


def test_levels_and_unjudged_measures_are_not_counted():
    assert draw(row(), favourable="lower", signed=False).n_favourable is None
    assert draw(row()).n_favourable is None


def test_measured_and_modelled_are_told_apart():
    assert draw(row(), row(filled=False)).n_modelled == 1


def test_the_summary_draws_what_it_has_and_nothing_else():
    full = draw(
        row("A", 1),
        row("B", 3),
        summary=ForestSummary(2, ci_low=1, ci_high=3, pi_low=-1, pi_high=5),
    ).last
    assert full.is_mean and at(full.expected.start) < at(full.interval.start) < at(full.x)
    alone = draw(row("A", 1), row("B", 3), summary=ForestSummary(mean=2)).last
    assert alone.is_mean and alone.interval is None and alone.expected is None
    middle = draw(row("A", 1), row("B", 3), summary=ForestSummary(median=2)).last
    assert not middle.is_mean and middle.value == 2
    assert draw(row(), summary=ForestSummary()).last is None


def test_a_mean_pulled_off_the_axis_by_an_outlier_is_an_arrow():
    plot = draw(
        row("A", 1160), row("B", 1), row("C", 2),
        summary=ForestSummary(mean=387.7, ci_low=-1273, ci_high=2048),
    )  # fmt: skip
    assert plot.last.clipped == 1 and plot.last.interval is None


def test_derived_figures_get_the_decimals_of_the_values():
    assert draw(row(value=-22.0), row(value=-12)).value_digits == 0
    assert draw(row(value=-22.0), row(value=-12.5)).value_digits == 1
    assert draw(row(value=1 / 3)).value_digits == 2


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([], {}, "at least one row"),
        ([row(value=math.nan)], {}, "not a finite number"),
        ([row(value=math.inf)], {}, "not a finite number"),
        ([row(value=1, low=2, high=3)], {}, "above the value"),
        ([row(value=4, low=2, high=3)], {}, "below the value"),
        ([row()], {"favourable": "left"}, "expected lower or higher"),
    ],
)
def test_bad_input_is_refused_by_name(rows, options, words):
    with pytest.raises(ValueError, match=words):
        draw(*rows, **options)
