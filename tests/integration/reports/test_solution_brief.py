"""What the brief of a solution says: how often it worked, what to expect, why it failed."""

from __future__ import annotations

import pytest
from django.test import override_settings

from alliance.cases.case_document import SourcePart
from alliance.reports.services.briefs import compose
from tests.factories.knowledge import a_source, cost, effect, lay_ground, make_case, text
from tests.integration.reports.conftest import brief_of, printed
from tests.integration.reports.test_case_brief import box, said

pytestmark = pytest.mark.django_db

NB = "\u00a0"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def sources(name: str) -> tuple[SourcePart, ...]:
    return (
        a_source(f"First of {name}", f"https://example.org/{name}/1"),
        a_source(f"Second of {name}", f"https://example.org/{name}/2"),
    )


@pytest.fixture
def four() -> None:
    """Four trials: two worked, one was stopped, one was mixed."""
    make_case("Lund", effects=(effect(-20.0, low=-25, high=-15),), sources=sources("lund"))
    make_case("Umeå", effects=(effect(-10.0),), sources=sources("umea"))
    make_case(
        "Ystad",
        effects=(effect(-2.0),),
        sources=sources("ystad"),
        outcome="did-not-work",
        reasons=("stopped",),
        texts=(text(what_did_not="The council changed. Nobody asked for it again."),),
    )
    make_case(
        "Borås",
        effects=(effect(-8.0, "modelled"),),
        sources=sources("boras"),
        outcome="mixed",
        texts=(text(equity_notes="Commuters paid. Shops gained."),),
    )


def test_how_often_it_worked(four):
    brief = brief_of("solution", "road-pricing")
    worked = brief.figures[0]
    assert worked.value == "2 of 4"
    assert worked.note.value == "1 had mixed results, 1 did not work"
    verdict, trials = brief.facts[:2]
    assert verdict.value.startswith("Not enough evidence: traffic volume. Traffic volume fell in")
    assert trials.value == "4 trials in 4 places"


def test_why_it_did_not_work_elsewhere(four):
    failures = box(brief_of("solution", "road-pricing"), "failures")
    stopped, mixed = failures.lines
    assert stopped.mark == "did-not-work"
    assert stopped.label == "Ystad, 2019–2021: action stopped."
    assert stopped.text.value == "The council changed."
    assert mixed.label == "Borås, 2019–2021: reason not known."
    assert failures.note == "Reasons for failure: action stopped (1)."


def test_the_main_result_is_that_of_the_headline(four):
    _worked, result, _evidence = brief_of("solution", "road-pricing").figures
    # Three measured it, the fourth calculated; the certainty is very low, so nothing is expected.
    assert (result.value, result.missing) == (f"−10{NB}%", False)
    assert result.note.value.startswith(
        f"Traffic volume fell in all 3 places, by 2 to 20{NB}% (median 10{NB}%)."
    )


def test_places_stand_in_order_with_the_summary_last(four):
    (chart,) = brief_of("solution", "road-pricing").charts
    assert [row.label.value for row in chart.rows] == [
        "Lund",
        "Umeå",
        "Borås",
        "Ystad",
        "All places",
    ]
    lund, umea, boras, ystad, everywhere = chart.rows
    assert lund.low is not None and umea.low is None
    assert not boras.filled and umea.filled
    # The summary is never left out, and the two ends only after all between them.
    assert sorted(chart.rows, key=lambda row: row.priority)[:3] == [everywhere, lund, ystad]
    assert (everywhere.value, everywhere.interval, everywhere.mean) == (f"−10{NB}%", "median", None)
    caption = " ".join(chart.caption)
    assert "For 3 of the 4 results, no interval was published." in caption
    assert "Range to expect" not in caption


