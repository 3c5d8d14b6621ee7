"""Plain words by rule: every design, both signs, both directions, none shown, harm; no database."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import pytest
from django.utils import translation

from alliance.testbeds.messages import verdicts
from alliance.testbeds.messages.cautions import COUNTED, FAULTS, WARNINGS, warning_texts
from alliance.testbeds.protocol import check_shape, request_of
from alliance.testbeds.results import analysed, useful
from tests.factories.pilots import MONTHS, START, data_rows, plan_content

DESIGNS = ("randomised", "before-after", "did", "staggered", "its", "synthetic-control")
UNIT = "kWh/m²"
MINUS, NBSP = "−", "\u00a0"
NONE_SHOWN = {"en": "No effect shown", "fr": "Aucun effet démontré",
              "sv": "Ingen säker effekt"}  # fmt: skip
LABEL = (
    "Without a comparison group, the effect of the pilot cannot be separated from other changes."
)


def mixed_rows(effect: float) -> list[dict[str, str]]:
    """A place that lies midway between two of 24 others, and differs from `START` on."""
    rng = random.Random(5)
    paths = {
        f"P{place:02d}": [30 + place + 4 * math.sin(step + place / 9) + rng.gauss(0, 0.1)
                          for step in range(len(MONTHS))]
        for place in range(1, 25)
    }  # fmt: skip
    paths["P00"] = [(one + other) / 2 + effect * (month >= START) + rng.gauss(0, 0.05)
                    for one, other, month in zip(paths["P08"], paths["P12"], MONTHS, strict=True)
                    ]  # fmt: skip
    return [
        {"unit": unit, "time": month, "outcome": f"{value:.3f}", "treated": str(int(unit == "P00"))}
        for unit, path in paths.items()
        for month, value in zip(MONTHS, path, strict=True)
    ]


def result_of(design: str, effect: float, **changes: Any) -> tuple[dict[str, Any], str]:
    """What made-up data of a design say, and the direction that the plan aims at."""
    plan = check_shape(plan_content(design, **changes))
    rows = mixed_rows(effect) if design == "synthetic-control" else data_rows(design, effect=effect)
    if design == "before-after":
        # What is made up rises by itself, which this design cannot tell from an effect.
        for row in rows:
            row["outcome"] = f"{float(row['outcome']) - 0.2 * MONTHS.index(row['time']):.3f}"
    if design == "randomised":
        # One outcome a unit, of the last month.
        rows = [row for row in rows if row["time"] == rows[-1]["time"]]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return analysed(columns, request_of(plan), plan), plan.direction


def said(design: str, effect: float, language: str = "en", **changes: Any) -> list[str]:
    result, direction = result_of(design, effect, **changes)
    with translation.override(language):
        return verdicts.sentences(result, UNIT, direction)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("effect", "word", "other"), [(-6.0, "lower", "higher"),
                                                       (6.0, "higher", "lower")])  # fmt: skip
def test_the_sign_of_the_effect_is_said(design: str, effect: float, word: str, other: str) -> None:
    first = said(design, effect)[0]
    down, up = (
        (
            "The pilot had an effect: the outcome fell by",
            "The pilot had an effect: the outcome rose by",
        )
        if design == "its"
        else ("lower", "higher")
    )
    expected, wrong = (down, up) if effect < 0 else (up, down)
    assert expected in first and wrong not in first
    assert re.search(rf"\d{NBSP}{re.escape(UNIT)}", first)
    # A size has no sign of its own: "6 lower", never "−6 lower".
    assert MINUS not in first


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("language", NONE_SHOWN)
def test_no_effect_is_shown_where_the_interval_spans_zero(design: str, language: str) -> None:
    result, direction = result_of(design, 0.0)
    assert result["shows_effect"] is False
    with translation.override(language):
        first, *rest = verdicts.sentences(result, UNIT, direction)
    assert first.startswith(NONE_SHOWN[language])
    with translation.override(language):
        assert str(verdicts.SENTENCES["not-nothing"]) in rest
        assert not {str(text) for text in verdicts.AIMED_AT.values()} & set(rest)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    ("effect", "direction", "is_good"),
    [(-6.0, "lower-is-better", True), (6.0, "lower-is-better", False),
     (6.0, "higher-is-better", True), (-6.0, "higher-is-better", False)],
)  # fmt: skip
def test_whether_it_goes_the_right_way_is_said_once(
    design: str, effect: float, direction: str, is_good: bool
) -> None:
    # A smallest useful effect that the interval holds says nothing on the way.
    told = said(design, effect, direction=direction, smallest_useful=6.0)
    good, bad = (str(verdicts.AIMED_AT[way]) for way in (True, False))
    harm = str(verdicts.USEFUL["harm"])
    assert (good in told) + (str(verdicts.USEFUL["useful"]) in told) == is_good
    assert (bad in told) + (harm in told) == (not is_good)


def test_harm_that_is_large_enough_is_called_harm_alone() -> None:
    told = said("did", 6.0, smallest_useful=2.0)
    assert told[-1] == str(verdicts.USEFUL["harm"])
    assert str(verdicts.AIMED_AT[False]) not in told


@pytest.mark.parametrize("effect", [-6.0, 0.0, 6.0])
@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_before_and_after_always_bears_its_label(effect: float, language: str) -> None:
    result, direction = result_of("before-after", effect)
    with translation.override(language):
        label = str(verdicts.SENTENCES["no-comparison"])
        assert label in verdicts.sentences(result, UNIT, direction)
        # In lists as well, where else only the first sentence stands.
        assert verdicts.headline(result, UNIT).endswith(label)
        if language != "en":
            assert label != LABEL
    told = " ".join(said("before-after", effect))
    assert "would have been" not in told and "harm" not in told and "useful" not in told


def test_a_series_without_a_jump_may_still_change_its_slope() -> None:
    told = said("its", 0.0)
    assert told[0].startswith("No effect shown at the start: ")
    assert any(
        text.startswith("From the start, each time step ")
        and text.endswith(", beyond the earlier trend.")
        for text in told
    )


def test_a_place_that_nothing_resembles_has_no_effect_to_read_off() -> None:
    plan = check_shape(plan_content("synthetic-control"))
    rows = data_rows("synthetic-control", effect=-6.0)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    told = verdicts.sentences(analysed(columns, request_of(plan), plan), UNIT, plan.direction)
    assert told == [str(verdicts.SENTENCES["poor-fit"])]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("effect", [-6.0, 0.0, 6.0])
@pytest.mark.parametrize("language", ["fr", "sv"])
def test_nothing_stays_english_and_no_value_is_left_open(
    design: str, effect: float, language: str
) -> None:
    result, direction = result_of(design, effect)
    english = verdicts.sentences(result, UNIT, direction)
    with translation.override(language):
        told = verdicts.sentences(result, UNIT, direction)
        more = warning_texts(result["warnings"], told)
    assert len(told) == len(english) and not set(told) & set(english)
    for text in [*told, *more]:
        assert not re.search(r"%\(|\bnan\b|None", text), text
        assert not re.search(r"\d\.\d", text), text


POOLED: dict[str, Any] = {
    "design": "pooled", "n": 4, "level": 0.95, "shows_effect": True, "estimate": -3.0,
    "ci": [-5.0, -1.0], "warnings": [], "useful": "open",
    "details": {"prediction_interval": [-8.0, 2.0], "of": "did", "scale": "outcome"},
}  # fmt: skip


def pooled(**changes: Any) -> list[str]:
    details = POOLED["details"] | changes.pop("details", {})
    return verdicts.pooled_sentences(
        POOLED | {"details": details} | changes, UNIT, "lower-is-better"
    )


def test_several_cities_are_told_together() -> None:
    assert pooled()[:3] == [
        "Across 4 cities, the pilot had an effect: "
        f"the outcome was 3{NBSP}{UNIT} lower on average.",
        "The change is in the intended direction.",
        f"Averages from −5{NBSP}{UNIT} to −1{NBSP}{UNIT} are consistent with the data "
        f"(95{NBSP}% confidence interval).",
    ]
    none = pooled(shows_effect=False, estimate=0.5, ci=[-1.0, 2.0])
    assert none[0].startswith("Across 4 cities, no effect shown")
    assert none[1] == "This does not prove that the pilot had no effect."
    two = pooled(n=2, shows_effect=False)
    assert two[0].startswith(
        "Two cities are not enough for a decision: look at each one separately. Their average is"
    )


def test_pooled_counts_are_told_as_a_change_of_their_rate() -> None:
    told = pooled(estimate=-0.2231, ci=[-0.3567, -0.1054], details={"scale": "log-rate"}, useful="")
    assert told[0] == (
        f"Across 4 cities, the pilot had an effect: the rate was 20{NBSP}% lower on average."
    )
    assert f"−30{NBSP}% to −10{NBSP}%" in told[2]
    assert UNIT not in " ".join(told)


def test_pooled_before_and_after_claims_no_effect_and_bears_the_label() -> None:
    told = pooled(details={"of": "before-after"})
    assert told[0].startswith("Across 4 cities, the outcome was on average 3")
    assert "had an effect" not in told[0] and LABEL in told


@pytest.mark.parametrize(
    ("ci", "direction", "word"),
    [
        ([2.5, 4], "higher-is-better", "useful"),
        ([-4, -2.5], "lower-is-better", "useful"),
        ([-4, -2.5], "higher-is-better", "harm"),
        ([-1, 1.5], "higher-is-better", "too-small"),
        ([-1, 3], "higher-is-better", "open"),
        ([-3, 3], "higher-is-better", "open"),
        # No value in it is good enough: it does not lie on both sides of what would be.
        ([-3, 1], "higher-is-better", "maybe-harm"),
        ([-1, 3], "lower-is-better", "maybe-harm"),
        (None, "lower-is-better", ""),
    ],
)
def test_the_interval_is_held_against_the_smallest_useful_effect(
    ci: list[float] | None, direction: str, word: str
) -> None:
    plan = check_shape(plan_content(direction=direction, smallest_useful=2.0))
    assert useful(ci, plan, False) == word
    assert not word or word in verdicts.USEFUL


def test_one_is_not_several() -> None:
    assert verdicts.sentence("left-out", {"detail": "1"}).startswith("1 unit was")
    assert verdicts.sentence("left-out", {"detail": "3"}).startswith("3 units were")
    assert warning_texts(["short-after:1"], ())[0].startswith("Only 1 time point after")
    once = verdicts.sentence("chance", {"times": "about 1 times in 100"})
    assert once.endswith("about once in 100 times.")
    with translation.override("fr"):
        assert warning_texts(["always-treated:1"], ())[0].startswith("1 unité participait")


def test_a_slope_is_told_by_its_sign() -> None:
    assert f"added 0.3{NBSP}kWh to" in verdicts.sentence("slope", {"signed": "+0.3"}, "kWh")
    assert f"reduced the outcome by 0.3{NBSP}kWh" in verdicts.sentence(
        "slope", {"signed": "−0.3"}, "kWh"
    )


@pytest.mark.parametrize("language", ["fr", "sv"])
def test_every_sentence_has_its_own_words_in_each_language(language: str) -> None:
    for texts in (
        verdicts.SENTENCES,
        verdicts.POOLED,
        verdicts.USEFUL,
        WARNINGS,
        FAULTS,
        verdicts.AIMED_AT,
    ):
        english = {key: str(text) if key != "left-out" else "" for key, text in texts.items()}
        with translation.override(language):
            same = {key for key, text in texts.items()
                    if key != "left-out" and str(text) == english[key]}  # fmt: skip
        assert not same
    with translation.override(language):
        assert all((text % {"detail": 2})[:4] != "Only" for text in COUNTED.values())


def test_a_p_value_is_never_nothing():
    assert verdicts.chance(0.0) == verdicts.chance(1.2e-12) == "below 0.001"
    assert verdicts.chance(0.0123) == "0.0123"
    with translation.override("fr"):
        assert verdicts.chance(0.0) == "moins de 0,001"
    assert verdicts.chance(None) == "not known"
