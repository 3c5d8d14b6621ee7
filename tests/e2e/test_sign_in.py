"""Signing up and in with a real browser: without scripts, and with a passkey of its own.

Browsers have no passkeys for addresses that are bare numbers, so these pages are opened by name.
"""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from email import policy
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in
from tests.factories.pages import is_read_by_axe

PASSWORD = "a long and quiet street"
OPEN_PAGES = ("sign-in/", "sign-up/", "password/reset/", "email/confirm/wrong/", "first/made-up/")
OWN_PAGES = ("", "email/", "password/change/", "sessions/", "security/", "elevation/")


@pytest.fixture
def visit(open_page: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a path of the server by its name, in a fresh browser."""
    return partial(open_page, base_url=server.url.replace("127.0.0.1", "localhost"))


def press(page: Page) -> None:
    """Send the first form of the page."""
    page.locator("main form button[type=submit]").first.click()


def newest_link(server, address: str) -> str:
    """The path in the newest letter to an address."""
    folder = Path(server.environment["ALLIANCE_HOME"]) / "mail"
    letters = []
    for file in folder.iterdir():
        for raw in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            message = email.message_from_bytes(raw, policy=policy.default)
            if message["To"] == address:
                letters.append((message["Date"].datetime, file.stat().st_mtime_ns, message))
    text = max(letters, key=lambda letter: letter[:2])[2].get_content()
    return urlsplit(re.search(r"https?://\S+", text)[0]).path


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_somebody_signs_up_without_scripts(
    server, visit: Callable[..., Page], axe: Callable[[Page], None], language: str
):
    address = f"kim.{language}@example.org"
    page = visit(f"/{language}/accounts/sign-up/", java_script_enabled=False, width=390)
    press(page)  # an empty form does not leave the browser
    assert page.locator("#id_name:invalid").count() == 1
    page.locator("#id_name").fill("Kim Lund")
    page.locator("#id_email").fill(address)
    page.locator("#id_password1").fill("short")
    press(page)
    expect(page.locator("[role=alert] a")).to_have_count(1)
    page.locator("#id_password1").fill(PASSWORD)
    press(page)
    assert page.url.endswith(f"/{language}/accounts/email/sent/")
    page.goto(newest_link(server, address))
    press(page)
    assert page.url.endswith(f"/{language}/accounts/")
    expect(page.locator("h1")).to_be_visible()

    page.goto(f"/{language}/accounts/sign-out/")
    press(page)
    page.goto(f"/{language}/about/")
    page.locator("summary").first.click()
    page.locator(f'a[href^="/{language}/accounts/sign-in/"]').click()
    sign_in(page, address, PASSWORD)
    # Back where they came from.
    assert page.url.endswith(f"/{language}/about/")


def test_a_forgotten_password_without_scripts(server: Server, visit: Callable[..., Page]):
    page = visit("/sv/accounts/sign-in/", java_script_enabled=False)
    page.locator('a[href="/sv/accounts/password/reset/"]').click()
    page.locator("#id_email").fill("citizen@demo.example")
    press(page)
    page.goto(newest_link(server, "citizen@demo.example"))
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    press(page)
    # Other tests sign in as the same person.
    server.passwords["citizen@demo.example"] = PASSWORD
    page.locator("main a.button").click()
    sign_in(page, "citizen@demo.example", PASSWORD)
    expect(page.locator("main")).to_contain_text("citizen@demo.example")


def virtual_authenticator(page: Page) -> str:
    """Give the browser a passkey device that says yes to everything; its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return str(made["authenticatorId"])


def test_a_passkey_is_added_and_then_signs_in(
    server: Server, visit: Callable[..., Page], axe: Callable[[Page], None]
):
    address = "operator@demo.example"
    page = visit("/en/accounts/sign-in/")
    virtual_authenticator(page)
    sign_in(page, address, server.passwords[address])
    page.goto("/en/accounts/security/passkeys/add/")
    page.locator("#id_password").fill(server.passwords[address])
    press(page)
    page.locator("#id_name").fill("virtual key")
    axe(page)
    press(page)
    page.wait_for_url("**/recovery-codes/")
    axe(page)
    page.goto("/en/accounts/security/passkeys/")
    expect(page.locator("tbody th")).to_have_text("virtual key")
    axe(page)

    page.goto("/en/accounts/sign-out/")
    press(page)
    page.goto("/en/accounts/sign-in/?next=/en/accounts/security/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"//[^/]+/en/accounts/security/$"))

    # Taking extended rights asks for a proof; the passkey is one.
    page.goto("/en/accounts/elevation/")
    page.get_by_role("link", name="Use a passkey").click()
    press(page)
    page.wait_for_url(re.compile(r"//[^/]+/en/accounts/elevation/$"))
    page.locator("#id_reason").fill("Somebody published a draft by mistake.")
    press(page)
    expect(page.locator("body")).to_contain_text("You have extended rights over every record.")
    axe(page)
    page.get_by_role("button", name="Give them back now").click()
    expect(page.locator("body")).not_to_contain_text("You have extended rights over")


def test_a_device_without_a_passkey_is_told_so(visit: Callable[..., Page]):
    page = visit("/en/accounts/sign-in/")
    virtual_authenticator(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-note=failed]")).to_be_visible()


def test_where_browsers_have_no_passkeys_the_page_says_why(
    visit: Callable[..., Page], open_page: Callable[..., Page]
):
    page = open_page("/en/accounts/sign-in/")  # by number
    expect(page.locator("[data-passkey-note=browser]")).to_be_visible()
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    page = visit("/en/accounts/sign-in/", java_script_enabled=False)
    expect(page.locator("[data-passkey-note=script]")).to_be_visible()
    expect(page.locator("form[data-passkey]")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("path", OPEN_PAGES)
def test_axe_finds_nothing_on_open_pages(look: Callable[..., Page], path: str):
    look(f"/en/accounts/{path}", width=1280)
    look(f"/fr/accounts/{path}", width=1280, dark=True)
    look(f"/sv/accounts/{path}")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_axe_finds_nothing_on_own_pages(
    server: Server, visit: Callable[..., Page], axe: Callable[[Page], None], language: str
):
    address = "secretariat@demo.example"
    page = visit(f"/{language}/accounts/sign-in/", width=390, dark=language == "sv")
    sign_in(page, address, "not this one")
    axe(page)
    sign_in(page, address, server.passwords[address])
    for path in OWN_PAGES:
        page.goto(f"/{language}/accounts/{path}")
        if is_read_by_axe(f"/{language}/accounts/{path}"):
            axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.locator("h1").count() == 1
    # The last one asked for a proof, after which an app can be set up.
    page.locator("#id_password").fill(server.passwords[address])
    press(page)
    for path in ("elevation/", "security/app/add/", "security/passkeys/add/"):
        page.goto(f"/{language}/accounts/{path}")
        if is_read_by_axe(f"/{language}/accounts/{path}"):
            axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/{language}/accounts/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
