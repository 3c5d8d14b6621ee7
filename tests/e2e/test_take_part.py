"""A dialogue on a phone: without scripts in Swedish, by keyboard alone in French, on paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import press
from tests.e2e.test_keyboard_only import Keyboard

CLERK, OFFICER = "editor.paper@demo.example", "editor.answers@demo.example"
HOME = "/take-part/synthetic-dialogue/"
PHONE: dict[str, Any] = {"width": 390}
WIDTH = "document.documentElement.scrollWidth"


def receipt_on(page: Page) -> str:
    """The receipt code that a page shows."""
    shown = page.locator("#acting .receipt")
    expect(shown).to_have_text(re.compile(r"^\s*[a-z0-9]{12}\s*$"))
    code: str = shown.inner_text()
    return code


@pytest.mark.slow
def test_in_swedish_without_scripts_from_the_statement_to_the_receipt(
    open_page: Callable[..., Page], signed_in: Callable[..., Page]
):
    page = open_page(f"/sv{HOME}", java_script_enabled=False, **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert page.evaluate(WIDTH) <= 390
    # What is decided, by whom and when stands on the page before anything is asked.
    assert page.locator(".promise li").count() >= 4
    first = page.locator("#statement").inner_text()
    press(page.locator('#turn button[value="agree"]'))
    expect(page).to_have_url(re.compile("#act$"))
    expect(page.locator("#statement")).not_to_have_text(first)
    press(page.locator('#turn button[value="pass"]'))
    page.locator("#id_text").fill("Fler cykelställ vid torget.")
    press(page.locator("main form.write button[type=submit]"))
    expect(page.locator("main, body").first).to_contain_text("Tack")

    page.goto(f"/sv{HOME}mine/")
    code = receipt_on(page)
    expect(page.locator("main")).to_contain_text(first)
    # On another device, with nothing but the code.
    other = open_page("/sv/take-part/receipt", java_script_enabled=False, **PHONE)
    other.locator("#id_receipt").fill(f"{code[:6]} {code[6:]}")
    press(other.locator("main form.write button[type=submit]"))
    expect(other.locator("main")).to_contain_text("Fler cykelställ vid torget.")
    expect(other.locator("main")).to_contain_text(first)

    # The neighbour's form on paper is typed in, and what the officer reads first is what to do.
    desk = signed_in(CLERK, f"/sv{HOME}manage/", java_script_enabled=False, **PHONE)
    assert desk.locator("header .actions .button, header .actions button").count() >= 1
    desk.goto(f"/sv{HOME}paper")
    desk.locator('input[name="channel"][value="paper"]').check()
    desk.locator('input[type=radio][value="disagree"]').first.check()
    press(desk.locator("main form.write button[type=submit]"))
    expect(desk.locator("body")).to_contain_text(re.compile(r"\b[a-z0-9]{12}\b"))


@pytest.mark.slow
def test_two_people_in_a_row_on_one_phone(open_page: Callable[..., Page]):
    page = open_page(f"/en{HOME}", **PHONE)
    acting, finished = page.locator("#acting"), re.compile("I’m finished: remove my details")
    expect(acting).to_contain_text("without an account")
    first = page.locator("#statement").inner_text()
    page.locator('#turn button[value="agree"]').click()
    # The receipt code is there with the first vote, without loading the page anew.
    code = receipt_on(page)
    expect(page.locator("#statement")).not_to_have_text(first)
    page.locator("#id_text").fill("Typed and not sent.")
    assert page.evaluate(WIDTH) <= 390
    press(acting.get_by_role("button", name=finished))
    expect(page.locator("main .notice").first).to_contain_text(
        "This device has been cleared. What you sent is saved."
    )

    # The next person starts with nothing of the first, also on the way back.
    for go in (page.reload, page.go_back):
        go()
        expect(page.locator("#id_text")).to_have_value("")
        expect(page.locator("body")).not_to_contain_text(code)
    page.goto(f"/en{HOME}")
    expect(page.locator("#turn")).to_contain_text("Statement 1 of")
    page.locator('#turn button[value="disagree"]').click()
    assert receipt_on(page) != code

    # The first comes back on her own device by the code, and changes her vote.
    other = open_page("/en/take-part/receipt", **PHONE)
    other.locator("#id_receipt").fill(f" {code[:4].upper()} {code[4:8]}-{code[8:]}")
    press(other.locator("main form.write button[type=submit]"))
    press(other.get_by_role("link", name="Change your answers"))
    row = other.locator("ul.hits > li", has_text=first)
    expect(row.locator('button[aria-pressed="true"]')).to_have_text("Agree")
    press(row.locator('button[value="disagree"]'))
    expect(row.locator('button[aria-pressed="true"]')).to_have_text("Disagree")


@pytest.mark.slow
@pytest.mark.all
def test_in_french_by_keyboard_alone(open_page: Callable[..., Page]):
    page = open_page(f"/fr{HOME}", reduced_motion="reduce", **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    keys = Keyboard(page)
    first = page.locator("#statement").inner_text()
    keys.press('#turn input[name="important"]', "Space")
    keys.press('#turn button[value="agree"]')
    # The next statement is there at once and has the focus, so that a screen reader says it.
    expect(page.locator("#statement")).not_to_have_text(first)
    expect(page.locator("#statement")).to_be_focused()
    keys.press('#turn button[value="disagree"]')
    keys.type("#id_text", "Plus de bancs, s’il vous plaît.")
    keys.press("main form.write button[type=submit]")
    expect(page.locator("body")).to_contain_text("Merci")
    page.goto(f"/fr{HOME}votes/")
    expect(page.locator("main")).to_contain_text(first)
    # She changes her mind.
    line = page.locator("li", has_text=first)
    name = line.get_attribute("id")
    keys.press(f'#{name} button[value="disagree"]')
    expect(page.locator(f'#{name} button[aria-pressed="true"]')).to_have_attribute(
        "value", "disagree"
    )


SUBJECTS = (
    "des bancs au bord du lac", "un éclairage sur le sentier de la forêt",
    "des arbres devant la bibliothèque", "une aire de jeux pour les petits enfants",
)  # fmt: skip
WAYS = ("Il faut {}", "Pourquoi pas {} ?", "Je demande {}")


def submit(page: Page) -> None:
    """Send the form of a page that acts."""
    press(page.locator("main form.write button[type=submit]"))


@pytest.mark.slow
def test_an_officer_asks_answers_all_in_few_acts_and_says_what_was_built(
    open_page: Callable[..., Page], signed_in: Callable[..., Page]
):
    """In French, without scripts: three screens, desk input, one answer a group, and the result."""
    page = signed_in(OFFICER, "/fr/take-part/new?team=goteborgs-stad", java_script_enabled=False)
    press(page.locator("main a", has_text="Une place ou un parc"))
    today = dt.date.today()
    later = str(today + dt.timedelta(days=60))
    assert "[nom du lieu]" in page.locator("#id_title").input_value()
    page.locator('input[name="kind"][value="proposals"]').check()
    for name in ("title", "summary", "easy_read"):
        page.locator(f"#id_{name}").fill("Quel avenir pour le parc du lac ?")
    submit(page)
    page.locator("#id_decides_who").fill("le conseil de quartier")
    page.locator("#id_not_open").fill("Le budget.")
    for name in ("decides_by", "answers_by"):
        page.locator(f"#id_{name}").fill(later)
    submit(page)
    # What was in brackets and is not replaced keeps it from opening.
    page.locator("[name=phases-0-opens_on]").fill(str(today))
    page.locator("[name=phases-0-closes_on]").fill(str(today + dt.timedelta(days=9)))
    submit(page)
    home = page.url.removesuffix("manage/")
    expect(page.locator("main .stages .done")).to_have_count(6)
    page.goto(f"{home}prepare")
    page.locator("#id_background").fill("Le parc date de 1970.")
    submit(page)
    press(page.locator("header form button"))
    expect(page.locator("header .facts").first).to_contain_text("en cours")

    codes = []
    for way in WAYS:
        page.goto(f"{home}enter")
        page.locator('input[name="channel"][value="desk"]').check()
        for row, subject in enumerate(SUBJECTS[:3]):
            page.locator(f"[name=texts-{row}-title]").fill(subject)
            page.locator(f"[name=texts-{row}-text]").fill(way.format(subject))
        submit(page)
        said = page.locator("[role=status] .notice").inner_text()
        codes += re.findall(r"\b[a-z0-9]{12}\b", said.partition(":")[2])
    assert len(set(codes)) == len(WAYS)

    acts = 0
    page.goto(f"{home}answers/")
    expect(page.locator("header .lead")).to_contain_text("9 contributions")
    press(page.locator("header form button"))
    acts += 1
    while page.locator("header .button").count():
        press(page.locator("header .button"))
        assert "[" in page.locator("#id_reason").input_value()
        page.locator('input[name="outcome"][value="accepted"]').check()
        submit(page)
        # Nobody gets an answer in which something is still in brackets.
        expect(page.locator('[name=reason][aria-invalid="true"]')).to_have_count(1)
        page.locator("#id_reason").fill("Nous le faisons avec le budget du parc.")
        if acts == 1:
            page.locator("#id_promise").fill("Dix bancs au bord du lac")
            page.locator("#id_due_on").fill(later)
        submit(page)
        acts += 1
        assert acts <= 8, "more acts than for as many subjects of a hundred contributions"
    expect(page.locator("header .lead")).to_contain_text("Chaque contribution a une réponse.")
    assert acts == 4

    # On paper came no address: the receipt code shows the answer, and later what was built.
    author = open_page("/fr/take-part/receipt", **PHONE)

    def read() -> None:
        author.goto(re.sub("/[a-z0-9]+/$", "/receipt", home))
        author.locator("#id_receipt").fill(codes[0])
        press(author.locator("main form.write button[type=submit]"))

    read()
    expect(author.locator("main")).to_contain_text("Nous le faisons avec le budget du parc.")
    page.goto(f"{home}manage/")
    press(page.locator(".promise li", has_text="Dix bancs").locator("a"))
    page.locator("#id_outcome").fill("Dix bancs sont installés depuis mai.")
    submit(page)
    read()
    expect(author.locator("main")).to_contain_text("Dix bancs sont installés depuis mai.")


@contextmanager
def website(body: str) -> Iterator[str]:
    """The address of another website with one page. Chromium lets no page that is not on this
    machine ask for something here, so it has a server of its own."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://localhost:{running.server_port}/"
        running.shutdown()


@pytest.mark.slow
def test_the_button_is_shown_on_another_website_and_leads_to_the_question(
    signed_in: Callable[..., Page], browser: Browser
):
    desk = signed_in(CLERK, f"/sv{HOME}manage/")
    snippet = desk.locator("pre code").inner_text()
    other = browser.new_page()
    with website(snippet) as address:
        other.goto(address, wait_until="networkidle")
    # Not blocked, and as large as the snippet says.
    assert other.get_by_role("img", name="Delta").evaluate("one => one.naturalWidth") == 260
    press(other.locator("a"))
    expect(other).to_have_url(re.compile(f"/sv{HOME}$"))
    expect(other.locator("#statement")).to_be_visible()
    other.close()
