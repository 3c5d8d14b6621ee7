"""The sentence above the hits: made by rule, every number linked, hidden places left hidden."""

from __future__ import annotations

import re

import pytest

from alliance.cases.models import CaseStudy, CaseText, Effect, Measure, Solution, SolutionText, Unit
from alliance.core import clock
from alliance.evidence.services.grading import regrade
from alliance.network.models import City
from alliance.search import selectors
from alliance.search.query import FinderQuery
from alliance.search.services import rebuild
from alliance.testbeds.fit.expectation import expectation
from alliance.testbeds.fit.reading import cases_of
from tests.factories.indicators import make_city
from tests.factories.knowledge import NOW, effect, lay_ground, make_case
from tests.factories.pages import one_line
from tests.integration.search.conftest import TODAY

pytestmark = pytest.mark.django_db

BOX = re.compile(r'<section class="answer".*?</section>', re.S)


def box(client, text: str, language: str = "en") -> str:  # type: ignore[no-untyped-def]
    """The answer on the page of the finder, "" where there is none."""
    found = BOX.search(client.get(f"/{language}/find", {"q": text}).text)
    return one_line(found.group()) if found else ""


def plain(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    for place in ("Lund", "Umeå", "Visby"):
        make_case(place)


def test_a_solution_and_an_outcome_are_answered_with_links(client) -> None:
    solution = Solution.objects.get()
    name = solution.texts.get(language="en").name
    html = box(client, f"does {name} work")
    verdict = solution.verdicts.select_related("measure").get(is_main=True)
    assert verdict.measure.name in plain(html)
    assert f'href="/en/solutions/{solution.public_id}/"' in html
    assert "Traffic volume fell in all 3 places" in plain(html)
    # Each place is one click away.
    assert "/en/cases/" in html


def test_results_to_be_checked_again_are_counted_in_the_answer(client) -> None:
    Effect.objects.filter(case__public_id="lund").update(check_again="unclear")
    name = Solution.objects.get().texts.get(language="en").name
    assert "1 of 3 results needs to be checked again." in plain(box(client, f"does {name} work"))


def test_an_outcome_that_nobody_measured_is_said_not_to_be(client) -> None:
    Measure.objects.create(slug="noise-level", name="noise level", name_sv="bullernivå")
    name = Solution.objects.get().texts.get(language="en").name
    html = plain(box(client, f"{name} noise"))
    assert "no city in the network has measured “noise level”. Closest evidence:" in html
    assert "noise" not in plain(box(client, f"{name} traffic"))
    assert "noise" not in plain(box(client, f"{name} in Lund"))
    # Words of another language that say nothing ask for no outcome.
    Measure.objects.create(slug="shops", name="shops", name_sv="företag i staden")
    assert "has measured" not in plain(box(client, f"{name} la pollution i staden"))


def test_no_answer_is_given_to_what_names_no_solution(client) -> None:
    for text in ("", "lund", "how do we get people to take part", "🚲" * 500, "x" * 10_000):
        assert box(client, text) == ""
    mixed = "hur får vi folk comment faire pour que how do we " * 200
    assert client.get("/sv/find", {"q": mixed}).status_code == 200


def test_a_question_in_swedish_is_answered_in_swedish_on_any_page(client) -> None:
    name = Solution.objects.get().texts.get(language="sv").name
    question = f"minskar {name} trafiken i staden"
    assert 'id="answer">Svar</h2>' in box(client, question, "sv")
    html = box(client, question, "en")
    assert '<section class="answer" aria-labelledby="answer" lang="sv">' in html
    assert "Svar" in html


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("fungerar péage urbain", "sv"),
        ("est-ce que trängselskatt marche", "fr"),
        ("does une redevance de congestion work", "en"),
    ],
)
def test_a_question_in_two_languages_is_answered_too(client, question: str, language: str) -> None:
    # "Road pricing" is a congestion charge to the glossary, whatever language it is named in.
    assert "/solutions/road-pricing/" in box(client, question, language)


def test_the_nearest_solution_is_one_of_the_first_hits(client) -> None:
    SolutionText.objects.filter(language="en").update(summary="Noise falls in quiet streets.")
    rebuild(at=clock.now())
    question = "noise in quiet streets"
    assert "Closest solution" in box(client, question)
    # Projects are what is looked for, and say nothing of what.
    CaseText.objects.filter(language="en").update(title="A street", summary="Projects.")
    rebuild(at=clock.now())
    assert "Closest solution" in box(client, question)
    assert box(client, "projects of noise") == ""


