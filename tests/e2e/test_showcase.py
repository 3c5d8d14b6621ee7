"""The showcase and the text pages in Chromium: axe, keyboard, widths, policy, both themes.

The pages are made by Django's test client and handed to the browser, so no server is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import press

pytestmark = pytest.mark.slow

# A name that browsers trust without TLS.
SITE = "http://localhost"
SHOWCASE = ["/en/", "/fr/?map=world"]
LOOKS = [(390, "light"), (1280, "dark"), (390, "dark"), (1280, "light")]
#: Before a change lands, each page is seen in both themes and at both widths, by two looks.
SEEN = [
    pytest.param(path, *look, marks=() if number // 2 == place else pytest.mark.all)
    for place, path in enumerate(SHOWCASE)
    for number, look in enumerate(LOOKS)
]
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Marks on a map lie where the places are; the list beside it holds the same links
    # (WCAG 2.5.8, exception "equivalent").
    "rules": {"target-size": {"enabled": True, "selector": "body :not(.map) a[href]"}},
}


@pytest.fixture
def client(settings) -> Client:
    """A reader's browser at the addresses of the showcase, whose pages need no database."""
    settings.ROOT_URLCONF = "tests.unit.web.showcase"
    return Client(raise_request_exception=False)


@pytest.fixture
def visit(browser, client) -> Iterator[object]:
    """Open an address of the site; what the browser complains of fails the test."""
    contexts, complaints = [], []

    def answer(route: Route) -> None:
        # The client runs in this thread; the browser waits for it.
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != SITE:
            complaints.append(f"a third party was asked: {route.request.url}")
            route.abort()
        elif url.path.startswith("/static/"):
            found = Path(finders.find(url.path.removeprefix("/static/")))
            route.fulfill(body=found.read_bytes(), content_type=TYPES[found.suffix])
        else:
            response = _get(client, f"{url.path}?{url.query}")
            headers = {name.lower(): value for name, value in response.headers.items()}
            route.fulfill(status=response.status_code, body=response.content, headers=headers)

    def open_page(
        path: str, *, width: int = 1280, theme: str = "light", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", answer)
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(SITE + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The page that is missing is meant to be missing.
    assert [text for text in complaints if "404" not in text] == []


def _get(client: Client, path: str):
    return client.get(path, headers={"accept-language": "en"})


@pytest.mark.parametrize(("path", "width", "theme"), SEEN)
def test_axe_finds_nothing(visit, path, width, theme):
    page = visit(path, width=width, theme=theme)
    result = Axe().run(page, options=RULES)
    assert result.violations_count == 0, result.generate_report()


def test_axe_finds_nothing_with_everything_unfolded(visit):
    page = visit("/en/", width=390)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    result = Axe().run(page, options=RULES)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("path", ["/en/", "/fr/about/", "/en/privacy/"])
def test_no_page_is_wider_than_the_screen(visit, path):
    page = visit(path)
    for width in (320, 390, 768, 1024, 1152, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_menu_folds_into_one_row_and_opens_without_scripts(visit):
    page = visit("/en/", width=390, scripts=False)
    assert page.locator(".top").bounding_box()["height"] < 70
    link = page.get_by_role("link", name="Cities", exact=True)
    expect(link).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(link).to_be_visible()
    expect(page.locator("nav.languages a[lang=fr]")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_on_a_wide_screen_the_menu_lies_open_in_one_row(visit, language):
    page = visit(f"/{language}/", width=1280)
    entries = page.locator(".menu-body nav:first-child li")
    assert entries.count() > 3
    assert {entries.nth(n).bounding_box()["y"] for n in range(entries.count())} == {
        entries.first.bounding_box()["y"]
    }
    expect(page.locator(".menu summary")).to_be_hidden()
    # The name and the languages on one line, the menu below them.
    assert page.locator(".top").bounding_box()["height"] < 110


def test_escape_closes_the_menu_and_gives_the_focus_back(visit):
    page = visit("/en/", width=390)
    page.locator("details.menu summary").click()
    page.locator("details.menu a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu:not([open])")).to_have_count(1)
    expect(page.locator("details.menu summary")).to_be_focused()


def test_filters_fold_on_a_phone_and_lie_open_on_a_wide_screen(visit):
    choice = "fieldset.choices input >> nth=0"
    narrow = visit("/en/", width=390, scripts=False)
    expect(narrow.locator(choice)).to_be_hidden()
    narrow.locator(".filters > summary").click()
    expect(narrow.locator(choice)).to_be_visible()
    wide = visit("/en/", width=1280)
    expect(wide.locator(choice)).to_be_visible()
    expect(wide.locator(".filters > summary")).to_be_hidden()


def test_the_keyboard_reaches_the_content_first_and_every_place_on_the_map(visit):
    page = visit("/en/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".map .point a").first.focus()
    names = set()
    for _ in range(15):
        expect(page.locator(".map .point a:focus text")).to_be_visible()
        names.add(page.evaluate("document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert len(names) == 15


def test_only_one_drawing_of_a_plot_is_shown_and_its_letters_are_large_enough(visit):
    for width, shown, hidden in ((390, "narrow", "wide"), (1280, "wide", "narrow")):
        page = visit("/en/", width=width)
        expect(page.locator(f".lines > .{shown}").first).to_be_visible()
        expect(page.locator(f".lines > .{hidden}").first).to_be_hidden()
        sizes = page.evaluate(
            """shown => [...document.querySelectorAll(`.lines > .${shown} text`)].map(text => {
                const scale = text.ownerSVGElement.getScreenCTM().a
                return parseFloat(getComputedStyle(text).fontSize) * scale })""",
            shown,
        )
        assert min(sizes) >= 13.5


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_marks_of_a_row_stand_on_its_axis_at_every_width(visit, width):
    page = visit("/en/", width=width)
    found = page.evaluate(
        """() => [...document.querySelectorAll('.forest')].map(figure => {
            const middle = one => {
                const box = one.getBoundingClientRect()
                return box.left + box.width / 2 }
            const zeros = [...figure.querySelectorAll('.zero')].map(middle)
            const labels = [...figure.querySelectorAll('thead text')]
                .map(one => one.getBoundingClientRect())
                .sort((one, other) => one.left - other.left)
            return {
                zeros: Math.max(...zeros) - Math.min(...zeros),
                apart: labels.slice(1).every((box, at) => box.left > labels[at].right),
                inside: [...figure.querySelectorAll('.dot')].every(one =>
                    one.getBoundingClientRect().right <= innerWidth) } })"""
    )
    assert len(found) == 2
    for one in found:
        assert one["zeros"] < 1 and one["apart"] and one["inside"], one


def test_links_and_buttons_outside_of_text_are_large_enough_for_a_finger(visit):
    page = visit("/en/", width=390)
    page.locator("details.menu").evaluate("menu => { menu.open = true }")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(
            'button, .button, a.chip, .pages a, .menu a, summary, .foot a, fieldset label')]
            .filter(one => one.getClientRects().length)
            .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])"""
    )
    assert len(sizes) > 20
    assert [one for one in sizes if one[1] < 44] == []


def test_the_land_under_the_map_is_drawn(visit):
    page = visit("/en/")
    box = page.locator(".map .land").bounding_box()
    assert box["width"] > 300 and box["height"] > 300


def test_a_choice_submits_the_form_where_results_can_change_alone(visit):
    page = visit("/en/")
    page.evaluate("document.querySelector('#count').witness = true")
    page.locator("fieldset.choices input[value=mixed]").first.check()
    page.wait_for_url("**outcome=mixed**")
    page.get_by_text("3 cases, 1 solution").wait_for()
    assert page.locator("#results").count() == 1
    # The element that tells screen readers is the same one with other words, so that it is heard.
    assert page.evaluate("document.querySelector('#count').witness") is True


def test_without_scripts_a_choice_waits_for_the_button(visit):
    page = visit("/en/", scripts=False)
    page.locator("fieldset.choices input[value=mixed]").first.check()
    assert "outcome=" not in page.url
    press(page.get_by_role("button", name="Show results"))
    assert "outcome=worked&outcome=mixed" in page.url


def test_on_paper_the_tables_are_open_and_the_navigation_is_gone(visit):
    page = visit("/en/", width=700)
    page.emulate_media(media="print")
    expect(page.locator(".forest table").first).to_be_visible()
    expect(page.locator("details.menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Search")).to_be_hidden()
