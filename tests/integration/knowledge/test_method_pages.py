"""Pages of methods, their filters, and the page about the grade."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client

from alliance.analysis.evidence_grade import RULE, RULE_VERSION
from alliance.cases.enums import Iap2Level
from alliance.cases.method_filter import MethodFilter, read_method_filter
from alliance.cases.models import Method
from alliance.cases.records import MethodRecord, MethodTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.knowledge.selectors.methods import method_list
from alliance.writing.services import save_method
from tests.factories.knowledge import NOW, effect, lay_ground, make_case
from tests.factories.pages import one_line, page, page_text

pytestmark = pytest.mark.django_db

LIST = "/en/methods/"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def method(public_id: str, least: int | None = 10, most: int | None = 100, **changes: Any) -> None:
    values: dict[str, Any] = {
        "cost_level": "low",
        "iap2_level": "consult",
        "mode": "in-person",
        "texts": (MethodTextRecord("en", public_id.title(), f"About {public_id}."),),
    } | changes
    save_method(
        MethodRecord(public_id, group_size_min=least, group_size_max=most, **values),
        actor=COMMAND_LINE,
        at=NOW,
    )


def listed(**wanted: Any) -> list[str]:
    return [one.public_id for one in method_list(None, "en", MethodFilter(**wanted))["page"]]


def test_a_number_of_people_shows_the_methods_whose_range_holds_it() -> None:
    method("small", 5, 30)
    method("large", 30, 5000)
    method("open", 100, None)
    method("unknown", None, None)
    assert listed(group=29) == ["small"]
    assert listed(group=30) == ["large", "small"]
    assert listed(group=1_000_000) == ["open"]
    assert listed(group=4) == []
    found = method_list(None, "en", MethodFilter(group=30))
    assert (found["n_all"], found["n_without_group"]) == (4, 1)


def test_choices_of_one_filter_widen_and_filters_narrow() -> None:
    method("poll", cost_level="low", iap2_level="consult")
    method("assembly", cost_level="high", iap2_level="collaborate")
    method("panel", cost_level="medium", iap2_level="consult")
    assert listed(cost=("low", "high")) == ["assembly", "poll"]
    assert listed(cost=("low", "high"), iap2=("consult",)) == ["poll"]


def test_a_method_for_both_modes_is_found_by_either() -> None:
    method("hall", mode="in-person")
    method("forum", mode="online")
    method("survey", mode="both")
    assert listed(mode=("online",)) == ["forum", "survey"]
    assert listed(mode=("in-person",)) == ["hall", "survey"]


def test_each_option_counts_what_it_would_list_with_the_other_filters() -> None:
    method("poll", 5, 30, cost_level="low", iap2_level="consult")
    method("panel", 5, 30, cost_level="medium", iap2_level="consult")
    method("assembly", 50, 160, cost_level="high", iap2_level="collaborate")
    found = method_list(None, "en", MethodFilter(group=20, cost=("low",)))
    assert {option["value"]: option["count"] for option in found["cost"]} == {
        "low": 1,
        "medium": 1,
        "high": 0,
    }
    counted = {option["value"]: option["count"] for option in found["iap2"] if option["count"]}
    assert counted == {"consult": 1}
    assert [option["value"] for option in found["cost"] if option["checked"]] == ["low"]


def test_the_list_filters_by_its_address_and_offers_to_take_filters_away(client: Client) -> None:
    method("poll")
    method("assembly", cost_level="high")
    html = one_line(page(client, f"{LIST}?group=20&cost=low&iap2=consult"))
    words = page_text(client, f"{LIST}?group=20&cost=low&iap2=consult")
    assert "1 of 2 methods matches" in words
    assert "/en/methods/poll/" in html
    assert "/en/methods/assembly/" not in html
    assert '<input type="checkbox" name="cost" value="low" checked>' in html
    assert 'name="group" inputmode="numeric" value="20"' in html
    assert 'href="/en/methods/?iap2=consult&amp;cost=low"' in html
    assert 'href="/en/methods/?group=20&amp;iap2=consult"' in html


def test_nothing_found_says_what_to_do(client: Client) -> None:
    method("poll")
    words = page_text(client, f"{LIST}?group=5")
    assert "0 of 1 methods match" in words
    assert "Remove a filter or try another number of people." in words


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        (
            "group=abc",
            "Number of people",
            "abc” is not a valid number of people. Enter a whole number from 1 to 100,000",
        ),
        ("group=0", "Number of people", "“0” is not"),
        ("group=-5", "Number of people", "“-5” is not"),
        ("group=2.5", "Number of people", "“2.5” is not"),
        ("group=٣", "Number of people", "“٣” is not"),
        (
            "group=" + "9" * 5000,
            "Number of people",
            "” is not a valid number of people. Enter a whole number from 1 to",
        ),
        ("cost=cheap", "Cost", "“cheap” cannot be used. Choose from: low, medium, high"),
        (
            "iap2=INFORM",
            "Level of influence (IAP2)",
            "“INFORM” cannot be used. Choose from: inform, consult",
        ),
        ("mode=both", "Meeting format", "“both” cannot be used. Choose from: in-person, online"),
    ],
)
def test_a_filter_that_cannot_be_read_names_the_field_and_the_rule(
    client: Client, query: str, field: str, rule: str
) -> None:
    method("poll")
    words = page_text(client, f"{LIST}?{query}", status=400)
    assert "The filter did not work. All methods are shown" in words
    assert f"{field} ({query.split('=')[0]}): " in words
    assert rule in words
    assert "Poll" in words


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidData) as raised:
        read_method_filter(QueryDict("group=x&cost=y&mode=z&cost=low"))
    assert [fault.where for fault in raised.value.faults] == ["group", "cost", "mode"]


def test_empty_and_unknown_parameters_filter_nothing() -> None:
    wanted = read_method_filter(QueryDict("group=&cost=&utm_source=x&group=%2012%20"))
    assert wanted == MethodFilter(group=12)
    assert not read_method_filter(QueryDict("")).is_set


def test_the_query_of_a_filter_reads_back_as_itself() -> None:
    wanted = MethodFilter(30, ("low", "high"), ("inform",), ("online",), ("equity",))
    assert read_method_filter(QueryDict(wanted.query.removeprefix("?"))) == wanted


def test_text_from_the_address_is_escaped(client: Client) -> None:
    html = page(client, f"{LIST}?group=<script>alert(1)</script>", status=400)
    assert "<script>alert" not in html


def test_a_method_tells_all_that_is_known_of_it(client: Client) -> None:
    make_case("Lund", effects=(effect(-20),))
    make_case("Umeå", outcome="did-not-work")
    method(
        "poll",
        iap2_level="involve",
        related_solution="road-pricing",
        evidence_cases=("lund", "umea"),
        texts=(
            MethodTextRecord(
                "en",
                "Poll",
                "People are asked.",
                strengths=("Many answer",),
                limits=("No dialogue",),
                best_for="Measuring opinions",
                duration="2 weeks",
                group_size_typical="50",
                evaluation_criteria=("response rate",),
            ),
        ),
    )
    words = page_text(client, "/en/methods/poll/")
    for part in (
        "Best for Measuring opinions",
        "Strengths Many answer",
        "Limitations No dialogue",
        "How to tell if it worked response rate",
        "Group size 10 to 100 people Typical size: 50",
        "Duration 2 weeks",
        "Cost low",
        "Residents’ concerns are taken into account throughout",
        "inform → consult → involve → collaborate → empower",
        "Group size, cost and level of influence are editorial assessments.",
        "worked in 1 of 2 cases did not work in 1",
        "Road pricing Not enough evidence",
    ):
        assert part in words, part
    html = page(client, "/en/methods/poll/")
    assert 'href="/en/cases/umea/"' in html
    assert 'href="/en/solutions/road-pricing/"' in html


def test_what_is_not_recorded_is_said(client: Client) -> None:
    method("poll", None, None)
    words = page_text(client, "/en/methods/poll/")
    assert "Best for not known" in words
    assert "Group size group size not known" in words
    assert "Duration not known" in words
    assert "No cases using this method yet" in words


@pytest.mark.parametrize("level", Iap2Level.values)
def test_every_level_of_influence_is_explained(client: Client, level: str) -> None:
    method("poll", iap2_level=level)
    words = page_text(client, "/en/methods/poll/")
    assert f"How much influence residents have {level.capitalize()}. Residents" in words


@pytest.mark.parametrize("public_id", ["nowhere", "Poll", "poll%00"])
def test_an_unknown_method_is_not_found(client: Client, public_id: str) -> None:
    page(client, f"/en/methods/{public_id}/", status=404)


def test_pages_need_few_queries(client: Client, django_assert_max_num_queries) -> None:
    make_case("Lund")
    for number in range(8):
        method(f"poll-{number}", evidence_cases=("lund",), related_solution="road-pricing")
    with django_assert_max_num_queries(15):
        page(client, LIST)
    with django_assert_max_num_queries(15):
        page(client, "/en/methods/poll-1/")
    with django_assert_max_num_queries(15):
        page(client, "/en/evidence-grade/")


def test_the_grade_page_shows_every_line_of_the_rule_and_what_it_does_not_say(
    client: Client,
) -> None:
    html = page(client, "/en/evidence-grade/")
    for line in RULE:
        assert f'id="{line.code}"' in html
    words = page_text(client, "/en/evidence-grade/")
    assert "Result contradicted elsewhere −1" in words
    assert f"Version {RULE_VERSION} of the rule. Grades range from 0 to 5 points." in words
    assert "at least half of the places" in words
    assert "A solution with results from fewer than 3 places gets at most 3 points." in words
    assert "the longer period; a known one comes before an unknown one" in words
    assert "The size of the effect: the evidence can be strong even if the effect is tiny." in words
    assert "No published cases yet." in words
    assert "A real case" not in words


def test_the_grade_page_grades_a_real_case_and_counts_all(client: Client) -> None:
    make_case("Lund", effects=(effect(-20, "rct"),))
    make_case("Umeå", effects=(effect(-20),))
    make_case("Lund", public_id="told-only", effects=())
    make_case("Lund", public_id="hidden", status="draft")
    words = page_text(client, "/en/evidence-grade/")
    assert 'href="/en/cases/lund/"' in page(client, "/en/evidence-grade/")
    assert "Random assignment +1 1 of 1 effect comes from a randomised trial." in words
    assert "Independent source unknown" in words
    assert "Grade 3" in words
    assert "Strength of evidence: 3 of 5 1" in words
    assert "Strength of evidence: 1 of 5 1" in words
    assert "Strength of evidence: not graded 1" in words
    assert "All 3 published cases" in words


# -- methods of all topics ------------------------------------------------------------------

EQUITY: dict[str, Any] = {"topic": "equity", "cost_level": "", "iap2_level": "", "mode": ""}


def test_methods_of_other_topics_have_no_level_of_influence_and_no_groups(client: Client) -> None:
    method("poll")
    method("distribution-check", None, None, **EQUITY)
    assert listed() == ["distribution-check", "poll"]
    assert listed(topic=("equity",)) == ["distribution-check"]
    assert listed(topic=("equity",), iap2=("consult",)) == []
    found = method_list(None, "en", MethodFilter())
    assert {option["value"]: option["count"] for option in found["topic"]} == {
        "innovation-gateways": 0,
        "equity": 1,
        "indicators": 0,
        "engaging-citizens": 1,
    }
    words = page_text(client, f"{LIST}?topic=equity")
    assert "1 of 2 methods matches" in words and "Equity and environmental justice" in words
    source = page(client, f"{LIST}distribution-check/")
    assert 'href="/en/topics/equity/"' in source
    assert 'id="influence"' not in source and "Group size" not in source
    assert 'id="influence"' in page(client, f"{LIST}poll/")
    answer = client.get("/api/v1/methods/distribution-check").json()
    assert (answer["topic"], answer["iap2_level"], answer["mode"]) == ("equity", None, None)
    assert client.get("/api/v1/methods/poll").json()["topic"] == "engaging-citizens"


def test_what_belongs_to_another_topic_is_refused_by_its_field() -> None:
    with pytest.raises(InvalidData) as raised:
        method("check", 10, None, **EQUITY | {"mode": "online"})
    assert {fault.where for fault in raised.value.faults} == {
        "method.mode",
        "method.group_size.min",
    }
    with pytest.raises(InvalidData) as raised:
        method("poll", **EQUITY | {"topic": "engaging-citizens"})
    assert [fault.where for fault in raised.value.faults] == [
        "method.cost_level",
        "method.iap2_level",
        "method.mode",
    ]


@pytest.mark.sql
def test_the_database_keeps_the_fields_of_the_topics_apart() -> None:
    method("poll")
    for changes in ({"topic": "equity"}, {"iap2_level": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Method.objects.update(**changes)
