"""The page of a city's areas: text first, missing never zero, doubt beside every rank."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client

from alliance.cases.models import Method
from alliance.core.errors import InvalidData, NotAllowed
from alliance.equity.enums import ExposureKind
from alliance.equity.models import AreaSet, Claim
from alliance.equity.services import figures
from alliance.equity.services.areas import end_areas
from alliance.equity.services.measuring import BY_TABLE
from alliance.equity.templatetags.check_words import check_to_challenge
from alliance.participation.models import Process
from tests.factories.equity import bring, geojson, grid, make_areas, make_figures
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import make_method
from tests.factories.waiting import waiting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def umea() -> Any:
    lay_ground()
    return team("umea")


@pytest.fixture
def ula(umea) -> Any:
    user = person("Ula Umea")
    join(user, umea)
    return acting(user)


@pytest.fixture
def areas(umea, ula) -> AreaSet:
    return make_figures(make_areas(umea, ula), ula)


def page(areas: AreaSet, query: str = "") -> str:
    return page_text(Client(), f"/en/equity/areas/{areas.public_id}/{query}")


def test_the_summary_names_the_group_that_lives_with_more(areas) -> None:
    said = page(areas)
    assert "Low income:" in said and "NO2 than other residents (1.4" in said
    assert "Area 24" in said and "Table of all areas" in said


def test_with_other_weights_areas_get_other_ranks(areas, ula) -> None:
    bring(areas, ula, ExposureKind.BENEFIT, {"Trees": [50 - at * 2 for at in range(25)]}, unit="%")
    bring(areas, ula, ExposureKind.BURDEN, {"Noise": [60 - at for at in range(25)]}, unit="dB")
    equal = page(areas)
    noisy = page(areas, "?w-0=0&w-1=0&w-2=5&w-3=0&cut=20")
    assert "uncertain: depends on the weighting" in equal
    assert noisy.index("Area 0 (A00)") < noisy.index("Area 24 (A24)")
    assert equal.index("Area 24 (A24)") < equal.index("Area 0 (A00)")


def test_missing_is_no_data_and_has_no_rank(areas, ula) -> None:
    bring(areas, ula, ExposureKind.BURDEN, {"NO2": ["", *range(1, 25)]}, unit="µg/m³")
    measured = AreaSet.objects.get(pk=areas.pk).measured
    assert measured["ranking"]["rank"][0] is None and measured["ranking"]["flag"][0] == "unknown"
    said = page(areas)
    assert "Data is missing for 1" in said and "no data" in said


def test_small_counts_are_hidden_on_the_page_and_in_the_file(areas, ula) -> None:
    people = [1_000] * 24 + [40]
    poor = [5] + [200] * 23 + [20]
    table = {"Population": people, "Low income": poor}
    bring(areas, ula, figures.PEOPLE, table, trait="income")
    bring(areas, ula, figures.PEOPLE, {"65 and older": [5] + [200] * 23 + [15]}, trait="age")
    assert "hidden: too few people" in page(areas)
    file = Client().get(f"/en/equity/areas/{areas.public_id}/areas.csv").content.decode()
    rows = {line.split(",")[0]: line.split(",")[2:5] for line in file.splitlines()}
    assert rows["\ufeffcode"] == ["Population 2025", "65 and older 2025", "Low income 2025"]
    # The people of A24 would be what is left of all, so those of A00 are hidden, too.
    assert rows["A00"] == rows["A24"] == ["suppressed"] * 3
    assert rows["A10"] == ["1000.0", "200.0", "200.0"]


def test_a_lone_small_count_takes_another_with_it(areas, ula) -> None:
    """Else it would be what is left of the total."""
    bring(areas, ula, figures.PEOPLE, {"65 and older": [5] + [200] * 24}, trait="age")
    hidden = areas.groups.get(code="65 and older").hidden
    assert hidden[0] == 0 and len(hidden) == 2


def test_a_group_of_all_but_a_few_is_hidden(areas, ula) -> None:
    """Else the few would be what is left of the people of the area."""
    bring(areas, ula, figures.PEOPLE, {"Has a home": [995] + [900] * 24}, trait="home")
    assert 0 in areas.groups.get(code="has a home").hidden


def test_years_are_compared_with_one_kappa(areas, ula) -> None:
    before = {"NO2": [14 + at / 2 for at in range(25)]}
    bring(areas, ula, ExposureKind.BURDEN, before, unit="µg/m³", year=2020)
    change = AreaSet.objects.get(pk=areas.pk).measured["change"]["no2"]
    assert [row["year"] for row in change] == [2020, 2025]
    assert change[0]["kappa"] == change[1]["kappa"] and change[0]["mean"] > change[1]["mean"]
    assert "Change over time" in page(areas)


@pytest.mark.parametrize(
    ("what", "table", "more", "code"),
    [
        (figures.PEOPLE, {"Population": [10] * 25, "Poor": [11] * 25}, {}, "figures-more-than-all"),
        (figures.PEOPLE, {"Population": [-1] * 25}, {}, "figures-below-0"),
        (figures.PEOPLE, {"Population": [10] * 25, "Poor": [0] * 25}, {}, "figures-nobody"),
        (figures.PEOPLE, {"total": [1] * 25, "Poor": [0.2] * 25}, {}, "figures-shares-of-people"),
        (figures.PEOPLE, {"Poor": [0.2] * 25}, {}, "figures-shares-of-people"),
        (figures.PEOPLE, {"Poor": [20.5] * 25}, {}, "figures-shares-of-people"),
        ("burden", {"Noise 2020": [5] * 25, "Noise 2025": [6] * 25}, {}, "figures-mixed-years"),
        ("burden", {"Noise": ['"5,000"'] * 25}, {}, "figures-no-number"),
        ("burden", {"Shade": [1.5] * 25}, {"unit": "share of homes"}, "figures-share"),
        ("benefit", {"Toll": [5] * 25}, {"quantity": "cost"}, "figures-cost"),
        ("burden", {"Noise": [5] * 25, "noise": [6] * 25}, {}, "figures-column-twice"),
        ("burden", {"Noise": ["5,6"] * 25}, {}, "figures-more-cells"),
        ("burden", {"Noise": [5] * 25}, {"url": "javascript:alert(1)"}, "not-a-web-address"),
        ("burden", {"Shade": [0.5] * 24 + [1.5]}, {"unit": "share"}, "figures-share"),
        ("burden", {"Shade": [0.5] * 25}, {"unit": "%"}, "figures-percent"),
        ("burden", {"Noise": ["loud"] * 25}, {}, "figures-no-number"),
        ("burden", {"Noise": [".."] * 25}, {}, "figures-empty"),
        ("burden", {"Noise": [5] * 25, "year": [2024] * 25}, {}, "figures-mixed-years"),
        ("burden", {"Noise": [5] * 25, "Nose ±": [1] * 25}, {}, "figures-margin"),
    ],
)
def test_a_table_at_fault_is_refused_whole(areas, ula, what, table, more, code) -> None:
    before = areas.exposures.count(), areas.groups.count()
    with pytest.raises(InvalidData) as refused:
        bring(areas, ula, what, table, **more)
    assert code in {fault.code for fault in refused.value.faults}
    assert before == (areas.exposures.count(), areas.groups.count())


def test_points_between_semicolons_may_part_thousands(areas, ula) -> None:
    said = figures.About("burden", 2025, "Made up", "CC0 1.0")
    by = {"actor": ula, "at": NOW}
    with pytest.raises(InvalidData) as refused:
        figures.bring_figures(areas, said, b"code;Noise\nA00;5.000\nA01;61\n", **by)
    assert [fault.where for fault in refused.value.faults] == ["row 2, column Noise"]
    settled = b"code;Noise\nA00;5.000\nA01;1.005.000\nA02;1,5\n"
    made = figures.bring_figures(areas, said, settled, **by)
    assert made.exposures.get(code="noise").values[:3] == [5_000, 1_005_000, 1.5]


def test_what_is_at_fault_in_a_file_is_shown_with_its_row_and_column(areas, ula, client) -> None:
    client.force_login(ula.user)
    table = b"code,Population,Low income\nA03,-5,x\nB99,7,1\n"
    typed = {"what": figures.PEOPLE, "year": 2025, "source": "Made up", "licence": "CC0 1.0"}
    base = f"/en/equity/areas/{areas.public_id}/"
    refused = client.post(
        f"{base}figures", typed | {"file": SimpleUploadedFile("people.csv", table)}
    )
    assert refused.status_code == 422
    assert "There is no area B99" in refused.content.decode()
    table = table.replace(b"B99,7,1\n", b"").replace(b"x", b"20")
    refused = client.post(
        f"{base}figures", typed | {"file": SimpleUploadedFile("people.csv", table)}
    )
    said = refused.content.decode()
    assert "area A03, column Population: A number of people cannot be below 0." in said


def test_only_the_city_brings_figures(areas, umea) -> None:
    lund = team("lund")
    user = person("Lea Lund")
    join(user, lund)
    with pytest.raises(NotAllowed):
        bring(areas, acting(user), ExposureKind.BURDEN, {"Noise": [5] * 25})
    with pytest.raises(NotAllowed):
        make_areas(umea, acting(user), name="Others")


def test_areas_with_shapes_are_drawn_and_can_be_taken_away(umea, ula) -> None:
    made = make_areas(umea, ula, content=geojson(grid()))
    make_figures(made, ula)
    bring(made, ula, ExposureKind.BURDEN, {"NO2": ["", *range(1, 25)]}, unit="µg/m³")
    html = Client().get(f"/en/equity/areas/{made.public_id}/").content.decode()
    assert html.count("<title>Area ") == 25 and 'class="f-unknown" fill="url(#hatch)"' in html
    shapes = Client().get(f"/en/equity/areas/{made.public_id}/areas.geojson")
    found = json.loads(shapes.content)
    first = found["features"][0]
    assert first["properties"] == {"code": "A00", "name": "Area 0", "NO2": None, "Income": 400.0}
    assert first["geometry"]["coordinates"][0][0] == [20.2, 63.8]
    # Closed areas have no page any more.
    end_areas(made, actor=ula, at=NOW)
    assert Client().get(f"/en/equity/areas/{made.public_id}/").status_code == 404


def test_a_table_of_areas_and_groups_is_a_result_of_its_method_until_it_is_closed(
    umea, ula
) -> None:
    method = make_method()
    Method.objects.filter(pk=method.pk).update(
        public_id=BY_TABLE, topic="equity", iap2_level="", mode=""
    )
    made = make_figures(make_areas(umea, ula), ula)
    found = method.results.get()
    told = {one["measure"]: (one["value"], one["n"]) for one in found.measures}
    assert told["known"] == (1.0, 25) and told["clear"][1] == 2 and found.city == made.city
    assert "Areas with complete figures" in page_text(Client(), f"/en/methods/{BY_TABLE}/")
    end_areas(made, actor=ula, at=NOW)
    assert not method.results.exists()


def test_anybody_challenges_a_figure_of_an_area_and_reads_the_answer_with_its_days(
    areas, ula
) -> None:
    base, visitor = f"/en/equity/areas/{areas.public_id}/", Client()
    shown = visitor.get(f"{base}challenge?area=A03").content.decode()
    assert 'value="A03"' in shown
    figure = areas.exposures.get(name="NO2")
    typed = {
        "area": "area 3",
        "figure": figure.public_id,
        "text": "The sensor was broken.",
        "name": "",
        "language": "en",
    }
    wrong = visitor.post(f"{base}challenge", typed | {"area": "Atlantis"})
    assert wrong.status_code == 422 and list(wrong.context["form"].errors) == ["area"]
    assert visitor.post(f"{base}challenge", typed).status_code == 302
    assert (
        visitor.post(f"{base}challenge", typed | {"figure": "", "area": "A03"}).status_code == 302
    )
    ranked, claim = Claim.objects.order_by("-pk")
    assert claim.about.startswith("Area 3 (A03): NO2 (2025), ")
    assert "Area 3 (A03): rank " in ranked.about or "no rank" in ranked.about
    said = page(areas)
    assert "The sensor was broken." in said and "No answer yet" in said
    asked = claim.post.at
    waiting = [
        one.item
        for one in waiting_for(ula, at=asked, language="en")
        if one.item.kind == "areas-answer"
    ]
    assert {one.by for one in waiting} == {(asked + dt.timedelta(days=14)).date()}
    answer = {"result": "kept", "answer": "It was mended in May."}
    client = Client()
    client.force_login(ula.user)
    address = f"{base}challenges/{claim.public_id}"
    assert Client().post(address, answer).status_code in (302, 404)
    assert client.post(address, answer).status_code == 302
    assert "Answer the same day: the city makes no change" in page(areas)
    assert "Dispute a figure about your area" in check_links(areas)


def check_links(areas: AreaSet) -> str:
    """The links of a process of the same city to what residents may challenge."""
    process = Process(pk=0, organisation=areas.organisation)
    return render_to_string("equity/parts/of_process.html", check_to_challenge(process))


def test_one_area_and_zeros_everywhere_have_words_and_no_interval(umea, ula) -> None:
    areas = make_areas(umea, ula, content=b"code,name\nA00,Area 0\n", name="One")
    bring(areas, ula, figures.PEOPLE, {"Population": [900], "Poor": [90]}, trait="income")
    bring(areas, ula, ExposureKind.BURDEN, {"NO2": [11]}, unit="µg/m³")
    areas = bring(areas, ula, ExposureKind.BURDEN, {"Dust": [0]}, unit="µg/m³")
    for one in areas.measured["exposures"].values():
        assert one["groups"][0]["difference_interval"] == [None, None]
    said = page(areas)
    assert "Too few areas have complete figures." in said
