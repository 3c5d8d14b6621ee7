"""Pages of solutions: the answer first, failures beside successes, no false precision."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from alliance.analysis.evidence_grade import RULE_VERSION
from alliance.cases.exports import rows_of
from alliance.cases.models import CaseStudy, Solution
from alliance.cases.records import (
    COST_COLUMNS,
    MethodRecord,
    MethodTextRecord,
    SolutionRecord,
    SolutionTextRecord,
)
from alliance.core.audit import COMMAND_LINE
from alliance.evidence.models import SolutionVerdict
from alliance.knowledge.selectors.solution_groups import solution_index
from alliance.knowledge.selectors.solutions import solution_page
from alliance.writing.services import save_method, save_solution
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case, text
from tests.factories.pages import one_line, page, page_text, some

pytestmark = pytest.mark.django_db

ADDRESS = "/en/solutions/road-pricing/"
#: With what analysts ask for.
ANALYSTS = f"{ADDRESS}?analysts=1"


@pytest.fixture(autouse=True)
def ground(db: None, request: pytest.FixtureRequest) -> None:
    if "starter" not in request.fixturenames:
        lay_ground()


def town(name: str, value: float | None = -10.0, **changes: object) -> CaseStudy:
    """A case in a place of that name, with one effect or none."""
    effects = changes.pop("effects", () if value is None else (effect(value),))
    return make_case(name, place=a_place(name, "SE"), effects=effects, **changes)


def test_the_first_lines_answer_whether_how_much_and_how_sure(client: Client) -> None:
    for name, value in (("Ashby", -20), ("Birkvik", -10), ("Corlay", -12)):
        town(name, value)
    town("Dalby", None, outcome="did-not-work", reasons=("stopped", "too-costly"))
    start = page_text(client, ADDRESS).split("Where it did not work, and why")[0]
    assert "Worked 3 Did not work 1 4 cases in 4 places" in start
    # Certainty is very low: the median with the range of the results, and nothing is predicted.
    assert "Traffic volume fell in all 3 places, by 10 to 20 % (median 12 %)." in start
    assert "In a new city" not in start and "Effect −12 %" in start
    # Measured, seen in three places, and a point off for an interval that includes zero.
    assert "Strength of evidence: 1 of 5" in start


def test_places_are_told_apart_from_cases(client: Client) -> None:
    make_case("Lund")
    make_case("Lund", public_id="lund-again", outcome="mixed")
    town("Ashby")
    assert "Worked 2 Mixed 1 3 cases in 2 places" in page_text(client, ADDRESS)


def test_each_failure_is_named_with_its_reason_and_what_did_not_work(client: Client) -> None:
    town("Ashby")
    town(
        "Dalby",
        None,
        outcome="did-not-work",
        reasons=("not-accepted",),
        texts=(text(title="Dalby gave up", what_did_not="Nobody was asked."),),
    )
    town("Elmstad", None, outcome="mixed")
    html = page(client, ADDRESS)
    assert '<a href="/en/cases/dalby/">Dalby gave up</a>' in html
    words = page_text(client, ADDRESS)
    assert "Reason: lack of acceptance" in words
    assert "Nobody was asked." in words
    assert "1 case with mixed results" in words


def test_each_place_is_asked_once_and_none_that_keeps_its_city_to_itself(client: Client) -> None:
    town("Ashby")
    make_case("Lund")
    make_case("Lund", public_id="lund-again", outcome="mixed")
    asked = page(client, ADDRESS).split("Who to talk to")[1]
    assert asked.count("/ask") == 2 and "/en/cases/ashby/ask" in asked
    CaseStudy.objects.update(is_masked=True, city=None, country="ZZ")
    assert "Who to talk to" not in page(client, ADDRESS)


def test_no_failure_is_none_reported_never_none(client: Client) -> None:
    town("Ashby")
    words = page_text(client, ADDRESS)
    assert (
        "No failures reported. It may still have failed somewhere: failures are "
        "reported less often than successes."
    ) in words
    assert "Did not work 0" not in words


def test_the_mean_is_said_in_plain_words_with_its_intervals(client: Client) -> None:
    for name, value in (("Ashby", -20), ("Birkvik", -10), ("Corlay", -12)):
        town(name, value)
    words = page_text(client, ANALYSTS)
    # The certainty is very low, so that the headline gives the median and the range of the results.
    assert "Traffic volume fell in all 3 places, by 10 to 20 % (median 12 %)." in words
    # -14 ± 4.303 * sqrt(28) / sqrt(3) = -14 ± 13.1
    assert (
        "Unweighted mean of 3 places: −14 %; 95 % confidence interval −27 to −1 %. Median: −12 %."
        in words
    )
    assert "All places count equally" in words


def test_two_places_give_a_chart_but_no_mean(client: Client) -> None:
    town("Ashby", -20)
    town("Birkvik", -10)
    words = page_text(client, ANALYSTS)
    assert "2 places, from −20 % (Ashby) to −10 % (Birkvik)." in words
    assert "Fewer than three places" in words
    assert "Unweighted mean" not in words
    assert "expect between" not in words


def test_one_place_is_told_in_a_line_without_a_chart(client: Client) -> None:
    town("Ashby", -20)
    html = page(client, ADDRESS)
    assert '<figure class="chart' not in html
    words = page_text(client, ADDRESS)
    assert "Traffic volume fell by 20 % in one place." in words
    assert "Outcome measures from one place each" in words


def test_an_interval_beyond_what_can_happen_is_no_expectation(client: Client) -> None:
    for name, value in (("Ashby", -90), ("Birkvik", -10), ("Corlay", -80)):
        town(name, value)
    words = page_text(client, ANALYSTS)
    assert "we expect between" not in words
    assert "The results differ too much to predict a new one." in words
    assert "Unweighted mean" not in words
    assert "below −100 %, which cannot happen" in words


def test_a_share_that_cannot_be_negative_gives_no_expectation_either(client: Client) -> None:
    for name, value in (("Ashby", 5), ("Birkvik", 30), ("Corlay", 8)):
        town(
            name,
            effects=(
                effect(
                    value,
                    "survey",
                    measure="turnout",
                    unit="percent of voters",
                    direction="higher-is-better",
                ),
            ),
        )
    words = page_text(client, ANALYSTS)
    assert "Turnout: 5 to 30 % of voters in 3 places (median 8 %)." in words
    assert "+8 %" not in words
    assert "expect between" not in words
    assert (
        "Part of the intervals is outside the possible range for a share or "
        "count: the places are too few and too different for a useful prediction."
    ) in words
    assert "levels or counts, not changes" in words


def test_units_and_directions_are_never_pooled() -> None:
    town("Ashby", effects=(effect(-20), effect(-500, unit="cars per day")))
    town("Birkvik", effects=(effect(-10), effect(-300, unit="cars per day")))
    town("Corlay", effects=(effect(-12, direction="higher-is-better"),))
    found = solution_page(None, Solution.objects.get(), "en").spreads
    assert [(one.unit, one.first.direction, one.summary.k) for one in found.drawn] == [
        ("percent change", "lower-is-better", 2),
        ("cars per day", "lower-is-better", 2),
    ]
    assert [(one.unit, one.first.direction) for one in found.single] == [
        ("percent change", "higher-is-better")
    ]


def test_every_effect_left_out_of_a_chart_is_listed_with_its_reason(client: Client) -> None:
    town(
        "Ashby",
        effects=(
            effect(-20, "quasi-experiment"),
            effect(-33, "before-after", qualifier="first year"),
            effect(-44, pool_exclusion="same-estimate"),
        ),
    )
    town("Birkvik", -10)
    words = page_text(client, ANALYSTS)
    assert "2 results not in the chart, with the reasons" in words
    assert (
        "first year −33 % before-and-after comparison the place has a result from a stronger method"
    ) in words
    assert "−44 % before-and-after comparison same estimate as another row" in words
    spread = solution_page(None, Solution.objects.get(), "en").spreads.drawn[0]
    assert [row.value for row in spread.chosen] == [-20, -10]


def test_a_result_to_be_checked_again_is_marked_wherever_it_is_printed(client: Client) -> None:
    town("Ashby", effects=(effect(-20, check_again="second-hand"),))
    alone = page_text(client, ANALYSTS)
    assert "1 of 1 results needs to be checked again." in alone
    why = "a figure comes from the press or from the people who ran the project"
    # Beside the one result with the reason, and in the line of its case without.
    assert alone.count(f"to be checked again: {why}") == 1
    assert alone.count("needs to be checked again") >= 3
    town("Birkvik", -10)
    words = page_text(client, ANALYSTS)
    assert "1 of 2 results needs to be checked again." in words
    assert f"{why.capitalize()}: Ashby." in words
    chart = solution_page(None, Solution.objects.get(), "en").spreads.in_charts[0].chart
    assert chart is not None
    marks = {row.label: "needs to be checked again" in row.sublabel for row in chart.rows}
    assert marks == {"Ashby": True, "Birkvik": False}


def test_results_without_a_place_of_their_own_are_not_lost(client: Client) -> None:
    town("Ashby", effects=(effect(-44, pool_exclusion="after-removal"),))
    words = page_text(client, ANALYSTS)
    assert "1 other result, not tied to one city" in words
    assert "measured after the solution was removed" in words
    assert "no usable effect data" in words


def test_the_grade_is_explained_line_by_line(client: Client) -> None:
    town("Ashby", -20)
    words = page_text(client, ANALYSTS)
    assert "Effect measured: +1" in words
    assert "The effect was measured in 1 of 1 place; at least half are needed." in words
    assert "Independent source: unknown" in words
    assert f"rule version {RULE_VERSION}" in words


def test_a_solution_without_cases_says_what_to_do(client: Client) -> None:
    words = page_text(client, ANALYSTS)
    assert "No cases yet." in words
    assert "No city has reported trying it yet" in words
    assert "Strength of evidence: not graded" in words
    assert (
        "No effects that count, so the case has no grade. This is different from a grade of 0."
        in words
    )
    assert "brief.pdf" not in page(client, ANALYSTS)
    # No word of cases to read, or of where it may have failed.
    assert "Read the cases" not in words and "None reported" not in words


def test_editorial_judgement_and_translation_are_marked(client: Client) -> None:
    save_solution(
        SolutionRecord(
            "road-pricing",
            "approach",
            (
                SolutionTextRecord(
                    "en", "Road pricing", prerequisites=("A vote", "A legal right", "A mandate")
                ),
                SolutionTextRecord(
                    "sv", "Vägavgifter", prerequisites=("Ett val",), status="translated"
                ),
            ),
            prerequisite_kinds=("support", "law", "support"),
        ),
        actor=COMMAND_LINE,
        at=NOW,
    )
    words = page_text(client, ADDRESS)
    assert "This is an editorial judgement, not a study finding." in words
    told = client.get("/api/v1/solutions/road-pricing").json()
    assert told["prerequisite_kinds"] == ["support", "law", "support"]
    # A translation with another number of lines cannot be sorted.
    assert "Övriga villkor : Ett val" in page_text(client, "/sv/solutions/road-pricing/")
    html = page(client, "/sv/solutions/road-pricing/")
    badge = html.split('class="badge"', 2)[1].split("</span>")[0]
    assert badge


def test_what_it_costs_is_told_line_by_line_with_price_year_country_and_source(
    client: Client,
) -> None:
    source = {"source_title": "City report", "source_url": "https://city.example/report"}
    costs = (
        COST_COLUMNS | dict(
            **source, read="full-text", kind="investment", low=60, high=100, currency="EUR",
            price_year=2024, per="m of pipe", per_sv="m ledning", country="FR",
        ),
        COST_COLUMNS | dict(
            **source, read="secondary", kind="running", typical=0.009, currency="EUR",
            per="trip", lifetime="30-50 years", lifetime_sv="30–50 år",
        ),
        COST_COLUMNS | dict(
            **source, read="abstract", kind="running", high=15, per="percent extra",
        ),
    )  # fmt: skip
    texts = (SolutionTextRecord("en", "Road pricing"),)
    record = SolutionRecord("road-pricing", "approach", texts, costs=costs)
    for _ in range(2):
        save_solution(record, actor=COMMAND_LINE, at=NOW)
    words = page_text(client, ADDRESS)
    for told in (
        "m of pipe 60 to 100 EUR 2024 prices France City report",
        "trip 0.009 EUR price year not known",
        "City report (quotes another source that was not read)",
        "percent extra at most 15 not known",
        "Lifetime 30-50 years",
    ):
        assert told in words
    swedish = page_text(client, "/sv/solutions/road-pricing/")
    assert "m ledning 60 till 100 EUR" in swedish
    assert "Livslängd 30–50 år" in swedish
    told = client.get("/api/v1/solutions/road-pricing").json()["costs"]
    assert [(one["kind"], one["low"], one["high"]) for one in told] == [
        ("investment", 60, 100), ("running", None, None), ("running", None, 15),
    ]  # fmt: skip
    assert told[0]["per"] == {"en": "m of pipe", "fr": "m of pipe", "sv": "m ledning"}
    rows = list(rows_of("costs", NOW.date()))
    assert [(row["solution"], row["read"], row["per_sv"]) for row in rows] == [
        ("road-pricing", "full-text", "m ledning"),
        ("road-pricing", "secondary", None),
        ("road-pricing", "abstract", None),
    ]


def test_a_text_in_another_language_says_so(client: Client) -> None:
    town("Ashby", None, outcome="did-not-work")
    html = page(client, "/fr/solutions/road-pricing/")
    assert '<h1 lang="en">Road pricing</h1>' in html
    assert '<span lang="en">Bypass roads grew busier.</span>' in html


def test_words_of_the_cases_are_marked_at_each_piece_and_named_once_a_table(
    client: Client,
) -> None:
    hours = {"period_start": 2019, "period_end": 2020}
    town("Ashby", effects=(effect(-20, qualifier="charged hours", **hours),))
    both = (effect(-10, qualifier="rush hour", **hours), effect(-8, qualifier="ring road", **hours))
    town("Birkvik", effects=both)
    html = page(client, "/sv/solutions/road-pricing/?analysts=1")
    chart, rest = html.split('<section id="traffic-volume')[1].split("</figure>", 1)
    left_out = rest.split('id="analysts"')[1].split('id="grade"')[0]
    assert re.findall(r'<span lang="en">([^<]*)<', chart) == ["charged hours", "rush hour"]
    note = '<span class="note">2019–2020, <span lang="en">rush hour</span></span>'
    assert note in one_line(chart)
    assert '<span lang="en">ring road</span>' in left_out
    assert chart.count("på engelska") == left_out.count("på engelska") == 1
    english = page(client, ANALYSTS)
    assert "in English" not in english.split('id="effects"')[1]


def test_of_equal_results_the_longer_period_speaks_and_the_page_says_so(client: Client) -> None:
    first = effect(-22, qualifier="trial", period_start=2005, period_end=2006)
    longer = effect(-18, qualifier="permanent", period_start=2005, period_end=2007)
    town("Ashby", effects=(first, longer))
    town("Birkvik", -10)
    spread = solution_page(None, Solution.objects.get(), "en").spreads.drawn[0]
    assert [row.value for row in spread.chosen] == [-18, -10]
    words = page_text(client, ANALYSTS)
    assert "the place has a result of the same kind over a longer period" in words
    assert "then the longest period, then the first in the list" in words


def test_related_methods_and_the_way_into_the_finder_are_linked(client: Client) -> None:
    town("Ashby")
    save_method(
        MethodRecord(
            "travel-advice",
            "low",
            "inform",
            "both",
            (MethodTextRecord("en", "Travel advice", "People get advice."),),
            related_solution="road-pricing",
        ),
        actor=COMMAND_LINE,
        at=NOW,
    )
    html = page(client, ADDRESS)
    assert '<a href="/en/methods/travel-advice/">Travel advice</a>' in html
    assert 'href="/en/find?solution=road-pricing"' in html
    assert 'href="/en/solutions/road-pricing/brief.pdf"' in html


def test_unpublished_cases_count_for_nothing(client: Client) -> None:
    town("Ashby")
    town("Dalby", outcome="did-not-work", status="withdrawn")
    town("Elmstad", outcome="mixed", status="draft")
    assert "Worked 1 1 case " in page_text(client, ADDRESS)


def test_what_worked_without_a_measured_effect_is_counted_apart(client: Client) -> None:
    town("Ashby")
    assert town("Birkvik", None).outcome == "reported"
    assert town("Corlay", effects=(effect(-12, design="modelled"),)).outcome == "reported"
    assert town("Dalby", outcome="reported").outcome == "reported"
    page = page_text(client, ADDRESS)
    said = "Worked in 2 of 2 places; too few to say more. The figures of 1 place are its own."
    assert said in page
    assert "Reported as working, but not measured, in 2 other places." in page
    told = client.get("/api/v1/cases?outcome=reported").json()
    assert [one["id"] for one in told["items"]] == ["birkvik", "corlay", "dalby"]


@pytest.mark.parametrize("public_id", ["nowhere", "Road-Pricing", "road-pricing%00", "a" * 200])
def test_an_unknown_id_is_not_found(client: Client, public_id: str) -> None:
    page(client, f"/en/solutions/{public_id}/", status=404)


def test_solutions_stand_by_verdict_and_without_one_under_their_first_theme(
    client: Client,
) -> None:
    for public_id, themes, topics in (
        ("cycling", ("mobility", "health"), ("equity",)),
        ("assembly", (), ("engaging-citizens",)),
        ("nothing", (), ()),
    ):
        save_solution(
            SolutionRecord(
                public_id,
                "method",
                (SolutionTextRecord("en", public_id.title()),),
                themes=themes,
                topics=topics,
            ),
            actor=COMMAND_LINE,
            at=NOW,
        )
    town("Ashby")
    town("Dalby", outcome="did-not-work")
    SolutionVerdict.objects.update(verdict="mixed")
    index = solution_index(None, "en")
    assert [(group.code, [line.row.solution for line in group.lines]) for group in
            index["verdicts"]] == [("mixed", ["road-pricing"])]  # fmt: skip
    assert [
        (group.scheme, group.code, [line.public_id for line in group.solutions])
        for group in index["unknown"]
    ] == [
        ("theme", "mobility", ["cycling"]),
        ("topic", "engaging-citizens", ["assembly"]),
        ("", "", ["nothing"]),
    ]
    words = page_text(client, "/en/solutions/")
    assert "All 4 solutions, best known first" in words
    assert "Mixed: 1. For 3, too little is known." in words
    assert "2 places, 1 failed" in words
    assert words.index("Cycling") < words.index("Assembly") < words.index("Theme not known")


def test_an_empty_platform_says_what_to_do_next(client: Client) -> None:
    Solution.objects.all().delete()
    assert "No solutions yet" in page_text(client, "/en/solutions/")


def test_pages_need_few_queries(client: Client, django_assert_max_num_queries) -> None:
    for number in range(12):
        town(f"Town {number}", -number, outcome=("worked", "mixed", "did-not-work")[number % 3])
    with django_assert_max_num_queries(15):
        page(client, ADDRESS)
    with django_assert_max_num_queries(15):
        page(client, "/en/solutions/")


@pytest.mark.slow
def test_every_solution_of_the_starter_network_has_a_page(
    client: Client, starter: None, django_assert_max_num_queries
) -> None:
    solutions = Solution.objects.order_by("public_id").values_list("public_id", flat=True)
    for number, public_id in enumerate(some(solutions, 4)):
        with django_assert_max_num_queries(15):
            page(client, f"/{('en', 'fr', 'sv')[number % 3]}/solutions/{public_id}/")
    with django_assert_max_num_queries(15):
        page(client, "/sv/solutions/")


def test_what_analysts_ask_for_is_one_link_away_and_works_without_scripts(client: Client) -> None:
    town("Ashby")
    html = page(client, ADDRESS)
    assert 'id="grade"' not in html
    assert 'href="?analysts=1#analysts"' in html
    assert '<details class="fold" id="analysts" open>' in page(client, ANALYSTS)
