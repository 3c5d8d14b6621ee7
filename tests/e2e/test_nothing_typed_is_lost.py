"""What is typed outlives a lost connection, a page that is left, and the end of a session."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in

EDITOR = "editor.goteborg@demo.example"
KEPT, LOST = "Your text is kept", "No connection"


def test_what_is_typed_is_kept_and_comes_back(signed_in: Callable[..., Page], server: Server):
    page = signed_in(EDITOR, "/en/write/new")
    page.locator('input[name="outcome"][value="worked"]').check()
    page.locator("main form.write button[type=submit]").click()
    expect(page).to_have_url(re.compile("/place/$"))
    draft = page.url.removesuffix("place/")
    story, title, said = f"{draft}story/", page.locator("#id_title"), page.locator("[data-typing]")

    page.goto(story)
    title.fill("Half a title")
    expect(said).to_contain_text(KEPT)
    page.context.set_offline(True)
    title.fill("A title without a connection")
    expect(said).to_contain_text(LOST)
    page.context.set_offline(False)
    expect(said).to_contain_text(KEPT)
    page.goto(draft)
    page.goto(story)
    expect(title).to_have_value("A title without a connection")
    expect(page.locator('button[name="typing_drop"]')).to_have_count(1)

    # Another step saves this one, and nothing waits any more.
    page.locator("#id_problem").fill("Queues every morning.")
    page.locator('a[data-go="to-cost"]').evaluate("link => link.click()")
    expect(page).to_have_url(f"{draft}cost/")
    page.goto(story)
    expect(page.locator("#id_problem")).to_have_value("Queues every morning.")
    expect(page.locator('button[name="typing_drop"]')).to_have_count(0)

    # The session ends while she types; it is sent in vain, and is back after she signed in.
    page.context.clear_cookies(name="sessionid")
    title.fill("Typed after the session")
    expect(said).to_contain_text(KEPT)
    page.locator('button[name="go"][value="save"]').last.click()
    expect(page.locator("main")).to_contain_text("You are not signed in any more")
    page.locator("main .actions a").click()
    sign_in(page, EDITOR, server.passwords[EDITOR])
    expect(page).to_have_url(story)
    expect(title).to_have_value("Typed after the session")
    # The Enter key saves, and discards nothing.
    title.press("Enter")
    expect(page.locator('button[name="typing_drop"]')).to_have_count(0)
    expect(title).to_have_value("Typed after the session")
