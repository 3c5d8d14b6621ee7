"""What holds of measures of equity whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.equity import (
    Burden,
    Category,
    Threshold,
    atkinson,
    combine_ede,
    concentration,
    flag_burdens,
    gini,
    group_exposure,
    income_quintiles,
    kolm_pollak,
    kolm_pollak_groups,
    percentiles,
    suppress,
    weighted_mean,
    with_totals,
)
from alliance.analysis.equity.burdens import NO, UNKNOWN, YES
from alliance.analysis.errors import MethodError
from alliance.analysis.small_counts import MIN_WIDTH, hide, possible_counts
from tests.reference import slow_equity as slow

amount = st.one_of(st.just(0.0), st.floats(0.01, 1000), st.integers(1, 5).map(float))
weight = st.floats(0.1, 50)


@st.composite
def people(draw, least=2, most=12):
    """Values with weights, some values above 0."""
    n = draw(st.integers(least, most))
    values = draw(st.lists(amount, min_size=n, max_size=n).filter(any))
    weights = draw(st.lists(weight, min_size=n, max_size=n))
    return values, weights


MEASURES = {
    "mean": weighted_mean,
    "gini": gini,
    "atkinson": atkinson,
    "atkinson-1": lambda x, w: atkinson(x, w, epsilon=1),
    "kolm-pollak": lambda x, w: kolm_pollak(x, w, direction="burden", kappa=0.01),
    "good": lambda x, w: kolm_pollak(x, w, direction="good", kappa=0.01),
}


@given(people())
def test_the_slow_way_gives_the_same(data):
    values, weights = data
    near = {"rel": 1e-7, "abs": 1e-9}
    assert weighted_mean(values, weights).value == pytest.approx(slow.mean(values, weights), **near)
    assert gini(values, weights).value == pytest.approx(slow.gini(values, weights), **near)
    for epsilon in (0.5, 1, 2):
        found = atkinson(values, weights, epsilon=epsilon).value
        assert found == pytest.approx(slow.atkinson(values, weights, epsilon), **near)
    kappa = slow.kappa(values, weights, 0.5)
    for direction in ("burden", "good"):
        found = kolm_pollak(values, weights, direction=direction)
        assert found.details["kappa"] == pytest.approx(kappa, **near)
        wanted = slow.ede(values, weights, kappa, direction == "burden")
        assert found.value == pytest.approx(wanted, rel=1e-6)


@given(people(), st.data())
def test_concentration_the_slow_way(data, more):
    values, weights = data
    n = len(values)
    standing = more.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    found = concentration(values, standing, weights)
    wanted = slow.concentration(values, standing, weights)
    assert found.value == pytest.approx(wanted, rel=1e-7, abs=1e-9)
    assert -1 <= found.value <= 1
    assert found.has("no-rank-variation") == (len(set(standing)) == 1)


@pytest.mark.parametrize("name", MEASURES)
@given(data=people(), order=st.randoms(use_true_random=False))
def test_order_and_halved_copies_change_nothing(name, data, order):
    values, weights = data
    wanted = MEASURES[name](values, weights).value
    pairs = list(zip(values, weights, strict=True))
    order.shuffle(pairs)
    halves = [(value, own / 2) for value, own in pairs for _ in range(2)]
    for each in (pairs, halves):
        found = MEASURES[name](*zip(*each, strict=True)).value
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(people())
def test_another_unit_changes_no_pure_number(data):
    values, weights = data
    thousands = [1000 * value for value in values]
    for measure in (gini, atkinson):
        found = measure(thousands, weights).value
        assert found == pytest.approx(measure(values, weights).value, rel=1e-9, abs=1e-9)
    for direction in ("burden", "good"):
        found = kolm_pollak(thousands, weights, direction=direction).value
        wanted = kolm_pollak(values, weights, direction=direction).value
        assert found == pytest.approx(1000 * wanted, rel=1e-9)


@given(people())
def test_indices_stay_in_their_ranges(data):
    values, weights = data
    assert 0 <= gini(values, weights).value < 1
    assert 0 <= atkinson(values, weights).value <= 1
    mean = weighted_mean(values, weights).value
    slack = 1e-9 * max(mean, 1)
    assert kolm_pollak(values, weights, direction="burden").value >= mean - slack
    assert kolm_pollak(values, weights, direction="good").value <= mean + slack


@given(people(), st.floats(-500, 500), st.sampled_from(["burden", "good"]))
def test_as_much_more_for_all_is_as_much_more(data, more, direction):
    values, weights = data
    first = kolm_pollak(values, weights, direction=direction, kappa=0.02).value
    moved = [value + more for value in values]
    found = kolm_pollak(moved, weights, direction=direction, kappa=0.02).value
    assert found == pytest.approx(first + more, rel=1e-9, abs=1e-7)


@given(people(), st.floats(1e-14, 1e-6))
def test_a_small_kappa_comes_near_the_mean_without_a_jump(data, kappa):
    values, weights = data
    mean = weighted_mean(values, weights).value
    found = kolm_pollak(values, weights, direction="burden", kappa=kappa).value
    assert abs(found - mean) <= kappa * max(values) ** 2 + 1e-7 * max(values)


@given(people(), st.data(), st.sampled_from(["burden", "good"]))
def test_groups_add_up_to_all(data, more, direction):
    values, weights = data
    shares = more.draw(st.lists(st.floats(0.01, 0.99), min_size=len(values), max_size=len(values)))
    counts = np.column_stack(
        [np.multiply(weights, shares), np.multiply(weights, 1 - np.array(shares))]
    )
    found = kolm_pollak_groups(values, counts, ["one", "two"], direction=direction)
    kappa = found.details["kappa"]
    again = combine_ede(
        list(found.by_group.values()), counts.sum(axis=0), [kappa, kappa], direction=direction
    )
    assert again == pytest.approx(found.value, rel=1e-9)
    split = found.details["between"] + found.details["within"]
    assert split == pytest.approx(found.details["index"])
    assert found.details["within"] >= -1e-9 * max(values)


@given(people(3, 10), st.data())
def test_one_more_gap_never_lowers_what_is_missing(data, more):
    values, weights = data
    at = more.draw(st.integers(0, len(values) - 1))
    gaps = [*values]
    gaps[at] = float("nan")
    for measure in MEASURES.values():
        before = measure(values, weights)
        try:
            after = measure(gaps, weights)
        except MethodError as error:
            assert error.code in ("too-much-missing", "zero-mean")
            continue
        assert after.n_missing == before.n_missing + 1
        assert after.n == before.n - 1
        assert 0 < after.share_weight_missing <= 0.5


@given(st.lists(st.integers(-3, 6).map(float), min_size=20, max_size=40))
def test_percentiles_the_slow_way(values):
    floor = percentiles(values, method="strict-floor", reference="here")
    assert floor.scores.tolist() == slow.strict_floor(values)
    average = percentiles(values, method="rank-avg", reference="here")
    assert average.scores == pytest.approx(slow.rank_avg(values))
    people = percentiles(values, method="pop", reference="here", weights=np.ones(len(values)))
    assert people.scores.tolist() == floor.scores.tolist()
    turned = percentiles(values, method="strict-floor", reference="here", reverse=True)
    assert turned.scores.tolist() == slow.strict_floor([-value for value in values])


ANSWER = {True: 1.0, False: 0.0, None: float("nan")}
WORD = {YES: True, NO: False, UNKNOWN: None}
answers = st.sampled_from([True, False, None])


@given(st.lists(st.lists(answers, min_size=1, max_size=3), min_size=1, max_size=3), answers)
def test_thresholds_by_the_table_of_three_values(burdens, condition):
    data = {"poor": [ANSWER[condition]]}
    rules = []
    for at, tests in enumerate(burdens):
        for row, answer in enumerate(tests):
            data[f"t{at}-{row}"] = [ANSWER[answer]]
        names = [f"t{at}-{row}" for row in range(len(tests))]
        rules.append(Burden(f"b{at}", tuple(Threshold(name, ">=", 0.5) for name in names)))
    category = Category("c", tuple(rules), (Threshold("poor", "==", 1),))
    found = flag_burdens([category], data)
    each = [slow.and_([condition, *tests]) for tests in burdens]
    assert WORD[int(found.flags[0])] == slow.or_(each)
    assert found.met[0] == each.count(True)
    assert found.tested[0] == len(each) - each.count(None)


@given(people(5, 12))
def test_members_of_all_areas_alike_have_no_gap(data):
    values, weights = data
    half = np.multiply(weights, 0.5)
    found = group_exposure(values, half[:, None], ["half"], population=weights, draws=20)
    group = found.groups[0]
    assert group.difference == pytest.approx(0, abs=1e-9 * max(values))
    assert group.difference_interval == pytest.approx((0, 0), abs=1e-9 * max(values))


@given(st.lists(st.integers(1, 9).map(float), min_size=5, max_size=30), st.data())
def test_fifths_rise_with_income_and_split_no_ties(income, more):
    n = len(income)
    weights = more.draw(st.lists(weight, min_size=n, max_size=n))
    if len(set(income)) < 5:
        with pytest.raises(MethodError, match="too-few-units"):
            income_quintiles(income, weights)
        return
    fifths = income_quintiles(income, weights)
    assert set(fifths.tolist()) <= {1, 2, 3, 4, 5}
    pairs = sorted(zip(income, fifths.tolist(), strict=True))
    assert [fifth for _, fifth in pairs] == sorted(fifths.tolist())
    assert len(set(pairs)) == len(set(income))


@st.composite
def tables(draw, most=3):
    rows = [f"r{at}" for at in range(draw(st.integers(2, most)))]
    columns = [f"c{at}" for at in range(draw(st.integers(2, most)))]
    number = st.one_of(st.integers(0, 14), st.integers(0, 60))
    counts = [[draw(number) for _ in columns] for _ in rows]
    return with_totals(counts, rows, columns)


@given(tables())
def test_by_brute_force_every_hidden_count_could_be_several_numbers(table):
    """Tables of up to 3 by 3 are filled in anew in all ways that fit what is shown."""
    try:
        found = suppress(table)
    except MethodError as error:
        assert error.code == "all-suppressed"
        return
    hidden = {*found.primary, *found.complementary}
    for cell in hidden:
        # The numbers that it could be have no gaps: two ends that are far enough apart will do.
        own = int(table[cell])
        down = next(
            step for step in range(MIN_WIDTH, -1, -1)
            if own - step >= 1 and slow.could_be(table, hidden, cell, own - step)
        )  # fmt: skip
        up = MIN_WIDTH - down
        assert slow.could_be(table, hidden, cell, own + up), (cell, sorted(hidden), table)


@given(tables())
def test_what_is_said_of_the_narrowest_range_is_true(table):
    found = hide(table)
    ranges = possible_counts(table, found.cells)
    assert set(ranges) == found.cells
    spans = [most - least for least, most in ranges.values() if most is not None]
    for cell, (least, most) in ranges.items():
        assert least <= table[cell] <= (table[cell] if most is None else most)
    shown = [cell for cell, count in table.items() if count > 0 and cell not in found.cells]
    if spans and shown:
        assert min(spans) >= found.narrowest >= MIN_WIDTH


@given(tables(), st.data())
def test_a_correction_by_few_people_hides_the_cell(table, more):
    there = sorted(cell for cell, count in table.items() if count)
    if not there:
        return
    cell = more.draw(st.sampled_from(there))
    change = more.draw(st.integers(1, 9))
    try:
        found = suppress(table, released=[{cell: table[cell] + change}])
    except MethodError as error:
        assert error.code == "all-suppressed"
        return
    assert cell in found.primary
    assert found.warnings == ("differencing:1",)