def test_a_mean_stands_with_its_intervals_and_the_range_to_expect():
    for name, value in (("Lund", -20.0), ("Umeå", -21.0), ("Ystad", -22.0), ("Borås", -23.0)):
        make_case(name, effects=(effect(value, "rct", se=1.0),))
    brief = brief_of("solution", "road-pricing")
    everywhere = brief.charts[0].rows[-1]
    assert (everywhere.value, everywhere.interval) == (f"−22{NB}%", "mean")
    # Less is better: the better end is right.
    assert everywhere.low > everywhere.mean_low > everywhere.mean > everywhere.mean_high
    assert brief.figures[1].value == f"−22{NB}%"
    assert "In a new city, expect a fall of" in brief.figures[1].note.value


def test_without_a_diamond_the_figure_of_all_places_is_the_median():
    for name, value in (("Lund", -95.0), ("Umeå", -2.0), ("Ystad", -60.0)):
        make_case(name, effects=(effect(value),))
    brief = brief_of("solution", "road-pricing")
    everywhere = brief.charts[0].rows[-1]
    assert (everywhere.mean, everywhere.value, everywhere.interval) == (None, f"−60{NB}%", "median")
    assert "mean" not in brief.figures[1].note.value
    assert everywhere.low is None and "Range to expect" not in " ".join(brief.charts[0].caption)


def test_no_failure_recorded_is_not_no_failure():
    make_case()
    failures = box(brief_of("solution", "road-pricing"), "failures")
    assert failures.lines == ()
    assert failures.empty == ("No known failures. This does not mean that every trial worked.")


def test_a_solution_without_trials_has_a_brief_that_says_so():
    page = printed(compose(None, "solution", "road-pricing", "en")[1])
    for part in ("no known trials", "effect not known", "not graded"):
        assert part in page


def test_each_cited_trial_has_one_number_and_the_other_sources_follow(four):
    brief = brief_of("solution", "road-pricing")
    assert [one.number for one in brief.sources] == list(range(1, 9))
    assert len({one.url for one in brief.sources}) == 8
    by_place = {row.label.value: row.source for row in brief.charts[0].rows}
    assert brief.sources[by_place["Lund"] - 1].url == "https://example.org/lund/1"
    assert brief.sources[by_place["Ystad"] - 1].url == "https://example.org/ystad/1"
    # The failure of the same trial carries the same number.
    assert box(brief, "failures").lines[0].source == by_place["Ystad"]
    assert all(one.url.endswith("/2") for one in brief.sources[4:])


@override_settings(TARGET_CURRENCY="EUR", TARGET_PRICE_YEAR=2020)
def test_costs_per_inhabitant_and_how_many_are_not_known(four):
    make_case("Lund", cost=cost("1000000", "EUR", 2020), effects=(effect(-20.0),))
    make_case("Umeå", cost=cost("1000000", "EUR", 2020), effects=(effect(-10.0),))
    costs = said(box(brief_of("solution", "road-pricing"), "cost"))
    assert costs.startswith("Lund: 10 EUR 1 million EUR (2020 prices)")
    assert (
        "Umeå: 1" in costs
        and "cannot be compared because information is missing: population" in costs
    )
    assert "Not known for 2 trials." in costs


def test_who_gained_is_told_for_as_many_trials_as_say(four):
    equity = box(brief_of("solution", "road-pricing"), "equity")
    (line,) = equity.lines
    assert (line.label, line.text.value) == ("Borås:", "Commuters paid.")
    assert equity.note.startswith("Known for 1 of 4 trials.")


def test_the_foot_counts_the_cases_and_dates_the_newest(four):
    foot = brief_of("solution", "road-pricing").foot
    assert foot[0].startswith("Based on 4 published cases; SHA-256 ")
    assert "as of 24 November 2026. Licence CC-BY-4.0." in foot[0]


def test_a_page_in_swedish_speaks_swedish_where_there_are_words(four):
    page = printed(compose(None, "solution", "road-pricing", "sv")[1])
    assert "Vägavgifter" in page
    assert "Trafikvolym" in page
    assert "Sverige" in page
