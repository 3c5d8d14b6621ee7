"""The completeness of a case: the published weights, and the field that comes next."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.cases.case_document import check_shape, plain
from alliance.cases.completeness import BY_CODE, ITEMS, VERSION, completeness
from alliance.cases.selectors.completeness import TEXTS, meter
from alliance.writing.forms.steps import FORMS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "completeness.md"
EFFECT = {
    "measure": "traffic volume",
    "unit": "percent change",
    "value": 0.0,
    "design": "before-after",
    "direction": "lower-is-better",
    "period_start": 2020,
    "se": 2.0,
    "baseline": 100.0,
}
WHOLE: dict[str, Any] = {
    "solution": "road-pricing",
    "place": {"name": "Umeå", "country": "SE"},
    "start_year": 2021,
    "outcome": "did-not-work",
    "reasons": ["no-effect"],
    "texts": {
        "sv": dict.fromkeys(
            ("title", "lead", "summary", "problem", "what_worked", "what_did_not", "equity_notes"),
            "Ord",
        )
    },
    "effects": [EFFECT],
    "cost": {"amount": 0.0, "currency": "SEK", "price_year": 2021},
    "staff_time": {"value": 0.0, "unit": "hours"},
    "lead_time": {"value": 3.0, "unit": "months"},
    "sources": [{"title": "Rapport", "url": "https://example.org/", "independent": True}],
    "topics": ["equity"],
    "themes": ["mobility"],
    "sdg_targets": ["11.2"],
    "actors": ["municipality"],
}


def document(**changes: Any) -> dict[str, Any]:
    return plain(check_shape(copy.deepcopy({**WHOLE, **changes})))


def test_a_case_with_everything_has_100_and_nothing_next():
    found = completeness(document(), "sv")
    assert (found.score, found.missing, found.next_best) == (100, (), "")


def test_a_failure_told_in_full_has_as_much_as_a_success():
    assert completeness(document(outcome="worked", reasons=[]), "sv").score == 100


def test_an_empty_case_has_0_and_begins_with_what_is_needed():
    found = completeness(plain(check_shape({})), "sv")
    assert found.score == 0
    assert found.next_best == "solution"
    assert found.needed == ("solution", "place", "title", "summary", "outcome", "source")


def test_what_is_nought_is_told_and_what_is_empty_is_not():
    found = completeness(document(cost={"amount": None, "currency": "SEK"}), "sv")
    assert "cost" in found.missing
    assert "cost" in completeness(document(), "sv").done


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"effects": []}, "effect"),
        ({"effects": [{**EFFECT, "design": "modelled"}]}, "measured"),
        ({"effects": [{**EFFECT, "se": None}]}, "uncertainty"),
        ({"effects": [{**EFFECT, "se": None, "low": -1.0}]}, "uncertainty"),
        ({"sources": [{"url": "https://example.org/", "independent": None}]}, "independent"),
        ({"cost": None}, "cost"),
        ({"cost": {"amount": 5.0, "currency": "SEK"}}, "price-year"),
        ({"reasons": []}, "reasons"),
        ({"adapted_from": "lund"}, "adaptation"),
    ],
)
def test_the_next_best_field_is_the_one_that_weighs_most(changes, code):
    assert completeness(document(**changes), "sv").next_best == code


@pytest.mark.parametrize("known", [{"low": -1.0, "high": 1.0}, {"se": 0.5}])
def test_an_interval_or_a_standard_error_states_uncertainty(known):
    effect = {**EFFECT, "se": None, **known}
    assert "uncertainty" in completeness(document(effects=[effect]), "sv").done


def test_texts_are_read_in_the_language_of_the_draft():
    assert "title" in completeness(document(), "fr").missing


def test_the_score_is_the_share_of_weights_rounded_down():
    found = completeness(document(topics=[]), "sv")
    whole = sum(item.weight for item in ITEMS if item.code != "adaptation")
    assert found.score == 100 * (whole - BY_CODE["topics"].weight) // whole


@given(st.sets(st.sampled_from(sorted(WHOLE))), st.sampled_from(sorted(WHOLE)))
def test_filling_a_field_never_lowers_the_score(filled, another):
    some = {name: value for name, value in WHOLE.items() if name in filled}
    before = completeness(plain(check_shape(some)), "sv").score
    after = completeness(plain(check_shape({**some, another: WHOLE[another]})), "sv").score
    assert after >= before


def test_the_published_table_is_the_one_that_counts():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| .* \| (yes)? ?\|$", text, re.M)
    assert [(code, int(weight), bool(needed)) for code, weight, needed in rows] == [
        (item.code, item.weight, item.is_needed) for item in ITEMS
    ]
    assert f"(now {VERSION})" in text


def test_every_item_has_words_and_a_field_that_a_step_shows():
    assert list(TEXTS) == [item.code for item in ITEMS]
    for item in ITEMS:
        form: Any = FORMS[item.step]
        row = re.match(r"^(effects|sources)-0-(\w+)$", item.field)
        fields = form.row_form.base_fields if row else form.base_fields
        assert (row[2] if row else item.field) in fields, item.code


def test_the_meter_tells_the_reason_and_leads_to_the_field():
    best = meter(document(effects=[{**EFFECT, "se": None}]), "sv").next_best
    assert best is not None
    assert (
        "Adding either to a measured result would raise the strength of evidence by a point."
        in str(best.reason)
    )
    assert (best.step, best.anchor) == ("results", "id_effects-0-se")
