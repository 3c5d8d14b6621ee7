"""Pages of problems: what helps, what failed, who gains, what it cost, and who asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from alliance.cases.case_document import Place
from alliance.cases.enums import Theme
from alliance.cases.models import Measure, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.search.problems import PROBLEMS
from alliance.search.selectors.problems import problem_page
from alliance.search.services import rebuild
from alliance.web.page_cache import keeping
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


def test_every_theme_belongs_to_one_problem() -> None:
    themes = Counter(theme for problem in PROBLEMS.values() for theme in problem.themes)
    assert themes == Counter(Theme)
    assert 8 <= len(PROBLEMS) <= 10


def test_what_is_known_comes_first_and_what_nobody_can_say_last(client: Client) -> None:
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
    assert "Best-supported solutions so far: Cycle lanes" in words
    assert "We do not have enough evidence on 2 solutions." in words
    table = words.index("Solutions, with the most certain verdicts first")
    lines = [words.index(name, table) for name in ("Cycle lanes", "Travel advice", "Flying cars")]
    assert lines == sorted(lines)
    assert "Wells" not in words


def test_a_verdict_for_something_else_is_no_answer_to_the_problem(client: Client) -> None:
    make_solution("fees", "Road fees", "mobility", "air-quality")
    for number in range(6):
        tried("fees", number, effects=(effect(value=-10.0 - number),))
    Measure.objects.filter(slug="traffic-volume").update(outcome_theme="air")
    words = page_text(client, ADDRESS)
    assert "No solution has been shown to work yet." in words
    assert "We do not have enough evidence on 1 solution." in words
    assert "orks: a fall in traffic volume" in words
    assert "Best-supported solutions so far: Road fees" in page_text(
        client, "/en/problems/clean-air/"
    )


def test_a_solution_under_two_problems_has_the_verdict_of_each() -> None:
    """Rows are kept for all pages that show them; the verdict is that of the page."""
    make_solution("lanes", "Cycle lanes", "mobility")
    for number in range(6):
        tried("lanes", number, effects=(effect(value=-10.0 - number),))
    rebuild(at=NOW)
    hit = problem_page("car-traffic", "en", NOW.date())["solutions"][0]
    told = {**hit.extra["verdict"], "measure_names": {"en": "road collisions"}}
    elsewhere = replace(hit, extra={**hit.extra, "verdict": told})
    with keeping():
        pages = [
            render_to_string("search/hit.html", {"hit": one, "brief": True})
            for one in (hit, elsewhere)
        ]
    assert [("road collisions" in page, "traffic" in page) for page in pages] == [
        (False, True),
        (True, False),
    ]


def test_failures_gains_costs_and_needs_are_told(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    make_solution("lanes", "Cycle lanes", "mobility")
    gains = "Shops gained, drivers paid."
    tried("lanes", 1, texts=(text(title="Lanes in town", equity_notes=gains),))
    broken = (text(title="Lanes torn out", what_did_not="Nobody had asked the shops."),)
    tried("lanes", 2, outcome="did-not-work", reasons=("stopped",), texts=broken)
    umea = team("umea")
    speaker = Actor("editor", teams={umea.public_id: "editor"})
    make_need(umea, speaker, title="Fewer cars at schools", themes=("mobility",))
    make_need(umea, speaker, title="Cleaner lakes", themes=("water",))

    page_text(client, "/en/")  # the index is made with the first page
    with django_assert_max_num_queries(15):
        words = page_text(client, ADDRESS)
    failed = words[words.index("What failed, and why") :]
    assert "Lanes torn out" in failed
    assert "Nobody had asked the shops." in failed
    assert gains in words[words.index("Who gains, who pays") :]
    asked = words[words.index("Cities that need a solution") :]
    assert "Fewer cars at schools" in asked
    assert "Cleaner lakes" not in asked


def test_where_nothing_is_known_the_page_says_so_and_leads_on(client: Client) -> None:
    words = page_text(client, "/en/problems/a-say/")
    assert "No city has reported a solution yet." in words
    assert "None reported." in words
    assert client.get("/en/problems/world-peace/").status_code == 404
