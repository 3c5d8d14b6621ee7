"""The page of a case: the answer first, doubt said, nothing missing read as nought."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.test import Client

from alliance.cases.case_document import QuantityPart
from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.core.audit import STARTER
from alliance.knowledge.documents import main_effect
from alliance.knowledge.selectors.cases import case_page
from alliance.thread.services import refresh_relations
from alliance.writing.services.source_checks import enrol
from tests.factories.knowledge import (
    NOW,
    a_place,
    a_source,
    cost,
    effect,
    lay_ground,
    make_case,
    no_difference,
    text,
)
from tests.factories.pages import some

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None, request: pytest.FixtureRequest) -> None:
    if "starter" not in request.fixturenames:
        lay_ground()


def words(html: str) -> str:
    """The page as running text."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").split())


def page(client: Client, address: str = "/en/cases/lund/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_lines_say_what_came_of_it(client):
    make_case(outcome="did-not-work", reasons=("no-effect", "too-costly"))
    told = words(page(client).split("<main")[1])
    start = told.split("Result")[0]
    for part in (
        "Did not work : no effect, costs too high",
        "Pricing the roads",
        "Drivers pay by the hour.",
        "Place Lund , Sweden",
        "Years 2019–2021",
        "Solution Road pricing",
        "Strength of evidence: 1 of 5",
    ):
        assert part in start
    # The lead is one sentence; the whole account stands further down.
    assert "Traffic fell at once." not in start
    assert told.count("Drivers pay by the hour.") == 1 and "Traffic fell at once." in told


def test_the_page_opens_with_the_result_and_then_says_what_was_done(client):
    make_case(texts=(text(lead="Traffic fell by 10 %."),))
    lead, account = page(client).split('<p class="lead">')[1].split("Action taken</h2>")
    assert lead.startswith("Traffic fell by 10 %.</p>")
    assert "Drivers pay by the hour. Traffic fell at once." in account
    # Without one, the first sentence of the description is stored as the lead.
    case = make_case(texts=(text(), text("sv", summary="Bilister betalar. Trafiken föll.")))
    leads = {row.language: (row.lead, row.first_line) for row in case.texts.all()}
    assert leads["en"] == ("Drivers pay by the hour.", "Drivers pay by the hour.")
    assert leads["sv"] == ("", "Bilister betalar.")
    account = page(client).split("Action taken</h2>")[1].split("</div>")[0]
    assert "Traffic fell at once." in account
    assert "by the hour" not in account


def test_results_stand_in_the_order_of_time_and_link_to_their_source(client):
    sources = (
        a_source("Counts", "https://example.org/counts", seen="12.5 % fewer cars, p. 4"),
        a_source("Survey", "https://example.org/survey", seen="1,250 people were asked"),
    )
    make_case(
        sources=sources,
        effects=(
            effect(-3.0, period_start=2021),
            effect(-12.5, period_start=2019, period_end=2020),
            effect(1250.0, unit="cars per day", source="https://example.org/other"),
            effect(-1.0, period_end=2018),
        ),
    )
    html = page(client)
    chart = html.split('class="chart forest"')[1].split("</figure>")[0]
    values = re.findall(r"−(?:12|3|1)(?=[^\d])", chart.split("<tbody>")[1])
    assert values[:3] == ["−1", "−12", "−3"]
    assert chart.count('href="https://example.org/counts"') == 1
    assert 'href="https://example.org/other"' in html
    # Which source says 3 and 1 is not known: these lead to the list of sources.
    assert chart.count('href="#sources"') == 2


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_what_is_not_published_looks_like_what_is_missing(client, status):
    make_case(status=status)
    for address in ("lund/", "nowhere/", "Lund%00/", "lund/cite.bib", "lund/versions/"):
        assert client.get(f"/en/cases/{address}").status_code == 404, address


def test_a_page_needs_few_queries(client, django_assert_max_num_queries):
    first = make_case("Umeå")
    make_case(
        adapted_from=first.public_id,
        effects=tuple(effect(-v, qualifier=f"part {v}") for v in range(1, 9)),
    )
    for number in range(12):
        make_case(f"Town {number}", place=a_place(f"Town {number}", "SE"), adapted_from="lund")
    with django_assert_max_num_queries(12):
        page(client)


def test_english_text_on_a_swedish_page_is_marked_as_english(client):
    make_case()
    html = page(client, "/sv/cases/lund/")
    assert '<h1 lang="en">Pricing the roads</h1>' in html
    assert re.search(
        r'<div class="said yes|<section class="said yes">.*?<div lang="en">', html, re.S
    )
    assert "Vägavgifter" in html
    assert 'class="notice"' in html
    assert 'class="notice"' not in page(client, "/en/cases/lund/")


def test_a_translation_says_how_many_edits_it_is_behind(client):
    make_case(texts=(text(), text("sv", title="Avgift på vägarna", status="translated")))
    html = page(client, "/sv/cases/lund/")
    assert "<h1>Avgift på vägarna</h1>" in html
    CaseStudy.objects.get().texts.filter(language="en").update(revision=3)
    picked = case_page(CaseStudy.objects.get(), "sv").text
    assert (picked.stale, picked.edits_behind) == (True, 2)


def test_what_is_missing_is_a_word(client):
    make_case(
        texts=(text(problem="", what_worked="", what_did_not="", equity_notes=""),),
        actors=(),
        start_year=None,
        end_year=None,
        effects=(),
    )
    told = words(page(client))
    assert (
        "No effects have been recorded for this case. That does not mean there were none." in told
    )
    assert "What worked not known" in told
    assert "What did not work not known" in told
    assert "Who gained, who paid Not known" in told
    assert "Recorded cost not known" in told
    assert "Staff time not known" in told
    assert "Who was involved not known" in told
    assert "Strength of evidence: not graded" in told
    assert "This is different from a grade of 0." in told
    assert "years not known" in told


def test_quantities_are_told_with_their_units(client):
    make_case(
        staff_time=QuantityPart(value=2.5, unit="person-years"),
        lead_time=QuantityPart(value=18, unit="months"),
        lifetime=QuantityPart(value=30, unit="years"),
    )
    told = words(page(client))
    assert "Staff time 2.5 person-years" in told
    assert "Time from decision to start 18 months" in told
    assert "Lifetime 30 years" in told


def test_a_cost_is_told_as_recorded_and_converted_with_its_deflator(client, settings):
    settings.TARGET_CURRENCY, settings.TARGET_PRICE_YEAR = "EUR", 2024
    make_case(cost=cost("1220000", "SEK", 2007))
    told = words(page(client))
    assert "1,220,000 SEK (2007 prices)" in told
    assert (
        "EUR (2024 prices) Converted to 2024 prices using the consumer price index for Sweden"
        in told
    )
    assert "converted at the average exchange rate for 2024 ( European Central Bank )" in told
    assert "100,000 residents (2020)" in told


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        (
            "Lund",
            ("1000", "SEK", None),
            "For comparison cannot be compared because information is missing: price year",
        ),
        (
            "Umeå",
            ("1000", "SEK", 2015),
            "Per resident cannot be compared because information is missing: population",
        ),
        (
            "Lund",
            ("1000", "SEK", 1901),
            (
                "cannot be compared because information is missing: consumer "
                "price index, Sweden, 1901"
            ),
        ),
    ],
)
def test_a_cost_that_cannot_be_compared_names_the_field(client, name, given, sentence):
    case = make_case(name, cost=cost(*given))
    assert sentence in words(page(client, f"/en/cases/{case.public_id}/"))


