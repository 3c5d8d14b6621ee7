"""The server answers, and the browser fixtures find what they are there to find."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Server, Watch


def test_the_home_page_has_a_title_and_one_heading(
    open_page: Callable[..., Page], axe: Callable[[Page], None]
):
    page = open_page("/")
    assert page.title()
    assert page.locator("h1").count() == 1
    axe(page)


def test_requests_to_other_machines_and_script_errors_are_caught(browser: Browser):
    watch = Watch()
    context = browser.new_context()
    watch.over(context)
    page = context.new_page()
    page.set_content('<img src="http://198.51.100.7/pixel.png">')
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => nowhere(), 0)")
    context.close()
    assert sorted(fault.split(":")[0] for fault in watch.faults) == [
        "asked another machine",
        "script error",
    ]


def test_axe_finds_a_picture_without_words(browser: Browser, axe: Callable[[Page], None]):
    page = browser.new_page()
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="x.png"></main>')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    page.close()


@pytest.mark.slow
def test_the_server_says_that_it_is_well(server: Server):
    with urllib.request.urlopen(f"{server.url}/readyz", timeout=10) as answer:
        assert answer.status == 200
    assert "ok    database" in server.alliance("check", "health")
    assert server.alliance("django", "version").startswith("5.2")


def test_what_draws_charts_in_the_page_is_fetched_when_somebody_asks_for_it(
    open_page: Callable[..., Page], axe: Callable[[Page], None]
):
    page = open_page("/sv/indicators/income/")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    page.locator("details.fold", has=page.locator("figure.vega")).locator("summary").first.click()
    figure = page.locator("figure.vega").first
    ask = figure.get_by_role("button", name="Utforska diagrammet")
    expect(ask).to_be_visible()
    assert not [url for url in fetched if "vega" in url]
    ask.click()
    expect(figure.locator(".live svg")).to_be_visible()
    expect(ask).to_have_count(0)
    assert len([url for url in fetched if "vega" in url]) == 1
    axe(page)
