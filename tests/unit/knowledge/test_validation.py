"""Rules of given cases: what is wrong is named with its field, never raised later."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.cases.validation import case_faults
from alliance.core.text import markup_fault
from tests.factories.knowledge import (
    a_place,
    a_source,
    case_document,
    cost,
    effect,
    no_difference,
    text,
)


def faults_of(**changes: Any) -> list[tuple[str, str]]:
    """(where, code) of the faults, in 2026, of a case that is sound but for these changes."""
    found = case_faults(
        case_document(**changes),
        solutions=frozenset({"road-pricing"}),
        measures=frozenset({"traffic volume"}),
        units=frozenset({"percent change"}),
        this_year=2026,
    )
    return [(fault.where, fault.code) for fault in found]


def faults_of_cost(amount: str, currency: str) -> list[tuple[str, str]]:
    """The faults of a case that has this cost."""
    return faults_of(cost=cost(amount, currency, 2020))


@pytest.mark.parametrize("currency", ["SEK", "EUR", "FRF", "JPY", "XOF"])
def test_money_of_any_country_is_taken(currency):
    assert faults_of_cost("1200", currency) == []


@pytest.mark.parametrize("currency", ["XXX", "XAU", "XTS", "sek", "kr", "", "ZZZ"])
def test_what_is_no_money_is_a_fault_of_the_currency(currency):
    code = "not-a-currency" if currency else "no-currency"
    assert faults_of_cost("1200", currency) == [("case.cost.currency", code)]


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("-1", "SEK", "negative"),
        ("NaN", "SEK", "negative"),
        ("0.5", "JPY", "decimals"),
        ("1.005", "EUR", "decimals"),
    ],
)
def test_an_amount_that_cannot_be_kept_is_a_fault_of_the_amount(amount, currency, code):
    assert faults_of_cost(amount, currency) == [("case.cost.amount", code)]


def test_a_source_is_online_or_says_what_was_read_there():
    on_file = a_source("Count of cyclists, own data", "", seen="412 a day in May 2025")
    assert faults_of(sources=(on_file,)) == []
    for silent in (a_source("Count", ""), a_source("Count", "", seen=" ")):
        assert faults_of(sources=(silent,)) == [("case.sources[0].url", "no-address-or-words")]
    wrong = a_source("Count", "in the cellar", seen="412 a day")
    assert faults_of(sources=(wrong,)) == [("case.sources[0].url", "not-a-web-address")]


def test_a_cost_says_what_it_is_and_where_that_can_be_read():
    known = cost("1200", "SEK", 2020).model_copy(update={"kind": "handed-out"})
    assert faults_of(cost=known) == []
    wrong = known.model_copy(update={"kind": "gift", "source": "the budget"})
    assert faults_of(cost=wrong) == [
        ("case.cost.kind", "not-one-of"),
        ("case.cost.source", "not-a-web-address"),
    ]


def test_amount_and_currency_may_both_be_wrong():
    assert [where for where, _rule in faults_of_cost("-1", "XXX")] == [
        "case.cost.currency",
        "case.cost.amount",
    ]


def test_an_interval_has_both_ends_or_none():
    both = effect(-10.0, low=-12.0, high=-8.0)
    assert faults_of(effects=(both,)) == faults_of(effects=(effect(),)) == []
    assert faults_of(effects=(effect(-10.0, low=-12.0),)) == [
        ("case.effects[0].high", "half-interval")
    ]
    assert faults_of(effects=(effect(-10.0, high=-8.0),)) == [
        ("case.effects[0].low", "half-interval")
    ]


def test_a_range_has_both_ends_or_none_around_the_value():
    assert faults_of(effects=(effect(-10.0, range_low=-12.0, range_high=-10.0),)) == []
    assert faults_of(effects=(effect(-10.0, range_low=-12.0),)) == [
        ("case.effects[0].range_high", "half-range")
    ]
    assert faults_of(effects=(effect(-10.0, range_low=-9.0, range_high=-8.0),)) == [
        ("case.effects[0].range_low", "above-value")
    ]


def test_a_range_given_as_an_interval_is_named():
    same = effect(-10.0, low=-12.0, high=-8.0, range_low=-12.0, range_high=-8.0)
    assert faults_of(effects=(same,)) == [("case.effects[0].low", "range-as-interval")]
    too_wide = effect(-10.0, low=-30.0, high=10.0, se=2.0)
    assert faults_of(effects=(too_wide,)) == [("case.effects[0].low", "interval-of-no-error")]
    assert faults_of(effects=(effect(-10.0, low=-15.0, high=-7.0, se=2.0),)) == []


def test_a_baseline_in_another_unit_says_so():
    assert faults_of(effects=(effect(baseline=300.0),)) == [
        ("case.effects[0].baseline_unit", "baseline-unit")
    ]
    furlongs = effect(baseline=300.0, baseline_unit="furlongs")
    assert faults_of(effects=(furlongs,)) == [("case.effects[0].baseline_unit", "unknown")]
    sound = effect(baseline=300.0, baseline_unit="percent change", baseline_year=2019)
    assert faults_of(effects=(sound,)) == []
    no_number = effect(baseline_year=2019)
    assert faults_of(effects=(no_number,)) == [("case.effects[0].baseline", "no-number")]
    ahead = effect(baseline=3.0, baseline_unit="percent change", baseline_year=2027)
    assert faults_of(effects=(ahead,)) == [("case.effects[0].baseline_year", "ahead")]


def test_a_further_amount_needs_a_currency_and_a_kind_of_the_list():
    assert faults_of(amounts=(cost("5", "SEK", None),)) == []
    wrong = cost("5", "", 2020).model_copy(update={"kind": "gift"})
    assert faults_of(amounts=(cost("5", "SEK", 2020), wrong)) == [
        ("case.amounts[1].currency", "no-currency"),
        ("case.amounts[1].kind", "not-one-of"),
    ]


def test_the_rule_of_a_standard_error_needs_one():
    assert faults_of(effects=(effect(se=2.0, se_rule="interval"),)) == []
    assert faults_of(effects=(effect(se_rule="interval"),)) == [("case.effects[0].se", "no-number")]


def test_what_cannot_happen_is_refused():
    fell = effect(-90.0, low=-110.0, high=-70.0, range_low=-101.0, range_high=-60.0)
    assert faults_of(effects=(fell,)) == [
        ("case.effects[0].low", "below"),
        ("case.effects[0].range_low", "below"),
    ]
    assert faults_of(effects=(effect(-100.1),)) == [("case.effects[0].value", "below")]
    assert faults_of(effects=(effect(-100.0),)) == faults_of(effects=(effect(1160.0),)) == []


@pytest.mark.parametrize(
    ("unit", "value", "faults"),
    [
        ("percent of trips", 100.0, []),
        ("percent of trips", 100.5, [("case.effects[0].value", "above")]),
        ("percent of trips", -5.0, [("case.effects[0].value", "below")]),
        ("percent of target", 130.0, []),
        ("percent of target", -1.0, [("case.effects[0].value", "below")]),
    ],
)
def test_a_share_ends_at_all_of_it(unit, value, faults):
    found = faults_of(effects=(effect(value, unit=unit),))
    assert [one for one in found if not one[0].endswith(".unit")] == faults


def test_why_an_effect_is_checked_again_is_one_of_a_list():
    assert faults_of(effects=(effect(check_again="unclear"),)) == []
    told = [("case.effects[0].check_again", "not-one-of")]
    assert faults_of(effects=(effect(check_again="soon"),)) == told


def test_two_effects_cannot_share_a_key():
    one = effect(-5.0, key="traffic-volume")
    other = effect(-3.0, qualifier="at night", key="traffic-volume")
    assert faults_of(effects=(one, other)) == [("case.effects[1].key", "in-row")]
    assert faults_of(effects=(effect(-5.0, key="Traffic volume"),)) == [
        ("case.effects[0].key", "not-an-id")
    ]


def test_a_result_without_a_number_says_what_did_not_change():
    sound = no_difference()
    assert faults_of(nulls=(sound,)) == []
    empty = no_difference(measure="", sentence="", design="", source="a report")
    assert faults_of(nulls=(empty,)) == [
        ("case.nulls[0].measure", "not-chosen"),
        ("case.nulls[0].sentence", "missing"),
        ("case.nulls[0].design", "not-chosen"),
        ("case.nulls[0].source", "not-a-web-address"),
    ]
    shared = effect(key="traffic", is_main=True)
    again = no_difference(key="traffic", is_main=True)
    assert faults_of(effects=(shared,), nulls=(again,)) == [
        ("case.nulls[0].is_main", "main-twice"),
        ("case.nulls[0].key", "in-row"),
    ]


def test_one_counted_result_may_be_marked_as_the_main_one():
    main = effect(-5.0, is_main=True)
    other = effect(-9.0, qualifier="inner city")
    assert faults_of(effects=(main, other)) == []
    assert faults_of(effects=(main, other.model_copy(update={"is_main": True}))) == [
        ("case.effects[1].is_main", "main-twice")
    ]
    subset = main.model_copy(update={"pool_exclusion": "subset"})
    assert faults_of(effects=(subset,)) == [("case.effects[0].is_main", "main-not-counted")]


def test_what_is_said_of_whether_it_still_runs_has_a_code_a_year_and_an_address():
    assert (
        faults_of(running="annulled", running_year=2021, running_source="https://a.example") == []
    )
    found = faults_of(
        running="gone", running_year=2099, running_source="a.example", check_again=["all"]
    )
    assert [where for where, _code in found] == [
        "case.running",
        "case.running_year",
        "case.running_source",
        "case.check_again",
    ]


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        (2025, 2027, ["period_end"]),
        (2027, None, ["period_start"]),
        (2027, 2028, ["period_start", "period_end"]),
    ],
)
def test_no_effect_is_found_in_years_to_come(start, end, names):
    found = faults_of(effects=(effect(period_start=start, period_end=end),))
    assert found == [(f"case.effects[0].{name}", "ahead") for name in names]


def test_this_year_is_no_future_and_a_running_case_may_end_later():
    assert faults_of(effects=(effect(period_start=2025, period_end=2026),)) == []
    assert faults_of(start_year=2026, end_year=2030) == []
    assert faults_of(start_year=2027, end_year=2030) == [("case.start_year", "ahead")]


def test_an_effect_is_told_once():
    peak = effect(qualifier="Peak  hours", period_start=2019)
    others = [
        effect(qualifier="all day", period_start=2019),
        effect(qualifier="peak hours", period_start=2020),
        effect(qualifier="peak hours", period_start=2019, design="modelled"),
    ]
    assert faults_of(effects=(peak, *others)) == []
    again = effect(-3.0, qualifier="peak hours", period_start=2019, note="another source")
    found = faults_of(effects=(others[0], peak, again))
    assert found == [("case.effects[2]", "same-effect")]


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"])
def test_signs_that_turn_the_direction_are_refused(sign):
    found = faults_of(texts=(text(title=f"Pricing{sign} the roads"),))
    assert found == [("case.texts.en.title", "turns-direction")]


@pytest.mark.parametrize("words", ["שלום\u200f!", "Peak\u200e hours", "p < 0.05", "a\u00adb"])
def test_other_scripts_and_their_marks_are_plain_text(words):
    assert markup_fault("title", words) is None


@pytest.mark.parametrize("country", ["EU", "ZZ"])
def test_a_case_may_stand_in_several_countries_or_in_one_that_is_not_disclosed(country):
    assert faults_of(place=a_place("Somewhere", country)) == []


def test_other_codes_that_iso_leaves_to_users_are_refused():
    ((where, _rule),) = faults_of(place=a_place("Somewhere", "XX"))
    assert where == "case.place.country"