def test_a_district_and_its_city_are_both_shown(client):
    district = a_place("Norra Fäladen", city="lund")
    make_case("North", place=district, cost=cost("1000", "SEK", 2015))
    told = words(page(client, "/en/cases/north/"))
    assert "Norra Fäladen, Lund" in told
    assert "Per resident cannot be compared because information is missing: population" in told
    make_case("South", adapted_from="north")
    refresh_relations(at=clock.now())
    for address in ("/en/solutions/road-pricing/", "/en/cases/north/chain/"):
        assert "Norra Fäladen, Lund" in words(page(client, address)), address


def test_effects_are_drawn_with_interval_design_and_what_is_not_counted(client):
    make_case(
        effects=(
            effect(
                -22.0, "quasi-experiment", low=-25.0, high=-19.0, n=400, baseline=1000.0,
                baseline_unit="cars per day", baseline_year=2018, is_baseline_computed=True,
                baseline_source="https://example.org/counts", se=1.5, se_rule="interval",
            ),
            effect(-14.0, "modelled", qualifier="inner ring", period_start=2019, period_end=2020),
            effect(-30.0, pool_exclusion="subset", note="Count once."),
            effect(61.0, "survey", measure="turnout", unit="percent of voters"),
        )
    )  # fmt: skip
    html = page(client)
    told = words(html)
    chart = html.split('class="chart forest"')[1].split("</figure>")[0]
    assert "−22" in chart
    assert "−14" in chart
    assert "−30" not in chart.split("<tbody>")[1]
    assert chart.count('class="ci"') == 1
    assert chart.count('class="dot open"') == 1
    assert "2019–2020, model calculation, inner ring" in words(chart)
    assert "No interval was published for 1 of 2 results." in told
    assert "Not counted: part of another row." in told
    assert "Count once." in told
    assert "61 % of voters" in told
    assert "−25 to −19" in told
    for part in ("1,000", "cars per day", "2018 calculated, not published"):
        assert part in told, part
    assert 'href="https://example.org/counts"' in html
    assert "the standard error is calculated from the 95 % confidence interval" in told
    assert "a level, not a change" in told


