"""The rules by which a long list or chart is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.effect_spread import DESIGNS
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.evidence_map import fair_share
from alliance.knowledge.selectors.spread import SpreadRow, rows_drawn


def row(value: float, design: str = "modelled", **changes: object) -> SpreadRow:
    values: dict[str, object] = {
        "low": None, "high": None, "n": None, "period_start": None, "period_end": None,
    } | changes  # fmt: skip
    return SpreadRow(
        effect=Effect(),
        case=CaseStudy(public_id=f"case-{value}"),
        place="Lund",
        value=value,
        design=design,
        qualifier=Localised(""),
        **values,  # type: ignore[arg-type]
    )


def test_a_chart_keeps_the_ends_and_the_strongest_designs_in_their_order() -> None:
    rows = [
        row(1),
        row(2, "survey"),
        row(3, "rct"),
        row(4, "before-after"),
        row(5, "before-after", n=10),
        row(6, "before-after", low=5.0, high=7.0),
        row(7),
    ]
    assert [one.value for one in rows_drawn(rows, 7)] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.value for one in rows_drawn(rows, 5)] == [1, 3, 5, 6, 7]
    assert [one.value for one in rows_drawn(rows, 3)] == [1, 3, 7]
    assert [one.value for one in rows_drawn(rows, 2)] == [1, 7]


@given(st.lists(st.sampled_from(DESIGNS), min_size=1, max_size=30), st.integers(2, 30))
def test_what_is_drawn_are_that_many_of_the_rows_in_their_order(
    designs: list[str], most: int
) -> None:
    rows = [row(float(number), design) for number, design in enumerate(designs)]
    drawn = rows_drawn(rows, most)
    assert len(drawn) == min(most, len(rows))
    values = [one.value for one in drawn]
    assert values == sorted(values)
    assert {rows[0].value, rows[-1].value} <= set(values)


@pytest.mark.parametrize(
    ("sizes", "room", "share"),
    [([], 100, 1), ([5], 100, 5), ([50, 50], 100, 50), ([90, 30], 100, 70), ([9] * 300, 100, 1)],
)
def test_a_fair_share_fills_the_room(sizes: list[int], room: int, share: int) -> None:
    assert fair_share(sizes, room) == share


@given(st.lists(st.integers(1, 200), min_size=1, max_size=20), st.integers(20, 200))
def test_no_larger_share_would_fit(sizes: list[int], room: int) -> None:
    share = fair_share(sizes, room)
    assert sum(min(size, share) for size in sizes) <= room
    assert share == max(sizes) or sum(min(size, share + 1) for size in sizes) > room
