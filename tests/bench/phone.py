"""Pages on a phone: how soon something is seen, and how many screens a page is.

python -m tests.bench.phone

Chromium with a processor four times slower and a network as of slow 4G opens each page for the
first time, with nothing kept.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from tests.bench.figures import Figure
from tests.bench.server import serving
from tests.bench.starter_database import fresh_database

PHONE = {"width": 390, "height": 844}
LIMIT_FIRST_MS = 2_000.0
#: Chromium's own figures for slow 4G: bits a second down and up, milliseconds there and back.
DOWN, UP, ROUND_TRIP = 1_600_000, 750_000, 150
#: Pages with the most screens of a phone that the look gives them.
PAGES = {
    "/sv/": 5.0,
    "/sv/find?q=minskar+tr%C3%A4ngselskatt+trafiken": None,
    "/sv/solutions/congestion-charging/": 6.0,
    "/sv/cases/gothenburg-congestion-tax/": 5.0,
    "/sv/evidence/map": 4.0,
    "/sv/solutions/congestion-charging/fit?city=umea": 4.0,
    "/sv/cities/goteborg/": 5.0,
}
HITS = "document.querySelectorAll('.hits > li, .vlines > li').length"
FIRST = """() => new Promise(done => new PerformanceObserver(list => {
  const one = list.getEntriesByName('first-contentful-paint')[0]; if (one) done(one.startTime);
}).observe({type: 'paint', buffered: true}))"""


def _look(browser: Browser, at: str, address: str, most: float | None) -> Iterator[Figure]:
    context = browser.new_context(viewport=PHONE, base_url=f"http://{at}")
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP,
            "downloadThroughput": DOWN / 8,
            "uploadThroughput": UP / 8,
        },
    )
    page.goto(address)
    yield Figure(f"{address} first content", page.evaluate(FIRST), "ms", LIMIT_FIRST_MS)
    screens = page.evaluate("document.documentElement.scrollHeight") / PHONE["height"]
    limit = most or 2 + page.evaluate(HITS) / 3
    yield Figure(f"{address} screens", screens, "", limit)
    context.close()


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
        return 1
    broken = 0
    with fresh_database() as home, serving(home) as server, sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=chromium, args=options)
        for address, most in PAGES.items():
            for figure in _look(browser, server.at, address, most):
                print(figure, flush=True)
                broken += figure.is_broken
        browser.close()
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
