"""With the keyboard alone a failure is recorded, sent back, mended, approved twice and read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

EDITOR = "editor.keyboard@demo.example"
MOST_STOPS = 200
TITLE = "A road charge on trial"
CRITERIA = ("relevance", "participation", "evidence", "transferability")
#: What has the focus, and whether it can be seen that it has.
FOCUSED = """selector => {
  const one = document.activeElement;
  const look = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    found: one.matches(selector),
    name: [one.tagName, one.id, one.name || one.textContent.trim().slice(0, 25)].join(' '),
    lost: one === document.body,
    seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0,
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


class Keyboard:
    """A reader without a mouse. Every stop on the way is looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Press Tab until an element has the focus; fail where a stop cannot be seen."""
        self.page.wait_for_load_state()
        stops = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUSED, selector)
            stops.append(stop["name"])
            if stop["lost"]:
                # Behind the last element the browser itself has the focus for one stop.
                continue
            assert stop["seen"], f"no sign of the focus on {stop['name']} of {self.page.url}"
            assert stop["inside"], f"{stop['name']} of {self.page.url} has the focus out of sight"
            if stop["found"]:
                return
        pytest.fail(f"Tab never comes to {selector} on {self.page.url}: {stops}")

    def type(self, selector: str, text: str) -> None:
        """Go to a field and type; in a list this chooses the entry that begins so."""
        self.to(selector)
        self.page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def go_on(self, step: str) -> None:
        """Press the button that saves and leads on, and see that it did."""
        self.press('button[name="go"][value="next"]')
        expect(self.page).to_have_url(re.compile(f"/{step}/$"))


@pytest.fixture
def seated(server, open_page: Callable[..., Page]) -> Callable[[str, str], Keyboard]:
    """Sign in as a demonstration person, to go on at a path."""

    def sit(address: str, path: str) -> Keyboard:
        # Without motion the page stands still when a stop is looked at.
        page = open_page(f"/en/accounts/sign-in/?next={path}", reduced_motion="reduce")
        keys = Keyboard(page)
        # The first stop skips what is the same on every page.
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        keys.type("#id_login", address)
        keys.type("#id_password", server.passwords[address])
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(re.escape(path) + "$"))
        return keys

    return sit


def review(keys: Keyboard, draft_id: str, act: str, remark: str = "") -> None:
    """Take the draft from the queue, judge it on the four criteria, and press a button."""
    page = keys.page
    keys.press(f'main a[href$="/review/{draft_id}/"]')
    expect(page.locator("h1")).to_have_text(TITLE)
    keys.press('button[name="act"][value="take"]')
    expect(page.locator("#judge")).to_have_count(1)
    if remark:
        box = page.locator('textarea[name*="summary"]').first
        name = box.get_attribute("name")
        keys.press(f'details:has(textarea[name="{name}"]) > summary')
        keys.type(f'textarea[name="{name}"]', remark)
    for criterion in CRITERIA:
        second = page.locator(f'input[name="{criterion}_score"][value="2"]')
        # What the reviewer judged the last time is there already.
        if not second.is_checked():
            keys.press(f'input[name="{criterion}_score"]', "Space")
            for _ in range(2):
                page.keyboard.press("ArrowDown")
        expect(second).to_be_checked()
        keys.type(f'textarea[name="{criterion}_reason"]', "Clearly told.")
    keys.press('input[name="no_conflict"]', "Space")
    keys.press(f'button[name="act"][value="{act}"]')
    expect(page.locator('button[name="act"][value="approve"]')).to_have_count(0)
    expect(page.locator("main .notice.error")).to_have_count(0)


@pytest.mark.slow
def test_a_failure_is_recorded_and_published_with_the_keyboard_alone(
    seated: Callable[[str, str], Keyboard],
):
    keys = seated(EDITOR, "/en/write/new")
    page = keys.page
    keys.press('input[name="outcome"]', "Space")
    # Of radio buttons one has the focus; arrows choose.
    for _ in range(3):
        if page.locator('input[name="outcome"][value="did-not-work"]').is_checked():
            break
        page.keyboard.press("ArrowDown")
    keys.press("main form.write button[type=submit]")
    expect(page).to_have_url(re.compile("/place/$"))
    draft = page.url.rsplit("/", 2)[0] + "/"

    keys.type("#id_solution", "Congestion ch")
    keys.type("#id_start_year", "2021")
    keys.go_on("story")
    keys.type("#id_title", TITLE)
    keys.type("#id_summary", "Drivers paid for a year. Traffic did not fall.")
    keys.type("#id_what_did_not", "Cars took the next street.")
    keys.go_on("outcome")
    keys.press('input[name="reasons"][value="no-effect"]', "Space")
    keys.go_on("results")
    keys.go_on("no-difference")
    keys.go_on("cost")
    keys.go_on("amounts")
    keys.go_on("sources")
    keys.type("#id_sources-0-title", "Final report")
    keys.type("#id_sources-0-url", "https://example.org/final-report")
    keys.go_on("classification")
    keys.press('input[name="themes"][value="mobility"]', "Space")
    keys.go_on("check")
    keys.press('form[action$="/submit"] button')
    expect(page).to_have_url(draft)
    expect(page.locator('form[action$="/take-back"]')).to_have_count(1)

    draft_id = draft.rstrip("/").rsplit("/", 1)[1]
    review(seated("reviewer.one@demo.example", "/en/review/"), draft_id, "ask", "How much traffic?")

    # The remark stands beside the field; the editor mends it and hands it in again.
    page.goto(f"{draft}story/")
    expect(page.locator("main")).to_contain_text("How much traffic?")
    keys.to("#id_summary")
    page.keyboard.press("Control+End")
    page.keyboard.type(" There were 9,000 cars a day before and after.")
    keys.go_on("outcome")
    page.goto(f"{draft}check/")
    keys.press('form[action$="/submit"] button')
    expect(page).to_have_url(draft)

    for number in ("one", "two"):
        reader = seated(f"reviewer.{number}@demo.example", "/en/review/")
        review(reader, draft_id, "approve")
    reader.press('main a[href*="/en/cases/"]')
    expect(reader.page.locator("h1")).to_have_text(TITLE)
    expect(reader.page.locator("main")).to_contain_text("9,000 cars a day")
