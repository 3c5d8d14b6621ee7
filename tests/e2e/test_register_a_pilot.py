"""From the plan of a pilot to its submitted case: few screens, few fields, counted on the way."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import press
from tests.factories.pilots import table_before

EDITOR = "editor.pilot@demo.example"
MOST_SCREENS, MOST_FIELDS = 9, 9


class Count:
    """A page on which screens and filled fields are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.screens, self.fields = page, 1, 0

    def fill(self, name: str, text: str) -> None:
        self.fields += 1
        self.page.locator(f"#id_{name}").fill(text)

    def choose(self, name: str, value: str) -> None:
        self.fields += 1
        self.page.locator(f"#id_{name}").select_option(value)

    def check(self, name: str, value: str) -> None:
        self.fields += 1
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def go(self, button: Locator, address: str) -> None:
        """Press it, and see that the screen that comes is the wanted one."""
        press(button)
        expect(self.page).to_have_url(re.compile(address))
        self.screens += 1


@pytest.mark.parametrize(
    "java_script",
    [
        pytest.param(True, id="scripts"),
        # The three screens without scripts are those of `test_adopt`, too.
        pytest.param(False, id="no-scripts", marks=pytest.mark.all),
    ],
)
def test_from_plan_to_submitted_case_in_nine_screens_and_nine_fields(
    signed_in: Callable[..., Page], java_script
):
    page = signed_in(EDITOR, "/en/pilots/new", java_script_enabled=java_script, width=390)
    count = Count(page)
    submit = page.locator("main form.write button[type=submit]")
    year = dt.date.today().year - 1
    count.choose("solution", "deep-energy-retrofits" if java_script else "district-heating")
    count.fill("outcome", "heating energy use")
    count.fill("outcome_unit", "kWh/m²")
    count.check("direction", "lower-is-better")
    count.fill("smallest_useful", "2")
    count.fill("starts_on", f"{year}-01-01")
    count.go(submit, "/plan/before/$")
    count.fill("table", table_before(year=year - 1, unit="boiler"))
    count.fill("nobody_there", "Boilers in a plant without tenants.")
    count.go(submit, "/plan/check/$")
    expect(page.locator("main")).to_contain_text(
        "units, enough for a random draw: the most reliable design."
    )
    count.go(page.get_by_role("button", name="Register the pilot"), r"/pilots/[\w-]+/$")
    pilot = page.url

    # What the platform hands out is filled in where the homes are measured.
    to_fill = page.context.request.get(f"{pilot}template.csv").text().lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(to_fill)))
    rng = random.Random(1)
    for row in rows:
        row["outcome"] = row["outcome"] or f"{100 - 6 * int(row['treated']) + rng.gauss(0, 5):.2f}"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    count.go(page.get_by_role("link", name="Send data"), "/data")
    file = {"name": "homes.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    count.fields += 1
    page.locator("#id_file").set_input_files([file])  # type: ignore[list-item]
    count.go(submit, r"/pilots/[\w-]+/$")
    make = page.get_by_role("button", name="Create a case")
    end = time.monotonic() + 400
    while not make.count() and time.monotonic() < end:
        # The worker analyses; the page looks again by itself.
        page.wait_for_timeout(500)
        if not java_script:
            page.reload()
    count.go(make, "/check/$")
    count.go(page.locator("main form button[type=submit]").first, r"/write/[\w-]+/$")
    expect(page.locator("main")).to_contain_text("review")
    assert count.screens <= MOST_SCREENS and count.fields <= MOST_FIELDS, vars(count)
