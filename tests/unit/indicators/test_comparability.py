"""Two figures are put in an order only where every clause allows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.indicators.comparability import Clause, Figure, compare, compare_all

LUND = Figure(
    value=12.0,
    definition="SE_X",
    definition_number=1,
    comparable_since=1,
    boundary="municipality",
    period="2021",
    status="A",
    direction="higher",
    country="SE",
)


def test_like_figures_may_be_ranked():
    assert compare(LUND, replace(LUND, value=14.0, status="E")).may_rank
    assert compare(LUND, replace(LUND, boundary="commune")).may_rank, "both are local units"


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"value": None}, Clause.NO_DATA),
        ({"definition": "FR_X"}, Clause.DEFINITION),
        ({"boundary": "urban-area"}, Clause.BOUNDARY),
        ({"boundary": "unknown"}, Clause.BOUNDARY),
        ({"period": "2020"}, Clause.PERIOD),
        ({"status": "F"}, Clause.STATUS),
        ({"status": "U"}, Clause.STATUS),
        ({"direction": "context"}, Clause.DIRECTION),
        ({"not_ranked_because": "grows with the city"}, Clause.NOT_RANKED),
    ],
)
def test_each_clause_alone_forbids_an_order(change, clause):
    verdict = compare(LUND, replace(LUND, **change))
    assert [difference.clause for difference in verdict.differences] == [clause]
    assert not verdict.may_rank


def test_another_kind_of_area_is_the_same_within_a_country_only():
    other = replace(LUND, boundary="other")
    assert compare(other, replace(other, value=3.0)).may_rank
    abroad = compare(other, replace(other, country="FR"))
    assert [one.clause for one in abroad.differences] == [Clause.BOUNDARY]
    assert compare(LUND, replace(LUND, boundary="commune", country="FR")).may_rank


def test_a_definition_that_does_not_compare_across_countries_is_ranked_within_one():
    apart = replace(LUND, within_country=True)
    assert compare(apart, replace(apart, value=3.0)).may_rank
    abroad = compare(apart, replace(apart, country="FR"))
    assert [one.clause for one in abroad.differences] == [Clause.COUNTRY]


def test_an_older_version_compares_only_if_nothing_broke_since():
    newer = replace(LUND, definition_number=3, comparable_since=2)
    assert compare(replace(newer, definition_number=2), newer).may_rank
    broken = compare(replace(newer, definition_number=1), newer)
    assert [difference.clause for difference in broken.differences] == [Clause.DEFINITION_VERSION]


def test_a_group_is_ranked_only_if_every_pair_is():
    figures = [LUND, replace(LUND, value=3.0), replace(LUND, period="2020", boundary="region")]
    verdict = compare_all(figures)
    assert [difference.clause for difference in verdict.differences] == [
        Clause.BOUNDARY, Clause.PERIOD,
    ]  # fmt: skip
    assert compare_all(figures[:2]).may_rank
