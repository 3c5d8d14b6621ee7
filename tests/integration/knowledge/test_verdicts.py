"""Verdicts in the database: made with the grades, kept with their changes, told on page and API."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import translation

from alliance.cases.models import CaseStudy, Effect, Measure, Solution, SolutionCost, Unit
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.evidence.headline import Headline, MainResult, headline
from alliance.evidence.messages.headline import title, verdict_title
from alliance.evidence.messages.verdicts import sentences
from alliance.evidence.models import SolutionVerdict, VerdictChange
from alliance.evidence.selectors.verdict_line import in_words
from alliance.evidence.services.grading import regrade, regrade_outdated
from alliance.evidence.services.panels import (
    end_old_panels,
    end_panel_verdict,
    set_panel_verdict,
    words_for_panel,
)
from alliance.knowledge.documents import documents
from alliance.writing.services.vocabulary import merge_words
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case, no_difference
from tests.factories.pages import page_text
from tests.factories.people import person

pytestmark = pytest.mark.django_db
SECRETARIAT = Actor("secretariat", roles=frozenset({"secretariat"}))


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
        "not-enough-evidence", ["too-few-units"],
    )  # fmt: skip
    for at, name in enumerate(("Birkvik", "Corlay", "Dalby", "Elmstad")):
        town(name, -20.0 - at / 10)
    found = verdict()
    assert (found.verdict, found.measure.name) == ("works", "traffic volume")
    assert sorted(found.cases) == ["ashby", "birkvik", "corlay", "dalby", "elmstad"]
    changes = list(VerdictChange.objects.order_by("id").values_list("before", "after", "line"))
    assert changes[0][0] == "not-enough-evidence" and changes[-1][1:] == ("works", 6)


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
    assert sentences(verdict().details, headline(verdict(), Solution.objects.get())) == [
        "Reported as working in 3 of 3 places, but not measured.",
        "3 more places with a measured change could settle this.",
    ]


def test_a_result_without_a_number_could_not_tell() -> None:
    five()
    before = verdict().details
    town("Foxby", None, nulls=(no_difference(),), outcome="did-not-work", reasons=("no-effect",))
    found = verdict().details
    assert (found["measured_units"], found["favourable"], found["inconclusive"]) == (5, 5, 1)
    assert (found["body"], found["q_outcomes"]) == (before["body"], before["q_outcomes"])


def test_one_programme_in_two_cities_counts_once(client: Client) -> None:
    """One national plan, entered by two cities, is one place in words, chart and verdict."""
    shared = effect(-68.0, "quasi-experiment", se=1.0, study="plan", sample="the nation")
    for name in ("Ashby", "Birkvik"):
        make_case(name, place=a_place(name, "SE"), effects=(shared,))
    town("Corlay")
    found = verdict().details
    assert (found["units"], found["measured_units"], found["told"]) == (2, 2, 2)
    told = page_text(client, "/en/solutions/road-pricing/")
    assert "3 cases in 2 places" in told and "One place only" not in told
    answer = client.get("/api/v1/solutions/road-pricing").json()
    assert (answer["places"], answer["effects"][0]["places"]) == (2, 2)
    # A study of two cities counts once, though each has people of its own.
    for name in ("Ashby", "Birkvik"):
        own = effect(-12.0, "quasi-experiment", se=1.0, study="plan", sample=name)
        make_case(name, place=a_place(name, "SE"), effects=(own,))
    assert verdict().details["units"] == 2


def test_a_hidden_city_counts_by_its_outcome_alone() -> None:
    town("Ashby")
    town("Birkvik")
    town("Corlay")
    CaseStudy.objects.filter(public_id="corlay").update(country="ZZ", place_name="A city")
    regrade(Solution.objects.get(), NOW)
    found = verdict().details
    assert (found["units"], found["measured_units"], found["measured_any"]) == (3, 2, 3)


def test_page_document_and_api_tell_the_same_word(client: Client) -> None:
    five()
    page = page_text(client, "/en/solutions/road-pricing/")
    assert "Works: a fall in traffic volume" in page and "How the verdict is reached" in page
    best = page_text(client, "/en/").partition("Best known so far ")[2]
    said = (
        "Traffic volume fell by 20 % on average in 5 places. "
        "In a new city, expect a fall of 19 to 22 %."
    )
    start = f"−20 % traffic volume Road pricing Works: a fall in traffic volume {said} Strength of"
    assert best[: len(start)] == start
    assert said in page
    told = next(iter(documents("solution", ["road-pricing"]))).extra
    line = in_words(told)
    assert line.title == "Works: a fall in traffic volume"
    assert line.words.replace("\u00a0", " ") == said
    answer = client.get("/api/v1/solutions/road-pricing").json()
    assert answer["verdict"]["verdict"] == "works" and answer["verdict"]["line"] == 6
    assert answer["verdict"]["headline"]["result"] == line.words
    assert answer["verdicts"] == [answer["verdict"]]
    assert answer["verdict"]["body"]["k"] == 5
    assert client.get("/api/v1/solutions").json()["items"][0]["verdict"] == answer["verdict"]


@pytest.mark.parametrize(
    ("changes", "coins", "cost", "time"),
    [
        ({"cost": None, "years_to_result": 2}, 0, "cost not known", "after 2 years"),
        (
            {"cost": None, "years_to_result": None},
            0,
            "cost and time to first results not known",
            "",
        ),
        (
            {"cost": 5.0, "cost_per_inhabitant": 0.0, "years_to_result": 0},
            1,
            "cost: under 10 EUR per resident",
            "within a year",
        ),
        (
            {"cost": 5e7, "cost_per_inhabitant": 100.0, "years_to_result": 1},
            3,
            "cost: over 100 EUR per resident",
            "after 1 year",
        ),
        (
            {"cost": 4672890.5, "cost_per_inhabitant": None, "years_to_result": 1},
            0,
            "cost: 4.7 million EUR in total",
            "after 1 year",
        ),
    ],
)
def test_the_line_says_cost_and_time_and_what_is_not_known(
    changes: dict[str, float | None], coins: int, cost: str, time: str
) -> None:
    town("Ashby")
    told = next(iter(documents("solution", ["road-pricing"]))).extra | changes
    line = in_words(told)
    assert (line.coins, line.cost.replace("\xa0", " ")) == (coins, cost)
    assert line.places == "tried in 1 place" and line.time.endswith(time)


def test_the_line_says_who_gains_and_who_pays_in_how_many_cases() -> None:
    town("Ashby", gained=["tenants", "older"], paid=["drivers"])
    town("Birkvik", gained=["tenants", "women", "older"])
    told = next(iter(documents("solution", ["road-pricing"]))).extra
    assert (told["gained"], told["paid"]) == ({"older": 2, "tenants": 2}, {"drivers": 1})
    assert in_words(told).who == (
        "who gains: older people (in 2 of 2 cases), tenants (in 2 of 2 cases); "
        "who pays: drivers (in 1 of 2 cases)"
    )
    assert in_words(told | {"paid": {}}).who.endswith("; who pays is not known")
    assert in_words(told | {"gained": {}, "paid": {}}).who == ""
    # Rows from before an update have groups without counts.
    assert in_words(told | {"gained": ["older"], "n_cases": None}).who == ""


def test_a_cost_by_piece_stands_in_where_no_total_is_known() -> None:
    town("Ashby")
    SolutionCost.objects.create(
        solution=Solution.objects.get(), position=0, low=3, high=8, currency="USD",
        per="household and year (computed)", source_title="A report",
        source_url="https://example.org/", read="full-text",
    )  # fmt: skip
    line = in_words(next(iter(documents("solution", ["road-pricing"]))).extra)
    assert (line.coins, line.cost) == (0, "3 to 8\xa0USD per household and year")


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
    assert (found.measure, title(headline(found, found.solution))) == (None, "Not enough evidence")
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
        ("fr", "Fonctionne probablement : volume de trafic en baisse"),
    ],
)
def test_the_word_names_its_outcome_in_each_language(language: str, words: str) -> None:
    measure = {"sv": "trafikvolym", "fr": "volume de trafic"}[language]
    with translation.override(language):
        said = verdict_title("probably-works", measure, "lower-is-better")
        assert said.replace("\u00a0", " ").replace("\u202f", " ") == words
        assert verdict_title("mixed", measure, "lower-is-better").endswith(measure)


FIGURES = {
    "units": 6, "conclusive": 6, "inconclusive": 0, "harm_units": 0, "favourable": 2, "decided": 2,
    "countries": 2, "measured_units": 2, "sister_units": 0, "body": None, "held_by": "",
    "median": -3.0, "cities": 2,
}  # fmt: skip


@pytest.mark.parametrize("code", [
    "pool-wrong-way", "harm-in-most-units", "too-little-to-matter", "no-use-in-most-units",
    "trade-off", "prediction-interval", "mean", "counts", "outcomes-differ", "directions-differ",
])  # fmt: skip
def test_every_reason_has_words(code: str) -> None:
    details = FIGURES | {"because": [code], "verdict": "mixed", "held_by": "hysteresis"}
    said = sentences(details, Headline(solution="road-pricing", code="mixed"))
    assert (
        said[0][-1] == "."
        and "The verdict is unchanged: too little new evidence to alter it." in said[-1]
    )


def test_a_mixed_verdict_says_which_places_went_which_way() -> None:
    details = FIGURES | {"because": ["outcomes-differ"], "verdict": "mixed"}
    facts = Headline(
        solution="road-pricing", code="mixed", ways=(3, 0, 3), result=MainResult(fell=2)
    )
    assert sentences(details, facts) == [
        "Results in the 6 places included: worked in 3, did not work in 3.",
        "All measured results point the same way, but the places differ in how far they "
        "reached their goals.",
    ]
    differ = replace(facts, result=MainResult(fell=1, rose=1))
    assert len(sentences(details, differ)) == 1


def test_an_effect_in_standard_deviations_is_no_rise_of_what_was_measured() -> None:
    turned = SolutionVerdict(
        unit=Unit(name="Cohen's d"), measure=Measure(name="electricity use"), verdict="works",
        direction="higher-is-better",
    )  # fmt: skip
    facts = Headline(
        solution="a", code="works", direction=turned.display_direction,
        measure_names={"en": "electricity use, standardised effect"},
    )  # fmt: skip
    assert title(facts) == "Works: electricity use"


def choose(measure: str, unit: str = "percent change") -> None:
    Solution.objects.update(
        main_measure_chosen=True,
        main_measure=Measure.objects.get_or_create(name=measure, defaults={"slug": measure})[0],
        main_unit=Unit.objects.get(name=unit),
    )
    regrade(Solution.objects.get(), NOW)


def test_a_measure_that_editors_chose_has_the_main_verdict_though_no_case_has_it() -> None:
    five()
    choose("noise")
    found = verdict()
    assert found.measure is not None and found.measure.name == "noise"
    assert (found.verdict, found.details["because"]) == (
        "not-enough-evidence", ["no-measured-change"],
    )  # fmt: skip
    assert sentences(found.details, headline(found, Solution.objects.get()))
    Solution.objects.update(main_measure=None, main_unit=None)
    regrade(Solution.objects.get(), NOW)
    assert (verdict().measure, verdict().verdict) == (None, "not-enough-evidence")


def test_the_main_measure_follows_a_merge_and_its_verdict_is_made_again() -> None:
    five()
    choose("noise")
    traffic = Measure.objects.get(name="traffic volume")
    merge_words(Measure.objects.get(name="noise"), traffic, actor=SECRETARIAT, at=NOW)
    assert Solution.objects.get().main_measure == traffic
    assert (verdict().measure, verdict().verdict) == (traffic, "works")


def test_percent_and_percentage_points_are_never_pooled_together() -> None:
    five()
    Unit.objects.create(code="percentage-points", name="percentage points", is_change=True)
    points = effect(-30.0, "rct", se=1.0, unit="percentage points")
    make_case("Foxby", place=a_place("Foxby", "SE"), effects=(points,))
    found = verdict().details
    assert (found["body"]["k"], found["measured_units"], found["units"]) == (5, 5, 6)


def test_results_that_are_all_disputed_leave_no_verdict() -> None:
    five()
    Effect.objects.update(pool_exclusion="disputed")
    regrade(Solution.objects.get(), NOW)
    assert verdict().details["because"] == ["reported-only"]


REASON = (
    "All five trials are of one company’s customers, who chose to take part; a city has others."
)
PANEL = [{"name": f"Person {n}", "organisation": f"University {n}"} for n in range(3)]


def panel(word: str = "probably-works", **changes: object) -> None:
    told = {"members": PANEL, "reason": REASON, "language": "en", "word": word} | changes
    set_panel_verdict(Solution.objects.get(), actor=SECRETARIAT, at=NOW, **told)  # type: ignore[arg-type]


def test_a_panel_decides_until_the_evidence_changes(client: Client) -> None:
    five()
    panel()
    assert (verdict().verdict, verdict().details["verdict"]) == ("probably-works", "works")
    text = page_text(client, "/en/solutions/road-pricing/")
    assert "Probably works: a fall in traffic volume" in text and REASON in text
    assert "Person 2 (University 2)" in text and "By the rule alone: Works." in text
    # The reason of those who decided comes first, the sentences of the rule stand with its word.
    by_rule = text.index("By the rule alone:")
    assert text.index(REASON) < by_rule < text.index("The measured results agree")
    told = client.get("/api/v1/solutions/road-pricing").json()["verdict"]
    assert (told["verdict"], told["by_rule"]) == ("probably-works", "works")
    assert told["panel"]["members"] == PANEL
    assert VerdictChange.objects.order_by("-id")[0].after == "probably-works"
    regrade(Solution.objects.get(), NOW + dt.timedelta(days=1))
    assert verdict().verdict == "probably-works"
    town("Falun", -22.0)
    assert (verdict().verdict, verdict().details["panel"]) == ("works", None)
    assert "By the rule alone:" not in page_text(client, "/en/solutions/road-pricing/")


def test_a_panel_ends_by_hand_and_after_two_years() -> None:
    five()
    panel()
    end_panel_verdict(Solution.objects.get(), actor=SECRETARIAT, at=NOW)
    assert verdict().verdict == "works"
    panel()
    assert end_old_panels(at=NOW + dt.timedelta(days=729)) == 0
    assert end_old_panels(at=NOW + dt.timedelta(days=731)) == 1
    assert verdict().verdict == "works"
    acts = AuditEvent.objects.filter(kind="solution", verb__contains="panel").order_by("id")
    assert [(one.verb, one.actor_label) for one in acts][:2] == [
        ("set panel verdict", "secretariat"), ("end panel verdict", "secretariat"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"word": "works"}, "word"),
        ({"word": "does-harm"}, "word"),
        ({"reason": "Too good."}, "reason"),
        ({"members": PANEL[:2]}, "members[2].name"),
        ({"members": [*PANEL[:2], PANEL[0]]}, "members"),
        ({"members": [*PANEL[:2], {"name": "Eva", "organisation": "Lunds stad"}]},
         "members[2].organisation"),
    ],
)  # fmt: skip
def test_a_panel_is_bound_by_its_rules(changes: dict[str, object], where: str) -> None:
    five()
    make_case("Lund", effects=(effect(-20.0, "rct", se=1.0),))
    with pytest.raises(InvalidData) as refused:
        panel(**changes)
    assert where in {fault.where for fault in refused.value.faults}
    with pytest.raises(NotAllowed):
        set_panel_verdict(
            Solution.objects.get(), word="mixed", members=PANEL, reason=REASON, language="en",
            actor=VISITOR, at=NOW,
        )  # fmt: skip
    assert verdict().verdict == "works"


def test_the_rule_goes_on_from_its_own_word_and_not_from_that_of_a_panel() -> None:
    assert words_for_panel("works") == ("probably-works",)
    assert words_for_panel("not-enough-evidence") == (
        "probably-works", "mixed", "probably-does-not-work",
    )  # fmt: skip
    assert words_for_panel("does-harm") == ()


def test_the_secretariat_fills_in_the_form_of_a_panel() -> None:
    five()
    reader = Client()
    reader.force_login(person("sec", "secretariat"))
    address = "/en/solutions/road-pricing/panel"
    assert "Enter a panel verdict" in page_text(reader, "/en/solutions/road-pricing/")
    typed = {"word": "probably-works", "reason": REASON, "language": "en"} | {
        f"{key}_{n}": one[key] for n, one in enumerate(PANEL) for key in one
    }
    refused = reader.post(address, typed | {"name_1": ""})
    assert refused.status_code == 422
    assert reader.post(address, typed).status_code == 302
    assert verdict().verdict == "probably-works"
    assert reader.post("/en/solutions/road-pricing/panel/end").status_code == 302
    assert verdict().verdict == "works"
