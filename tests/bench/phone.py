"""Pages on a phone: how soon something is seen, how many screens a page is, how much script it
loads, and how long the scripts keep the phone from answering a touch.

python -m tests.bench.phone

Chromium with a processor four times slower and a network as of slow 4G opens each page for the
first time, three times over, of which the middle counts. The server has made each page once, and
its worker, which has much to do after a first start, does not run: two processors serve and draw.
"""

from __future__ import annotations

import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.figures import Figure
from tests.bench.starter_database import fresh_database
from tests.factories.server import serving

PHONE = {"width": 390, "height": 844}
LIMIT_FIRST_MS = 2_000.0
#: What a page may load as script, over the network.
LIMIT_SCRIPT_KB = 60.0
#: Total blocking time as Lighthouse counts it: of each task after the first content, what is above
#: 50 ms. Its "good" is 200 ms on a machine twice as fast as one of two small processors.
LIMIT_BLOCKING_MS = 300.0
#: Chromium's own figures for slow 4G: bits a second down and up, milliseconds there and back.
DOWN, UP, ROUND_TRIP = 1_600_000, 750_000, 150
#: Pages with the most screens of a phone that the look gives them.
PAGES = {
    "/sv/": 5.0,
    "/sv/find?q=minskar+tr%C3%A4ngselskatt+trafiken": None,
    "/sv/solutions/congestion-charging/": 6.0,
    "/sv/cases/gothenburg-congestion-tax/": 5.0,
    "/sv/problems/car-traffic/": 5.0,
    "/sv/solutions/": 6.0,
    "/sv/evidence/map": 3.2,
    "/sv/solutions/congestion-charging/fit?city=umea": 4.0,
    "/sv/cities/goteborg/": 5.0,
    "/sv/indicators/age65/": 6.0,
}
HITS = "document.querySelectorAll('.hits > li, .vlines > li').length"
FIRST = """() => new Promise(done => new PerformanceObserver(list => {
  const one = list.getEntriesByName('first-contentful-paint')[0]; if (one) done(one.startTime);
}).observe({type: 'paint', buffered: true}))"""

#: Given: when the first content was seen, in milliseconds.
BLOCKING = """first => new Promise(done => {
  let blocked = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries())
      if (one.startTime >= first) blocked += Math.max(0, one.duration - 50);
  }).observe({type: 'longtask', buffered: true});
  setTimeout(() => done(blocked), 1000);
})"""
#: Bytes over the network, heads and all.
SCRIPT = """() => performance.getEntriesByType('resource')
  .filter(one => one.initiatorType === 'script')
  .reduce((sum, one) => sum + one.transferSize, 0)"""


@contextmanager
def _opened(browser: Browser, at: str, address: str) -> Iterator[Page]:
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
    yield page
    context.close()


def _look(browser: Browser, at: str, address: str, most: float | None) -> Iterator[Figure]:
    firsts, blocked = [], []
    for _ in range(3):
        with _opened(browser, at, address) as page:
            firsts.append(page.evaluate(FIRST))
            blocked.append(page.evaluate(BLOCKING, firsts[-1]))
            screens = page.evaluate("document.documentElement.scrollHeight") / PHONE["height"]
            limit = most or 2 + page.evaluate(HITS) / 3
            script = page.evaluate(SCRIPT) / 1000
    yield Figure(f"{address} first content", median(firsts), "ms", LIMIT_FIRST_MS)
    yield Figure("  blocking", median(blocked), "ms", LIMIT_BLOCKING_MS)
    yield Figure("  script", script, "kB", LIMIT_SCRIPT_KB)
    yield Figure("  screens", screens, "", limit)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
        return 1
    broken = 0
    with (
        fresh_database(),
        serving("--no-worker") as server,
        sync_playwright() as driver,
    ):
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=chromium, args=options)
        for address, most in PAGES.items():
            urllib.request.urlopen(f"http://{server.at}{address}").read()
            for figure in _look(browser, server.at, address, most):
                print(figure, flush=True)
                broken += figure.is_broken
        browser.close()
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
