"""A real server with the starter network, and Chromium to look at it.

Pages are loaded from a server process of its own, as people run it. Browser tests are marked
`browser` here; they fail when a page asks anything of another machine, breaks its own content
policy, or raises an error in a script.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
NEEDS_BROWSER = {"browser", "open_page", "new_context"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Chromium."""
    for item in items:
        if HERE in item.path.parents and NEEDS_BROWSER & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at the end, and its environment."""

    url: str
    environment: dict[str, str]

    def alliance(self, *arguments: str) -> str:
        """Run the console command on the server's own data; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "alliance.config.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a home of its own and the starter network, for all tests of the session."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith("ALLIANCE_")
    } | {
        "ALLIANCE_HOME": str(folder / "home"),
        "ALLIANCE_BIND": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "alliance.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    running = Server(url=f"http://127.0.0.1:{port}", environment=environment)
    running.alliance("prepare")
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
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Watch:
    """What pages did that none may do."""

    faults: list[str] = field(default_factory=list)

    def route(self, route: Route) -> None:
        host = urlsplit(route.request.url).hostname
        if host in {"127.0.0.1", None}:
            route.continue_()
        else:
            self.faults.append(f"asked another machine: {route.request.url}")
            route.abort()

    def page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", lambda message: self.console(message.text))

    def console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.faults.append(text)


@pytest.fixture
def new_context(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context, by keyword as Playwright's `new_context` takes them."""
    watch = Watch()
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        defaults: dict[str, object] = {
            "base_url": server.url,
            "viewport": {"width": 1280, "height": 900},
            "locale": "en-GB",
        }
        context = browser.new_context(**{**defaults, **options})  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.route("**/*", watch.route)
        context.on("page", watch.page)
        contexts.append(context)
        return context

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
