"""The finder over the starter network and over small content, on either database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import chain

import pytest
from click.testing import CliRunner
from django.test import RequestFactory

from alliance.cases.case_document import Place
from alliance.cases.models import CaseStudy, Solution
from alliance.core.errors import InvalidData
from alliance.network.models import City
from alliance.search import selectors, services, views
from alliance.search.commands import search as commands
from alliance.search.index import Index
from alliance.search.query import SORTS, FinderQuery
from alliance.search.results import FinderResult
from alliance.search.selectors.page import find_page
from alliance.search.store import store
from tests.factories import search as plain
from tests.factories.knowledge import a_place, cost, lay_ground, make_case, text
from tests.integration.search.conftest import TODAY

Find = Callable[..., FinderResult]

pytestmark = pytest.mark.django_db

QUERIES = [
    ("trängselskatt", "sv"),
    ("cykelvägar", "sv"),
    ("lägenhetsrenovering", "sv"),
    ("péage urbain", "fr"),
    ("logements sociaux rénovation", "fr"),
    ("free public transport", "en"),
    ('"congestion charge" -milan', "en"),
    ("Göteborg", "en"),
    ("nudge no effect", "en"),
]


@pytest.mark.slow
def test_both_databases_answer_as_an_index_without_any(  # type: ignore[no-untyped-def]
    starter: None, find: Find, django_assert_max_num_queries
) -> None:
    """Hits, order and counts depend on the records alone; this runs on SQLite and PostgreSQL."""
    documents = (room.documents(kind) for kind, room in services._ROOMS.items())
    index = Index.of(plain.rows([*chain.from_iterable(documents)]))
    for words, language in QUERIES:
        wanted = plain.search(index, words, language)
        result = find(f"q={words}", language)
        assert result.total == len(wanted), words
        assert [hit.public_id for hit in result.hits] == wanted[: len(result.hits)], words
        assert sum(count for _, _, count in result.kinds) == result.total
    by_country = {option.code: option.count for option in group(find(""), "country").options}
    column = index.facet("country")
    counted = dict(zip(column.vocabulary, column.count(plain.np.arange(index.size)), strict=True))
    assert all(counted[code] == count for code, count in by_country.items())

    with django_assert_max_num_queries(7):
        page = selectors.home_context("sv", TODAY)
    counts = [one.objects.count() for one in (CaseStudy, Solution)]
    assert [page["n_cases"], page["n_solutions"]] == counts
    assert all(hit.outcome == "did-not-work" for hit in page["latest_failures"])
    # Nothing is drawn that the finder does not find.
    assert len(page["skyline"].towers) == 8
    assert len(page["problems"]) == 10
    for door in page["problems"]:
        result = find(f"{door['querystring']}&kind=case")
        assert (result.total, result.outcomes.did_not_work) == (
            door["cases"],
            door["did_not_work"],
        )

    near = selectors.related("case", "stockholm-congestion-tax", 5, today=TODAY)
    assert "gothenburg-congestion-tax" in [hit.public_id for hit in near]
    assert all(hit.kind == "case" for hit in near)
    assert selectors.related("case", "nowhere", today=TODAY) == ()
    assert selectors.related_by_meaning("case", "stockholm-congestion-tax", today=TODAY) == ()


@pytest.fixture
def ground(db: None) -> None:
    lay_ground()
    make_case("Lund", themes=("mobility",))
    make_case(
        "Umeå", themes=("mobility", "health"), outcome="mixed", start_year=None, end_year=None
    )
    make_case("Visby", outcome="did-not-work", reasons=("no-effect", "stopped"), start_year=2010)


def group(result: FinderResult, key: str):  # type: ignore[no-untyped-def]
    return next(one for one in result.facets if one.key == key)


def test_counts_are_those_each_choice_would_give(ground: None, find: Find) -> None:
    result = find("kind=case&outcome=worked")
    assert [hit.public_id for hit in result.hits] == ["lund"]
    for key in ("outcome", "theme", "size", "country"):
        for option in group(result, key).options:
            if not option.selected and key != "outcome":
                assert find(option.querystring).total == option.count
    outcomes = {option.code: option.count for option in group(result, "outcome").options}
    assert outcomes == {"worked": 1, "mixed": 1, "did-not-work": 1}


def test_missing_is_a_choice_of_its_own(ground: None, find: Find) -> None:
    sizes = {one.code: one.count for one in group(find("kind=case"), "size").options}
    assert sizes == {"100k-300k": 1, "unknown": 2}
    found = find("kind=case&size=unknown")
    assert {hit.public_id for hit in found.hits} == {"umea", "visby"}


def test_the_failure_register_covers_all_hits_not_the_page(ground: None, find: Find) -> None:
    outcomes = find("kind=case").outcomes
    assert (outcomes.total, outcomes.worked, outcomes.mixed, outcomes.did_not_work) == (3, 1, 1, 1)
    assert [n for _word, n in outcomes.reasons] == [1, 1]
    assert find("outcome=worked").outcomes.none_reported


def test_cases_without_a_year_are_told_of_when_years_are_asked_for(
    ground: None, find: Find
) -> None:
    result = find("kind=case&year_from=2015")
    assert [hit.public_id for hit in result.hits] == ["lund"]
    assert [notice.code for notice in result.notices] == ["year-unknown"]


@pytest.mark.parametrize(
    ("address", "key", "code"),
    [
        ("theme=space-travel", "theme", "not-one-of"),
        ("city=atlantis", "city", "not-one-of"),
        ("grade=7", "grade", "not-one-of"),
        ("kind=%00", "kind", "not-one-of"),
        ("year_from=2020&year_to=2010", "year_from", "contradiction"),
    ],
)
def test_a_faulty_filter_finds_nothing_and_says_so(
    ground: None, find: Find, address: str, key: str, code: str
) -> None:
    result = find(f"q=pricing&{address}", "sv")
    assert (result.total, result.hits) == (0, ())
    assert [(fault.where, fault.code) for fault in result.faults] == [(key, code)]
    assert result.facets, "the choices that do exist are still offered"
    with pytest.raises(InvalidData) as refused:
        selectors.find_or_refuse(result.query, today=TODAY)
    assert refused.value.faults[0].where == key


@pytest.mark.parametrize("words", ["🚲🚲🚲", 'AND OR - ""', "x" * 10_000, "cykel " * 2_000, "\x00"])
def test_odd_texts_are_answered_with_a_notice(ground: None, find: Find, words: str) -> None:
    query = FinderQuery(text=words, language="sv")
    result = selectors.find(query, today=TODAY)
    assert not result.faults
    assert {notice.code for notice in result.notices} & {"cut", "nothing-to-search", "unmatched"}


def test_a_mended_slip_is_told_and_a_place_is_not_mended(ground: None, find: Find) -> None:
    make_case("Umeå", texts=(text(title="A ferry for cyclists"),))
    mended = find("q=ferrx&kind=case")
    assert [hit.public_id for hit in mended.hits] == ["umea"]
    [notice] = mended.notices
    assert notice.code == "corrected"
    assert "ferrx" in notice.message
    assert "ferry" in notice.message
    # Parma is one letter from Palma, and another place: nothing is found, and the reader is told.
    make_case("Umeå", texts=(text(title="A ferry to Parma"),))
    other = find("q=Palma&kind=case")
    assert (other.total, [one.code for one in other.notices]) == (0, ["unmatched"])


def test_pages_do_not_overlap_and_the_last_is_the_last(
    ground: None, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance.search.selectors.finder.PAGE_SIZE", 2)
    for sort in SORTS:
        first = find(f"sort={sort}")
        pages = [find(f"sort={sort}&page={page}") for page in range(1, first.n_pages + 1)]
        seen = [(hit.kind, hit.public_id) for page in pages for hit in page.hits]
        assert len(seen) == len(set(seen)) == first.total
        assert pages[0].previous is None
        assert pages[-1].next is None
        assert find(f"sort={sort}&page=99").page == first.n_pages
    years = [hit.year for hit in find("kind=case&sort=year").hits]
    assert years == [2019, 2010]


def test_a_district_leads_to_its_city(ground: None, find: Find) -> None:
    City.objects.filter(public_id="lund").update(districts=["Norra Fäladen", "Klostergården"])
    result = find("q=norra+faladen", "sv")
    assert [(one.code, one.message) for one in result.notices] == [
        ("district", "”Norra faladen” ligger i Lund. Resultat för staden:")
    ]
    hits = result.hits
    # The city comes first, then what it did.
    assert [(hit.kind, hit.public_id) for hit in hits][:2] == [("city", "lund"), ("case", "lund")]


def test_chips_take_one_choice_away(ground: None, find: Find) -> None:
    result = find("q=pricing&outcome=worked&theme=mobility&year_from=2000", "sv")
    chips = {chip.key: chip for chip in result.chips}
    assert set(chips) == {"outcome", "theme", "year_from"}
    assert chips["outcome"].querystring == "q=pricing&theme=mobility&year_from=2000"
    assert chips["year_from"].querystring == "q=pricing&outcome=worked&theme=mobility"
    # The same people may be in both.
    both = find("gained=low-income&paid=low-income", "fr").chips
    who = "personnes à faibles revenus"
    assert [chip.label for chip in both] == [f"Qui y a gagné\xa0: {who}", f"Qui a payé\xa0: {who}"]


def test_points_are_those_of_all_hits(ground: None) -> None:
    make_case("Kiruna", place=plain_place())
    request = RequestFactory().get("/en/find/points", {"kind": "case"})
    request.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    features = json.loads(views.points(request).content)["features"]
    assert [one["id"] for one in features] == ["case/kiruna"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [20.25, 67.875]}
    assert features[0]["properties"]["url"] == "/en/cases/kiruna/"


def plain_place():  # type: ignore[no-untyped-def]

    return a_place("Kiruna", "SE", latitude=67.875, longitude=20.25)


def test_the_commands_make_the_index_and_ask_it(ground: None) -> None:
    made = CliRunner().invoke(commands, ["reindex"])
    assert made.exit_code == 0, made.output
    assert "6 records in the index" in made.output
    asked = CliRunner().invoke(
        commands, ["query", "vägavgifter", "--language", "sv", "--filter", "outcome=did-not-work"]
    )
    assert asked.exit_code == 0, asked.output
    assert asked.stdout.splitlines()[-1].split("\t") == [
        "did-not-work",
        "1",
        "case",
        "visby",
        "Pricing the roads",
    ]
    wrong = CliRunner().invoke(commands, ["query", "tram", "--filter", "outcome"])
    assert wrong.exit_code == 2
    unknown = CliRunner().invoke(commands, ["query", "tram", "--filter", "colour=green"])
    assert unknown.exit_code == 2


def test_the_text_is_the_readers_where_there_is_one(ground: None, find: Find) -> None:
    swedish = text("sv", title="Vägavgifter i Lund", status="translated")
    make_case("Lund", texts=(text(), swedish))
    assert find("q=lund&kind=case", "sv").hits[0].title == "Vägavgifter i Lund"
    french = find("q=lund&kind=case", "fr").hits[0]
    assert (french.title, french.lang_attr) == ("Pricing the roads", "en")


def test_a_page_shows_the_text_of_the_reader_and_marks_one_in_another_language(
    ground: None, client
) -> None:
    make_case("Lund", texts=(text(), text("sv", title="Vägavgifter i Lund", status="translated")))
    swedish = client.get("/sv/find?q=lund&kind=case").text
    assert "engelska" not in swedish.split("Vägavgifter i Lund</a>")[1].split("<h3>")[0]
    for address in ("/fr/find?q=lund&kind=case", "/fr/"):
        assert '<span class="badge">en anglais</span>' in client.get(address).text


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("/en/find/?q=a%20b&theme=x%2By&theme=z", "/en/find?q=a%20b&theme=x%2By&theme=z"),
        ("/sv/find/", "/sv/find"),
        ("/fr/compare/?case=lund&case=umea", "/fr/compare?case=lund&case=umea"),
    ],
)
def test_a_slash_too_many_leads_to_the_address_without_it(client, address: str, to: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (301, to)


def page_text(client, address: str) -> str:  # type: ignore[no-untyped-def]
    """The words of a page."""
    return " ".join(re.sub("<[^>]*>", " ", client.get(address).text).split())


def test_a_parameter_that_is_no_filter_is_named(ground: None, client) -> None:
    assert "Ignored because it is not a filter: “colour”." in page_text(
        client, "/en/find?colour=red"
    )
    several = page_text(client, "/en/find?a=1&b=2&c=3&d=4&e=5&f=6&<i>=7")
    assert "Ignored because they are not filters: “a”, “b”, “c”, “d”, “e”, …." in several
    assert "<zz>" not in client.get("/en/find?<zz>=7").text
    known = "/en/find?q=a&sort=year&page=1&map=world&year_from=2000&year_to=2010&member=yes"
    assert "Ignored because" not in page_text(client, known)


def test_a_page_that_cannot_be_is_refused_and_the_rest_can_be_kept(ground: None, client) -> None:
    answer = client.get("/en/find?q=pricing&outcome=worked&page=-1")
    assert answer.status_code == 400
    assert "Page -1 does not exist." in answer.text
    assert 'href="/en/find?q=pricing&amp;outcome=worked"' in answer.text


def test_the_map_is_drawn_when_asked_for(ground: None, client) -> None:
    make_case("Lund", place=Place(name="Lund", country="SE", latitude=55.7, longitude=13.2))
    page, with_map = (client.get(f"/en/find?kind=case{more}").text for more in ("", "&map=hits"))
    assert 'href="?kind=case&amp;map=hits#map"' in page
    assert ('id="map"' in page, 'id="map"' in with_map) == (False, True)


def test_texts_with_some_of_the_words_stand_below_a_line(ground: None, client) -> None:
    make_case("Lund", texts=(text(title="Zebra crossings by the pilgrim road"),))
    make_case("Umeå", texts=(text(title="Zebra crossings"),))
    page = find_page(FinderQuery(text="zebra pilgrim", filters={"kind": ("case",)}), today=TODAY)
    assert [[hit.public_id for hit in hits] for _heading, hits in page["groups"]] == [
        ["lund"],
        ["umea"],
    ]
    html = client.get("/en/find?q=zebra+pilgrim&kind=case").text
    line = html.index("Results that contain some of your search words")
    assert html.index("/en/cases/lund/") < line < html.index("/en/cases/umea/")
    # Another order mixes them: no line could part them.
    assert (
        "Results that contain some of your search words"
        not in client.get("/en/find?q=zebra+pilgrim&kind=case&sort=year").text
    )
    assert (
        "Results that contain some of your search words"
        not in client.get("/en/find?q=zebra&kind=case").text
    )
    words = page_text(client, "/en/find?q=zebra+pilgrim&kind=case")
    assert "Cases with all your search words: One case, which worked." in words


def test_where_no_text_has_all_words_the_page_says_so(ground: None, client) -> None:
    make_case("Umeå", texts=(text(title="Pilgrim roads"),))
    narrowed = page_text(client, "/en/find?q=zebra+pilgrim&kind=case")
    assert "No results for “zebra”. Closest results:" in narrowed
    assert "No exact match" not in narrowed, "said once"
    make_case("Lund", texts=(text(title="Zebra crossings"),))
    store.forget()
    narrowed = page_text(client, "/en/find?q=zebra+pilgrim&kind=case")
    assert "No exact match with these filters. Closest results:" in narrowed
    assert "Results that contain some of your search words" not in narrowed
    make_case("Umeå", texts=(text(title="Roads"),))
    store.forget()
    words = page_text(client, "/en/find?q=zebra+oslo")
    assert "No results for “oslo”. Closest results:" in words
    assert "did not work:" not in words, "no share is told of what may be something else"
    assert "No exact match" not in page_text(client, "/en/find?q=zebra")
    assert "No exact match" not in page_text(client, "/en/find")
    nothing = page_text(client, "/en/find?q=oslo")
    assert "No results for “oslo”. No results" in nothing


def test_without_filters_the_page_says_it_too(db: None, client) -> None:
    lay_ground()
    make_case("Lund", texts=(text(title="Zebra crossings"),))
    words = page_text(client, "/en/find?q=zebra+umeå")
    assert "No exact match. Closest results:" in words


def test_languages_are_named_in_themselves(ground: None, client) -> None:
    html = client.get("/en/find?language=en").text
    assert html.count('<span lang="en">English</span>') == 2, "in the filter and as a chip"


def test_the_reasons_of_mixed_cases_are_counted_and_the_name_says_so(
    ground: None, find: Find
) -> None:
    make_case("Umeå", outcome="mixed", reasons=("stopped",))
    reasons = group(find("kind=case"), "reason")
    assert reasons.name == "Reasons for failure or partial success"
    assert {one.code: one.count for one in reasons.options}["stopped"] == 2


def test_cases_are_found_by_who_gained_and_who_paid(ground: None, find: Find) -> None:
    make_case("Umeå", gained=["tenants"], paid=["drivers"])
    make_case("Visby", gained=["tenants", "older"])
    found = find("kind=case&gained=tenants&paid=drivers")
    assert [hit.public_id for hit in found.hits] == ["umea"]
    assert group(found, "gained").name == "Who gained"
    assert {one.code: one.count for one in group(found, "gained").options}["tenants"] == 1


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        (["worked"], "One case, which worked."),
        (["reported"], "One case, which worked by its own account."),
        (
            ["reported", "worked"],
            "Of 2 cases, 1 worked . Worked by own account: 1.",
        ),
        (["mixed"], "One case, with mixed results."),
        (["did-not-work"], "One case, which did not work: no effect (1)."),
        (["did-not-work"] * 2, "None of the 2 cases worked: no effect (2)."),
        (["mixed", "did-not-work"], "Of 2 cases, none worked . 1 of 2 did not work: no effect (1)"),
        (["worked", "did-not-work"], "Of 2 cases, 1 worked . 1 of 2 did not work: no effect (1)"),
        (["worked", "worked"], "Of 2 cases, 2 worked . Did not work: no cases reported."),
    ],
)
def test_how_trials_ended_is_told_as_one_says_it(
    db: None, client, outcomes: list[str], sentence: str
) -> None:
    lay_ground()
    for place, outcome in zip(("Lund", "Umeå"), outcomes, strict=False):
        make_case(place, outcome=outcome, reasons=("no-effect",) if outcome[0] == "d" else ())
    assert sentence in page_text(client, "/en/find?kind=case")


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        (["worked"], "one case: it worked"),
        (["mixed"], "one case, with mixed results"),
        (["did-not-work"], "one case: it did not work"),
        (["mixed", "did-not-work"], "worked in none of 2 cases, did not work in 1"),
        (["worked", "mixed"], "worked in 1 of 2 cases, no failure reported"),
    ],
)
def test_a_solution_found_tells_its_trials(
    db: None, client, outcomes: list[str], words: str
) -> None:
    lay_ground()
    for place, outcome in zip(("Lund", "Umeå"), outcomes, strict=False):
        make_case(place, outcome=outcome)
    assert words in page_text(client, "/en/find?kind=solution")


def test_hits_chosen_by_outcome_are_not_told_as_a_share(client):
    lay_ground()
    make_case("Lund", outcome="worked")
    make_case("Umeå", outcome="did-not-work")
    assert "did not work:" in client.get("/en/find").text
    narrowed = client.get("/en/find?outcome=worked").text
    assert "Did not work: no cases reported." not in narrowed
    assert "1 worked" not in narrowed


def test_the_finder_opens_on_solutions_and_cases_with_the_rest_in_tabs(ground, client):
    html = client.get("/en/find").text
    kinds = re.findall(r'<nav class="tabs".*?</nav>', html, re.S)[0]
    assert re.search(r'find" aria-current="page"\s+>Solutions and cases <span>4</span>', kinds)
    assert re.search(r'kind=city"\s+>Cities <span>2</span>', kinds)
    assert "/en/cities/" not in html.partition('id="count"')[2], "cities are in their own tab"
    cities = client.get("/en/find?kind=city").text
    assert re.search(r'kind=city" aria-current="page"\s+>Cities', cities)
    assert "/en/cities/lund/" in cities
    # The filters and the map keep the kind.
    assert '<input type="hidden" name="kind" value="city">' in cities
    # Where neither a solution nor a case is found, the rest is shown at once.
    query = FinderQuery(text="lund -pricing -case", is_main=True)
    assert {hit.kind for hit in selectors.find(query, today=TODAY).hits} == {"city"}


def test_a_theme_finds_the_cases_of_a_solution_of_that_theme(ground: None, find: Find) -> None:
    solution = Solution.objects.get()
    solution.classifications.create(scheme="theme", code="energy")
    CliRunner().invoke(commands, ["reindex"])
    cases = {hit.public_id for hit in find("kind=case&theme=energy").hits}
    assert cases == {"lund", "umea", "visby"}


def test_hits_go_by_cost_and_by_time_to_a_result(ground: None, find: Find) -> None:
    make_case("Lund", cost=cost("900000", "EUR", 2023))
    make_case("Umeå", cost=cost("20000", "EUR", 2023))
    by_cost = [hit.public_id for hit in find("kind=case&sort=cost").hits]
    assert by_cost == ["umea", "lund", "visby"], "what is not known stands last"
    CaseStudy.objects.filter(public_id="lund").update(start_year=2010)
    for public_id, end in (("lund", 2014), ("visby", 2011)):
        case = CaseStudy.objects.get(public_id=public_id)
        case.effects.update(period_start=None, period_end=end)
    CliRunner().invoke(commands, ["reindex"])
    soonest = find("kind=case&sort=soonest").hits
    assert [(hit.public_id, hit.extra["years_to_result"]) for hit in soonest] == [
        ("visby", 1),
        ("lund", 4),
        ("umea", None),
    ]
