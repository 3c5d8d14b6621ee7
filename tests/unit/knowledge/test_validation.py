"""Rules of given cases: what is wrong with a cost is named, never raised later."""

from __future__ import annotations

import pytest

from alliance.knowledge.validation import case_faults
from tests.factories.knowledge import case_record, cost


def faults_of_cost(amount: str, currency: str) -> list[tuple[str, str]]:
    """(where, rule) of the faults of a case that has this cost and is sound otherwise."""
    found = case_faults(
        case_record(cost=cost(amount, currency, 2020)),
        solutions=frozenset({"road-pricing"}),
        measures=frozenset({"traffic volume"}),
        units=frozenset({"percent change"}),
    )
    return [(fault.where, fault.rule) for fault in found]


@pytest.mark.parametrize("currency", ["SEK", "EUR", "FRF", "JPY", "XOF"])
def test_money_of_any_country_is_taken(currency):
    assert faults_of_cost("1200", currency) == []


@pytest.mark.parametrize("currency", ["XXX", "XAU", "XTS", "sek", "kr", "", "ZZZ"])
def test_what_is_no_money_is_a_fault_of_the_currency(currency):
    rule = f"{currency!r} is not an ISO 4217 currency code of money"
    assert faults_of_cost("1200", currency) == [("case.cost.currency", rule)]


@pytest.mark.parametrize(
    ("amount", "currency", "rule"),
    [
        ("-1", "SEK", "must be a number of at least 0"),
        ("NaN", "SEK", "must be a number of at least 0"),
        ("0.5", "JPY", "JPY has at most 0 decimals"),
        ("1.005", "EUR", "EUR has at most 2 decimals"),
    ],
)
def test_an_amount_that_cannot_be_kept_is_a_fault_of_the_amount(amount, currency, rule):
    ((where, told),) = faults_of_cost(amount, currency)
    assert where == "case.cost.amount" and rule in told


def test_amount_and_currency_may_both_be_wrong():
    assert [where for where, _rule in faults_of_cost("-1", "XXX")] == [
        "case.cost.currency",
        "case.cost.amount",
    ]
