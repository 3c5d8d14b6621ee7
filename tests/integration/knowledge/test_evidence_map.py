"""The evidence map of the database: stored with the verdicts, shown, filtered and downloaded."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.cases.models import CaseStudy, Measure, NullResult, Solution
from alliance.config.evidence_command import evidence
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.evidence.selectors.evidence_map import as_table, find_map, map_page
from alliance.evidence.services.grading import regrade, regrade_outdated
from alliance.network.models import City
from alliance.network.services import save_organisation
from alliance.writing.services import vocabulary
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case
from tests.factories.needs_offers import make_need
from tests.factories.people import acting, person

pytestmark = pytest.mark.django_db
MAP = "/en/evidence/map"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    Measure.objects.filter(name="traffic volume").update(outcome_theme="traffic-and-mode")


def town(name: str, value: float = -20.0, design: str = "rct", country: str = "SE", **more):
    return make_case(
        name, place=a_place(name, country), effects=(effect(value, design, se=1.0),), **more
    )


def traffic(**filters: str) -> dict:
    return next(
        (one for one in as_table(find_map(filters)) if one["theme"] == "traffic-and-mode"), {}
    )


def three() -> None:
    town("Ashby")
    town("Birkvik", -21.0, "quasi-experiment")
    town("Corlay", 3.0, "before-after", "FR", outcome="did-not-work")


def test_a_cell_tells_places_direction_and_the_certainty_of_the_verdict() -> None:
    three()
    found = traffic()
    assert (found["places"], found["better"], found["worse"], found["failed"]) == (3, 2, 1, 1)
    assert (found["direction"], found["gap"]) == ("±", "")
    body = Solution.objects.get().verdicts.get(is_main=True).details["body"]
    assert found["certainty"] == body["certainty"]


def test_results_to_be_checked_again_are_counted(client: Client) -> None:
    town("Ashby")
    doubtful = effect(-20.0, "rct", se=1.0, check_again="copy")
    make_case("Birkvik", place=a_place("Birkvik", "SE"), effects=(doubtful,))
    html = client.get(f"{MAP}?country=SE").content.decode()
    assert "1 of 2 results needs to be checked again." in html
    assert "2 places, 2 with an interval: 2 clearly better" in html
    assert "results to check again: 1" in html


def test_filters_keep_the_places_that_fit_and_show_no_gaps() -> None:
    three()
    assert traffic(country="FR")["places"] == 1
    assert traffic(country="FR")["gap"] == ""
    assert traffic(design="compared")["places"] == 2
    assert traffic(design="rct")["places"] == 1
    assert traffic(certainty="high") == {}
    assert traffic(theme="water") == {}


def test_page_reads_aloud_and_leads_to_solutions_and_gaps_to_pilots(client: Client) -> None:
    three()
    Solution.objects.get().classifications.create(scheme="theme", code="water")
    page = client.get(MAP).content.decode()
    said = (
        "3 places, 3 with an interval: 2 clearly better, 1 clearly worse, "
        "certainty very low, results vary, did not work in 1"
    )
    assert said in page
    assert '<span class="d-mixed">' in page
    assert page.count("/en/solutions/road-pricing/#effects") == 1, "a mark is no tab stop"
    gap = next(one for one in as_table(find_map({})) if one["gap"] == "absolute")
    assert f"/en/pilots/new?solution=road-pricing&amp;outcome={gap['theme']}" in page
    assert "not measured yet. Register a pilot" in page


def test_what_few_places_measured_is_one_step_away(client: Client) -> None:
    """The first page holds what three places measured; a filter or a theme shows all."""
    town("Ashby")
    town("Birkvik")
    Solution.objects.get().classifications.create(scheme="theme", code="water")
    page = client.get(MAP).content.decode()
    assert "1 more solution with a result from one or two places" in page
    assert "#effects" not in page and 'href="?theme=water"' in page
    assert "2 places, 2 with an interval" in client.get(f"{MAP}?theme=water").content.decode()
    assert "2 places, 2 with an interval" not in page


@pytest.mark.parametrize(
    "query", ["theme=noise", "country=XX", "design=x", "certainty=9", "order=z"]
)
def test_a_filter_that_does_not_exist_is_named(client: Client, query: str) -> None:
    answer = client.get(f"{MAP}?{query}")
    assert answer.status_code == 400
    assert "is not one of the options" in answer.content.decode()
    assert client.get(f"/en/evidence/map.csv?{query}").status_code == 404


def test_downloads_hold_the_same_map(client: Client) -> None:
    three()
    rows = list(csv.DictReader(client.get(f"{MAP}.csv").content.decode().splitlines()))
    assert [row["places"] for row in rows if row["theme"] == "traffic-and-mode"] == ["3"]
    svg = client.get(f"{MAP}.svg?country=FR").content.decode()
    assert svg.startswith("<svg") and "1 place" in svg
    assert client.get(f"{MAP}.png").content[:8] == b"\x89PNG\r\n\x1a\n"
    assert client.get(f"{MAP}.pdf").status_code == 404


def test_hidden_cities_count_only_among_others_and_have_no_country(client: Client) -> None:
    three()
    CaseStudy.objects.filter(public_id="corlay").update(country="ZZ", place_name="A city")
    solution = Solution.objects.get()
    regrade(solution, NOW)
    assert (traffic()["places"], traffic()["failed"]) == (2, 0)
    assert traffic(country="FR") == {}
    assert "ZZ" not in client.get(MAP).content.decode()
    town("Dalby")
    assert traffic()["places"] == 4
    assert "corlay" not in client.get(MAP).content.decode().lower()


def test_a_solution_without_cases_is_a_gap_and_an_empty_network_says_so(client: Client) -> None:
    page = map_page(None, {}, "en")
    assert {one.cell.gap for one in page.gaps} <= {"absolute"}
    Solution.objects.all().delete()
    assert "No matching results" in client.get(MAP).content.decode()


def test_a_case_that_is_withdrawn_leaves_the_map() -> None:
    three()
    town("Corlay", 3.0, "before-after", "FR", status="withdrawn")
    assert (traffic()["places"], traffic()["worse"]) == (2, 0)


def test_what_cities_ask_about_stands_first_among_the_gaps() -> None:
    case = town("Ashby")
    codes = ("mobility", "air-quality", "water")
    case.solution.classifications.all().delete()
    for code in codes:
        case.solution.classifications.create(scheme="theme", code=code)
    lund = save_organisation(
        "lund-municipality", actor=COMMAND_LINE, at=NOW, name="Lund", kind="municipality",
        city=City.objects.get(public_id="lund"), country="SE",
    )  # fmt: skip
    editor = Actor("editor of Lund", teams={lund.public_id: "editor"})
    make_need(lund, editor, at=NOW, themes=("water",))
    gaps = map_page(None, {}, "en").gaps
    assert [(one.cell.theme, one.asked) for one in gaps] == [("water", 1), ("air", 0)]


def test_a_result_without_a_number_is_a_place_without_difference() -> None:
    case = town("Ashby")
    other = town("Birkvik")
    other.effects.all().delete()
    NullResult.objects.create(
        case=other, position=0, measure=Measure.objects.get(name="traffic volume"),
        sentence="No difference", design="rct", key="null",
    )  # fmt: skip
    CaseStudy.objects.filter(pk=other.pk).update(has_nulls=True)
    regrade(case.solution, NOW)
    assert (traffic()["places"], traffic()["neither"]) == (2, 1)


def test_a_measure_moves_to_the_column_that_the_secretariat_chooses() -> None:
    three()
    measure = Measure.objects.get(name="traffic volume")
    secretariat = acting(person("secretariat", "secretariat"))
    names = {name: getattr(measure, name) or "x" for name in ("name", "name_fr", "name_sv")}
    vocabulary.upsert_measure(measure, **names, outcome_theme="air", actor=secretariat, at=NOW)
    assert traffic().get("places", 0) == 0
    assert [one["theme"] for one in as_table(find_map({})) if one["places"]] == ["air"]


def test_rows_of_a_former_rule_are_made_again() -> None:
    three()
    Solution.objects.update(outcomes={}, outcomes_version="0")
    assert regrade_outdated(at=NOW) == 1
    assert traffic()["places"] == 3


def test_the_command_prints_one_object_a_cell_and_names_what_it_does_not_know() -> None:
    three()

    def run(*options: str):
        return CliRunner().invoke(evidence, ["map", *options])

    told = json.loads(run().output)
    assert told == as_table(find_map({}))
    lines = run("--format", "csv", "--country", "FR").output.splitlines()
    assert lines[0].startswith("solution,group,theme,places") and len(lines) == 2
    unknown = run("--country", "XX")
    assert unknown.exit_code == 1 and "--country: " in unknown.output
    assert run("--theme", "noise").exit_code == 1
    faults = run("--design", "magic", "--theme", "noise", "--country", "XX", "--format", "x")
    assert faults.exit_code == 1
    assert "--design: 'magic' is not known. Choose one of: compared, rct." in faults.output
    assert faults.output.count(" is not known. Choose one of: ") == 4
    assert run("--order", "alike").exit_code == 0
