"""What the brief of a case says, and that nothing missing is read as nought."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.network.models import City
from alliance.reports.services.briefs import compose
from tests.factories.knowledge import (
    a_source,
    cost,
    effect,
    lay_ground,
    make_case,
    no_difference,
    text,
)
from tests.integration.reports.conftest import brief_of, printed

pytestmark = pytest.mark.django_db

NB = "\u00a0"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def box(brief, key):
    return next(one for one in brief.boxes if one.key == key)


def said(one) -> str:
    """A box in one line, with plain spaces."""
    lines = [f"{line.mark} {line.label} {line.text.value} {line.note}" for line in one.lines]
    return " ".join(" | ".join([*lines, one.note or "", "" if lines else one.empty]).split())


def test_the_answer_stands_in_the_first_lines():
    make_case(
        outcome="mixed", reasons=("effect-faded",), effects=(effect(-12.5, low=-15, high=-9),)
    )
    brief = brief_of("case", "lund")
    assert (brief.outcome.code, brief.outcome.word) == ("mixed", "Mixed: effect faded")
    assert [fact.value for fact in brief.facts] == ["Lund, Sweden", "2019–2021", "Road pricing"]
    main, _cost, evidence, elsewhere = brief.figures
    assert main.value == f"−12{NB}%"
    assert (
        main.note.value
        == f"traffic volume\u00a0· before-and-after comparison\u00a0· 95 %: −15 to −9{NB}%"
    )
    assert (evidence.points, evidence.most) == (2, 5)
    assert elsewhere.value == "no other trial known"


def test_a_result_without_a_number_is_no_missing_one():
    make_case(effects=(), nulls=(no_difference(),))
    brief = brief_of("case", "lund")
    main = brief.figures[0]
    assert (main.value, main.missing) == ("no difference", False)
    assert main.note.value == "traffic volume\u00a0· with a comparison group"
    (chart,) = brief.charts
    assert [(row.label.value, row.value, row.part.value) for row in chart.rows] == [
        ("Traffic volume", "no difference", "Traffic in the side streets did not change.")
    ]
    solution = brief_of("solution", "road-pricing")
    assert solution.figures[1].value == "no difference"
    (chart,) = solution.charts
    assert [(row.label.value, row.value) for row in chart.rows] == [("Lund", "no difference")]


def test_the_main_result_is_the_one_that_is_marked():
    make_case(effects=(effect(-36.0), effect(-15.0, qualifier="centre", is_main=True)))
    assert brief_of("case", "lund").figures[0].value == f"−15{NB}%"


def test_what_is_not_recorded_is_a_word():
    make_case(effects=(), sources=(a_source("R", "https://example.org/r"),))
    brief = brief_of("case", "lund")
    main, per_inhabitant, evidence, _elsewhere = brief.figures
    assert (main.value, main.missing) == ("effect not known", True)
    assert (per_inhabitant.value, per_inhabitant.missing) == ("not known", True)
    assert (evidence.value, evidence.most) == ("not graded", 0)
    assert said(box(brief, "cost")) == "| not known"
    equity = next(one for one in brief.passages if one.key == "equity")
    assert (equity.body.value, equity.missing) == ("not known", True)
    page = printed(compose(None, "case", "lund", "en")[1])
    assert "Effect not known. This does not mean that there was none." in page


@override_settings(TARGET_CURRENCY="EUR", TARGET_PRICE_YEAR=2020)
def test_the_cost_is_told_as_recorded_and_per_inhabitant_with_its_deflator():
    make_case(cost=cost("1000000", "EUR", 2020))
    assert brief_of("case", "lund").figures[1].value == f"10{NB}EUR"
    make_case(cost=cost("5000000", "SEK", 2015))
    brief = brief_of("case", "lund")
    line = said(box(brief, "cost"))
    assert "Original amount: 5 million SEK (2015 prices)" in line
    assert "100,000 residents (2020)" in line
    assert "using the consumer price index for Sweden (" in line
    assert "converted at the average exchange rate for 2020 (" in line


def test_a_cost_that_cannot_be_compared_names_the_field():
    make_case("Umeå", cost=cost("5000000", "SEK", 2015))
    brief = brief_of("case", "umea")
    assert brief.figures[1].value == "cannot be compared because information is missing: population"
    assert f"5{NB}million{NB}SEK" in brief.figures[1].note.value
    make_case("Umeå", cost=cost("5000000", "SEK", None))
    assert (
        brief_of("case", "umea").figures[1].value
        == "cannot be compared because information is missing: price year"
    )


def test_others_are_named_with_what_came_of_them_and_whether_they_are_alike():
    City.objects.filter(public_id="lund").update(koppen="Cfb")
    City.objects.filter(public_id="umea").update(koppen="Dfc", population=120_000)
    make_case()
    make_case("Umeå", outcome="did-not-work", reasons=("stopped", "not-accepted"))
    make_case("Ystad")
    brief = brief_of("case", "lund")
    stopped, worked = box(brief, "peers").lines
    assert (stopped.mark, stopped.text.value) == ("did-not-work", "Umeå, Sweden")
    assert (
        stopped.note
        == "action stopped, lack of acceptance\u00a0· 2019–2021\u00a0· city of similar size"
    )
    assert (worked.mark, worked.note) == ("worked", "2019–2021")
    assert brief.figures[3].value == "1 of 2 worked"
    assert brief.figures[3].note.value == "0 had mixed results, 1 did not work"


def test_a_case_that_is_not_public_is_not_named():
    make_case()
    make_case("Umeå")
    CaseStudy.objects.filter(public_id="umea").update(status=CaseStatus.WITHDRAWN)
    assert box(brief_of("case", "lund"), "peers").lines == ()


def test_a_result_to_be_checked_again_is_marked_in_the_brief():
    make_case(effects=(effect(-10.0, check_again="missing-figure"),))
    mark = "needs to be checked again (a published figure has not been entered yet)"
    brief = brief_of("case", "lund")
    assert mark in brief.charts[0].rows[0].basis
    assert mark in brief.figures[0].note.value


def test_effects_are_drawn_by_unit_and_those_not_counted_stand_apart():
    make_case(
        effects=(
            effect(-10.0, qualifier="rush hour", period_start=2019, period_end=2020, n=1200),
            effect(-30.0, pool_exclusion="same-estimate"),
            effect(
                45.0,
                measure="turnout",
                unit="percent of voters",
                direction="higher-is-better",
            ),
        )
    )
    drawn, level, uncounted = brief_of("case", "lund").charts
    (row,) = drawn.rows
    assert (row.value, row.part.value) == (f"−10{NB}%", "rush hour")
    assert row.basis == "before-and-after comparison, 2019–2020\u00a0· sample of 1,200"
    assert drawn.ticks and row.at is not None
    assert (level.ticks, level.rows[0].value) == ((), f"45{NB}%")
    assert level.rows[0].interval == "of voters"
    assert (uncounted.optional, uncounted.title) == (True, "Shown, but not counted")
    assert "not counted: same estimate as another row" in uncounted.rows[0].basis


def test_the_results_that_are_furthest_apart_are_kept_longest():
    values = (-13.0, -10.0, -35.0, -12.0)
    make_case(effects=tuple(effect(value, qualifier=str(value)) for value in values))
    rows = brief_of("case", "lund").charts[0].rows
    kept = sorted(rows, key=lambda row: row.priority)[:2]
    assert {row.value for row in kept} == {f"−10{NB}%", f"−35{NB}%"}


def test_sources_are_numbered_and_keep_their_addresses():
    make_case(
        sources=(
            a_source("One", "https://example.org/a?b=1", kind="press", seen="fell by a tenth"),
            a_source("Two", "https://example.org/c"),
        )
    )
    first, second = brief_of("case", "lund").sources
    assert (first.number, first.url, first.kind) == (1, "https://example.org/a?b=1", "press")
    assert (second.number, second.kind) == (2, "type not known")
    page = printed(compose(None, "case", "lund", "en")[1])
    assert "https://example.org/a?b=1" in page
    assert "fell by a tenth" in page


def test_the_foot_names_version_digest_day_licence_and_origin():
    case = make_case()
    make_case(texts=(text(summary="Drivers pay by the day."),))
    version = case.versions.order_by("-number").first()
    brief = brief_of("case", "lund")
    assert version.number == 2
    assert brief.foot[0] == (
        f"Version 2 of the case, SHA-256 {version.digest[:12]}…, as of 24 November 2026. "
        "Licence CC-BY-4.0."
    )
    assert not any("Starter" in line for line in brief.foot)
    CaseStudy.objects.update(origin="starter")
    assert (
        "Compiled by the editors (24 November 2026), not yet checked by the city."
        in brief_of("case", "lund").foot[1]
    )
    assert brief.address.endswith("/en/cases/lund/")


def test_a_text_in_another_language_is_marked_and_told():
    make_case(texts=(text(equity_notes="Commuters paid."),))
    brief = brief_of("case", "lund", "sv")
    assert (brief.heading.value, brief.heading.lang_attr) == ("Pricing the roads", "en")
    assert brief.lead.lang_attr == "en"
    assert all(one.body.lang_attr == "en" for one in brief.passages)
    assert brief.facts[2].lang_attr == ""
    assert brief.facts[2].value == "Vägavgifter"
    assert any("engelska" in line for line in brief.foot)
    assert brief.figures[0].note.value.startswith("trafikvolym")


def test_a_translation_that_nobody_reviewed_says_so():
    make_case(texts=(text(), text("sv", title="Pris på vägarna", status="translated")))
    brief = brief_of("case", "lund", "sv")
    assert (brief.heading.value, brief.heading.lang_attr) == ("Pris på vägarna", "")
    with translation.override("sv"):
        expected = gettext("Translated from %(language)s, not reviewed.")
    assert expected % {"language": "engelska"} in brief.foot[-1]


def test_signs_of_the_typesetter_in_a_case_are_printed_as_they_stand():
    hostile = "Pay #money, $5 *now* _today_ @home = 1 // \\n"
    make_case(texts=(text(title=hostile, what_did_not=hostile),))
    page = printed(compose(None, "case", "lund", "en")[1]).replace("- ", "-")
    assert page.count("Pay #money, $5 *now* _today_ @home = 1 // \\n") == 2


@pytest.mark.parametrize(
    ("others", "value", "note"),
    [
        (["worked"], "one trial, which worked", ""),
        (["did-not-work"], "one trial, which did not work", ""),
        (["mixed"], "one trial, with mixed results", ""),
        (["mixed", "did-not-work"], "none of 2 worked", "1 had mixed results, 1 did not work"),
        (["worked", "worked"], "2 of 2 worked", "0 had mixed results, 0 did not work"),
    ],
)
def test_how_it_went_elsewhere_is_a_sentence_whatever_the_numbers(others, value, note):
    make_case()
    for number, outcome in enumerate(others):
        make_case("Umeå", public_id=f"umea-{number}", outcome=outcome)
    figure = brief_of("case", "lund").figures[3]
    assert (figure.value, figure.note.value) == (value, note)


def test_a_hidden_city_is_told_as_hidden_and_so_are_its_sources():
    make_case(outcome="did-not-work", is_masked=True, texts=(text(what_did_not="It fell."),))
    brief = brief_of("case", "lund")
    assert brief.facts[0].value == "City not disclosed"
    assert brief.sources == ()
    assert brief.words["no_sources"] == "Not published because they would identify the city."
    solution = brief_of("solution", "road-pricing")
    assert [fact.value for fact in solution.facts[1:]] == [
        "1 trial",
        "1 in a city that is not disclosed",
        "cost and time to first results not known",
    ]
    assert solution.figures[0].value == "one trial, which did not work"
    make_case("Umeå", outcome="mixed")
    solution = brief_of("solution", "road-pricing")
    assert solution.facts[1].value == "2 trials in 1 place"
    assert solution.figures[0].value == "none of 2"