@pytest.mark.parametrize(("bounds", "captions"), [({}, 1), ({"low": -25.0, "high": -19.0}, 2)])
def test_the_same_signs_are_explained_once(client, bounds, captions):
    turnout = effect(4.0, measure="turnout", direction="higher-is-better")
    make_case(effects=(effect(-22.0, **bounds), turnout))
    html = page(client)
    assert html.count('class="chart forest"') == 2
    assert html.count("<figcaption>") == captions


def test_results_to_be_checked_again_are_counted_and_marked_with_the_reason(client):
    make_case(effects=(effect(-22.0, check_again="newer-study"), effect(-9.0, "quasi-experiment")))
    told = words(page(client))
    # One reason is said at the top; the row says that it is the one.
    assert "a newer or better study exists" in told
    assert "A newer or better study is known: Traffic volume" not in told


def test_further_amounts_are_shown_with_what_they_cover(client):
    yearly = cost("4600000", "SEK", None).model_copy(
        update={"kind": "yearly", "covers": "a year after the trial"}
    )
    make_case(cost=cost("24000000", "SEK", 2012), amounts=(yearly,))
    told = words(page(client))
    assert "4,600,000 SEK (price year not known) Yearly cost: a year after the trial" in told
    assert "24,000,000 SEK (2012 prices)" in told


def test_no_difference_is_told_in_a_sentence_of_the_readers_language(client):
    make_case(
        effects=(),
        nulls=(
            no_difference(
                sentence_sv="Trafiken på sidogatorna förändrades inte.", period_start=2020,
                period_end=2020, source="https://example.org/null", is_main=True,
            ),
        ),
    )  # fmt: skip
    told = words(page(client))
    assert "No difference Traffic in the side streets did not change." in told
    assert "with a comparison group, 2020, source" in told
    assert "Trafiken på sidogatorna förändrades inte." in words(page(client, "/sv/cases/lund/"))
    for address in ("/en/solutions/road-pricing/", "/en/find"):
        listed = words(page(client, address))
        assert "effect not known" not in listed
    assert "did not change." in words(page(client, "/en/solutions/road-pricing/"))


