"""A real server with the starter network, and Chromium to look at it.

Pages are loaded from a server process of its own, as people run it. Browser tests are marked
`browser` here; they fail when a page asks anything of another machine, breaks its own content
policy, or raises an error in a script.
"""

from __future__ import annotations

import email
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)
from pytest_django.plugin import DjangoDbBlocker

from tests import template_database
from tests.factories.pages import by_turn

CHROMIUM_OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What Playwright switches off that a page could tell, as of two lists the last counts; and the
    # browser's own pages, which it would prepare for every window.
    "--disable-features=DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "MediaRouter,OptimizationHints,PaintHolding,PreloadTopChromeWebUI,ThirdPartyStoragePartitioning",
    # No other machine is reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Machines that run tests are busy.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
PHONE = {"width": 390, "height": 900}
WIDTH = "document.documentElement.scrollWidth"
#: Charts are drawn again where the theme changes; then the old drawing goes.
AT_REST = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => [...document.querySelectorAll('.drawing')].every(one => one.children.length < 2))"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies here needs Chromium or the server.

    The first starts the server; meanwhile other processes run what needs none. What is many and
    short comes last, so that all of them end together.
    """
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker("browser")
    served = [item for item in ours if "server" in getattr(item, "fixturenames", ())]
    alone = [item for item in ours if item not in served]
    served.sort(key=lambda item: item.path.name == "test_every_page.py")
    others = [item for item in items if HERE not in item.path.parents]
    items[:] = [*others, *served[:1], *alone, *served[1:]]


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """One for the whole run: a second one in the same thread is refused."""
    with sync_playwright() as driver:
        # Its event loop runs in this thread, in which other tests use the database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield driver
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """Chromium as the system has it; none is ever downloaded."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
    running = playwright_driver.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
    yield running
    running.close()


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at the end, and its environment.

    `passwords` of the demonstration people, by their addresses.
    """

    url: str
    environment: dict[str, str]
    passwords: dict[str, str]

    def alliance(self, *arguments: str) -> str:
        """Run the console command on the server's own data; what it prints."""
        return run_alliance(self.environment, *arguments)


def run_alliance(environment: dict[str, str], *arguments: str) -> str:
    return run_module(environment, "alliance.config.cli", *arguments)


