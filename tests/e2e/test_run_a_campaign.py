"""A campaign from the list of blocks to the sentence on a phone, without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press
from tests.factories.campaigns import blocks

EDITOR = "editor.campaign@demo.example"
PHONE: dict[str, Any] = {"width": 390, "java_script_enabled": False}
DAY = dt.timedelta(days=1)
SEND = "main form.write button[type=submit]"


@pytest.mark.slow
def test_from_the_lots_to_the_sentence(
    signed_in: Callable[..., Page], open_page: Callable[..., Page]
):
    page = signed_in(EDITOR, "/en/take-part/", **PHONE)
    press(page.get_by_role("link", name="Start a campaign"))
    page.locator("#id_title").fill("Made up: less in the bin")
    page.locator("#id_summary").fill("Food waste becomes gas for buses. Sort it.")
    page.locator("#id_step").fill("Fetch a basket for food waste")
    page.locator("#id_step_place").fill("Recycling house of your block")
    page.locator("#id_step_when").fill("Any day from 7 to 21")
    press(page.locator(SEND))
    today = dt.datetime.now(dt.UTC).date()
    page.locator("#id_outcome").fill("residual waste")
    page.locator("#id_unit").fill("kg per household and week")
    for name, day in (
        ("starts_on", today),
        ("ends_on", today + DAY),
        ("result_by", today + 9 * DAY),
    ):
        page.locator(f"#id_{name}").fill(day.isoformat())
    page.locator("#id_decides_who").fill("The waste board")
    press(page.locator(SEND))
    rows = blocks()
    table = ["block,before,part", *(",".join(map(str, row)) for row in rows)]
    page.locator("#id_n").fill("40")
    # A block in two rows is refused, with all that was typed, and nothing is drawn.
    page.locator("#id_table").fill("\n".join([*table, table[1]]))
    press(page.locator(SEND))
    expect(page.locator("main")).to_contain_text("is also in row 2")
    page.locator("#id_table").fill("\n".join(table))
    press(page.locator(SEND))
    expect(page.locator("main")).to_contain_text("40 of 80 areas were drawn at random")
    press(page.locator("main header form button"))
    home = page.get_by_role("link", name="Page for residents").get_attribute("href")
    assert home is not None

    resident = open_page(home, **PHONE)
    expect(resident.locator("header strong").first).to_contain_text("by")
    press(resident.get_by_role("button", name="I will do it"))
    expect(resident.locator("main")).to_contain_text("Did you do it?")
    expect(resident.locator("ul.columns li")).to_have_count(40)
    inside = {one.strip() for one in resident.locator("ul.columns li").all_text_contents()}
    assert len(inside) == 40

    press(page.get_by_role("link", name="Send measured values"))
    after = [
        f"{name},{was - 0.9 * (name in inside) + 0.1 * (place % 5):.2f}"
        for place, (name, was, _part) in enumerate(rows)
    ]
    page.locator("#id_table").fill("\n".join(["block,value", *after]))
    press(page.locator(SEND))
    expect(page.locator("main")).to_contain_text("Residual waste fell by")
    resident.reload()
    first = resident.locator("header strong").first
    expect(first).to_have_text(re.compile(r"^\s*Residual waste fell by \d+"))
    assert resident.evaluate("document.documentElement.scrollWidth") <= 390
