"""Which amounts are compared: what a case cost, and nothing else."""

from __future__ import annotations

import pytest

from alliance.analysis.prices import ConvertedCost, NotComparable
from alliance.cases.costs import comparable_cost, comparable_cost_per_inhabitant, cost_band
from alliance.cases.enums import CostKind
from alliance.cases.models import CaseStudy
from alliance.network.models import City


def case_that_cost(kind: str) -> CaseStudy:
    """A Swedish case with a million kronor of that kind."""
    return CaseStudy(
        country="SE",
        cost_minor=100_000_000,
        cost_currency="SEK",
        cost_price_year=2020,
        cost_kind=kind,
    )


@pytest.mark.parametrize("kind", ["handed-out", "loss", "partial"])
def test_what_is_not_the_cost_of_a_case_is_never_compared(kind: str):
    case = case_that_cost(kind)
    found = comparable_cost(case)
    assert isinstance(found, NotComparable)
    assert (found.code, found.params) == ("cost-kind", {"kind": kind})
    assert cost_band(case) is None


@pytest.mark.parametrize("kind", ["", "investment", "yearly", "not-checked"])
def test_any_other_amount_is_compared(kind: str):
    assert isinstance(comparable_cost(case_that_cost(kind)), ConvertedCost)


def test_every_kind_is_one_or_the_other():
    assert {*CostKind.values} == {
        *("handed-out", "loss", "partial"),
        *("investment", "yearly", "not-checked"),
    }


@pytest.mark.parametrize(
    ("place", "is_part"), [("LUND", False), ("Lunds kommun", False), ("Norra Fäladen", True)]
)
def test_a_head_is_of_the_city_and_never_of_a_part_of_it(place: str, is_part: bool):
    case = case_that_cost("investment")
    city = City(public_id="lund", name="Lund", population=10_000, aliases=["Lunds kommun"])
    case.city, case.place_name = city, place
    found = comparable_cost_per_inhabitant(case)
    assert isinstance(found, NotComparable) == case.is_part_of_city == is_part