def test_a_figure_has_its_unit_in_the_language_of_the_question(client) -> None:
    Unit.objects.update(symbol="t/year", symbol_fr="t/an", symbol_sv="ton/år")
    for language, sign in (("en", "t/year"), ("fr", "t/an"), ("sv", "ton/år")):
        assert sign in box(client, "road pricing", language)


def test_a_hidden_place_stays_hidden(client) -> None:
    name = Solution.objects.get().texts.get(language="en").name
    seen = plain(box(client, name))
    Effect.objects.filter(case__public_id="visby").update(value=-77)
    regrade(Solution.objects.get(), NOW)
    assert "77" in plain(box(client, name))
    CaseStudy.objects.filter(public_id="visby").update(is_masked=True, country="ZZ", city=None)
    regrade(Solution.objects.get(), NOW)
    hidden = box(client, name)
    assert "77" not in plain(hidden)
    assert "visby" not in hidden.lower()
    assert "Visby" in seen
    # So does one that was withdrawn.
    CaseStudy.objects.filter(public_id="umea").update(status="withdrawn")
    assert "Umeå" in seen
    assert "Umeå" not in plain(box(client, name))


def test_solution_fit_and_answer_give_one_range_whichever_case_is_graded_higher(client) -> None:
    make_case("Lund", public_id="z-lund", effects=(effect(-70.0),))
    CaseStudy.objects.filter(public_id="z-lund").update(evidence_points=5)
    make_city("asking")
    solution = Solution.objects.get()
    name = solution.texts.get(language="en").name
    row = client.get(f"/api/v1/solutions/{solution.public_id}").json()["effects"][0]
    ends = [one["value"] for one in row["effects"] if one["left_out"] is None]
    expected = expectation(
        cases_of(solution), City.objects.get(public_id="asking"), (), "en", useful=None
    )
    assert expected is not None
    assert (expected.k, expected.lowest, expected.highest) == (len(ends), min(ends), max(ends))
    assert -70.0 not in ends and "70" not in plain(box(client, name))


def test_an_outcome_in_another_language_is_the_one_that_is_meant(client) -> None:
    other = Measure.objects.create(
        slug="crashes", name="road collisions", name_fr="accidents de la route",
        name_sv="trafikolyckor",
    )  # fmt: skip
    first = Effect.objects.filter(case__public_id="lund").first()
    first.pk, first.measure, first.position, first.key = None, other, 9, "crashes"
    first.is_main = False
    first.save()
    name = Solution.objects.get().texts.get(language="sv").name
    for language in ("en", "sv", "fr"):
        assert "olyck" not in box(client, f"does le {name} minska trafiken", language)
        assert "collisions" not in box(client, f"does le {name} minska trafiken", language)
        assert "accidents" not in box(client, f"does le {name} minska trafiken", language)


def test_an_untried_solution_is_said_to_be_unknown(client) -> None:
    for public_id in ("lund", "umea", "visby"):
        make_case(public_id, public_id=public_id, status="draft")
    Solution.objects.get().verdicts.all().delete()
    Effect.objects.all().delete()
    name = Solution.objects.get().texts.get(language="en").name
    said = plain(box(client, name))
    assert "we don’t know. No city in the network has tried it yet." in said


def test_an_outcome_that_few_measured_is_said_to_be_unknown_with_the_nearest(client) -> None:
    other = Measure.objects.create(slug="wombats", name="wombats", name_fr="", name_sv="")
    effect = Effect.objects.filter(case__public_id="lund").first()
    effect.pk, effect.measure, effect.value = None, other, -4
    effect.position, effect.key, effect.is_main = 9, "wombats", False
    effect.save()
    name = Solution.objects.get().texts.get(language="en").name
    html = box(client, f"how does {name} change wombats")
    assert "</a>: too few cities have measured “" in html
    assert "Closest evidence:" in plain(html)
    assert 'href="/en/cases/lund/"' in html
    # Figures in another unit are no end of the same range.
    effect.pk, effect.unit, effect.value = None, Unit.objects.exclude(pk=effect.unit_id)[0], -77
    effect.case = CaseStudy.objects.get(public_id="umea")
    effect.save()
    nearest = plain(box(client, f"how does {name} change wombats"))
    assert "in one place." in nearest
    assert "77" not in nearest


def test_the_answer_costs_few_queries(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    name = Solution.objects.get().texts.get(language="en").name
    query = FinderQuery(text=name, is_main=True)
    assert selectors.find(query, today=TODAY).answer is not None
    with django_assert_max_num_queries(6):
        selectors.find(query, today=TODAY)
    assert selectors.find(FinderQuery(text=name), today=TODAY).answer is None, "not for the API"