def test_a_stronger_design_shows_in_the_lines_of_the_grade_at_once(client):
    make_case()
    before = words(page(client))
    assert "Effect measured: +1" in before
    assert "Comparison group: 0" in before
    assert "Independent source: unknown" in before
    make_case(effects=(effect(design="quasi-experiment"),))
    after = words(page(client))
    assert "Comparison group: +1" in after
    assert "Strength of evidence: 2 of 5" in after
    assert "/en/evidence-grade/" in page(client)


def test_an_overdue_record_says_so(client, monkeypatch):
    make_case(review_by=dt.date(2027, 3, 1))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert "update check due March 2027" in words(page(client))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=200))
    assert "update check overdue since March 2027" in words(page(client))


def test_each_side_of_justice_is_answered_or_open(client):
    make_case(texts=(text(justice_procedure="Tenants decided with us."),))
    told = words(page(client))
    assert "Four aspects of justice: 1 of 4 answered" in told
    assert "who is consulted, and when? Tenants decided with us." in told
    assert "and who bears the burdens? not answered" in told


def test_starter_content_is_marked_and_judgement_is_called_judgement(client):
    make_case(texts=(text(equity_notes="Commuters pay most."),), actor=STARTER, origin="starter")
    told = words(page(client))
    assert "starter content checked on 24 November 2026" in told
    make_case("Umeå", texts=(text(equity_notes="Commuters pay most."),))
    assert "An editor" not in words(page(client, "/en/cases/umea/"))


def test_what_still_runs_and_what_is_to_be_checked_again_stand_at_the_top(client):
    make_case(
        running="annulled",
        running_year=2021,
        running_source="https://court.example/ruling",
        check_again=["copy", "newer-study"],
    )
    html = page(client)
    assert 'href="https://court.example/ruling"' in html
    told = words(html)
    assert "Annulled by a court (2021)" in told
    assert (
        "Needs another check: a source is a copy of the first publication; a "
        "newer or better study exists."
    ) in told
    make_case("Umeå")
    assert "Needs another check" not in words(page(client, "/en/cases/umea/"))


def test_a_source_that_is_not_online_is_named_without_an_address(client):
    make_case("Lund", sources=(a_source("Counts of cyclists", "", seen="412 a day"),))
    seen = page(client, "/en/cases/lund/")
    listed = seen.split('<ol class="sources"')[1].split("</ol>")[0]
    assert "Counts of cyclists" in listed and "412 a day" in listed and "href" not in listed
    assert '"url":""' not in seen.replace(" ", "")
    assert enrol(at=NOW) == 0


def test_sources_say_who_wrote_them_and_what_was_read(client):
    make_case(
        sources=(
            a_source(
                "A study",
                "https://example.org/a",
                seen="minus 10 %",
                kind="peer-reviewed",
                independent=True,
            ),
            a_source("A leaflet", "https://example.org/b", kind="company", independent=False),
            a_source("A page", "https://example.org/c"),
        )
    )
    told = words(page(client))
    assert "peer-reviewed article; independent of the people who ran the action" in told
    assert "minus 10 %" in told
    assert "company; from the people who carried out the action" in told
    assert "type not known; independence not known" in told


def test_failures_of_the_solution_are_named_beside_its_successes(client):
    make_case()
    assert "The same solution in other places" not in page(client)
    make_case("Umeå")
    assert "No other failures have been reported, but there may be some." in page(client)
    make_case("Borås", outcome="did-not-work", reasons=("stopped",))
    told = words(page(client))
    assert "No other failures have been reported, but there may be some." not in told
    assert re.search(r"Worked Pricing the roads Umeå.*Did not work Pricing the roads Borås", told)
    for place in ("Visby", "Ystad"):
        make_case(place)
    # Two of each outcome are named.
    told = words(page(client))
    assert "Ystad" not in told and "View the solution and all 4 other cases" in told


