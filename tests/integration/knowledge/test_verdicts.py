"""Verdicts in the database: made with the grades, kept with their changes, told on page and API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from alliance.knowledge.documents import documents
from alliance.knowledge.messages.verdicts import headline, sentences
from alliance.knowledge.models import (
    CaseStudy,
    Measure,
    Solution,
    SolutionVerdict,
    Unit,
    VerdictChange,
)
from alliance.knowledge.services.grading import regrade, regrade_outdated
from alliance.search.templatetags.finder import verdict_headline
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case, no_difference
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def town(name: str, value: float | None = -20.0, **changes: object) -> CaseStudy:
    effects = () if value is None else (effect(value, "rct", se=1.0),)
    return make_case(name, place=a_place(name, "SE"), effects=effects, **changes)


def verdict() -> SolutionVerdict:
    return SolutionVerdict.objects.select_related("measure").get(is_main=True)


def five() -> None:
    for at, name in enumerate(("Ashby", "Birkvik", "Corlay", "Dalby", "Elmstad")):
        town(name, -20.0 - at / 10)


def test_a_verdict_comes_and_changes_with_the_cases_and_keeps_what_stood() -> None:
    town("Ashby")
    assert (verdict().verdict, verdict().details["because"]) == (
        "not-enough-evidence", ["too-few-places"],
    )  # fmt: skip
    for at, name in enumerate(("Birkvik", "Corlay", "Dalby", "Elmstad")):
        town(name, -20.0 - at / 10)
    found = verdict()
    assert (found.verdict, found.measure.name) == ("works", "traffic volume")
    assert sorted(found.cases) == ["ashby", "birkvik", "corlay", "dalby", "elmstad"]
    changes = list(VerdictChange.objects.order_by("id").values_list("before", "after", "line"))
    assert changes[0][0] == "not-enough-evidence" and changes[-1][1:] == ("works", 7)


def test_nothing_that_is_made_again_unchanged_is_a_change() -> None:
    five()
    solution, count = Solution.objects.get(), VerdictChange.objects.count()
    since = verdict().since
    regrade(solution, NOW + dt.timedelta(days=1))
    assert (verdict().since, VerdictChange.objects.count()) == (since, count)


def test_a_claim_moves_nothing_and_says_what_is_missing() -> None:
    for name in ("Ashby", "Birkvik", "Corlay"):
        town(name, None)
    assert verdict().details["flags"][0] == "reported-only:3"
    assert sentences(verdict().details) == [
        "Reported as working in 3 of 3 places, not measured well enough to say.",
        "3 more places with a measured change could settle it.",
    ]


def test_a_result_without_a_number_votes_for_neither_way() -> None:
    five()
    before = verdict().details
    town("Foxby", None, nulls=(no_difference(),), outcome="did-not-work", reasons=("no-effect",))
    found = verdict().details
    assert (found["measured_places"], found["favourable"]) == (6, 5)
    assert found["body"] == before["body"] and found["q_outcomes"] < before["q_outcomes"]


def test_one_programme_in_two_cities_counts_once(client: Client) -> None:
    """One national plan, entered by two cities, is one place in words, chart and verdict."""
    shared = effect(-68.0, "quasi-experiment", se=1.0, study="plan", sample="the nation")
    for name in ("Ashby", "Birkvik"):
        make_case(name, place=a_place(name, "SE"), effects=(shared,))
    town("Corlay")
    found = verdict().details
    assert (found["places"], found["measured_places"], found["told"]) == (2, 2, 2)
    told = page_text(client, "/en/solutions/road-pricing/")
    assert "Worked in 3 of 3 cases in 2 places" in told and "One place only" not in told
    answer = client.get("/api/v1/solutions/road-pricing").json()
    assert (answer["places"], answer["effects"][0]["places"]) == (2, 2)
    # Trials in two cities are two, though one study reports both.
    for name in ("Ashby", "Birkvik"):
        own = effect(-12.0, "quasi-experiment", se=1.0, study="plan", sample=name)
        make_case(name, place=a_place(name, "SE"), effects=(own,))
    assert verdict().details["places"] == 3


def test_a_hidden_city_counts_by_its_outcome_alone() -> None:
    town("Ashby")
    town("Birkvik")
    town("Corlay")
    CaseStudy.objects.filter(public_id="corlay").update(country="ZZ", place_name="A city")
    regrade(Solution.objects.get(), NOW)
    found = verdict().details
    assert (found["places"], found["measured_places"], found["measured_any"]) == (3, 2, 3)


def test_page_document_and_api_tell_the_same_word(client: Client) -> None:
    five()
    page = page_text(client, "/en/solutions/road-pricing/")
    assert "Works: a fall in traffic volume" in page and "How the verdict is made" in page
    told = next(iter(documents("solution", ["road-pricing"]))).extra["verdict"]
    assert verdict_headline(told) == "Works: a fall in traffic volume"
    silent = told | {"code": "not-enough-evidence", "said_worked": 3, "places": 4}
    assert verdict_headline(silent).startswith("Reported as working in 3 of 4 places")
    answer = client.get("/api/v1/solutions/road-pricing").json()
    assert answer["verdict"]["verdict"] == "works" and answer["verdict"]["line"] == 7
    assert answer["verdicts"] == [answer["verdict"]]
    assert answer["verdict"]["body"]["k"] == 5
    assert client.get("/api/v1/solutions").json()["items"][0]["verdict"] == answer["verdict"]


def test_other_outcomes_that_were_measured_often_have_words_of_their_own(client: Client) -> None:
    more = {"measure": "turnout", "unit": "percent change", "direction": "higher-is-better"}
    for at, name in enumerate(("Ashby", "Birkvik", "Corlay", "Dalby", "Elmstad")):
        fewer, more_voted = -20.0 - at / 10, 9.0 + at / 10
        effects = (effect(fewer, "rct", se=1.0), effect(more_voted, "rct", se=1.0, **more))
        make_case(name, place=a_place(name, "SE"), effects=effects)
    page = page_text(client, "/en/solutions/road-pricing/")
    assert "Works: a fall in traffic volume" in page
    assert "Other outcomes: Works: a rise in turnout" in page


def test_a_solution_without_cases_has_no_word_and_one_without_effects_no_outcome(client) -> None:
    case = town("Ashby", None)
    found = SolutionVerdict.objects.get()
    assert (found.measure, headline(found.verdict, "", "")) == (None, "Not enough evidence")
    assert "Not enough evidence" in page_text(client, "/en/solutions/road-pricing/")
    town("Ashby", None, status="withdrawn")
    assert not SolutionVerdict.objects.exists()
    assert client.get("/api/v1/solutions/road-pricing").json()["verdict"] is None
    assert case.solution.public_id == "road-pricing"


def test_words_of_a_former_rule_are_made_again_and_hold_nothing() -> None:
    five()
    SolutionVerdict.objects.update(rule_version="0", verdict="does-harm")
    assert regrade_outdated(at=NOW) == 1
    assert verdict().verdict == "works"
    assert regrade_outdated(at=NOW) == 0


def test_a_word_whose_cases_are_gone_holds_nothing(client: Client) -> None:
    town("Ashby")
    SolutionVerdict.objects.update(verdict="works", cases={"gone": "0" * 16})
    regrade(Solution.objects.get(), NOW)
    assert (verdict().verdict, verdict().details["held_by"]) == ("not-enough-evidence", "")
    VerdictChange.objects.all().delete()
    assert "Not enough evidence" in page_text(client, "/en/solutions/road-pricing/")


def test_pages_of_a_solution_whose_verdicts_are_gone_say_nothing_of_them(client: Client) -> None:
    five()
    SolutionVerdict.objects.all().delete()
    for address in ("solutions/road-pricing/", "evidence/map", "solutions/", "cases/ashby/fit"):
        assert client.get(f"/en/{address}").status_code == 200, address
    assert client.get("/api/v1/solutions/road-pricing").json()["verdict"] is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "Fungerar troligen: minskning av trafikvolym"),
        ("fr", "Fonctionne probablement : baisse – volume de trafic"),
    ],
)
def test_the_word_names_its_outcome_in_each_language(language: str, words: str) -> None:
    measure = {"sv": "trafikvolym", "fr": "volume de trafic"}[language]
    with translation.override(language):
        said = headline("probably-works", measure, "lower-is-better")
        assert said.replace("\u00a0", " ").replace("\u202f", " ") == words
        assert headline("mixed", measure, "lower-is-better").endswith(measure)


@pytest.mark.parametrize("code", [
    "pool-wrong-way", "harm-in-most-places", "too-little-to-matter", "outcomes", "directions",
    "trade-off", "prediction-interval", "mean", "outcomes-differ", "directions-differ",
])  # fmt: skip
def test_every_reason_has_words(code: str) -> None:
    details = {
        "because": [code], "verdict": "mixed", "places": 5, "harm_places": 2, "favourable": 3,
        "unfavourable": 2, "measured_places": 5, "body": None, "held_by": "hysteresis",
    }  # fmt: skip
    said = sentences(details)
    assert said[0][-1] == "." and "verdict stays" in said[1]


def test_an_effect_in_standard_deviations_is_no_rise_of_what_was_measured() -> None:
    turned = SolutionVerdict(
        unit=Unit(name="Cohen's d"), measure=Measure(name="electricity use"), verdict="works",
        direction="higher-is-better", details={"told": 1},
    )  # fmt: skip
    said = headline(turned.verdict, "electricity use", turned.said_direction)
    assert said == "Works: electricity use"
