"""What the API gives, against the records it is made from."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alliance.cases.enums import CaseStatus, Outcome, Theme, Topic
from alliance.cases.models import CaseStudy, CaseVersion, Method, Solution
from alliance.core.text import digest
from alliance.network.models import City, Organisation
from tests.factories.pages import some

pytestmark = pytest.mark.usefixtures("network")
Get = Callable[..., Any]
CASE = "stockholm-congestion-tax"


def _ids(answer: Any) -> set[str]:
    return {item["id"] for item in answer.data["items"]}


def test_a_list_comes_in_parts_that_miss_and_repeat_nothing(get: Get) -> None:
    found: list[str] = []
    path = "cases?limit=50"
    while path:
        answer = get(path)
        assert answer.data["count"] == CaseStudy.objects.count()
        found += [item["id"] for item in answer.data["items"]]
        path = (answer.data["next"] or "").partition("/api/v1/")[2]
    assert found == sorted(CaseStudy.objects.values_list("public_id", flat=True))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("outcome=did-not-work", {"outcome": Outcome.DID_NOT_WORK}),
        ("outcome=mixed&outcome=worked", {"outcome__in": ["mixed", "worked"]}),
        ("country=SE&country=FR", {"country__in": ["SE", "FR"]}),
        ("solution=congestion-charging", {"solution__public_id": "congestion-charging"}),
        ("city=stockholm", {"city__public_id": "stockholm"}),
        ("grade_min=3", {"evidence_points__gte": 3}),
        ("grade_min=0", {"evidence_points__gte": 0}),
    ],
)
def test_filters_on_columns(get: Get, query: str, rows: dict[str, Any]) -> None:
    wanted = set(CaseStudy.objects.filter(**rows).values_list("public_id", flat=True))
    assert wanted
    answer = get(f"cases?{query}&limit=100")
    assert answer.data["count"] == len(wanted)
    assert _ids(answer) <= wanted and len(_ids(answer)) == min(100, len(wanted))


@pytest.mark.parametrize(
    ("query", "field", "codes"),
    [
        ("topic=equity", "topics", {"equity"}),
        ("topic=equity&topic=indicators", "topics", {"equity", "indicators"}),
        ("theme=energy", "themes", {"energy"}),
        ("sdg=11.2", "sdg_targets", {"11.2"}),
    ],
)
def test_filters_on_classifications(get: Get, query: str, field: str, codes: set[str]) -> None:
    items = get(f"cases?{query}&limit=100").data["items"]
    assert items and all(codes & set(item[field]) for item in items)
    others = [item for item in get("cases?limit=100").data["items"] if codes & set(item[field])]
    assert {item["id"] for item in others} <= {item["id"] for item in items}


def test_a_goal_takes_in_its_targets_only(get: Get) -> None:
    items = get("cases?sdg=1&limit=100").data["items"]
    for item in items:
        assert any(target.partition(".")[0] == "1" for target in item["sdg_targets"])


def test_two_filters_must_both_hold(get: Get) -> None:
    both = _ids(get("cases?topic=equity&outcome=did-not-work&limit=100"))
    equity = _ids(get("cases?topic=equity&limit=100"))
    assert both and both < equity


def test_updated_since_gives_what_changed_later(get: Get) -> None:
    CaseStudy.objects.update(updated_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    CaseStudy.objects.filter(public_id=CASE).update(
        updated_at=dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    )
    assert _ids(get("cases?updated_since=2026-06-01T12:00:00Z")) == {CASE}
    assert _ids(get("cases?updated_since=2026-06-01T14:00:00%2B02:00")) == {CASE}
    assert get("cases?updated_since=2026-06-01T12:00:01Z").data["count"] == 0
    everything = get("cases?updated_since=0001-01-01T00:00:00%2B14:00").data["count"]
    assert everything == CaseStudy.objects.count()


def test_a_case_says_all_that_is_recorded(get: Get) -> None:
    row = CaseStudy.objects.get(public_id=CASE)
    case = get(f"cases/{CASE}").data
    assert case["title"] == row.texts.get(language="en").title
    assert set(case["texts"]) == set(row.texts.values_list("language", flat=True))
    assert [effect["value"] for effect in case["effects"]] == [
        effect.value for effect in row.effects.all()
    ]
    assert [source["url"] for source in case["sources"]] == [
        source.url for source in row.sources.all()
    ]
    assert case["evidence"]["points"] == row.evidence_points
    gained = sum(line["points"] for line in case["evidence"]["lines"])
    assert case["evidence"]["points"] <= gained or gained < 1
    assert case["effects"][0]["standard_error"] is None  # not known: null, never 0
    assert case["links"]["page"].endswith(f"/en/cases/{CASE}/")


def test_a_cost_is_converted_or_says_what_is_missing(get: Get) -> None:
    for row in some(CaseStudy.objects.order_by("cost_currency", "pk"), 10):
        cost = get(f"cases/{row.public_id}").data["cost"]
        assert (cost["converted"] is None) != (cost["not_comparable"] is None)
        if row.cost_minor is None:
            assert cost["recorded"] is None and cost["not_comparable"]["field"]
        else:
            assert cost["recorded"]["currency"] == row.cost_currency
        if cost["converted"]:
            factors = cost["converted"]["price_factor"] * cost["converted"]["exchange_factor"]
            amount = cost["recorded"]["amount"] * factors
            assert math.isclose(cost["converted"]["amount"], amount, rel_tol=1e-9)


def test_the_language_asked_for_or_the_one_there_is(get: Get) -> None:
    row = CaseStudy.objects.get(public_id=CASE)
    row.texts.exclude(language="en").delete()
    case = get(f"cases/{CASE}?lang=sv").data
    assert case["language"] == "en"
    assert case["links"]["page"].endswith(f"/sv/cases/{CASE}/")
    assert get("units?lang=sv").data["items"] != get("units?lang=fr").data["items"]


def test_a_version_has_the_digest_it_is_cited_by(get: Get) -> None:
    listing = get(f"cases/{CASE}/versions").data
    assert listing["count"] == CaseVersion.objects.filter(case__public_id=CASE).count() > 0
    version = get(f"cases/{CASE}/versions/{listing['items'][0]['number']}").data
    assert digest(version["snapshot"]) == version["digest"] == listing["items"][0]["digest"]
    assert version["digest"] == get(f"cases/{CASE}").data["current_version"]["digest"]


def test_what_is_not_published_is_not_there(get: Get) -> None:
    CaseStudy.objects.filter(public_id=CASE).update(status=CaseStatus.WITHDRAWN)
    for path in (f"cases/{CASE}", f"cases/{CASE}/versions", f"cases/{CASE}/versions/1"):
        assert get(path).status_code == 410
    assert CASE not in _ids(get("cases?country=SE&limit=100"))
    solution = get("solutions/congestion-charging").data
    assert CASE not in json.dumps(solution)


def test_a_solution_with_its_effects_and_failures(get: Get) -> None:
    solution = get("solutions/congestion-charging").data
    rows = CaseStudy.objects.filter(solution__public_id="congestion-charging")
    assert solution["cases"]["total"] == rows.count()
    failed = rows.filter(outcome=Outcome.DID_NOT_WORK)
    assert {one["case"] for one in solution["failures"]["did_not_work"]} == set(
        failed.values_list("public_id", flat=True)
    )
    assert sum(len(group["effects"]) for group in solution["effects"]) == sum(
        row.effects.count() for row in rows
    )
    for group in solution["effects"]:
        used = [effect for effect in group["effects"] if effect["left_out"] is None]
        assert len(used) == group["places"]
        if group["places"] < 3:
            assert group["mean"] is None and group["pi_low"] is None
        if group["median"] is not None:
            assert group["minimum"] <= group["median"] <= group["maximum"]
    assert solution["effects"][0]["grade_rests_on_it"]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("solutions", Solution),
        ("methods", Method),
        ("cities", City),
        ("organisations", Organisation),
    ],
)
def test_every_record_can_be_listed_and_fetched(get: Get, path: str, model: Any) -> None:
    count = model.objects.count()
    assert get(path).data["count"] == count
    record = model.objects.order_by("public_id").first()
    one = get(f"{path}/{record.public_id}").data
    assert one["id"] == record.public_id
    assert one["links"]["self"].endswith(f"/api/v1/{path}/{record.public_id}")


def test_cities_by_country_and_membership(get: Get) -> None:
    wanted = City.objects.filter(country="FR", is_member=True)
    answer = get("cities?country=FR&member=true&limit=100")
    assert _ids(answer) == set(wanted.values_list("public_id", flat=True))


def test_an_unrecorded_population_is_null(get: Get) -> None:
    city = City.objects.filter(population__isnull=True, approximate_population__isnull=True).first()
    if city is None:
        city = City.objects.create(public_id="nowhere", name="Nowhere", country="SE")
    answer = get(f"cities/{city.public_id}").data
    assert answer["population"] is None and answer["size_band"] is None


def test_lists_of_codes_are_whole(get: Get) -> None:
    assert [item["code"] for item in get("topics").data["items"]] == Topic.values
    assert [item["code"] for item in get("themes").data["items"]] == Theme.values
    counts = {item["code"]: item["cases"] for item in get("topics").data["items"]}
    assert counts["equity"] == get("cases?topic=equity").data["count"]
    terms = {item["concept"]: item for item in get("glossary").data["items"]}
    assert "piste cyclable" in terms["cycle-path"]["fr"]
    assert "cykelväg" in terms["cycle-path"]["sv"]


@pytest.mark.parametrize(
    "path",
    ["cases?limit=100", f"cases/{CASE}", "solutions?limit=100", "solutions/congestion-charging",
     "methods?limit=100", "cities?limit=100", "organisations", "topics"],
)  # fmt: skip
def test_no_answer_needs_many_queries(
    get: Get, client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        assert client.get(f"/api/v1/{path}").status_code == 200
