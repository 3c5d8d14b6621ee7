"""Cases side by side: first what may be compared, never a rank of what may not."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from alliance.cases.models import Measure
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.core.prices import load_price_table
from alliance.knowledge.forms.compare import SolutionsForm
from alliance.knowledge.selectors.basket import Basket
from alliance.knowledge.selectors.compare import Comparison, compare
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, cost, effect, lay_ground, make_case, no_difference, text
from tests.factories.pages import one_line
from tests.integration.knowledge.test_case_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None, settings) -> None:
    settings.TARGET_CURRENCY, settings.TARGET_PRICE_YEAR = "EUR", 2024
    lay_ground()


def side_by_side(*ids: str) -> Comparison:
    found = compare(None, ids, "en")
    assert isinstance(found, Comparison)
    return found


def test_costs_of_different_years_and_currencies_stand_in_one(client):
    make_case("Lund", cost=cost("5000000", "SEK", 2017))
    make_case("Umeå", cost=cost("800000", "EUR", 2023))
    make_case("Borås", cost=cost("800000", "SEK", None))
    table = load_price_table()
    index = {year: table.indices["SE", year].value for year in (2017, 2024)}
    rate = table.rates["SEK", 2024].value
    each = 5_000_000 * index[2024] / index[2017] / rate / 100_000

    columns = side_by_side("lund", "umea", "boras").columns
    assert columns[0].cost.per_inhabitant.value == pytest.approx(each)
    assert columns[1].cost.per_inhabitant is None
    assert columns[2].cost.converted is None

    told = words(client.get("/en/compare?case=lund&case=umea&case=boras").content.decode())
    assert "In EUR at 2024 prices." in told
    assert "consumer prices, Sweden (World Bank)" in told
    assert f"{each:.2f} EUR (2024 prices)" in told
    assert "cannot be compared because information is missing: population" in told
    assert "cannot be compared because information is missing: price year" in told
    # Each cell names its case, for screens on which the cells stand one below the other.
    assert "Staff time Lund not known Umeå not known Borås not known" in told


def test_a_shared_measure_is_drawn_and_the_rest_is_named(client):
    make_case(
        "Lund", effects=(effect(-22.0, low=-25.0, high=-20.0), effect(40, unit="cars per day"))
    )
    make_case("Umeå", effects=(effect(-12.0, "quasi-experiment"), effect(-9.0, qualifier="ring")))
    found = side_by_side("lund", "umea")
    (shared,) = found.shared
    assert found.verdict.effects == "all"
    assert [[view.value for view in cell] for _column, cell, _is_null in shared.cells] == [
        [-22.0],
        [-12.0, -9.0],
    ]
    assert len(shared.cautions) == 2
    (alone,) = found.alone
    assert (alone.place, alone.unit) == ("Lund", "cars per day")
    assert alone.why == "another case uses a different unit"
    html = client.get("/en/compare?case=lund&case=umea").content.decode()
    told = words(html)
    assert "Comparable on one outcome measure." in told
    assert "The values were measured in different ways:" in told
    assert html.count('class="chart forest"') == 1
    # The verdict stands above everything that it judges.
    assert html.index('id="verdict"') < html.index('class="chart forest"') < html.index("<table")


def test_nothing_is_drawn_or_ranked_where_no_measure_is_shared(client):
    make_case("Lund")
    make_case(
        "Umeå", effects=(effect(50.0, "survey", measure="turnout", unit="percent of voters"),)
    )
    html = client.get("/en/compare?case=lund&case=umea").content.decode()
    assert "Not comparable." in words(html)
    assert (
        "No two of these cases report the same outcome measure in the same unit, so the results"
        in words(html)
    )
    assert 'class="chart forest"' not in html


def test_a_result_to_be_checked_again_is_marked_in_the_comparison(client):
    make_case("Lund", effects=(effect(check_again="unclear"),))
    make_case("Umeå")
    told = words(client.get("/en/compare?case=lund&case=umea").content.decode())
    assert "needs to be checked again" in told


def test_an_excluded_effect_makes_nothing_comparable():
    make_case("Lund", effects=(effect(pool_exclusion="same-estimate"),))
    make_case("Umeå")
    assert side_by_side("lund", "umea").shared == ()


def test_a_level_is_told_but_not_drawn():
    level = effect(50.0, "survey", measure="turnout", unit="percent of voters")
    make_case("Lund", effects=(level,))
    make_case("Umeå", effects=(level,))
    (shared,) = side_by_side("lund", "umea").shared
    assert shared.chart is None


def test_cases_stand_in_the_order_they_were_chosen():
    for name in ("Lund", "Umeå", "Borås"):
        make_case(name, effects=(effect(-1.0 if name == "Lund" else -50.0),))
    chosen = ("umea", "lund", "boras")
    assert [column.case.public_id for column in side_by_side(*chosen).columns] == list(chosen)


def test_places_of_one_name_are_told_apart():
    make_case("Lund")
    make_case("Lund", public_id="lund-again", start_year=2005)
    labels = [row.label for row in side_by_side("lund", "lund-again").shared[0].chart.plot.rows]
    assert labels == ["Lund (2019)", "Lund (2005)"]
    make_case("Lund", public_id="lund-once-more", start_year=2005)
    columns = side_by_side("lund", "lund-again", "lund-once-more").columns
    assert [str(column.label) for column in columns] == [
        "Lund (2019)", "Pricing the roads", "Pricing the roads",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("case=lund", 200, "You have selected only one case, “lund"),
        ("case=lund&case=umea&case=lund", 400, "Selected more than once: “lund”."),
        ("case=lund&case=atlantis", 404, "Case not found: “atlantis”."),
        ("case=atlantis&case=mu", 404, "Case not found: “atlantis”, “mu”."),
        ("case=lund&case=hidden", 404, "Case not found: “hidden”."),
        ("case=lund&case=%00", 404, "Case not found: "),
        (
            "&".join(f"case={one}" for one in ("lund", "umea", "boras", "a-1", "a-2", "a-3")),
            400,
            "You selected 6 cases. You can compare at most 5.",
        ),
    ],
)
def test_a_choice_that_cannot_be_compared_says_why(client, query, status, sentence):
    for name in ("Lund", "Umeå", "Borås", "A 1", "A 2", "A 3"):
        make_case(name)
    make_case("Hidden", status="draft")
    response = client.get(f"/en/compare?{query}")
    assert response.status_code == status
    html = response.content.decode()
    assert sentence in words(html)
    assert "/en/find" in html


def test_solutions_of_different_problems_stand_in_one_table_for_the_outcome_asked_for(client):
    """Those that are not known for it stand below with what they are known for."""
    Measure.objects.filter(slug="traffic-volume").update(outcome_theme="air")
    for public_id in ("fees", "lanes"):
        texts = (SolutionTextRecord("en", public_id.title(), "What it is."),)
        save_solution(SolutionRecord(public_id, "approach", texts), actor=COMMAND_LINE, at=NOW)
        make_case(f"{public_id} in Lund", solution=public_id)
    told = words(client.get("/en/compare?solution=fees&solution=&solution=lanes").content.decode())
    assert "Fees" in told.partition("Side by side")[2] and "near this goal" not in told
    table, near = "solution=fees&solution=lanes&outcome=air", "solution=fees&outcome=waste"
    assert "near this goal" not in words(client.get(f"/en/compare?{table}").content.decode())
    told = words(client.get(f"/en/compare?{near}").content.decode())
    assert "Fees" in told.partition("Known for something near this goal")[2]


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 200, "Choose solutions"),
        ("case=", 200, "Choose solutions"),
        ("solution=atlantis", 400, "atlantis"),
        ("outcome=noise", 400, "noise"),
    ],
)
def test_without_a_case_the_reader_chooses_solutions(client, query, status, sentence):
    response = client.get(f"/en/compare?{query}")
    assert response.status_code == status
    told = words(response.content.decode())
    assert sentence in told
    assert "Compare cases instead" in told


def test_a_table_has_room_for_five_solutions():
    names = [(f"a-{n}", f"A {n}") for n in range(6)]
    query = QueryDict("&".join(f"solution={code}" for code, _name in names))
    form = SolutionsForm(query, names)
    assert form.errors["solution"] == ["Select at most 5 solutions."]
    assert len(form.lists) == 5


def test_with_one_case_chosen_comparable_ones_are_suggested(client):
    make_case("Lund")
    make_case("Umeå")
    make_case("Borås", effects=())
    found = compare(None, ["lund"], "en")
    assert isinstance(found, Basket)
    assert [(one.case.public_id, one.shared) for one in found.suggestions] == [
        ("umea", 1),
        ("boras", 0),
    ]
    html = client.get("/en/compare?case=lund").content.decode()
    assert "/en/compare?case=lund&amp;case=umea" in html
    assert 'type="hidden" name="case" value="lund"' in html


def test_what_can_be_compared_among_a_faulty_choice_is_offered(client):
    make_case("Lund")
    make_case("Umeå")
    html = client.get("/en/compare?case=lund&case=umea&case=atlantis").content.decode()
    assert "/en/compare?case=lund&amp;case=umea" in html


def test_an_address_of_a_case_serves_as_its_id():
    make_case("Lund")
    make_case("Umeå")
    columns = side_by_side("https://example.org/sv/cases/umea/?x=1", " lund ").columns
    assert [column.case.public_id for column in columns] == ["umea", "lund"]


def test_five_cases_need_few_queries(client, django_assert_max_num_queries):
    for name in ("Lund", "Umeå", "Borås", "Malmö", "Kalmar"):
        make_case(name, cost=cost("1000", "SEK", 2015))
    query = "&".join(f"case={one}" for one in ("lund", "umea", "boras", "malmo", "kalmar"))
    with django_assert_max_num_queries(15):
        assert client.get(f"/en/compare?{query}").status_code == 200


def test_the_message_is_in_the_language_of_the_page_and_texts_are_marked(client):
    make_case("Lund", texts=(text(), text("sv", title="Avgifter", status="reviewed")))
    make_case("Umeå")
    html = one_line(client.get("/sv/compare?case=lund&case=umea").content.decode())
    assert re.search(r'href="/sv/cases/lund/">Avgifter', html)
    assert re.search(r'href="/sv/cases/umea/" lang="en">Pricing the roads', html)


def test_the_table_can_be_reached_and_scrolled_by_keyboard(client):
    make_case("Lund")
    make_case("Umeå")
    html = client.get("/en/compare?case=lund&case=umea").content.decode()
    assert re.search(
        r'<div class="scroll stacks" role="region" tabindex="0" aria-label="[^"]+"><table>', html
    )


def test_a_result_without_a_number_stands_beside_those_with_one(client):
    make_case("Lund", effects=(effect(-22.0),))
    make_case("Umeå", effects=(effect(-12.0),))
    make_case("Borås", effects=(), nulls=(no_difference(),))
    (shared,) = side_by_side("lund", "umea", "boras").shared
    assert [is_null for _column, _cell, is_null in shared.cells] == [False, False, True]
    told = words(client.get("/en/compare?case=lund&case=umea&case=boras").content.decode())
    assert "Borås no difference" in told
    assert "Traffic in the side streets did not change. with a comparison group" in told
