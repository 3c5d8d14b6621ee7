"""What is typed outlives a lost connection, a killed server, and the end of a session."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, free_port, sign_in, wait_for

EDITOR = "editor.typing@demo.example"
ELSEWHERE = "editor.grenoble@demo.example"
KEPT, LOST = "Your text is stored", "No connection"


class Killable:
    """A second server on the data of the first, which may be killed and started again."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.log = folder / "killable.log"
        bind = f"127.0.0.1:{free_port()}"
        self.url = f"http://{bind}"
        self.environment = {**server.environment, "ALLIANCE_BIND": bind}

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "alliance.config.cli", "serve", "--no-worker"],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its processes are killed together.
                start_new_session=True,
            )
        wait_for(self.url, self.process, self.log)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def killable(server: Server, tmp_path: Path) -> Iterator[Killable]:
    found = Killable(server, tmp_path)
    found.start()
    yield found
    found.kill()


def new_draft(page: Page) -> str:
    """Start a draft on the page that asks for the outcome; its address."""
    page.locator('input[name="outcome"][value="worked"]').check()
    page.locator("main form.write button[type=submit]").click()
    expect(page).to_have_url(re.compile("/place/$"))
    return page.url.removesuffix("place/")


@pytest.mark.all
def test_what_is_typed_outlives_a_server_that_is_killed(
    open_page: Callable[..., Page], server: Server, killable: Killable
):
    page = open_page(f"{killable.url}/en/accounts/sign-in/?next=/en/write/new")
    sign_in(page, ELSEWHERE, server.passwords[ELSEWHERE])
    story = f"{new_draft(page)}story/"
    page.goto(story)
    title, said = page.locator("#id_title"), page.locator("[data-typing]")
    title.fill("Before the server was killed")
    expect(said).to_contain_text(KEPT)
    killable.kill()
    title.fill("While no server was there")
    expect(said).to_contain_text(LOST)
    # Who leaves now is asked first.
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    killable.start()
    expect(said).to_contain_text(KEPT)
    again = page.context.new_page()
    again.goto(story)
    expect(again.locator("#id_title")).to_have_value("While no server was there")

    # A form that is sent to nobody is back, too.
    with again.expect_response(lambda answer: answer.request.method == "POST") as kept:
        again.locator("#id_problem").fill("Queues every morning.")
    assert kept.value.ok
    killable.kill()
    again.locator('button[name="go"][value="save"]').last.click()
    again.wait_for_url("chrome-error://chromewebdata/")
    killable.start()
    again.goto(story)
    expect(again.locator("#id_problem")).to_have_value("Queues every morning.")


def test_what_is_typed_is_kept_and_comes_back(signed_in: Callable[..., Page], server: Server):
    page = signed_in(EDITOR, "/en/write/new")
    draft = new_draft(page)
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
    page.locator('button[value="to-cost"]').evaluate("button => button.click()")
    expect(page).to_have_url(f"{draft}cost/")
    page.goto(story)
    expect(page.locator("#id_problem")).to_have_value("Queues every morning.")
    expect(page.locator('button[name="typing_drop"]')).to_have_count(0)

    # The session ends while she types; it is sent in vain, and is back after she signed in.
    page.context.clear_cookies(name="sessionid")
    title.fill("Typed after the session")
    expect(said).to_contain_text(KEPT)
    page.locator('button[name="go"][value="save"]').last.click()
    expect(page.locator("main")).to_contain_text("You are no longer signed in")
    page.locator("main .actions a").click()
    sign_in(page, EDITOR, server.passwords[EDITOR])
    expect(page).to_have_url(story)
    expect(title).to_have_value("Typed after the session")
    # The Enter key saves, and discards nothing.
    title.press("Enter")
    expect(page.locator('button[name="typing_drop"]')).to_have_count(0)
    expect(title).to_have_value("Typed after the session")
