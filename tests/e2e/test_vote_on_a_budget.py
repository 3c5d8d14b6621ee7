"""A budget on a phone: without scripts in Swedish, by keyboard in French; the public count."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, link_to, press, run_module, sign_in
from tests.e2e.test_keyboard_only import Keyboard

CITIZEN, MEMBER = "citizen@demo.example", "member@demo.example"
HOME = "/take-part/synthetic-ballot/"
PHONE: dict[str, Any] = {"width": 390}
WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.slow
def test_in_swedish_without_scripts_to_the_ballot_and_back(
    open_page: Callable[..., Page], signed_in: Callable[..., Page]
):
    page = open_page(f"/sv{HOME}ballot", java_script_enabled=False, **PHONE)
    assert page.evaluate(WIDTH) <= 390
    page = signed_in(CITIZEN, f"/sv{HOME}ballot", java_script_enabled=False, **PHONE)
    boxes = page.locator('input[name="projects"]')
    for place in range(5):
        boxes.nth(place).check()
    press(page.locator("main form.write button[type=submit]").last)
    # One too many: it is said, and what was ticked stays.
    expect(page.locator("main .notice").first).to_contain_text("4")
    expect(page.locator('input[name="projects"]:checked')).to_have_count(5)
    page.locator('input[name="projects"]').nth(4).uncheck()
    press(page.locator("main form.write button[type=submit]").last)
    expect(page).to_have_url(re.compile("/mine/$"))
    expect(page.locator("#acting .receipt")).to_have_text(re.compile(r"^[a-z0-9]{12}$"))
    assert page.evaluate(WIDTH) <= 390


@pytest.mark.slow
@pytest.mark.all
def test_in_french_by_keyboard_alone_with_the_sum_in_sight(signed_in: Callable[..., Page]):
    page = signed_in(MEMBER, f"/fr{HOME}ballot", reduced_motion="reduce", **PHONE)
    keys = Keyboard(page)
    purse = page.locator("[data-purse]")
    expect(purse).to_contain_text("0")
    keys.press('input[name="projects"]', "Space")
    expect(purse).to_contain_text("SEK")
    expect(purse).to_contain_text("1")
    keys.press("main form.write button[type=submit]")
    expect(page).to_have_url(re.compile("/mine/$"))


def choose(page: Page, *places: int) -> None:
    for place in places:
        page.locator('input[name="projects"]').nth(place).check()


def expect_chosen(page: Page, n: int) -> None:
    expect(page.locator('input[name="projects"]:checked')).to_have_count(n)
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]


def stands_before_the_list(page: Page, condition: str) -> None:
    first = page.locator(condition).first.bounding_box()
    boxes = page.locator('input[name="projects"]').first.bounding_box()
    assert first is not None and boxes is not None and first["y"] < boxes["y"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_choices_survive_signing_in(server: Server, open_page: Callable[..., Page], width: int):
    who = {390: "editor.keyboard@demo.example", 1280: "editor.record@demo.example"}[width]
    page = open_page(f"/en{HOME}ballot", java_script_enabled=False, width=width)
    stands_before_the_list(page, "main form section.panel.warm button")
    choose(page, 0, 2)
    # By the button at the end, or by the one before the list.
    buttons = page.locator("main form.write button[type=submit]")
    press(buttons.last if width == 390 else buttons.first)
    sign_in(page, who, server.passwords[who])
    expect(page).to_have_url(re.compile(f"/en{HOME}ballot$"))
    expect_chosen(page, 2)
    press(page.locator("main form.write button[type=submit]").last)
    expect(page).to_have_url(re.compile("/mine/$"))


@pytest.mark.slow
def test_choices_survive_confirming_an_address(server: Server, open_page: Callable[..., Page]):
    run_module(server.environment, "tests.e2e.ballots")
    address = f"kim.{uuid4().hex[:6]}@example.org"
    page = open_page("/en/take-part/ballot-by-email/ballot", java_script_enabled=False, **PHONE)
    stands_before_the_list(page, "#id_email")
    choose(page, 1, 3)
    page.locator("#id_email").fill(address)
    press(page.locator("main form.write button[type=submit]").first)
    expect_chosen(page, 2)
    page.goto(link_to(server, address))
    press(page.locator("main form button[type=submit]").first)
    page.goto("/en/take-part/ballot-by-email/ballot")
    expect_chosen(page, 2)
    press(page.locator("main form.write button[type=submit]").last)
    expect(page).to_have_url(re.compile("/mine/$"))


@pytest.mark.slow
def test_choices_survive_a_wrong_code(server: Server, open_page: Callable[..., Page]):
    code = run_module(server.environment, "tests.e2e.ballots").split()[-1]
    page = open_page("/en/take-part/ballot-by-code/ballot", java_script_enabled=False, **PHONE)
    stands_before_the_list(page, "#id_code")
    choose(page, 0, 1, 4)
    page.locator("#id_code").fill("bcdf-ghjk-mnpq")
    press(page.locator("main form.write button[type=submit]").last)
    expect(page.locator("[role=alert]").first).to_be_visible()
    expect_chosen(page, 3)
    page.goto("/en/take-part/ballot-by-code/")
    page.goto("/en/take-part/ballot-by-code/ballot")
    expect_chosen(page, 3)
    page.locator("#id_code").fill(code)
    press(page.locator("main form.write button[type=submit]").last)
    expect(page).to_have_url(re.compile("/mine/$"))


def test_anybody_reads_the_count_and_takes_its_file(open_page: Callable[..., Page], server):
    page = open_page("/en/take-part/synthetic-budget/results/", **PHONE)
    expect(page.locator("#count ol li").first).to_be_visible()
    assert page.evaluate(WIDTH) <= 390
    page.locator("#count details summary").click()
    with page.expect_download() as found:
        page.locator('#count a[href$="ballots.pb"]').click()
    command = page.locator("#count pre").inner_text().split()
    words = [str(found.value.path()) if one == "ballots.pb" else one for one in command[1:]]
    counted = server.alliance(*words, "--format", "json")
    chosen = re.search(r'"winners": \[([^\]]*)\]', counted)
    assert chosen is not None
    numbers = re.findall(r"\d+", chosen[1])
    shown = page.locator("#count ol h4").all_inner_texts()
    assert [one.split(".")[0] for one in shown] == numbers
