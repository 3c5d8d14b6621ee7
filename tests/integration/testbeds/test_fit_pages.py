"""Would it work here: the page and the API, from the database to the words."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.cases.models import CaseStudy, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.config.cli import cli
from alliance.core.audit import COMMAND_LINE
from alliance.core.models import AuditEvent
from alliance.indicators.models import IndicatorMeasure
from alliance.network.models import City
from alliance.testbeds.fit.validation import validate_context
from alliance.writing.services import save_solution
from tests.factories.indicators import make_city, make_definition, record
from tests.factories.kept_rows import laid
from tests.factories.knowledge import NOW, a_place, effect, lay_ground, make_case
from tests.factories.pages import page, page_text
from tests.factories.people import join, person, team

pytestmark = pytest.mark.django_db
FIT = "/en/cases/lund/fit"


@pytest.fixture
def ground() -> City:
    return lay_cities()


@laid
def lay_cities() -> City:
    """Lund tried it; Umeå asks."""
    lay_ground()
    texts = (SolutionTextRecord("en", "Road pricing", prerequisites=("legal right to charge",)),)
    record = SolutionRecord("road-pricing", "approach", texts, prerequisite_kinds=("law",))
    save_solution(record, actor=COMMAND_LINE, at=NOW)
    make_case()
    City.objects.filter(public_id="lund").update(koppen="Cfb", area_km2=50.0)
    City.objects.filter(public_id="umea").update(
        koppen="Dfc", population=130_000, population_year=2021, unverified_fields=["population"]
    )
    return City.objects.get(public_id="umea")


def fit(client: Client, address: str = "cases/lund", city: str = "umea") -> dict:
    answer = client.get(f"/api/v1/{address}/fit?city={city}")
    assert answer.status_code == 200
    return answer.json()


def answers(found: dict) -> dict[str, str]:
    return {one["code"]: one["answer"] for one in (*found["conditions"], *found["needs"])}


@laid
def more_places(number: int = 3, value: float = -10.0, **facts: object) -> None:
    told = {name: facts.pop(name) for name in ("check_again", "design", "se") if name in facts}
    for n in range(number):
        city = make_city(
            f"like{n}", **{"koppen": "Dfb", "population": 120_000 + 10_000 * n, **facts}
        )
        make_case(
            "Lund",
            public_id=f"like{n}",
            effects=(effect(value - n, **told),),
            place=a_place(city.name, "SE", city=city.public_id),
        )


def test_results_to_be_checked_again_are_counted_beside_what_is_expected(ground, client):
    more_places(3, check_again="copy")
    assert fit(client)["expected"]["to_check_again"] == 3
    assert "3 of 4 results need to be checked again." in page_text(client, f"{FIT}?city=umea")


def test_each_condition_is_met_not_met_or_unknown(ground, client):
    found = fit(client)
    assert answers(found) == {
        "climate": "unmet", "density": "unknown", "size": "met", "income": "unknown",
        "baseline": "unknown", "law": "unknown",
    }  # fmt: skip
    law = next(one for one in found["needs"] if one["code"] == "law")
    assert law["quotes"] == ["legal right to charge"]
    size = next(one for one in found["conditions"] if one["code"] == "size")
    assert size["own"]["verified"] is False
    assert size["places"][0]["value"]["verified"] is True
    assert "score" not in str(found)


def test_needs_are_told_by_what_they_are_about_in_the_words_of_their_own_language(ground, client):
    words = ("Laglig rätt att ta betalt", "Ett lag av frivilliga", "Stöd i lagen")
    kinds = ("law", "capacity", "law")
    texts = (SolutionTextRecord("sv", "Vägavgifter", prerequisites=words),)
    record = SolutionRecord("road-pricing", "approach", texts, prerequisite_kinds=kinds)
    save_solution(record, actor=COMMAND_LINE, at=NOW)
    needs = {one["code"]: one for one in fit(client)["needs"]}
    assert list(needs) == ["law", "capacity"]
    assert needs["law"]["quotes"] == [words[0], words[2]]
    assert needs["law"]["language"] == "sv"
    html = page(client, f"{FIT}?city=umea")
    assert "Ask your city’s lawyers." in html
    assert '<span lang="sv">Ett lag av frivilliga</span>' in html
    Solution.objects.update(prerequisite_kinds=kinds[:2])
    (other,) = fit(client)["needs"]
    assert (other["code"], other["quotes"]) == ("other", list(words))


def test_figures_count_where_they_are_defined_alike(ground, client):
    lund = City.objects.get(public_id="lund")
    income = make_definition("INCOME", "SE_INCOME", unit="", unit_label="SEK", valid_max=None)
    other = make_definition("INCOME", "FR_INCOME", unit="", unit_label="EUR", valid_max=None)
    record(ground, income, {"2020": 100.0})
    record(lund, other, {"2020": 100.0})
    line = next(one for one in fit(client)["conditions"] if one["code"] == "income")
    assert line["answer"] == "unknown"
    assert line["own"]["text"].startswith("100")
    assert "The figures are defined differently." in line["why"]
    record(lund, income, {"2020": 120.0})
    line = next(one for one in fit(client)["conditions"] if one["code"] == "income")
    assert line["answer"] == "met"


def test_the_level_of_a_linked_indicator_is_where_it_starts_from(ground, client):
    lund = City.objects.get(public_id="lund")
    cars = make_definition("CARS", "SE_CARS", direction="lower")
    IndicatorMeasure.objects.create(indicator=cars.indicator, measure="traffic-volume")
    record(ground, cars, {"2020": 40.0})
    record(lund, cars, {"2020": 60.0})
    line = next(one for one in fit(client)["conditions"] if one["code"] == "baseline")
    assert (line["answer"], line["indicator"]) == ("unmet", "Cars")
    assert "2020" in line["own"]["text"]


def test_the_city_outside_of_the_places_is_refused_in_words(ground, client):
    more_places(koppen="Cfb")
    found = fit(client)
    assert not found["supported"]
    assert found["outside"] == ["climate"]
    text = page_text(client, f"{FIT}?city=umea")
    assert "Umeå lies outside the range of places studied: climate." in text
    assert "We can only say in general what to expect in a new place." in text


def test_three_like_places_are_named_and_the_plain_mean_is_told(ground, client):
    more_places()
    found = fit(client, "solutions/road-pricing")
    # Umeå has 130,000 inhabitants, as like1 has; lund with 100,000 is far, and its climate another.
    assert found["nearest"][0]["city"] == "like1"
    assert {one["city"] for one in found["nearest"]} == {"like0", "like1", "like2"}
    assert found["nearest"][0]["ask"].endswith("/ask")
    assert found["supported"]
    assert found["effective_places"] >= 3
    assert found["expected"]["by"] == "plain-mean"
    assert found["expected"]["estimate"] == pytest.approx(-43 / 4)
    assert "density" in found["missing"]
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "plain mean of 4 places." in text
    assert "results for “traffic volume” ranged from −12 to −10 %" in text


def test_a_case_of_the_city_itself_is_no_evidence_for_it(ground, client):
    more_places()
    found = fit(client, city="lund")
    assert found["is_own_place"]
    assert "lund" not in {one["city"] for one in found["nearest"]}
    assert found["expected"]["k"] == 3
    assert found["own"] == [{"case": "lund", "outcome": "worked"}]
    text = page_text(client, f"{FIT}?city=lund")
    assert "Has Lund tried it? Worked" in text and "Read the result" in text


def test_a_case_that_hides_its_city_takes_no_part(ground, client):
    more_places(2)
    hidden = CaseStudy.objects.get(public_id="like0")
    hidden.is_masked, hidden.masked_city, hidden.city = True, hidden.city, None
    hidden.place_name, hidden.country = "A city", "ZZ"
    hidden.save()
    whole = fit(client, "solutions/road-pricing")
    assert {one["city"] for one in whole["nearest"]} == {"lund", "like1"}
    own = fit(client, "cases/like0")
    assert "Like0" not in str([one["places"] for one in own["conditions"]])
    assert all(not one["places"] for one in own["conditions"])


def test_places_without_facts_are_near_by_the_map_and_say_what_went_wrong(ground, client):
    more_places(2)
    City.objects.filter(public_id__in=["like0", "like1", "lund"]).update(
        koppen="", population=None, country="NO"
    )
    City.objects.filter(public_id="like0").update(latitude=63.8, longitude=20.3)
    CaseStudy.objects.filter(public_id="like0").update(reasons=["not-accepted"])
    nearest = fit(client, "solutions/road-pricing")["nearest"]
    assert nearest[0]["city"] == "like0" and nearest[0]["distance"] is None
    assert (nearest[0]["reasons"], bool(nearest[0]["limit"])) == (["lack of acceptance"], True)
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "Not that we know of: we have no case or pilot from Umeå." in text
    assert (
        "As far as we know, it has not been tried in Umeå. Closest match:" in text.split("<h2")[0]
    )
    assert "Check first : Law " in text
    assert "Ask Like0" in text
    assert (
        text.index("Closest matches and their problems")
        < text.rindex("Check first")
        < text.index("How large would")
    )
    assert (
        "We cannot estimate the effect in Umeå: too few comparable places have measured it." in text
    )
    City.objects.filter(public_id="umea").update(koppen="", population=None, area_km2=None)
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "Missing data for Umeå: climate, number of residents, " in text
    assert "Help us fill in the gaps" in text


def test_the_first_lines_say_which_cities_alike_tried_it_or_that_none_did(ground, client):
    none = "or in any city of the same size and climate."
    untried = f"As far as we know, it has not been tried in Umeå {none}"
    assert untried in page_text(client, f"{FIT}?city=umea")
    more_places(2)
    text = page_text(client, f"{FIT}?city=umea")
    assert none not in text
    assert "Tried in cities of the same size and climate: Like1, Like0." in text
    CaseStudy.objects.all().delete()
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    nowhere = (
        "As far as we know, it has not been tried in Umeå. We do not know of "
        "any other place that has tried it."
    )
    assert nowhere in text


def test_nothing_is_said_of_cities_alike_where_size_or_climate_is_not_known(ground, client):
    City.objects.filter(public_id="umea").update(koppen="")
    assert "same size and climate" not in page_text(client, f"{FIT}?city=umea")


def test_a_region_speaks_where_no_city_does_and_a_hidden_place_never(ground, client):
    CaseStudy.objects.all().delete()
    make_case("Skåne", place=a_place("Skåne", country="SE"))
    hidden = make_case("Elsewhere", place=a_place("A city", country="ZZ"))
    CaseStudy.objects.filter(pk=hidden.pk).update(is_masked=True)
    (only,) = fit(client, "solutions/road-pricing")["nearest"]
    assert (only["city"], only["place"]) == (None, "Skåne")


def test_a_city_says_once_what_only_it_knows_and_the_page_tells_it(ground, client):
    reader = signed_in("editor")
    asked = "Answer the questions once for all solutions (2 minutes)"
    assert asked in page_text(reader, FIT) and asked in page_text(reader, f"{FIT}?city=umea")
    assert asked not in page_text(reader, f"{FIT}?city=lund") + page_text(
        client, f"{FIT}?city=umea"
    )
    address = "/en/cities/umea/answers"
    refused = reader.post(address, {"language": "sv", "law_text": "Kommunen får ta ut avgifter"})
    assert refused.status_code == 422
    told = {"language": "sv", "law_text": "Kommunen får ta ut avgifter", "law_source": "KF § 12"}
    assert reader.post(address, told).status_code == 302
    (law,) = fit(client)["needs"]
    assert law["own"]["text"] == "Kommunen får ta ut avgifter"
    assert (law["own"]["language"], law["own"]["source"], law["answer"]) == (
        "sv",
        "KF § 12",
        "unknown",
    )
    html = page(client, f"{FIT}?city=umea")
    assert '<span lang="sv">Kommunen får ta ut avgifter</span>' in html and "KF § 12" in html
    assert reader.post("/en/cities/lund/answers", told).status_code == 404
    assert reader.post(address, {"language": "sv"}).status_code == 302
    assert fit(client)["needs"][0]["own"] is None
    acts = AuditEvent.objects.filter(kind="city", public_id="umea", verb="answer")
    assert acts.count() == 2


def test_the_city_of_the_team_is_the_first_choice(ground):
    client = signed_in()
    text = page_text(client, FIT)
    assert "Could it work in Umeå?" in text
    assert "private" in client.get(FIT).headers["Cache-Control"]


def signed_in(role: str = "member") -> Client:
    member = person("anna")
    join(member, team("umea"), role)
    client = Client()
    client.force_login(member)
    return client


def figures_everywhere(city: City) -> None:
    """Levels with sources for the city and for Lund, so that each query has something to read."""
    for code, key in (("INCOME", "SE_INCOME"), ("CARS", "SE_CARS")):
        definition = make_definition(code, key, unit="", unit_label="SEK", valid_max=None)
        if code == "CARS":
            IndicatorMeasure.objects.create(
                indicator=definition.indicator, measure="traffic-volume"
            )
        for one in (city, City.objects.get(public_id="lund")):
            record(one, definition, {"2020": 100.0})


@pytest.mark.parametrize("query", ["", "?city=umea", "?city=umea&useful=5"])
@pytest.mark.parametrize("address", [FIT, "/en/solutions/road-pricing/fit"])
@pytest.mark.parametrize("is_known", [False, True])
def test_fifteen_queries_for_whoever_asks(ground, client, address, query, is_known):
    more_places(12)
    figures_everywhere(ground)
    reader = signed_in() if is_known else client
    reader.get(f"{address}{query}")
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(f"{address}{query}").status_code == 200
    assert len(queries) <= 15


def test_a_city_is_chosen_by_its_name_and_what_is_useful_is_kept(ground, client):
    html = page(client, f"{FIT}?find=umea&useful=5")
    assert 'href="?useful=5&amp;city=umea"' in html
    # Who is in a team looks for another city, too.
    reader = signed_in()
    assert "Could it work in Umeå?" not in page_text(reader, f"{FIT}?find=lund")
    assert 'href="?city=lund"' in page(reader, f"{FIT}?find=lund")
    chosen = page(client, f"{FIT}?city=umea")
    assert 'name="find"' in chosen


def test_without_a_city_there_is_a_form_and_an_unknown_one_is_not_there(ground, client):
    assert (
        "Choose a city to see which similar places have tried it, what went "
        "wrong and what to check first."
    ) in page_text(client, FIT)
    assert client.get(f"{FIT}?city=atlantis").status_code == 404
    assert client.get("/en/cases/none/fit").status_code == 404
    assert client.get("/api/v1/cases/lund/fit?city=atlantis").status_code == 404
    assert client.get("/api/v1/cases/lund/fit").status_code == 422


def test_a_city_of_which_nothing_is_known_and_a_solution_nobody_tried_have_pages(ground, client):
    City.objects.filter(public_id="umea").update(
        population=None, population_year=None, koppen="", area_km2=None, latitude=None,
        longitude=None,
    )  # fmt: skip
    for language in ("en", "sv", "fr"):
        text = page_text(client, f"/{language}/cases/lund/fit?city=umea")
        assert not re.search(r"\bnan\b|[:(] ?None\b", text)
    answer = fit(client)
    assert {one["answer"] for one in answer["conditions"]} <= {"unknown", "met", "unmet"}
    CaseStudy.objects.filter(public_id="lund").update(status="withdrawn")
    assert client.get(f"{FIT}?city=umea").status_code in {404, 410}
    # The solution has no case left.
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "Road pricing" in text and "Lund" not in text.split("Road pricing", 1)[1]


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "Kan det fungera i"), ("fr", "Transposable à")]
)
def test_in_the_other_languages(ground, client, language, words):
    text = page_text(client, f"/{language}/cases/lund/fit?city=umea")
    assert words in text
    assert f"/{language}/cases/lund/fit" in client.get(f"/{language}/cases/lund/").content.decode()


def test_the_word_never_stands_alone_and_says_what_held_it_down(ground, client):
    more_places()
    word = fit(client, "solutions/road-pricing")["verdict"]
    assert (word["word"], word["held_by"]) == ("not-enough-evidence", "very-low-certainty")
    assert word["certainty"] == "very-low"
    assert [one["code"] for one in word["met"]] == ["climate", "size"]
    assert "law" in [one["code"] for one in word["unknown"]]
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "Effect size too uncertain to predict" in text
    assert "Certainty very low" in text and "Evidence of very low certainty" not in text
    assert "Conditions met Climate, Size" in text
    assert "could change the verdict density" in text


def test_strong_evidence_alike_gives_a_word_by_the_useful_change(ground, client):
    sure = {"design": "rct", "se": 3.0}
    more_places(6, -20.0, **sure)
    CaseStudy.objects.filter(public_id="lund").delete()
    whole = fit(client, "solutions/road-pricing")
    assert whole["expected"]["by"] == "weighted-mean"
    word = whole["verdict"]
    assert (word["word"], word["held_by"], word["certainty"]) == ("likely", None, "high")
    assert word["equivalence"] is None
    asked = client.get("/api/v1/solutions/road-pricing/fit?city=umea&useful=40").json()["verdict"]
    assert (asked["word"], asked["equivalence"]) == ("unlikely", "too-little")
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea&useful=40")
    assert (
        "The whole interval is below what you call useful: the effect has been "
        "shown to be too small."
    ) in text
    assert "an improvement in “traffic volume” of 40" in text


def test_outside_of_the_places_the_certainty_is_lower_and_the_word_with_it(ground, client):
    more_places(6, -20.0, koppen="Cfb", design="rct", se=3.0)
    CaseStudy.objects.filter(public_id="lund").delete()
    word = fit(client, "solutions/road-pricing")["verdict"]
    assert word["indirectness"] == "out-of-support"
    assert word["certainty"] == "moderate"
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "One step lower for this city, which lies outside the range of places studied." in text
    assert "Chance in any new place:" in text


def test_a_regression_answers_for_the_city_where_its_places_carry_one(ground, client):
    more_places(12, -20.0, design="rct", se=0.5)
    CaseStudy.objects.filter(public_id="lund").delete()
    found = fit(client, "solutions/road-pricing")["expected"]
    assert (found["by"], found["facts_used"]) == ("regression", ["number of residents"])
    assert found["no_regression"] is None
    assert 0 < found["leverage"] <= 1
    # Places of 120,000 inhabitants and more found -20, -21, ...; the city has 130,000.
    assert found["estimate"] == pytest.approx(-21, abs=1)
    text = page_text(client, "/en/solutions/road-pricing/fit?city=umea")
    assert "Based on a regression on number of residents, using 12 places." in text
    City.objects.filter(public_id="umea").update(population=2_000_000)
    beyond = fit(client, "solutions/road-pricing")
    assert beyond["outside"] == ["number of residents"]
    assert beyond["expected"]["by"] == "weighted-mean"
    assert beyond["expected"]["leverage"] > 1


def test_what_cannot_be_computed_says_why(ground, client):
    more_places()
    why = fit(client, "solutions/road-pricing")["expected"]["no_regression"]
    assert (why["code"], why["n"], why["of"]) == ("no-standard-errors", 0, 4)
    assert "only 0 of 4 places have one" in page_text(
        client, "/en/solutions/road-pricing/fit?city=umea"
    )


def test_the_places_that_measured_it_have_to_speak_for_the_city(ground, client):
    """Many alike places that measured something else do not help those that did."""
    more_places(3, -20.0, koppen="Cfb")
    more = {"koppen": "Dfb", "population": 130_000}
    for n in range(6):
        city = make_city(f"mute{n}", **more)
        make_case(
            "Lund",
            public_id=f"mute{n}",
            effects=(),
            place=a_place(city.name, "SE", city=city.public_id),
        )
    found = fit(client, "solutions/road-pricing")
    assert found["n_places"] == 10
    assert (found["supported"], found["outside"]) == (False, ["climate"])


@pytest.mark.parametrize("useful", ["-1", "0", "much", "1e99", "NaN"])
def test_a_useful_change_is_a_size(ground, client, useful):
    more_places()
    answer = client.get("/en/solutions/road-pricing/fit", {"city": "umea", "useful": useful})
    assert answer.status_code == 200
    assert b'aria-invalid="true"' in answer.content
    api = client.get("/api/v1/cases/lund/fit", {"city": "umea", "useful": useful})
    assert api.status_code == 422


def test_the_validation_reads_what_is_published(ground):
    more_places()
    answer = CliRunner().invoke(cli, ["evidence", "validate-context"])
    assert answer.exit_code == 0
    assert "road-pricing" in answer.output
    assert "plain mean" in answer.output


def test_the_published_figures_are_those_of_the_starter_network(starter):
    found = validate_context()
    root = Path(__file__).parents[3]
    text = (root / "docs/explanation/context-validation.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    told = [tuple(cell.strip(" *") for cell in row.split("|")[2:6]) for row in rows[1:]]

    def shown(value: float) -> str:
        return "–" if math.isnan(value) else f"{value:.2f}"

    assert told == [
        *(
            (
                str(one.check.k),
                str(one.check.n_compared),
                shown(one.check.plain_error),
                shown(one.check.weighted_error),
            )
            for one in found.groups
        ),
        (
            str(sum(one.check.k for one in found.groups)),
            str(found.n_compared),
            shown(found.plain_error),
            shown(found.weighted_error),
        ),
    ]
