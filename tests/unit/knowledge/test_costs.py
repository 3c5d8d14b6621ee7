"""Which amounts are compared: what a case cost, and nothing else."""

from __future__ import annotations

import pytest

from alliance.analysis.prices import ConvertedCost, NotComparable
from alliance.knowledge.costs import comparable_cost, cost_band
from alliance.knowledge.enums import CostKind
from alliance.knowledge.models import CaseStudy


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
