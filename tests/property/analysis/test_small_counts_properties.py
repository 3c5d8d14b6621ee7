"""No count that is hidden can be worked out from what is shown."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.small_counts import FLOOR, MIN_WIDTH, TOTAL, hidden_cells


@st.composite
def tables(draw, most_rows=3, most_columns=3):
    """A table of people with all its totals, now and then with one total left out."""
    rows = range(draw(st.integers(1, most_rows)))
    columns = range(draw(st.integers(1, most_columns)))
    # Small numbers, so that every possibility can be tried; and some large ones.
    number = st.one_of(st.integers(0, 14), st.integers(0, 60))
    inner = {(f"r{r}", f"c{c}"): draw(number) for r, c in product(rows, columns)}
    table = dict(inner)
    for r in rows:
        table[f"r{r}", TOTAL] = sum(inner[f"r{r}", f"c{c}"] for c in columns)
    for c in columns:
        table[TOTAL, f"c{c}"] = sum(inner[f"r{r}", f"c{c}"] for r in rows)
    table[TOTAL, TOTAL] = sum(inner.values())
    if draw(st.booleans()):
        del table[draw(st.sampled_from(sorted(table)))]
    return table


def _possible(table, hidden, cell):
    """What a hidden cell could be, found by moving people between cells of the same sums."""
    found = {table[cell]}
    seen, open_ = set(), [tuple(sorted((one, table[one]) for one in hidden))]
    sums = []
    for total, count in table.items():
        for at in range(2):
            if total[at] == TOTAL:
                parts = [one for one in table if one[at] != TOTAL and one[1 - at] == total[1 - at]]
                if parts and sum(table[one] for one in parts) == count:
                    sums.append((total, parts))

    def holds(values):
        full = {**table, **values}
        return all(full[total] == sum(full[one] for one in parts) for total, parts in sums)

    # Steps that keep the sums: along one sum, round a rectangle, or one cell that is in none.
    names = sorted(hidden)
    moves = []
    for signs in product((-1, 0, 1), repeat=min(len(names), 6)):
        move = dict(zip(names, signs, strict=False))
        if any(signs) and holds({one: table[one] + move.get(one, 0) for one in names}):
            moves.append(move)
    while open_ and len(seen) < 400:
        state = open_.pop()
        if state in seen:
            continue
        seen.add(state)
        found.add(dict(state)[cell])
        for move in moves:
            new = {one: count + move.get(one, 0) for one, count in state}
            if min(new.values()) >= 1:
                open_.append(tuple(sorted(new.items())))
    return found


@given(tables())
def test_every_small_count_is_hidden_and_no_nought(table):
    hidden = hidden_cells(table)
    assert {cell for cell, count in table.items() if 0 < count < FLOOR} <= hidden
    assert not [cell for cell in hidden if table[cell] == 0]


@given(tables())
def test_no_sum_has_a_single_hidden_cell_beside_shown_ones(table):
    hidden = hidden_cells(table)
    for total in table:
        for at in range(2):
            parts = [one for one in table if one[at] != TOTAL and one[1 - at] == total[1 - at]]
            line = [total, *parts]
            if total[at] != TOTAL or sum(table[one] for one in parts) != table[total]:
                continue
            unknown = [one for one in line if one in hidden]
            # With one person or group in all there is nothing else to hide.
            assert len(unknown) != 1 or all(table[one] == 0 for one in line if one not in hidden)


@given(tables(2, 2))
def test_a_hidden_count_could_be_several_numbers(table):
    hidden = hidden_cells(table)
    if len(hidden) > 6 or not any(count > 0 for cell, count in table.items() if cell not in hidden):
        return
    for cell in hidden:
        possible = _possible(table, hidden, cell)
        assert max(possible) - min(possible) >= MIN_WIDTH, (cell, possible, sorted(hidden))


@given(tables(), st.integers(FLOOR, 30))
def test_a_higher_floor_hides_all_that_it_names(table, floor):
    hidden = hidden_cells(table, floor=floor)
    assert {cell for cell, count in table.items() if 0 < count < floor} <= hidden
