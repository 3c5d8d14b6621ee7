import math
import re

import pytest

from alliance.charts import forest
from alliance.charts.forest import ForestRow, ForestSummary


def row(label="A", value=1.0, low=None, high=None, filled=True, sublabel="2006"):
    return ForestRow(label, sublabel, value, low, high, "before and after", "/en/a", filled)


def draw(*rows, **options):
    return forest.draw(rows, title="Traffic", **options)


def test_values_stand_in_their_order_on_one_axis():
    plot = draw(row("A", -22), row("B", -12), row("C", 4.5))
    xs = [float(mark.x) for mark in plot.wide.marks]
    assert xs == sorted(xs)
    zero = next(float(tick.x) for tick in plot.wide.ticks if tick.is_zero)
    assert xs[1] < zero < xs[2]


def test_a_row_without_an_interval_draws_only_a_dot():
    plot = draw(row("A", 3, 1, 5), row("B", 2), row("C", 2, math.nan, math.nan))
    assert [bool(mark.whisker) for mark in plot.wide.marks] == [True, False, False]
    assert plot.n_without_interval == 2


def test_an_outlier_becomes_an_arrow_and_leaves_the_others_readable():
    plot = draw(row("A", 1160), row("B", 1.2, 0.4, 2), row("C", 3))
    assert [mark.clipped for mark in plot.wide.marks] == [1, 0, 0]
    assert plot.n_clipped == 1
    assert plot.axis.high < 10
    left, right = float(plot.wide.left), float(plot.wide.right)
    assert float(plot.wide.marks[0].x) == right
    assert float(plot.wide.marks[2].x) - float(plot.wide.marks[1].x) > (right - left) / 6
    # The table and the words still hold the true value.
    assert plot.highest.value == 1160


def test_an_interval_beyond_the_axis_is_said_to_go_on():
    assert draw(row("A", 3, -90, 90), row("B", 2, 1, 3)).goes_on
    assert not draw(row("A", 3, 1, 5), row("B", 2)).goes_on


def test_a_negative_outlier_points_to_the_left():
    assert draw(row("A", -900), row("B", 2)).wide.marks[0].clipped == -1


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


def test_both_layouts_hold_every_row_and_all_text_lies_inside():
    rows = [row("A long name of a place " * 4, i, sublabel="a part of it " * 9) for i in range(20)]
    plot = draw(*rows, summary=ForestSummary(mean=9.5, ci_low=8, ci_high=11, median=9.5))
    for layout in (plot.wide, plot.narrow):
        assert len(layout.marks) == 20
        tops = [float(mark.top) for mark in layout.marks]
        assert tops == sorted(tops)
        for mark in layout.marks:
            lines = [*mark.label, *mark.sublabel]
            assert lines and all(
                float(mark.top) < float(line.y) < float(mark.bottom) for line in lines
            )
            assert float(layout.left) <= float(mark.x) <= float(layout.right)
        assert float(layout.side_y) < layout.height


def test_in_the_narrow_layout_dots_and_lines_stay_below_the_labels():
    plot = draw(row("A", 1, 0, 2), row("B", 2))
    for mark in plot.narrow.marks:
        assert float(mark.middle) - 6 > max(float(line.y) for line in mark.sublabel)
    for tick in plot.narrow.ticks:
        starts = [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)V", tick.line)]
        assert len(starts) == 2
        assert all(
            start > float(mark.sublabel[-1].y)
            for start, mark in zip(starts, plot.narrow.marks, strict=True)
        )


def test_the_summary_draws_what_it_has_and_nothing_else():
    full = draw(
        row("A", 1),
        row("B", 3),
        summary=ForestSummary(2, ci_low=1, ci_high=3, pi_low=-1, pi_high=5),
    ).wide.summary
    assert full.diamond and full.bar and not full.dot and not full.median
    alone = draw(row("A", 1), row("B", 3), summary=ForestSummary(mean=2)).wide.summary
    assert alone.dot and not alone.diamond and not alone.bar
    assert draw(row(), summary=ForestSummary()).wide.summary is None


def test_a_mean_pulled_off_the_axis_by_an_outlier_is_an_arrow():
    plot = draw(
        row("A", 1160), row("B", 1), row("C", 2),
        summary=ForestSummary(mean=387.7, ci_low=-1273, ci_high=2048),
    )  # fmt: skip
    assert plot.wide.summary.dot and not plot.wide.summary.diamond


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
