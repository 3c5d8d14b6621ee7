"""What a solution promises to a new city, on its page and by the API."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from alliance.analysis.evidence import pool
from alliance.core.audit import COMMAND_LINE
from alliance.network.services import save_city
from alliance.web.formatting import number
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case
from tests.factories.pages import one_line, page, page_text

pytestmark = pytest.mark.django_db

ADDRESS = "/en/solutions/road-pricing/"
#: With what analysts ask for.
ANALYSTS = f"{ADDRESS}?analysts=1"
KEY = "traffic-volume-percent-change-lower"
VALUES, ERRORS = (-20.0, -12.0, -16.0, -13.0), (2.0, 1.0, 3.0, 1.5)


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def town(name: str, value: float, **figures: object) -> None:
    make_case(name, place=a_place(name, "SE"), effects=(effect(value, **figures),))


def precise(design: str = "rct") -> None:
    for name, value, error in zip(("Ash", "Birk", "Cor", "Dal"), VALUES, ERRORS, strict=True):
        town(name, value, se=error, design=design)


def plain() -> None:
    for name, value in zip(("Ash", "Birk", "Cor", "Dal"), VALUES, strict=True):
        town(name, value)


def group(client: Client, query: str = "") -> dict:
    answer = client.get(f"/api/v1/solutions/road-pricing{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["effects"][0]


def test_places_with_standard_errors_are_weighted_and_the_page_says_so(client: Client) -> None:
    precise()
    pooled = pool(VALUES, [error**2 for error in ERRORS])
    words = page_text(client, ANALYSTS)
    figures = (pooled.estimate, pooled.prediction_low, pooled.prediction_high)
    mean, low, high = (number(one, 0, signed=True) for one in figures)
    assert "In a new city, expect anything from a fall of 31 to a rise of 1 %." in words
    assert (low, high) == ("−31", "+1")
    assert f"Mean of 4 places, weighted by precision: {mean} %" in words
    assert (
        "Diamond: mean across places, with more precise results given more weight, and its 95"
    ) in words
    assert "All places count equally" not in words
    assert "Three or four places" in words


def test_without_standard_errors_the_mean_is_unweighted_and_the_page_says_so(
    client: Client,
) -> None:
    plain()
    words = page_text(client, ANALYSTS)
    assert "Unweighted mean of 4 places" in words
    assert "All places count equally" in words
    assert "Precision of the result: no standard error in 4 of 4 places." in words


def test_chances_and_certainty_are_told_with_each_step(client: Client) -> None:
    precise("before-after")
    words = page_text(client, ANALYSTS)
    assert re.search(r"Chance of an improvement in a new city: 9\d %", words)
    assert "Certainty: very low" in words
    assert "In a new city, expect" not in words
    assert "Starts at low: the action was not assigned at random in every place." in words
    assert (
        "Risk of bias: −2 100 % of the weight comes from places without a comparison group" in words
    )
    assert "Unpublished results may exist: we have not assessed this. " in words
    assert "Similarity to your city: not assessed" in words


def test_the_smallest_useful_change_is_asked_in_the_address(client: Client) -> None:
    precise()
    words = page_text(client, f"{ADDRESS}?of={KEY}&useful=10")
    assert re.search(r"Chance of an improvement of 10 % or more: \d\d %", words)
    assert "Smallest useful change: not set." not in words
    chances = group(client, f"?of={KEY}&useful=10")["outlook"]["chances"]
    assert "verdict" not in chances and "held_by" not in chances
    assert 0 < chances["p_useful"] < chances["p_right_direction"] < 1
    swedish = page_text(client, f"/sv/solutions/road-pricing/?of={KEY}&useful=2,5")
    assert "Sannolikhet för en förbättring på minst 2,5 %" in swedish


@pytest.mark.parametrize("text", ["abc", "-3", "0", "1e999", "9999999999999999"])
def test_a_size_that_is_none_is_told_beside_its_field(client: Client, text: str) -> None:
    precise()
    html = page(client, f"{ADDRESS}?of={KEY}&useful={text}")
    assert 'aria-invalid="true"' in html
    assert f'id="{KEY}-fault"' in html
    assert f'value="{text}"' in html
    assert "an improvement in “" not in html


def test_what_is_not_known_is_counted_from_the_cases(client: Client) -> None:
    save_city("nice", name="Nice", country="FR", is_member=True, actor=COMMAND_LINE, at=NOW)
    plain()
    words = page_text(client, ANALYSTS).split("Unknowns")[1]
    for line in (
        "Unpublished results may exist: we have not assessed this.",
        "no comparison in 4 of 4 places.",
        "Sample size: not known in 4 of 4 places.",
        "Baseline: not known in 4 of 4 places.",
        "Climate: not known in 4 of 4 places.",
        "Effect in France: no results yet.",
        "Smallest useful change: not set.",
    ):
        assert line in words
    missing = group(client)["outlook"]["not_known"]
    assert {"code": "countries", "n": 1, "of": None, "values": ["FR"]} in missing


def test_climates_of_members_without_a_result_are_named(client: Client) -> None:
    by = {"actor": COMMAND_LINE, "at": NOW}
    save_city("lund", name="Lund", country="SE", koppen="Cfb", is_member=True, **by)
    save_city("umea", name="Umeå", country="SE", koppen="Dfc", is_member=True, **by)
    make_case("Lund")
    assert group(client)["outlook"]["not_known"][-1]["values"] == ["D"]
    make_case("Umeå")
    codes = {one["code"] for one in group(client)["outlook"]["not_known"]}
    assert not codes & {"climates", "countries", "climate"}
    make_case("Elsewhere", place=a_place("Elsewhere", "SE"))
    # A place whose climate is not known may have any: nothing is claimed then.
    codes = {one["code"] for one in group(client)["outlook"]["not_known"]}
    assert "climate" in codes
    assert "climates" not in codes


def test_figures_name_the_versions_they_rest_on_and_follow_a_change(client: Client) -> None:
    precise()
    html = one_line(page(client, ANALYSTS))
    assert '<a href="/en/cases/ash/versions/1/">Ash version 1</a>' in html
    before = group(client)["outlook"]
    assert before["rests_on"][0] == {
        "case": "ash",
        "place": "Ash",
        "version": 1,
        "self": before["rests_on"][0]["self"],
        "page": before["rests_on"][0]["page"],
    }
    assert before["rests_on"][0]["self"].endswith("/api/v1/cases/ash/versions/1")
    assert client.get("/api/v1/cases/ash/versions/1").status_code == 200
    town("Ash", -40.0, se=2.0, design="rct")
    after = group(client)["outlook"]
    assert after["rests_on"][0]["version"] == 2
    assert after["estimate"] == pytest.approx(
        pool([-40.0, *VALUES[1:]], [error**2 for error in ERRORS]).estimate
    )
    html = one_line(page(client, ANALYSTS))
    assert '<a href="/en/cases/ash/versions/2/">Ash version 2</a>' in html
    assert client.get("/en/cases/ash/versions/2/").status_code == 200


def test_the_api_gives_the_figures_of_the_page_by_codes(client: Client) -> None:
    precise()
    found, pooled = group(client), pool(VALUES, [error**2 for error in ERRORS])
    assert found["key"] == KEY
    assert found["mean"] == found["outlook"]["estimate"] == pytest.approx(pooled.estimate)
    assert found["pi_low"] == pytest.approx(pooled.prediction_low)
    assert (found["weighting"], found["method"]) == ("inverse-variance", "reml, hartung-knapp")
    assert "standard-errors-not-used" not in found["warnings"]
    assert found["outlook"]["i2"] == pytest.approx(pooled.heterogeneity.i2)
    steps = {one["domain"]: one["change"] for one in found["outlook"]["certainty"]["steps"]}
    assert steps["risk-of-bias"] == 0
    assert steps["publication-bias"] is None


@pytest.mark.parametrize(
    ("query", "where"),
    [("?useful=3", "useful"), (f"?of={KEY}", "useful"), ("?of=x&useful=3", "of"),
     (f"?of={KEY}&useful=0", "useful"), (f"?of={KEY}&useful=nan", "useful")],
)  # fmt: skip
def test_the_api_refuses_a_question_that_makes_no_sense(
    client: Client, query: str, where: str
) -> None:
    precise()
    answer = client.get(f"/api/v1/solutions/road-pricing{query}")
    assert answer.status_code == 422
    assert where in str(answer.json())


def test_two_units_of_one_measure_are_never_pooled(client: Client) -> None:
    precise()
    town("Elm", -900.0, unit="cars per day", se=10.0, design="rct")
    assert group(client)["outlook"]["k"] == 4


def test_results_that_differ_too_much_predict_nothing_on_the_page_and_by_the_api(
    client: Client,
) -> None:
    for name, value in zip(("Ash", "Birk", "Cor", "Dal"), (80.0, -95.0, 900.0, 12.0), strict=True):
        town(name, value)
    words = page_text(client, ANALYSTS)
    assert "The results differ too much to predict a new one." in words
    assert "expect between" not in words and "Unweighted mean" not in words
    found = group(client)
    assert found["mean"] == 224.25 and "below-possible" in found["warnings"]
    ends = ("ci_low", "ci_high", "prediction_low", "prediction_high")
    assert [found[name] for name in ("ci_low", "ci_high", "pi_low", "pi_high")] == [None] * 4
    assert [found["outlook"][name] for name in ends] == [None] * 4
    assert found["outlook"]["chances"] is None