def run_module(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    """Wait until the server answers at all; fail with its log where it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server does not answer at {url}:\n{log.read_text()[-4000:]}")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a server with a home of its own, the starter network and the demonstration people."""
    port = free_port()
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith("ALLIANCE_")
    } | {
        "ALLIANCE_HOME": str(folder / "home"),
        "ALLIANCE_BIND": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "alliance.config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    run_alliance(environment, "prepare")
    told = run_module(environment, "tests.e2e.installation").splitlines()
    passwords = {line.split()[0]: line.split()[1] for line in told if "@" in line.split()[0]}
    running = Server(f"http://127.0.0.1:{port}", environment, passwords)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "alliance.config.cli", "serve"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(running.url, process, log)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def server(django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """One server for all processes of the run.

    The first that needs it starts it and tells the others how to reach it; at its end it waits
    until they are through.
    """
    folder = Path(os.environ["ALLIANCE_TEST_FOLDER"]) / "browser"
    folder.mkdir(exist_ok=True)
    note = folder / "server.json"
    with (folder / "starting").open("w") as starting, (folder / "using").open("w") as using:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if note.exists():
            fcntl.flock(using, fcntl.LOCK_SH)
            fcntl.flock(starting, fcntl.LOCK_UN)
            yield Server(**json.loads(note.read_text()))
            return
        if connection.vendor == "sqlite":
            with django_db_blocker.unblock():
                template_database.lay_file(folder / "home" / "alliance.sqlite3")
        with serving(folder) as running:
            note.write_text(json.dumps(asdict(running)))
            fcntl.flock(using, fcntl.LOCK_SH)
            fcntl.flock(starting, fcntl.LOCK_UN)
            yield running
            # Whoever comes now waits, and starts one anew.
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(using, fcntl.LOCK_EX)
            note.unlink()


@dataclass
class Watch:
    """What pages did that none may do."""

    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self.request)
        context.on("page", self.page)

    def request(self, request: Request) -> None:
        # The browser reaches none of them: see the options that it is started with.
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob"} and url.hostname not in {"127.0.0.1", "localhost"}:
            self.faults.append(f"asked another machine: {request.url}")

    def page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", lambda message: self.console(message.text))

    def console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.faults.append(text)


def make_context(
    browser: Browser, server: Server, watch: Watch, **options: object
) -> BrowserContext:
    defaults: dict[str, object] = {
        "base_url": server.url,
        "viewport": {"width": 1280, "height": 900},
        "locale": "en-GB",
    }
    context = browser.new_context(**{**defaults, **options})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    watch.over(context)
    return context


@pytest.fixture
def new_context(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context, by keyword as Playwright's `new_context` takes them."""
    watch = Watch()
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        contexts.append(make_context(browser, server, watch, **options))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()
    assert watch.faults == []


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open a path in a fresh context: `open_page("/en/", java_script_enabled=False)`.

    Keywords are those of Playwright's `new_context`; `width` is short for a viewport of 900 px
    height, `dark=True` for the dark theme.
    """

    def open_(path: str, *, width: int = 1280, dark: bool = False, **options: object) -> Page:
        context = new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            **options,
        )
        page = context.new_page()
        page.goto(path)
        return page

    return open_


def press(button: Locator) -> None:
    """Press a button or follow a link, and wait until the page that it leads to is there: a browser
    on a busy machine may not have left the old one when the press is over."""
    with button.page.expect_navigation():
        button.click()


def sign_in(page: Page, address: str, password: str) -> None:
    """Fill in the form of the page and send it."""
    page.locator("#id_login").fill(address)
    page.locator("#id_password").fill(password)
    press(page.locator("main form button[type=submit]").first)


def link_to(server: Server, address: str) -> str:
    """The path of the first link in the last letter to an address, once one has come."""
    folder = Path(server.environment["ALLIANCE_HOME"]) / "mail"
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end:
        letters = []
        for file in folder.glob("*"):
            for raw in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                letter = email.message_from_bytes(raw, policy=policy.default)
                if letter["To"] == address:
                    when = letter["Date"].datetime, file.stat().st_mtime_ns
                    letters.append((when, letter.get_content()))
        if letters:
            link = re.search(r"https?://\S+", max(letters)[1])
            assert link is not None
            return urlsplit(link[0]).path
        time.sleep(0.3)
    raise AssertionError(f"no letter to {address}")


@pytest.fixture
def signed_in(open_page: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a path in a fresh context as one of the demonstration people, by the address."""

    def open_(address: str, path: str, **options: object) -> Page:
        language = path.split("/")[1]
        page = open_page(f"/{language}/accounts/sign-in/?next={path}", **options)
        sign_in(page, address, server.passwords[address])
        return page

    return open_


@pytest.fixture(scope="session")
def kept_pages() -> Iterator[dict[str, tuple[Page, Watch]]]:
    """A page on a phone for each person, opened by `look` when it is first asked."""
    kept: dict[str, tuple[Page, Watch]] = {}
    yield kept
    for page, _ in kept.values():
        page.context.close()


@pytest.fixture
def look(
    browser: Browser,
    server: Server,
    axe: Callable[[Page], None],
    kept_pages: dict[str, tuple[Page, Watch]],
) -> Iterator[Callable[..., Page]]:
    """Look at a page as a visitor, or as one of the demonstration people by the address.

    `look("/fr/find", width=1280, dark=True)` loads it once, on a phone: it is in its language, has
    one heading, and is no wider than the phone. Then width and theme are switched in place, and axe
    finds nothing. It gives the page, which is the same for all looks of a person.
    """
    watches = []

    def open_(path: str, who: str = "", *, width: int = 390, dark: bool = False) -> Page:
        language = path.split("/")[1]
        if who not in kept_pages:
            watch = Watch()
            # By name: browsers have no passkeys for addresses that are bare numbers.
            url = server.url.replace("127.0.0.1", "localhost")
            page = make_context(browser, server, watch, base_url=url, viewport=PHONE).new_page()
            kept_pages[who] = (page, watch)
            if who:
                page.goto(f"/{language}/accounts/sign-in/")
                sign_in(page, who, server.passwords[who])
                expect(page).not_to_have_url(re.compile("/sign-in/"))
        page, watch = kept_pages[who]
        watches.append(watch)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        # No markup is shown as text, but where it is there to be copied.
        words = page.locator("main").inner_text()
        for code in page.locator("main pre").all():
            words = words.replace(code.inner_text(), "")
        assert not re.search("</(p|span|div|a|li)>", words), page.url
        assert page.evaluate(WIDTH) <= 390, page.url
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.wait_for_function(AT_REST)
        assert page.evaluate(WIDTH) <= width, page.url
        axe(page)
        return page

    yield open_
    assert [fault for watch in watches for fault in watch.faults] == []


def look_at(look: Callable[..., Page], path: str, who: str = "") -> None:
    """Look at a page in each language; before a change lands in one of those whose words are long,
    by turns."""
    languages = ("fr", "sv", "en") if os.environ.get("ALLIANCE_TEST_ALL") else ("fr", "sv")
    for language in by_turn(languages, path):
        width = 390 if language == "sv" else 1280
        look(f"/{language}{path}", who, width=width, dark=language == "fr")


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fail with each accessibility fault that axe finds on a page, and where."""
    engine = Axe()

    def check(page: Page) -> None:
        results = engine.run(page, options=AXE_OPTIONS)
        faults = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            + "\n".join(f"  {' '.join(map(str, node['target']))}" for node in violation["nodes"])
            for violation in results.response["violations"]
        ]
        assert not faults, f"{page.url}\n" + "\n".join(faults)

    return check


@pytest.fixture
def seated(live_server: Any, browser: Browser, settings: Any) -> Iterator[Any]:
    """Open a page of this process on a phone, without scripts unless they are asked for, as
    somebody who has signed in, in the language that she reads; or as a new visitor, for None."""
    settings.BASE_URL = live_server.url
    contexts, watch = {}, Watch()

    def open_(user: Any, address: str, *, scripts: bool = False) -> Page:
        who = user.pk if user else f"visitor {len(contexts)}"
        if who not in contexts:
            context = browser.new_context(
                viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE_MS)
            if user:
                client = Client()
                client.force_login(user)
                name = django_settings.SESSION_COOKIE_NAME
                value = client.cookies[name].value
                context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
            watch.over(context)
            contexts[who] = context
        page = contexts[who].new_page()
        page.goto(address if "://" in address else live_server.url + address)
        if user:
            assert page.locator("html").get_attribute("lang") == user.language
        return page

    yield open_
    for context in contexts.values():
        context.close()
    assert watch.faults == []
