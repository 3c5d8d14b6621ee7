"""Targets as rows: by city, year and ground, with their past; and verdicts on siblings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.indicators.models import ObservationSource, Sibling, Target
from alliance.indicators.selectors.profile import city_profile
from alliance.indicators.services.targets import end_target, save_sibling, set_target
from alliance.indicators.targets import by_definition, in_order, target_of, targets_at
from tests.factories.indicators import (
    NOW,
    make_city,
    make_definition,
    make_release,
    make_score,
    make_target,
    record,
)
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
NEW, PAGE = "/en/indicators/green/targets/new", "/en/indicators/green/"


@pytest.fixture
def secretariat() -> Client:
    client = Client()
    client.force_login(person("sekreterare", NetworkRole.SECRETARIAT))
    return client


def test_a_city_is_held_against_its_own_plan_before_the_law_of_its_country():
    definition, umea, lund = make_definition(), make_city("umea"), make_city("lund")
    nantes = make_city("nantes", country="FR")
    make_target(definition, kind="guideline", value=95.0)
    make_target(definition, kind="law", country="SE", value=80.0)
    make_target(definition, kind="yardstick", city=umea, value=70.0)
    make_target(definition, kind="plan", city=umea, value=85.0)
    found = by_definition(None)[definition.pk]
    held = {city.public_id: target_of(found, city) for city in (umea, lund, nantes)}
    assert {name: one and one.value for name, one in held.items()} == {
        "umea": 85.0, "lund": 80.0, "nantes": 95.0,
    }  # fmt: skip


def test_a_target_that_is_set_otherwise_is_kept_as_past_and_one_that_ends_too():
    definition = make_definition()
    first = make_target(definition, value=80.0)
    assert make_target(definition, value=80.0, at=LATER) == first, "it says the same"
    second = make_target(definition, value=85.0, at=LATER)
    assert [one.value for one in targets_at(NOW)] == [80.0]
    assert [one.value for one in targets_at(None)] == [85.0]
    end_target(second, actor=COMMAND_LINE, at=LATER + dt.timedelta(days=1))
    assert not targets_at(None).exists()
    assert Target.objects.count() == 2
    verbs = AuditEvent.objects.filter(public_id="green", verb__contains="target")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "set-target", "set-target", "end-target",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "where", "rule"),
    [
        ({"value": None}, "value", "Enter the target"),
        ({"value": 140.0}, "value", "above 100"),
        ({"value": -1.0}, "value", "below 0"),
        ({"kind": ""}, "kind", "hoose"),
        ({"kind": "wish"}, "kind", "wish"),
        ({"basis": ""}, "basis", "blank"),
        ({"basis": "<b>x</b>"}, "basis", "HTML"),
        ({"definition": None}, "unit_label", "unit"),
    ],
)
def test_a_faulty_target_is_refused_by_field(values: dict[str, Any], where: str, rule: str):
    from alliance.core.forms import faults_of

    definition = make_definition()
    given = {"kind": "law", "basis": "Law", "value": 90.0, "definition": definition, **values}
    with pytest.raises(Exception) as caught:
        set_target(Target(indicator=definition.indicator, **given), actor=COMMAND_LINE, at=NOW)
    (fault,) = faults_of(caught.value)  # type: ignore[arg-type]
    assert fault.where == where
    assert rule in fault.rule
    assert not Target.objects.exists()


def test_a_target_of_another_country_than_its_city_is_refused():
    with pytest.raises(InvalidData, match="Umea is in another country"):
        make_target(make_definition(), city=make_city("umea"), country="FR")


def test_readers_see_the_title_of_the_publisher_without_the_copy_that_was_read():
    title = "SMHI, emissions (county) (read in copy@1 (June 2026))"
    make_target(make_definition(), source=ObservationSource.objects.create(title=title))
    page = Client().get("/en/indicators/green/").text
    assert "Source: SMHI, emissions (county)." in page
    assert "copy@1" not in page


def test_the_profile_tells_the_own_target_of_a_city():
    city, definition = make_city("umea"), make_definition()
    record(city, definition, {"2020": 40.0, "2021": 41.0})
    make_score(make_release(), city, definition, standing="leading")
    make_target(definition, city=city, kind="plan", value=62.5, year=2035)
    page = Client().get("/en/cities/umea/indicators/").content.decode()
    assert "62.5 by 2035" in " ".join(page.split())
    assert "plan by the city or its group of municipalities" in page
    assert city_profile(city, "en", NOW - dt.timedelta(days=1))["sections"] is not None


def test_the_secretariat_sets_and_ends_a_target(secretariat):
    definition, city = make_definition(), make_city("umea")
    sent = {
        "definition": definition.pk, "city": "umea", "country": "", "kind": "plan",
        "value": "65", "year": "2030", "basis": "Climate plan", "basis_sv": "Klimatplan",
        "source_title": "Umeå kommun", "source_url": "https://example.org/plan",
    }  # fmt: skip
    answer = secretariat.post(NEW, sent, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    page = answer.content.decode()
    for shown in ("65 by 2030", "Climate plan", 'href="https://example.org/plan"'):
        assert shown in page
    (target,) = targets_at(None)
    assert (target.city, target.basis_sv) == (city, "Klimatplan")
    end = f"/en/indicators/green/targets/{target.pk}/end"
    assert f'href="{end}"' in page
    secretariat.post(end)
    assert not targets_at(None).exists()
    assert secretariat.get(end).status_code == 404, "it has ended"
    faulty = secretariat.post(NEW, sent | {"year": "20"})
    assert list(faulty.context["form"].errors) == ["year"]
    refused = sent | {"value": "140", "source_title": "Another plan"}
    assert list(secretariat.post(NEW, refused).context["form"].errors) == ["value"]
    assert not ObservationSource.objects.filter(title="Another plan").exists()
    marked = secretariat.post(NEW, sent | {"source_title": "<b>Plan</b>"})
    assert list(marked.context["form"].errors) == ["source_title"]
    for address in (NEW, end):
        assert Client().get(address).status_code == 302, "others sign in first"


def test_a_target_of_another_quantity_is_shown_and_never_held_against_figures(secretariat):
    definition, city = make_definition(), make_city("umea")
    record(city, definition, {"2020": 40.0, "2021": 41.0})
    make_target(
        None, indicator=definition.indicator, city=city, value=-50.0, unit_label="% against 2005"
    )
    assert by_definition(None) == {}
    page = Client().get(PAGE).content.decode()
    assert "% against 2005" in page
    assert (
        "The target measures something else, so the figures here are not compared with it." in page
    )


def test_net_zero_is_a_target_in_words():
    definition = make_definition()
    target = make_target(definition, value=None, words="net zero")
    assert "net zero" in Client().get(PAGE).content.decode()
    assert in_order([target]) == [target]


def test_what_is_known_of_siblings_stands_on_both_pages_and_in_the_api():
    left, right = make_definition(), make_definition("BLUE", "TEST_BLUE")
    sibling = Sibling(
        left=left, right=right, verdict="with-care", clause="area",
        differs="One counts land.", advice="Compare trends.",
    )  # fmt: skip
    made = save_sibling(sibling, actor=COMMAND_LINE, at=NOW)
    again = Sibling(
        left=left, right=right, verdict="not-comparable", clause="area", differs="Land alone."
    )
    assert save_sibling(again, actor=COMMAND_LINE, at=LATER).pk == made.pk, "one verdict a pair"
    for name in ("green", "blue"):
        page = Client().get(f"/en/indicators/{name}/").content.decode()
        assert "Land alone." in page
        assert "not comparable" in page
    told = Client().get("/api/v1/indicators/blue").json()["siblings"]
    assert [(one["left"], one["right"], one["verdict"]) for one in told] == [
        ("TEST_GREEN", "TEST_BLUE", "not-comparable")
    ]


def test_the_api_gives_targets_with_their_ground():
    make_target(make_definition(), value=90.0, basis_sv="Lag")
    (target,) = Client().get("/api/v1/indicators/green").json()["targets"]
    assert (target["definition"], target["value"], target["year"]) == ("TEST_GREEN", 90.0, 2030)
    assert (target["kind"], target["basis"]["sv"], target["city"]) == ("law", "Lag", None)


def test_cities_side_by_side_are_told_how_their_definitions_compare(client):
    lund, umea = make_city("lund"), make_city("umea", name="Umeå")
    lyon = make_city("lyon", country="FR")
    green = make_definition()
    french = make_definition("GREEN", "FR_GREEN", scope="FR")
    record(lund, green, {"2021": 40.0})
    record(umea, green, {"2021": 41.0})
    record(lyon, french, {"2021": 50.0})
    Sibling.objects.create(
        left=green, right=french, verdict="not-comparable", clause="area", differs="Parks differ."
    )
    Sibling.objects.create(
        left=green, right=green, verdict="with-care", clause="language", differs="Answers shift."
    )

    def page(*cities):
        asked = "&".join(f"city={one}" for one in cities)
        return client.get(f"/en/indicators/compare?{asked}&indicator=green").content.decode()

    across, within = page("lund", "lyon"), page("lund", "umea")
    assert "Parks differ." in across and "Answers shift." not in across
    assert "Parks differ." not in within and "Answers shift." not in within
