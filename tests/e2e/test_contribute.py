"""The network fills itself: a failure is told in Swedish, reviewed, mended, and found in French.

All of it without scripts: an editor of Göteborg, two reviewers, and a reader of Grenoble.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press

CRITERIA = ("relevance", "participation", "evidence", "transferability")


@pytest.fixture
def seated(signed_in: Callable[..., Page]) -> Callable[[str, str], Page]:
    """Open a path as one of the demonstration people, on a phone without scripts."""

    def open_(who: str, path: str) -> Page:
        address = f"{who}@demo.example"
        return signed_in(address, path, java_script_enabled=False, width=390)

    return open_


def write(page: Page, title: str) -> str:
    """Record the failure in Swedish, step by step, and hand it in; the address of the draft."""
    page.locator('input[name="outcome"][value="did-not-work"]').check()
    press(page.locator("main form.write button[type=submit]"))
    draft = page.url.rsplit("/", 2)[0] + "/"
    page.locator("#id_solution").select_option("congestion-charging")
    page.locator("#id_start_year").fill("2023")
    press(page.locator('button[name="go"][value="next"]'))
    page.locator("#id_title").fill(title)
    page.locator("#id_summary").fill("Avgiften togs ut i tre månader. Trafiken minskade inte.")
    page.locator("#id_what_did_not").fill("Bilarna valde gatan bredvid.")
    press(page.locator('button[name="go"][value="next"]'))
    page.locator('input[name="reasons"][value="no-effect"]').check()
    press(page.locator('button[name="go"][value="next"]'))
    page.goto(f"{draft}sources/")
    page.locator("#id_sources-0-title").fill("Slutrapport från försöket")
    page.locator("#id_sources-0-url").fill("https://example.org/slutrapport-avenyn")
    press(page.locator('button[name="go"][value="next"]'))
    page.locator('input[name="themes"][value="mobility"]').check()
    press(page.locator('button[name="go"][value="next"]'))
    press(page.locator('form[action$="/submit"] button'))
    expect(page).to_have_url(draft)
    return draft


def judge(page: Page, act: str) -> None:
    """Fill in the four criteria and press a button."""
    for name in CRITERIA:
        page.locator(f'input[name="{name}_score"][value="2"]').check()
        page.locator(f'textarea[name="{name}_reason"]').fill("Tydligt berättat.")
    page.locator('input[name="no_conflict"]').check()
    press(page.locator(f'button[name="act"][value="{act}"]'))
    expect(page.locator("main .notice.error")).to_have_count(0)
    expect(page.locator('button[name="act"][value="approve"]')).to_have_count(0)


def take(page: Page, title: str) -> None:
    """Find the draft in the queue and take it to review."""
    press(page.get_by_role("link", name=title).first)
    press(page.locator('button[name="act"][value="take"]').first)


@pytest.mark.all
def test_a_failure_is_told_reviewed_mended_published_and_found_in_another_language(
    seated: Callable[[str, str], Page], open_page: Callable[..., Page]
):
    # Of its own at each try.
    title = f"Trängselavgift på Avenyn, försök {uuid4().hex[:6]}"
    editor = seated("editor.contribute", "/sv/write/new")
    draft = write(editor, title)

    first = seated("reviewer.one", "/sv/review/")
    take(first, title)
    # A remark on one field, and changes asked for.
    remark = first.locator('textarea[name*="summary"]').first
    remark.locator("xpath=ancestor::details").locator("summary").click()
    remark.fill("Hur stor var trafiken före försöket?")
    judge(first, "ask")

    # The editor sees it beside the field, mends the text, and hands it in again.
    editor.goto(f"{draft}story/")
    expect(editor.locator("main")).to_contain_text("Hur stor var trafiken före försöket?")
    editor.locator("#id_summary").fill(
        "Avgiften togs ut i tre månader. Trafiken var 9 000 bilar om dagen, före som efter."
    )
    press(editor.locator('button[name="go"][value="next"]'))
    editor.goto(f"{draft}check/")
    press(editor.locator('form[action$="/submit"] button'))
    expect(editor).to_have_url(draft)

    for who in ("reviewer.one", "reviewer.two"):
        page = seated(who, "/sv/review/")
        take(page, title)
        judge(page, "approve")
    press(
        page.get_by_role("link", name="Läs fallet")
        .or_(page.locator('main a[href*="/sv/cases/"]'))
        .first
    )
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main")).to_contain_text("9 000 bilar")
    case_path = re.sub(r"^.*?/sv/", "", page.url)

    # A visitor finds it in French by a French word, once the worker has come to it.
    reader = open_page("/fr/", java_script_enabled=False)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        reader.goto("/fr/find?q=p%C3%A9age+urbain+G%C3%B6teborg")
        hit = reader.locator(f'main a[href*="{case_path}"]')
        if hit.count():
            break
        time.sleep(1)
    expect(hit.first).to_be_visible()
    press(hit.first)
    expect(reader.locator("h1")).to_have_attribute("lang", "sv")
    # Failures are told as such, and who reviewed it is named.
    expect(reader.locator("main")).to_contain_text("N’a pas fonctionné")
    expect(reader.locator("main")).to_contain_text("Reviewer")