def test_an_adaptation_is_linked_both_ways_with_what_was_changed(client):
    make_case("Umeå")
    make_case(adapted_from="umea", adaptation_changes="A flat fee instead.")
    told = words(page(client))
    assert "Adapted from Worked Pricing the roads Umeå" in told
    assert "Changes: A flat fee instead." in told
    assert "Adapted by Worked Pricing the roads Lund" in words(page(client, "/en/cases/umea/"))


def test_a_hidden_neighbour_is_not_named(client):
    make_case("Umeå", texts=(text(title="Secret draft"),), status="draft")
    make_case(adapted_from="umea")
    assert "Secret draft" not in page(client)


def test_the_page_carries_structured_data_and_links_into_the_finder(client):
    make_case()
    html = page(client)
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert block is not None
    data = json.loads(block[1])
    assert data["@type"] == "Report"
    assert data["spatialCoverage"]["name"] == "Lund"
    assert data["identifier"][1]["value"] == CaseStudy.objects.get().versions.get().digest
    for query in ("topic=equity", "theme=mobility", "sdg=11.2"):
        assert f"/en/find?{query}" in html


def test_text_is_never_read_as_markup(client):
    make_case(texts=(text(title='Fees < 5 & "more" > 3', summary="p < 0.05 & so on."),))
    html = page(client)
    assert "Fees &lt; 5 &amp; &quot;more&quot; &gt; 3" in html
    assert "p &lt; 0.05 &amp; so on." in html


@pytest.mark.parametrize(
    ("ending", "kind", "start"),
    [
        ("bib", "application/x-bibtex", "@misc{lund-v1,"),
        ("ris", "application/x-research-info-systems", "TY  - RPRT"),
    ],
)
def test_citations_are_files(client, ending, kind, start):
    make_case()
    response = client.get(f"/en/cases/lund/cite.{ending}")
    assert response.status_code == 200
    assert response["Content-Type"] == f"{kind}; charset=utf-8"
    assert f'filename="lund.{ending}"' in response["Content-Disposition"]
    text_of_file = response.content.decode()
    assert text_of_file.startswith(start)
    assert CaseStudy.objects.get().versions.get().digest[:12] in text_of_file


@pytest.mark.slow
def test_every_starter_case_can_be_read(starter, client):
    cases = CaseStudy.objects.order_by("public_id").values_list("public_id", flat=True)
    for number, public_id in enumerate(some(cases, 4)):
        language = ("en", "fr", "sv")[number % 3]
        html = page(client, f"/{language}/cases/{public_id}/")
        assert not re.search(r">\s*(None|nan|NaN)\b", html), public_id


def test_words_of_an_effect_are_the_readers_where_they_were_translated(client):
    make_case(
        effects=(
            effect(
                -22.0, qualifier="inner city", qualifier_sv="innerstaden",
                note="At rush hour.", note_sv="I rusningstid.",
            ),
        )
    )  # fmt: skip
    swedish = page(client, "/sv/cases/lund/")
    assert "innerstaden" in swedish.lower() and "I rusningstid." in swedish
    assert "inner city" not in swedish
    french = page(client, "/fr/cases/lund/")
    assert '<span class="note" lang="en">inner city</span>' in french
    assert "I rusningstid." not in french


def test_a_range_is_told_as_no_interval_and_the_main_result_stands_for_the_case(client):
    case = make_case(
        effects=(
            effect(-5.0, range_low=-8.0, range_high=-2.0),
            effect(-9.0, measure="turnout", is_main=True),
        )
    )
    told = words(page(client))
    assert "not published range across models, sites or readings: −8 to −2" in told
    assert main_effect(case).value == -9.0
