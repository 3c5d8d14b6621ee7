"""One headline a solution, in the same words and figures wherever the starter network shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
from django.test import Client

from alliance.analysis.evidence.evidence_map import WORSE
from alliance.cases.enums import Verdict
from alliance.cases.models import Solution
from alliance.config import headline_table
from alliance.config.headline_check import Shown, differences, lacking, numbers, shown_on
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.evidence_map import find_map
from alliance.evidence.selectors.verdict_line import in_words
from alliance.evidence.selectors.verdicts import verdicts_of
from alliance.knowledge.documents import documents
from alliance.knowledge.selectors.solutions import HELPING, working_best
from tests.factories.pages import page, page_text, some
from tests.integration.reports.conftest import brief_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def answers(client: Client) -> dict[str, Any]:
    items = client.get("/api/v1/solutions?limit=100&lang=en").json()["items"]
    return {item["id"]: item["verdict"] for item in items}


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", text)


@pytest.mark.usefixtures("starter")
def test_page_lists_brief_and_api_have_the_same_verdict_and_sentence(client: Client) -> None:
    verdicts = answers(client)
    assert len(verdicts) == Solution.objects.count()
    lines = {
        document.public_id: in_words(document.extra)
        for document in documents("solution", list(verdicts))
        if document.language == "en"
    }
    helping = {public_id for public_id, one in verdicts.items() if one["verdict"] in HELPING}
    cells = {
        cell.solution: cell
        for cell in find_map({}).cells.values()
        for verdict in [verdicts[cell.solution]]
        if verdict["measure"] and cell.theme == theme_of(verdict["measure"])
    }
    for public_id, verdict in verdicts.items():
        headline, line = verdict["headline"], lines[public_id]
        assert (line.code, line.title) == (verdict["verdict"], headline["title"]), public_id
        assert line.words.startswith(headline["result"]), public_id
        if public_id in helping:
            assert cells[public_id].direction != WORSE, public_id
        if headline["fell"] + headline["rose"] + headline["unchanged"]:
            assert cells[public_id].places, public_id
    for public_id in some(verdicts, 8):
        verdict, address = verdicts[public_id], f"/en/solutions/{public_id}/"
        html = page(client, address)
        shown = [one for one in shown_on(html) if one.kind == "headline"]
        assert [plain(one.text) for one in shown][:1] == (
            [plain(verdict["headline"]["result"])] if verdict["headline"]["result"] else []
        )
        assert html.count(f"</svg>{verdict['headline']['title']}</span>") == 1, public_id
        detail = client.get(f"/api/v1/solutions/{public_id}?lang=en").json()
        assert detail["verdict"] == verdict and verdict in detail["verdicts"]
        brief = plain(brief_of("solution", public_id).facts[0].value)
        assert brief.startswith(plain(f"{verdict['headline']['title']}."))
        assert plain(verdict["headline"]["result"]) in brief


def theme_of(measure: str) -> str:
    rows = SolutionVerdict.objects.filter(measure__slug=measure)
    return rows.values_list("measure__outcome_theme", flat=True)[0]


@pytest.mark.usefixtures("starter")
def test_figures_of_headlines_on_pages_are_those_of_the_api() -> None:
    """Home, all solutions, problems and cities; the verdict shown is one that the API gives."""
    assert [str(difference) for difference in differences(["en"])] == []


def test_a_figure_or_verdict_that_the_api_lacks_is_a_difference() -> None:
    (shown,) = shown_on(
        '<p data-headline="road-pricing" data-verdict="works"><b>Works</b> NO2 fell by 20 % in '
        "1,234 places.<br></p><p>7</p>"
    )
    assert shown == Shown(
        "headline", "road-pricing", "works", "Works NO2 fell by 20 % in 1,234 places."
    )
    headline: dict[str, Any] = {
        "title": "Works", "reasons": [], "disputes": [], "fell": 1234, "rose": 0, "unchanged": 0,
        "other": 0, "value": -19.6, "low": None, "high": None,
    }  # fmt: skip
    answer = {"verdicts": [{"verdict": "works", "headline": headline}]}
    assert lacking(shown, answer, "en") is None
    difference = lacking(shown, {"verdicts": [{"verdict": "mixed", "headline": headline}]}, "en")
    assert difference is not None and difference.numbers == ()
    headline["value"] = -21.0
    difference = lacking(shown, answer, "en")
    assert difference is not None and difference.numbers == (20.0,)
    assert numbers("PM2,5 minskade med 1\u00a0234,5 % på 30 platser", "sv") == [1234.5, 30.0]


@pytest.mark.usefixtures("starter")
def test_the_published_table_of_what_moved_ends_with_the_headlines_that_ship(
    tmp_path: Path,
) -> None:
    now = list(headline_table.rows())
    page = (ROOT / "docs" / "explanation" / "verdicts-moved.md").read_text(encoding="utf-8")
    published = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ")
    ][1:]
    assert [
        [name, *(was if now == "same" else now for was, now in zip(old, new, strict=True))]
        for name, *cells in published
        for old, new in [(cells[::2], cells[1::2])]
    ] == [
        [row["solution"], str(Verdict(row["verdict"]).label), row["result"] or "–",
         row["places"] or "–"]
        for row in now
    ]  # fmt: skip
    written = tmp_path / "before.tsv"
    lines = ["\t".join(headline_table.COLUMNS), *("\t".join(row.values()) for row in now)]
    written.write_text("\n".join(lines), encoding="utf-8")
    assert headline_table.read_rows(written) == now
    written.write_text("solution\tresult\n", encoding="utf-8")
    with pytest.raises(click.ClickException, match="columns missing: verdict, places"):
        headline_table.read_rows(written)


def main_of(public_id: str) -> Any:
    return verdicts_of(Solution.objects.get(public_id=public_id), "en")[0]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(
    ("public_id", "said", "never"),
    [
        # 1 Cohen's d opened the only page with "Works", and lay outside its own range.
        ("home-energy-reports", "Household electricity use fell by 2", "Cohen"),
        # 2 Two sizes stood side by side.
        (
            "home-energy-reports",
            "in the 17 of 18 places with the strongest methods. In a new city",
            "median",
        ),
        # 3 Places that found no difference were missing.
        ("protected-cycling-networks", "rose in 2 places, by 11 to 87 %, no difference in 3", "30"),
        # 4 The middle of a published range stood for it.
        ("plate-based-driving-restrictions", "fell by 10 to 13 % in one place", "11.5"),
        # 5 "Reported as working" was said of what had been measured.
        ("menu-placement-nudge", "Worked in 2 of 3 places; too few to say more", "Reported"),
        # 6 Disputed results looked settled.
        ("residential-solid-fuel-bans", "Disputed: A second analysis", "could never"),
        # 7 A project of one site could be settled by three more.
        ("co-located-utility-plant", "A project of one site.", "could settle"),
        # 8 So could a plant that was closed.
        ("biomass-gasification", "The only known try ended in 2018.", "could settle"),
        # 9 A mixed verdict beside a range of one sign gave no reason.
        ("heat-health-action-plans", "the places differ in how far they reached their goals", "−"),
        # 10 An outcome that nobody measured borrowed the figure of another.
        ("public-bike-sharing", "No city has measured this yet: car use.", "%"),
        # 11 A side effect, in a unit for analysts, stood for the outcome.
        ("household-waste-feedback", "Residual waste per person fell by 7 to 12 %", "standardised"),
        # 12 What does not count gave a headline.
        ("climate-budget", "no result that counts as an effect of this solution", "%"),
        # Votes of related measures stood beside the places of the main one alone.
        (
            "citywide-30-kmh",
            "including those of related measures, were better in 7 of 7",
            "median 2",
        ),
        # What agrees but is of few places did not say what it lacks.
        (
            "protected-cycling-networks",
            "Better measured results in 3 more places could",
            "comparison",
        ),
        (
            "real-time-energy-feedback",
            "Better measured results in 1 more place could",
            "comparison",
        ),
    ],
)
def test_contradictions_of_headlines_that_readers_found(
    public_id: str, said: str, never: str
) -> None:
    view = main_of(public_id)
    text = plain(" ".join((view.headline, view.result, *view.sentences, *view.disputes)))
    assert said in text
    assert never not in text


@pytest.mark.usefixtures("starter")
def test_disputed_results_are_never_among_what_works_best(client: Client) -> None:
    verdict = SolutionVerdict.objects.get(solution__public_id="congestion-charging", is_main=True)
    assert verdict.solution in working_best(20)
    dispute = Solution.objects.get(public_id="residential-solid-fuel-bans").disputes.first()
    dispute.solution = verdict.solution
    dispute.pk = None
    dispute.save()
    assert verdict.solution not in working_best(20)
    best = page_text(client, "/en/").partition("What works best so far ")[2][:300]
    assert "Congestion" not in best


@pytest.mark.usefixtures("starter")
def test_no_headline_has_a_range_beyond_what_can_happen_or_a_unit_for_analysts() -> None:
    for solution in Solution.objects.all():
        for view in verdicts_of(solution, "en"):
            text = view.result + view.figure
            assert "Cohen" not in text, solution
            main = view.facts.result
            if main and main.low is not None and view.facts.unit_names["en"] == "percent change":
                assert main.low >= -100, solution
