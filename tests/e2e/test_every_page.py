"""Every kind of page: accessible in both themes, on a phone, without scripts, in its language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import look_at

PAGES = (
    "/",
    "/find",
    "/find?q=renovering+flerbostadshus",
    "/find?q=zxqvwk",
    "/find?outcome=nonsense",
    "/find/related/case/milan-area-c/",
    "/cases/milan-area-c/",
    "/cases/belfast-20mph/",
    "/cases/milan-area-c/versions/",
    "/cases/milan-area-c/versions/1/",
    "/cases/milan-area-c/versions/diff?old=1&new=1",
    "/compare",
    "/compare?case=milan-area-c&case=stockholm-congestion-tax&case=gothenburg-congestion-tax",
    "/solutions/",
    "/solutions/congestion-charging/",
    "/solutions/fare-free-public-transport/",
    "/solutions/smog-towers/",
    "/problems/car-traffic/",
    "/compare?solution=congestion-charging&solution=low-emission-zones&outcome=air",
    "/topics/",
    "/topics/equity/",
    "/cities/",
    "/cities/goteborg/",
    "/cities/goteborg/leaders/",
    "/organisations/",
    "/organisations/goteborgs-stad/",
    "/methods/",
    "/methods/?group=abc",
    "/methods/participatory-budget/",
    "/together/",
    "/equity/",
    "/equity/checks/",
    "/take-part/",
    "/take-part/synthetic-dialogue/",
    "/take-part/synthetic-dialogue/results/",
    "/take-part/synthetic-campaign/",
    "/take-part/synthetic-campaign/evaluation/",
    "/take-part/synthetic-ballot/",
    "/take-part/synthetic-budget/results/",
    "/take-part/synthetic-budget/projects/",
    "/take-part/synthetic-survey/",
    "/take-part/synthetic-survey/survey/",
    "/take-part/synthetic-survey/survey/?page=3",
    "/take-part/synthetic-survey/results/",
    "/take-part/synthetic-text/",
    "/take-part/synthetic-text/text/changes",
    "/take-part/synthetic-text/results/",
    "/take-part/receipt",
    "/reports/",
    "/reports/example-report/",
    "/workshops/",
    "/workshops/synthetic-workshop/",
    "/workshops/synthetic-workshop/sign-up",
    "/moderation/",
    "/give-and-take/",
    "/cities/goteborg/give-and-take/",
    "/twins/",
    "/cases/milan-area-c/chain/",
    "/about/",
    "/evidence/map",
    "/evidence/map?theme=mobility&design=compared&order=alike",
    "/evidence-grade/",
    "/privacy/",
    "/join/?organisation=goteborgs-stad",
    "/accessibility/",
    "/api/",
    "/data/",
    "/feeds/",
    "/status/",
    "/testbeds/",
    "/challenges/",
    "/pilots/",
    "/pilots/?show=overdue",
    "/thread/solution/congestion-charging/",
    "/thread/case/milan-area-c/?depth=2",
    "/thread/broken/",
    "/thread/broken/?city=goteborg",
    "/solutions/congestion-charging/fit?city=malmo",
    "/solutions/congestion-charging/fit?find=lund",
    "/cases/milan-area-c/fit?city=goteborg",
    "/indicators/",
    "/indicators/income/",
    "/indicators/qol-city/",
    "/indicators/compare",
    "/indicators/compare?city=malmo&city=grenoble",
    "/indicators/compare?city=malmo&city=grenoble&indicator=income",
    "/indicators/revisions/",
    "/cities/malmo/indicators/",
    "/cities/malmo/indicators/?as_of=2026-01-01",
    "/indicators/releases/",
    "/no-such-page/",
)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone_and_axe_finds_nothing_in_either_theme(
    look: Callable[..., Page], path: str
):
    look_at(look, path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/my-work/",
        "/needs/new?team=goteborgs-stad",
        "/take-part/synthetic-dialogue/manage/",
        "/campaigns/synthetic-campaign/",
        "/campaigns/synthetic-campaign/describe",
        "/campaigns/synthetic-campaign/outcomes",
        "/take-part/synthetic-campaign/evaluate",
        "/take-part/synthetic-dialogue/answers/",
        "/take-part/synthetic-dialogue/paper",
        "/take-part/synthetic-dialogue/seeds",
        "/take-part/synthetic-dialogue/translate/sv",
        "/take-part/synthetic-dialogue/census",
        "/take-part/synthetic-ballot/ballot",
        "/take-part/synthetic-ballot/budget/",
        "/take-part/synthetic-ballot/budget/terms",
        "/take-part/synthetic-ballot/budget/compare",
        "/take-part/synthetic-ballot/budget/paper",
        "/take-part/synthetic-survey/questions",
        "/reports/new",
        "/reports/example-report/write",
        "/reports/example-report/chapters/introduction",
        "/take-part/synthetic-text/text",
        "/take-part/synthetic-text/text/paper",
        "/take-part/synthetic-survey/survey/paper",
        "/statement-drafts/goteborg-offer-ten-years-of-green-bonds/",
    ],
)
def test_so_do_those_of_people_who_have_signed_in(look: Callable[..., Page], path: str):
    look_at(look, path, "editor.goteborg@demo.example")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/de/find", 404),
        ("/en/cases/no-such-case/", 404),
        ("/en/solutions/%F0%9F%98%80/", 404),
        ("/en/find?year_from=2020&year_to=2010", 400),
        ("/en/compare?case=milan-area-c&case=nowhere", 404),
        ("/sv/topics/astrology/", 404),
    ],
)
def test_what_does_not_exist_is_said_and_leads_on(
    open_page: Callable[..., Page], path: str, said: int
):
    page = open_page("/en/about/")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == said
    assert page.locator("main a").count() > 0


@pytest.mark.parametrize(
    "path",
    [
        "/compare?case=milan-area-c&case=stockholm-congestion-tax&case=gothenburg-congestion-tax",
        "/privacy/",
    ],
)
def test_tables_that_stack_run_off_no_phone(open_page: Callable[..., Page], path: str):
    page = open_page(f"/sv{path}", width=390)
    page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    cells = page.locator(".stacks td")
    assert cells.count() > 5
    ends = cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().right)")
    assert max(ends) <= 390
    # Each says whose it is, which the head of the column says on a wide screen.
    for number in range(3):
        expect(cells.locator(".of").nth(number)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(cells.locator(".of").first).to_be_hidden()
