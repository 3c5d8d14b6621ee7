"""How processes went: measures with intervals, results of methods, pooled over cities."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from alliance.cases.models import Method, MethodText
from alliance.core.audit import WORKER
from alliance.core.errors import InvalidData
from alliance.evidence.models import MethodResult
from alliance.evidence.selectors.method_results import map_lines, unit_name
from alliance.evidence.services.method_results import Use, as_measure, save_result
from alliance.network.models import City
from alliance.participation.models import Answer, CensusCount, Contribution, Participant, Process
from alliance.participation.services import evaluating
from alliance.participation.services.contributions import ContributionData, contribute
from alliance.participation.services.issuing import issue
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import let_take_part, make_process
from tests.factories.people import NOW, acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def lund() -> Any:
    lay_ground()
    return team("lund")


@pytest.fixture
def lea(lund: Any) -> Any:
    lea = person("Lea Lund")
    join(lea, lund)
    return lea


def method(public_id: str, name: str) -> Method:
    made = Method.objects.create(
        public_id=public_id, cost_level="low", iap2_level="involve", mode="both"
    )
    MethodText.objects.create(method=made, language="en", name=name, description="It is one.")
    return made


def closed(lund: Any, kind: str = "dialogue") -> Process:
    """Closed at NOW: 30 tenants and 20 owners of 60 % tenants; 15 came for the first time."""
    process = make_process(lund, kind=kind)
    for category, people in (("rents", 600), ("owns", 400)):
        CensusCount.objects.create(
            process=process, trait="tenure", category=category, people=people
        )
    people = (
        Participant(
            process=process,
            language="en",
            made_at=NOW,
            tenure="rents" if at < 30 else "owns",
            first_time="yes" if at < 15 else "no" if at < 40 else "",
        )
        for at in range(50)
    )
    let_take_part(Participant.objects.bulk_create(people))
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=NOW)
    issue(process, at=NOW)
    return Process.objects.get(pk=process.pk)


def by_measure(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{one['measure']} {one['group']}".strip(): one for one in found}


def test_a_process_that_ends_becomes_a_result_of_its_method(lund, lea, client) -> None:
    polis = method("opinion-mapping-method", "Opinion map")
    process = closed(lund)
    # As many tenants as among residents: 30 of 50 against 60 %.
    found = by_measure(evaluating.measures_of(process, NOW))
    assert found["reach tenure:rents"]["value"] == pytest.approx(1)
    assert found["first-timers"]["value"] == pytest.approx(15 / 40)
    assert "cost" not in found and "acted-on" not in found
    assert evaluating.store_ended_results(at=NOW + DAY) == 1
    assert MethodResult.objects.get().method == polis
    # What is not known says why.
    said = page_text(client, f"/en/take-part/{process.public_id}/evaluation/")
    assert "The city has not entered its hours and costs. not known" in said
    known = evaluating.EvaluationData(
        hours=Decimal(40),
        rate=Decimal(500),
        other_costs=Decimal(5_000),
        currency="SEK",
        question="Do you know where food waste goes?",
        before=[10, 10, 5, 3, 2],
        after=[2, 3, 5, 10, 10],
    )
    evaluating.evaluate(process, polis, known, actor=acting(lea), at=NOW + DAY)
    found = by_measure(MethodResult.objects.get().measures)
    # 40 h × 500 + 5,000 for 50 people.
    assert (found["cost"]["value"], found["cost"]["unit"]) == (500, "SEK")
    assert found["cost"]["unit_pooled"].startswith("EUR") and found["cost"]["se"] > 0
    assert found["learned"]["value"] == pytest.approx(46 / 30)
    found = by_measure(MethodResult.objects.get().measures)
    assert (found["learned"]["unit"], found["cost"]["unit"]) == ("scale-5", "SEK")
    with override("fr"):
        assert unit_name(found["learned"]) == "points sur une échelle de 5"
    said = page_text(client, f"/en/take-part/{process.public_id}/evaluation/")
    assert "has not entered" not in said
    assert "tenants" in said and "1.0 times" in said and "10 people did not say" in said
    said = page_text(client, "/en/methods/opinion-mapping-method/")
    assert "Results measured by cities" in said and "Lund" in said
    assert "Opinion map" in page_text(client, reverse("knowledge:evidence-map"))


def test_few_people_are_hidden(lund) -> None:
    process = closed(lund)
    Participant.objects.filter(tenure="owns").delete()
    Participant.objects.filter(pk__in=Participant.objects.values("pk")[:24]).delete()
    # The first issue of the few, not another one of those who were counted.
    Participant.objects.update(is_issued=False)
    process.last_issue.delete()
    process = Process.objects.get(pk=process.pk)
    issue(process, at=NOW)
    assert evaluating.measures_of(process, NOW) == []


def test_what_became_of_contributions_within_twelve_months(lund, lea) -> None:
    process = make_process(lund, kind="proposals")
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=NOW) for _ in range(4)
    )
    for at, one in enumerate(people):
        words = ContributionData(f"Bench {at}", "en", kind="proposal", title=f"Bench {at}")
        contribute(process, one, words, at=NOW)

    def answered(title: str, outcome: str, at: dt.datetime) -> None:
        made = Answer.objects.create(
            process=process, outcome=outcome, reason="So.", language="en", at=at
        )
        Contribution.objects.filter(title=title).update(answer=made)

    answered("Bench 0", "done", NOW + 30 * DAY)
    answered("Bench 1", "declined", NOW + 30 * DAY)
    answered("Bench 2", "accepted", NOW + 400 * DAY)
    answered("Bench 3", "noted", NOW + 30 * DAY)
    year = NOW + evaluating.TWELVE_MONTHS
    assert evaluating.acted_on(process, year) == (1, 4)
    process.promises.create(
        kind="decision", text="", due_on=year.date(), made_at=NOW, kept_at=NOW, outcome="So."
    )
    assert evaluating.acted_on(process, year) == (2, 4)
    Process.objects.filter(pk=process.pk).update(
        state="answered", closed_at=NOW, answered_at=year, result="So."
    )
    process.refresh_from_db()
    (found,) = evaluating.measures_of(process, year)
    assert (found["measure"], found["value"]) == ("acted-on", 0.5)


def test_one_method_reached_more_than_another_in_three_cities(lund, client) -> None:
    maps, hearing = method("map-survey", "Map survey"), method("hearing", "Hearing")
    City.objects.create(public_id="boras", name="Borås", country="SE")
    cities = list(City.objects.all())
    assert len(cities) == 3
    for one, k in ((maps, 42), (hearing, 20)):
        for city in cities:
            measures = [
                as_measure("reach", evaluating.engagement.reach(k, 100, 0.4), group="tenure:rents")
            ]
            use = Use(
                "record", f"{one.public_id}-{city.public_id}", city, "Street", "en", NOW.date()
            )
            save_result(one, use, measures, actor=WORKER, at=NOW)
    said = page_text(client, "/en/methods/map-survey/")
    assert (
        "Map survey reached 2.1 times as many tenants as Hearing in 3 cities (range 1.2 to 3.7)."
    ) in said
    # Its reach over the cities: 42 % against 40 %.
    assert "1.0 times" in said
    # On the evidence map: three cities, no clear direction, and no lots, so that it is not sure.
    shown = client.get("/en/evidence/map").content.decode()
    assert "Map survey, Reach (tenants): 3 cities, no clear direction, 1.0 times" in shown
    assert ", certainty very low" in shown
    hearing_cell = map_lines("en")[0].cells[0]
    assert (hearing_cell.name, hearing_cell.direction, hearing_cell.certainty) == (
        "Hearing", "-", "low",
    )  # fmt: skip
    table = csv.DictReader(io.StringIO(client.get("/en/evidence/map.csv").content.decode()))
    rows = {one["solution"]: one for one in table if one["group"] == "method"}
    assert (rows["hearing"]["places"], rows["hearing"]["worse"]) == ("3", "3")
    assert (rows["hearing"]["theme"], rows["map-survey"]["direction"]) == ("reach", "unclear")
    drawing = client.get("/en/evidence/map.svg").content.decode()
    assert "Ways to involve people" in drawing and "Hearing, Reach (tenants)" in drawing
    # Filters are of solutions.
    assert "hearing" not in client.get("/en/evidence/map.csv?design=rct").content.decode()
    # What was made up is shown, and not pooled.
    MethodResult.objects.update(is_synthetic=True)
    said = page_text(client, "/en/methods/map-survey/")
    assert "fictional" in said and "as many tenants as" not in said


def test_a_hearing_is_recorded_by_staff_and_changed(lund, lea, client) -> None:
    method("hearing", "Hearing")
    client.force_login(lea)
    address = f"/en/take-part/record?team={lund.public_id}"
    given = {
        "method": "hearing",
        "title": "Hearing on the square",
        "language": "en",
        "ended_on": "2020-05-04",
        "people": "60",
        "table": "Home,rented,12,600\nHome,owned,48,400\nsex,woman,3,500\nsex,man,57,500",
        "first_yes": "12",
        "first_no": "40",
        "contributions": "20",
        "acted_on": "5",
        "hours": "10",
        "rate": "400",
        "currency": "sek",
    }
    wrong = given | {"table": "tenure,rents,12", "acted_on": "21", "currency": "??"}
    answer = client.post(address, wrong)
    assert answer.status_code == 422 and not MethodResult.objects.exists()
    assert "Row 1 needs four cells" in answer.content.decode()
    assert client.post(address, given).url == "/en/methods/hearing/#measured"
    result = MethodResult.objects.get()
    found = by_measure(result.measures)
    assert found["reach tenure:rents"]["value"] == pytest.approx(12 / 60 / 0.6)
    # Three women are too few to tell, and so the men with them.
    assert not [one for one in found if "sex:" in one]
    assert found["acted-on"]["value"] == 0.25 and found["first-timers"]["n"] == 52
    change = f"/en/take-part/records/{result.source_id}"
    assert client.post(change, given | {"people": "80"}).status_code == 302
    assert MethodResult.objects.get().measures != result.measures
    assert Client().get(change).status_code == 302


def test_what_staff_know_is_refused_by_its_field(lund, lea) -> None:
    process, one = closed(lund), method("hearing", "Hearing")
    with pytest.raises(InvalidData) as refused:
        known = evaluating.EvaluationData(hours=Decimal(3), before=[3, 4], after=[1, 2, 3])
        evaluating.evaluate(process, one, known, actor=acting(lea), at=NOW)
    assert {(fault.where, fault.code) for fault in refused.value.faults} == {
        ("currency", "no-currency"),
        ("rate", "missing"),
        ("after", "same-answers"),
        ("question", "missing"),
    }


def test_a_method_with_a_purpose_of_its_own_has_its_own_measure(lund, lea, client) -> None:
    method("hearing", "Hearing")
    method("social-sustainability-commission", "Commission")
    page = "/en/methods/social-sustainability-commission/"
    said = page_text(client, page)
    assert (
        "Share reported by cities:" in said
        and (
            "The description above is based on general knowledge of the method. No "
            "city results yet."
        )
        in said
    )
    client.force_login(lea)
    address = f"/en/take-part/record?team={lund.public_id}"
    typed = {
        "method": "social-sustainability-commission", "title": "The commission", "language": "en",
        "ended_on": "2020-05-04", "people": "14", "own_of": "24", "own_done": "25",
    }  # fmt: skip
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert client.post(address, typed | {"method": "hearing", "own_done": "2"}).status_code == 422
    assert client.post(address, typed | {"own_done": "18"}).status_code == 302
    told = MethodResult.objects.get().measures
    assert [(one["measure"], one["value"]) for one in told] == [("own", 0.75)]
    said = page_text(client, page)
    assert "proposals carried out" in said and "75 %" in said
    assert (
        "The description above is based on general knowledge of the method. No city results yet."
    ) not in said
