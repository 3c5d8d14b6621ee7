"""Pages of the topics: x of y trials did not work, and why; none reported is not none."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.cases.case_document import Place
from alliance.cases.enums import Topic
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.knowledge.selectors.topics import FAILURES_SHOWN, topic_page
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, a_place, lay_ground, make_case, text
from tests.factories.pages import page, page_text

pytestmark = pytest.mark.django_db

ADDRESS = "/en/topics/equity/"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def make_place(name: str) -> Place:
    return a_place(name, "SE")


def test_the_list_tells_what_each_topic_is_and_what_is_wanted(client: Client) -> None:
    make_case()
    words = page_text(client, "/en/topics/")
    for label in Topic.labels:
        assert str(label) in words
    assert "a people-centred concept of sustainability" in words
    assert "methods for assessing fairness, tested by cities" in words
    assert "one common set of indicators" in words
    assert "a report on best practices" in words
    assert "methods of engaging residents, identified and evaluated" in words
    assert "one case: it worked" in words
    assert words.count("no cases yet") == 3


def test_a_topic_says_how_many_trials_did_not_work_and_why(client: Client) -> None:
    make_case("Lund")
    make_case("Umeå", outcome="mixed", reasons=("rebound",))
    make_case(
        "Ashby",
        place=make_place("Ashby"),
        outcome="did-not-work",
        reasons=("stopped", "harm"),
        texts=(text(title="Ashby stopped", what_did_not="It hurt the poor."),),
    )
    make_case("Dalby", place=make_place("Dalby"), outcome="did-not-work", reasons=("harm",))
    words = page_text(client, ADDRESS)
    assert "2 of 4 cases did not work: see why" in words
    assert "1 worked, 1 had mixed results." in words
    assert "harmful effects 2 100 % action stopped 1 50 %" in words
    assert "rebound" not in words
    assert "It hurt the poor." in words
    html = page(client, ADDRESS)
    assert '<a href="/en/cases/ashby/">Ashby stopped</a>' in html
    assert 'href="/en/find?topic=equity&amp;reason=harm"' in html


def test_no_failure_is_none_reported_never_none(client: Client) -> None:
    make_case()
    words = page_text(client, ADDRESS)
    assert "1 case, no failure reported" in words
    assert "None reported." in words
    assert "did not work, and why" not in words


def test_a_topic_without_cases_says_so(client: Client) -> None:
    words = page_text(client, "/en/topics/indicators/")
    assert "No cases recorded for this topic yet." in words
    assert "No solutions for this topic yet." in words


def test_failures_are_cut_and_newest_first() -> None:
    for number in range(FAILURES_SHOWN + 3):
        make_case(
            f"Town {number}",
            place=make_place(f"Town {number}"),
            outcome="did-not-work",
            start_year=2000 + number,
            end_year=None,
        )
    make_case("Undated", place=make_place("Undated"), start_year=None, end_year=None)
    found = topic_page(None, "equity", "en")
    assert found["register"].did_not_work == FAILURES_SHOWN + 3
    assert found["register"].total == FAILURES_SHOWN + 4
    years = [line.start_year for line in found["failures"]]
    assert years == sorted(years, reverse=True)
    assert len(years) == FAILURES_SHOWN


def test_all_failures_can_be_reached_where_only_some_are_shown(client: Client) -> None:
    for number in range(FAILURES_SHOWN + 1):
        name = f"Town {number}"
        make_case(name, place=make_place(name), outcome="did-not-work")
    assert 'href="/en/find?topic=equity&amp;outcome=did-not-work"' in page(client, ADDRESS)


def test_cases_of_other_topics_and_unpublished_ones_do_not_count() -> None:
    make_case("Lund", topics=("indicators",), outcome="did-not-work")
    make_case("Umeå", outcome="did-not-work", status="withdrawn")
    assert topic_page(None, "equity", "en")["register"].total == 0


def test_the_solutions_of_a_topic_are_listed_most_tried_first(client: Client) -> None:
    for public_id in ("tried", "untried"):
        save_solution(
            SolutionRecord(
                public_id,
                "method",
                (SolutionTextRecord("en", public_id.title(), "In short."),),
                topics=("equity",),
            ),
            actor=COMMAND_LINE,
            at=NOW,
        )
    make_case(solution="tried")
    assert [line.public_id for line in topic_page(None, "equity", "en")["solutions"]] == [
        "tried",
        "untried",
    ]
    assert 'href="/en/find?topic=equity"' in page(client, ADDRESS)


@pytest.mark.parametrize("code", ["nowhere", "EQUITY", "mobility", "equity%00"])
def test_an_unknown_topic_is_not_found(client: Client, code: str) -> None:
    page(client, f"/en/topics/{code}/", status=404)


def test_pages_need_few_queries(client: Client, django_assert_max_num_queries) -> None:
    for number in range(8):
        name = f"Town {number}"
        make_case(name, place=make_place(name), outcome=("mixed", "did-not-work")[number % 2])
    with django_assert_max_num_queries(15):
        page(client, ADDRESS)
    with django_assert_max_num_queries(15):
        page(client, "/fr/topics/")


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["did-not-work"], "Why the only case did not work"),
        (["did-not-work"] * 2, "Why none of the 2 cases worked"),
        (["did-not-work", "worked"], "1 of 2 cases did not work: see why"),
        (["worked"], "1 case, no failure reported"),
    ],
)
def test_the_heading_of_a_topic_is_a_sentence_whatever_the_numbers(
    client: Client, outcomes: list[str], said: str
) -> None:
    for name, outcome in zip(("Ashby", "Dalby"), outcomes, strict=False):
        make_case(name, place=make_place(name), outcome=outcome)
    words = page_text(client, ADDRESS)
    assert said in words
    assert "0 worked" not in words
