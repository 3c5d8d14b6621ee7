"""Words of a page before anything is unfolded, and with all folds open.

python -m tests.bench.words
"""

from __future__ import annotations

import sys

from lxml import html

from tests.bench.figures import Figure
from tests.bench.starter_database import NOW, fresh_database

#: Words that a page may show, in English, before anything is unfolded.
PAGES = {
    "/en/privacy/": 800,
    "/en/equity/checks/{check}/": 1_200,
    "/en/equity/areas/{areas}/": 1_200,
    "/en/methods/": 800,
}
HIDDEN = "//*[@hidden] | //script | //style | //template | //svg"
FOLDED = "//details[not(@open)]/*[not(self::summary)]"


def words(page: bytes) -> tuple[int, int]:
    """How many words the main part shows: with its folds closed, and open."""
    (main,) = html.fromstring(page).xpath("//main")
    for element in main.xpath(f".{HIDDEN.replace(' | ', ' | .')}"):
        element.drop_tree()
    whole = len(main.text_content().split())
    for element in main.xpath(f".{FOLDED}"):
        if element.getparent() is not None:
            element.drop_tree()
    return len(main.text_content().split()), whole


def main() -> int:
    """Print each page's words beside its limit; 1 where a limit is broken."""
    broken = 0
    with fresh_database():
        from django.test import Client

        from alliance.config.demo_equity import make_demo_check, make_demo_equity
        from alliance.config.demo_people import make_demo_people

        make_demo_people(at=NOW)
        areas = make_demo_equity(at=NOW)
        check = make_demo_check(areas, at=NOW)
        client = Client()
        for address, limit in PAGES.items():
            path = address.format(areas=areas.public_id, check=check.public_id)
            seen, whole = words(client.get(path, follow=True).content)
            figure = Figure(f"{path} ({whole} with all folds open)", seen, "words", limit)
            print(figure)
            broken += figure.is_broken
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
