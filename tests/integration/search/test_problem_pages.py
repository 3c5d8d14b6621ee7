"""Pages of problems: the solutions side by side, what failed, and who asks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from alliance.cases.case_document import Place
from alliance.cases.enums import Theme
from alliance.cases.models import Measure, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.evidence.models import SolutionVerdict
from alliance.search.problems import PROBLEMS
from alliance.search.services import rebuild
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, effect, lay_ground, make_case, text
from tests.factories.needs_offers import make_need
from tests.factories.pages import page_text
from tests.factories.people import team

ADDRESS = "/en/problems/car-traffic/"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def make_solution(public_id: str, name: str, *themes: str) -> None:
    texts = (SolutionTextRecord("en", name, "What it is."),)
    record = SolutionRecord(public_id, "approach", texts, themes=themes)
    save_solution(record, actor=COMMAND_LINE, at=NOW)


def tried(solution: str, number: int, **changes: Any) -> None:
    """A case in a place of its own."""
    country = "SE" if number % 2 else "FR"
    place = Place(
        name=f"{solution} {number}", country=country, latitude=60.0 + number, longitude=15.0
    )
    given: dict[str, Any] = {"solution": solution, "place": place, "themes": ("mobility",)}
    make_case(f"{solution}-{number}", **given | changes)


def details_of(solution: str) -> dict[str, Any]:
    """What the rule says of the main verdict of a solution."""
    details: dict[str, Any] = SolutionVerdict.objects.get(
        solution__public_id=solution, is_main=True
    ).details
    return details


def test_every_theme_belongs_to_one_problem() -> None:
    themes = Counter(theme for problem in PROBLEMS.values() for theme in problem.themes)
    assert themes == Counter(Theme)
    assert 8 <= len(PROBLEMS) <= 10


def test_what_is_known_comes_first_and_what_nobody_can_say_is_counted(client: Client) -> None:
    Measure.objects.filter(slug="traffic-volume").update(outcome_theme="traffic-and-mode")
    make_solution("lanes", "Cycle lanes", "mobility")
    make_solution("advice", "Travel advice", "mobility")
    make_solution("never-tried", "Flying cars", "mobility")
    make_solution("wells", "Wells", "water")
    for number in range(6):
        tried("lanes", number, effects=(effect(value=-10.0 - number),))
    tried("advice", 1, outcome="did-not-work", reasons=("no-effect",), effects=())
    assert Solution.objects.get(public_id="lanes").verdicts.get(is_main=True).verdict in {
        "works",
        "probably-works",
    }

    words = page_text(client, ADDRESS)
    assert "Best supported so far: Cycle lanes . Traffic volume fell in all 6 places" in words
    assert "For 2 of 3 solutions, we know too little about this goal." in words
    assert "Flying cars" not in words
    assert "Wells" not in words


def test_a_verdict_for_something_else_is_no_answer_to_the_problem(client: Client) -> None:
    """Neither for another theme, nor for another measure of the theme, such as speed."""
    make_solution("fees", "Road fees", "mobility", "air-quality")
    for number in range(6):
        tried("fees", number, effects=(effect(value=-10.0 - number),))
    Measure.objects.filter(slug="traffic-volume").update(outcome_theme="air")
    words = page_text(client, ADDRESS)
    assert "No solution has been shown to work yet." in words
    near = words[words.index("Known for something near this goal") :]
    assert "Road fees Traffic volume fell in all 6 places" in near
    assert "orks" not in near
    assert "Best supported so far: Road fees" in page_text(client, "/en/problems/clean-air/")

    Measure.objects.filter(slug="traffic-volume").update(
        outcome_theme="traffic-and-mode", slug="average-speed"
    )
    cache.clear()
    assert "No solution has been shown to work yet." in page_text(client, ADDRESS)


def test_solutions_stand_side_by_side_and_links_sort_them(client: Client) -> None:
    """A cost that is not known per inhabitant is in no class, and what is not known says so."""
    Measure.objects.filter(slug="traffic-volume").update(outcome_theme="traffic-and-mode")
    make_solution("lanes", "Cycle lanes", "mobility")
    make_solution("fees", "Road fees", "mobility")
    for number in range(3):
        tried("lanes", number, effects=(effect(value=-10.0),), end_year=2021)
        tried("fees", number, effects=(effect(value=-30.0),))
    SolutionVerdict.objects.filter(solution__public_id="lanes").update(
        verdict="works",
        details=details_of("lanes") | {"cost_per_inhabitant": 12.0, "currency": "EUR", "paid": {}},
    )
    SolutionVerdict.objects.filter(solution__public_id="fees").update(
        verdict="mixed", details=details_of("fees") | {"cost": None, "paid": {"drivers": 3}}
    )
    rebuild(at=NOW)
    by_verdict, by_effect = (
        page_text(client, f"{ADDRESS}?sort={order}") for order in ("anything", "effect")
    )
    rows = by_verdict[by_verdict.index("Side by side") :]
    lanes, fees = rows.index("Cycle lanes"), rows.index("Road fees")
    assert lanes < fees
    assert "10 to 100 EUR per resident" in rows[lanes:fees]
    assert "Who pays not known" in rows[lanes:fees]
    assert "cost not known" in rows[fees:].casefold()
    assert "Who pays drivers" in rows[fees:]
    rows = by_effect[by_effect.index("Side by side") :]
    assert rows.index("Road fees") < rows.index("Cycle lanes")


def test_failures_and_needs_are_told(client: Client, django_assert_max_num_queries: Any) -> None:
    make_solution("lanes", "Cycle lanes", "mobility")
    tried("lanes", 1, texts=(text(title="Lanes in town"),))
    broken = (text(title="Lanes torn out", what_did_not="Nobody had asked the shops."),)
    tried("lanes", 2, outcome="did-not-work", reasons=("stopped",), texts=broken)
    umea = team("umea")
    speaker = Actor("editor", teams={umea.public_id: "editor"})
    make_need(umea, speaker, title="Fewer cars at schools", themes=("mobility",))
    make_need(umea, speaker, title="Cleaner lakes", themes=("water",))

    page_text(client, "/en/")  # the index is made with the first page
    with django_assert_max_num_queries(13):
        words = page_text(client, ADDRESS)
    failed = words[words.index("What failed, and why") :]
    assert "Lanes torn out" in failed
    assert "Nobody had asked the shops." in failed
    asked = words[words.index("Does your city need this?") :]
    assert "Fewer cars at schools" in asked
    assert "Cleaner lakes" not in asked


def test_where_nothing_is_known_the_page_says_so_and_leads_on(client: Client) -> None:
    words = page_text(client, "/en/problems/a-say/")
    assert "No city has reported a solution yet." in words
    assert "None reported." in words
    assert client.get("/en/problems/world-peace/").status_code == 404
