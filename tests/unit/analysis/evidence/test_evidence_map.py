"""The evidence map: what a place says, what a cell counts, and the order of rows and columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.evidence_map import (
    MapRow,
    OutcomePlace,
    ThemeBody,
    best_body,
    evidence_map,
    outcome_places,
)
from alliance.analysis.evidence.solution_verdict import VerdictCase

THEMES = ("energy", "air", "traffic")
OF = {"traffic volume": "traffic", "car trips": "traffic", "no2": "air"}


def effect(value: float | None, measure: str = "traffic volume", **more: object) -> PlaceEffect:
    told = {
        "place": "SE:a", "unit": "percent change", "direction": "lower-is-better",
        "design": "before-after", "case": "a",
    }  # fmt: skip
    return PlaceEffect(value=value, measure=measure, **(told | more))  # type: ignore[arg-type]


def case(name: str, *effects: PlaceEffect, outcome: str = "worked", **more: object) -> VerdictCase:
    place = f"SE:{name}"
    own = tuple(replace(one, place=place, case=name) for one in effects)
    return VerdictCase(id=name, place=place, outcome=outcome, effects=own, **more)  # type: ignore[arg-type]


def places(*votes: int | None, **more: object) -> tuple[OutcomePlace, ...]:
    base = OutcomePlace("", 1, "rct", None, 1.0, False, True)
    return tuple(
        base._replace(place=f"SE:{at}", vote=vote, **more)  # type: ignore[arg-type]
        for at, vote in enumerate(votes)
    )


def cell(found: tuple[OutcomePlace, ...], *, aims: str = "", body: ThemeBody | None = None):
    row = MapRow("s", 0, frozenset(aims.split()), {"air": found}, {"air": body} if body else {})
    return evidence_map([row], THEMES).cells.get(("s", "air"))


def test_a_place_votes_once_a_theme_by_the_result_that_speaks_for_it() -> None:
    found = outcome_places(
        [
            case(
                "a",
                effect(5.0),
                effect(-3.0, "car trips", design="rct", se=1.0),
                effect(-9.0, "no2", low=-12.0, high=-6.0),
            ),
            case("b", effect(4.0, se=1.0), effect(1.0, excluded="overlap")),
            case("c", effect(40.0, unit="percent", is_change=False)),
            case("d", effect(None, unit="", no_difference=True)),
            case("e", effect(None)),
            case(
                "f",
                effect(2.0, "happiness", direction="higher-is-better", design="survey", se=0.5),
            ),
            case("g", effect(4.0)),
            case("h", effect(4.0, se=3.0)),
        ],
        OF,
        hidden=["SE:b"],
    )
    told = {theme: [(one.place, one.vote) for one in own] for theme, own in found.items()}
    assert told == {
        "traffic": [
            ("SE:a", 1),
            ("SE:b", -1),
            ("SE:c", None),
            ("SE:g", None),
            ("SE:h", 0),
            ("SE:d", 0),
        ],
        "air": [("SE:a", 1)],
        "other": [("SE:f", 1)],
    }
    first, second = found["traffic"][:2]
    assert (first.design, first.is_measured, first.is_hidden) == ("rct", True, False)
    assert second.is_hidden and not found["other"][0].is_measured


def test_what_failed_and_whom_it_harmed_comes_with_the_place() -> None:
    found = outcome_places(
        [
            case("a", effect(1.0), outcome="did-not-work", reasons=("harm",)),
            case("a2", effect(-1.0), outcome="worked"),
            case("b", effect(-1.0, design="modelled"), outcome="worked"),
        ],
        OF,
    )["traffic"]
    assert [(one.score, one.has_harm, one.is_measured) for one in found] == [
        (0.0, True, True), (1.0, False, True), (None, False, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("votes", "direction"),
    [
        ((1, 1, 1, -1), "+"),
        ((1, 1, -1), "±"),
        ((-1, -1, -1, 0, None), "-"),
        ((0, 0), "unclear"),
        ((None,), "unclear"),
        ((1, 0), "±"),
    ],
)
def test_three_of_four_places_give_the_direction(votes, direction) -> None:
    found = cell(places(*votes))
    assert found.direction == direction
    assert (found.places, found.better, found.worse) == (
        len(votes), votes.count(1), votes.count(-1),
    )  # fmt: skip
    assert found.neither == votes.count(0)


def test_gaps_say_what_is_missing() -> None:
    body = ThemeBody("low", "even")
    assert cell((), aims="air").gap == "absolute"
    assert cell(()) is None
    assert cell(places(1, 1, is_measured=False)).gap == "claimed-only"
    assert cell(places(-1, 0, score=0.0)).gap == "failed-only"
    assert cell(places(1, 1, 1)).gap == "synthesis"
    assert cell(places(1, 1, 1), body=body).gap == ""
    assert cell(places(1, 1)).gap == ""
    known = cell(places(1, 1, 1), body=body)
    assert (known.certainty, known.spread) == ("low", "even")
    assert cell(places(1, 1)).certainty == "not-graded"


def test_places_whose_result_is_to_be_checked_again_are_counted() -> None:
    found = outcome_places([case("a", effect(1.0, check_again=True)), case("b", effect(1.0))], OF)
    assert cell(found["traffic"]).to_check == 1


def test_hidden_places_count_only_where_none_can_be_told() -> None:
    hidden = places(-1, -1, is_hidden=True)
    opened = tuple(one._replace(place=f"FR:{one.place}") for one in places(1, 1))
    assert cell(hidden) is None
    assert cell(hidden, aims="air").gap == "absolute"
    few = cell(hidden + opened, body=ThemeBody("low", "even"))
    assert (few.places, few.worse) == (2, 0)
    assert cell(places(-1, -1, -1, is_hidden=True)).places == 3
    more = tuple(one._replace(place=f"NO:{one.place}") for one in places(1))
    assert cell(hidden + opened + more).places == 5


def test_the_best_covered_measure_says_how_sure_a_theme_is() -> None:
    assert best_body([]) is None
    wide = (None, None)
    assert best_body([(3, "high", (1.0, 2.0)), (5, "low", (-4.0, -1.0))]) == ThemeBody(
        "low", "even"
    )
    assert best_body([(3, "very-low", wide), (3, "low", (-1.0, 1.0))]) == ThemeBody("low", "uneven")
    assert best_body([(3, "moderate", wide)]) == ThemeBody("moderate", "unknown")


def row(name: str, group: int, **counts: int) -> MapRow:
    return MapRow(name, group, places={one: places(*[1] * n) for one, n in counts.items()})


def test_rows_lie_along_the_diagonal_of_their_group_and_empty_ones_last() -> None:
    rows = [
        row("empty", 0), row("right", 0, traffic=1), row("left", 0, energy=3),
        row("middle", 0, energy=1, traffic=1), row("more", 0, air=3), row("first", 1, energy=9),
    ]  # fmt: skip
    found = evidence_map(rows, THEMES)
    assert [one.solution for one in found.rows] == [
        "left", "more", "middle", "right", "empty", "first",
    ]  # fmt: skip
    assert found.columns == THEMES
    assert [one.solution for one in found.in_order][:2] == ["left", "more"]
    assert found == evidence_map(rows[::-1], THEMES)


def test_alike_solutions_come_together_by_moving_columns_too() -> None:
    rows = [
        row("a", 0, energy=3, traffic=3), row("b", 0, air=3), row("c", 0, energy=3, traffic=3),
    ]  # fmt: skip
    found = evidence_map(rows, THEMES, order="alike")
    assert set(found.columns[:2]) == {"energy", "traffic"} or found.columns[0] == "air"
    names = "".join(one.solution for one in found.rows)
    assert names in {"acb", "bac"}
    assert found.cells == evidence_map(rows, THEMES).cells


def test_other_measures_stand_last_and_faults_name_the_row() -> None:
    assert evidence_map([row("a", 0, other=1)], THEMES).columns == (*THEMES, "other")
    with pytest.raises(MethodError) as twice:
        evidence_map([row("a", 0), row("a", 1)], THEMES)
    assert (twice.value.code, twice.value.where) == ("duplicate-solution", "rows[1].solution")
    with pytest.raises(MethodError) as unknown:
        evidence_map([MapRow("a", 0, frozenset({"noise"}))], THEMES)
    assert (unknown.value.code, unknown.value.where) == ("unknown-theme", "rows[0].aims")
    with pytest.raises(MethodError) as order:
        evidence_map([], THEMES, order="random")
    assert order.value.code == "unknown-order"
    assert evidence_map([], THEMES, order="alike").cells == {}
