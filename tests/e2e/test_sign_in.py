"""Signing up and in with a real browser: without scripts, and with a passkey of its own.

Browsers have no passkeys for addresses that are bare numbers, so these pages are opened by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, link_to, look_at, press, sign_in
from tests.factories.pages import by_turn

PASSWORD = "a long and quiet street"
#: Nobody else signs in with the password that is set anew.
FORGETFUL = "forgetful@demo.example"
OPEN_PAGES = ("sign-in/", "sign-up/", "password/reset/", "email/confirm/wrong/", "first/made-up/")
OWN_PAGES = ("", "email/", "password/change/", "sessions/", "security/", "elevation/")


@pytest.fixture
def visit(open_page: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a path of the server by its name, in a fresh browser."""
    return partial(open_page, base_url=server.url.replace("127.0.0.1", "localhost"))


def send(page: Page) -> None:
    """Send the first form of the page."""
    press(page.locator("main form button[type=submit]").first)


@pytest.mark.parametrize("language", by_turn(["sv", "fr", "en"], "sign-up"))
def test_somebody_signs_up_without_scripts(
    server: Server, visit: Callable[..., Page], language: str
):
    # Of its own at each try.
    address = f"kim.{uuid4().hex[:6]}@example.org"
    page = visit(f"/{language}/accounts/sign-up/", java_script_enabled=False, width=390)
    # An empty form does not leave the browser.
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#id_name:invalid")).to_have_count(1)
    page.locator("#id_name").fill("Kim Lund")
    page.locator("#id_email").fill(address)
    page.locator("#id_password1").fill("short")
    send(page)
    expect(page.locator("[role=alert] a")).to_have_count(1)
    page.locator("#id_password1").fill(PASSWORD)
    send(page)
    expect(page).to_have_url(re.compile(f"/{language}/accounts/email/sent/$"))
    page.goto(link_to(server, address))
    send(page)
    expect(page).to_have_url(re.compile(f"/{language}/accounts/$"))
    expect(page.locator("h1")).to_be_visible()

    page.goto(f"/{language}/accounts/sign-out/")
    send(page)
    page.goto(f"/{language}/about/")
    page.locator("summary").first.click()
    press(page.locator(f'a[href^="/{language}/accounts/sign-in/"]'))
    sign_in(page, address, PASSWORD)
    # Back where they came from.
    expect(page).to_have_url(re.compile(f"/{language}/about/$"))


def test_a_forgotten_password_without_scripts(server: Server, visit: Callable[..., Page]):
    page = visit("/sv/accounts/sign-in/", java_script_enabled=False)
    press(page.locator('a[href="/sv/accounts/password/reset/"]'))
    page.locator("#id_email").fill(FORGETFUL)
    send(page)
    page.goto(link_to(server, FORGETFUL))
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    send(page)
    press(page.locator("main a.button"))
    sign_in(page, FORGETFUL, PASSWORD)
    expect(page.locator("main")).to_contain_text(FORGETFUL)


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
    send(page)
    page.locator("#id_name").fill("virtual key")
    axe(page)
    send(page)
    page.wait_for_url("**/recovery-codes/")
    axe(page)
    page.goto("/en/accounts/security/passkeys/")
    expect(page.locator("tbody th").first).to_have_text("virtual key")
    axe(page)

    page.goto("/en/accounts/sign-out/")
    send(page)
    page.goto("/en/accounts/sign-in/?next=/en/accounts/security/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"//[^/]+/en/accounts/security/$"))

    # Taking extended rights asks for a proof; the passkey is one.
    page.goto("/en/accounts/elevation/")
    press(page.get_by_role("link", name="Use a passkey"))
    send(page)
    page.wait_for_url(re.compile(r"//[^/]+/en/accounts/elevation/$"))
    page.locator("#id_reason").fill("Somebody published a draft by mistake.")
    send(page)
    expect(page.locator("body")).to_contain_text("You have extended rights to all content.")
    axe(page)
    press(page.get_by_role("button", name="End them now"))
    expect(page.locator("body")).not_to_contain_text("You have extended rights to all content.")


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
    look_at(look, f"/accounts/{path}")


@pytest.mark.slow
@pytest.mark.parametrize("language", by_turn(["sv", "fr", "en"], "own pages"))
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
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.locator("h1").count() == 1
    # The last one asked for a proof, after which an app can be set up.
    page.locator("#id_password").fill(server.passwords[address])
    send(page)
    for path in ("elevation/", "security/app/add/", "security/passkeys/add/"):
        page.goto(f"/{language}/accounts/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/{language}/accounts/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
