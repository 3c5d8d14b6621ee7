"""Lists of a large network: pages, what they leave out in words, and few queries."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.cases.models import CaseClassification, CaseStudy, Method, MethodText, Solution
from alliance.cases.selectors.register import count_cases, failure_register
from alliance.evidence.selectors import spread
from alliance.knowledge.selectors import solutions
from alliance.knowledge.selectors.methods import CASES_PER_PAGE, METHODS_PER_PAGE
from alliance.knowledge.selectors.organisations import ORGANISATIONS_PER_PAGE
from alliance.knowledge.selectors.places import CITIES_PER_PAGE, city_list
from alliance.knowledge.selectors.solution_groups import LINES_SHOWN, solution_index
from alliance.knowledge.selectors.solutions import solution_page
from alliance.knowledge.selectors.topics import SOLUTIONS_SHOWN
from alliance.network.models import City, Organisation
from tests.factories.knowledge import lay_ground, make_case, no_difference
from tests.factories.long_lists import CASES, many_cases, many_cities, many_solutions
from tests.factories.pages import page, page_text, some

pytestmark = pytest.mark.django_db

ADDRESS = "/en/solutions/road-pricing/"
#: With what analysts ask for.
ANALYSTS = f"{ADDRESS}?analysts=1"


@pytest.fixture(autouse=True)
def ground(db: None, request: pytest.FixtureRequest) -> None:
    if "starter" not in request.fixturenames:
        lay_ground()


def links(html: str, pattern: str) -> list[str]:
    """What stands in the place of the group of `pattern` in the links of a page."""
    main = html.split("<main")[1].split("</main")[0]
    return re.findall(rf'href="{pattern}"', main)


def test_results_without_a_number_cost_a_list_the_same_however_many(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            words = page_text(client, ADDRESS)
        assert "no difference: traffic volume" in words
        return len(asked)

    for number in range(6):
        make_case(public_id=f"none-{number}", effects=(), nulls=(no_difference(is_main=True),))
        if not number:
            few = queries()
    assert queries() <= few


# -- a solution that very many tried ------------------------------------------------------------


def test_counts_of_a_solution_are_of_all_its_cases_however_few_are_told(
    client: Client, django_assert_max_num_queries
) -> None:
    many_cases()
    failed = CaseStudy.objects.filter(outcome="did-not-work").count()
    mixed = CaseStudy.objects.filter(outcome="mixed").count()
    with django_assert_max_num_queries(15):
        html = page(client, ADDRESS)
    words = page_text(client, ADDRESS)
    assert f"{CASES} cases" in words
    assert f"Mixed {mixed} Did not work {failed}" in words
    found = solution_page(None, Solution.objects.get(public_id="road-pricing"), "en", in_full=False)
    assert len(found.register.failures) == solutions.FAILURES_SHOWN
    assert len(found.register.partly) == 1
    assert len(found.cases) == solutions.CASES_SHOWN
    # What is left out is counted, and the way to it is a link.
    for query, label in (
        ("&amp;outcome=did-not-work", f"All {failed} cases that did not work"),
        ("&amp;outcome=mixed", f"{mixed} cases with mixed results"),
        ("", f"See all {CASES} cases in search"),
    ):
        assert f'<a href="/en/find?solution=road-pricing{query}">{label}</a>' in html


def test_a_chart_draws_some_places_and_its_figures_are_of_all(client: Client) -> None:
    many_cases()
    solution = Solution.objects.get(public_id="road-pricing")
    short = solution_page(None, solution, "en", in_full=False).spreads.drawn[0]
    full = solution_page(None, solution, "en").spreads.drawn[0]
    assert full.n_drawn == full.summary.k > spread.PLACES_IN_CHART
    assert short.n_drawn == spread.PLACES_IN_CHART
    assert short.summary == full.summary
    assert short.chart is not None
    assert full.chart is not None
    for name in (
        "n", "n_without_interval", "n_modelled", "n_favourable", "n_unfavourable",
    ):  # fmt: skip
        assert getattr(short.chart, name) == getattr(full.chart, name), name
    assert short.chart.lowest.value == full.chart.lowest.value
    assert short.chart.highest.value == full.chart.highest.value
    words = page_text(client, ANALYSTS)
    assert f"Shown: {spread.PLACES_IN_CHART} of {full.summary.k} places." in words
    assert f"{full.summary.k} places, from" in words
    assert f"Showing the first {spread.LEFT_OUT_SHOWN} of {len(full.left_out)}." in words
    assert 'href="/api/v1/solutions/road-pricing"' in page(client, ANALYSTS)


def test_measures_without_room_for_a_chart_are_told_in_a_table(client: Client) -> None:
    many_cases()
    solution = Solution.objects.get(public_id="road-pricing")
    short = solution_page(None, solution, "en", in_full=False).spreads
    assert [one.measure for one in short.in_charts] == ["traffic volume", "traffic volume"]
    (turnout,) = short.in_short
    assert turnout.chart is None
    k = turnout.summary.k
    words = page_text(client, ANALYSTS)
    assert (
        "Other outcome measures in brief Measured values Places Median Lowest to highest" in words
    )
    assert f"Turnout percent of voters {k} 30 % 30 to 30 %" in words
    assert solution_page(None, solution, "en").spreads.in_short == ()


def test_the_brief_still_reads_the_whole_register() -> None:
    many_cases()
    found = solution_page(None, Solution.objects.get(public_id="road-pricing"), "en")
    assert len(found.register.failures) == found.register.did_not_work
    assert len(found.register.partly) == found.register.mixed


def test_a_short_solution_leaves_nothing_out(client: Client) -> None:
    for number in range(solutions.CASES_SHOWN):
        make_case(
            "Lund",
            public_id=f"case-{number}",
            outcome="did-not-work" if number < solutions.FAILURES_SHOWN else "worked",
        )
    html = page(client, ADDRESS)
    for number in range(solutions.CASES_SHOWN):
        assert f'href="/en/cases/case-{number}/"' in html
    words = page_text(client, ADDRESS)
    assert "Showing the first" not in words
    assert "Drawn are" not in words
    assert "cases that did not work" not in words.split("Where it did not work")[1]


def test_the_database_counts_as_the_register_does() -> None:
    many_cases()
    CaseStudy.objects.filter(public_id__startswith="case-1").update(
        reasons=["harm", "stopped", "harm"]
    )
    CaseStudy.objects.filter(public_id="case-5").update(reasons=[])
    register = failure_register(CaseStudy.objects.all())
    counts = count_cases(CaseStudy.objects.all())
    for name in ("total", "worked", "mixed", "did_not_work", "reasons"):
        assert getattr(counts, name) == getattr(register, name), name
    assert dict(counts.reasons)["harm"] > 0


# -- the list of solutions ----------------------------------------------------------------------


def test_a_long_list_of_solutions_shows_the_most_tried_of_each_theme(
    client: Client, django_assert_max_num_queries
) -> None:
    many_solutions(150)
    make_case(solution="made-149")
    with django_assert_max_num_queries(15):
        html = page(client, "/en/solutions/")
    mobility, none = solution_index(None, "en")["unknown"]
    assert (mobility.n, none.n) == (150, 1)
    assert len(mobility.solutions) + len(none.solutions) == LINES_SHOWN
    names = [line.public_id for line in mobility.solutions]
    assert "made-149" in names
    assert names == sorted(names)
    assert '<a href="/en/find?kind=solution&amp;theme=mobility">' in html
    assert "All 150 solutions" in page_text(client, "/en/solutions/")
    assert "All 1 solutions" not in html


def test_the_list_of_a_theme_is_in_the_finder(client: Client) -> None:
    answer = client.get("/en/solutions/?theme=mobility")
    assert (answer.status_code, answer.headers["location"]) == (
        301, "/en/find?kind=solution&theme=mobility",
    )  # fmt: skip


def test_a_topic_shows_its_most_tried_solutions_and_leads_to_all(
    client: Client, django_assert_max_num_queries
) -> None:
    many_solutions(SOLUTIONS_SHOWN + 10)
    most_tried = f"made-{SOLUTIONS_SHOWN + 9:03}"
    make_case(solution=most_tried)
    with django_assert_max_num_queries(15):
        html = page(client, "/en/topics/equity/")
    shown = links(html, "/en/solutions/(made-[0-9]+)/")
    assert shown[0] == most_tried
    assert len(set(shown)) == SOLUTIONS_SHOWN
    all_of_them = f"All {SOLUTIONS_SHOWN + 10} solutions for this"
    assert f'<a href="/en/find?topic=equity&amp;kind=solution">{all_of_them}' in html


# -- cities -------------------------------------------------------------------------------------


def test_the_pages_of_cities_hold_each_city_once_members_first(
    client: Client, django_assert_max_num_queries
) -> None:
    many_cities((("FR", 130, False), ("SE", 60, True), ("DK", 40, False)))
    make_case("Lund")
    pages = -(-City.objects.count() // CITIES_PER_PAGE)
    assert pages == 2
    seen: list[str] = []
    for number in range(1, pages + 1):
        with django_assert_max_num_queries(15):
            html = page(client, f"/en/cities/?page={number}")
        rows = html.split('<section id="map"')[0]
        seen += links(f"{rows}</main", "/en/cities/([a-z0-9-]+)/")
    members = [f"se-{i:03d}" for i in range(60)]
    assert seen[:60] == members
    assert seen[60:100] == [f"dk-{i:03d}" for i in range(40)]
    assert Counter(seen) == Counter(City.objects.values_list("public_id", flat=True))
    words = page_text(client, "/en/cities/")
    assert "232 cities: the 60 members of the network first" in words
    assert "The map shows the cities listed on this page." in words
    assert "Network members" not in page_text(client, "/en/cities/?page=2")


def test_a_country_leads_to_the_page_on_which_it_begins(client: Client) -> None:
    many_cities((("DK", 130, False), ("SE", 5, True), ("FR", 20, False)))
    html = page(client, "/en/cities/")
    found = links(html, r"\?page=([0-9]+)#country-([A-Z]+)")
    assert found == [("1", "DK"), ("2", "FR"), ("2", "SE")]
    for number, code in found:
        assert f'id="country-{code}"' in page(client, f"/en/cities/?page={number}")
    assert city_list(None, "fr")["countries"] == [("DK", 130, 1), ("FR", 20, 2), ("SE", 2, 2)]


def test_a_short_list_of_cities_needs_no_way_about(client: Client) -> None:
    words = page_text(client, "/en/cities/")
    assert "Go to country" not in words
    assert "The map shows" not in words


def test_a_city_with_many_cases_shows_the_best_known_and_leads_to_all(
    client: Client, django_assert_max_num_queries
) -> None:
    many_cases()
    CaseStudy.objects.update(city=City.objects.get(public_id="lund"), outcome="worked")
    with django_assert_max_num_queries(15):
        html = page(client, "/en/cities/lund/")
    words = page_text(client, "/en/cities/lund/")
    assert f"Tried: {CASES} cases: {CASES} worked." in words
    assert f"All {CASES} cases, with filters" in words
    assert len(links(html, "/en/cases/([a-z0-9-]+)/")) == 4
    assert 'href="/en/find?city=lund"' in html


# -- organisations and methods ------------------------------------------------------------------


def test_organisations_stand_on_pages_by_name(
    client: Client, django_assert_max_num_queries
) -> None:
    Organisation.objects.bulk_create(
        Organisation(public_id=f"org-{i:03d}", name=f"Org {i:03d}", kind="business", country="SE")
        for i in range(ORGANISATIONS_PER_PAGE + 1)
    )
    with django_assert_max_num_queries(15):
        first = links(page(client, "/en/organisations/"), "/en/organisations/(org-[0-9]+)/")
    second = links(page(client, "/en/organisations/?page=2"), "/en/organisations/(org-[0-9]+)/")
    assert first + second == [f"org-{i:03d}" for i in range(ORGANISATIONS_PER_PAGE + 1)]
    page(client, "/en/organisations/?page=3", status=404)


def test_the_cases_of_an_organisation_stand_on_pages(
    client: Client, django_assert_max_num_queries
) -> None:
    many_cases()
    org = Organisation.objects.create(public_id="org", name="Org", kind="business", country="SE")
    CaseClassification.objects.filter(scheme="actor").update(organisation=org)
    seen: list[str] = []
    for number in range(1, 6):
        with django_assert_max_num_queries(15):
            html = page(client, f"/en/organisations/org/?page={number}")
        seen += links(html, "/en/cases/([a-z0-9-]+)/")
    assert len(seen) == len(set(seen)) == CASES
    page(client, "/en/organisations/org/?page=6", status=404)
    assert f"of {CASES} cases" in page_text(client, "/en/organisations/org/?page=2")


def test_methods_and_their_cases_stand_on_pages(
    client: Client, django_assert_max_num_queries
) -> None:
    many_cases()
    made = Method.objects.bulk_create(
        Method(
            public_id=f"method-{i:03d}",
            cost_level="low" if i else "high",
            iap2_level="consult",
            mode="online",
        )
        for i in range(METHODS_PER_PAGE + 2)
    )
    MethodText.objects.bulk_create(
        MethodText(method=one, language="en", name=f"M {one.public_id}", description="D.")
        for one in made
    )
    made[0].evidence_cases.set(CaseStudy.objects.all())
    with django_assert_max_num_queries(15):
        first = links(page(client, "/en/methods/"), "/en/methods/(method-[0-9]+)/")
    second = links(page(client, "/en/methods/?page=2"), "/en/methods/(method-[0-9]+)/")
    assert first + second == [one.public_id for one in made]
    assert f"{len(made)} methods" in page_text(client, "/en/methods/?page=2")
    # A filter stays on the next page.
    assert 'href="?cost=low&amp;page=2"' in page(client, "/en/methods/?cost=low")
    page(client, "/en/methods/?cost=high&page=2", status=404)

    pages = -(-CASES // CASES_PER_PAGE)
    seen: list[str] = []
    for number in range(1, pages + 1):
        with django_assert_max_num_queries(15):
            html = page(client, f"/en/methods/method-000/?page={number}")
        seen += links(html, "/en/cases/([a-z0-9-]+)/")
    assert len(seen) == len(set(seen)) == CASES
    page(client, f"/en/methods/method-000/?page={pages + 1}", status=404)


@pytest.mark.slow
def test_the_lists_of_the_starter_network_stand_on_one_page(client: Client, starter: None) -> None:
    html = page(client, "/en/solutions/")
    for public_id in Solution.objects.values_list("public_id", flat=True):
        assert f'href="/en/solutions/{public_id}/"' in html
    for address in ("/en/solutions/", "/en/organisations/", "/en/methods/"):
        assert 'class="pages"' not in page(client, address)
    short = (
        Solution.objects.annotate(n=Count("cases"))
        .filter(n__lte=solutions.CASES_SHOWN)
        .order_by("public_id")
    )
    for solution in some(short, 10):
        words = page_text(client, f"/en/solutions/{solution.public_id}/")
        assert not re.search(r"Showing the first|All [0-9]+ cases (?!that|with)", words), (
            solution.public_id
        )
