"""Pilots by one protocol in several cities: their mean, what is drawn of it, and what is not."""

from __future__ import annotations

import random

import pytest
from django.test import Client

from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.services import save_city
from alliance.testbeds.models import Pilot
from alliance.testbeds.services import cases, pilots
from tests.factories.pages import page, page_text
from tests.factories.people import NOW
from tests.factories.pilots import (
    AFTER,
    MONTHS,
    START,
    data_rows,
    evaluate,
    lay_pilots,
    plan_content,
    registered,
    send,
)

pytestmark = pytest.mark.django_db
CITIES = ["lund", "umea", "boras", "gavle"]


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    editor = lay_pilots()
    for public_id, name in (("boras", "Borås"), ("gavle", "Gävle")):
        save_city(public_id, name=name, country="SE", actor=COMMAND_LINE, at=NOW)
    return editor


def pooled_pilot(editor, effects=(-5.0, -6.0, -4.0, -5.5), **changes) -> Pilot:
    pilot = registered(editor, cities=CITIES[: len(effects)], **changes)
    for number, (city, effect) in enumerate(zip(CITIES, effects, strict=False)):
        send(pilot, editor, data_rows(effect=effect, seed=number + 1), city=city)
    evaluate(pilot, editor)
    return Pilot.objects.get(pk=pilot.pk)


def test_the_mean_over_cities_and_the_next_one_are_drawn_and_called_what_they_are(editor):
    pilot = pooled_pilot(editor)
    source = page(Client(), f"/en/pilots/{pilot.public_id}/")
    assert source.count('class="mean"') == 1 and source.count('class="pi"') == 1
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    assert (
        "Diamond: mean across places, with more precise results given more weight, "
        "and its 95 % confidence interval."
    ) in shown
    assert "all weighted equally" not in shown
    assert "Grey bar: range to expect in a new place (95 % prediction interval)." in shown
    assert "Across 4 cities, the pilot had an effect" in shown
    result = pilot.evaluations.filter(city=None).order_by("-id")[0]
    figures = page_text(Client(), f"/en/pilots/{pilot.public_id}/results/{result.public_id}/")
    for name in ("Variance between cities", "I²", "Expected in another city"):
        assert name in figures


def test_the_level_of_the_plan_is_that_of_the_caption(editor):
    shown = page_text(Client(), f"/en/pilots/{pooled_pilot(editor, alpha=0.1).public_id}/")
    assert "Line: 90 % confidence interval." in shown and "(90 % prediction interval)" in shown
    assert "95 %" not in shown.split(" Plan ")[0]


def test_of_two_cities_no_mean_is_drawn(editor):
    pilot = pooled_pilot(editor, effects=(-5.0, -6.0))
    source = page(Client(), f"/en/pilots/{pilot.public_id}/")
    assert 'class="chart forest"' in source and 'class="mean"' not in source
    assert (
        "Two cities are not enough for a decision: look at each one separately. Their average is"
    ) in source


def test_cities_that_contradict_each_other_are_never_no_effect(editor):
    pilot = pooled_pilot(editor, effects=(-6.0, 6.0, -6.0, 6.0))
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    assert (
        "The cities contradict each other: a clear fall in some, a clear rise in others." in shown
    )
    assert "cities, no effect shown: the average estimate is" not in shown
    two = pooled_pilot(editor, effects=(-6.0, 6.0), title="Two")
    assert "The cities contradict each other" in page_text(Client(), f"/en/pilots/{two.public_id}/")


def test_a_mean_of_results_that_newer_data_have_replaced_is_not_shown(editor):
    pilot = pooled_pilot(editor)
    send(pilot, editor, data_rows(effect=5.0, seed=9), city="lund")
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    # The other three were pooled on the way.
    assert "Across 3 cities" in shown and "Across 4 cities" not in shown
    send(pilot, editor, data_rows(effect=5.0, seed=8), city="boras")
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    assert (
        "Mean across places" not in shown
        and (
            "Two cities are not enough for a decision: look at each one separately. "
            "Their average is"
        )
        not in shown
    )


def test_counts_are_drawn_as_a_change_of_their_rate(editor):
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)] + MONTHS[4:]
    months = sorted(set(months))
    pilot = registered(editor, "its", cities=CITIES[:3], counts=True, outcome_unit="per 1,000")
    rng = random.Random(4)
    for city in CITIES[:3]:
        rows = [
            {"time": month, "population": "100000",
             "outcome": str(round((300 if month < START else 200) + rng.gauss(0, 8)))}
            for month in months
        ]  # fmt: skip
        send(pilot, editor, rows, city=city)
    evaluate(pilot, editor)
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    assert "3 cities, the pilot had an effect: the rate was 33" in shown
    assert "change in the rate (%)" in shown.lower()
    assert "per 1,000" not in shown.split(" Plan ")[0]


def test_a_city_that_leaves_the_protocol_is_not_waited_for(editor):
    pilot = registered(editor, cities=["lund", "umea"])
    send(pilot, editor, data_rows())
    evaluate(pilot, editor)
    pilots.deviate(
        pilot,
        content=plan_content(cities=["lund"]),
        reason="Umeå found no block.",
        expected_version=1,
        actor=editor,
        at=AFTER,
    )
    pilot.refresh_from_db()
    assert pilot.state == "registered"
    evaluate(pilot, editor)
    pilot.refresh_from_db()
    assert pilot.state == "reported"


def test_a_case_that_hides_its_city_is_not_linked_from_it(editor):
    pilot = registered(editor)
    send(pilot, editor)
    evaluate(pilot, editor)
    place = pilot.places.get()
    draft = cases.make_case(place, actor=editor, at=AFTER)
    case = CaseStudy.objects.create(
        public_id="hidden", solution=pilot.solution, outcome="mixed", status="published",
        is_masked=True, masked_city=place.city, country="ZZ", original_language="en",
    )  # fmt: skip
    draft.case = case
    draft.save(update_fields=["case"])
    address = f"/en/pilots/{pilot.public_id}/"
    assert "/cases/hidden/" not in page(Client(), address)
